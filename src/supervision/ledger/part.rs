//! A part of what is known of declarations: that of the declarations whose keys come to it.

use std::hint::black_box;

use super::awaited::Slots;
use super::holdings::Holding;
use super::old::Old;
use super::shards::Table;
use super::{Entry, Open, Step, UNKNOWN, is_kept_open};
use crate::engine::{Kept, Take};
use crate::journal::Sequence;

/// See the module.
#[derive(Debug, Default)]
pub(in crate::supervision) struct Part {
    pub(super) entries: Table<Entry>,
    pub(super) old: Old,
    pub(super) open: Table<Open>,
    /// What they hold.
    pub(super) holdings: Table<Holding>,
    /// Slots of monitoring without a result.
    pub(super) awaited: Table<Slots>,
}

impl Part {
    /// Makes the places ready that a step is about to touch: see [`Table::ready`].
    pub(super) fn ready(&mut self, step: &Step) {
        // Nobody asks for it yet, and still it is looked for.
        black_box(self.old.get(step.key));
        self.entries
            .ready(Entry::answered(step, Sequence::ZERO, UNKNOWN));
        if is_kept_open(step.status) {
            self.open.ready(Open::of(step));
        }
        if step.holds() {
            self.holdings.ready(Holding::of(step.key));
        }
        if step.awaits() {
            self.awaited.ready(Slots::of(step.key));
        }
    }

    /// Changes what a declaration holds.
    pub(super) fn hold(&mut self, key: u128, alter: impl FnOnce(&mut Holding)) {
        self.holdings.update(Holding::of(key), |holding| {
            alter(holding);
            !holding.is_empty()
        });
    }

    /// What a declaration stays selected for: results change it without a revision.
    pub(in crate::supervision) fn kept(&self, key: u128) -> Vec<Kept> {
        let Some(open) = self.open.get(key) else {
            return Vec::new();
        };
        if open.items.is_empty() {
            return vec![Kept::HELD];
        }
        let items = open.items.iter();
        let kept = items.filter(|inspected| inspected.passed != Some(true));
        kept.map(|inspected| inspected.item).collect()
    }

    /// What a declaration has taken, in order of the stocks.
    pub(in crate::supervision) fn taken_by(&self, key: u128) -> Box<[Take]> {
        let holding = self.holdings.get(key);
        holding.map_or_else(Box::default, |holding| holding.takes.clone())
    }

    /// The record of the latest revision of a declaration.
    pub(super) fn latest(&self, key: u128) -> Option<Sequence> {
        let entry = self.entries.get(key);
        entry.map_or_else(|| self.old.get(key), |entry| Some(entry.latest))
    }

    /// The last record of a declaration of which something is known that is not in memory.
    pub(super) fn let_go(&self, key: u128) -> Option<Sequence> {
        let old = self.old.get(key)?;
        let entry = self.entries.get(key);
        Some(entry.map_or(old, |entry| entry.latest))
    }
}
