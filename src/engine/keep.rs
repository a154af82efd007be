//! What an earlier version of a declaration was selected for stays selected in later ones: an amendment never lifts
//! an inspection.

use super::obligations::complete;
use super::outcome::{ItemOutcome, Outcome, SelectedBy};
use crate::declaration::Declaration;
use crate::policy::{Mode, Verdict};

/// An item that was selected or held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its number in the declaration.
    pub item_no: u16,
    /// How it was to be inspected.
    pub mode: Option<Mode>,
    /// What had selected it.
    pub selected_by: SelectedBy,
}

impl Kept {
    /// What was held for no item's inspection: as no item has this number, the item of highest value is looked at, at
    /// least by its documents.
    pub const HELD: Self = Self {
        item_no: 0,
        mode: Some(Mode::Document),
        selected_by: SelectedBy::Rule,
    };
}

impl Outcome {
    /// Keeps selected what was selected before. Where none of those items is left and everything would be released,
    /// the item of highest value is inspected in their place.
    pub fn keep(&mut self, declaration: &Declaration<'_>, kept: &[Kept]) {
        let (Some(first), true) = (kept.first(), self.items.len() == declaration.items.len())
        else {
            return;
        };
        for was in kept {
            let mut items = declaration.items.iter();
            let at = items.position(|item| item.item_no == was.item_no);
            self.select(at, *was);
        }
        if self.verdict > Verdict::Release {
            return;
        }
        self.select(Some(highest(declaration)), *first);
    }

    fn select(&mut self, at: Option<usize>, was: Kept) {
        let Some((at, item)) = at.and_then(|at| Some((at, self.items.get_mut(at)?))) else {
            return;
        };
        item.select(was);
        self.verdict = self.verdict.max(item.verdict);
        self.keep_material(at);
    }
}

impl ItemOutcome {
    fn select(&mut self, was: Kept) {
        if self.verdict == Verdict::Release {
            self.verdict = Verdict::Sample;
            self.selected_by = Some(was.selected_by);
        }
        self.obligations.mode = self.obligations.mode.max(was.mode);
        complete(&mut self.obligations);
    }
}

/// The place of the item of highest value, the first of several.
pub(super) fn highest(declaration: &Declaration<'_>) -> usize {
    let items = declaration.items.iter().enumerate();
    items
        .reduce(|best, item| {
            if item.1.value > best.1.value {
                item
            } else {
                best
            }
        })
        .map_or(0, |(at, _)| at)
}
