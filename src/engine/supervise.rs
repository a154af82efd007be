//! The selectors that settle carries out: monitoring, write-off, programmes. What a rule takes is noted as it selects,
//! so that later books and items of the declaration see it, and is given back where the item's verdict does not let
//! it stand: a write-off needs a release, a sample of monitoring or of a programme anything but a hold.

use super::decide::Decision;
use super::join::{HeaderJoin, ItemJoin};
use super::outcome::Outcome;
use super::program::CompiledRule;
use super::stock::{Inputs, ItemTake, StockKey, StockKind, Take};
use crate::declaration::{Day, Role};
use crate::policy::{Every, Monitor, Verdict};

/// A monitoring rule as it is carried out.
#[derive(Debug)]
pub(super) struct CompiledMonitor {
    /// Book, rule and period as written: rules of one name share their slots over versions of a policy.
    name: [String; 3],
    every: Every,
    per: Vec<Role>,
}

impl CompiledMonitor {
    pub(super) fn new(book: &str, rule: &str, monitor: &Monitor) -> Self {
        Self {
            name: [book.to_owned(), rule.to_owned(), monitor.every.to_string()],
            every: monitor.every,
            per: monitor.per.clone(),
        }
    }

    /// The slot of a declaration: that of the period of its decision and of its parties; with the first day after it.
    fn slot(&self, header: &HeaderJoin<'_>) -> (StockKey, Day) {
        let period = period(self.every, header.decision_day).to_be_bytes();
        let id = |role: &Role| header.declaration.party(*role).map(|id| id.as_str());
        let parties = self
            .per
            .iter()
            .flat_map(|role| [role.as_str(), id(role).unwrap_or_default()]);
        let parts = self.name.iter().map(String::as_str).chain(parties);
        let parts = parts
            .map(str::as_bytes)
            .chain(std::iter::once(&period as &[u8]));
        let ends = period_end(self.every, header.decision_day);
        (StockKey::new(StockKind::Slot, parts), ends)
    }
}

/// The number of the period that a day lies in.
fn period(every: Every, day: Day) -> i32 {
    match every {
        Every::Month => day.month(),
        Every::Quarter => day.month().div_euclid(3),
        Every::Year => day.month().div_euclid(12),
        Every::Days(count) => match i32::try_from(count) {
            Ok(count) => day.number().div_euclid(count.max(1)),
            Err(_) => 0,
        },
    }
}

/// The first day after the period that a day lies in.
fn period_end(every: Every, day: Day) -> Day {
    let month_of = |months: i32| {
        let left = months - day.month().rem_euclid(months);
        day.first_of_month().plus_months(left.unsigned_abs())
    };
    match every {
        Every::Month => month_of(1),
        Every::Quarter => month_of(3),
        Every::Year => month_of(12),
        Every::Days(count) => {
            let next = i64::from(period(every, day)) + 1;
            let number = i32::try_from(next * i64::from(count)).unwrap_or(i32::MAX);
            Day::from_number(number).min(Day::MAX)
        }
    }
}

impl<D> Decision<'_, D> {
    /// Whether all of a rule's selectors that can run out select; what it takes is then noted. A write-off that is
    /// short is told apart.
    pub(super) fn takes(&mut self, rule: &CompiledRule, join: &ItemJoin<'_>) -> Taken {
        let first = self.out.taken.len();
        if let Some(monitor) = &rule.monitor {
            let (key, ends) = monitor.slot(self.header);
            if !self.take((StockKind::Slot, Some(ends)), Take { key, units: 1 }, 1) {
                return Taken::None;
            }
        }
        if rule.programme && !self.take_sample(join) {
            self.give_back(first, |_| true);
            return Taken::None;
        }
        match rule.write_off {
            true => self.write_off(join),
            false => Taken::All,
        }
    }

    /// Takes some of a stock of which there was so much, where enough is left.
    fn take(&mut self, (kind, ends): (StockKind, Option<Day>), take: Take, whole: i64) -> bool {
        let inputs = &mut self.scratch.inputs;
        if inputs.left(take.key, whole) < take.units {
            return false;
        }
        inputs.count(take.key, take.units);
        let item = self.out.items.len();
        self.out.taken.push(ItemTake {
            item,
            kind,
            take,
            ends,
        });
        true
    }

    /// Whether the item takes of a sort of stock already, for another book.
    fn has_taken(&self, kind: StockKind) -> bool {
        let item = self.out.items.len();
        let own = self.out.taken.iter().rev();
        let mut own = own.take_while(|taken| taken.item == item);
        own.any(|taken| taken.kind == kind)
    }

    /// Takes a sample of the first programme that has one left.
    fn take_sample(&mut self, join: &ItemJoin<'_>) -> bool {
        self.has_taken(StockKind::Programme)
            || join.programmes().any(|programme| {
                let key = StockKey::of_programme(&programme.id);
                let samples = i64::from(programme.samples);
                self.take(
                    (StockKind::Programme, None),
                    Take { key, units: 1 },
                    samples,
                )
            })
    }

    /// Takes what the item uses of every lot that it cites, or nothing.
    fn write_off(&mut self, join: &ItemJoin<'_>) -> Taken {
        if self.has_taken(StockKind::Lot) {
            return Taken::All;
        }
        let first = self.out.taken.len();
        let mut taken = match join.item.material_lots.is_empty() {
            true => Taken::None,
            false => Taken::All,
        };
        for cited in &join.item.material_lots {
            let key = StockKey::of_lot(&cited.lot_id);
            taken = match join.used(cited) {
                None => Taken::None,
                Some((lot, units)) => {
                    let whole = lot.quantity.units();
                    match self.take((StockKind::Lot, None), Take { key, units }, whole) {
                        true => Taken::All,
                        false => Taken::Short,
                    }
                }
            };
            if taken != Taken::All {
                self.give_back(first, |_| true);
                break;
            }
        }
        taken
    }

    /// Gives back what the item's verdict does not let stand.
    pub(super) fn settle_takes(&mut self, verdict: Verdict) {
        let item = self.out.items.len();
        let first = self.out.taken.partition_point(|taken| taken.item < item);
        match verdict {
            Verdict::Release => {}
            Verdict::Sample => self.give_back(first, |taken| taken.kind == StockKind::Lot),
            Verdict::Hold => self.give_back(first, |_| true),
        }
    }

    fn give_back(&mut self, first: usize, which: impl Fn(&ItemTake) -> bool) {
        give_back(&mut self.out.taken, &mut self.scratch.inputs, first, which);
    }
}

/// What came of a rule's selectors that can run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// They select.
    All,
    /// They do not.
    None,
    /// They do not, since the balance of a lot is short.
    Short,
}

fn give_back(
    taken: &mut Vec<ItemTake>,
    inputs: &mut Inputs,
    first: usize,
    which: impl Fn(&ItemTake) -> bool,
) {
    let mut at = 0;
    taken.retain(|taken| {
        at += 1;
        let goes = at > first && which(taken);
        if goes {
            inputs.count(taken.take.key, -taken.take.units);
        }
        !goes
    });
}

impl Outcome {
    /// An item that would have been released is not: its material is not written off.
    pub(super) fn keep_material(&mut self, item: usize) {
        let lot = |taken: &ItemTake| taken.item == item && taken.kind == StockKind::Lot;
        self.taken.retain(|taken| !lot(taken));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_the_calendar() {
        let of = |every, day| period(every, Day::parse(day).unwrap());
        let same = |every, one, other| of(every, one) == of(every, other);
        assert!(same(Every::Month, "2013-02-01", "2013-02-28"));
        assert!(!same(Every::Month, "2013-02-28", "2013-03-01"));
        assert!(!same(Every::Month, "2013-02-01", "2014-02-01"));
        assert!(same(Every::Quarter, "2013-01-01", "2013-03-31"));
        assert!(!same(Every::Quarter, "2013-03-31", "2013-04-01"));
        assert!(same(Every::Year, "2013-01-01", "2013-12-31"));
        assert!(!same(Every::Year, "2013-12-31", "2014-01-01"));
        assert!(same(Every::Days(7), "1970-01-01", "1970-01-07"));
        assert!(!same(Every::Days(7), "1970-01-07", "1970-01-08"));
        assert!(!same(Every::Days(7), "1969-12-31", "1970-01-01"));
    }

    #[test]
    fn a_period_ends_with_the_first_day_that_lies_in_another() {
        let every = [
            Every::Month,
            Every::Quarter,
            Every::Year,
            Every::Days(1),
            Every::Days(7),
            Every::Days(45),
        ];
        for number in [-400, -365, -1, 0, 1, 6, 7, 30, 31, 58, 59, 364, 365, 16_000] {
            let day = Day::from_number(number);
            for every in every {
                let end = period_end(every, day);
                let last = Day::from_number(end.number() - 1);
                assert!(day < end, "{every} {day}");
                assert_eq!(period(every, last), period(every, day), "{every} {day}");
                assert_ne!(period(every, end), period(every, day), "{every} {day}");
            }
        }
    }
}
