//! What a revision does to the ledger: made ready before the ledger is held, and carried out while it is.

use std::sync::Arc;

use super::counters::CounterPlaces;
use super::part::Part;
use super::stocks::StockPlaces;
use super::{Entry, Inspected, Ledger, Open, Tables, UNKNOWN, cited, digest, is_kept_open};
use crate::declaration::{Day, Moment};
use crate::journal::Sequence;
use crate::supervision::record::{Moves, Revision};
use crate::supervision::status::{RevisionKind, Status};

/// What a revision does to the ledger, made ready before settle.
#[derive(Debug)]
pub struct Step {
    pub(super) key: u128,
    pub(super) content: u128,
    pub(super) kind: RevisionKind,
    pub(super) version: u32,
    pub(super) revision: u32,
    pub(super) declaration_day: Day,
    pub(super) key_day: Day,
    pub(super) status: Status,
    /// What the accountable party is known by.
    pub(super) enterprise: u64,
    /// The lots that it cites, where it was decided anew.
    pub(super) lots: Option<Box<[u64]>>,
    /// The items to inspect, where this says which.
    pub(super) items: Option<Box<[Inspected]>>,
    /// What it does to stocks.
    pub(in crate::supervision) moves: Moves,
    pub(in crate::supervision) places: Places,
}

impl Step {
    /// Of a revision, with the digests of its id and its canonical form, which is 0 where nothing was decided.
    #[must_use]
    pub fn new(revision: &Revision<'_>, key: u128, content: u128) -> Self {
        let items = revision.ordered.iter().map(|item| Inspected {
            item: *item,
            passed: None,
        });
        let orders = revision.is_decided() || revision.kind == RevisionKind::Override;
        Self {
            key,
            content,
            kind: revision.kind,
            version: revision.version,
            revision: revision.revision,
            declaration_day: revision.declaration_day,
            key_day: revision.key_day,
            status: revision.status,
            enterprise: digest(revision.enterprise_id.as_bytes()) as u64,
            lots: revision.is_decided().then(|| cited(revision.body)),
            items: orders.then(|| items.collect()),
            moves: revision.moves.clone(),
            places: Places::default(),
        }
    }

    /// Whether its declaration holds anything by it.
    pub(super) fn holds(&self) -> bool {
        let cites = self.lots.as_ref().is_some_and(|lots| !lots.is_empty());
        cites || !self.moves.taken.is_empty()
    }

    /// Whether a result is awaited by it.
    pub(super) fn awaits(&self) -> bool {
        let slots = self.moves.slots.as_ref();
        slots.is_some_and(|slots| !slots.is_empty())
    }

    /// Of a revision as it was recorded.
    #[must_use]
    pub fn of(revision: &Revision<'_>) -> Self {
        let content = digest(revision.body.as_bytes());
        Self::new(
            revision,
            digest(revision.declaration_id.as_bytes()),
            content,
        )
    }
}

/// The places that a step asks and changes, where they were looked for before.
#[derive(Debug, Default)]
pub(in crate::supervision) struct Places {
    pub(in crate::supervision) stocks: StockPlaces,
    pub(in crate::supervision) counters: CounterPlaces,
}

impl Ledger {
    /// Carries a revision out, and takes out of it what is kept. A fold need not recall what is old: it notes where the
    /// last record is.
    pub fn step(&mut self, step: &mut Step, sequence: Sequence, at: Moment) {
        let tables = Arc::clone(&self.tables);
        self.step_in(&mut tables.of(step.key), step, sequence, at);
    }

    /// As [`Self::step`], in the part of its key.
    pub(in crate::supervision) fn step_in(
        &mut self,
        part: &mut Part,
        step: &mut Step,
        sequence: Sequence,
        at: Moment,
    ) {
        let Tables {
            stocks, counters, ..
        } = &*self.tables;
        counters.step(&step.moves.counts, &step.places.counters);
        stocks.step_at(&step.moves, &step.places.stocks);
        if step.kind.answers_at_once() {
            let answered = Entry::answered(step, sequence, at);
            match part.entries.insert(answered) {
                None => self.known += 1,
                Some(before) => {
                    let earlier = self.earlier.entry(step.key).or_default();
                    earlier.push(before.earlier());
                }
            }
        } else {
            self.step_later(part, step, sequence, at);
        }
        // Of what nobody has seen before nothing is known that could end.
        let first = step.kind == RevisionKind::Initial;
        if step.awaits() || !first {
            step_awaited(part, step);
        }
        if step.holds() || !first {
            step_holding(part, step);
        }
        if is_kept_open(step.status) || !first {
            self.step_open(part, step, at);
        }
    }

    /// A revision that its declarant does not wait for.
    fn step_later(&mut self, part: &mut Part, step: &Step, sequence: Sequence, at: Moment) {
        // What nobody waits for any more is withdrawn by who declared it; what is open, by an officer.
        let open = part.open.get(step.key);
        let open = open.is_some_and(|open| open.status.is_open());
        if step.kind != RevisionKind::Cancellation || open {
            self.changes.push(sequence);
        }
        match part.entries.get_mut(step.key) {
            Some(entry) => entry.moved(step, sequence, at),
            None => {
                part.old.set(step.key, sequence);
            }
        }
    }

    fn step_open(&mut self, part: &mut Part, step: &mut Step, at: Moment) {
        let (mut was, stays) = (false, is_kept_open(step.status));
        part.open.update(Open::of(step), |open| {
            was = open.since != UNKNOWN;
            (open.status, open.since) = (step.status, at);
            if let Some(items) = step.items.take() {
                open.items = items;
            }
            stays
        });
        self.opened = self.opened + usize::from(stays) - usize::from(was);
    }
}

/// The slots that a declaration has instead of those that it had.
fn step_awaited(part: &mut Part, step: &mut Step) {
    if step.moves.moves() {
        let slots = step.moves.slots.take();
        part.awaited.set(step.key, slots.unwrap_or_default());
    }
}

/// What a revision leaves its declaration in hand.
fn step_holding(part: &mut Part, step: &mut Step) {
    let (key, moves) = (step.key, &mut step.moves);
    let known = part.entries.get(key).is_some();
    let lots = step.lots.take().filter(|_| known);
    if lots.is_none() && !moves.moves() {
        return;
    }
    part.hold(key, |holding| {
        if moves.moves() {
            holding.takes = std::mem::take(&mut moves.taken);
        }
        if let Some(lots) = lots {
            holding.lots = lots;
        }
    });
}
