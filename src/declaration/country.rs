//! Countries of ISO 3166-1, numbered densely. Alpha-3 and numeric codes are accepted and normalised to alpha-2.

use std::fmt;

use super::country_table::ISO_3166_1;

/// A country or area of ISO 3166-1, or `ZZ` for an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u8);

/// The text is no code of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a country of ISO 3166-1 (alpha-2, alpha-3 or numeric; `ZZ` is unknown)")]
pub struct CountryError;

const LETTERS: usize = 26;
const NONE: u8 = u8::MAX;

/// Country numbers by alpha-2, made once by the compiler.
static BY_ALPHA_2: [u8; LETTERS * LETTERS] = by_alpha_2();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn by_alpha_2() -> [u8; LETTERS * LETTERS] {
    let mut numbers = [NONE; LETTERS * LETTERS];
    let mut row = 0;
    while row < ISO_3166_1.len() {
        let code = ISO_3166_1[row].0.as_bytes();
        numbers[(code[0] - b'A') as usize * LETTERS + (code[1] - b'A') as usize] = row as u8;
        row += 1;
    }
    numbers
}

impl Country {
    /// Stands in a declaration under construction.
    pub(super) const BLANK: Self = Self(0);

    /// How many there are, `ZZ` included.
    pub const COUNT: usize = ISO_3166_1.len();

    /// Reads an alpha-2, alpha-3 or numeric code in upper case.
    ///
    /// # Errors
    /// [`CountryError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        match text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => {
                let at = usize::from(a - b'A') * LETTERS + usize::from(b - b'A');
                BY_ALPHA_2
                    .get(at)
                    .copied()
                    .filter(|number| *number != NONE)
                    .map(Self)
                    .ok_or(CountryError)
            }
            [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z'] => Self::position(|row| row.1 == text),
            [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] => {
                let numeric: u16 = text.parse().map_err(|_| CountryError)?;
                Self::position(|row| row.2 == numeric)
            }
            _ => Err(CountryError),
        }
    }

    fn position(is: impl Fn(&(&str, &str, u16)) -> bool) -> Result<Self, CountryError> {
        let at = ISO_3166_1.iter().position(is).ok_or(CountryError)?;
        u8::try_from(at).map(Self).map_err(|_| CountryError)
    }

    /// The dense number, below [`Country::COUNT`].
    #[must_use]
    pub const fn number(self) -> usize {
        self.0 as usize
    }

    /// All countries in order of alpha-2.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).take(Self::COUNT).map(Self)
    }

    /// The alpha-2 code.
    #[must_use]
    pub fn alpha_2(self) -> &'static str {
        ISO_3166_1.get(self.number()).map_or("ZZ", |row| row.0)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.alpha_2())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_codes_of_a_country_are_one() {
        for texts in [
            ["DE", "DEU", "276"],
            ["AF", "AFG", "004"],
            ["ZW", "ZWE", "716"],
        ] {
            let read = texts.map(Country::parse);
            assert!(
                read.iter()
                    .all(|country| country.is_ok() && *country == read[0]),
                "{texts:?}"
            );
        }
        assert_eq!(Country::all().count(), 250);
        assert!(Country::all().all(|country| Country::parse(country.alpha_2()) == Ok(country)));
    }

    #[test]
    fn what_is_no_country_is_refused() {
        for text in ["", "de", "XX", "D", "QQQ", "000", "Deutschland"] {
            assert_eq!(Country::parse(text), Err(CountryError), "{text}");
        }
    }
}
