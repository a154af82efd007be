//! Exact fixed-point amounts: integers of 1/10,000, as money, quantities and masses are declared.
//! Floating point never decides anything.

use std::fmt;

/// A number with four decimals, held as an integer of 1/10,000; within ±9·10^14.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

/// Why a text is not an [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a decimal number.
    #[error("not a decimal number such as `1234.5`")]
    Syntax,
    /// More than four decimals that are not zero.
    #[error("more than 4 decimals")]
    Decimals,
    /// Beyond ±9·10^14.
    #[error("beyond 900000000000000 in size")]
    Range,
}

impl Amount {
    /// Units in one.
    pub const SCALE: i64 = 10_000;
    /// The largest amount, 9·10^14.
    pub const MAX: Self = Self(900_000_000_000_000 * Self::SCALE);
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From integers of 1/10,000.
    ///
    /// # Errors
    /// [`AmountError::Range`] beyond ±9·10^14.
    pub const fn from_units(units: i64) -> Result<Self, AmountError> {
        if units > Self::MAX.0 || units < -Self::MAX.0 {
            return Err(AmountError::Range);
        }
        Ok(Self(units))
    }

    /// From whole numbers.
    ///
    /// # Errors
    /// [`AmountError::Range`] beyond ±9·10^14.
    pub const fn from_whole(whole: i64) -> Result<Self, AmountError> {
        match whole.checked_mul(Self::SCALE) {
            Some(units) => Self::from_units(units),
            None => Err(AmountError::Range),
        }
    }

    /// The integer of 1/10,000.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Reads a decimal text: an optional sign, digits, at most four decimals that count, and (as JSON numbers may have) an exponent.
    ///
    /// # Errors
    /// See [`AmountError`].
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        Self::read(text, Excess::Refuse)
    }

    /// As [`Amount::parse`], but further decimals are rounded half to even, for foreign data whose mapping asks for it.
    ///
    /// # Errors
    /// [`AmountError::Syntax`] and [`AmountError::Range`].
    pub fn parse_rounded(text: &str) -> Result<Self, AmountError> {
        Self::read(text, Excess::RoundHalfEven)
    }

    fn read(text: &str, excess: Excess) -> Result<Self, AmountError> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        if let Some(units) = plain_units(digits) {
            return Ok(Self(if negative { -units } else { units }));
        }
        let decimal = Decimal::read(digits).ok_or(AmountError::Syntax)?;
        let units = decimal.to_units(excess)?;
        Self::from_units(if negative { -units } else { units })
    }

    /// The sum, if it is within range.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_units(self.0.checked_add(other.0)?).ok()
    }

    /// The quotient rounded half to even to four decimals; none by zero or out of range.
    #[must_use]
    pub fn checked_div(self, divisor: Self) -> Option<Self> {
        let units = div_half_even(
            i128::from(self.0) * i128::from(Self::SCALE),
            i128::from(divisor.0),
        )?;
        Self::from_units(i64::try_from(units).ok()?).ok()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let units = self.0.unsigned_abs();
        write!(f, "{}", units / 10_000)?;
        let (mut rest, mut digits) = (units % 10_000, 4);
        if rest == 0 {
            return Ok(());
        }
        while rest.is_multiple_of(10) {
            rest /= 10;
            digits -= 1;
        }
        write!(f, ".{rest:0digits$}")
    }
}

/// `numerator / divisor`, rounded half to even; none by zero.
#[must_use]
pub(super) fn div_half_even(numerator: i128, divisor: i128) -> Option<i128> {
    // Nearly all are within 64 bits, whose division is one instruction.
    if let (Ok(numerator), Ok(divisor @ 1..)) = (i64::try_from(numerator), i64::try_from(divisor)) {
        let (quotient, rest) = (numerator.div_euclid(divisor), numerator.rem_euclid(divisor));
        let up = rest > divisor - rest || (rest == divisor - rest && quotient % 2 != 0);
        return Some(i128::from(quotient) + i128::from(up));
    }
    let quotient = numerator.checked_div_euclid(divisor)?;
    let twice = (numerator - quotient * divisor).checked_mul(2)?;
    let size = divisor.checked_abs()?;
    let up = twice > size || (twice == size && quotient % 2 != 0);
    Some(if up {
        quotient + divisor.signum()
    } else {
        quotient
    })
}

// ----- reading -----

#[derive(Clone, Copy, PartialEq)]
enum Excess {
    Refuse,
    RoundHalfEven,
}

/// The usual form in units: at most 13 digits, then at most four decimals; whatever else is valid is [`Decimal`]'s.
fn plain_units(text: &[u8]) -> Option<i64> {
    const FACTORS: [i64; 5] = [10_000, 1_000, 100, 10, 1];
    let point = text.iter().position(|byte| *byte == b'.');
    let (whole, decimals) = match point {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, &[] as &[u8]),
    };
    if !(1..=13).contains(&whole.len()) || (point.is_some() && decimals.is_empty()) {
        return None;
    }
    let factor = FACTORS.get(decimals.len())?;
    let (mut number, mut other) = (0, false);
    for byte in whole.iter().chain(decimals) {
        let digit = byte.wrapping_sub(b'0');
        other |= digit > 9;
        number = number * 10 + i64::from(digit);
    }
    (!other).then_some(number * factor)
}

/// An unsigned decimal text taken apart: `mantissa · 10^exponent`.
struct Decimal {
    mantissa: u128,
    exponent: i32,
}

impl Decimal {
    /// What a mantissa takes in no more digits from. An amount within range has 16 of its digits behind the fourth
    /// decimal then, so that of those to come it only matters whether all are zeros.
    const FULL: u128 = 10u128.pow(34);

    fn read(text: &[u8]) -> Option<Self> {
        let (mut mantissa, mut exponent, mut cut) = (0u128, 0i32, false);
        let (mut digits, mut fraction) = (false, false);
        let mut rest = text;
        while let [byte, tail @ ..] = rest {
            match byte {
                b'0'..=b'9' if mantissa < Self::FULL => {
                    mantissa = mantissa * 10 + u128::from(byte - b'0');
                    exponent = exponent.saturating_sub(i32::from(fraction));
                    digits = true;
                }
                b'0'..=b'9' => {
                    cut |= *byte != b'0';
                    exponent = exponent.saturating_add(i32::from(!fraction));
                }
                b'.' if !fraction && digits && tail.first().is_some_and(u8::is_ascii_digit) => {
                    fraction = true;
                }
                b'e' | b'E' if digits => {
                    let shift: i32 = std::str::from_utf8(tail).ok()?.parse().ok()?;
                    exponent = exponent.saturating_add(shift);
                    break;
                }
                _ => return None,
            }
            rest = tail;
        }
        if cut {
            // One more digit stands for all that were cut: no rounding takes them for nothing, or for a half.
            (mantissa, exponent) = (mantissa * 10 + 1, exponent.saturating_sub(1));
        }
        digits.then_some(Self { mantissa, exponent })
    }

    fn to_units(&self, excess: Excess) -> Result<i64, AmountError> {
        let shift = self.exponent.saturating_add(4);
        if self.mantissa == 0 {
            return Ok(0);
        }
        let factor = 10u128.checked_pow(shift.unsigned_abs());
        if shift >= 0 {
            let units = factor.and_then(|factor| self.mantissa.checked_mul(factor));
            let units = units.and_then(|units| i64::try_from(units).ok());
            return units.ok_or(AmountError::Range);
        }
        let is_exact = factor.is_some_and(|divisor| self.mantissa.is_multiple_of(divisor));
        if excess == Excess::Refuse && !is_exact {
            return Err(AmountError::Decimals);
        }
        // A divisor that has no room is more than twice every mantissa.
        let Some(divisor) = factor else {
            return Ok(0);
        };
        let units = div_half_even(self.mantissa as i128, divisor as i128);
        let units = units.and_then(|units| i64::try_from(units).ok());
        units.ok_or(AmountError::Range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Result<i64, AmountError> {
        Amount::parse(text).map(Amount::units)
    }

    #[test]
    fn decimals_are_read_exactly_and_written_back() {
        assert_eq!(units("96000.00"), Ok(960_000_000));
        assert_eq!(units("-0.5"), Ok(-5_000));
        assert_eq!(units("1e3"), Ok(10_000_000));
        assert_eq!(units("1.5E-3"), Ok(15));
        assert_eq!(units("900000000000000"), Ok(Amount::MAX.units()));
        assert_eq!(
            Amount::parse("12.3400").map(|a| a.to_string()),
            Ok("12.34".to_owned())
        );
        assert_eq!(
            Amount::parse("-7").map(|a| a.to_string()),
            Ok("-7".to_owned())
        );
    }

    #[test]
    fn what_is_not_an_exact_amount_is_refused() {
        for text in [
            "", "-", "+1", ".5", "1.", "1,5", "0x1", "1e", "NaN", " 1", "--1",
        ] {
            assert_eq!(units(text), Err(AmountError::Syntax), "{text:?}");
        }
        assert_eq!(units("0.00001"), Err(AmountError::Decimals));
        assert_eq!(units("1e-999999999999"), Err(AmountError::Syntax));
        assert_eq!(units("900000000000000.0001"), Err(AmountError::Range));
        assert_eq!(units("99999999999999999999999"), Err(AmountError::Range));
    }

    #[test]
    fn foreign_decimals_round_half_to_even() {
        let rounded = |text| Amount::parse_rounded(text).map(Amount::units);
        assert_eq!(rounded("0.00005"), Ok(0));
        assert_eq!(rounded("0.00015"), Ok(2));
        assert_eq!(rounded("0.000050000000000000000000001"), Ok(1));
        assert_eq!(rounded("-1.00005"), Ok(-10_000));
    }

    #[test]
    fn quotients_round_half_to_even() {
        let amount = |text| Amount::parse(text).unwrap_or_default();
        assert_eq!(amount("1").checked_div(amount("3")), Some(amount("0.3333")));
        assert_eq!(
            amount("-1").checked_div(amount("3")),
            Some(amount("-0.3333"))
        );
        assert_eq!(amount("1").checked_div(Amount::ZERO), None);
    }
}
