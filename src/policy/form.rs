//! TOML with places: reads the members of a table, notes every mistake where it stands, and refuses what it
//! doesn't know or doesn't carry out.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, nearest};
use super::source::SourceFile;
use crate::declaration::{Amount, Day};

/// All mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Notes(pub(super) Vec<Diagnostic>);

impl Notes {
    /// Notes a mistake at bytes of a file.
    pub(super) fn add(
        &mut self,
        file: &SourceFile,
        span: Range<usize>,
        message: impl Into<String>,
    ) {
        self.0.push(Diagnostic::new(file, span, message));
    }

    /// Notes a mistake with what would be right.
    pub(super) fn add_help(
        &mut self,
        file: &SourceFile,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.0.push(Diagnostic::new(file, span, message).help(help));
    }
}

/// A value with its place.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A table that is being read; [`Form::finish`] refuses the members that nobody asked for.
pub(super) struct Form<'t> {
    pub(super) file: &'t SourceFile,
    pub(super) span: Range<usize>,
    table: &'t DeTable<'t>,
    asked: BTreeSet<&'static str>,
}

impl<'t> Form<'t> {
    pub(super) fn new(file: &'t SourceFile, span: Range<usize>, table: &'t DeTable<'t>) -> Self {
        Self {
            file,
            span,
            table,
            asked: BTreeSet::new(),
        }
    }

    /// A value as a table.
    pub(super) fn of(
        file: &'t SourceFile,
        value: &'t Value<'t>,
        notes: &mut Notes,
    ) -> Option<Self> {
        match value.get_ref().as_table() {
            Some(table) => Some(Self::new(file, value.span(), table)),
            None => {
                notes.add(
                    file,
                    value.span(),
                    format!(
                        "a table is needed here, not a {}",
                        value.get_ref().type_str()
                    ),
                );
                None
            }
        }
    }

    /// A member, if it is there.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'t Value<'t>> {
        self.asked.insert(key);
        self.table.get(key)
    }

    /// All members with their keys' places, for tables whose keys are names; nothing remains to be refused.
    pub(super) fn entries(
        &mut self,
    ) -> impl Iterator<Item = (&'t str, Range<usize>, &'t Value<'t>)> {
        self.table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    /// Notes that a required member is missing.
    pub(super) fn missing(&self, key: &str, notes: &mut Notes) {
        notes.add(
            self.file,
            first_line(self.file, &self.span),
            format!("`{key}` is missing"),
        );
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str, notes: &mut Notes) -> Option<String> {
        let value = self.value(key)?;
        text(self.file, value, notes).map(str::to_owned)
    }

    /// A text that must be there.
    pub(super) fn required_text(&mut self, key: &'static str, notes: &mut Notes) -> Option<String> {
        if !self.table.contains_key(key) {
            self.missing(key, notes);
        }
        self.text(key, notes)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str, notes: &mut Notes) -> Option<bool> {
        let value = self.value(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            notes.add(
                self.file,
                value.span(),
                format!("`{key}` is `true` or `false`"),
            );
        }
        flag
    }

    /// A whole number from 0 on.
    pub(super) fn count(&mut self, key: &'static str, notes: &mut Notes) -> Option<u32> {
        let value = self.value(key)?;
        let count = value
            .get_ref()
            .as_integer()
            .and_then(|integer| integer.as_str().parse().ok());
        if count.is_none() {
            notes.add(
                self.file,
                value.span(),
                format!("`{key}` is a whole number from 0 on"),
            );
        }
        count
    }

    /// A number with at most four decimals.
    pub(super) fn amount(&mut self, key: &'static str, notes: &mut Notes) -> Option<Amount> {
        let value = self.value(key)?;
        amount(self.file, value, notes)
    }

    /// A word of a closed vocabulary.
    pub(super) fn word<W>(
        &mut self,
        key: &'static str,
        words: &[&str],
        parse: impl Fn(&str) -> Option<W>,
        notes: &mut Notes,
    ) -> Option<W> {
        let value = self.value(key)?;
        word(self.file, value, words, parse, notes)
    }

    /// A list of texts; a single text is a list of one.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        notes: &mut Notes,
    ) -> Option<Vec<(String, Range<usize>)>> {
        let value = self.value(key)?;
        Some(texts(self.file, value, notes))
    }

    /// A day.
    pub(super) fn day(&mut self, key: &'static str, notes: &mut Notes) -> Option<Day> {
        let value = self.value(key)?;
        let day = text(self.file, value, notes)?;
        match Day::parse(day) {
            Ok(day) => Some(day),
            Err(error) => {
                notes.add(self.file, value.span(), format!("`{day}` is {error}"));
                None
            }
        }
    }

    /// The tables of an array of tables.
    pub(super) fn tables(&mut self, key: &'static str, notes: &mut Notes) -> Vec<Form<'t>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        match value.get_ref().as_array() {
            Some(array) => array
                .iter()
                .filter_map(|element| Form::of(self.file, element, notes))
                .collect(),
            None => {
                notes.add(
                    self.file,
                    value.span(),
                    format!("`{key}` is a list of tables: `[[{key}]]`"),
                );
                Vec::new()
            }
        }
    }

    /// A table that is a member.
    pub(super) fn table(&mut self, key: &'static str, notes: &mut Notes) -> Option<Form<'t>> {
        let value = self.value(key)?;
        Form::of(self.file, value, notes)
    }

    /// Refuses every member that nobody asked for.
    pub(super) fn finish(self, notes: &mut Notes) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if self.asked.contains(name) {
                continue;
            }
            let diagnostic =
                Diagnostic::new(self.file, key.span(), format!("unknown member `{name}`"));
            let known = || self.asked.iter().copied();
            notes.0.push(match nearest(name, known()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!(
                    "known are {}",
                    known().collect::<Vec<_>>().join(", ")
                )),
            });
        }
    }
}

fn first_line(file: &SourceFile, span: &Range<usize>) -> Range<usize> {
    let text = file.text.get(span.clone()).unwrap_or_default();
    let len = text.find('\n').unwrap_or(text.len());
    span.start..span.start + len
}

pub(super) fn text<'t>(
    file: &SourceFile,
    value: &'t Value<'t>,
    notes: &mut Notes,
) -> Option<&'t str> {
    let text = value.get_ref().as_str();
    if text.is_none() {
        notes.add(
            file,
            value.span(),
            format!(
                "a text is needed here, not a {}",
                value.get_ref().type_str()
            ),
        );
    }
    text
}

pub(super) fn texts(
    file: &SourceFile,
    value: &Value<'_>,
    notes: &mut Notes,
) -> Vec<(String, Range<usize>)> {
    if let Some(text) = value.get_ref().as_str() {
        return vec![(text.to_owned(), value.span())];
    }
    let Some(array) = value.get_ref().as_array() else {
        notes.add(file, value.span(), "a list of texts is needed here");
        return Vec::new();
    };
    array
        .iter()
        .filter_map(|element| {
            text(file, element, notes).map(|text| (text.to_owned(), element.span()))
        })
        .collect()
}

pub(super) fn amount(file: &SourceFile, value: &Value<'_>, notes: &mut Notes) -> Option<Amount> {
    let digits = match value.get_ref() {
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
        DeValue::Float(float) => float.as_str(),
        other => {
            notes.add(
                file,
                value.span(),
                format!("a number is needed here, not a {}", other.type_str()),
            );
            return None;
        }
    };
    match Amount::parse(digits.trim_start_matches('+')) {
        Ok(amount) => Some(amount),
        Err(error) => {
            notes.add(file, value.span(), format!("`{digits}`: {error}"));
            None
        }
    }
}

pub(super) fn word<W>(
    file: &SourceFile,
    value: &Value<'_>,
    words: &[&str],
    parse: impl Fn(&str) -> Option<W>,
    notes: &mut Notes,
) -> Option<W> {
    let text = text(file, value, notes)?;
    let found = parse(text);
    if found.is_none() {
        let list = words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ");
        notes.0.push(
            Diagnostic::new(file, value.span(), format!("`{text}` is none of {list}"))
                .nearest(text, words.iter().copied()),
        );
    }
    found
}

/// Seconds of an ISO 8601 duration such as `PT12H` or `P2DT6H`.
pub(super) fn duration_s(form: &mut Form<'_>, key: &'static str, notes: &mut Notes) -> Option<u32> {
    let value = form.value(key)?;
    let written = text(form.file, value, notes)?;
    let seconds = iso_duration_s(written);
    if seconds.is_none() {
        notes.add(form.file, value.span(), format!("`{written}` is no duration of ISO 8601 in days, hours, minutes and seconds, such as `PT12H` or `P2D`"));
    }
    seconds
}

fn iso_duration_s(text: &str) -> Option<u32> {
    let rest = text.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut seconds = match days.strip_suffix('D') {
        Some(count) => count.parse::<u32>().ok()?.checked_mul(86_400)?,
        None if days.is_empty() && !time.is_empty() => 0,
        None => return None,
    };
    if rest.ends_with('T') {
        return None;
    }
    let mut time = time;
    for (unit, size) in [('H', 3_600u32), ('M', 60), ('S', 1)] {
        if let Some((count, after)) = time.split_once(unit) {
            seconds = seconds.checked_add(count.parse::<u32>().ok()?.checked_mul(size)?)?;
            time = after;
        }
    }
    time.is_empty().then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::iso_duration_s;

    #[test]
    fn durations_are_read_exactly() {
        for (text, seconds) in [
            ("PT12H", 43_200),
            ("P2D", 172_800),
            ("P1DT1H1M1S", 90_061),
            ("PT90M", 5_400),
        ] {
            assert_eq!(iso_duration_s(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "P",
            "PT",
            "12H",
            "PT12",
            "P1M",
            "PT-1H",
            "PT1M1H",
            "P1DT",
            "PT99999999H",
        ] {
            assert_eq!(iso_duration_s(text), None, "{text}");
        }
    }
}
