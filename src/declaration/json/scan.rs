//! A scanner of JSON texts (RFC 8259) that hands out texts and numbers as they stand in the input.
//!
//! It stands in the place of a library because the contract's exact amounts need the digits of a number, and because
//! this is most of the way from bytes to facts: a general parser alone takes longer than the whole reader does with
//! this one. Escapes and the wording of syntax errors are left to `serde_json`, which is also the oracle of its tests.

#![expect(
    clippy::inline_always,
    reason = "a value handed over in memory stalls the reader at every field"
)]

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::declaration::field::Value;
use crate::declaration::model::Text;

/// The text is no JSON; where and why is for `serde_json` to say.
#[derive(Debug)]
pub(super) struct Broken;

/// A position in a JSON text.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over blanks and looks at what follows.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<u8> {
        match self.peek() {
            Some(byte) if byte > b' ' => Some(byte),
            _ => self.past_blanks(),
        }
    }

    #[cold]
    fn past_blanks(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Passes over blanks and this byte, if it follows.
    #[inline(always)]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let follows = self.next() == Some(byte);
        if follows {
            self.at += 1;
        }
        follows
    }

    /// Passes over a byte that must follow.
    #[inline(always)]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.take(byte) { Ok(()) } else { Err(Broken) }
    }

    /// The name that follows at once, with its closing quote, in a word whose further bytes are whatever comes then;
    /// none where the text ends before.
    #[inline(always)]
    pub(super) fn ahead(&self) -> Option<[u64; 2]> {
        let ahead = self.text.as_bytes().get(self.at..)?.first_chunk::<17>()?;
        let [b'"', name @ ..] = ahead else {
            return None;
        };
        let word = u128::from_le_bytes(*name);
        Some([word as u64, (word >> 64) as u64])
    }

    /// Passes over a name of so many bytes that was seen [`Self::ahead`], and over its colon.
    #[inline(always)]
    pub(super) fn take_name(&mut self, len: usize) -> Result<(), Broken> {
        self.at += len + 2;
        self.expect(b':')
    }

    /// Passes over this word, if it follows at once.
    #[inline]
    fn take_word(&mut self, word: &str) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let follows = rest.starts_with(word.as_bytes());
        if follows {
            self.at += word.len();
        }
        follows
    }

    /// Nothing but blanks may follow.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        self.next().map_or(Ok(()), |_| Err(Broken))
    }

    /// The next value; a container is passed over.
    #[inline(always)]
    pub(super) fn value(&mut self) -> Result<Value<'a>, Broken> {
        match self.next() {
            Some(b'"') => {
                self.at += 1;
                self.text_value()
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b'n') if self.take_word("null") => Ok(Value::Null),
            Some(b't') if self.take_word("true") => Ok(Value::Other("a boolean")),
            Some(b'f') if self.take_word("false") => Ok(Value::Other("a boolean")),
            Some(b'{') => self.skip().map(|()| Value::Other("an object")),
            Some(b'[') => self.skip().map(|()| Value::Other("a list")),
            _ => Err(Broken),
        }
    }

    /// The name of a member, past its colon.
    pub(super) fn name(&mut self) -> Result<Text<'a>, Broken> {
        self.expect(b'"')?;
        let from = self.at;
        let name = match self.text_value()? {
            Value::Text(name) => name,
            // Without a meaning as a text it is no member's name; it is shown as it is written.
            _ => Cow::Borrowed(self.text.get(from..self.at - 1).unwrap_or_default()),
        };
        self.expect(b':')?;
        Ok(name)
    }

    // ----- texts -----

    /// The rest of a text whose opening quote is behind.
    #[inline(always)]
    fn text_value(&mut self) -> Result<Value<'a>, Broken> {
        let from = self.at;
        self.run();
        if self.peek() != Some(b'"') {
            return self.escaped(from);
        }
        let text = self.text.get(from..self.at).ok_or(Broken)?;
        self.at += 1;
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    /// Goes on to the next quote, backslash or control character, eight bytes at a time.
    #[inline(always)]
    fn run(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        // Flipping bit 1 puts the quote, 0x22, right behind the control characters, so that one bound parts both from
        // what is plain. The lowest hit is exact: no byte before it borrows.
        let mut rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        while let Some((chunk, tail)) = rest.split_first_chunk() {
            let word = u64::from_le_bytes(*chunk);
            let quote = (word ^ (ONES * 2)).wrapping_sub(ONES * 0x21);
            let escape = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
            let hit = (quote | escape) & !word & HIGH;
            if hit != 0 {
                self.at += hit.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
            rest = tail;
        }
        let plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
        self.at += rest.iter().take_while(plain).count();
    }

    #[cold]
    fn escaped(&mut self, from: usize) -> Result<Value<'a>, Broken> {
        while self.peek() == Some(b'\\') {
            self.at += 2;
            self.run();
        }
        if self.peek() != Some(b'"') {
            return Err(Broken);
        }
        self.at += 1;
        let quoted = self.text.get(from - 1..self.at).ok_or(Broken)?;
        match serde_json::from_str(quoted) {
            Ok(text) => Ok(Value::Text(Cow::Owned(text))),
            Err(_) => serde_json::from_str::<IgnoredAny>(quoted)
                .map(|_| Value::Other("half of a surrogate pair"))
                .map_err(|_| Broken),
        }
    }

    // ----- numbers -----

    #[inline]
    fn number(&mut self) -> Result<&'a str, Broken> {
        let from = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        self.text.get(from..self.at).ok_or(Broken)
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at > from { Ok(()) } else { Err(Broken) }
    }

    // ----- containers -----

    /// Passes over a container of any depth; nesting costs a byte on the heap, not a stack frame.
    #[cold]
    fn skip(&mut self) -> Result<(), Broken> {
        let mut open = Vec::new();
        loop {
            match self.next() {
                Some(bracket @ (b'{' | b'[')) => {
                    self.at += 1;
                    open.push(bracket + 2);
                    if self.next() != open.last().copied() {
                        self.skip_name(&open)?;
                        continue;
                    }
                }
                _ => drop(self.value()?),
            }
            while let Some(close) = open.last() {
                if self.take(b',') {
                    self.skip_name(&open)?;
                    break;
                }
                self.expect(*close)?;
                open.pop();
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    fn skip_name(&mut self, open: &[u8]) -> Result<(), Broken> {
        if open.last() == Some(&b'}') {
            self.name()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accepts(text: &str) -> bool {
        let mut scanner = Scanner::new(text);
        scanner.value().is_ok() && scanner.end().is_ok()
    }

    #[test]
    fn the_corners_of_the_grammar_are_those_of_serde_json() {
        for text in [
            "",
            " ",
            "nul",
            "null ",
            "truex",
            "[]",
            "[ ]",
            "[,]",
            "[1,]",
            "[1 2]",
            "{}",
            "{ }",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a":[{}],"b":{"c":[]}}"#,
            "{1:2}",
            "[}",
            "{]",
            "[{]}",
            "-",
            "-0",
            "00",
            "01",
            "1.",
            ".1",
            "1.5e",
            "1e+",
            "1E-7",
            "-1.50e+10",
            "\"",
            "\"\\\"",
            r#""\"""#,
            r#""\x""#,
            r#""\u12""#,
            r#""\u12G4""#,
            r#""é\n""#,
            "\"\u{1}\"",
            "\"tab\there\"",
            "[[[[[[[[[[1]]]]]]]]]]",
            "[[1]",
            "1 2",
            "\u{feff}1",
        ] {
            let oracle = serde_json::from_str::<IgnoredAny>(text).is_ok();
            assert_eq!(accepts(text), oracle, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn texts_near_json_are_accepted_like_serde_json(
            text in r#"([\[\]{},: ]|"[a\\u0"é]{0,3}"|"[a-f]{0,12}"|-?[0-9]{1,3}(\.[0-9])?|true|null){0,12}"#
        ) {
            prop_assert_eq!(accepts(&text), serde_json::from_str::<IgnoredAny>(&text).is_ok());
        }
    }
}
