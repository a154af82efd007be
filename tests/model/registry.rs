//! Tables of the registry, row by row: who has which class, who is on the black list, which goods are watched, and
//! what cases there are.

use super::cases::{Cases, Cause};
use super::persons::{Gifts, STATES, WITH_FILE};
use super::step::{Day, Event, What};
use super::traces::Traces;
use super::verdict::{Form, Standing};

/// The parties that are known.
pub(crate) const PARTIES: [&str; 3] = ["T1", "T2", "T3"];
/// Who declares and is not known.
pub(crate) const STRANGER: &str = "T9";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// What there is one of on a day: the party, or the alert.
    pub(crate) key: &'static str,
    /// The class, the alert's level, what was assessed in which period, or the state of a membership.
    pub(crate) level: u8,
    /// Whose goods; of alerts alone, anyone's where there is none.
    party: Option<&'static str>,
    pub(crate) from: Day,
    /// The first day after, if it ends.
    pub(crate) to: Option<Day>,
    /// Whether it follows from a finding, and says so.
    pub(crate) found: bool,
}

impl Row {
    /// What somebody says of something.
    fn said(key: &'static str, level: u8, (from, to): (Day, Option<Day>)) -> Self {
        Self {
            key,
            level,
            party: None,
            from,
            to,
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
    members: Vec<Row>,
    alerts: Vec<Row>,
    /// What rules gave.
    pub(crate) gifts: Gifts,
    pub(crate) cases: Cases,
    pub(crate) traces: Traces,
}

impl Registry {
    /// What is known of a party on a day.
    pub(crate) fn standing(&self, party: &str, day: Day) -> Standing {
        let mine = |rows: &[Row]| {
            let mut rows = rows.iter();
            let row = rows.find(|row| row.key == party && row.holds(day));
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
            accountable: self.cases.of(party, day),
        }
    }

    /// Carries out what an event says of it.
    pub(crate) fn change(&mut self, form: Form, event: &Event) -> Result<(), Wrong> {
        let today = form.day(event.at);
        match &event.what {
            What::Class {
                party,
                class,
                from,
                to,
            } => {
                let from = from.unwrap_or(today);
                self.gifts.end(party, from);
                follow(&mut self.classes, Row::said(party, *class, (from, *to)))
            }
            What::Entered { party, from, to } => {
                let days = (from.unwrap_or(today), *to);
                follow(&mut self.black, Row::said(party, 0, days))
            }
            What::Assessed {
                party,
                sound,
                period,
                from,
            } => {
                let days = (from.unwrap_or(today), None);
                let level = period * 2 + u8::from(*sound);
                follow(&mut self.credits, Row::said(party, level, days))
            }
            What::Member { party, state } => {
                if STATES[*state] == "announced" && *party != WITH_FILE {
                    return Err(Wrong);
                }
                let days = (today, None);
                follow(&mut self.members, Row::said(party, *state as u8, days))
            }
            What::Raised {
                alert,
                level,
                party,
                from,
                to,
            } => {
                let row = Row {
                    key: alert,
                    level: *level,
                    party: *party,
                    from: from.unwrap_or(today),
                    to: *to,
                    found: false,
                };
                if self.alerts.contains(&row) {
                    return Err(Wrong);
                }
                self.alerts.retain(|other| other.key != *alert);
                self.alerts.push(row);
                Ok(())
            }
            What::Left { party, to } => end(&mut self.black, party, to.unwrap_or(today)),
            What::Lifted { alert, to } => end(&mut self.alerts, alert, to.unwrap_or(today)),
            _ => self.account(form, event, today),
        }
    }

    fn account(&mut self, form: Form, event: &Event, today: Day) -> Result<(), Wrong> {
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
                    punish(&mut self.classes, party, 4, today);
                    punish(&mut self.black, party, 0, today);
                }
                Ok(())
            }
            What::CaseClosed(case) => {
                self.cases.close(case, today)?;
                self.traces.end(case, today);
                Ok(())
            }
            _ => Err(Wrong),
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
            key: party,
            level: *class,
            party: None,
            from: *from,
            to: None,
            found: false,
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
fn punish(rows: &mut Vec<Row>, party: &'static str, level: u8, today: Day) {
    rows.retain(|row| row.key != party || row.from < today);
    for row in rows.iter_mut().filter(|row| row.key == party) {
        if row.holds(today) {
            row.to = Some(today);
        }
    }
    rows.push(Row {
        key: party,
        level,
        party: None,
        from: today,
        to: None,
        found: true,
    });
}

/// A row comes; those of its key that began before it end on its first day.
fn follow(rows: &mut Vec<Row>, row: Row) -> Result<(), Wrong> {
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
fn end(rows: &mut [Row], key: &str, to: Day) -> Result<(), Wrong> {
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
