//! What parties hold, told plainly: titles, certificates and registrations, each granted once and ended once, and how
//! their raw material is monitored, by tests of lots and by inspections.

use super::past::Past;
use super::registry::{PARTIES, Registry, Row, Wrong, end, follow};
use super::step::{Day, Event, Item, Lane, What};
use super::verdict::{Form, Mode, Verdict};

/// A test of a lot of raw material; each lot is tested once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tested {
    lot: String,
    party: &'static str,
    on: Day,
    passed: bool,
}

/// How the raw material of a party is monitored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Material {
    Never,
    Current,
    Due,
    Failed,
}

/// What a party holds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Papers {
    title: bool,
    certificate: bool,
    /// Whether its registration is a full one, where there is one.
    registration: Option<bool>,
    material: Material,
}

impl Papers {
    /// With how its raw material is monitored.
    pub(crate) const fn with(self, material: Material) -> Self {
        Self { material, ..self }
    }
}

/// Ways in which this is broken for the test of flaws.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Broken {
    pub(crate) granted_twice: bool,
    pub(crate) never_ends: bool,
    pub(crate) becomes_provisional: bool,
}

impl Registry {
    /// What a party holds on a day, as far as it is written.
    pub(crate) fn papers(&self, party: &str, day: Day) -> Papers {
        let of = |rows: &[Row]| {
            let mut rows = rows.iter();
            let row = rows.find(|row| row.key.0 == party && row.holds(day));
            row.map(|row| row.level)
        };
        Papers {
            title: of(&self.titles).is_some(),
            certificate: of(&self.certificates).is_some(),
            registration: of(&self.registrations).map(|level| level == 1),
            material: Material::Never,
        }
    }

    /// Carries out what an event says of them.
    pub(super) fn hold(&mut self, event: &Event, today: Day, broken: Broken) -> Result<(), Wrong> {
        match &event.what {
            What::Granted {
                certificate,
                party,
                from,
                to,
            } => {
                let row = Row::new((party, ""), 0, from.unwrap_or(today), *to);
                let rows = self.papers_of(*certificate);
                let mut others = rows.iter().filter(|other| other.key == row.key);
                if others.any(|other| other.holds(row.from)) && !broken.granted_twice {
                    return Err(Wrong);
                }
                follow(rows, row)
            }
            What::Withdrawn {
                certificate,
                party,
                to,
            } => {
                let rows = self.papers_of(*certificate);
                let before = rows.clone();
                end(rows, (party, ""), to.unwrap_or(today))?;
                if broken.never_ends && *certificate {
                    *rows = before;
                }
                Ok(())
            }
            What::Registered {
                party,
                full,
                from,
                to,
            } => {
                let row = Row::new((party, ""), u8::from(*full), from.unwrap_or(today), *to);
                let mut others = self.registrations.iter();
                let known = others.find(|other| other.key == row.key && other.holds(row.from));
                let refused = known.is_some_and(|known| {
                    let falls = known.level > row.level && !broken.becomes_provisional;
                    falls || (known.level, known.to) == (row.level, row.to)
                });
                match refused {
                    true => Err(Wrong),
                    false => follow(&mut self.registrations, row),
                }
            }
            What::Unregistered { party, to } => {
                let to = to.unwrap_or(today);
                end(&mut self.registrations, (party, ""), to)
            }
            What::Tested { party, passed, on } => {
                self.tests.push(Tested {
                    lot: event.lot(),
                    party,
                    on: *on,
                    passed: *passed,
                });
                Ok(())
            }
            _ => Err(Wrong),
        }
    }

    fn papers_of(&mut self, certificate: bool) -> &mut Vec<Row> {
        match certificate {
            true => &mut self.certificates,
            false => &mut self.titles,
        }
    }

    /// Every title of a party ends on a day, and none begins later.
    pub(super) fn take_titles(&mut self, party: &str, today: Day) {
        self.titles
            .retain(|row| row.key.0 != party || row.from < today);
        let mut own = self.titles.iter_mut();
        if let Some(row) = own.find(|row| row.key.0 == party && row.holds(today)) {
            row.to = Some(today);
        }
    }

    /// How a party's raw material is monitored on a day: by the latest test or inspection, of one day the one that failed.
    /// It counts on so many days.
    pub(crate) fn material(&self, past: &Past, party: &str, day: Day, counts: Day) -> Material {
        if !PARTIES.contains(&party) {
            return Material::Never;
        }
        let lots = self.tests.iter().filter(|test| test.party == party);
        let lots = lots.map(|test| (test.on, !test.passed));
        let inspections = past.0.iter().filter(|happened| happened.party == party);
        let inspections = inspections.filter_map(|happened| match happened.what {
            "material passed" => Some((happened.day, false)),
            "material failed" => Some((happened.day, true)),
            _ => None,
        });
        let all = lots.chain(inspections).filter(|(on, _)| *on <= day);
        match all.max() {
            None => Material::Never,
            Some((_, true)) => Material::Failed,
            Some((on, false)) if day < on + counts => Material::Current,
            Some(_) => Material::Due,
        }
    }
}

impl Form {
    /// For how many days a test of raw material counts.
    pub(crate) const fn material_days(self) -> Day {
        match self {
            Self::A => 3,
            Self::B => 2,
        }
    }
}

/// What the book of the papers says of an item.
pub(super) fn says(item: &Item, papers: Papers) -> Option<(Verdict, Option<Mode>)> {
    if item.lane != Lane::Papers {
        return None;
    }
    let sample = |mode| Some((Verdict::Sample, Some(mode)));
    match papers {
        Papers {
            material: Material::Failed,
            ..
        } => Some((Verdict::Hold, None)),
        Papers { title: true, .. } => Some((Verdict::Release, None)),
        Papers {
            material: Material::Due,
            ..
        } => sample(Mode::Laboratory),
        Papers {
            certificate: true, ..
        } => sample(Mode::Document),
        Papers {
            registration: Some(full),
            ..
        } => sample(if full { Mode::Joint } else { Mode::Physical }),
        _ => None,
    }
}
