//! Rules about persons, told plainly: the first that speaks of a party on a day gives its class, beside the words of
//! officers and over them, until an officer says otherwise; and who is let into the zone.

use std::collections::BTreeSet;

use super::registry::{PARTIES, Registry, Row};
use super::step::Day;

/// Who keeps a quality file.
pub(crate) const WITH_FILE: &str = PARTIES[0];
/// What management is assessed at: poor, and sound.
pub(crate) const MANAGEMENT: [u8; 2] = [10, 90];

/// A class that a rule gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    party: &'static str,
    class: u8,
    why: Why,
    /// The day of the event, and the authority where there is one.
    since: Day,
    by: Option<&'static str>,
    from: Day,
    /// The first day after; the last day there is where it has no end.
    to: Day,
}

impl Given {
    fn holds(&self, day: Day) -> bool {
        self.from <= day && day < self.to
    }
}

/// Which rule speaks, with the period that it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Black,
    Poor(u8),
    Sound(u8),
}

/// All that rules gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Gifts(pub(super) Vec<Given>);

impl Gifts {
    pub(crate) fn class(&self, party: &str, day: Day) -> Option<u8> {
        let mut given = self.0.iter();
        let given = given.find(|given| given.party == party && given.holds(day));
        given.map(|given| given.class)
    }

    /// An officer speaks of a class from a day on: what was given ends.
    pub(crate) fn end(&mut self, party: &str, from: Day) {
        for given in self.0.iter_mut().filter(|given| given.party == party) {
            if given.from < from && given.to > from {
                given.to = from;
            }
        }
    }

    /// Whether two classes are given for a day.
    pub(crate) fn overlap(&self) -> bool {
        let pairs = self.0.iter().enumerate();
        let mut pairs = pairs
            .flat_map(|(at, given)| self.0.iter().skip(at + 1).map(move |other| (given, other)));
        pairs.any(|(given, other)| {
            given.party == other.party && given.from < other.to && other.from < given.to
        })
    }

    /// Nothing that was given begins any more.
    pub(crate) fn drop_from(&mut self, party: &str, day: Day) {
        self.0
            .retain(|given| given.party != party || given.from < day);
        self.end(party, day);
    }
}

fn speaks(registry: &Registry, party: &str, day: Day) -> [Option<Why>; 3] {
    let black = registry.black.iter();
    let mut black = black.filter(|row| row.key.0 == party && row.holds(day));
    let credit = registry.credits.iter();
    let mut credit = credit.filter(|row| row.key.0 == party && row.holds(day));
    let (sound, period) = match credit.next() {
        Some(row) => (Some(row.level % 2 == 1), row.level / 2),
        None => (None, 0),
    };
    [
        black.next().map(|_| Why::Black),
        (sound == Some(false)).then_some(Why::Poor(period)),
        (sound == Some(true)).then_some(Why::Sound(period)),
    ]
}

fn answer(registry: &Registry, party: &str, day: Day) -> Option<Why> {
    speaks(registry, party, day).into_iter().flatten().next()
}

const fn class(why: Why) -> u8 {
    match why {
        Why::Black | Why::Poor(_) => 4,
        Why::Sound(_) => 1,
    }
}

impl Registry {
    /// What rules give after an event of a day, by an authority, that has made this of what was there before.
    pub(crate) fn give(&mut self, before: &Self, act: (Day, Option<&'static str>)) {
        for party in PARTIES {
            self.give_to(party, before, act);
        }
    }

    fn give_to(&mut self, party: &'static str, before: &Self, act: (Day, Option<&'static str>)) {
        let (today, _) = act;
        let (theirs, others): (Vec<Given>, Vec<Given>) = self
            .gifts
            .0
            .drain(..)
            .partition(|given| given.party == party);
        let past = theirs.iter().filter(|given| given.from < today);
        let mut now: Vec<Given> = past
            .map(|given| Given {
                to: given.to.min(today),
                ..given.clone()
            })
            .collect();
        now.sort_by_key(|given| given.from);
        let starts = self.starts(before, &theirs, party, today);
        for (at, start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(Day::MAX);
            let there = theirs.iter().find(|given| given.holds(*start));
            let Some(given) = self.gift(party, before, *start, act, there) else {
                continue;
            };
            let given = Given {
                from: *start,
                to: end,
                ..given
            };
            match now.last_mut() {
                Some(last) if last.to == *start && same(last, &given) => last.to = end,
                _ => now.push(given),
            }
        }
        self.gifts.0 = others.into_iter().chain(now).collect();
    }

    /// What is given on a day, `there` being what was given.
    fn gift(
        &self,
        party: &'static str,
        before: &Self,
        day: Day,
        (today, by): (Day, Option<&'static str>),
        there: Option<&Given>,
    ) -> Option<Given> {
        let words = |registry: &Self| {
            let own = registry.classes.iter().filter(|row| row.key.0 == party);
            own.map(|row| (row.level, row.from, row.told, row.found))
                .collect::<Vec<_>>()
        };
        let word = self
            .classes
            .iter()
            .find(|row| row.key.0 == party && row.holds(day));
        // What an officer says now stands.
        if word.is_some_and(|word| {
            !words(before).contains(&(word.level, word.from, word.told, word.found))
        }) {
            return None;
        }
        let (was, is) = (answer(before, party, day), answer(self, party, day));
        if was == is {
            return there.cloned();
        }
        let why = is?;
        if let Some(there) = there.filter(|there| there.why == why) {
            return Some(there.clone());
        }
        // Whoever spoke while the rule spoke knew of it; and nobody is told twice.
        let knew = |word: &Row| {
            let days = self.starts(before, &[], party, word.from).into_iter();
            let mut days = days.take_while(|between| *between < day);
            word.from < today && days.all(|day| speaks(self, party, day).contains(&Some(why)))
        };
        let said = |word: &Row| why == Why::Black && word.level == 4;
        if word.is_some_and(|word| knew(word) || said(word)) {
            return None;
        }
        Some(Given {
            party,
            class: class(why),
            why,
            since: today,
            by,
            from: day,
            to: day,
        })
    }

    /// Days from today on between which nothing changes.
    fn starts(&self, before: &Self, given: &[Given], party: &str, today: Day) -> Vec<Day> {
        let mut days = BTreeSet::from([today]);
        for registry in [self, before] {
            for rows in [&registry.classes, &registry.black, &registry.credits] {
                for row in rows.iter().filter(|row| row.key.0 == party) {
                    days.extend([Some(row.from), row.to].into_iter().flatten());
                }
            }
        }
        let before = before.gifts.0.iter().filter(|given| given.party == party);
        days.extend(before.chain(given).flat_map(|given| [given.from, given.to]));
        days.retain(|day| *day >= today && *day < Day::MAX);
        days.into_iter().collect()
    }
}

fn same(one: &Given, other: &Given) -> bool {
    (one.class, one.why, one.since, one.by) == (other.class, other.why, other.since, other.by)
}
