//! One segment: its name, its making ahead of need, its beginning.

use std::sync::Arc;

use super::disk::Disk;
use super::error::{Fault, JournalError};
use super::file::NamedFile;
use super::header::{Begun, HEADER_BYTES, Header};
use super::options::Durability;
use crate::limits::JOURNAL_WINDOW_BYTES;

const SUFFIX: &str = ".journal";
/// What a segment's name has behind it until the segment is whole.
const UNFINISHED: &str = ".tmp";

/// A segment and its open file.
pub(super) struct Segment {
    pub(super) file: Arc<NamedFile>,
    pub(super) header: Header,
    /// Where its checksums start from; of no use before it has begun.
    pub(super) seed: u32,
}

/// The name of a segment's file.
pub(super) fn name(number: u64) -> String {
    format!("{number:020}{SUFFIX}")
}

/// The number of the segment that a file's name is.
pub(super) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let number = digits.parse().ok()?;
    (self::name(number) == name).then_some(number)
}

/// Whether it is what was left of the making of a segment.
pub(super) fn is_unfinished(name: &str) -> bool {
    let whole = name.strip_suffix(UNFINISHED);
    whole.is_some_and(|whole| number(whole).is_some())
}

impl Segment {
    /// Makes a segment: zeros and header synced under another name before its own name appears. Where records are synced
    /// its blocks are there, so that no sync of a record has to note them; otherwise it is zeros without blocks, which
    /// come as records do: to write every byte twice would help nobody.
    pub(super) fn make(
        disk: &dyn Disk,
        header: Header,
        durability: Durability,
    ) -> Result<Self, JournalError> {
        let name = name(header.number);
        let unfinished = format!("{name}{UNFINISHED}");
        let file = NamedFile::create(disk, &unfinished)?;
        let from = match durability {
            Durability::Fsync => 0,
            Durability::Buffered => header.length.saturating_sub(1),
        };
        fill(&file, from, header.length)?;
        let (bytes, seed) = header.encode();
        file.write(&bytes, 0)?;
        file.sync()?;
        disk.rename(&unfinished, &name)
            .map_err(JournalError::io("rename", &unfinished, 0))?;
        sync_dir(disk)?;
        let file = Arc::new(NamedFile { name, ..file });
        Ok(Self { file, header, seed })
    }

    /// Opens a segment and checks its header against its name and length.
    pub(super) fn open(disk: &dyn Disk, number: u64) -> Result<Self, JournalError> {
        let file = NamedFile::open(disk, &name(number))?;
        let mut bytes = [0; HEADER_BYTES];
        let read = file.read(&mut bytes, 0)?;
        let header = Header::decode(bytes.get(..read).unwrap_or_default(), &file.name)?;
        let length = file.length()?;
        if header.length != length {
            let found = format!("`{length}` bytes");
            let expected = format!("a segment of `{}` bytes", header.length);
            let shorter = length.min(header.length);
            return Err(Fault::new(shorter, expected, found).of(&file.name));
        }
        if header.number != number {
            let found = format!("`{}`", header.number);
            return Err(Fault::new(24, format!("segment `{number}`"), found).of(&file.name));
        }
        let (_, seed) = header.encode();
        let file = Arc::new(file);
        Ok(Self { file, header, seed })
    }

    /// Writes and syncs the header of a segment that begins or whose mark has moved.
    pub(super) fn set(&mut self, begun: Begun) -> Result<(), JournalError> {
        self.header.begun = Some(begun);
        self.write_header()?;
        self.file.sync()
    }

    /// Writes the header; the next sync makes it durable.
    pub(super) fn write_header(&mut self) -> Result<(), JournalError> {
        let (bytes, seed) = self.header.encode();
        self.seed = seed;
        self.file.write(&bytes, 0)
    }
}

/// Writes zeros, each window of them durable before the next: a sync of all of them at once would keep the syncs of
/// records waiting for as long as it takes.
pub(super) fn fill(file: &NamedFile, from: u64, to: u64) -> Result<(), JournalError> {
    let most = to.saturating_sub(from).min(JOURNAL_WINDOW_BYTES as u64);
    let zeros = vec![0; most as usize];
    let mut at = from;
    while at < to {
        if at > from {
            file.sync()?;
        }
        let bytes = (to - at).min(most) as usize;
        file.write(zeros.get(..bytes).unwrap_or_default(), at)?;
        at += bytes as u64;
    }
    Ok(())
}

/// Makes the folder durable.
pub(super) fn sync_dir(disk: &dyn Disk) -> Result<(), JournalError> {
    disk.sync_dir()
        .map_err(JournalError::io("sync the folder", ".", 0))
}
