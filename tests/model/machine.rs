//! The state machine: what a service must say and record, step by step. It knows what design and contract say of
//! declarations, and nothing of how the service is made.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use super::cases::Cases;
use super::flaw::Flaw;
use super::life::Life;
use super::papers::Broken;
use super::past::{Happened, Past};
use super::policies::{Became, Policies};
use super::registry::{Did, Registry};
use super::selection::Selection;
use super::step::{Day, Event, Micros, Step, What};
use super::traces::Pending;
use super::verdict::{Form, Ordered, Verdict, day_of};

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Faults,
    Conflict,
    State,
    NotFound,
    /// Nothing that a test expects.
    Other,
}

/// What a step does.
#[derive(Debug, Clone)]
pub(crate) enum Judged {
    /// It is recorded.
    New(Box<Change>),
    /// It was recorded.
    Again(u64),
    /// There is nothing to do.
    Nothing,
}

/// What a record must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) act: Option<ActLine>,
    pub(crate) revision: Option<RevisionLine>,
    /// What it adds to the quality files.
    pub(crate) happened: Vec<Happened>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActLine {
    pub(crate) kind: String,
    pub(crate) by: String,
    /// The revision of the registry.
    pub(crate) revision: u64,
    /// The event that it follows, where it says so.
    pub(crate) cause: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RevisionLine {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) revision: u32,
    pub(crate) previous: u64,
    pub(crate) status: &'static str,
    pub(crate) verdict: &'static str,
    pub(crate) due: Micros,
    pub(crate) registry_revision: u64,
    pub(crate) decision_day: Day,
    pub(crate) law_day: Day,
    pub(crate) key_day: Day,
    pub(crate) by: Option<String>,
    /// Whether the engine decided.
    pub(crate) decided: bool,
    pub(crate) kept: Vec<Ordered>,
    pub(crate) ordered: Vec<Ordered>,
    pub(crate) items: Vec<(u16, &'static str)>,
}

/// What a record changes.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) line: Line,
    pub(crate) life: Option<(String, Life)>,
    pub(crate) registry: Option<Registry>,
    pub(crate) event: Option<Event>,
    /// What it did to the registry, where it can be undone.
    pub(crate) did: Option<Did>,
    pub(crate) policy: Option<Became>,
    pub(crate) today: Option<Day>,
    pub(crate) key: Option<Day>,
    pub(crate) selection: Option<Selection>,
    /// Whether the feed of changes tells of it.
    pub(crate) told: bool,
}

impl Change {
    pub(crate) fn of(line: Line) -> Self {
        Self {
            line,
            life: None,
            registry: None,
            event: None,
            did: None,
            policy: None,
            today: None,
            key: None,
            selection: None,
            told: false,
        }
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    /// The one that decides.
    pub(crate) form: Form,
    pub(crate) policies: Policies,
    pub(crate) registry: Registry,
    /// The last record and its time.
    pub(crate) sequence: u64,
    pub(crate) last_at: Micros,
    pub(crate) revision: u64,
    /// The day that turned last.
    pub(crate) today: Option<Day>,
    /// Days whose keys were committed to.
    pub(crate) keys: BTreeSet<Day>,
    /// Where the keys are.
    pub(crate) key_folder: PathBuf,
    pub(crate) lives: BTreeMap<String, Life>,
    pub(crate) events: HashMap<String, (Event, u64)>,
    /// What events did that can be undone, with what they said had happened.
    pub(crate) done: HashMap<String, (Did, Vec<Happened>)>,
    pub(crate) changes: Vec<u64>,
    pub(crate) past: Past,
    /// Events upon which declarations are still to be decided again.
    pub(crate) pending: Vec<Pending>,
    /// Whether nothing but decisions upon events was recorded since they began to be followed.
    pub(crate) calm: bool,
    pub(crate) selection: Selection,
    pub(crate) flaw: Option<Flaw>,
}

/// Who sends everything.
pub(crate) const CALLER: &str = "single-window";
/// Who acts when nobody does.
pub(crate) const OWN: &str = "greenlane";

impl Machine {
    /// Before the first record.
    pub(crate) fn new(key_folder: PathBuf, flaw: Option<Flaw>) -> Self {
        Self {
            form: Form::A,
            policies: Policies::default(),
            registry: Registry::default(),
            sequence: 0,
            last_at: Micros::MIN,
            revision: 0,
            today: None,
            keys: BTreeSet::new(),
            key_folder,
            lives: BTreeMap::new(),
            events: HashMap::new(),
            done: HashMap::new(),
            changes: Vec::new(),
            past: Past::default(),
            pending: Vec::new(),
            calm: false,
            selection: Selection::default(),
            flaw,
        }
    }

    pub(crate) fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    /// What a step does when the clock says `now` and it is recorded at `at`.
    pub(crate) fn judge(&self, step: &Step, now: Micros, at: Micros) -> Result<Judged, Refused> {
        match step {
            Step::Declare {
                declared, officer, ..
            } => self.declare(declared, *officer, now, at),
            Step::Cancel { id, officer } => self.cancel(id, *officer),
            Step::Override {
                id,
                verdict,
                confirmed_by,
                document,
            } => self.overrule(id, *verdict, *confirmed_by, *document, at),
            Step::Event(event) => self.event(event, at),
            Step::Import(classes) => {
                let mut registry = self.registry.clone();
                if !registry.import(classes) {
                    return Ok(Judged::Nothing);
                }
                // The day that turned last is that of the import.
                if !self.has(Flaw::RulesAreSilent) {
                    registry.give(&self.registry, (self.today.unwrap_or_default(), None));
                }
                let line = self.registry_line("registry_imported");
                Ok(Judged::New(Box::new(Change {
                    registry: Some(registry),
                    ..Change::of(line)
                })))
            }
            Step::Policy(ask) => self.ask_policy(*ask),
            _ => Ok(Judged::Nothing),
        }
    }

    fn event(&self, event: &Event, at: Micros) -> Result<Judged, Refused> {
        let own = event.id.starts_with("hold_expired/");
        let nonsense = Cases::is_nonsense(&event.what, day_of(event.at));
        if own || nonsense || matches!(event.what, What::Nonsense(0..=2 | 5..)) {
            return Err(Refused::Faults);
        }
        if let Some((known, sequence)) = self.events.get(&event.id) {
            if known == event && !self.has(Flaw::ForgetsEvents) {
                return Ok(Judged::Again(*sequence));
            }
            return Err(Refused::Conflict);
        }
        let change = if event.declaration().is_some() {
            self.act(event, at)?
        } else if let What::Voided(id) = &event.what {
            // From now on, not from a day that is still to come.
            if day_of(event.at) > day_of(at) {
                return Err(Refused::Faults);
            }
            self.void(id)?
        } else {
            let mut registry = self.registry.clone();
            let broken = Broken {
                granted_twice: self.has(Flaw::TitlesAreGrantedTwice),
                never_ends: self.has(Flaw::CertificatesNeverEnd),
                becomes_provisional: self.has(Flaw::FullBecomesProvisional),
            };
            let (skips, unguarded) = (Flaw::SkipsStates, Flaw::AnybodyIsLetIn);
            let flaws = (self.has(skips), self.has(unguarded), broken);
            let changed = registry.change(self.form, event, flaws);
            changed.map_err(|_| Refused::Faults)?;
            if !self.has(Flaw::RulesAreSilent) {
                let act = (day_of(event.at), Some(event.authority()));
                registry.give(&self.registry, act);
            }
            if self.has(Flaw::CasesStayOpen) {
                registry.cases.reopen();
            }
            if self.has(Flaw::LotsHaveNoSisters) {
                registry.traces.forget_diaries();
            }
            if self.has(Flaw::MaliceIsForgiven) {
                registry.forgive();
            }
            Change {
                did: Some(registry.did(&self.registry)),
                registry: Some(registry),
                ..Change::of(Line {
                    happened: self.told(event),
                    ..self.registry_line(event.kind())
                })
            }
        };
        Ok(Judged::New(Box::new(Change {
            event: Some(event.clone()),
            ..change
        })))
    }

    /// Undoes an event, once, and where nothing later stands in the way.
    fn void(&self, id: &str) -> Result<Change, Refused> {
        let (did, happened) = self.done.get(id).ok_or(Refused::Faults)?;
        let mut registry = self.registry.clone();
        registry.undo(did).map_err(|_| Refused::Faults)?;
        if self.has(Flaw::VoidsNothing) {
            registry = self.registry.clone();
        }
        let withdrawn = happened.iter().map(|happened| Happened {
            withdrawn: true,
            ..happened.clone()
        });
        Ok(Change {
            registry: Some(registry),
            ..Change::of(Line {
                happened: withdrawn.collect(),
                ..self.registry_line("event_voided")
            })
        })
    }

    /// The day on which something has happened: nothing has on a day that is still to come.
    pub(crate) fn happened_on(&self, at: Micros) -> Day {
        let today = self.today.unwrap_or_default();
        day_of(at).min(today)
    }

    /// What an event says of goods.
    fn told(&self, event: &Event) -> Vec<Happened> {
        let What::Adverse {
            kind,
            party,
            heading,
            ..
        } = &event.what
        else {
            return Vec::new();
        };
        vec![Happened {
            heading: (*heading).to_owned(),
            ..Happened::new(party.unwrap_or_default(), kind, self.happened_on(event.at))
        }]
    }

    fn registry_line(&self, kind: &str) -> Line {
        Line {
            act: Some(ActLine {
                kind: kind.to_owned(),
                by: CALLER.to_owned(),
                revision: self.revision + 1,
                cause: None,
            }),
            revision: None,
            happened: Vec::new(),
        }
    }

    /// Takes a record in.
    pub(crate) fn commit(&mut self, change: Change, sequence: u64, at: Micros) {
        self.sequence = sequence;
        self.last_at = at;
        if let Some(act) = &change.line.act {
            self.revision = act.revision;
        }
        self.heed(&change, sequence, at);
        if let Some(event) = &change.event {
            if let What::Voided(id) = &event.what {
                self.done.remove(id);
            }
            let done = change.did.map(|did| (did, change.line.happened.clone()));
            self.done.extend(done.map(|done| (event.id.clone(), done)));
        }
        let happened = change.line.happened.into_iter();
        happened.for_each(|happened| self.past.add(happened));
        if let Some((id, mut life)) = change.life {
            if change.line.revision.is_some() {
                life.at = at;
            }
            self.lives.insert(id, life);
        }
        self.registry = change.registry.unwrap_or_else(|| self.registry.clone());
        if let Some(event) = change.event {
            self.events.insert(event.id.clone(), (event, sequence));
        }
        if let Some(became) = change.policy {
            self.policies.take(became, sequence);
            self.form = self.policies.now().unwrap_or(self.form);
        }
        self.today = change.today.or(self.today);
        if let Some(selection) = change.selection {
            self.selection = selection;
        }
        self.keys.extend(change.key);
        if change.told {
            self.changes.push(sequence);
        }
    }

    /// What the service records by itself: `day` and `id` are what the act names, and the clock said `earliest` when
    /// it may have begun.
    pub(crate) fn own(
        &self,
        kind: &str,
        (day, id): (Option<Day>, Option<&str>),
        (earliest, at): (Micros, Micros),
        given: Option<Form>,
    ) -> Result<Change, String> {
        let line = |revision| Line {
            act: Some(ActLine {
                kind: kind.to_owned(),
                by: OWN.to_owned(),
                revision,
                cause: None,
            }),
            revision: None,
            happened: Vec::new(),
        };
        let next = line(self.revision + 1);
        match (kind, day) {
            ("data_opened", _) if self.sequence == 0 => Ok(Change::of(next)),
            ("policy_activated", _) if given.is_some_and(|form| self.activates(form)) => {
                Ok(Change {
                    policy: given.map(Became::Started),
                    ..Change::of(next)
                })
            }
            ("draw_key_committed", Some(day)) if !self.keys.contains(&day) => Ok(Change {
                key: Some(day),
                ..Change::of(line(self.revision))
            }),
            ("day_turned", Some(day)) => {
                if self.today == Some(day) {
                    return Err(format!("day {day} had turned"));
                }
                let days = day_of(earliest)..=day_of(at);
                if !days.contains(&day) {
                    return Err(format!("day {day} turns in the days {days:?}"));
                }
                if !self.keys.contains(&day) || !self.keys.contains(&(day + 1)) {
                    return Err(format!("day {day} turns before its keys are there"));
                }
                Ok(Change {
                    today: Some(day),
                    ..Change::of(next)
                })
            }
            ("redecision_ended", _) => self.ended(at),
            ("declaration_redecided", _) => self.redecide(id.unwrap_or_default(), at),
            ("hold_expired", _) => match id.map(|id| self.expire(id, at)) {
                Some(Some(change)) => Ok(change),
                _ => Err(format!("the hold of {id:?} has not expired")),
            },
            _ => Err(format!("`{kind}` of {day:?} now")),
        }
    }

    /// Whether a policy that is given at a start begins to decide.
    pub(crate) fn activates(&self, form: Form) -> bool {
        self.policies.begins(form, self.flaw)
    }

    /// Declarations whose hold should have ended before a moment.
    pub(crate) fn overdue(&self, now: Micros) -> Vec<&str> {
        let over = |life: &Life| {
            let since = life.held_since();
            since.is_some_and(|since| since + self.hold_expires() < now)
        };
        let lives = self.lives.iter();
        let overdue = lives.filter(|(_, life)| over(life));
        overdue.map(|(id, _)| id.as_str()).collect()
    }

    pub(crate) fn hold_expires(&self) -> Micros {
        match self.has(Flaw::HoldsLastADayLonger) {
            true => self.form.hold_expires() + 86_400_000_000,
            false => self.form.hold_expires(),
        }
    }

    /// Whether a declaration is drawn at a rate of a quarter.
    pub(crate) fn is_drawn(&self, id: &str, key_day: Day) -> bool {
        self.draw(id, "lanes", key_day) < 1 << 62
    }

    /// The draw of a declaration: by the key of a day, as anybody can reckon who has it.
    pub(crate) fn draw(&self, id: &str, book: &str, key_day: Day) -> u64 {
        let path = self
            .key_folder
            .join(format!("{}.key", super::step::day(key_day)));
        let text = std::fs::read_to_string(path).unwrap();
        let mut key = [0; 32];
        for (at, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
        }
        let mut message = Vec::new();
        for part in [id, book] {
            message.extend((part.len() as u16).to_be_bytes());
            message.extend(part.as_bytes());
        }
        let hash = blake3::keyed_hash(&key, &message);
        u64::from_be_bytes(*hash.as_bytes().first_chunk().unwrap())
    }

    /// The verdict's words of every item.
    pub(crate) fn words(items: &[(u16, Verdict)]) -> Vec<(u16, &'static str)> {
        let words = items.iter().map(|(item, verdict)| (*item, verdict.word()));
        words.collect()
    }
}
