//! From TOML to a mapping. Every entry is checked on its own and every fault noted with its line, so that an author
//! sees them all at once; constants and translations go through the fields' own parsers.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::{From, Source, is_date_format};
use super::target::{Kind, LISTS, Target, header_field, item_field};
use super::{Entry, Mapping, MappingError, MappingFault};
use crate::declaration::build::{HeaderField, ItemField, Members};
use crate::declaration::profile::Profile;
use crate::limits::MAX_ID_CHARS;

type Node<'i> = Spanned<DeValue<'i>>;

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Every fault of the file: unknown fields and options, options that do not fit their field, constants and
    /// translations that the field refuses, required fields without a source.
    pub fn parse(text: &str, profile: &Profile) -> Result<Self, MappingError> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut parser = Parser {
            text,
            profile,
            faults: Vec::new(),
            mapping: Self {
                delimiter: b',',
                group_by: None,
                ignored: Vec::new(),
                entries: Vec::new(),
            },
        };
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            parser.note(at, "TOML", error.message());
        }
        if errors.is_empty() {
            parser.file(table.get_ref());
            parser.required();
        }
        MappingError::unless_empty(parser.faults)?;
        Ok(parser.mapping)
    }
}

struct Parser<'i> {
    text: &'i str,
    profile: &'i Profile,
    faults: Vec<MappingFault>,
    mapping: Mapping,
}

impl Parser<'_> {
    fn note(&mut self, at: usize, place: impl Into<String>, detail: impl Into<String>) {
        self.faults.push(MappingFault {
            line: self.line(at),
            place: place.into(),
            detail: detail.into(),
        });
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.matches('\n').count() + 1
    }

    /// The members of a table; anything else is noted.
    fn table<'n, 'i>(&mut self, place: &str, node: &'n Node<'i>) -> Vec<(&'n str, &'n Node<'i>)> {
        let DeValue::Table(table) = node.get_ref() else {
            self.note(node.span().start, place, "a table is expected");
            return Vec::new();
        };
        members(table)
    }

    fn file(&mut self, table: &DeTable<'_>) {
        let members = members(table);
        for (name, node) in &members {
            match *name {
                "source" => self.source(node),
                "declaration" => self.fields("[declaration]", node, true),
                "item" => self.fields("[item]", node, false),
                other => self.note(
                    node.span().start,
                    format!("[{other}]"),
                    "no such table; there are [source], [declaration] and [item]",
                ),
            }
        }
        if !members.iter().any(|(name, _)| *name == "source") {
            self.faults
                .push(missing("[source]", "the table is required"));
        }
    }

    fn source(&mut self, node: &Node<'_>) {
        let mut format = false;
        for (name, node) in self.table("[source]", node) {
            let (at, place) = (node.span().start, format!("[source] {name}"));
            match (name, node.get_ref()) {
                ("format", DeValue::String(text)) if text == "csv" => format = true,
                ("format", _) => {
                    format = true;
                    self.note(at, place, "only \"csv\" is known");
                }
                ("delimiter", DeValue::String(text)) => match text.as_bytes() {
                    [byte] if !matches!(byte, b'"' | b'\n' | b'\r') => {
                        self.mapping.delimiter = *byte;
                    }
                    _ => self.note(at, place, "one ASCII character is expected"),
                },
                ("group_by", DeValue::String(text)) => {
                    self.mapping.group_by = Some(text.clone().into_owned());
                }
                ("ignore", DeValue::Array(list)) => {
                    for node in list {
                        match node.get_ref() {
                            DeValue::String(text) => {
                                self.mapping.ignored.push(text.clone().into_owned());
                            }
                            _ => self.note(node.span().start, &place, "texts are expected"),
                        }
                    }
                }
                ("delimiter" | "group_by", _) => self.note(at, place, "a text is expected"),
                ("ignore", _) => self.note(at, place, "a list of columns is expected"),
                _ => self.note(
                    at,
                    place,
                    "no such option; there are format, delimiter, group_by and ignore",
                ),
            }
        }
        if !format {
            self.faults.push(missing("[source] format", "required"));
        }
    }

    fn fields(&mut self, table: &str, node: &Node<'_>, header: bool) {
        for (name, node) in self.table(table, node) {
            let place = format!("{table} {name}");
            let target = if header {
                header_field(name).map(Target::Header)
            } else {
                item_field(name).map(Target::Item)
            };
            match target {
                Some(target) => self.entry(&place, node, target),
                None if name == "attributes" => self.attributes(table, node, header),
                None if !header && LISTS.contains(&name) => self.note(
                    node.span().start,
                    place,
                    "documents and lots are lists and cannot be mapped from columns",
                ),
                None => self.note(node.span().start, place, "no such field"),
            }
        }
    }

    fn attributes(&mut self, table: &str, node: &Node<'_>, header: bool) {
        let table = format!("[{}.attributes]", table.trim_matches(['[', ']']));
        for (name, node) in self.table(&table, node) {
            let place = format!("{table} {name}");
            match self.profile.attributes.find(name) {
                Some((no, kind)) if header => {
                    self.entry(&place, node, Target::HeaderAttribute(no, kind));
                }
                Some((no, kind)) => self.entry(&place, node, Target::ItemAttribute(no, kind)),
                None => {
                    let detail = "the policy declares no attribute of that name";
                    self.note(node.span().start, place, detail);
                }
            }
        }
    }

    fn entry(&mut self, place: &str, node: &Node<'_>, target: Target) {
        let at = node.span().start;
        let options: BTreeMap<_, _> = self.table(place, node).into_iter().collect();
        let mut source = Source::default();
        match (options.get("column"), options.get("constant")) {
            (Some(column), None) => match column.get_ref() {
                DeValue::String(name) => source.from = From::Column(name.clone().into_owned()),
                _ => self.note(at, place, "`column` is a text"),
            },
            (None, Some(constant)) => match scalar(constant) {
                Some(text) if options.len() == 1 => source.from = From::Constant(text),
                Some(_) => self.note(at, place, "a constant takes no options"),
                None => self.note(at, place, "`constant` is a text or a whole number"),
            },
            _ => self.note(at, place, "either `column` or `constant` is expected"),
        }
        for (name, node) in options {
            if let Err(detail) = option(&mut source, name, node, target.kind()) {
                self.note(node.span().start, place, detail);
            }
        }
        source.values.sort();
        self.check(at, place, target, &source);
        let line = self.line(at);
        self.mapping.entries.push(Entry {
            line,
            target,
            source,
        });
    }

    /// Constants and translations must be values of their field.
    fn check(&mut self, at: usize, place: &str, target: Target, source: &Source) {
        let constant = match &source.from {
            From::Constant(text) => Some(text),
            From::Column(_) => None,
        };
        let translations = source.values.iter().map(|(_, to)| to);
        let texts = constant.into_iter().chain(translations);
        for text in texts.chain(source.otherwise.as_ref()) {
            let checked = source
                .value(text, self.profile.zone)
                .and_then(|value| match value {
                    crate::declaration::field::Value::Null => Ok(()),
                    value => target.check(value, self.profile),
                });
            if let Err(problem) = checked {
                self.note(at, place, problem.detail);
            }
        }
    }

    fn required(&mut self) {
        let mapped = |target| {
            self.mapping
                .entries
                .iter()
                .any(|entry| entry.target == target)
        };
        let header = HeaderField::ALL
            .iter()
            .filter(|(_, field)| HeaderField::REQUIRED & field.bit() != 0)
            .filter(|(_, field)| *field != HeaderField::Items && !mapped(Target::Header(*field)))
            .map(|(name, _)| missing(&format!("[declaration] {name}"), "required"));
        let item = ItemField::ALL
            .iter()
            .filter(|(_, field)| ItemField::REQUIRED & field.bit() != 0)
            .filter(|(_, field)| *field != ItemField::ItemNo && !mapped(Target::Item(*field)))
            .map(|(name, _)| missing(&format!("[item] {name}"), "required"));
        let missing: Vec<_> = header.chain(item).collect();
        self.faults.extend(missing);
    }
}

// ----- options -----

fn option(source: &mut Source, name: &str, node: &Node<'_>, kind: Kind) -> Result<(), String> {
    match (name, node.get_ref()) {
        ("column" | "constant", _) => {}
        ("values", DeValue::Table(table)) => {
            for (from, node) in members(table) {
                let to = scalar(node).ok_or("`values` translates texts to texts")?;
                source.values.push((from.to_owned(), to));
            }
        }
        ("values", _) => return Err("`values` is a table of texts".to_owned()),
        ("otherwise", _) => {
            source.otherwise = Some(scalar(node).ok_or("`otherwise` is a text")?);
        }
        ("format", DeValue::String(format)) if kind == Kind::Date => {
            if !is_date_format(format) {
                return Err(format!("`{format}` is no form of dates such as `%Y-%m-%d`"));
            }
            source.format = Some(format.clone().into_owned());
        }
        ("format", _) => return Err("`format` is a text, for declared_at only".to_owned()),
        ("round", DeValue::Integer(number)) if kind == Kind::Amount => {
            if number.as_str() != "4" {
                return Err(format!("`round` is 4, not {}", number.as_str()));
            }
            source.round = true;
        }
        ("round", _) => return Err("`round` is 4, for amounts only".to_owned()),
        ("pad", DeValue::Integer(number)) if kind == Kind::Text => {
            let digits = number.as_str().parse().ok();
            let within = digits.filter(|digits| (1..=MAX_ID_CHARS).contains(digits));
            source.pad = within.ok_or(format!("`pad` is within 1 to {MAX_ID_CHARS}"))?;
        }
        ("pad", _) => return Err("`pad` is a number of digits, for texts only".to_owned()),
        _ => {
            return Err(format!(
                "no option `{name}`; there are column, constant, values, otherwise, format, round and pad"
            ));
        }
    }
    Ok(())
}

fn members<'n, 'i>(table: &'n DeTable<'i>) -> Vec<(&'n str, &'n Node<'i>)> {
    let members = table.iter();
    members
        .map(|(name, node)| (name.get_ref().as_ref(), node))
        .collect()
}

/// A text, or a whole number as its digits.
fn scalar(node: &Node<'_>) -> Option<String> {
    match node.get_ref() {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        _ => None,
    }
}

fn missing(place: &str, detail: &str) -> MappingFault {
    MappingFault {
        line: 0,
        place: place.to_owned(),
        detail: detail.to_owned(),
    }
}
