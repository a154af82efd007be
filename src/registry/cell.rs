//! Cells of registry files as domain types: each type reads a trimmed text or says what would be right.
//! An empty cell is what its type makes of it: nothing, any, an empty list or a fault.

use std::fmt;
use std::ops::Deref;

use super::country_set::CountrySet;
use super::word::{
    CaseCause, CatalogueRegistration, ExemptionKind, InspectionMode, MemberState, OfficeKind,
    PartyKind, RegistrationState, TestResult, ZoneLevel,
};
use crate::declaration::{
    Amount, Country, Currency, Day, Direction, ExchangeRate, HsCode, HsScope, prefix_range,
};
use crate::limits::{MAX_ID_CHARS, MAX_REGISTRY_TEXT_CHARS};

/// What a cell holds, for whoever describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Any text.
    Text,
    /// A text of 1 to [`MAX_ID_CHARS`] characters.
    Id,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Whole(u32, u32),
    /// A decimal number.
    Number,
    /// A decimal number from 0 to 100.
    Score,
    /// A day.
    Day,
    /// One of these.
    Word(&'static [&'static str]),
    /// Several of a kind.
    List(&'static Self),
    /// Prefixes and ranges of HS codes.
    Scope,
    /// Digits of an HS code, so many at least and at most.
    Digits(u32, u32),
    /// A country (ISO 3166-1).
    Country,
    /// A currency (ISO 4217).
    Currency,
}

/// A domain type that a cell holds.
pub(super) trait Cell: Sized {
    /// What it is.
    const KIND: CellKind;

    /// Reads a trimmed text.
    ///
    /// # Errors
    /// What would be right, as the end of the sentence that begins with the text.
    fn read(text: &str) -> Result<Self, String>;
}

/// An id or word: 1 to [`MAX_ID_CHARS`] characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Box<str>);

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Cell for Id {
    const KIND: CellKind = CellKind::Id;

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("must not be empty".to_owned());
        }
        if text.len() > MAX_ID_CHARS && text.chars().count() > MAX_ID_CHARS {
            return Err(format!("has more than {MAX_ID_CHARS} characters"));
        }
        if text.chars().any(char::is_control) {
            return Err("has control characters".to_owned());
        }
        Ok(Self(text.into()))
    }
}

impl Cell for Box<str> {
    const KIND: CellKind = CellKind::Text;

    fn read(text: &str) -> Result<Self, String> {
        if text.len() > MAX_REGISTRY_TEXT_CHARS && text.chars().count() > MAX_REGISTRY_TEXT_CHARS {
            return Err(format!(
                "has more than {MAX_REGISTRY_TEXT_CHARS} characters"
            ));
        }
        Ok(text.into())
    }
}

impl<T: Cell> Cell for Option<T> {
    const KIND: CellKind = T::KIND;

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(None);
        }
        T::read(text).map(Some)
    }
}

/// List cells are separated by `;`; the empty cell is the empty list.
impl<T: Cell> Cell for Box<[T]> {
    const KIND: CellKind = CellKind::List(&T::KIND);

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let part = |part: &str| {
            T::read(part.trim())
                .map_err(|wrong| format!("has a part `{}` that {wrong}", part.trim()))
        };
        text.split(';').map(part).collect()
    }
}

/// `true` or `false`; empty is false.
impl Cell for bool {
    const KIND: CellKind = CellKind::Flag;

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "true" => Ok(true),
            "false" | "" => Ok(false),
            _ => Err("is neither `true` nor `false`".to_owned()),
        }
    }
}

/// A whole number within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole<const LOW: u32, const HIGH: u32>(pub u32);

impl<const LOW: u32, const HIGH: u32> Cell for Whole<LOW, HIGH> {
    const KIND: CellKind = CellKind::Whole(LOW, HIGH);

    fn read(text: &str) -> Result<Self, String> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse()
            .ok()
            .filter(|number| digits && (LOW..=HIGH).contains(number))
            .map(Self)
            .ok_or_else(|| format!("is not a whole number from {LOW} to {HIGH}"))
    }
}

/// A score from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(pub Amount);

impl Cell for Score {
    const KIND: CellKind = CellKind::Score;

    fn read(text: &str) -> Result<Self, String> {
        let hundred = 100 * Amount::SCALE;
        Amount::parse(text)
            .ok()
            .filter(|score| (0..=hundred).contains(&score.units()))
            .map(Self)
            .ok_or_else(|| "is not a number from 0 to 100".to_owned())
    }
}

/// Countries and groups of countries; empty is any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Countries {
    /// The countries named.
    pub set: CountrySet,
    /// The groups named.
    pub groups: Box<[Id]>,
}

impl Cell for Countries {
    const KIND: CellKind = CellKind::List(&CellKind::Id);

    fn read(text: &str) -> Result<Self, String> {
        let mut set = CountrySet::ANY;
        let mut groups = Vec::new();
        for name in <Box<[Id]>>::read(text)? {
            match Country::parse(&name) {
                Ok(country) => set.insert(country),
                Err(_) => groups.push(name),
            }
        }
        Ok(Self {
            set,
            groups: groups.into_boxed_slice(),
        })
    }
}

/// A prefix of HS codes, of 2 to 13 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HsPrefix {
    /// The keys that begin with it, from the first until before the second.
    pub range: (u64, u64),
    /// The digits.
    pub digits: Box<str>,
}

impl Cell for HsPrefix {
    const KIND: CellKind = CellKind::Digits(2, 13);

    fn read(text: &str) -> Result<Self, String> {
        prefix_range(text)
            .filter(|_| text.len() >= 2)
            .map(|range| Self {
                range,
                digits: text.into(),
            })
            .ok_or_else(|| "is not a prefix of 2 to 13 digits".to_owned())
    }
}

impl Cell for Direction {
    const KIND: CellKind = CellKind::Word(&["export", "import"]);

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "export" => Ok(Self::Export),
            "import" => Ok(Self::Import),
            _ => Err("is neither `export` nor `import`".to_owned()),
        }
    }
}

macro_rules! parsed {
    ($($type:ident: $kind:expr),+) => { $(
        impl Cell for $type {
            const KIND: CellKind = $kind;

            fn read(text: &str) -> Result<Self, String> {
                Self::parse(text).map_err(|error| format!("is {error}"))
            }
        }
    )+ };
}
parsed!(
    Day: CellKind::Day,
    Amount: CellKind::Number,
    Country: CellKind::Country,
    Currency: CellKind::Currency,
    ExchangeRate: CellKind::Number
);

impl Cell for HsScope {
    const KIND: CellKind = CellKind::Scope;

    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| format!("is not a scope: {error}"))
    }
}

impl Cell for HsCode {
    const KIND: CellKind = CellKind::Digits(6, 13);

    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| format!("is not a code: {error}"))
    }
}

macro_rules! worded {
    ($($type:ident),+) => { $(
        impl Cell for $type {
            const KIND: CellKind = CellKind::Word(Self::WORDS);

            fn read(text: &str) -> Result<Self, String> {
                Self::parse(text).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|word| format!("`{}`", word.as_str())).collect();
                    format!("is none of {}", words.join(", "))
                })
            }
        }
    )+ };
}
worded!(
    PartyKind,
    ZoneLevel,
    MemberState,
    RegistrationState,
    ExemptionKind,
    CatalogueRegistration,
    InspectionMode,
    OfficeKind,
    TestResult,
    CaseCause
);
