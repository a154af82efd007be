//! From a cell to a value: translation, padding, date formats and rounding, in this order.

use std::borrow::Cow;

use jiff::fmt::strtime;

use crate::declaration::day::{Day, Moment, Zone};
use crate::declaration::fault::FaultCode;
use crate::declaration::field::{Problem, Value};

/// Where a field's value comes from.
#[derive(Debug, Clone, Default)]
pub(super) struct Source {
    pub(super) from: From,
    /// Translations of whole cells, in order of the first.
    pub(super) values: Vec<(String, String)>,
    /// What a cell means that is not empty and has no translation.
    pub(super) otherwise: Option<String>,
    /// The date's form, as strptime has it.
    pub(super) format: Option<String>,
    /// Whether decimals beyond the fourth are rounded half to even.
    pub(super) round: bool,
    /// Digits that a number is filled up to, with zeros in front.
    pub(super) pad: usize,
}

/// A column or a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum From {
    Column(String),
    Constant(String),
}

impl Default for From {
    fn default() -> Self {
        Self::Constant(String::new())
    }
}

impl Source {
    /// What a cell means.
    pub(super) fn translate<'a>(&'a self, cell: &'a str, zone: Zone) -> Result<Value<'a>, Problem> {
        let known = self
            .values
            .binary_search_by(|(from, _)| from.as_str().cmp(cell));
        let text = match (known.ok().and_then(|at| self.values.get(at)), cell) {
            (Some((_, to)), _) => to.as_str(),
            (None, "") => return Ok(Value::Null),
            (None, cell) => self.otherwise.as_deref().unwrap_or(cell),
        };
        self.value(text, zone)
    }

    /// What a text means once it is translated.
    pub(super) fn value<'a>(&'a self, text: &'a str, zone: Zone) -> Result<Value<'a>, Problem> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        if let Some(format) = &self.format {
            return date(text, format, zone).map(Value::Moment);
        }
        let short = text.len() < self.pad && text.bytes().all(|byte| byte.is_ascii_digit());
        let text = if short {
            Cow::Owned(format!("{text:0>0$}", self.pad))
        } else {
            Cow::Borrowed(text)
        };
        let round = self.round;
        Ok(Value::Cell { text, round })
    }
}

/// The format that needs no general parser.
const PLAIN_DAY: &str = "%Y-%m-%d";

/// A date without time is midnight in the zone; a time without offset is the zone's.
fn date(text: &str, format: &str, zone: Zone) -> Result<Moment, Problem> {
    if format == PLAIN_DAY
        && let Ok(day) = Day::parse(text)
    {
        return Ok(Moment::midnight(day, zone));
    }
    let read = || -> Result<Moment, jiff::Error> {
        let parts = strtime::parse(format, text)?;
        if parts.offset().is_some() && parts.hour().is_some() {
            let stamp = parts.to_timestamp()?;
            return Ok(Moment::from_micros(stamp.as_microsecond()));
        }
        let midnight = Moment::midnight(Day::from_date(parts.to_date()?), zone);
        let past = parts
            .to_time()?
            .duration_since(jiff::civil::Time::midnight());
        let micros = i64::try_from(past.as_micros()).unwrap_or_default();
        Ok(Moment::from_micros(midnight.micros() + micros))
    };
    read().map_err(|_| {
        let why = format_args!("not a date of the form `{format}`");
        Problem::new(FaultCode::Format, text, why)
    })
}

/// Whether a text is a form of dates that have a day.
pub(super) fn is_date_format(format: &str) -> bool {
    let sample = jiff::civil::date(2020, 11, 22).at(13, 14, 15, 0);
    let Ok(sample) = sample.to_zoned(jiff::tz::TimeZone::UTC) else {
        return false;
    };
    strtime::format(format, &sample).is_ok_and(|text| date(&text, format, Zone::UTC).is_ok())
}
