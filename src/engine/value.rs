//! Values of facts, and the truth of an atom over them: the one place that says what a comparison means.

use std::borrow::Cow;

use crate::policy::cel::{Atom, Constant, Term};
use crate::policy::schema::Fact;

/// What a fact is for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// The declaration or registry does not say.
    Absent,
    /// A truth value.
    Bool(bool),
    /// A whole number, an amount's integer of 1/10,000, or a day's number.
    Number(i64),
    /// A text.
    Text(Cow<'a, str>),
    /// A list of texts, sorted.
    List(Vec<&'a str>),
}

impl<'a> Value<'a> {
    /// A borrowed text.
    #[must_use]
    pub const fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A text that may be absent.
    #[must_use]
    pub fn optional(text: Option<&'a str>) -> Self {
        text.map_or(Self::Absent, Self::text)
    }
}

/// Kleene's truth of an atom; none is unknown. Days are numbers: constants of day facts have been made so.
#[must_use]
pub fn truth<'a>(atom: &Atom, value: &impl Fn(Fact) -> Value<'a>) -> Option<bool> {
    match atom {
        Atom::Has(fact) => Some(value(*fact) != Value::Absent),
        Atom::Bool(fact) => match value(*fact) {
            Value::Bool(truth) => Some(truth),
            _ => None,
        },
        Atom::Compare(fact, op, constant) => {
            compare(&value(*fact), constant).map(|ordering| op.holds(ordering))
        }
        Atom::In(fact, constants) => {
            let value = value(*fact);
            (value != Value::Absent).then(|| {
                constants.iter().any(|constant| {
                    compare(&value, constant).is_some_and(std::cmp::Ordering::is_eq)
                })
            })
        }
        Atom::StartsWith(fact, prefix) => match value(*fact) {
            Value::Text(text) => Some(text.starts_with(prefix.as_str())),
            _ => None,
        },
        Atom::Contains(fact, text) => match value(*fact) {
            Value::List(list) => Some(list.contains(&text.as_str())),
            _ => None,
        },
        Atom::Empty(fact) => match value(*fact) {
            Value::List(list) => Some(list.is_empty()),
            _ => None,
        },
        Atom::Terms(Term::Fact(left), op, Term::Fact(right)) => match (value(*left), value(*right))
        {
            (Value::Text(left), Value::Text(right)) => Some(op.holds(left.cmp(&right))),
            (Value::Number(left), Value::Number(right)) => Some(op.holds(left.cmp(&right))),
            _ => None,
        },
        Atom::Terms(left, op, right) => {
            Some(op.holds(number(left, value)?.cmp(&number(right, value)?)))
        }
    }
}

fn compare(value: &Value<'_>, constant: &Constant) -> Option<std::cmp::Ordering> {
    match (value, constant) {
        (Value::Number(value), Constant::Number(constant)) => Some(value.cmp(constant)),
        (Value::Number(value), Constant::Text(day)) => {
            let day = crate::declaration::Day::parse(day).ok()?;
            Some(value.cmp(&i64::from(day.number())))
        }
        (Value::Text(value), Constant::Text(constant)) => {
            Some(value.as_ref().cmp(constant.as_str()))
        }
        (Value::Bool(value), Constant::Bool(constant)) => Some(value.cmp(constant)),
        _ => None,
    }
}

/// A numeric term in 64 bits; what overflows or is absent is unknown.
fn number<'a>(term: &Term, value: &impl Fn(Fact) -> Value<'a>) -> Option<i64> {
    match term {
        Term::Const(constant) => Some(*constant),
        Term::Fact(fact) => match value(*fact) {
            Value::Number(number) => Some(number),
            _ => None,
        },
        Term::Add(left, right) => number(left, value)?.checked_add(number(right, value)?),
        Term::Mul(left, right) => number(left, value)?.checked_mul(number(right, value)?),
    }
}
