//! Records of CSV in a text that is in memory. The automaton that reads them is built once for each thread, not for each
//! text: an event reads a dozen texts of a line or two.

use std::cell::Cell;

use csv_core::{ReadRecordResult, Reader};

thread_local! {
    /// Kept from one text to the next. A clone would not do: the library's forgets which bytes are special.
    static SPARE: Cell<Option<Box<Room>>> = const { Cell::new(None) };
}

struct Room {
    reader: Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

/// The records of a text, one after the other; their numbers of cells may differ.
pub(super) struct Records<'t> {
    room: &'t mut Room,
    rest: &'t [u8],
    length: usize,
    count: usize,
    begin: (usize, u64),
}

/// Reads the records of a text.
pub(super) fn read<R>(text: &[u8], then: impl FnOnce(&mut Records<'_>) -> R) -> R {
    let spare = SPARE.take();
    let mut room = spare.unwrap_or_else(|| {
        Box::new(Room {
            reader: Reader::new(),
            cells: vec![0; 1_024],
            ends: vec![0; 64],
        })
    });
    room.reader.reset();
    let read = then(&mut Records {
        room: &mut room,
        rest: text,
        length: text.len(),
        count: 0,
        begin: (0, 1),
    });
    SPARE.set(Some(room));
    read
}

impl Records<'_> {
    /// Reads the next record, if there is one.
    pub(super) fn advance(&mut self) -> bool {
        self.begin = self.position();
        let mut written = 0;
        self.count = 0;
        let Room {
            reader,
            cells,
            ends,
        } = &mut *self.room;
        loop {
            let (to, to_ends) = (cells.get_mut(written..), ends.get_mut(self.count..));
            let (to, to_ends) = (to.unwrap_or_default(), to_ends.unwrap_or_default());
            let (result, read, more, ended) = reader.read_record(self.rest, to, to_ends);
            self.rest = self.rest.get(read..).unwrap_or_default();
            written += more;
            self.count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => cells.resize(cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                ReadRecordResult::Record => return true,
                ReadRecordResult::End => return false,
            }
        }
    }

    /// How many cells the record has.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// A cell of the record; empty where it has fewer.
    pub(super) fn cell(&self, at: usize) -> &[u8] {
        let end = self.room.ends.get(at).filter(|_| at < self.count);
        let begin = at
            .checked_sub(1)
            .and_then(|before| self.room.ends.get(before));
        let range = end.map(|end| begin.copied().unwrap_or(0)..*end);
        let cell = range.and_then(|range| self.room.cells.get(range));
        cell.unwrap_or_default()
    }

    /// All cells of the record.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count).map(|at| self.cell(at))
    }

    /// The byte and the line, from 1, at which the record begins; ends of lines may stand before it.
    pub(super) const fn begin(&self) -> (usize, u64) {
        self.begin
    }

    /// The byte and the line, from 1, behind the record.
    pub(super) fn position(&self) -> (usize, u64) {
        (self.length - self.rest.len(), self.room.reader.line())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// As the library's own reader over the same text.
        #[test]
        fn records_are_those_of_the_plain_reader(text in r#"([a-zß",;\n\r ]|\r\n){0,400}"#, long in 0usize..2_000) {
            let text = format!("{text}{}", "x,".repeat(long));
            let mut plain = csv::ReaderBuilder::new();
            let mut plain = plain.has_headers(false).flexible(true).from_reader(text.as_bytes());
            let mut record = csv::ByteRecord::new();
            read(text.as_bytes(), |records| {
                loop {
                    let before = plain.position().clone();
                    let more = plain.read_byte_record(&mut record).expect("memory reads");
                    prop_assert_eq!(records.advance(), more);
                    if !more {
                        return Ok(());
                    }
                    prop_assert_eq!(records.begin(), (before.byte() as usize, before.line()));
                    prop_assert_eq!(records.len(), record.len());
                    prop_assert!(records.cells().eq(record.iter()));
                    prop_assert_eq!(records.cell(record.len()), b"");
                }
            })?;
        }
    }
}
