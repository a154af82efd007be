//! Tables of the registry, row by row: who has which class, who is on the black list, which goods are watched, what
//! the zone is and who is in it, and what cases there are; and what a change did, for it to be undone.

use super::cases::{Case, Cases, Cause};
use super::papers::{Broken, Tested};
use super::persons::{Gifts, Given, WITH_FILE};
use super::step::{Day, Event, What};
use super::traces::{Trace, Traces};
use super::verdict::{Form, Standing, day_of};

/// The parties that are known.
pub(crate) const PARTIES: [&str; 3] = ["T1", "T2", "T3"];
/// Who declares and is not known.
pub(crate) const STRANGER: &str = "T9";
/// The authorities that enter on lists; the first of them does all else.
pub(crate) const AUTHORITIES: [&str; 2] = ["A", "B"];
/// The zone.
pub(crate) const ZONE: &str = "Z1";
/// The states of a membership, each after the one before.
pub(crate) const STATES: [&str; 6] = [
    "applied",
    "reviewed",
    "visited",
    "approved",
    "announced",
    "exited",
];
const REVIEWED: u8 = 1;
const ANNOUNCED: u8 = 4;
const EXITED: u8 = 5;

/// What there is one row of on a day.
pub(crate) type Key = (&'static str, &'static str);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The party, of lists with the authority; the alert; the zone.
    pub(crate) key: Key,
    /// The class, the alert's level, the zone's, what was assessed in which period, or the state of a membership.
    pub(crate) level: u8,
    /// Whose goods; of alerts alone, anyone's where there is none.
    party: Option<&'static str>,
    pub(crate) from: Day,
    /// The first day after, if it ends.
    pub(crate) to: Option<Day>,
    /// Whether an event brought it, and not a file.
    pub(crate) told: bool,
    /// Whether it follows from a finding, and says so.
    pub(crate) found: bool,
}

impl Row {
    pub(super) fn new(key: Key, level: u8, from: Day, to: Option<Day>) -> Self {
        Self {
            key,
            level,
            party: None,
            from,
            to,
            told: true,
            found: false,
        }
    }

    pub(crate) fn holds(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    fn shares_a_day(&self, other: &Self) -> bool {
        self.from < other.to.unwrap_or(Day::MAX) && other.from < self.to.unwrap_or(Day::MAX)
    }
}

/// Why a change cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Registry {
    pub(crate) classes: Vec<Row>,
    pub(crate) black: Vec<Row>,
    pub(crate) credits: Vec<Row>,
    alerts: Vec<Row>,
    zones: Vec<Row>,
    members: Vec<Row>,
    pub(super) titles: Vec<Row>,
    pub(super) certificates: Vec<Row>,
    pub(super) registrations: Vec<Row>,
    /// Tests of lots of raw material.
    pub(super) tests: Vec<Tested>,
    /// What rules gave.
    pub(crate) gifts: Gifts,
    pub(crate) cases: Cases,
    pub(crate) traces: Traces,
}

/// Rows that went and that came.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Diff<T> {
    gone: Vec<T>,
    come: Vec<T>,
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Did {
    rows: Vec<Diff<Row>>,
    tests: Diff<Tested>,
    gifts: Diff<Given>,
    cases: Diff<Case>,
    traces: Diff<Trace>,
}

impl<T: Clone + PartialEq> Diff<T> {
    fn between(before: &[T], after: &[T]) -> Self {
        let only = |rows: &[T], others: &[T]| {
            let rows = rows.iter().filter(|row| !others.contains(row));
            rows.cloned().collect()
        };
        Self {
            gone: only(before, after),
            come: only(after, before),
        }
    }

    fn undo(&self, rows: &mut Vec<T>) -> Result<(), Wrong> {
        for row in &self.come {
            let at = rows.iter().position(|known| known == row).ok_or(Wrong)?;
            rows.remove(at);
        }
        rows.extend(self.gone.iter().cloned());
        Ok(())
    }
}

impl Registry {
    /// What is known of a party on a day.
    pub(crate) fn standing(&self, party: &str, day: Day) -> Standing {
        let mine = |rows: &[Row]| {
            let mut rows = rows.iter();
            let row = rows.find(|row| row.key.0 == party && row.holds(day));
            row.map(|row| row.level)
        };
        let alerts = self.alerts.iter().filter(|row| row.holds(day));
        let alerts = alerts.filter(|row| row.party.is_none_or(|named| named == party));
        Standing {
            black: mine(&self.black).is_some(),
            class: (self.gifts.class(party, day))
                .or_else(|| mine(&self.classes))
                .unwrap_or(0),
            warning: alerts.map(|row| row.level).max().unwrap_or(0),
            member: self.is_member(party, day),
            accountable: self.cases.of(party, day),
            papers: self.papers(party, day),
        }
    }

    fn zone(&self, day: Day) -> Option<&Row> {
        self.zones.iter().find(|row| row.holds(day))
    }

    /// The state of a membership on a day; what was when a zone ended has ended with it.
    pub(crate) fn state(&self, party: &str, day: Day) -> Option<u8> {
        let mut own = self.members.iter().filter(|row| row.key.0 == party);
        let row = own.find(|row| row.holds(day))?;
        let mut stood = false;
        for day in row.from..=day {
            let stands = self.zone(day).is_some();
            if stood && !stands {
                return None;
            }
            stood |= stands;
        }
        stood.then_some(row.level)
    }

    fn is_member(&self, party: &str, day: Day) -> bool {
        self.state(party, day) == Some(ANNOUNCED)
    }

    /// Whether the zone stands on a day.
    pub(crate) fn stands(&self, day: Day) -> bool {
        self.zone(day).is_some()
    }

    /// What a change made of it.
    pub(crate) fn did(&self, before: &Self) -> Did {
        let (before_rows, rows) = (before.tables(), self.tables());
        let rows = before_rows.into_iter().zip(rows);
        Did {
            rows: rows
                .map(|(before, now)| Diff::between(before, now))
                .collect(),
            tests: Diff::between(&before.tests, &self.tests),
            gifts: Diff::between(&before.gifts.0, &self.gifts.0),
            cases: Diff::between(&before.cases.0, &self.cases.0),
            traces: Diff::between(&before.traces.all, &self.traces.all),
        }
    }

    /// Undoes what a change did, where nothing later stands in the way.
    pub(crate) fn undo(&mut self, did: &Did) -> Result<(), Wrong> {
        let tables = [
            &mut self.classes,
            &mut self.black,
            &mut self.credits,
            &mut self.alerts,
            &mut self.zones,
            &mut self.members,
            &mut self.titles,
            &mut self.certificates,
            &mut self.registrations,
        ];
        for (diff, rows) in did.rows.iter().zip(tables) {
            diff.undo(rows)?;
        }
        did.tests.undo(&mut self.tests)?;
        did.gifts.undo(&mut self.gifts.0)?;
        did.cases.undo(&mut self.cases.0)?;
        did.traces.undo(&mut self.traces.all)?;
        let overlap = |rows: &[Row]| {
            let pairs = rows.iter().enumerate();
            let mut pairs =
                pairs.flat_map(|(at, row)| rows.iter().skip(at + 1).map(move |other| (row, other)));
            pairs.any(|(row, other)| row.key == other.key && row.shares_a_day(other))
        };
        let rows = self.tables().into_iter().any(|rows| overlap(rows));
        if rows || self.gifts.overlap() || self.is_cut_off() {
            return Err(Wrong);
        }
        Ok(())
    }

    fn tables(&self) -> [&Vec<Row>; 9] {
        [
            &self.classes,
            &self.black,
            &self.credits,
            &self.alerts,
            &self.zones,
            &self.members,
            &self.titles,
            &self.certificates,
            &self.registrations,
        ]
    }

    /// Whether members are left of a zone of which nothing is.
    fn is_cut_off(&self) -> bool {
        self.zones.is_empty() && !self.members.is_empty()
    }

    /// Carries out what an event says of it. Flaws: `skips` where any state of a membership follows any other,
    /// `unguarded` where anybody becomes a member, and what is broken of what parties hold.
    pub(crate) fn change(
        &mut self,
        form: Form,
        event: &Event,
        (skips, unguarded, broken): (bool, bool, Broken),
    ) -> Result<(), Wrong> {
        let today = day_of(event.at);
        match &event.what {
            What::Class {
                party,
                class,
                from,
                to,
            } => {
                let from = from.unwrap_or(today);
                self.gifts.end(party, from);
                let row = Row::new((party, ""), *class, from, *to);
                follow(&mut self.classes, row)
            }
            What::Entered {
                party,
                by,
                from,
                to,
            } => self.blacken(Row::new((party, by), 0, from.unwrap_or(today), *to)),
            What::Assessed {
                party,
                sound,
                period,
                from,
            } => {
                let level = period * 2 + u8::from(*sound);
                let row = Row::new((party, ""), level, from.unwrap_or(today), None);
                follow(&mut self.credits, row)
            }
            What::Raised {
                alert,
                level,
                party,
                from,
                to,
            } => self.raise(Row {
                party: *party,
                ..Row::new((alert, ""), *level, from.unwrap_or(today), *to)
            }),
            What::Left { party, by, to } => end(&mut self.black, (party, by), to.unwrap_or(today)),
            What::Lifted { alert, to } => end(&mut self.alerts, (alert, ""), to.unwrap_or(today)),
            What::Designated { level, from } => {
                let from = from.unwrap_or(today);
                if self.stands(from) {
                    return Err(Wrong);
                }
                follow(&mut self.zones, Row::new((ZONE, ""), *level, from, None))
            }
            What::Levelled { level, from } => self.level(*level, from.unwrap_or(today)),
            What::Revoked { to } => self.revoke(to.unwrap_or(today)),
            What::Member { party, state, from } => {
                // No quality file, no admission.
                if *state == REVIEWED && *party != WITH_FILE && !unguarded {
                    return Err(Wrong);
                }
                self.follow_state(party, *state, from.unwrap_or(today), skips)
            }
            _ => self.account((form, broken), event, today),
        }
    }

    fn raise(&mut self, row: Row) -> Result<(), Wrong> {
        if self.alerts.contains(&row) {
            return Err(Wrong);
        }
        self.alerts.retain(|other| other.key != row.key);
        self.alerts.push(row);
        Ok(())
    }

    fn level(&mut self, level: u8, from: Day) -> Result<(), Wrong> {
        if self.zone(from).ok_or(Wrong)?.level == level {
            return Err(Wrong);
        }
        follow(&mut self.zones, Row::new((ZONE, ""), level, from, None))
    }

    fn blacken(&mut self, row: Row) -> Result<(), Wrong> {
        let mut others = self.black.iter();
        if others.any(|other| other.key == row.key && other.holds(row.from)) {
            return Err(Wrong);
        }
        follow(&mut self.black, row)
    }

    /// From a day on there is no zone, neither one that was to begin later.
    fn revoke(&mut self, to: Day) -> Result<(), Wrong> {
        if !self.stands(to) {
            return Err(Wrong);
        }
        self.zones.retain(|row| row.from < to);
        for row in self.zones.iter_mut().filter(|row| row.holds(to)) {
            row.to = Some(to);
        }
        if self.is_cut_off() {
            Err(Wrong)
        } else {
            Ok(())
        }
    }

    fn follow_state(
        &mut self,
        party: &'static str,
        state: u8,
        from: Day,
        skips: bool,
    ) -> Result<(), Wrong> {
        let own = self.members.iter().filter(|row| row.key.0 == party);
        let mut own = own.map(|row| row.from);
        if !self.stands(from) || own.any(|known| known > from) {
            return Err(Wrong);
        }
        let allowed = match self.state(party, from) {
            None | Some(EXITED) => state == 0,
            Some(known) => state == known + 1 || state == EXITED,
        };
        if !allowed && !skips {
            return Err(Wrong);
        }
        follow(
            &mut self.members,
            Row::new((party, ZONE), state, from, None),
        )
    }

    fn account(
        &mut self,
        (form, broken): (Form, Broken),
        event: &Event,
        today: Day,
    ) -> Result<(), Wrong> {
        match &event.what {
            What::Adverse {
                kind,
                party,
                heading,
                lots,
            } => {
                self.cases.open(&event.id, (kind, *party), heading, today)?;
                self.traces.open(&event.id, kind, lots, today)
            }
            What::CauseFound { case, cause, until } => {
                let party = self.cases.explain(form, case, (*cause, *until), today)?;
                if *cause == Cause::Malice {
                    self.gifts.drop_from(party, today);
                    self.take_titles(party, today);
                    punish(&mut self.classes, (party, ""), 4, today);
                    punish(&mut self.black, (party, AUTHORITIES[0]), 0, today);
                }
                Ok(())
            }
            What::CaseClosed(case) => {
                self.cases.close(case, today)?;
                self.traces.end(case, today);
                Ok(())
            }
            _ => self.hold(event, today, broken),
        }
    }

    /// Nothing follows from a finding.
    pub(crate) fn forgive(&mut self) {
        for rows in [&mut self.classes, &mut self.black] {
            rows.retain(|row| !row.found);
        }
    }

    /// These are the classes and no others; whether anything changed.
    pub(crate) fn import(&mut self, classes: &[(&'static str, u8, Day)]) -> bool {
        let rows = classes.iter().map(|(party, class, from)| Row {
            told: false,
            ..Row::new((party, ""), *class, *from, None)
        });
        let mut rows: Vec<Row> = rows.collect();
        let by_party = |row: &Row| (row.key, row.from);
        rows.sort_by_key(by_party);
        self.classes.sort_by_key(by_party);
        let changed = rows != self.classes;
        self.classes = rows;
        changed
    }
}

/// From a day on this row and no other, neither one that was to begin later.
fn punish(rows: &mut Vec<Row>, key: Key, level: u8, today: Day) {
    rows.retain(|row| row.key != key || row.from < today);
    for row in rows.iter_mut().filter(|row| row.key == key) {
        if row.holds(today) {
            row.to = Some(today);
        }
    }
    rows.push(Row {
        found: true,
        ..Row::new(key, level, today, None)
    });
}

/// A row comes; those of its key that began before it end on its first day.
pub(super) fn follow(rows: &mut Vec<Row>, row: Row) -> Result<(), Wrong> {
    if rows.contains(&row) {
        return Err(Wrong);
    }
    for other in rows.iter_mut().filter(|other| other.key == row.key) {
        if other.from < row.from && other.holds(row.from) {
            other.to = Some(row.from);
        }
    }
    let mut others = rows.iter().filter(|other| other.key == row.key);
    if others.any(|other| other.shares_a_day(&row)) {
        return Err(Wrong);
    }
    rows.push(row);
    Ok(())
}

/// The row in force on a day ends on it, unless no day would be left of it.
pub(super) fn end(rows: &mut [Row], key: Key, to: Day) -> Result<(), Wrong> {
    let mut meant = rows
        .iter_mut()
        .filter(|row| row.key == key && row.holds(to));
    match meant.next() {
        Some(row) if row.from < to => {
            row.to = Some(to);
            Ok(())
        }
        _ => Err(Wrong),
    }
}
