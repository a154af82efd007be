//! Every frame of a segment that has begun, checked; and where they stop being good, whether a crash or damage
//! did it.

use std::sync::Arc;

use super::error::{Fault, JournalError};
use super::frame::{ALIGNMENT, HEAD_BYTES, Head};
use super::frames::{Frames, Step};
use super::header::{Begun, Mark};
use super::index::{Index, Place};
use super::segment::Segment;
use super::sequence::Sequence;

/// Where the good frames of a segment end.
pub(super) struct Scan {
    /// The sequence of the next record.
    pub(super) next: Sequence,
    /// Where the next frame begins.
    pub(super) offset: u64,
    /// The running CRC.
    pub(super) chain: u32,
    /// Whether the log goes on in the next segment.
    pub(super) sealed: bool,
    /// What stands there of a torn group.
    pub(super) torn: Option<Torn>,
}

/// The rest of a torn group.
pub(super) struct Torn {
    /// Where zeros begin again.
    pub(super) end: u64,
    /// What is wrong with its first frame.
    pub(super) fault: Fault,
}

/// Checks a segment, and notes where its frames are. An error is damage, or the disk's.
pub(super) fn scan(segment: &Segment, begun: Begun) -> Result<(Scan, Index), JournalError> {
    let file = Arc::clone(&segment.file);
    let mut index = Index::new(begun.first);
    let start = Place::first(begun.first);
    let mut frames = Frames::new(file, segment.seed, start, segment.header.length);
    let damaged = |fault: Fault| fault.of(&segment.file.name);
    let (sealed, fault) = loop {
        check_mark(&frames, begun.mark).map_err(damaged)?;
        let place = frames.place();
        match frames.step()? {
            Step::Record(_) => index.note(place),
            Step::Seal => break (true, None),
            Step::Zeros => break (false, None),
            Step::Bad(fault) => break (false, Some(fault)),
            Step::Misplaced(fault) => return Err(damaged(fault)),
        }
    };
    let end = frames.window.zeros_from(&segment.file, frames.offset)?;
    if sealed && end > frames.offset {
        let fault = Fault::new(frames.offset, "zeros behind the seal", "other bytes");
        return Err(damaged(fault));
    }
    let rest = || {
        Fault::new(
            frames.offset,
            frames.expected(),
            "zeros, other bytes further on",
        )
    };
    let fault = fault.or_else(|| (end > frames.offset).then(rest));
    if !sealed && let Some(fault) = known_durable(&mut frames, begun.mark, end, fault.as_ref())? {
        return Err(damaged(fault));
    }
    let scan = Scan {
        next: frames.next,
        offset: frames.offset,
        chain: frames.chain,
        sealed,
        torn: fault.map(|fault| Torn { end, fault }),
    };
    Ok((scan, index))
}

/// The frame that the mark names ends where the mark says.
fn check_mark(frames: &Frames, mark: Mark) -> Result<(), Fault> {
    if frames.next != mark.sequence.next() || frames.offset == mark.offset {
        return Ok(());
    }
    let expected = format!("the end of sequence `{}` as its mark says", mark.sequence);
    let found = format!("it at byte {}", frames.offset);
    Err(Fault::new(mark.offset, expected, found))
}

/// What shows that the frame which is not good was durable, if anything does.
fn known_durable(
    frames: &mut Frames,
    mark: Mark,
    end: u64,
    fault: Option<&Fault>,
) -> Result<Option<Fault>, JournalError> {
    let (offset, found) = match fault {
        Some(fault) => (fault.offset, fault.found.as_str()),
        None => (frames.offset, "zeros up to the end"),
    };
    let durable = |why: String| {
        let expected = format!("the frame of sequence `{}`, durable by {why}", frames.next);
        Fault::new(offset, expected, found)
    };
    if mark.sequence >= frames.next {
        return Ok(Some(durable(format!("the mark on `{}`", mark.sequence))));
    }
    let mut at = frames.offset + ALIGNMENT as u64;
    while at < end {
        let bytes = frames.window.get(&frames.file, at, HEAD_BYTES)?;
        if let Some(head) = Head::decode(bytes, frames.seed)
            && (head.durable() >= frames.next || head.sequence < frames.next)
        {
            let sequence = head.sequence;
            let why = format!("the frame of sequence `{sequence}` at byte {at}");
            return Ok(Some(durable(why)));
        }
        at += ALIGNMENT as u64;
    }
    Ok(None)
}
