//! Selection control (`[selection]`): after the books and `[random]` a declaration that would be released may still be
//! selected, since a rule that draws has spared too many in a row, or since too few of its office and direction were
//! selected. What the counters say is settle's to know: deciding asks whether one selects, assumes what it has a hint of,
//! or else that it does not, until it is told, and notes what it asked and what is to be counted.
//!
//! Only a declaration's first version is controlled and counted.

use std::sync::Arc;

use super::decide::Decision;
use super::draw::{Draws, Rate};
use super::hints::Hints;
use super::join::ItemJoin;
use super::keep::highest;
use super::obligations::{complete, earlier};
use super::outcome::{RuleNo, SelectedBy};
use super::program::CompiledRule;
use crate::declaration::{Amount, Direction};
use crate::limits::MAX_CONTROLLED_RULES;
use crate::policy::{Priority, TOP_UP_BOOK, Verdict};

/// What a counter is known by: the first 128 bits of a BLAKE3 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CounterKey(pub u128);

impl CounterKey {
    /// Of a rule, whatever version of the policy it stands in, at a declaring office.
    #[must_use]
    pub fn of_rule(book: &str, rule: &str, office: Option<&str>) -> Self {
        Self::new(0, [book, rule, office.unwrap_or_default()])
    }

    /// Of a declaring office and a direction: a lane.
    #[must_use]
    pub fn of_lane(office: Option<&str>, direction: Direction) -> Self {
        Self::new(1, [office.unwrap_or_default(), direction.as_str(), ""])
    }

    fn new(sort: u8, parts: [&str; 3]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[sort]);
        for part in parts {
            hasher.update(&(part.len() as u32).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        let first = hasher.finalize().as_bytes().first_chunk().copied();
        Self(first.map_or(0, u128::from_be_bytes))
    }
}

/// Declarations over whose selection a shortfall is made up, about: one of so many would-be releases (less where the
/// rate is high) is selected with even odds.
pub const HORIZON: u64 = 10;

/// How a counter decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// A rule selects after it has spared so many in a row.
    Forced {
        /// How many.
        after: u32,
    },
    /// A lane is topped up to a rate, in units of 1/10,000, by a draw.
    ///
    /// With the shortfall `s = rate · declared - selected`, this declaration being one of the declared, the chance is
    /// `s / (s + HORIZON · (1 - rate))`, and none where `s` is not above nothing: so the rate is reached whatever the
    /// rules select, every single selection stays a matter of chance, and a rate of 1 selects everything.
    TopUp {
        /// The expected rate.
        rate: u64,
        /// The declaration's draw.
        draw: u64,
    },
}

impl Law {
    /// Whether it selects the next declaration, its counter being so.
    #[must_use]
    pub fn selects(self, counter: Counter) -> bool {
        match self {
            Self::Forced { after } => counter.all >= u64::from(after),
            Self::TopUp { rate, draw } => {
                let (scale, rate) = (Amount::SCALE as u128, u128::from(rate));
                let expected = rate * (u128::from(counter.all) + 1);
                let short = expected.saturating_sub(scale * u128::from(counter.selected));
                let all = short + u128::from(HORIZON) * scale.saturating_sub(rate);
                // Both sides over 2^64; counts below 2^48 leave room.
                u128::from(draw).saturating_mul(all) < short.saturating_mul(1 << 64)
            }
        }
    }
}

/// What a counter says: of a rule how many it has spared in a row, of a lane the declarations of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counter {
    /// How many.
    pub all: u64,
    /// How many of them were selected.
    pub selected: u64,
}

impl Counter {
    /// What it says after a declaration was counted.
    #[must_use]
    pub const fn after(self, change: Change) -> Self {
        let (all, selected) = (self.all.saturating_add(1), self.selected);
        match change {
            Change::NotSpared => Self {
                all: 0,
                selected: 0,
            },
            Change::Spared | Change::Released => Self { all, selected },
            Change::Selected => Self {
                all,
                selected: selected.saturating_add(1),
            },
        }
    }
}

/// What was asked of a counter, and the answer for which it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Which.
    pub key: CounterKey,
    /// How it decides.
    pub law: Law,
    /// Whether it selects.
    pub selects: bool,
}

/// What a declaration is to a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A rule matched, did not select, and nothing else did.
    Spared,
    /// A rule matched, and the declaration was selected or held, by it or anything else.
    NotSpared,
    /// A declaration of a lane that was released.
    Released,
    /// A declaration of a lane that was selected or held.
    Selected,
}

impl Change {
    /// All of them, in the order of their numbers in records.
    pub const ALL: [Self; 4] = [
        Self::Spared,
        Self::NotSpared,
        Self::Released,
        Self::Selected,
    ];
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// In which counter.
    pub key: CounterKey,
    /// What.
    pub change: Change,
}

/// A rule with a rate that matched and drew.
#[derive(Debug, Clone, Copy)]
struct Hit {
    rule: RuleNo,
    key: CounterKey,
    book: usize,
    /// The item that it would select: of those that it spared the one of highest value, the first of several.
    item: usize,
    rate: Rate,
    draw: u64,
}

/// What deciding knows of counters, what it asked of them, and what is to be counted.
#[derive(Debug, Default)]
pub struct Control {
    on: bool,
    known: Vec<Ask>,
    hints: Option<Arc<Hints>>,
    hits: Vec<Hit>,
    asks: Vec<Ask>,
    counts: Vec<Count>,
}

impl Control {
    /// Whether the next decisions are of declarations' first versions, whose selection is controlled; it is not until
    /// somebody says so.
    pub const fn watch(&mut self, first: bool) {
        self.on = first;
    }

    /// Heeds hints from now on; without any, no counter is assumed to select.
    pub fn heed(&mut self, hints: Option<&Arc<Hints>>) {
        Hints::heed(&mut self.hints, hints);
    }

    /// Forgets what is known of counters, until [`Self::learn`] says more.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// Learns what counters say.
    pub fn learn(&mut self, asks: &[Ask]) {
        for ask in asks {
            self.known.retain(|known| known.key != ask.key);
            self.known.push(*ask);
        }
    }

    /// What was asked, in order, with the answers.
    #[must_use]
    pub fn asks(&self) -> &[Ask] {
        &self.asks
    }

    /// What is to be counted.
    #[must_use]
    pub fn counts(&self) -> &[Count] {
        &self.counts
    }

    pub(super) fn begin(&mut self) {
        self.hits.clear();
        self.asks.clear();
        self.counts.clear();
    }

    fn selects(&mut self, key: CounterKey, law: Law) -> bool {
        let known = self.known.iter().find(|known| known.key == key);
        let hint = || {
            let hints = self.hints.as_ref();
            hints.is_some_and(|hints| law.selects(hints.counter(key)))
        };
        let selects = known.map_or_else(hint, |known| known.selects);
        self.asks.push(Ask { key, law, selects });
        selects
    }
}

impl<D: Draws> Decision<'_, D> {
    /// Notes that a rule with a rate has drawn, for an item.
    pub(super) fn note_hit(
        &mut self,
        (book, no, rule): (usize, u32, &CompiledRule),
        join: &ItemJoin<'_>,
        (rate, draw): (Rate, u64),
    ) {
        let forced = self.program.fixed.policy.selection.forced_after.is_some();
        let counted = rule.verdict == Verdict::Sample && !rule.takes();
        if !self.scratch.control.on || !forced || !counted {
            return;
        }
        let (rule, item) = (RuleNo(no), self.out.items.len());
        let items = &self.header.declaration.items;
        let hits = &mut self.scratch.control.hits;
        if let Some(hit) = hits.iter_mut().find(|hit| hit.rule == rule) {
            let known = items.get(hit.item).map(|item| item.value);
            if known.is_some_and(|known| join.item.value > known) {
                (hit.item, hit.rate, hit.draw) = (item, rate, draw);
            }
        } else if hits.len() < MAX_CONTROLLED_RULES
            && let Some((named, spec)) = self.program.rule(rule)
        {
            let office = self.header.declaration.office.as_deref();
            hits.push(Hit {
                rule,
                key: CounterKey::of_rule(&named.id, &spec.id, office),
                book,
                item,
                rate,
                draw,
            });
        }
    }

    /// Forces a selection, tops up, and says what is to be counted.
    pub(super) fn control(&mut self) {
        let policy = &self.program.fixed.policy;
        if !self.scratch.control.on || !policy.selection.controls() {
            return;
        }
        let declaration = self.header.declaration;
        let office = declaration.office.as_deref();
        if let Some(after) = policy.selection.forced_after {
            self.force(after);
        }
        let lane = policy.selection.rate(office, declaration.direction);
        let lane = lane.map(|rate| (CounterKey::of_lane(office, declaration.direction), rate));
        if let Some((key, rate)) = lane {
            self.top_up(key, u64::try_from(rate.units()).unwrap_or(0));
        }
        let released = self.out.verdict == Verdict::Release;
        let (of_rules, of_lane) = match released {
            true => (Change::Spared, Change::Released),
            false => (Change::NotSpared, Change::Selected),
        };
        let Control { hits, counts, .. } = &mut self.scratch.control;
        counts.extend(hits.iter().map(|hit| Count {
            key: hit.key,
            change: of_rules,
        }));
        counts.extend(lane.map(|(key, _)| Count {
            key,
            change: of_lane,
        }));
    }

    /// Lets the first rule speak that has spared too many in a row.
    fn force(&mut self, after: u32) {
        for at in 0..self.scratch.control.hits.len() {
            if self.out.verdict != Verdict::Release {
                return;
            }
            let key = self.scratch.control.hits.get(at).map(|hit| hit.key);
            let law = Law::Forced { after };
            if key.is_some_and(|key| self.scratch.control.selects(key, law)) {
                self.let_speak(at);
            }
        }
    }

    /// What the outcome would be had a rule's draw selected its item.
    fn let_speak(&mut self, at: usize) {
        let (program, header) = (self.program, self.header);
        let Some(hit) = self.scratch.control.hits.get(at).copied() else {
            return;
        };
        let Some(item) = header.declaration.items.get(hit.item) else {
            return;
        };
        let count = self.out.books.len() / self.out.items.len().max(1);
        let books = hit.item * count..(hit.item + 1) * count;
        let unselected = &self.out.unselected;
        if let Some(said) = self.out.books.get_mut(books.start + hit.book) {
            (said.rule, said.verdict) = (Some(hit.rule), Some(Verdict::Sample));
            (said.spoke, said.rate, said.draw) = (true, Some(hit.rate), Some(hit.draw));
            // The walk ends with it.
            let before = unselected.get(said.unselected.clone()).unwrap_or_default();
            let before = before.iter().take_while(|rule| **rule < hit.rule).count();
            said.unselected.end = said.unselected.start + before;
        }
        let join = ItemJoin::new(header, item, program.hs_state(item).1);
        let obligations = self.obligations(&join, books);
        if let Some(outcome) = self.out.items.get_mut(hit.item) {
            outcome.verdict = Verdict::Sample;
            outcome.rule = Some(hit.rule);
            outcome.selected_by = Some(SelectedBy::Forced);
            (outcome.rate, outcome.draw) = (Some(hit.rate), Some(hit.draw));
            outcome.obligations = obligations;
        }
        self.out.keep_material(hit.item);
        self.out.verdict = Verdict::Sample;
        self.hurry();
    }

    /// Priority and time limit of the rules that speak now.
    fn hurry(&mut self) {
        let compiled = &self.program.fixed.compiled;
        let speaking = self.out.books.iter().filter(|book| book.spoke);
        let rules = speaking.filter_map(|book| compiled.get(book.rule?.0 as usize));
        let start = (Priority::Normal, None);
        (self.out.priority, self.out.due_s) = rules.fold(start, |(priority, due_s), rule| {
            (priority.max(rule.priority), earlier(due_s, rule.deadline_s))
        });
    }

    /// Samples the item of highest value where the lane is short of its rate, in units of 1/10,000, and the draw says so.
    fn top_up(&mut self, key: CounterKey, rate: u64) {
        if self.out.verdict != Verdict::Release || rate == 0 {
            return;
        }
        let declaration = self.header.declaration;
        let id = declaration.id.as_str();
        let draw = self.draws.draw(id, TOP_UP_BOOK, None);
        if !self.scratch.control.selects(key, Law::TopUp { rate, draw }) {
            return;
        }
        let mode = self.program.fixed.policy.selection.mode;
        let highest = highest(declaration);
        if let Some(item) = self.out.items.get_mut(highest) {
            item.verdict = Verdict::Sample;
            item.selected_by = Some(SelectedBy::TopUp);
            (item.rate, item.draw) = (Some(Rate::product([rate].into_iter())), Some(draw));
            item.obligations.mode = item.obligations.mode.max(Some(mode));
            complete(&mut item.obligations);
        }
        self.out.keep_material(highest);
        self.out.verdict = Verdict::Sample;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws one after the other, of a generator that is the same every time.
    fn draws() -> impl Iterator<Item = u64> {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        std::iter::repeat_with(move || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        })
    }

    /// How many of so many are selected, and how many of these by topping up, where rules select every n-th.
    fn lane(rate: u64, declared: u64, every: Option<u64>) -> (u64, u64) {
        let (mut counter, mut topped) = (Counter::default(), 0);
        for (no, draw) in (1..=declared).zip(draws()) {
            let by_rule = every.is_some_and(|every| no % every == 0);
            let by_top_up = !by_rule && Law::TopUp { rate, draw }.selects(counter);
            topped += u64::from(by_top_up);
            counter.all += 1;
            counter.selected += u64::from(by_rule || by_top_up);
        }
        (counter.selected, topped)
    }

    #[test]
    fn a_lane_reaches_its_rate_whatever_its_rules_select() {
        let declared = 20_000;
        for rate in [10, 100, 500, 2_000, 5_000, 9_000, 10_000] {
            for every in [None, Some(1_000), Some(50)] {
                let (selected, _) = lane(rate, declared, every);
                let expected = rate * declared / 10_000;
                let by_rule = every.map_or(0, |every| declared / every);
                // A shortfall of at most about the horizon stays; rules alone may select more.
                let least = expected.saturating_sub(2 * HORIZON);
                let most = expected.max(by_rule) + HORIZON;
                assert!(
                    (least..=most).contains(&selected),
                    "{rate} {every:?}: {selected} of {least} to {most}"
                );
            }
        }
    }

    #[test]
    fn a_lane_whose_rules_select_enough_is_hardly_topped_up() {
        let (selected, topped) = lane(500, 20_000, Some(10));
        assert!(topped <= HORIZON, "{topped}");
        assert_eq!(selected, 2_000 + topped);
        assert_eq!(lane(0, 20_000, None), (0, 0));
    }

    #[test]
    fn nobody_outside_can_tell_which_declaration_is_topped_up() {
        // However short the lane is, the highest draw is spared, but for a rate of 1.
        let short = Counter {
            all: 1 << 40,
            selected: 0,
        };
        let highest = |rate| Law::TopUp {
            rate,
            draw: u64::MAX,
        };
        assert!(!highest(500).selects(short));
        assert!(highest(10_000).selects(short));
        assert!(highest(10_000).selects(Counter::default()));
        // Nor does the lowest help where nothing is missing.
        let lowest = Law::TopUp { rate: 500, draw: 0 };
        let full = Counter {
            all: 19,
            selected: 1,
        };
        assert!(!lowest.selects(full));
        assert!(lowest.selects(Counter { all: 20, ..full }));
    }

    #[test]
    fn a_rule_is_forced_after_exactly_so_many() {
        let law = Law::Forced { after: 3 };
        let spared = |all| Counter { all, selected: 0 };
        assert!(!law.selects(spared(2)));
        assert!(law.selects(spared(3)));
    }
}
