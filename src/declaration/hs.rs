//! HS codes of 6, 8, 10 or 13 digits, and scopes: sets of HS codes given as prefixes and ranges.
//!
//! A code is packed into one integer whose order is the order of the digit strings, so that a prefix is an
//! interval and every question about a code is a comparison.

use std::fmt;

const DIGITS: u32 = 13;
/// Room below the digits for the length, which orders a code before its extensions.
const LENGTHS: u64 = 16;
/// For each length what a number of so many digits is multiplied by.
const FACTORS: [u64; DIGITS as usize + 1] = factors();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn factors() -> [u64; DIGITS as usize + 1] {
    let mut factors = [0; DIGITS as usize + 1];
    let mut len = 0;
    while len <= DIGITS {
        factors[len as usize] = 10u64.pow(DIGITS - len) * LENGTHS;
        len += 1;
    }
    factors
}

/// A code of the Harmonized System with its national extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HsCode(u64);

/// Why a text is not an HS code or scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HsError {
    /// Not 6, 8, 10 or 13 digits.
    #[error("an HS code has 6, 8, 10 or 13 digits")]
    Code,
    /// A part of a scope is neither a prefix nor a range.
    #[error("`{0}` is neither a prefix of 2 to 13 digits nor a range such as `4302-4303`")]
    Scope(String),
}

impl HsCode {
    /// Stands in a declaration under construction; no code that is read equals it.
    pub(super) const BLANK: Self = Self(0);

    /// Reads the digits.
    ///
    /// # Errors
    /// [`HsError::Code`] unless there are 6, 8, 10 or 13 digits.
    pub fn parse(text: &str) -> Result<Self, HsError> {
        if !matches!(text.len(), 6 | 8 | 10 | 13) {
            return Err(HsError::Code);
        }
        pack(text).map(Self).ok_or(HsError::Code)
    }

    /// The position in the order of digit strings; shared with [`prefix_range`].
    #[must_use]
    pub const fn key(self) -> u64 {
        self.0
    }

    /// The number of digits.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a code always has digits")]
    pub const fn len(self) -> u32 {
        (self.0 % LENGTHS) as u32
    }

    /// The first digits as a number: 2 the chapter, 4 the heading, 6 the subheading.
    #[must_use]
    #[inline]
    pub const fn first(self, digits: u32) -> u64 {
        self.0 / LENGTHS / 10u64.pow(DIGITS.saturating_sub(digits))
    }

    /// All digits, written into the buffer.
    #[must_use]
    pub fn digits(self, buffer: &mut [u8; 13]) -> &str {
        let mut rest = self.0 / LENGTHS;
        for slot in buffer.iter_mut().rev() {
            *slot = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let digits = buffer.get(..self.len() as usize).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }
}

impl fmt::Display for HsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.digits(&mut [0; 13]))
    }
}

fn pack(digits: &str) -> Option<u64> {
    let len = digits.len();
    if !(1..=DIGITS as usize).contains(&len) {
        return None;
    }
    let (mut number, mut other) = (0u64, false);
    for byte in digits.bytes() {
        let digit = byte.wrapping_sub(b'0');
        other |= digit > 9;
        number = number * 10 + u64::from(digit);
    }
    let factor = FACTORS.get(len).filter(|_| !other)?;
    Some(number * factor + len as u64)
}

/// The keys `[from, to)` of all codes that begin with these digits; none where the text is not 1 to 13 digits.
/// A shorter code is outside, also where only zeros are missing: `940511` does not begin with `9405110000`.
#[must_use]
pub fn prefix_range(digits: &str) -> Option<(u64, u64)> {
    let from = pack(digits)?;
    let len = from % LENGTHS;
    Some((from, from - len + 10u64.pow(DIGITS - len as u32) * LENGTHS))
}

/// The first digits of a key, filled up with zeros where the key has fewer.
#[must_use]
pub fn key_digits(key: u64, digits: usize) -> String {
    format!("{:013}", key / LENGTHS)
        .chars()
        .take(digits)
        .collect()
}

/// The number of digits of a key.
#[must_use]
pub const fn key_len(key: u64) -> usize {
    (key % LENGTHS) as usize
}

/// The key of a digit string of any length from 1 to 13, in the order of digit strings.
#[must_use]
pub fn string_key(digits: &str) -> Option<u64> {
    pack(digits)
}

/// A set of HS codes: sorted, disjoint, half-open ranges of keys. The empty cell means any code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct HsScope {
    ranges: Vec<(u64, u64)>,
}

impl HsScope {
    /// Every code.
    #[must_use]
    pub fn any() -> Self {
        Self {
            ranges: vec![(0, u64::MAX)],
        }
    }

    /// Reads prefixes and ranges separated by `;` (`9405;8539`, `4302-4303`); empty is any.
    ///
    /// # Errors
    /// [`HsError::Scope`] with the part that is neither.
    pub fn parse(text: &str) -> Result<Self, HsError> {
        if text.trim().is_empty() {
            return Ok(Self::any());
        }
        let mut ranges = Vec::new();
        for part in text.split(';').map(str::trim) {
            let wrong = || HsError::Scope(part.to_owned());
            let (low, high) = part.split_once('-').unwrap_or((part, part));
            if low.len() < 2 || low.len() != high.len() {
                return Err(wrong());
            }
            let (from, _) = prefix_range(low).ok_or_else(wrong)?;
            let (_, to) = prefix_range(high)
                .filter(|(_, to)| *to > from)
                .ok_or_else(wrong)?;
            ranges.push((from, to));
        }
        ranges.sort_unstable();
        ranges.dedup_by(|next, kept| {
            let touches = next.0 <= kept.1;
            if touches {
                kept.1 = kept.1.max(next.1);
            }
            touches
        });
        Ok(Self { ranges })
    }

    /// Whether the scope holds every code.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.ranges == [(0, u64::MAX)]
    }

    /// The sorted, disjoint ranges of keys.
    #[must_use]
    pub fn ranges(&self) -> &[(u64, u64)] {
        &self.ranges
    }

    /// Whether it holds this code.
    #[must_use]
    #[inline]
    pub fn holds(&self, code: HsCode) -> bool {
        let after = self.ranges.partition_point(|(from, _)| *from <= code.0);
        after
            .checked_sub(1)
            .and_then(|at| self.ranges.get(at))
            .is_some_and(|(_, to)| code.0 < *to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> HsCode {
        HsCode::parse(text).unwrap_or(HsCode(0))
    }

    #[test]
    fn codes_keep_their_digits_and_their_order() {
        for text in ["010121", "94051100", "9405110000", "9405110000123"] {
            assert_eq!(code(text).to_string(), text);
        }
        assert!(code("940511") < code("94051100") && code("94051100") < code("9405110001"));
        assert_eq!(
            (code("940511").first(2), code("010121").first(4)),
            (94, 101)
        );
        for text in [
            "",
            "9405",
            "94051",
            "9405110",
            "94051100000",
            "9405 1",
            "９４０５１１",
        ] {
            assert_eq!(HsCode::parse(text), Err(HsError::Code), "{text}");
        }
    }

    #[test]
    fn a_scope_holds_its_prefixes_and_ranges_only() {
        let scope = HsScope::parse("9405;8539;4302-4303").unwrap_or_default();
        for inside in ["9405110000", "853950", "430211", "4303900099"] {
            assert!(scope.holds(code(inside)), "{inside}");
        }
        for outside in ["9406000000", "940499", "430190", "430400"] {
            assert!(!scope.holds(code(outside)), "{outside}");
        }
        assert!(HsScope::parse("9405110000").is_ok_and(|long| !long.holds(code("940511"))));
        assert!(HsScope::parse("").is_ok_and(|any| any.holds(code("999999"))));
    }

    #[test]
    fn what_is_no_scope_is_refused_by_name() {
        for part in ["9", "4303-4302", "43-4303", "94o5", "-", "94;"] {
            assert!(HsScope::parse(part).is_err(), "{part}");
        }
    }
}
