//! Currencies and the rates that turn a declared value into the policy's base currency.
//! Products are taken in 128 bits and rounded half to even to four decimals.

use std::fmt;

use super::amount::{Amount, div_half_even};
use super::day::Day;

/// A currency code of ISO 4217 (three letters).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Base units for one unit of a currency, with ten decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeRate(u64);

/// Why a text is no currency or rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CurrencyError {
    /// Not three capital letters.
    #[error("not a currency code of ISO 4217 such as `CNY`")]
    Code,
    /// Not a positive number with at most ten decimals.
    #[error("not a positive rate with at most 10 decimals, below 100000000")]
    Rate,
}

impl Currency {
    /// Reads three capital letters.
    ///
    /// # Errors
    /// [`CurrencyError::Code`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|x| x.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(CurrencyError::Code),
        }
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ExchangeRate {
    const SCALE: u64 = 10_000_000_000;
    /// The base currency's own rate.
    pub const ONE: Self = Self(Self::SCALE);

    /// Reads a positive decimal with at most ten decimals.
    ///
    /// # Errors
    /// [`CurrencyError::Rate`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > 10 || whole.len() > 8 {
            return Err(CurrencyError::Rate);
        }
        let padded = format!("{whole}{fraction:0<10}");
        padded
            .parse()
            .ok()
            .filter(|rate| *rate > 0)
            .map(Self)
            .ok_or(CurrencyError::Rate)
    }

    /// Units of 10^-10.
    #[must_use]
    pub const fn units(self) -> u64 {
        self.0
    }

    /// The amount in the base currency, half even to four decimals; none out of range.
    #[must_use]
    pub fn convert(self, amount: Amount) -> Option<Amount> {
        if self == Self::ONE {
            return Some(amount);
        }
        let product = i128::from(amount.units()) * i128::from(self.0);
        let units = div_half_even(product, i128::from(Self::SCALE))?;
        Amount::from_units(i64::try_from(units).ok()?).ok()
    }
}

/// The rates of all currencies, each from its day on until the next.
#[derive(Debug, Clone, Default)]
pub struct CurrencyTable {
    /// In order of currency, then day.
    rows: Vec<(Currency, Day, ExchangeRate)>,
}

impl CurrencyTable {
    /// From rows in any order; of two rates of one currency and day the caller has refused one.
    #[must_use]
    pub fn new(mut rows: Vec<(Currency, Day, ExchangeRate)>) -> Self {
        rows.sort_unstable_by_key(|(currency, from, _)| (*currency, *from));
        Self { rows }
    }

    /// The rate in force on a day.
    #[must_use]
    pub fn rate(&self, currency: Currency, day: Day) -> Option<ExchangeRate> {
        let after = self
            .rows
            .partition_point(|(c, from, _)| (*c, *from) <= (currency, day));
        let (found, _, rate) = self.rows.get(after.checked_sub(1)?)?;
        (*found == currency).then_some(*rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_converted_by_the_rate_of_its_day() -> Result<(), Box<dyn std::error::Error>> {
        let usd = Currency::parse("USD")?;
        let table = CurrencyTable::new(vec![
            (usd, Day::parse("2016-02-01")?, ExchangeRate::parse("6.5")?),
            (
                usd,
                Day::parse("2016-01-01")?,
                ExchangeRate::parse("6.4001")?,
            ),
        ]);
        assert_eq!(table.rate(usd, Day::parse("2015-12-31")?), None);
        assert_eq!(
            table.rate(usd, Day::parse("2016-01-31")?),
            Some(ExchangeRate::parse("6.4001")?)
        );
        let rate = table
            .rate(usd, Day::parse("2016-03-01")?)
            .ok_or("no rate")?;
        assert_eq!(
            rate.convert(Amount::parse("100.0001")?),
            Some(Amount::parse("650.0006")?)
        );
        assert_eq!(table.rate(Currency::parse("EUR")?, Day::MAX), None);
        Ok(())
    }

    #[test]
    fn a_rate_is_positive_with_ten_decimals_at_most() {
        for text in ["0", "-1", "1.", "0.00000000001", "100000000", "abc", ""] {
            assert_eq!(
                ExchangeRate::parse(text),
                Err(CurrencyError::Rate),
                "{text}"
            );
        }
    }
}
