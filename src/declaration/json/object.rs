//! Writes JSON into memory piece by piece: what is written for every decision, and in an order that stays.

use std::fmt::Display;
use std::io::Write;

/// An object that is being written. Names are the contract's own, which need no escapes; [`Self::foreign`] takes any.
pub(crate) struct Object<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl<'o> Object<'o> {
    pub(crate) fn open(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    pub(crate) fn close(self) {
        self.out.push(b'}');
    }

    fn comma(&mut self) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
    }

    /// A member, whose value is for the caller to write.
    pub(crate) fn member(&mut self, name: &str) -> &mut Vec<u8> {
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// The same, by a name that may need escapes.
    pub(crate) fn foreign(&mut self, name: &str) -> &mut Vec<u8> {
        self.comma();
        string(name, self.out);
        self.out.push(b':');
        self.out
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) {
        string(text, self.member(name));
    }

    /// A text, or `null`.
    pub(crate) fn nullable(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.text(name, text),
            None => self.bare(name, "null"),
        }
    }

    /// A value whose written form needs no escapes.
    pub(crate) fn quoted(&mut self, name: &str, value: impl Display) {
        let out = self.member(name);
        out.push(b'"');
        display(value, out);
        out.push(b'"');
    }

    /// The same, or `null`.
    pub(crate) fn nullable_quoted(&mut self, name: &str, value: Option<impl Display>) {
        match value {
            Some(value) => self.quoted(name, value),
            None => self.bare(name, "null"),
        }
    }

    /// A value whose written form is JSON.
    pub(crate) fn bare(&mut self, name: &str, value: impl Display) {
        display(value, self.member(name));
    }

    /// A whole number.
    pub(crate) fn number(&mut self, name: &str, number: impl itoa::Integer) {
        let out = self.member(name);
        out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    /// A whole number, or `null`.
    pub(crate) fn nullable_number(&mut self, name: &str, number: Option<impl itoa::Integer>) {
        match number {
            Some(number) => self.number(name, number),
            None => self.bare(name, "null"),
        }
    }

    /// A list, each of whose elements `each` writes.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        list: impl IntoIterator<Item = T>,
        each: impl Fn(T, &mut Vec<u8>),
    ) {
        array(list, self.member(name), each);
    }
}

/// A list, each of whose elements `each` writes.
pub(crate) fn array<T>(
    list: impl IntoIterator<Item = T>,
    out: &mut Vec<u8>,
    each: impl Fn(T, &mut Vec<u8>),
) {
    out.push(b'[');
    for (index, element) in list.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        each(element, out);
    }
    out.push(b']');
}

/// Writing to memory does not fail.
pub(crate) fn display(value: impl Display, out: &mut Vec<u8>) {
    let _ = write!(out, "{value}");
}

/// A text in quotes.
pub(crate) fn string(text: &str, out: &mut Vec<u8>) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    // All of them are looked at, which takes less time than a branch for each.
    if text.bytes().fold(true, |all, byte| all & plain(byte)) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    let _ = serde_json::to_writer(out, text);
}
