//! One function for each kind of field: from a value as it arrived to the domain type, or the problem with it.
//! JSON members and table cells go through the same functions, so that both mean the same; the caller adds the place.

#![expect(
    clippy::inline_always,
    reason = "a value handed over in memory stalls the reader at every field"
)]

use std::fmt;

use super::amount::{Amount, AmountError};
use super::country::Country;
use super::currency::Currency;
use super::day::{Day, Moment};
use super::fault::FaultCode;
use super::hs::HsCode;
use super::model::{AttributeValue, Direction, Text};
use super::party_id::PartyIds;
use super::profile::AttributeType;
use crate::limits::{MAX_ATTRIBUTE_CHARS, MAX_ID_CHARS};

/// A value as it arrived, before its field gives it a meaning.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// JSON `null`, or an empty cell: absent.
    Null,
    /// A JSON text.
    Text(Text<'a>),
    /// A JSON number as it is written.
    Number(&'a str),
    /// A cell of a table, which may mean a number, rounded where its mapping says so.
    Cell {
        /// The cell.
        text: Text<'a>,
        /// Whether further decimals are rounded half to even.
        round: bool,
    },
    /// A date that the mapping's format has read.
    Moment(Moment),
    /// A JSON value of another type, by its name.
    Other(&'static str),
}

/// What is wrong with a value; where it stands is the caller's to add.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) code: FaultCode,
    pub(super) detail: String,
}

/// Characters of a wrong text that a message repeats.
const SHOWN_CHARS: usize = 64;

impl Problem {
    #[cold]
    pub(super) fn new(code: FaultCode, text: &str, why: impl fmt::Display) -> Self {
        let mut shown: String = text
            .chars()
            .take(SHOWN_CHARS)
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect();
        if shown.len() < text.len() && text.chars().nth(SHOWN_CHARS).is_some() {
            shown.push('…');
        }
        let detail = format!("`{shown}`: {why}");
        Self { code, detail }
    }

    #[cold]
    pub(super) fn wrong_type(value: &Value<'_>, expected: &str) -> Self {
        let detail = format!("{expected} is expected, not {}", value.kind());
        Self {
            code: FaultCode::Type,
            detail,
        }
    }
}

impl Value<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Text(_) | Self::Cell { .. } => "a text",
            Self::Number(_) => "a number",
            Self::Moment(_) => "a date",
            Self::Other(kind) => kind,
        }
    }
}

// ----- texts -----

#[inline(always)]
fn text<'a>(value: Value<'a>, expected: &str) -> Result<Text<'a>, Problem> {
    match value {
        Value::Text(text) | Value::Cell { text, .. } => Ok(text),
        other => Err(Problem::wrong_type(&other, expected)),
    }
}

#[inline(always)]
fn parsed<T, E: fmt::Display>(
    value: Value<'_>,
    expected: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Problem> {
    let text = text(value, expected)?;
    parse(&text).map_err(|why| Problem::new(FaultCode::Format, &text, why))
}

/// An id or code: 1 to [`MAX_ID_CHARS`] characters without control characters or blanks around it.
#[inline(always)]
pub(super) fn id(value: Value<'_>) -> Result<Text<'_>, Problem> {
    let text = text(value, "a text")?;
    if (1..=MAX_ID_CHARS).contains(&text.len()) && is_plain(text.as_bytes()) {
        return Ok(text);
    }
    match id_problem(&text) {
        Some(problem) => Err(problem),
        None => Ok(text),
    }
}

/// Whether all bytes are visible ASCII, eight at a time.
#[inline(always)]
fn is_plain(text: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The high bit of a byte is set where it is not ASCII, below 0x21, or 0x7f.
    let hidden = |word: u64| word | word.wrapping_sub(ONES * 0x21) | word.wrapping_add(ONES);
    let (chunks, rest) = text.as_chunks::<8>();
    // What is left is seen with the bytes before it, or filled up.
    let last = match text.last_chunk() {
        Some(last) => u64::from_le_bytes(*last),
        None => rest
            .iter()
            .fold(ONES * 0x21, |word, byte| word << 8 | u64::from(*byte)),
    };
    let words = chunks.iter().map(|chunk| u64::from_le_bytes(*chunk));
    words.fold(hidden(last), |seen, word| seen | hidden(word)) & (ONES << 7) == 0
}

#[cold]
fn id_problem(text: &str) -> Option<Problem> {
    let of = |code, why: &str| Some(Problem::new(code, text, why));
    if text.is_empty() {
        of(
            FaultCode::Format,
            "empty; leave it out or write null where there is none",
        )
    } else if text.chars().nth(MAX_ID_CHARS).is_some() {
        of(
            FaultCode::Range,
            &format!("more than {MAX_ID_CHARS} characters"),
        )
    } else if text.chars().any(char::is_control) {
        of(FaultCode::Format, "control characters are not allowed")
    } else if text.trim() != text {
        of(FaultCode::Format, "blanks around it are not allowed")
    } else {
        None
    }
}

/// The id of a domestic party, as the policy asks for it.
#[inline(always)]
pub(super) fn domestic_party<'a>(
    value: Value<'a>,
    party_ids: &PartyIds,
) -> Result<Text<'a>, Problem> {
    let text = id(value)?;
    match party_ids.check(&text) {
        Ok(()) => Ok(text),
        Err(why) => Err(Problem::new(FaultCode::PartyId, &text, why)),
    }
}

/// Four digits of the trade mode (监管方式).
#[inline(always)]
pub(super) fn trade_mode(value: Value<'_>) -> Result<Text<'_>, Problem> {
    let text = text(value, "a text of four digits")?;
    match text.as_bytes() {
        [a, b, c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()) => Ok(text),
        _ => Err(Problem::new(
            FaultCode::Format,
            &text,
            "a trade mode has four digits",
        )),
    }
}

/// `export` or `import`.
#[inline(always)]
pub(super) fn direction(value: Value<'_>) -> Result<Direction, Problem> {
    parsed(value, "a text, `export` or `import`,", |text| match text {
        "export" => Ok(Direction::Export),
        "import" => Ok(Direction::Import),
        _ => Err("neither `export` nor `import`"),
    })
}

/// A country of ISO 3166-1.
#[inline(always)]
pub(super) fn country(value: Value<'_>) -> Result<Country, Problem> {
    parsed(value, "a text", Country::parse)
}

/// A currency of ISO 4217.
#[inline(always)]
pub(super) fn currency(value: Value<'_>) -> Result<Currency, Problem> {
    parsed(value, "a text", Currency::parse)
}

/// An HS code.
#[inline(always)]
pub(super) fn hs_code(value: Value<'_>) -> Result<HsCode, Problem> {
    parsed(value, "a text of digits", HsCode::parse)
}

/// A civil day.
#[inline(always)]
pub(super) fn day(value: Value<'_>) -> Result<Day, Problem> {
    parsed(value, "a text", Day::parse)
}

/// An instant with its offset.
#[inline(always)]
pub(super) fn moment(value: Value<'_>) -> Result<Moment, Problem> {
    match value {
        Value::Moment(moment) => Ok(moment),
        other => parsed(other, "a text", Moment::parse),
    }
}

// ----- numbers -----

/// A whole number within bounds.
#[inline(always)]
pub(super) fn whole(value: &Value<'_>, from: i64, to: i64) -> Result<i64, Problem> {
    let text = match value {
        Value::Number(text) => text,
        Value::Cell { text, .. } => text.as_ref(),
        other => return Err(Problem::wrong_type(other, "a whole number")),
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::new(FaultCode::Format, text, "not a whole number"));
    }
    match text.parse() {
        Ok(number) if (from..=to).contains(&number) => Ok(number),
        _ => Err(Problem::new(
            FaultCode::Range,
            text,
            format_args!("not within {from} to {to}"),
        )),
    }
}

/// An amount of any sign.
#[inline(always)]
pub(super) fn signed_amount(value: &Value<'_>) -> Result<Amount, Problem> {
    let (text, read) = match value {
        Value::Number(text) => (*text, Amount::parse(text)),
        Value::Text(text) | Value::Cell { text, round: false } => {
            (text.as_ref(), Amount::parse(text))
        }
        Value::Cell { text, round: true } => (text.as_ref(), Amount::parse_rounded(text)),
        other => {
            return Err(Problem::wrong_type(
                other,
                "an amount (a number or a decimal text)",
            ));
        }
    };
    read.map_err(|why| {
        let code = match why {
            AmountError::Range => FaultCode::Range,
            AmountError::Syntax | AmountError::Decimals => FaultCode::Format,
        };
        Problem::new(code, text, why)
    })
}

/// An amount that may not be negative: values, quantities, masses.
#[inline(always)]
pub(super) fn amount(value: &Value<'_>) -> Result<Amount, Problem> {
    let amount = signed_amount(value)?;
    if amount < Amount::ZERO {
        let text = amount.to_string();
        return Err(Problem::new(FaultCode::Range, &text, "may not be negative"));
    }
    Ok(amount)
}

/// The value of an attribute, of the type that the policy declares.
pub(super) fn attribute(
    value: Value<'_>,
    kind: AttributeType,
) -> Result<AttributeValue<'_>, Problem> {
    match kind {
        AttributeType::Int => whole(&value, i64::MIN, i64::MAX).map(AttributeValue::Int),
        AttributeType::Decimal => signed_amount(&value).map(AttributeValue::Decimal),
        AttributeType::Text => {
            let text = text(value, "a text")?;
            if text.chars().nth(MAX_ATTRIBUTE_CHARS).is_some() {
                let why = format!("more than {MAX_ATTRIBUTE_CHARS} characters");
                return Err(Problem::new(FaultCode::Range, &text, why));
            }
            if text.chars().any(char::is_control) {
                return Err(Problem::new(
                    FaultCode::Format,
                    &text,
                    "control characters are not allowed",
                ));
            }
            Ok(AttributeValue::Text(text))
        }
    }
}
