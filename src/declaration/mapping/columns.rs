//! A mapping fitted to a table's header, and how it turns rows into declarations: the same field parsers as JSON,
//! faults placed by row and column.

use csv::ByteRecord;

use super::csv::{CsvRows, line};
use super::source::From;
use super::target::Target;
use super::{Entry, Mapping, MappingError, MappingFault};
use crate::declaration::build::{HeaderField, ItemField, Members, Places};
use crate::declaration::currency::CurrencyTable;
use crate::declaration::fault::{Fault, FaultCode, Faults};
use crate::declaration::field::{self, Problem, Value};
use crate::declaration::model::{Declaration, Item};
use crate::declaration::profile::Profile;
use crate::limits::MAX_ITEMS;

/// A mapping fitted to the header of a table.
#[derive(Debug)]
pub struct Columns {
    names: Vec<String>,
    group_by: Option<usize>,
    header: Vec<Bound>,
    item: Vec<Bound>,
    numbered: bool,
}

#[derive(Debug)]
struct Bound {
    entry: Entry,
    column: Option<usize>,
}

impl Mapping {
    /// Finds the columns in a header.
    pub(super) fn bind(&self, names: Vec<String>) -> Result<Columns, MappingError> {
        let mut faults = Vec::new();
        let mut used = vec![false; names.len()];
        let mut find = |name: &str, line: usize, place: String| {
            let mut found = names.iter().zip(0..).filter(|(known, _)| *known == name);
            let column = found.next().map(|(_, at)| at);
            for (_, at) in names.iter().zip(0..).filter(|(known, _)| *known == name) {
                if let Some(used) = used.get_mut::<usize>(at) {
                    *used = true;
                }
            }
            let detail = match (column, found.next()) {
                (Some(_), None) => return column,
                (None, _) => format!("the table has no column `{name}`"),
                (Some(_), Some(_)) => format!("the table has the column `{name}` twice"),
            };
            faults.push(MappingFault {
                line,
                place,
                detail,
            });
            column
        };
        let group_by = self.group_by.as_deref();
        let group_by = group_by.and_then(|name| find(name, 0, "[source] group_by".to_owned()));
        let (mut header, mut item) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            let column = match &entry.source.from {
                From::Column(name) => find(name, entry.line, format!("column `{name}`")),
                From::Constant(_) => None,
            };
            let list = if entry.target.is_header() {
                &mut header
            } else {
                &mut item
            };
            list.push(Bound {
                entry: entry.clone(),
                column,
            });
        }
        let unused = names.iter().zip(&used).filter(|(_, used)| !**used);
        for (name, _) in unused.filter(|(name, _)| !self.ignored.contains(name)) {
            faults.push(MappingFault {
                line: 0,
                place: format!("column `{name}`"),
                detail: "neither used nor ignored".to_owned(),
            });
        }
        MappingError::unless_empty(faults)?;
        let numbers = |bound: &Bound| bound.entry.target == Target::Item(ItemField::ItemNo);
        Ok(Columns {
            group_by,
            numbered: item.iter().any(numbers),
            names,
            header,
            item,
        })
    }
}

impl Columns {
    pub(super) fn group_by(&self) -> Option<usize> {
        self.group_by
    }

    /// Reads the declaration of consecutive rows: the header fields of the first, an item of each.
    ///
    /// # Errors
    /// Every fault, placed as `row 17, column Item Price`; a row is counted by its line in the file.
    pub fn read<'a>(
        &'a self,
        rows: CsvRows<'a>,
        profile: &Profile,
        currencies: &CurrencyTable,
    ) -> Result<Declaration<'a>, Vec<Fault>> {
        let mut reading = Reading {
            columns: self,
            profile,
            faults: Faults::default(),
            declaration: Declaration::blank(profile.base_currency),
            good: 0,
        };
        reading.rows(rows);
        let Reading {
            mut faults,
            mut declaration,
            good,
            ..
        } = reading;
        let places = RowPlaces {
            columns: self,
            records: rows.records,
        };
        declaration.close(good, (profile, currencies), &places, &mut faults);
        if faults.is_empty() {
            Ok(declaration)
        } else {
            Err(faults.into_vec())
        }
    }

    fn place(&self, line: u64, bound: &Bound) -> String {
        let name = bound.column.and_then(|at| self.names.get(at));
        match name {
            Some(name) => format!("row {line}, column {name}"),
            None => format!("row {line}, mapping line {}", bound.entry.line),
        }
    }
}

/// A declaration being read from rows.
struct Reading<'a, 'p> {
    columns: &'a Columns,
    profile: &'p Profile,
    faults: Faults,
    declaration: Declaration<'a>,
    good: u32,
}

impl<'a> Reading<'a, '_> {
    fn rows(&mut self, rows: CsvRows<'a>) {
        let Some(first) = rows.records.first() else {
            return;
        };
        if rows.count > MAX_ITEMS {
            let detail = format!("{} rows; 1 to {MAX_ITEMS} are allowed", rows.count);
            let place = format!("row {}", line(first));
            self.faults.push(place, FaultCode::Range, detail);
        }
        if self.is_whole(first) {
            self.header(first);
        }
        for (record, number) in rows.records.iter().zip(1..).take(MAX_ITEMS) {
            let whole = match number {
                1 => record.len() == self.columns.names.len(),
                _ => self.is_whole(record),
            };
            if whole {
                self.same_header(first, record);
                self.item(record, number);
            } else {
                // INVARIANT: items stand at the place of their rows until the declaration is closed.
                self.declaration.items.push(Item::blank());
            }
        }
    }

    /// Whether a row has a cell for each column; else that is noted.
    fn is_whole(&mut self, record: &ByteRecord) -> bool {
        let (cells, columns) = (record.len(), self.columns.names.len());
        if cells != columns {
            let detail = format!("{cells} cells; the header has {columns}");
            let place = format!("row {}", line(record));
            self.faults.push(place, FaultCode::Mapping, detail);
        }
        cells == columns
    }

    fn header(&mut self, record: &'a ByteRecord) {
        let columns = self.columns;
        for bound in &columns.header {
            let value = self.value(record, bound);
            let read = match (bound.entry.target, value) {
                (_, Ok(Value::Null)) => absent(bound),
                (Target::Header(member), Ok(value)) => self
                    .declaration
                    .set(member, value, self.profile)
                    .map(|()| self.good |= member.bit()),
                (Target::HeaderAttribute(no, kind), Ok(value)) => field::attribute(value, kind)
                    .map(|value| self.declaration.attributes.push((no, value))),
                (_, Ok(_)) => Ok(()),
                (_, Err(problem)) => Err(problem),
            };
            self.note(record, bound, read);
        }
        let attributes = &mut self.declaration.attributes;
        attributes.sort_unstable_by_key(|(no, _)| *no);
    }

    fn item(&mut self, record: &'a ByteRecord, number: u16) {
        let columns = self.columns;
        let mut item = Item::blank();
        if !columns.numbered {
            item.item_no = number;
        }
        for bound in &columns.item {
            let value = self.value(record, bound);
            let read = match (bound.entry.target, value) {
                (_, Ok(Value::Null)) => absent(bound),
                (Target::Item(member), Ok(value)) => item.set(member, value),
                (Target::ItemAttribute(no, kind), Ok(value)) => {
                    field::attribute(value, kind).map(|value| item.attributes.push((no, value)))
                }
                (_, Ok(_)) => Ok(()),
                (_, Err(problem)) => Err(problem),
            };
            self.note(record, bound, read);
        }
        item.attributes.sort_unstable_by_key(|(no, _)| *no);
        self.declaration.items.push(item);
    }

    /// What a row has for a field.
    fn value(&self, record: &'a ByteRecord, bound: &'a Bound) -> Result<Value<'a>, Problem> {
        let source = &bound.entry.source;
        let cell = match (&source.from, bound.column) {
            (From::Column(_), Some(at)) => record.get(at).unwrap_or_default(),
            (From::Constant(text), _) => text.as_bytes(),
            (From::Column(_), None) => &[],
        };
        let cell = std::str::from_utf8(cell).map_err(|why| Problem {
            code: FaultCode::Syntax,
            detail: format!("no UTF-8 at byte {}", why.valid_up_to()),
        })?;
        source.translate(cell, self.profile.zone)
    }

    fn note(&mut self, record: &ByteRecord, bound: &Bound, read: Result<(), Problem>) {
        if let Err(problem) = read {
            let place = self.columns.place(line(record), bound);
            self.faults.push(place, problem.code, problem.detail);
        }
    }

    /// Rows of one declaration must agree about it.
    fn same_header(&mut self, first: &ByteRecord, record: &ByteRecord) {
        let columns = self.columns;
        for bound in &columns.header {
            let Some(at) = bound.column else { continue };
            if first.get(at) != record.get(at) {
                let place = columns.place(line(record), bound);
                let detail = format!("differs from row {} of the same declaration", line(first));
                self.faults.push(place, FaultCode::Mapping, detail);
            }
        }
    }
}

/// What is wrong with a field that has no value.
fn absent(bound: &Bound) -> Result<(), Problem> {
    let required = match bound.entry.target {
        Target::Header(field) => HeaderField::REQUIRED & field.bit() != 0,
        Target::Item(field) => ItemField::REQUIRED & field.bit() != 0,
        Target::HeaderAttribute(..) | Target::ItemAttribute(..) => false,
    };
    if !required {
        return Ok(());
    }
    Err(Problem {
        code: FaultCode::Required,
        detail: "required; the cell is empty".to_owned(),
    })
}

/// Places of what is found once all rows are read.
struct RowPlaces<'a> {
    columns: &'a Columns,
    records: &'a [ByteRecord],
}

impl Places for RowPlaces<'_> {
    fn header(&self, field: HeaderField) -> String {
        let row = self.records.first().map_or(0, line);
        let is_field = |bound: &&Bound| bound.entry.target == Target::Header(field);
        match self.columns.header.iter().find(is_field) {
            Some(bound) => self.columns.place(row, bound),
            None => format!("row {row}"),
        }
    }

    fn item(&self, index: usize, field: ItemField) -> String {
        let row = self.records.get(index).map_or(0, line);
        let is_field = |bound: &&Bound| bound.entry.target == Target::Item(field);
        match self.columns.item.iter().find(is_field) {
            Some(bound) => self.columns.place(row, bound),
            None => format!("row {row}"),
        }
    }
}
