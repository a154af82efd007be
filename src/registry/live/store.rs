//! Every row of a registry as text: for each table and owner the owner's rows as lines of CSV. The text is canonical
//! (all columns in the table's order, cells trimmed, lines in byte order), so equal registries have equal text.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use csv::{StringRecord, WriterBuilder};
use rayon::prelude::*;

use super::diary::{MadeOf, PRODUCTS};
use super::shape::{Part, Shape};
use crate::registry::fault::{RegistryError, RegistryErrors};
use crate::registry::records;
use crate::registry::source::RegistrySource;

/// A row's cells in the order of its table's columns.
pub(super) type Row<'t> = Vec<Cow<'t, str>>;

/// The rows of a table by owner: lines of CSV, at least one.
type Owners = BTreeMap<Box<str>, Box<str>>;

/// The rows of one owner, table by table.
type Texts = Vec<(&'static str, Box<str>)>;

/// All rows of one owner in a table; the text is empty where there are none.
#[derive(Debug, Clone)]
pub(super) struct OwnerRows {
    pub(super) shape: Shape,
    pub(super) owner: Box<str>,
    pub(super) text: Box<str>,
}

/// The rows of all tables. Those of a party are together, since whoever asks for some asks for most of them, and each
/// look-up among many owners waits for memory several times.
#[derive(Debug, Default)]
pub(super) struct RowStore {
    parties: HashMap<Box<str>, Texts>,
    /// The tables of everything else.
    tables: BTreeMap<&'static str, Owners>,
    /// Whose each case is: their ids come once over all enterprises, and others name them.
    cases: HashMap<Box<str>, Box<str>>,
    /// What was made of each lot of raw material.
    made_of: MadeOf,
}

/// What stands around a cell that is not plain.
const QUOTE: char = '"';

/// The table of cases, and the column of their ids.
pub(super) const CASES: (&str, &str) = ("cases", "case_id");

impl RowStore {
    /// The rows of a source. Only what is no CSV with known columns is refused; cells are not understood here.
    pub(super) fn read(source: &RegistrySource) -> Result<Self, RegistryErrors> {
        let shapes: Vec<Shape> = Shape::all().collect();
        let read = |shape: &Shape| (*shape, read_table(*shape, source));
        let tables: Vec<_> = shapes.par_iter().map(read).collect();
        let mut store = Self::default();
        let mut errors = RegistryErrors::default();
        for (shape, owners) in tables {
            match owners {
                Ok(owners) => store.enter(shape, owners),
                Err(error) => errors.push(shape.table, None, error),
            }
        }
        errors.into_result()?;
        let diaries = Shape::of(PRODUCTS).and_then(|shape| store.lines(shape));
        store.made_of.enter(&diaries.unwrap_or_default());
        Ok(store)
    }

    /// Takes the rows of a table in.
    fn enter(&mut self, shape: Shape, owners: Owners) {
        if shape.part() != Part::Party {
            self.tables.insert(shape.table, owners);
            return;
        }
        for (owner, text) in owners {
            if shape.table == CASES.0 {
                let ids = case_ids(&text).map(|id| (id, owner.clone()));
                self.cases.extend(ids);
            }
            self.parties
                .entry(owner)
                .or_default()
                .push((shape.table, text));
        }
    }

    /// Whose case an id is.
    pub(super) fn enterprise_of_case(&self, id: &str) -> Option<&str> {
        self.cases.get(id).map(|owner| &**owner)
    }

    /// The product lots that were made of a lot of raw material, in order.
    pub(super) fn made_of(&self, material: &str) -> &[Box<str>] {
        self.made_of.of(material)
    }

    /// The rows of an owner.
    pub(super) fn text(&self, table: &str, owner: &str) -> &str {
        match self.tables.get(table) {
            Some(owners) => owners.get(owner).map_or("", |text| text),
            None => text_of(self.texts(owner), table),
        }
    }

    /// The rows of a party, table by table.
    pub(super) fn texts(&self, party: &str) -> &[(&'static str, Box<str>)] {
        self.parties.get(party).map_or(&[], Vec::as_slice)
    }

    /// The owners of a table's rows with them, in order.
    pub(super) fn sorted(&self, table: &str) -> Vec<(&str, &str)> {
        match self.tables.get(table) {
            Some(owners) => owners
                .iter()
                .map(|(owner, text)| (&**owner, &**text))
                .collect(),
            None => {
                let texts = self.parties.par_iter();
                let texts = texts.map(|(owner, texts)| (&**owner, text_of(texts, table)));
                let mut texts: Vec<_> = texts.filter(|(_, text)| !text.is_empty()).collect();
                texts.par_sort_unstable();
                texts
            }
        }
    }

    /// The owners of a table's rows, in order.
    pub(super) fn owners(&self, table: &str) -> impl Iterator<Item = &str> {
        self.sorted(table).into_iter().map(|(owner, _)| owner)
    }

    /// The owners of those rows of a table whose cell is a list in which a value stands, in order.
    pub(super) fn owners_with(&self, table: &str, column: &str, value: &str) -> Vec<Box<str>> {
        let Some(shape) = Shape::of(table) else {
            return Vec::new();
        };
        let lists = |row: Row<'_>| {
            let mut listed = shape.cell(&row, column).split(';');
            listed.any(|listed| listed.trim() == value)
        };
        // Most rows do not even have its letters.
        let has = |text: &str| text.contains(value) && rows(text).any(lists);
        let rows = self.sorted(table).into_par_iter();
        let having = rows.filter(|(_, text)| has(text));
        having.map(|(owner, _)| owner.into()).collect()
    }

    /// Puts rows in the place of those that their owners had, which are given back.
    pub(super) fn swap(&mut self, rows: Vec<OwnerRows>) -> Vec<OwnerRows> {
        let mut before = Vec::with_capacity(rows.len());
        self.enter_cases(&rows);
        for OwnerRows { shape, owner, text } in rows {
            let had = match shape.part() {
                Part::Party => self.put_of_party(shape.table, &owner, text),
                _ => self.put(shape.table, &owner, text),
            };
            let text = had.unwrap_or_default();
            before.push(OwnerRows { shape, owner, text });
        }
        before
    }

    /// Gives a party its rows of a table; those that it had.
    fn put_of_party(
        &mut self,
        table: &'static str,
        party: &str,
        text: Box<str>,
    ) -> Option<Box<str>> {
        if !self.parties.contains_key(party) {
            self.parties.insert(party.into(), Texts::new());
        }
        let texts = self.parties.get_mut(party)?;
        let place = texts.iter().position(|(known, _)| *known == table);
        let had = place.map(|place| texts.swap_remove(place).1);
        if !text.is_empty() {
            texts.push((table, text));
        } else if texts.is_empty() {
            self.parties.remove(party);
        }
        had
    }

    /// Gives an owner its rows of another table; those that it had.
    fn put(&mut self, table: &'static str, owner: &str, text: Box<str>) -> Option<Box<str>> {
        let owners = self.tables.entry(table).or_default();
        if table == PRODUCTS {
            let had = owners.get(owner).map_or("", |text| text);
            self.made_of.remove(had);
            self.made_of.enter(&text);
        }
        match text.is_empty() {
            true => owners.remove(owner),
            false => owners.insert(owner.into(), text),
        }
    }

    fn enter_cases(&mut self, rows: &[OwnerRows]) {
        let of_cases = || rows.iter().filter(|rows| rows.shape.table == CASES.0);
        for OwnerRows { owner, .. } in of_cases() {
            let gone: Vec<_> = case_ids(self.text(CASES.0, owner)).collect();
            for id in gone {
                self.cases.remove(&id);
            }
        }
        for OwnerRows { owner, text, .. } in of_cases() {
            let come = case_ids(text).map(|id| (id, owner.clone()));
            self.cases.extend(come);
        }
    }

    /// A table without its header; none where there is no such table.
    fn lines(&self, shape: Shape) -> Option<String> {
        let owners = self.tables.get(shape.table)?;
        Some(owners.values().map(|text| &**text).collect())
    }

    /// A table with its header; none where it has no row.
    fn whole(&self, shape: Shape) -> Option<String> {
        let rows = self.sorted(shape.table).into_iter();
        file(shape, rows.map(|(_, text)| text))
    }

    /// All tables that have rows, in order of their names.
    pub(super) fn files(&self) -> impl Iterator<Item = (&'static str, String)> {
        Shape::all().filter_map(|shape| Some((shape.table, self.whole(shape)?)))
    }

    /// All tables as a source.
    pub(super) fn source(&self) -> RegistrySource {
        let mut source = RegistrySource::default();
        for (table, file) in self.files() {
            source.set_file(table, file.into_bytes());
        }
        source
    }
}

/// The rows of a table among an owner's; empty where there are none.
fn text_of<'t>(texts: &'t [(&'static str, Box<str>)], table: &str) -> &'t str {
    let found = texts.iter().find(|(known, _)| *known == table);
    found.map_or("", |(_, text)| text)
}

/// Rows with the header of their table; none where there is no row.
fn file<'t>(shape: Shape, texts: impl Iterator<Item = &'t str>) -> Option<String> {
    let mut texts = texts.filter(|text| !text.is_empty()).peekable();
    texts.peek()?;
    let mut file = String::with_capacity(512);
    for column in shape.columns {
        file.extend([column.name, ","]);
    }
    file.pop();
    file.push('\n');
    file.extend(texts);
    Some(file)
}

/// Whether a table's file has a column.
pub(super) fn names(source: &RegistrySource, shape: Shape, column: usize) -> bool {
    let Some(column) = shape.columns.get(column) else {
        return false;
    };
    let is = |name: &[u8]| name.trim_ascii() == column.name.as_bytes();
    records::read(source.file(shape.table), |header| {
        header.advance() && header.cells().any(is)
    })
}

/// A text with those rows of another that say something in a column.
pub(super) fn with_those<'t>(text: &'t str, other: &str, column: usize) -> Cow<'t, str> {
    let those = rows(other).filter(|row| says(row, column));
    let those: Vec<Row<'_>> = those.collect();
    if those.is_empty() {
        return Cow::Borrowed(text);
    }
    let both = rows(text).chain(those);
    Cow::Owned(self::text(&both.collect::<Vec<_>>()).into())
}

/// The rows in a text of this store's. Where nothing is quoted, as almost nowhere, they are parts of the text.
pub(super) fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    if text.contains(QUOTE) {
        let owned = |cell: &[u8]| Cow::Owned(String::from_utf8_lossy(cell).into_owned());
        records::read(text.as_bytes(), |records| {
            while records.advance() {
                rows.push(records.cells().map(owned).collect());
            }
        });
    } else {
        let lines = text.split_terminator('\n');
        rows.extend(lines.map(|line| line.split(',').map(Cow::Borrowed).collect()));
    }
    rows.into_iter()
}

/// Whether a row says something in a column.
pub(super) fn says(row: &Row<'_>, column: usize) -> bool {
    row.get(column).is_some_and(|cell| !cell.is_empty())
}

/// The ids of the cases in a text.
pub(super) fn case_ids(text: &str) -> impl Iterator<Item = Box<str>> + '_ {
    let shape = Shape::of(CASES.0);
    let id = move |row: Row<'_>| Some(shape?.cell(&row, CASES.1).into());
    rows(text).filter_map(id)
}

/// Some rows of one owner as its text.
pub(super) fn text(rows: &[Row<'_>]) -> Box<str> {
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    lines.sort_unstable();
    lines.concat().into_boxed_str()
}

/// A row as a line.
fn line(row: &Row<'_>) -> String {
    let plain = |cell: &Cow<'_, str>| !cell.contains([QUOTE, ',', '\r', '\n']);
    if row.len() > 1 && row.iter().all(plain) {
        let mut line = row.join(",");
        line.push('\n');
        return line;
    }
    let mut lines = Lines::default();
    lines.push("", row.iter().map(|cell| &**cell));
    let mut owners = lines.by_owner().into_values();
    owners.next().unwrap_or_default().into()
}

fn read_table(shape: Shape, source: &RegistrySource) -> Result<Owners, RegistryError> {
    let mut lines = Lines::default();
    let bytes = source.file(shape.table);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let empty = bytes.iter().all(u8::is_ascii_whitespace);
    if empty && source.added(shape.table).is_empty() {
        return Ok(Owners::new());
    }
    let bytes = if empty { &[] } else { bytes };
    let wrong = |error: csv::Error| RegistryError::Syntax(error.to_string());
    let mut reader = csv::Reader::from_reader(bytes);
    let places = places(shape, reader.headers().map_err(wrong)?.iter())?;
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(wrong)? {
        let cell = |place: &Option<usize>| {
            let cell = place.and_then(|at| record.get(at));
            cell.map_or("", str::trim)
        };
        lines.add(shape, places.iter().map(cell));
    }
    for row in source.added(shape.table) {
        let places = self::places(shape, row.iter().map(|(column, _)| column.as_str()))?;
        let cell = |place: &Option<usize>| {
            let cell = place.and_then(|at| row.get(at));
            cell.map_or("", |(_, value)| value.trim())
        };
        lines.add(shape, places.iter().map(cell));
    }
    Ok(lines.by_owner())
}

/// For each column of a table its place in a header.
fn places<'h>(
    shape: Shape,
    header: impl Iterator<Item = &'h str>,
) -> Result<Vec<Option<usize>>, RegistryError> {
    let mut places = vec![None; shape.columns.len()];
    for (at, name) in header.map(str::trim).enumerate() {
        let place = shape.place(name).and_then(|column| places.get_mut(column));
        let place = place.ok_or_else(|| unknown_column(shape, name))?;
        if place.replace(at).is_some() {
            return Err(RegistryError::RepeatedColumn(name.to_owned()));
        }
    }
    Ok(places)
}

/// The fault of a column that a table does not have.
pub(super) fn unknown_column(shape: Shape, column: &str) -> RegistryError {
    let known: Vec<_> = shape.columns.iter().map(|column| column.name).collect();
    RegistryError::UnknownColumn {
        column: column.to_owned(),
        known: known.join(", "),
    }
}

/// Rows being written.
struct Lines {
    writer: csv::Writer<Vec<u8>>,
    lines: Vec<(Box<str>, Range<usize>)>,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            writer: WriterBuilder::new()
                .buffer_capacity(1 << 10)
                .from_writer(Vec::new()),
            lines: Vec::new(),
        }
    }
}

impl Lines {
    fn add<'c>(&mut self, shape: Shape, cells: impl Iterator<Item = &'c str> + Clone) {
        let owner = shape.place(shape.owner());
        let owner = owner.and_then(|at| cells.clone().nth(at));
        self.push(owner.unwrap_or_default(), cells);
    }

    fn push<'c>(&mut self, owner: &str, cells: impl Iterator<Item = &'c str>) {
        let begin = self.writer.get_ref().len();
        let written = self.writer.write_record(cells);
        debug_assert!(written.is_ok(), "memory takes every row");
        let flushed = self.writer.flush();
        debug_assert!(flushed.is_ok(), "memory takes every row");
        let end = self.writer.get_ref().len();
        self.lines.push((owner.into(), begin..end));
    }

    fn by_owner(self) -> Owners {
        let bytes = self.writer.into_inner().unwrap_or_default();
        let all = String::from_utf8(bytes).unwrap_or_default();
        let line = |range: &Range<usize>| all.get(range.clone()).unwrap_or_default();
        let mut lines = self.lines;
        lines.par_sort_unstable_by(|(owner, range), (other, other_range)| {
            (owner, line(range)).cmp(&(other, line(other_range)))
        });
        let mut owners: Vec<(Box<str>, Box<str>)> = Vec::new();
        for group in lines.chunk_by(|(one, _), (other, _)| one == other) {
            let text: String = group.iter().map(|(_, range)| line(range)).collect();
            let owner = group.first().map(|(owner, _)| owner.clone());
            owners.push((owner.unwrap_or_default(), text.into_boxed_str()));
        }
        owners.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As the library's own writer writes it.
    fn written(row: &[String]) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(row).unwrap();
        writer.into_inner().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn plain_rows_are_written_and_read_as_quoted_ones_are(
            given in prop::collection::vec(prop::collection::vec("[a-c#;\"', \n\r\u{e9}]{0,3}", 3), 0..4)
        ) {
            let mut given: Vec<Vec<String>> = given;
            given.sort_by_key(|row| written(row));
            let made: Vec<Row<'_>> = given.iter().map(|row| row.iter().map(Into::into).collect()).collect();
            let text = text(&made);
            let lines: Vec<u8> = given.iter().flat_map(|row| written(row)).collect();
            prop_assert_eq!(text.as_bytes(), lines);
            prop_assert!(rows(&text).eq(made));
        }
    }
}
