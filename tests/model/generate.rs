//! Random steps, made to fit what the state machine knows: most could happen, some could not.

use super::life::{Life, Status};
use super::machine::Machine;
use super::persons::WITH_FILE;
use super::policies::Ask;
use super::random::Random;
use super::registry::{AUTHORITIES, PARTIES, STATES, STRANGER};
use super::selection::OFFICE;
use super::step::{Day, Declared, Event, Item, LONG, Lane, Micros, OFFICER, Step, What};
use super::verdict::{Form, Verdict, day_of};

const SECOND: Micros = 1_000_000;
const HOUR: Micros = 3_600 * SECOND;
const DAY: Micros = 24 * HOUR;

/// One history: its declarations, and how many steps are left of it.
#[derive(Debug)]
pub(crate) struct Story {
    ids: Vec<String>,
    pub(crate) left: usize,
}

/// Whoever makes the steps up.
pub(crate) struct Author {
    pub(crate) random: Random,
    stories: usize,
    events: usize,
    /// What was sent, for it to be sent again.
    sent: Vec<Step>,
    /// Whether services are stopped and started again.
    restarts: bool,
}

impl Author {
    pub(crate) fn new(seed: u64, restarts: bool) -> Self {
        Self {
            random: Random::new(seed),
            stories: 0,
            events: 0,
            sent: Vec::new(),
            restarts,
        }
    }

    /// Another history, of 8 to 25 steps upon one to three declarations of its own.
    pub(crate) fn story(&mut self) -> Story {
        self.stories += 1;
        let count = 1 + self.random.below(3);
        Story {
            ids: (1..=count)
                .map(|no| format!("D{}-{no}", self.stories))
                .collect(),
            left: 8 + self.random.below(18),
        }
    }

    /// The next step of a history.
    pub(crate) fn step(&mut self, story: &Story, machine: &Machine, now: Micros) -> Step {
        match self.random.below(200) {
            0..=7 => self.together(story, machine, now),
            8..=10 if self.restarts => Step::Restart {
                sealed: self.random.one_in(10),
                form: self
                    .random
                    .of(&[None, Some(machine.form), Some(Form::A), Some(Form::B)]),
            },
            11..=14 => Step::Leap {
                looks: self.random.within(1, 6),
                micros: self.random.of(&[HOUR, 7 * HOUR, DAY, 3 * DAY]),
                times: self.random.of(&[1, 1, 1, 3, 12]),
            },
            15..=17 => Step::Wait(-self.random.of(&[SECOND, HOUR, 30 * HOUR])),
            18..=23 => Step::Policy(match self.random.below(5) {
                0..=1 => Ask::Put(self.random.of(&[Form::A, Form::B])),
                2..=3 => Ask::Promote(self.random.of(&[Form::A, Form::B])),
                _ => Ask::RollBack,
            }),
            _ => self.single(story, machine, now),
        }
    }

    /// Two to four at once.
    fn together(&mut self, story: &Story, machine: &Machine, now: Micros) -> Step {
        let several = 2 + self.random.below(3);
        let mut all: Vec<Vec<Step>> = Vec::new();
        for _ in 0..several {
            let count = 1 + self.random.below(4);
            let steps = (0..count).map(|_| match self.single(story, machine, now) {
                Step::Wait(micros) => Step::Wait(micros.min(2 * DAY)),
                step => step,
            });
            all.push(steps.collect());
        }
        // The same from several at once.
        if self.random.one_in(2) {
            let copied = all[0].clone();
            all[1].splice(..0, copied);
        }
        Step::Together(all)
    }

    fn single(&mut self, story: &Story, machine: &Machine, now: Micros) -> Step {
        let id = self.random.of(&story.ids);
        let life = machine.lives.get(&id);
        let step = match (self.random.below(100), life) {
            (0..=9, _) => return self.wait(),
            (10..=13, _) => return Step::ExpireHolds,
            (14..=15, _) => return Step::Redecide,
            (16..=17, _) => return Step::TurnDay,
            (18..=23, _) if !self.sent.is_empty() => {
                let at = self.sent.len().saturating_sub(1 + self.random.below(12));
                return self.again(at);
            }
            (24..=31, _) => Step::Event(self.of_registry(machine, now)),
            (33..=37, _) => {
                let today = day_of(now);
                let what = machine.registry.cases.next(&mut self.random, today);
                Step::Event(self.event(what, now))
            }
            (32, _) => Step::Import(self.classes(now)),
            (_, None) => match self.random.one_in(12) {
                true => self.upon(&id, None, now),
                false => self.first(&id, now),
            },
            (38..=58, Some(life)) => self.amendment(&id, life, now),
            (_, Some(life)) => self.upon(&id, Some(life), now),
        };
        if matches!(step, Step::Declare { .. } | Step::Event(_)) {
            self.sent.push(step.clone());
        }
        step
    }

    /// What was sent is sent again, by anyone, written in either way.
    fn again(&mut self, at: usize) -> Step {
        match self.sent[at].clone() {
            Step::Declare { declared, .. } => Step::Declare {
                declared,
                otherwise: self.random.one_in(2),
                officer: self.random.one_in(2),
            },
            step => step,
        }
    }

    fn wait(&mut self) -> Step {
        let most = self
            .random
            .of(&[1, SECOND, HOUR, HOUR, HOUR, 9 * HOUR, 4 * DAY]);
        // Long enough for what is closed to be old: rarely, since it ages all that share the folder.
        match self.random.one_in(80) {
            true => Step::Wait(LONG),
            false => Step::Wait(self.random.within(1, most)),
        }
    }

    // ----- declarations -----

    fn first(&mut self, id: &str, now: Micros) -> Step {
        let age = match self.random.below(24) {
            // At the edges of what is taken.
            0 => Form::oldest(),
            1 => Form::oldest() + 1,
            2 => 0,
            3 => -1,
            4 => -self.random.within(1, DAY),
            5 => self.random.within(5 * DAY, 9 * DAY),
            _ => self.random.within(1, 4 * DAY),
        };
        let count = 1 + self.random.below(3) as u16;
        let declared = Declared {
            id: id.to_owned(),
            version: self.random.of(&[1, 1, 1, 2, 7]),
            declared_at: now - age,
            trader: self
                .random
                .of(&[PARTIES[0], PARTIES[1], PARTIES[2], STRANGER]),
            office: self.random.of(&[None, OFFICE]),
            items: (1..=count).map(|no| self.item(no)).collect(),
        };
        self.declare(declared)
    }

    fn declare(&mut self, declared: Declared) -> Step {
        Step::Declare {
            declared,
            otherwise: self.random.one_in(2),
            officer: self.random.one_in(3),
        }
    }

    fn item(&mut self, no: u16) -> Item {
        let lane = match self.random.below(10) {
            0..=2 => Lane::Green,
            3 => Lane::Drawn,
            4 => Lane::Papers,
            _ => self.random.of(&Lane::ALL),
        };
        Item {
            no,
            lane,
            value: self.random.of(&[10, 20, 20, 499, 500, 999, 1_000, 5_000]),
            documents: self
                .random
                .of(&[vec![], vec![], vec!["licence"], vec!["invoice"]]),
            lots: match lane {
                Lane::Fur => self.random.of(&[
                    vec![],
                    vec![("L1", 1)],
                    vec![("L1", 2), ("L2", 1)],
                    vec![("L1", 3), ("L1", 1)],
                    vec![("L2", 2)],
                    vec![("L3", 4)],
                    vec![("L3", 1)],
                    vec![("L1", 1), ("L3", 1)],
                    vec![("L9", 1)],
                    vec![("L1", 25)],
                ]),
                _ => Vec::new(),
            },
            products: self.random.of(&[
                vec![],
                vec![],
                vec![],
                vec!["P-1"],
                vec!["P-2"],
                vec!["P-3"],
                vec!["P-4", "P-9"],
            ]),
        }
    }

    /// Another version, or what is taken for one.
    fn amendment(&mut self, id: &str, life: &Life, now: Micros) -> Step {
        let latest = life.versions[&life.version].declared.clone();
        let mut declared = Declared {
            id: id.to_owned(),
            ..latest
        };
        match self.random.below(12) {
            // The same version with another content.
            0 => {}
            // Any version up to the latest and a little more.
            1 | 2 => declared.version = self.random.within(1, i64::from(life.version) + 1) as u32,
            3 => declared.version += 2 + self.random.below(3) as u32,
            // After all that was known.
            4 => {
                declared.version += 1;
                declared.declared_at = now + self.random.within(-DAY, HOUR);
            }
            _ => declared.version += 1,
        }
        if self.random.one_in(3) {
            declared.items = declared
                .items
                .iter()
                .map(|item| self.item(item.no))
                .collect();
        }
        if self.random.one_in(3) {
            declared.items[0].lane = Lane::Green;
        }
        if self.random.one_in(4) && declared.items.len() > 1 {
            let gone = self.random.below(declared.items.len());
            declared.items.remove(gone);
        }
        if self.random.one_in(8) {
            declared.items.push(self.item(9));
            declared.items.dedup_by_key(|item| item.no);
        }
        if self.random.one_in(10) {
            declared.trader = self.random.of(&PARTIES);
        }
        self.declare(declared)
    }

    // ----- acts upon declarations -----

    fn upon(&mut self, id: &str, life: Option<&Life>, now: Micros) -> Step {
        let id = id.to_owned();
        let selected = life.is_some_and(|life| life.status == Status::Selected);
        let what = match self.random.below(if selected { 30 } else { 20 }) {
            0..=2 => {
                return Step::Cancel {
                    id,
                    officer: self.random.one_in(3),
                };
            }
            3..=8 => {
                return Step::Override {
                    id,
                    verdict: self
                        .random
                        .of(&[Verdict::Release, Verdict::Sample, Verdict::Hold]),
                    confirmed_by: self.random.of(&[
                        None,
                        Some("officer-2"),
                        Some("officer-2"),
                        Some(OFFICER),
                    ]),
                    document: !self.random.one_in(6),
                };
            }
            9 | 10 => What::Released(id),
            11 => What::Rejected(id),
            12..=15 => What::Documents {
                id,
                item: self.random.of(&[1, 1, 1, 2, 3]),
                kind: self.random.of(&["licence", "licence", "invoice"]),
            },
            _ => self.inspection(id, life),
        };
        Step::Event(self.event(what, now))
    }

    fn inspection(&mut self, id: String, life: Option<&Life>) -> What {
        let items = life.and_then(|life| life.open.as_ref());
        let items = items.map(|(_, items)| items.as_slice()).unwrap_or_default();
        let item = match items.is_empty() || self.random.one_in(10) {
            true => self.random.of(&[1, 2, 3, 9]),
            false => self.random.of(items).0.item,
        };
        let version = life.map_or(1, |life| life.version);
        What::Inspected {
            id,
            version: match self.random.one_in(12) {
                true => version.saturating_sub(1).max(1),
                false => version,
            },
            item,
            passed: !self.random.one_in(4),
            raw: self.random.one_in(4),
        }
    }

    fn event(&mut self, what: What, now: Micros) -> Event {
        self.events += 1;
        // Sometimes under an id that has been used.
        let used = self.random.one_in(20) && self.events > 8;
        let no = if used {
            self.events - self.random.below(8)
        } else {
            self.events
        };
        Event {
            id: match self.random.one_in(60) {
                true => format!("hold_expired/{}", self.random.below(120)),
                false => format!("E{no}"),
            },
            at: now - self.random.of(&[0, 0, HOUR, DAY]),
            what,
        }
    }

    // ----- the registry -----

    fn of_registry(&mut self, machine: &Machine, now: Micros) -> Event {
        let today = day_of(now);
        let ahead = self.random.of(&[0, 0, 0, 1, 2]);
        let from = self
            .random
            .of(&[None, Some(today + ahead), Some(today + ahead)]);
        let first = from.unwrap_or(today);
        let to = match self.random.one_in(3) {
            true => Some(first.max(today) + 2 + self.random.below(3) as i32),
            false => None,
        };
        let party = self.random.of(&PARTIES);
        let what = match self.random.below(64) {
            0..=5 => What::Class {
                party,
                class: self.random.of(&[1, 2, 3, 4, 4]),
                from,
                to,
            },
            6..=8 => What::Entered {
                party,
                by: self.random.of(&AUTHORITIES),
                from,
                to,
            },
            9..=11 => What::Left {
                party,
                by: self.random.of(&AUTHORITIES),
                to: self.random.of(&[None, Some(today), Some(today + 1)]),
            },
            12..=14 => What::Raised {
                alert: self.random.of(&["A1", "A2", "A3"]),
                level: self.random.of(&[1, 2, 3]),
                party: self.random.of(&[None, Some(party)]),
                from,
                to,
            },
            15..=17 => What::Lifted {
                alert: self.random.of(&["A1", "A2", "A3"]),
                to: self.random.of(&[None, Some(today), Some(today + 1)]),
            },
            18 | 19 => What::Nonsense(self.random.below(6)),
            20..=22 => self.of_zone(machine, today, from),
            23..=28 => self.of_member(machine, today, (party, from)),
            29..=31 => What::Assessed {
                party,
                sound: self.random.one_in(2),
                period: self.random.below(4) as u8,
                from,
            },
            32..=37 => What::Voided(format!(
                "E{}",
                self.events.saturating_sub(self.random.below(24))
            )),
            _ => self.of_papers(party, today, (from, to)),
        };
        self.event(what, now)
    }

    /// Of what a party holds, and of its raw material.
    fn of_papers(
        &mut self,
        party: &'static str,
        today: Day,
        (from, to): (Option<Day>, Option<Day>),
    ) -> What {
        // Mostly of one party, so that what is granted and ended meets.
        let party = self.random.of(&[PARTIES[0], PARTIES[0], party]);
        let certificate = self.random.one_in(2);
        let ends = self.random.of(&[None, Some(today), Some(today + 1)]);
        match self.random.below(12) {
            0..=2 => What::Granted {
                certificate,
                party,
                from,
                to,
            },
            3..=4 => What::Withdrawn {
                certificate,
                party,
                to: ends,
            },
            5..=7 => What::Registered {
                party,
                full: self.random.one_in(2),
                from,
                to,
            },
            8 => What::Unregistered { party, to: ends },
            _ => What::Tested {
                party,
                passed: !self.random.one_in(3),
                on: today - self.random.of(&[0, 0, 1, 2, 5]),
            },
        }
    }

    fn of_zone(&mut self, machine: &Machine, today: Day, from: Option<Day>) -> What {
        let level = self.random.below(2) as u8;
        let to = self.random.of(&[None, Some(today), Some(today + 1)]);
        match (machine.registry.stands(today), self.random.below(12)) {
            (true, 0 | 1) | (false, 0) => What::Revoked { to },
            (true, 2..=9) | (false, 1) => What::Levelled { level, from },
            _ => What::Designated { level, from },
        }
    }

    /// Mostly the state that follows.
    fn of_member(
        &mut self,
        machine: &Machine,
        today: Day,
        (party, from): (&'static str, Option<Day>),
    ) -> What {
        // Who is let in by nobody's mistake is told from anybody where one applies who may not be.
        let mut applied = PARTIES
            .into_iter()
            .filter(|party| *party != WITH_FILE && machine.registry.state(party, today) == Some(0));
        let party = applied
            .next()
            .filter(|_| self.random.one_in(2))
            .unwrap_or(party);
        let known = machine.registry.state(party, today);
        let state = match (known, self.random.below(8)) {
            (_, 0) => self.random.below(STATES.len()) as u8,
            (Some(known), 1..=6) => (known + 1) % STATES.len() as u8,
            (Some(_), _) => STATES.len() as u8 - 1,
            (None, _) => 0,
        };
        What::Member { party, state, from }
    }

    fn classes(&mut self, now: Micros) -> Vec<(&'static str, u8, i32)> {
        let today = day_of(now);
        let mut classes = Vec::new();
        for party in PARTIES {
            if !self.random.one_in(3) {
                let class = self.random.of(&[1, 4]);
                classes.push((party, class, today + self.random.of(&[-1, 0, 1])));
            }
        }
        classes
    }
}
