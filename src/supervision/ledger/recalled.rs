//! A declaration read back from its records: what was known of it before it was let go.

use super::{Earlier, Entry, Step};
use crate::declaration::Moment;
use crate::engine::Take;
use crate::journal::Sequence;

/// See the module. Its records come to it in their order.
#[derive(Debug, Default)]
pub struct Recalled {
    pub(super) entry: Option<Entry>,
    pub(super) earlier: Vec<(u32, Earlier)>,
    /// What it has taken of stocks.
    pub(super) takes: Box<[Take]>,
    /// The lots that it cites.
    pub(super) lots: Box<[u64]>,
}

impl Recalled {
    /// Whether it has a first answer, from which all else follows.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.entry.is_some()
    }

    /// Takes the next record in.
    pub fn step(&mut self, step: &Step, sequence: Sequence, at: Moment) {
        if step.moves.moves() {
            self.takes.clone_from(&step.moves.taken);
        }
        if let Some(lots) = &step.lots {
            self.lots.clone_from(lots);
        }
        if step.kind.answers_at_once() {
            let before = self.entry.replace(Entry::answered(step, sequence, at));
            self.earlier.extend(before.map(|before| before.earlier()));
        } else if let Some(entry) = &mut self.entry {
            entry.moved(step, sequence, at);
        }
    }
}
