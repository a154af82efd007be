//! Closed domains: whether a constant is one that its fact can have.

use std::ops::Range;

use super::expr::Constant;
use super::pass::Pass;
use crate::declaration::{Country, Day};
use crate::policy::diagnostic::nearest;
use crate::policy::schema::{Constants, FactInfo, FactType};

impl Pass<'_, '_> {
    /// Whether a constant is one that the fact can have; `exact` where equality is asked.
    pub(super) fn in_domain(
        &mut self,
        info: FactInfo,
        constant: &Constant,
        exact: bool,
        span: &Range<usize>,
    ) -> Option<()> {
        let message = match (info.constants, constant) {
            (_, Constant::Text(text)) if info.kind == FactType::Day => Day::parse(text)
                .err()
                .map(|error| format!("`{text}` is {error}")),
            (Constants::Words(words), Constant::Text(text))
                if exact && !words.contains(&text.as_str()) =>
            {
                let near = nearest(text, words.iter().copied())
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                let list = words
                    .iter()
                    .filter(|word| !word.is_empty())
                    .map(|word| format!("`{word}`"))
                    .collect::<Vec<_>>()
                    .join(", ");
                Some(format!("`{text}` is none of {list}{near}"))
            }
            (Constants::Range(low, high), Constant::Number(value))
                if !(low..=high).contains(value) =>
            {
                Some(format!("`{value}` is outside {low} to {high}"))
            }
            (Constants::Digits(count), Constant::Text(text)) => digits_fault(text, count, exact),
            (Constants::Country, Constant::Text(text))
                if exact
                    && !Country::parse(text).is_ok_and(|country| country.alpha_2() == text) =>
            {
                Some(format!("`{text}` is no alpha-2 code of ISO 3166-1"))
            }
            _ => None,
        };
        match message {
            Some(message) => self.complain(span, message),
            None => Some(()),
        }
    }
}

fn digits_fault(text: &str, count: usize, exact: bool) -> Option<String> {
    let len = text.len();
    let right = match (exact, count) {
        (true, 13) => matches!(len, 6 | 8 | 10 | 13),
        (true, count) => len == count,
        (false, count) => (1..=count).contains(&len),
    };
    if right && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(match (exact, count) {
        (true, 13) => format!("`{text}` is no HS code; it has 6, 8, 10 or 13 digits"),
        (true, count) => format!("`{text}` does not have {count} digits"),
        (false, count) => format!("`{text}` does not have 1 to {count} digits"),
    })
}
