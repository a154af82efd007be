//! From the bytes of a table to its typed rows, with every fault noted. A large file without quotes is cut at
//! line ends and read in parallel; one with quotes is read in one piece, since a quoted cell may hold line ends.
//! Rows that were read before and are kept as text have no header, and are read where they are.

use rayon::prelude::*;

use super::cell::Cell;
use super::fault::{Line, RegistryError, RegistryErrors};
use super::records::{self, Records};
use super::rows::{Column, Row};
use super::source::{AddedRow, RegistrySource};
use super::text_rows::TextRows;
use super::validity::Validity;
use crate::declaration::Day;
use crate::limits::{REGISTRY_CHUNK_BYTES, REGISTRY_SMALL_BYTES};

/// Characters of an offending text that a message repeats.
const SHOWN_CHARS: usize = 80;

/// The places of cells that stand in the order of their columns.
#[expect(
    clippy::indexing_slicing,
    reason = "a constant outside its bounds does not compile"
)]
static IN_ORDER: [Option<usize>; 32] = {
    let mut places = [None; 32];
    let mut at = 0;
    while at < places.len() {
        places[at] = Some(at);
        at += 1;
    }
    places
};

/// What tables are read from.
pub(super) trait TableSource: Sync {
    /// Whether it is read faster by one thread than by several.
    fn is_small(&self) -> bool;

    /// The rows of a table, and every fault of theirs.
    fn read<R: Row>(&self) -> (Vec<R>, RegistryErrors);
}

impl TableSource for RegistrySource {
    fn is_small(&self) -> bool {
        self.is_small()
    }

    /// Its file, then the rows added on top.
    fn read<R: Row>(&self) -> (Vec<R>, RegistryErrors) {
        if !self.has(R::TABLE) {
            return (Vec::new(), RegistryErrors::default());
        }
        let (mut rows, mut errors) = read_file::<R>(self.file(R::TABLE));
        for (at, added) in self.added(R::TABLE).iter().enumerate() {
            let line = Line::added(at + 1);
            let names = added.iter().map(|(column, _)| column.trim().to_owned());
            let Some(places) = places::<R>(&names.collect::<Vec<_>>(), Some(line), &mut errors)
            else {
                continue;
            };
            rows.extend(read_row(&places, Record::Added(added), line, &mut errors));
        }
        (rows, errors)
    }
}

impl TableSource for TextRows<'_> {
    fn is_small(&self) -> bool {
        self.bytes() <= REGISTRY_SMALL_BYTES
    }

    fn read<R: Row>(&self) -> (Vec<R>, RegistryErrors) {
        const {
            assert!(
                R::COLUMNS.len() <= IN_ORDER.len(),
                "every column has a place"
            )
        };
        let places = IN_ORDER.get(..R::COLUMNS.len()).unwrap_or_default();
        let mut read = (Vec::new(), RegistryErrors::default());
        let mut line = 1;
        for text in self.texts(R::TABLE) {
            line += read_part(text.as_bytes(), line, places, &mut read);
        }
        read
    }
}

/// The cells of one row, read in the order of its table's columns.
pub(super) struct Cells<'a> {
    columns: &'static [Column],
    /// For each column its place in the record; none where it was left out.
    places: &'a [Option<usize>],
    record: Record<'a>,
    line: Line,
    at: usize,
    table: &'static str,
    errors: &'a mut RegistryErrors,
}

#[derive(Clone, Copy)]
enum Record<'a> {
    File(&'a Records<'a>),
    Added(&'a AddedRow),
}

impl<'a> Record<'a> {
    fn cell(self, place: usize) -> &'a [u8] {
        match self {
            Self::File(record) => record.cell(place),
            Self::Added(row) => row
                .get(place)
                .map(|(_, value)| value.as_bytes())
                .unwrap_or_default(),
        }
    }
}

impl Cells<'_> {
    /// The line of the row.
    pub(super) fn line(&self) -> Line {
        self.line
    }

    /// The next column's cell; none after noting a fault.
    pub(super) fn next<T: Cell>(&mut self) -> Option<T> {
        let column = self.columns.get(self.at)?.name;
        let place = self.places.get(self.at).copied().flatten();
        self.at += 1;
        let bytes = place.map_or(&[] as &[u8], |place| self.record.cell(place));
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.trim(),
            Err(_) => {
                let text = String::from_utf8_lossy(bytes);
                self.fault(column, &text, "is not UTF-8".to_owned());
                return None;
            }
        };
        match T::read(text) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.fault(column, text, expected);
                None
            }
        }
    }

    /// The columns `from` and `to`, of which the first must be before the second.
    pub(super) fn validity(&mut self) -> Option<Validity> {
        let from: Option<Option<Day>> = self.next();
        let to: Option<Option<Day>> = self.next();
        let validity = Validity {
            from: from?.unwrap_or(Day::MIN),
            to: to?.unwrap_or(Day::MAX),
        };
        if validity.from >= validity.to {
            let expected = format!(
                "is not after {}, the day in column from, and so no day is left",
                validity.from
            );
            self.fault("to", &validity.to.to_string(), expected);
            return None;
        }
        Some(validity)
    }

    fn fault(&mut self, column: &'static str, text: &str, expected: String) {
        let error = RegistryError::Cell {
            column,
            text: shown(text),
            expected,
        };
        self.errors.push(self.table, Some(self.line), error);
    }
}

/// A text as a message repeats it.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn read_row<R: Row>(
    places: &[Option<usize>],
    record: Record<'_>,
    line: Line,
    errors: &mut RegistryErrors,
) -> Option<R> {
    R::read(&mut Cells {
        columns: R::COLUMNS,
        places,
        record,
        line,
        at: 0,
        table: R::TABLE,
        errors,
    })
}

fn read_file<R: Row>(bytes: &[u8]) -> (Vec<R>, RegistryErrors) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut errors = RegistryErrors::default();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return (Vec::new(), errors);
    }
    let Some((places, begin, line)) = read_header::<R>(bytes, &mut errors) else {
        return (Vec::new(), errors);
    };
    let body = bytes.get(begin..).unwrap_or_default();
    if body.is_empty() {
        return (Vec::new(), errors);
    }
    let parts: Vec<_> = chunks(body)
        .into_par_iter()
        .map(|chunk| {
            let before = body.get(..chunk.start).unwrap_or_default();
            let part = body.get(chunk).unwrap_or_default();
            (part, count_lines(before))
        })
        .map(|(part, before)| {
            let mut read = (Vec::new(), RegistryErrors::default());
            read_part::<R>(part, line + before, &places, &mut read);
            read
        })
        .collect();
    let mut rows = Vec::with_capacity(parts.iter().map(|(rows, _)| rows.len()).sum());
    for (more, faults) in parts {
        rows.extend(more);
        errors.append(faults);
    }
    (rows, errors)
}

/// The line on which a record begins; its position still lies before the line ends that came before it.
fn line_of(bytes: &[u8], (byte, line): (usize, u64)) -> u64 {
    let rest = bytes.get(byte..).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    line + ends.filter(|byte| **byte == b'\n').count() as u64
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes
        .par_chunks(1 << 20)
        .map(|part| {
            part.iter()
                .map(|byte| u64::from(*byte == b'\n'))
                .sum::<u64>()
        })
        .sum()
}

/// Where each column is, where the body begins and on which line.
fn read_header<R: Row>(
    bytes: &[u8],
    errors: &mut RegistryErrors,
) -> Option<(Vec<Option<usize>>, usize, u64)> {
    records::read(bytes, |header| {
        header.advance();
        let names = header
            .cells()
            .map(|name| String::from_utf8_lossy(name).trim().to_owned());
        let line = line_of(bytes, header.begin());
        let places = places::<R>(
            &names.collect::<Vec<_>>(),
            Some(Line::of_file(line)),
            errors,
        )?;
        let (body, line) = header.position();
        Some((places, body, line))
    })
}

/// For each column of the table its place; none after noting a fault of the header.
fn places<R: Row>(
    names: &[String],
    line: Option<Line>,
    errors: &mut RegistryErrors,
) -> Option<Vec<Option<usize>>> {
    let before = errors.count();
    for (at, name) in names.iter().enumerate() {
        if !R::COLUMNS.iter().any(|column| column.name == name) {
            let known: Vec<_> = R::COLUMNS.iter().map(|column| column.name).collect();
            let error = RegistryError::UnknownColumn {
                column: shown(name),
                known: known.join(", "),
            };
            errors.push(R::TABLE, line, error);
        } else if names.iter().take(at).any(|earlier| earlier == name) {
            errors.push(R::TABLE, line, RegistryError::RepeatedColumn(shown(name)));
        }
    }
    let mut places = Vec::with_capacity(R::COLUMNS.len());
    for column in R::COLUMNS {
        let place = names.iter().position(|name| name == column.name);
        if column.key && place.is_none() {
            let error = RegistryError::MissingColumn(column.name.to_owned());
            errors.push(R::TABLE, line, error);
        }
        places.push(place);
    }
    (errors.count() == before).then_some(places)
}

/// Cuts a body at line ends; in one piece where a quote might enclose one.
fn chunks(body: &[u8]) -> Vec<std::ops::Range<usize>> {
    let small = body.len() <= REGISTRY_CHUNK_BYTES;
    if small || body.par_chunks(1 << 20).any(|part| part.contains(&b'"')) {
        return std::iter::once(0..body.len()).collect();
    }
    let mut chunks = Vec::with_capacity(body.len() / REGISTRY_CHUNK_BYTES + 1);
    let mut begin = 0;
    while begin < body.len() {
        let tail = body.get(begin + REGISTRY_CHUNK_BYTES..).unwrap_or_default();
        let end = match tail.iter().position(|byte| *byte == b'\n') {
            Some(at) => begin + REGISTRY_CHUNK_BYTES + at + 1,
            None => body.len(),
        };
        chunks.push(begin..end);
        begin = end;
    }
    chunks
}

/// Reads records that have no header before them, the first of them on a line; how many lines they have.
fn read_part<R: Row>(
    part: &[u8],
    first_line: u64,
    places: &[Option<usize>],
    (rows, errors): &mut (Vec<R>, RegistryErrors),
) -> u64 {
    let width = places.iter().flatten().count();
    records::read(part, |record| {
        while record.advance() {
            let within = line_of(part, record.begin());
            let line = Line::of_file(first_line + within - 1);
            if record.len() != width {
                let wrong = format!("the row has {} cells, the header {width}", record.len());
                errors.push(R::TABLE, Some(line), RegistryError::Syntax(wrong));
                continue;
            }
            rows.extend(read_row(places, Record::File(record), line, errors));
        }
        record.position().1 - 1
    })
}
