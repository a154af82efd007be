//! Days and moments. A [`Day`] is a civil date in the policy's time zone; a [`Moment`] is an instant of UTC.
//! Both are plain integers, so that validity is one comparison.

use std::fmt;

use jiff::civil::{self, Date};

/// A civil day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// Why a text is neither a day nor a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not a civil date.
    #[error("not a day such as `2013-08-15`")]
    Day,
    /// Not an instant with its offset.
    #[error("not an instant with its offset from UTC such as `2016-11-02T09:30:00+08:00`")]
    Moment,
    /// Not a fixed offset from UTC.
    #[error("not a fixed offset from UTC such as `+08:00`")]
    Offset,
}

const EPOCH: Date = civil::date(1970, 1, 1);
const DAY_SECONDS: i64 = 86_400;

impl Day {
    /// Before every day that can be written.
    pub const MIN: Self = Self(i32::MIN);
    /// After every day that can be written.
    pub const MAX: Self = Self(i32::MAX);

    /// From the count of days since 1970-01-01.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// The count of days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`DayError::Day`] for anything else.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let bytes = text.as_bytes();
        if let Some(days) = bytes.try_into().ok().and_then(plain_days) {
            return Ok(Self(days));
        }
        if bytes.len() != 10
            || !bytes.iter().enumerate().all(|(at, b)| {
                if at == 4 || at == 7 {
                    *b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            })
        {
            return Err(DayError::Day);
        }
        let date: Date = text.parse().map_err(|_| DayError::Day)?;
        Ok(Self::from_date(date))
    }

    fn date(self) -> Option<Date> {
        let hours = jiff::SignedDuration::from_hours(i64::from(self.0) * 24);
        EPOCH.checked_add(hours).ok()
    }

    /// The same day of the year before: 28 February of a leap day.
    #[must_use]
    pub fn year_before(self) -> Self {
        let before = self.date().and_then(|date| {
            let year = jiff::Span::new().years(1);
            date.checked_sub(year).ok()
        });
        before.map_or(Self(self.0.saturating_sub(365)), Self::from_date)
    }

    /// The first day of its month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        let date = self.date();
        date.map_or(self, |date| Self::from_date(date.first_of_month()))
    }

    /// So many months later; where the month is shorter, its last day.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let later = self.date().and_then(|date| {
            let span = jiff::Span::new().try_months(months).ok()?;
            date.checked_add(span).ok()
        });
        later.map_or(Self::MAX, Self::from_date)
    }

    /// The calendar months since the year 0; of days beyond the calendar the last that it has.
    #[must_use]
    pub fn month(self) -> i32 {
        let hours = jiff::SignedDuration::from_hours(i64::from(self.0) * 24);
        let date = EPOCH.saturating_add(hours);
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    }

    /// From a civil date.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        let days = date.duration_since(EPOCH).as_secs() / DAY_SECONDS;
        Self(i32::try_from(days).unwrap_or(i32::MAX))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = plain_day(self.0) {
            return f.write_str(utf8(&text));
        }
        match self.date() {
            Some(date) => write!(f, "{date}"),
            None => f.write_str(if self.0 < 0 { "-∞" } else { "∞" }),
        }
    }
}

impl Moment {
    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads an instant of RFC 3339, or of the wider form of ISO 8601 that jiff takes; the offset is required.
    /// What is below a microsecond is dropped.
    ///
    /// # Errors
    /// [`DayError::Moment`] for anything else.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        if let Some(moment) = Self::parse_plain(text.as_bytes()) {
            return Ok(moment);
        }
        let stamp: jiff::Timestamp = text.parse().map_err(|_| DayError::Moment)?;
        Ok(Self(stamp.as_microsecond()))
    }

    /// The usual form, whole seconds with `Z` or an offset of whole minutes; whatever else is valid is jiff's.
    fn parse_plain(text: &[u8]) -> Option<Self> {
        let (day, time) = text.split_first_chunk()?;
        let (time, offset) = time.split_first_chunk()?;
        let [b'T', h1, h2, b':', m1, m2, b':', s1, s2] = time else {
            return None;
        };
        let [hour, minute, second] = twos([[*h1, *h2], [*m1, *m2], [*s1, *s2]])?;
        let zone_s = match offset {
            [b'Z'] => 0,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let [hours, minutes] = twos([[*h1, *h2], [*m1, *m2]])?;
                let size = i64::from(hours * 3600 + minutes * 60);
                let in_range = hours < 24 && minutes < 60;
                in_range.then_some(if *sign == b'-' { -size } else { size })?
            }
            _ => return None,
        };
        let in_range = hour < 24 && minute < 60 && second < 60;
        let days = plain_days(day).filter(|_| in_range)?;
        let seconds =
            i64::from(days) * DAY_SECONDS + i64::from(hour * 3600 + minute * 60 + second) - zone_s;
        Some(Self(seconds * 1_000_000))
    }

    /// The first moment of a day in a zone.
    #[must_use]
    pub fn midnight(day: Day, zone: Zone) -> Self {
        let seconds = i64::from(day.0) * DAY_SECONDS - i64::from(zone.offset_s);
        Self(seconds.saturating_mul(1_000_000))
    }

    /// The civil day in a zone.
    #[must_use]
    pub fn day(self, zone: Zone) -> Day {
        let seconds = self.0.div_euclid(1_000_000) + i64::from(zone.offset_s);
        Day(i32::try_from(seconds.div_euclid(DAY_SECONDS)).unwrap_or(i32::MAX))
    }

    /// Whether this is on a day in a zone: as [`Self::day`] would say, without a division.
    #[must_use]
    pub fn is_on(self, day: Day, zone: Zone) -> bool {
        let begin = Self::midnight(day, zone);
        begin <= self && self < begin.plus_seconds(DAY_SECONDS)
    }

    /// This moment so many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

/// Digits and signs, which are ASCII.
fn utf8(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

/// The two digits of a number below 100.
const fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

/// `THH:MM:SS`.
const fn plain_time(second: u32) -> [u8; 9] {
    let [h1, h2] = two_digits(second / 3_600);
    let [m1, m2] = two_digits(second / 60 % 60);
    let [s1, s2] = two_digits(second % 60);
    [b'T', h1, h2, b':', m1, m2, b':', s1, s2]
}

/// `YYYY-MM-DD` of the years that every calendar has; the inverse of [`plain_days`].
fn plain_day(days: i32) -> Option<[u8; 10]> {
    const ERA: u32 = 146_097;
    // From 0001-01-01 to 9998-12-31.
    if !(-719_162..=2_932_532).contains(&days) {
        return None;
    }
    // Years that begin in March put the leap day last.
    let days = u32::try_from(days + 719_468).ok()?;
    let (era, day) = (days / ERA, days % ERA);
    let year = (day - day / 1_460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = match month {
        0..10 => (400 * era + year, month + 3),
        _ => (400 * era + year + 1, month - 9),
    };
    let [y1, y2] = two_digits(year / 100);
    let [y3, y4] = two_digits(year % 100);
    let [m1, m2] = two_digits(month);
    let [d1, d2] = two_digits(day);
    Some([y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2])
}

/// Pairs of digits as numbers. All are looked at before it is asked whether one is none: a branch for each costs more.
fn twos<const N: usize>(pairs: [[u8; 2]; N]) -> Option<[u32; N]> {
    let mut other = false;
    let numbers = pairs.map(|pair| {
        let [tens, ones] = pair.map(|byte| byte.wrapping_sub(b'0'));
        other |= tens > 9 || ones > 9;
        u32::from(tens) * 10 + u32::from(ones)
    });
    (!other).then_some(numbers)
}

/// Days from 1970-01-01 to a `YYYY-MM-DD` of the years that every calendar has; the rest is jiff's.
fn plain_days(text: &[u8; 10]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else {
        return None;
    };
    let [century, year, month, day] = twos([[y1, y2], [y3, y4], [m1, m2], [d1, d2]])?;
    let year = century * 100 + year;
    let common = (1..=9998).contains(&year);
    common.then(|| days_since_epoch(year, month, day))?
}

/// Days from 1970-01-01 to a civil date; none where the month has no such day.
fn days_since_epoch(year: u32, month: u32, day: u32) -> Option<i32> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March put the leap day last; 719468 days lie between 0000-03-01 and the epoch.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before = year * 365 + year / 4 - year / 100 + year / 400;
    let days = before + (153 * month + 2) / 5 + day - 1;
    i32::try_from(days).ok().map(|days| days - 719_468)
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.div_euclid(1_000_000);
        let day = i32::try_from(seconds.div_euclid(DAY_SECONDS)).ok();
        if let Some(day) = day.and_then(plain_day) {
            f.write_str(utf8(&day))?;
            f.write_str(utf8(&plain_time(seconds.rem_euclid(DAY_SECONDS) as u32)))?;
            let micros = self.0.rem_euclid(1_000_000) as u32;
            if micros > 0 {
                // As many digits as say something.
                let [one, two, three] = [micros / 10_000, micros / 100 % 100, micros % 100];
                let digits = [two_digits(one), two_digits(two), two_digits(three)];
                f.write_str(".")?;
                f.write_str(utf8(digits.as_flattened()).trim_end_matches('0'))?;
            }
            return f.write_str("Z");
        }
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "{}µs", self.0),
        }
    }
}

/// A time zone with a fixed offset from UTC, as the policy names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    offset_s: i32,
}

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self { offset_s: 0 };

    /// Reads `+08:00`, `-03:30` or `Z`.
    ///
    /// # Errors
    /// [`DayError::Offset`] for anything else.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        if text == "Z" {
            return Ok(Self::UTC);
        }
        let [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = text.as_bytes() else {
            return Err(DayError::Offset);
        };
        let digits = [h1, h2, m1, m2];
        if !digits.iter().all(|d| d.is_ascii_digit()) {
            return Err(DayError::Offset);
        }
        let [h1, h2, m1, m2] = digits.map(|d| i32::from(d - b'0'));
        let (hours, minutes) = (h1 * 10 + h2, m1 * 10 + m2);
        if hours > 14 || minutes > 59 {
            return Err(DayError::Offset);
        }
        let offset_s = hours * 3600 + minutes * 60;
        Ok(Self {
            offset_s: if *sign == b'-' { -offset_s } else { offset_s },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_on_the_day_that_it_has_and_on_no_other() {
        for zone in ["Z", "+08:00", "-03:30"].map(|text| Zone::parse(text).unwrap()) {
            for day in
                ["1969-12-31", "1970-01-01", "2016-02-29"].map(|text| Day::parse(text).unwrap())
            {
                let midnight = Moment::midnight(day, zone);
                for micros in [-1, 0, 1, 86_399_999_999, 86_400_000_000] {
                    let moment = Moment::from_micros(midnight.micros() + micros);
                    assert_eq!(moment.is_on(day, zone), moment.day(zone) == day, "{moment}");
                }
            }
        }
    }

    #[test]
    fn months_later_is_the_same_day_or_the_last_of_a_shorter_month() {
        for (day, months, later) in [
            ("2012-03-10", 6, "2012-09-10"),
            ("2015-08-31", 6, "2016-02-29"),
            ("2014-08-31", 6, "2015-02-28"),
            ("2015-11-30", 3, "2016-02-29"),
            ("2016-02-29", 12, "2017-02-28"),
            ("2016-12-31", 120, "2026-12-31"),
        ] {
            let found = Day::parse(day).unwrap().plus_months(months);
            assert_eq!(found.to_string(), later, "{day} and {months} months");
        }
        assert_eq!(Day::parse("9999-12-01").unwrap().plus_months(1), Day::MAX);
    }

    #[test]
    fn days_are_read_and_written_alike() {
        for text in [
            "1970-01-01",
            "2013-08-15",
            "2016-02-29",
            "1900-03-01",
            "9999-12-31",
        ] {
            assert_eq!(Day::parse(text).map(|d| d.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "2013-8-15",
            "2015-02-29",
            "20130815",
            "2013-08-15T00:00",
            "",
        ] {
            assert_eq!(Day::parse(text), Err(DayError::Day), "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_zone() {
        let zone = Zone::parse("+08:00").unwrap_or(Zone::UTC);
        let late = Moment::parse("2013-08-14T15:59:59Z");
        let early = Moment::parse("2013-08-14T16:00:00Z");
        assert_eq!(
            late.map(|m| m.day(zone).to_string()),
            Ok("2013-08-14".to_owned())
        );
        assert_eq!(
            early.map(|m| m.day(zone).to_string()),
            Ok("2013-08-15".to_owned())
        );
        assert_eq!(early.map(|m| Moment::midnight(m.day(zone), zone)), early);
    }

    #[test]
    fn a_moment_needs_its_offset() {
        assert_eq!(Moment::parse("2016-11-02T09:30:00"), Err(DayError::Moment));
        assert_eq!(
            Moment::parse("2016-11-02T09:30:00+08:00").map(|m| m.to_string()),
            Ok("2016-11-02T01:30:00Z".to_owned())
        );
        assert_eq!(Zone::parse("+8:00"), Err(DayError::Offset));
    }
}
