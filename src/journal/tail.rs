//! The end of the log made fit for writing: what is torn becomes zeros, what is good becomes durable.
//! Every step may be cut short and done again; nothing is reported before all of it is on the disk.

use super::error::JournalError;
use super::header::{Begun, HEADER_BYTES, Mark};
use super::recovery::announced;
use super::scan::Scan;
use super::segment::{Segment, fill};
use super::sequence::Sequence;
use super::window::Window;
use crate::limits::JOURNAL_WINDOW_BYTES;

/// Where the writer goes on.
pub(super) struct Tail {
    pub(super) active: Segment,
    pub(super) offset: u64,
    pub(super) next: Sequence,
    pub(super) chain: u32,
    pub(super) spare: Option<Segment>,
}

/// Settles the last segment that has begun.
pub(super) fn settle(
    mut active: Segment,
    scan: &Scan,
    spare: Option<Segment>,
) -> Result<Tail, JournalError> {
    let mut begun = active
        .header
        .begun
        .unwrap_or(Begun::new(scan.next, scan.chain));
    // INVARIANT: the spare is there before anything is written, else refusing to start would change the evidence.
    let spare = match scan.sealed {
        true => Some(announced(active.header.number + 1, spare)?),
        false => spare,
    };
    write_again(&active, begun.mark.offset, scan.offset)?;
    if let Some(torn) = &scan.torn {
        // INVARIANT: durable before the next append, or frames of the torn group could follow new ones.
        fill(&active.file, scan.offset, torn.end)?;
    }
    active.file.sync()?;
    match spare {
        Some(mut spare) if scan.sealed => {
            spare.set(Begun::new(scan.next, scan.chain))?;
            let chain = spare.seed;
            Ok(Tail {
                active: spare,
                offset: HEADER_BYTES as u64,
                next: scan.next,
                chain,
                spare: None,
            })
        }
        spare => {
            begun.mark = Mark {
                sequence: scan.next.previous(),
                offset: scan.offset,
            };
            active.set(begun)?;
            Ok(Tail {
                active,
                offset: scan.offset,
                next: scan.next,
                chain: scan.chain,
                spare,
            })
        }
    }
}

/// Writes what is there once more. After a failed sync the system may hold pages that it takes for written and
/// the disk never got; a sync alone would pass them over.
fn write_again(segment: &Segment, from: u64, to: u64) -> Result<(), JournalError> {
    let mut window = Window::default();
    let mut at = from;
    while at < to {
        let most = (to - at).min(JOURNAL_WINDOW_BYTES as u64) as usize;
        let bytes = window.get(&segment.file, at, most)?;
        if bytes.is_empty() {
            break;
        }
        segment.file.write(bytes, at)?;
        at += bytes.len() as u64;
    }
    Ok(())
}
