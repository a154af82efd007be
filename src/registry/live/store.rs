//! Every row of a registry as text: for each table and owner the owner's rows as lines of CSV. The text is canonical
//! (all columns in the table's order, cells trimmed, lines in byte order), so equal registries have equal text.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use csv::{ByteRecord, ReaderBuilder, StringRecord, WriterBuilder};
use rayon::prelude::*;

use super::shape::Shape;
use crate::registry::fault::{RegistryError, RegistryErrors};
use crate::registry::source::RegistrySource;

/// A row's cells in the order of its table's columns.
pub(super) type Row = Vec<String>;

/// The rows of a table by owner: lines of CSV, at least one.
type Owners = BTreeMap<Box<str>, Box<str>>;

/// All rows of one owner in a table; the text is empty where there are none.
#[derive(Debug, Clone)]
pub(super) struct OwnerRows {
    pub(super) shape: Shape,
    pub(super) owner: Box<str>,
    pub(super) text: Box<str>,
}

/// The rows of all tables.
#[derive(Debug, Default)]
pub(super) struct RowStore {
    tables: BTreeMap<&'static str, Owners>,
    /// Whose each case is: their ids come once over all enterprises, and others name them.
    cases: HashMap<Box<str>, Box<str>>,
}

/// The table of cases, and the column of their ids.
pub(super) const CASES: (&str, &str) = ("cases", "case_id");

impl RowStore {
    /// The rows of a source. Only what is no CSV with known columns is refused; cells are not understood here.
    pub(super) fn read(source: &RegistrySource) -> Result<Self, RegistryErrors> {
        let shapes: Vec<Shape> = Shape::all().collect();
        let read = |shape: &Shape| (shape.table, read_table(*shape, source));
        let tables: Vec<_> = shapes.par_iter().map(read).collect();
        let mut store = Self::default();
        let mut errors = RegistryErrors::default();
        for (table, owners) in tables {
            match owners {
                Ok(owners) => drop(store.tables.insert(table, owners)),
                Err(error) => errors.push(table, None, error),
            }
        }
        errors.into_result()?;
        for (owner, text) in store.tables.get(CASES.0).into_iter().flatten() {
            for id in case_ids(text) {
                store.cases.insert(id, owner.clone());
            }
        }
        Ok(store)
    }

    /// Whose case an id is.
    pub(super) fn enterprise_of_case(&self, id: &str) -> Option<&str> {
        self.cases.get(id).map(|owner| &**owner)
    }

    /// The rows of an owner.
    pub(super) fn text(&self, table: &str, owner: &str) -> &str {
        let owners = self.tables.get(table);
        owners
            .and_then(|owners| owners.get(owner))
            .map_or("", |text| text)
    }

    /// The owners of a table's rows, in order.
    pub(super) fn owners(&self, table: &str) -> impl Iterator<Item = &str> {
        let owners = self.tables.get(table).into_iter();
        owners.flat_map(|owners| owners.keys().map(|owner| &**owner))
    }

    /// The owners of those rows of a table whose cell is a list in which a value stands.
    pub(super) fn owners_with(&self, table: &str, column: &str, value: &str) -> Vec<Box<str>> {
        let (Some(shape), Some(owners)) = (Shape::of(table), self.tables.get(table)) else {
            return Vec::new();
        };
        let lists = |row: Row| {
            let mut listed = shape.cell(&row, column).split(';');
            listed.any(|listed| listed.trim() == value)
        };
        // Most rows do not even have its letters.
        let having = owners
            .par_iter()
            .filter(|(_, text)| text.contains(value) && rows(shape, text).any(lists));
        having.map(|(owner, _)| owner.clone()).collect()
    }

    /// Puts rows in the place of those that their owners had, which are given back.
    pub(super) fn swap(&mut self, rows: Vec<OwnerRows>) -> Vec<OwnerRows> {
        let mut before = Vec::with_capacity(rows.len());
        self.enter_cases(&rows);
        for OwnerRows { shape, owner, text } in rows {
            let owners = self.tables.entry(shape.table).or_default();
            let (owner, text) = if text.is_empty() {
                let gone = owners.remove_entry(&owner);
                gone.unwrap_or((owner, Box::default()))
            } else {
                let had = owners.insert(owner.clone(), text);
                (owner, had.unwrap_or_default())
            };
            before.push(OwnerRows { shape, owner, text });
        }
        before
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

    /// A table with its header; none where it has no row.
    pub(super) fn whole(&self, shape: Shape) -> Option<String> {
        let owners = self.tables.get(shape.table)?;
        file(shape, owners.values().map(|text| &**text))
    }

    /// The rows that some owners have in a table, with its header; none where they have none.
    pub(super) fn part<'o>(
        &self,
        shape: Shape,
        owners: impl Iterator<Item = &'o str>,
    ) -> Option<String> {
        file(shape, owners.map(|owner| self.text(shape.table, owner)))
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

fn file<'t>(shape: Shape, texts: impl Iterator<Item = &'t str>) -> Option<String> {
    let header = |sparse: Option<usize>| {
        let names = shape.columns.iter().map(|column| column.name);
        let names: Vec<&str> = without(sparse, names).collect();
        names.join(",") + "\n"
    };
    let mut file = header(shape.sparse());
    let begin = file.len();
    file.extend(texts);
    let body = file.get(begin..).filter(|body| !body.is_empty())?;
    if shape.sparse().is_none() || !is_whole(shape, body) {
        return Some(file);
    }
    let mut lines = Lines::default();
    for row in rows(shape, body) {
        lines.push("", row.iter().map(String::as_str));
    }
    Some(header(None) + &lines.all())
}

/// Whether any row of a text has the cell that few have.
fn is_whole(shape: Shape, text: &str) -> bool {
    let mut reader = reader().from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        if record.len() == shape.columns.len() {
            return true;
        }
    }
    false
}

/// Whether a table's file has the column in which few rows say anything.
pub(super) fn names_sparse(shape: Shape, source: &RegistrySource) -> bool {
    let column = shape.sparse().and_then(|at| shape.columns.get(at));
    let mut reader = csv::Reader::from_reader(source.file(shape.table));
    let header = reader.headers().ok();
    let mut names = header.into_iter().flatten().map(str::trim);
    column.is_some_and(|column| names.any(|name| name == column.name))
}

/// A text with those rows of another that have the cell that few have.
pub(super) fn with_sparse<'t>(shape: Shape, text: &'t str, other: &str) -> Cow<'t, str> {
    if shape.sparse().is_none() || !is_whole(shape, other) {
        return Cow::Borrowed(text);
    }
    let said = |row: &Row| {
        let cell = shape.sparse().and_then(|at| row.get(at));
        cell.is_some_and(|cell| !cell.is_empty())
    };
    let both = rows(shape, text).chain(rows(shape, other).filter(said));
    Cow::Owned(self::text(shape, &both.collect::<Vec<_>>()).into())
}

fn reader() -> ReaderBuilder {
    let mut reader = ReaderBuilder::new();
    reader.has_headers(false).flexible(true);
    reader
}

/// All but the one at a place.
fn without<'c>(
    place: Option<usize>,
    cells: impl Iterator<Item = &'c str>,
) -> impl Iterator<Item = &'c str> {
    let cells = cells.enumerate();
    cells
        .filter(move |(at, _)| Some(*at) != place)
        .map(|(_, cell)| cell)
}

/// The rows in a text of this store's.
pub(super) fn rows(shape: Shape, text: &str) -> impl Iterator<Item = Row> {
    let reader = reader().from_reader(text.as_bytes());
    let records = reader.into_records().filter_map(Result::ok);
    records.map(move |record| {
        let mut row: Row = record.iter().map(str::to_owned).collect();
        let lacks = row.len() + 1 == shape.columns.len();
        if let Some(at) = shape.sparse().filter(|at| lacks && *at <= row.len()) {
            row.insert(at, String::new());
        }
        row
    })
}

/// The ids of the cases in a text.
pub(super) fn case_ids(text: &str) -> impl Iterator<Item = Box<str>> {
    let shapes = Shape::of(CASES.0).into_iter();
    shapes.flat_map(|shape| rows(shape, text).map(move |row| shape.cell(&row, CASES.1).into()))
}

/// Some rows of one owner as its text.
pub(super) fn text(shape: Shape, rows: &[Row]) -> Box<str> {
    let mut lines = Lines::default();
    for row in rows {
        lines.add(shape, row.iter().map(String::as_str));
    }
    let mut owners = lines.by_owner().into_values();
    owners.next().unwrap_or_default()
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
    let known = shape.columns.iter().map(|column| column.name);
    let known: Vec<_> = without(shape.sparse(), known).collect();
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
                .flexible(true)
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
        let is_empty = |at: &usize| cells.clone().nth(*at) == Some("");
        let lacks = shape.sparse().filter(is_empty);
        self.push(owner.unwrap_or_default(), without(lacks, cells.clone()));
    }

    /// All of them, in the order in which they came.
    fn all(self) -> String {
        let bytes = self.writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
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
