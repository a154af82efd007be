//! What a folder of segments holds, checked from the first byte to the last before anything is written.

use super::disk::Disk;
use super::error::{Fault, JournalError};
use super::header::{Begun, HEADER_BYTES, Header};
use super::options::Options;
use super::scan::{Scan, scan};
use super::segment::{self, Segment, sync_dir};
use super::segments::{Listed, SegmentStart};
use super::sequence::Sequence;
use super::tail::{Tail, settle};
use super::window::Window;

/// What was found when the journal was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The first record that is there, or the first to come.
    pub first: Sequence,
    /// The last record that is there; one before `first` if there is none.
    pub last: Sequence,
    /// What was cut off.
    pub cut: Option<Cut>,
}

/// The rest of a group that was being written when the process or the machine ended; no record of it was
/// acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The file.
    pub file: String,
    /// Where the cut is.
    pub offset: u64,
    /// How many bytes were overwritten with zeros.
    pub bytes: u64,
    /// What was wrong behind the cut.
    pub why: String,
}

/// Checks everything, then makes the tail fit for writing.
pub(super) fn recover(
    disk: &dyn Disk,
    options: &Options,
) -> Result<(Tail, Recovery, Vec<Listed>), JournalError> {
    let mut segments = open_all(disk)?;
    if segments.is_empty() {
        segments.push(Segment::make(
            disk,
            first_header(options),
            options.durability,
        )?);
    }
    let spare = segments.pop_if(|segment| segment.header.begun.is_none());
    if let Some(spare) = &spare {
        check_untouched(spare)?;
    }
    let (listed, last) = scan_all(&segments)?;
    let (Some(active), Some(last)) = (segments.pop(), last) else {
        return Err(not_begun(&segment::name(1)));
    };
    let first = listed.first().map_or(last.next, Listed::first);
    if last.next <= options.at_least {
        return Err(JournalError::TooShort {
            last: last.next.previous(),
            at_least: options.at_least,
        });
    }
    let recovery = Recovery {
        first,
        last: last.next.previous(),
        cut: last.torn.as_ref().map(|torn| Cut {
            file: active.file.name.clone(),
            offset: last.offset,
            bytes: torn.end - last.offset,
            why: format!(
                "expected {}, found {}",
                torn.fault.expected, torn.fault.found
            ),
        }),
    };
    Ok((settle(active, &last, spare)?, recovery, listed))
}

fn first_header(options: &Options) -> Header {
    Header {
        length: options.segment_bytes,
        number: 1,
        origin: options.origin,
        begun: Some(Begun::new(Sequence::ZERO.next(), 0)),
    }
}

/// All segments in their order, after what is left of the making of one is removed.
fn open_all(disk: &dyn Disk) -> Result<Vec<Segment>, JournalError> {
    let names = disk.list().map_err(JournalError::io("list", ".", 0))?;
    for name in names.iter().filter(|name| segment::is_unfinished(name)) {
        disk.remove(name)
            .map_err(JournalError::io("remove", name, 0))?;
    }
    // Also what an earlier process renamed and did not live to sync.
    sync_dir(disk)?;
    open_whole(disk, &names)
}

/// What is in a folder, without a touch: its segments, and the last record that is there.
pub(super) fn stored(disk: &dyn Disk) -> Result<(Vec<Listed>, Sequence), JournalError> {
    let names = disk.list().map_err(JournalError::io("list", ".", 0))?;
    let mut segments = open_whole(disk, &names)?;
    segments.pop_if(|segment| segment.header.begun.is_none());
    let (listed, last) = scan_all(&segments)?;
    let last = last.map_or(Sequence::ZERO, |scan| scan.next.previous());
    Ok((listed, last))
}

/// The segments of a folder in their order.
fn open_whole(disk: &dyn Disk, names: &[String]) -> Result<Vec<Segment>, JournalError> {
    let mut numbers: Vec<u64> = names
        .iter()
        .filter_map(|name| segment::number(name))
        .collect();
    numbers.sort_unstable();
    let mut segments: Vec<Segment> = Vec::with_capacity(numbers.len());
    for number in numbers {
        if let Some(before) = segments.last()
            && before.header.number + 1 != number
        {
            return Err(missing(before.header.number + 1));
        }
        let segment = Segment::open(disk, number)?;
        check_origin(segments.last(), &segment)?;
        segments.push(segment);
    }
    Ok(segments)
}

fn missing(number: u64) -> JournalError {
    Fault::new(0, format!("segment `{number}`"), "no such file").of(&segment::name(number))
}

fn not_begun(file: &str) -> JournalError {
    Fault::new(48, "a segment that has begun", "one that only stands ready").of(file)
}

fn check_origin(before: Option<&Segment>, segment: &Segment) -> Result<(), JournalError> {
    let origin = segment.header.origin;
    match before.map(|before| before.header.origin) {
        Some(expected) if expected != origin => {
            let expected = format!("a segment of the journal `{expected:016x}`");
            let found = format!("one of `{origin:016x}`");
            Err(Fault::new(32, expected, found).of(&segment.file.name))
        }
        _ => Ok(()),
    }
}

fn check_untouched(spare: &Segment) -> Result<(), JournalError> {
    let header = HEADER_BYTES as u64;
    let end = Window::default().zeros_from(&spare.file, header)?;
    if end == header {
        return Ok(());
    }
    let expected = "zeros in a segment that has not begun";
    Err(Fault::new(end - 1, expected, "another byte").of(&spare.file.name))
}

/// Scans all segments and checks that each goes on where the one before it ends.
fn scan_all(segments: &[Segment]) -> Result<(Vec<Listed>, Option<Scan>), JournalError> {
    let mut listed = Vec::with_capacity(segments.len());
    let mut before: Option<(&Segment, Scan)> = None;
    for segment in segments {
        let name = &segment.file.name;
        let begun = segment.header.begun.ok_or_else(|| not_begun(name))?;
        if let Some((earlier, scan)) = &before {
            check_joint(earlier, scan, begun, name)?;
        }
        let (scanned, index) = scan(segment, begun)?;
        listed.push(Listed {
            start: SegmentStart::new(segment, begun.first),
            index,
        });
        before = Some((segment, scanned));
    }
    Ok((listed, before.map(|(_, scan)| scan)))
}

fn check_joint(
    earlier: &Segment,
    scan: &Scan,
    begun: Begun,
    name: &str,
) -> Result<(), JournalError> {
    if !scan.sealed {
        let found = match &scan.torn {
            Some(torn) => torn.fault.found.as_str(),
            None => "zeros",
        };
        let expected = format!(
            "the frame of sequence `{}` or a seal, since the next segment has begun",
            scan.next
        );
        return Err(Fault::new(scan.offset, expected, found).of(&earlier.file.name));
    }
    if (begun.first, begun.chain) == (scan.next, scan.chain) {
        return Ok(());
    }
    let words = |first, chain| format!("sequence `{first}` after the chain `{chain:08x}`");
    let expected = words(scan.next, scan.chain);
    Err(Fault::new(48, expected, words(begun.first, begun.chain)).of(name))
}

/// The segment that a seal announces must stand ready.
pub(super) fn announced(number: u64, spare: Option<Segment>) -> Result<Segment, JournalError> {
    spare.ok_or_else(|| missing(number))
}
