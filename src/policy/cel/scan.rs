//! The token scan before the parser: bounds bytes, tokens and nesting (the parser's own stack would overflow),
//! and admits only what the subset knows, each with a message in the author's terms.

use std::ops::Range;

use crate::limits::{MAX_CONDITION_BYTES, MAX_CONDITION_DEPTH, MAX_CONDITION_TOKENS};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    Text,
    Symbol,
}

/// One token by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

/// A message at bytes of the condition.
pub(super) type Complaint = (Range<usize>, String);

const SYMBOLS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", ".", "+", "-", "*",
];
/// Tokens of CEL that the subset leaves out, with what an author may have meant.
const FOREIGN: &[(&str, &str)] = &[
    ("=", "`=` is no comparison; write `==`"),
    ("&", "`&` is no operator; write `&&`"),
    ("|", "`|` is no operator; write `||`"),
    (
        "?",
        "the conditional `? :` is not in the language; write two rules or `&&` and `||`",
    ),
    (
        ":",
        "the conditional `? :` is not in the language; write two rules or `&&` and `||`",
    ),
    (
        "/",
        "division is not in the language; multiply the other side",
    ),
    ("%", "`%` is not in the language"),
    ("{", "maps are not in the language"),
    ("}", "maps are not in the language"),
];

/// Cuts a condition into tokens.
pub(super) fn scan(text: &str) -> Result<Vec<Token>, Complaint> {
    if text.len() > MAX_CONDITION_BYTES {
        let message = format!(
            "the condition has {} bytes; at most {MAX_CONDITION_BYTES} are allowed",
            text.len()
        );
        return Err((0..text.len(), message));
    }
    let mut tokens = Vec::new();
    let (mut depth, mut bangs) = (0usize, 0usize);
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else {
            break;
        };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let token = token(rest, at)?;
        let symbol = text.get(token.span.clone());
        depth = match symbol {
            Some("(" | "[") => depth + 1,
            Some(")" | "]") => depth.saturating_sub(1),
            _ => depth,
        };
        // A run of `!` nests as well: the parser recurses for each.
        bangs = if symbol == Some("!") { bangs + 1 } else { 0 };
        if depth + bangs > MAX_CONDITION_DEPTH {
            return Err((
                token.span,
                format!("nested deeper than {MAX_CONDITION_DEPTH}"),
            ));
        }
        at = token.span.end;
        tokens.push(token);
        if tokens.len() > MAX_CONDITION_TOKENS {
            return Err((
                0..text.len(),
                format!("more than {MAX_CONDITION_TOKENS} tokens"),
            ));
        }
    }
    match tokens.is_empty() {
        true => Err((
            0..text.len(),
            "the condition is empty; write `true` for a rule that always matches".to_owned(),
        )),
        false => Ok(tokens),
    }
}

fn token(rest: &str, at: usize) -> Result<Token, Complaint> {
    let first = rest.bytes().next().unwrap_or(b' ');
    let made = |kind, len| {
        Ok(Token {
            kind,
            span: at..at + len,
        })
    };
    match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => made(Kind::Name, run(rest, |b| b.is_ascii_alphanumeric() || b == b'_')),
        b'0'..=b'9' => number(rest, at),
        b'"' => string(rest, at),
        b'\'' => Err((at..at + 1, "texts are written in double quotes, since the condition itself stands in single quotes".to_owned())),
        _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            Some(symbol) => made(Kind::Symbol, symbol.len()),
            None => {
                let len = rest.chars().next().map_or(1, char::len_utf8);
                let known = FOREIGN.iter().find(|(symbol, _)| rest.starts_with(*symbol));
                let message = known.map_or_else(|| format!("`{}` is not in the language", rest.get(..len).unwrap_or_default()), |(_, help)| (*help).to_owned());
                Err((at..at + len, message))
            }
        },
    }
}

fn number(rest: &str, at: usize) -> Result<Token, Complaint> {
    let len = run(rest, |b| {
        b.is_ascii_alphanumeric() || b == b'.' || b == b'_'
    });
    let text = rest.get(..len).unwrap_or_default();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if plain(whole) && plain(fraction) {
        return Ok(Token {
            kind: Kind::Number,
            span: at..at + len,
        });
    }
    Err((
        at..at + len,
        format!("`{text}` is not a number; numbers are written `1200` or `0.5`"),
    ))
}

fn string(rest: &str, at: usize) -> Result<Token, Complaint> {
    let body = rest.get(1..).unwrap_or_default();
    let Some(close) = body.find(['"', '\n', '\\']) else {
        return Err((
            at..at + rest.len(),
            "the text is not closed; a `\"` is missing".to_owned(),
        ));
    };
    match body.as_bytes().get(close) {
        Some(b'"') => Ok(Token {
            kind: Kind::Text,
            span: at..at + close + 2,
        }),
        Some(b'\\') => Err((
            at + 1 + close..at + 2 + close,
            "`\\` is not in the language; texts are written as they are".to_owned(),
        )),
        _ => Err((
            at..at + 1 + close,
            "the text is not closed; a `\"` is missing".to_owned(),
        )),
    }
}

fn run(text: &str, of: impl Fn(u8) -> bool) -> usize {
    text.bytes()
        .position(|byte| !of(byte))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        scan(text).map_or_else(|(_, message)| message, |_| String::new())
    }

    #[test]
    fn what_the_language_leaves_out_is_refused_in_the_authors_terms() {
        for (text, part) in [
            ("a = 1", "write `==`"),
            ("a & b", "write `&&`"),
            ("a ? b : c", "conditional"),
            ("a == 'x'", "double quotes"),
            ("a == \"x", "not closed"),
            ("a == 1.", "not a number"),
            ("a == 0x1F", "not a number"),
            ("a / 2", "division"),
            ("  ", "empty"),
            ("a == \"\\n\"", "as they are"),
            ("a € b", "`€` is not in the language"),
        ] {
            assert!(
                complaint(text).contains(part),
                "{text}: {}",
                complaint(text)
            );
        }
    }

    #[test]
    fn deep_long_and_many_tokened_conditions_are_refused_before_the_parser() {
        assert!(complaint(&"(".repeat(33)).contains("nested deeper"));
        assert!(complaint(&"!".repeat(40)).contains("nested deeper"));
        assert!(complaint(&"a".repeat(4097)).contains("at most 4096"));
        assert!(complaint(&"a+".repeat(300)).contains("more than 512"));
    }
}
