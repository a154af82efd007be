//! Events of an accountability case that is open: its cause is found, and it is closed.

use super::reader::Reader;
use super::tables::Said;
use crate::declaration::{Day, FaultCode};
use crate::registry::CaseCause;

/// What an investigation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseFound {
    /// The case.
    pub case_id: String,
    /// What it came from.
    pub cause: CaseCause,
    /// The day from which measures no longer apply; where the capability is lacking, the policy's term otherwise.
    pub measures_until: Option<Day>,
    /// When it was found.
    pub day: Day,
}

/// A case that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseClosed {
    /// The case.
    pub case_id: String,
    /// The first day on which it is no longer open.
    pub day: Day,
}

pub(super) fn cause_found(said: &Said<'_>, reader: &mut Reader) -> Option<CauseFound> {
    let case_id = reader.id("case_id");
    let cause = reader.text("cause").and_then(|text| {
        let cause = CaseCause::parse(&text);
        if cause.is_none() {
            let why = "`foreign_rule`, `capability` or `malice` is expected";
            reader.fault("/cause", FaultCode::Range, why);
        }
        cause
    });
    let measures_until = reader.optional_day("measures_until");
    if let Some(until) = measures_until {
        let why = match cause {
            Some(CaseCause::ForeignRule) => Some("a foreign rule or design has no measures"),
            _ if until <= said.day => Some("is not after the day of `at`: nothing would be left"),
            _ => None,
        };
        if let Some(why) = why {
            reader.fault("/measures_until", FaultCode::Range, why);
        }
    }
    Some(CauseFound {
        case_id: case_id?,
        cause: cause?,
        measures_until,
        day: said.day,
    })
}

pub(super) fn closed(said: &Said<'_>, reader: &mut Reader) -> Option<CaseClosed> {
    Some(CaseClosed {
        case_id: reader.id("case_id")?,
        day: said.day,
    })
}
