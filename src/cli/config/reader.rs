//! Reads the values of a configuration: what the file says, and over it what the environment does. What nobody asked
//! for is no key, and refused.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Place};
use crate::limits::Setting;

/// By this a variable of the environment is one of greenlane's.
const VARIABLE: &str = "GREENLANE";

/// A key: its table, empty for the keys before all tables, and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(pub(super) &'static str, pub(super) &'static str);

impl Key {
    /// As it is told.
    fn told(self) -> String {
        match self.0 {
            "" => self.1.to_owned(),
            table => format!("{table}.{}", self.1),
        }
    }

    /// The variable that says it over the file.
    pub(super) fn variable(self) -> String {
        let words = [VARIABLE, self.0, self.1].into_iter();
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        words.join("_").to_ascii_uppercase()
    }
}

/// What was said of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// A text of the file.
    Text(String),
    /// A whole number of the file.
    Number(i64),
    /// Texts of the file.
    List(Vec<String>),
    /// What a variable has, whatever it should be.
    Variable(String),
    /// Something else.
    Other(&'static str),
}

impl Said {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Variable(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => u64::try_from(*number).ok(),
            Self::Variable(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Texts; those of a variable stand between colons.
    fn list(&self) -> Option<Vec<String>> {
        match self {
            Self::List(list) => Some(list.clone()),
            Self::Variable(text) => Some(text.split(':').map(str::to_owned).collect()),
            _ => None,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Variable(text) => format!("`{text}`"),
            Self::Number(number) => format!("`{number}`"),
            Self::List(_) => "a list".to_owned(),
            Self::Other(kind) => (*kind).to_owned(),
        }
    }
}

/// See the module.
pub(super) struct Reader<'t> {
    text: &'t str,
    folder: PathBuf,
    table: DeTable<'t>,
    variables: BTreeMap<String, String>,
    pub(super) faults: Vec<Fault>,
    asked: BTreeSet<Key>,
    /// Tables whose keys are names.
    named: BTreeSet<&'static str>,
}

impl<'t> Reader<'t> {
    /// Reads a file's text, whose paths are meant from a folder.
    pub(super) fn new(text: &'t str, folder: &Path, variables: BTreeMap<String, String>) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Self {
            text,
            folder: folder.to_owned(),
            table: table.into_inner(),
            variables,
            faults: Vec::new(),
            asked: BTreeSet::new(),
            named: BTreeSet::new(),
        };
        for error in &errors {
            let line = reader.line(error.span().unwrap_or_default());
            reader.note(line, "", error.message());
        }
        reader
    }

    fn line(&self, span: Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or_default();
        Place::Line(before.matches('\n').count() + 1)
    }

    pub(super) fn note(&mut self, place: Place, key: impl Into<String>, detail: impl Into<String>) {
        self.faults.push(Fault {
            place,
            key: key.into(),
            detail: detail.into(),
        });
    }

    /// Notes a fault where the first of several keys was said.
    pub(super) fn note_at(&mut self, keys: &[Key], detail: impl Into<String>) {
        let said = keys
            .iter()
            .find_map(|key| Some((key.told(), self.said(*key)?.1)));
        let (key, place) = said.unwrap_or((String::new(), Place::File));
        self.note(place, key, detail);
    }

    /// What was said of a key, and where.
    pub(super) fn said(&mut self, key: Key) -> Option<(Said, Place)> {
        self.asked.insert(key);
        let variable = key.variable();
        if let Some(text) = self.variables.get(&variable) {
            return Some((Said::Variable(text.clone()), Place::Variable(variable)));
        }
        let table = match key.0 {
            "" => Some(&self.table),
            name => self
                .table
                .get(name)
                .and_then(|value| value.get_ref().as_table()),
        };
        let value = table?.get(key.1)?;
        Some((said(value), self.line(value.span())))
    }

    /// What was said of a key, read; where that is not `right`, it is noted.
    pub(super) fn read<T>(
        &mut self,
        key: Key,
        right: &str,
        read: impl FnOnce(&Said) -> Option<T>,
    ) -> Option<T> {
        let (said, place) = self.said(key)?;
        let value = read(&said);
        if value.is_none() {
            let detail = format!("{} is not {right}", said.shown());
            self.note(place, key.told(), detail);
        }
        value
    }

    /// A number within its bounds, or the usual one.
    pub(super) fn number(&mut self, key: Key, setting: Setting) -> u64 {
        let Setting { least, most, usual } = setting;
        let right = format!("a whole number within {least} to {most}");
        let within = |said: &Said| {
            said.number()
                .filter(|number| (least..=most).contains(number))
        };
        self.read(key, &right, within).unwrap_or(usual)
    }

    /// An address with its port.
    pub(super) fn address(&mut self, key: Key) -> Option<SocketAddr> {
        let right = "an address with a port, as \"127.0.0.1:8080\"";
        self.read(key, right, |said| said.text()?.parse().ok())
    }

    /// One of several words.
    pub(super) fn word<T: Copy>(&mut self, key: Key, words: &[(&str, T)]) -> Option<T> {
        let all: Vec<String> = words
            .iter()
            .map(|(word, _)| format!("\"{word}\""))
            .collect();
        let known = |said: &Said| {
            let text = said.text()?;
            words
                .iter()
                .find(|(word, _)| *word == text)
                .map(|(_, of)| *of)
        };
        self.read(key, &all.join(" or "), known)
    }

    /// A path: in the file from the file's folder, in the environment from where the process runs.
    pub(super) fn path(&mut self, key: Key) -> Option<PathBuf> {
        let folder = self.folder.clone();
        let right = "a path, which is not empty, as a text";
        self.read(key, right, |said| path(&folder, said, said.text()?))
    }

    /// Paths, at least one.
    pub(super) fn paths(&mut self, key: Key) -> Option<Vec<PathBuf>> {
        let folder = self.folder.clone();
        self.read(key, "a list of paths, such as [\"policy\"]", |said| {
            let list = said.list().filter(|list| !list.is_empty())?;
            list.iter().map(|text| path(&folder, said, text)).collect()
        })
    }

    /// The members of a table whose keys are names: each a table, with its place.
    pub(super) fn named(&mut self, table: &'static str) -> Vec<Named> {
        self.named.insert(table);
        let Some(members) = self
            .table
            .get(table)
            .and_then(|value| value.get_ref().as_table())
        else {
            return Vec::new();
        };
        let members = members.iter().map(|(name, value)| {
            let inner = value.get_ref().as_table().map(|inner| {
                let inner = inner.iter();
                inner
                    .map(|(key, value)| (key.get_ref().to_string(), said(value)))
                    .collect()
            });
            let place = self.line(name.span());
            Named {
                name: name.get_ref().to_string(),
                place,
                members: inner,
            }
        });
        members.collect()
    }

    /// Every key that was asked for.
    #[cfg(test)]
    pub(super) fn asked(&self) -> impl Iterator<Item = Key> + '_ {
        self.asked.iter().copied()
    }

    /// Notes what nobody asked for, and tells which of greenlane's variables say nothing.
    pub(super) fn finish(mut self) -> (Vec<Fault>, Vec<String>) {
        let unknown = self.unknown();
        self.faults.extend(unknown);
        self.faults.sort_by_key(|fault| match fault.place {
            Place::Line(line) => line,
            _ => usize::MAX,
        });
        let known: BTreeSet<String> = self.asked.iter().map(|key| key.variable()).collect();
        let unused = self.variables.keys().filter(|name| !known.contains(*name));
        let unused = unused.map(|name| format!("the variable {name} is no setting, and ignored"));
        (self.faults, unused.collect())
    }

    fn unknown(&self) -> Vec<Fault> {
        let keys = |table: &str| -> Vec<&str> {
            let keys = self.asked.iter().filter(|key| key.0 == table);
            keys.map(|key| key.1).collect()
        };
        let tables = self.asked.iter().map(|key| key.0);
        let tables: BTreeSet<&str> = tables.filter(|table| !table.is_empty()).collect();
        let mut top = keys("");
        top.extend(tables.iter().chain(&self.named));
        let mut unknown = Vec::new();
        for (name, value) in &self.table {
            let (span, name) = (name.span(), name.get_ref().as_ref());
            let mut note = |span, key: &str, detail| {
                unknown.push(Fault {
                    place: self.line(span),
                    key: key.to_owned(),
                    detail,
                });
            };
            let is_table = tables.contains(name) || self.named.contains(name);
            match value.get_ref().as_table() {
                None if is_table => note(span, name, format!("a table is needed: `[{name}]`")),
                Some(table) if tables.contains(name) => {
                    let known = keys(name);
                    let keys = table.iter().map(|(key, _)| key);
                    for key in keys.filter(|key| !known.contains(&key.get_ref().as_ref())) {
                        let told = format!("{name}.{}", key.get_ref());
                        note(key.span(), &told, no_such_key(key.get_ref(), &known));
                    }
                }
                _ if top.contains(&name) => {}
                _ => note(span, name, no_such_key(name, &top)),
            }
        }
        unknown
    }
}

/// A member of a table whose keys are names.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) place: Place,
    /// What is said of it; none where it is no table.
    pub(super) members: Option<BTreeMap<String, Said>>,
}

fn said(value: &Spanned<DeValue<'_>>) -> Said {
    match value.get_ref() {
        DeValue::String(text) => Said::Text(text.clone().into_owned()),
        DeValue::Datetime(moment) => Said::Text(moment.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Said::Number(number),
            Err(_) => Said::Other("a number beyond 64 bits"),
        },
        DeValue::Array(list) => {
            let texts = list.iter().map(|value| value.get_ref().as_str());
            let texts = texts.map(|text| text.map(str::to_owned));
            texts
                .collect::<Option<_>>()
                .map_or(Said::Other("a list of something else"), Said::List)
        }
        DeValue::Table(_) => Said::Other("a table"),
        DeValue::Boolean(_) => Said::Other("a boolean"),
        DeValue::Float(_) => Said::Other("a number with a point"),
    }
}

fn path(folder: &Path, said: &Said, text: &str) -> Option<PathBuf> {
    let typed = Path::new(text);
    (!text.is_empty()).then(|| match said {
        Said::Variable(_) => typed.to_owned(),
        _ => folder.join(typed),
    })
}

pub(super) fn no_such_key(wrong: &str, known: &[&str]) -> String {
    let likeness = |word: &&&str| strsim::damerau_levenshtein(wrong, word);
    match known.iter().min_by_key(likeness) {
        Some(nearest) if likeness(&nearest) <= 2 => {
            format!("there is no such key; did you mean `{nearest}`?")
        }
        _ => format!("there is no such key; there are {}", known.join(", ")),
    }
}
