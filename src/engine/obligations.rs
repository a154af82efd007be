//! Obligations of every book that spoke, added up: the stricter mode, the larger number, the earlier deadline,
//! the union of lists.

use super::decide::Decision;
use super::join::ItemJoin;
use super::outcome::{ItemObligations, Outcome, WordNo};
use super::program::{CompiledRule, Words};
use super::sampling::LotPlan;
use crate::policy::{Mode, ModeChoice, Object, OfficeKind};

impl<D> Decision<'_, D> {
    pub(super) fn obligations(
        &mut self,
        join: &ItemJoin<'_>,
        books: std::ops::Range<usize>,
    ) -> ItemObligations {
        let program = self.program;
        let mut sum = ItemObligations::default();
        let mut office_of = None;
        let speaking = |out: &Outcome, at: usize| {
            let book = out.books.get(at).filter(|book| book.spoke)?;
            program.fixed.compiled.get(book.rule?.0 as usize)
        };
        for at in books.clone() {
            let Some(rule) = speaking(self.out, at) else {
                continue;
            };
            let mode = match rule.mode {
                Some(ModeChoice::Mode(mode)) => Some(mode),
                Some(ModeChoice::Requirement) => join
                    .requirements()
                    .filter_map(|row| row.mode)
                    .max()
                    .map(mode_of),
                None => None,
            };
            sum.mode = sum.mode.max(mode);
            sum.plan = stricter(
                sum.plan,
                rule.sampling_plan
                    .map(|plan| LotPlan::new(plan, join.severity(), join.item.quantity)),
            );
            sum.specimens = sum.specimens.max(rule.specimens);
            sum.objects |= rule.objects;
            sum.follow_up |= rule.follow_up;
            if rule.office.is_some() && office_of.is_none_or(|best| rule.verdict > best) {
                (sum.office, office_of) = (rule.office, Some(rule.verdict));
            }
            self.out.priority = self.out.priority.max(rule.priority);
            self.out.due_s = earlier(self.out.due_s, rule.deadline_s);
        }
        complete(&mut sum);
        sum.tests = self.words(join, books.clone(), |rule| &rule.tests, |row| &row.tests);
        sum.documents = self.words(join, books, |rule| &rule.documents, |row| &row.documents);
        sum
    }

    /// The union of the words of all rules that spoke, sorted.
    fn words(
        &mut self,
        join: &ItemJoin<'_>,
        books: std::ops::Range<usize>,
        of_rule: impl Fn(&CompiledRule) -> &Words,
        of_row: impl Fn(&crate::registry::Requirement) -> &[crate::registry::Sym],
    ) -> std::ops::Range<usize> {
        let program = self.program;
        let first = self.out.words.len();
        for at in books {
            let rule = self
                .out
                .books
                .get(at)
                .filter(|book| book.spoke)
                .and_then(|book| program.fixed.compiled.get(book.rule?.0 as usize));
            match rule.map(&of_rule) {
                Some(Words::List(list)) => self.out.words.extend(list),
                Some(Words::Requirement) => {
                    for sym in join.requirements().flat_map(&of_row) {
                        self.out.words.extend(
                            program
                                .fixed
                                .symbol_words
                                .get(sym.0 as usize)
                                .copied()
                                .flatten(),
                        );
                    }
                }
                None => {}
            }
        }
        sort_tail(&mut self.out.words, first);
        first..self.out.words.len()
    }
}

fn stricter(a: Option<LotPlan>, b: Option<LotPlan>) -> Option<LotPlan> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.stricter(b)),
        (a, b) => a.or(b),
    }
}

/// An inspection that names no object is of the product, and one that names no office is the declaring one's.
pub(super) fn complete(obligations: &mut ItemObligations) {
    if obligations.mode.is_none() {
        return;
    }
    if obligations.objects == 0 {
        obligations.objects = 1 << Object::Product as u8;
    }
    obligations.office = obligations.office.or(Some(OfficeKind::Declared));
}

const fn mode_of(mode: crate::registry::InspectionMode) -> Mode {
    use crate::registry::InspectionMode as Of;
    match mode {
        Of::Document => Mode::Document,
        Of::Joint => Mode::Joint,
        Of::Physical => Mode::Physical,
        Of::Laboratory => Mode::Laboratory,
    }
}

pub(super) fn earlier(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Sorts what was added from a place on, each word once.
fn sort_tail(words: &mut Vec<WordNo>, first: usize) {
    let Some(tail) = words.get_mut(first..) else {
        return;
    };
    tail.sort_unstable();
    let mut kept = 0usize;
    for at in 0..tail.len() {
        let word = tail.get(at).copied();
        if at == 0 || word != kept.checked_sub(1).and_then(|last| tail.get(last).copied()) {
            if let (Some(word), Some(slot)) = (word, tail.get_mut(kept)) {
                *slot = word;
            }
            kept += 1;
        }
    }
    words.truncate(first + kept);
}
