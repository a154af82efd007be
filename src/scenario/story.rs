//! Stories: steps through the desk of a data folder of their own, as the service's requests and clock go through it,
//! with a clock that the steps set.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::compare::{Answer, compare, compare_refusal, compare_rows};
use super::draws::{Draw, Drawn, Wanted};
use super::file::{Members, Overlay, Scenario, slug};
use super::folder::OwnFolder;
use super::proof::Live;
use super::runner::Runner;
use super::step::{Act, Body, Expected, Step, When};
use crate::archive::RollOptions;
use crate::declaration::{Day, Fault, Moment};
use crate::journal::{Durability, Options, Sequence};
use crate::registry::{LiveRegistry, RegistrySource};
use crate::service::{
    Answered, Begin, Between, Caller, Desk, Refusal, StartOptions, Started, answer, end, start,
};
use crate::supervision::{AsOf, Matcher, digest};

/// Who sends what the steps send.
pub(super) const CALLER: &str = "scenario";
/// Characters of a declaration's id that come of its scenario's name.
const SLUG_CHARS: usize = 30;
/// Days that the clock may go on at a time: each of them turns.
const DAYS: i32 = 1_000;
/// Bytes of the journal's segments.
const SEGMENT_BYTES: u64 = 1 << 20;
/// How long something waits for room in the journal before it is tried again.
const PAUSE: Duration = Duration::from_millis(1);

/// What does not hold of a scenario with steps.
pub(super) fn run(
    runner: &Runner,
    scenario: &Scenario,
    begins: When,
    steps: &[Step],
) -> Result<Vec<String>, String> {
    let folder = OwnFolder::new().map_err(|error| format!("a temporary folder: {error}"))?;
    let begins = begins.moment(runner.policy().profile.zone);
    let mut failures = tell(runner, scenario, begins, steps, folder.path())?;
    if let Err(error) = folder.remove() {
        failures.push(format!("the temporary folder cannot be removed: {error}"));
    }
    Ok(failures)
}

fn tell(
    runner: &Runner,
    scenario: &Scenario,
    begins: Moment,
    steps: &[Step],
    folder: &Path,
) -> Result<Vec<String>, String> {
    let clock = Arc::new(AtomicI64::new(begins.micros()));
    let begun = start(options(runner, scenario, folder, &clock)?, &mut |_, _| ());
    let Started { desk, tail, .. } = begun.map_err(|error| error.to_string())?;
    let mut story = Story {
        scenario,
        desk: &desk,
        clock: &clock,
        matcher: Matcher::default(),
        declared: BTreeMap::new(),
        read_back: false,
    };
    let mut failures = story.all(steps);
    let live = Live::of(&desk, story.read_back);
    let ended = end(&desk, tail);
    drop(desk);
    ended.map_err(|error| format!("{}; the end: {error}", failures.join("; ")))?;
    failures.extend(live?.replayed(folder)?);
    Ok(failures)
}

fn options(
    runner: &Runner,
    scenario: &Scenario,
    folder: &Path,
    clock: &Arc<AtomicI64>,
) -> Result<StartOptions, String> {
    // Written out whole, since rows on top of files are no part of what a data folder keeps.
    let registry = runner.registry_with(&[&scenario.registry])?;
    let party_ids = Some(runner.policy().profile.party_ids.clone());
    let live = LiveRegistry::open(&registry, party_ids).map_err(|errors| errors.to_string())?;
    let files = live.export().into_iter();
    let files = files.map(|(name, text)| (name, text.into_bytes()));
    let registry = RegistrySource::from_files(files).map_err(|errors| errors.to_string())?;
    let clock = Arc::clone(clock);
    Ok(StartOptions {
        data: folder.to_owned(),
        begin: Some(Begin {
            policy: runner.source.clone(),
            registry: Some(registry),
            as_of: AsOf::Decision,
        }),
        demonstration: None,
        journal: Options {
            durability: Durability::Buffered,
            segment_bytes: SEGMENT_BYTES,
            ..Options::default()
        },
        roll: RollOptions::default(),
        clock: Arc::new(move || Moment::from_micros(clock.load(Ordering::SeqCst))),
        between: Between::default(),
    })
}

/// What is known while a story is told.
pub(super) struct Story<'s> {
    scenario: &'s Scenario,
    pub(super) desk: &'s Desk,
    clock: &'s AtomicI64,
    matcher: Matcher,
    /// The declarations by their names, as they were sent last.
    declared: BTreeMap<String, Declared>,
    /// Whether any of them had been let go when somebody came back to it.
    read_back: bool,
}

/// A declaration that was sent.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub(super) id: String,
    body: Members,
}

/// What came of a step.
pub(super) enum Came {
    /// It was done; there is nothing to look at.
    Done,
    /// An answer.
    Answer(Box<Answer>),
    /// Rows that were looked for.
    Rows(Vec<Members>),
    /// It was refused: with these codes, and what a person is told.
    Refused(BTreeSet<&'static str>, String),
}

impl Story<'_> {
    /// Carries the steps out; where one cannot be, the rest has no meaning.
    fn all(&mut self, steps: &[Step]) -> Vec<String> {
        let mut failures = Vec::new();
        for (step, no) in steps.iter().zip(1..) {
            let place = format!("step {no} ({})", step.act.told());
            let came = self.act(no, &step.act);
            match came.and_then(|came| held_against(&step.expected, came)) {
                Ok(wrong) => failures.extend(wrong.iter().map(|why| format!("{place}: {why}"))),
                Err(why) => {
                    failures.push(format!("{place}: {why}"));
                    break;
                }
            }
        }
        failures
    }

    fn act(&mut self, no: usize, act: &Act) -> Result<Came, String> {
        if let Some(declared) = act.of().and_then(|of| self.declared.get(of)) {
            let held = self.desk.settle().hold();
            let held = held.map_err(|why| Refusal::from(why).to_string())?;
            let key = digest(declared.id.as_bytes());
            self.read_back |= held.ledger().let_go(key).is_some();
        }
        match act {
            Act::Declare { name, body, draw } => self.declare((no, name), body, draw.as_ref()),
            Act::Amend { of, body } => self.amend(of, body),
            Act::Event { of, members } => self.event(no, of.as_deref(), members),
            Act::Day(when) => self.go_on(*when),
            Act::Cancel {
                of,
                members,
                officer,
            } => self.request("declaration_cancelled", of, members, *officer),
            Act::Override { of, members } => self.request("decision_overridden", of, members, true),
            Act::State(of) => self.state(of),
        }
    }

    // ----- declarations -----

    fn declare(
        &mut self,
        (no, name): (usize, &str),
        own: &Body,
        draw: Option<&Draw>,
    ) -> Result<Came, String> {
        let overlay = Overlay {
            declaration: &own.declaration,
            item: &own.item,
            items: own.items.as_deref(),
        };
        let mut body = self.scenario.body("", &overlay);
        let now = self.desk.now().to_string();
        body.entry("declared_at").or_insert_with(|| now.into());
        let snapshot = self.desk.settle().snapshot();
        let policy = snapshot.program.policy();
        let drawn = Drawn::read(draw.or(self.scenario.draw.as_ref()), policy)?;
        let key = snapshot.keys.get(snapshot.today);
        let key = key.ok_or("the day has no key of its draws")?;
        let scenario = slug(&self.scenario.name, SLUG_CHARS);
        let stem = format!("{scenario}-{no}-{}-", slug(name, usize::MAX));
        let id = Wanted::new(policy, &drawn).id(&stem, &item_nos(&body), key)?;
        body.insert("declaration_id".to_owned(), id.clone().into());
        self.send(name, Declared { id, body }, own.officer)
    }

    fn amend(&mut self, name: &str, own: &Body) -> Result<Came, String> {
        let mut next = self.known(name)?.clone();
        let version = next.body.get("version").and_then(Value::as_u64);
        let version = version.unwrap_or(0) + 1;
        next.body.insert("version".to_owned(), version.into());
        next.body.extend(own.declaration.clone());
        if let Some(items) = &own.items {
            let items = self.scenario.items(&own.item, items);
            next.body.insert("items".to_owned(), items);
        } else if let Some(Value::Array(items)) = next.body.get_mut("items") {
            let items = items.iter_mut().filter_map(Value::as_object_mut);
            items.for_each(|item| item.extend(own.item.clone()));
        }
        self.send(name, next, own.officer)
    }

    fn send(&mut self, name: &str, declared: Declared, officer: bool) -> Result<Came, String> {
        let body = Value::Object(declared.body.clone()).to_string();
        let caller = caller(officer);
        let decided = loop {
            match self.desk.decide(&mut self.matcher, body.as_bytes(), caller) {
                Err(Refusal::Old(key)) => self.desk.recall(key).map_err(|why| why.to_string())?,
                Err(Refusal::Busy) => thread::sleep(PAUSE),
                decided => break decided,
            }
        };
        let sequence = match decided {
            Ok(Answered::Now(settled)) => settled.sequence,
            Ok(Answered::Before(sequence)) => sequence,
            Err(refusal) => return refused(refusal),
        };
        self.declared.insert(name.to_owned(), declared);
        self.answer(sequence)
    }

    pub(super) fn known(&self, name: &str) -> Result<&Declared, String> {
        let known = self.declared.get(name);
        known.ok_or_else(|| format!("the declaration `{name}` was refused"))
    }

    /// The name of a declaration by its id.
    pub(super) fn name(&self, id: &str) -> Option<&str> {
        let mut declared = self.declared.iter();
        let found = declared.find(|(_, declared)| declared.id == id);
        found.map(|(name, _)| name.as_str())
    }

    /// The answer of a record.
    pub(super) fn answer(&self, sequence: Sequence) -> Result<Came, String> {
        let answer = Answer::read(&self.answer_bytes(sequence)?)?;
        Ok(Came::Answer(Box::new(answer)))
    }

    pub(super) fn answer_bytes(&self, sequence: Sequence) -> Result<Vec<u8>, String> {
        let told = || -> Result<Vec<u8>, Refusal> {
            self.desk.wait_durable(sequence)?;
            answer(&self.desk.record(sequence)?, sequence)
        };
        told().map_err(|why| why.to_string())
    }

    // ----- acts -----

    fn event(&mut self, no: usize, of: Option<&str>, members: &Members) -> Result<Came, String> {
        let mut event = members.clone();
        let made = format!("{}-{no}", slug(&self.scenario.name, SLUG_CHARS));
        event.entry("event_id").or_insert_with(|| made.into());
        let now = self.desk.now().to_string();
        event.entry("at").or_insert_with(|| now.into());
        let id = of.map(|of| self.known(of)).transpose()?;
        let id = id.map(|declared| declared.id.clone());
        if let Some(id) = &id {
            event.insert("declaration_id".to_owned(), id.clone().into());
            if event.get("type").and_then(Value::as_str) == Some("inspection_result") {
                let entry = self.desk.entry(id).map_err(|why| why.to_string())?;
                event
                    .entry("version")
                    .or_insert_with(|| entry.version.into());
            }
        }
        let event = Value::Object(event).to_string();
        let acted = self.desk.event(event.as_bytes(), caller(true));
        if acted.is_ok() {
            // As the service does before long.
            let redecided = self.desk.redecide();
            redecided.map_err(|why| why.to_string())?;
        }
        match (acted, id) {
            (Err(refusal), _) => refused(refusal),
            (Ok(_), Some(id)) => self.latest(&id),
            (Ok(_), None) => Ok(Came::Done),
        }
    }

    fn request(
        &mut self,
        kind: &str,
        of: &str,
        members: &Members,
        officer: bool,
    ) -> Result<Came, String> {
        let id = self.known(of)?.id.clone();
        let members = Value::Object(members.clone()).to_string();
        let desk = self.desk;
        match desk.request(kind, &id, members.as_bytes(), caller(officer)) {
            Err(refusal) => refused(refusal),
            Ok(_) => self.latest(&id),
        }
    }

    /// What a declaration is now.
    fn latest(&self, id: &str) -> Result<Came, String> {
        let latest = self.desk.latest(id, None);
        self.answer(latest.map_err(|why| why.to_string())?)
    }

    // ----- days -----

    /// Lets every day on the way turn, as they do while the service runs.
    fn go_on(&mut self, when: When) -> Result<Came, String> {
        let zone = self.desk.settle().snapshot().program.policy().profile.zone;
        let (now, to) = (self.desk.now(), when.moment(zone));
        let (today, last) = (now.day(zone).number(), to.day(zone).number());
        if to < now {
            return Err(format!("the clock does not go back: it is {now}"));
        }
        if last - today > DAYS {
            return Err(format!("the clock goes on by {DAYS} days at the most"));
        }
        for day in today + 1..=last {
            self.tick(Moment::midnight(Day::from_number(day), zone))?;
        }
        self.tick(to)?;
        Ok(Came::Done)
    }

    fn tick(&self, now: Moment) -> Result<(), String> {
        self.clock.store(now.micros(), Ordering::SeqCst);
        let turned = || -> Result<usize, Refusal> {
            self.desk.turn_day()?;
            self.desk.redecide()?;
            self.desk.forget()?;
            self.desk.expire_holds()
        };
        turned().map(drop).map_err(|why| why.to_string())
    }
}

const fn caller(officer: bool) -> Caller<'static> {
    Caller {
        name: CALLER,
        officer,
    }
}

/// The numbers of a declaration's items, where they are numbers of items.
fn item_nos(body: &Members) -> Vec<u16> {
    let items = body.get("items").and_then(Value::as_array);
    let nos = items.into_iter().flatten().map(|item| item.get("item_no"));
    let nos = nos.filter_map(|no| u16::try_from(no?.as_u64()?).ok());
    nos.collect()
}

/// A refusal in the words of the contract; where the service itself is to blame the story cannot go on.
fn refused(refusal: Refusal) -> Result<Came, String> {
    let why = refusal.to_string();
    let codes = match refusal {
        Refusal::Faults(faults) => faults
            .iter()
            .map(|Fault { code, .. }| code.as_str())
            .collect(),
        Refusal::Conflict(_) => BTreeSet::from(["conflict"]),
        Refusal::State(_) => BTreeSet::from(["state"]),
        Refusal::NotFound(_) => BTreeSet::from(["not_found"]),
        Refusal::Policy(_) | Refusal::Old(_) | Refusal::Busy | Refusal::Stopped(_) => {
            return Err(why);
        }
    };
    Ok(Came::Refused(codes, why))
}

/// What of a step does not hold. What was not to be refused, and is, ends the story.
fn held_against(expected: &Expected, came: Came) -> Result<Vec<String>, String> {
    match (expected, came) {
        (Expected::Refused(wanted), Came::Refused(codes, why)) => {
            let mut wrong = compare_refusal(&codes, wanted);
            wrong
                .iter_mut()
                .for_each(|wrong| *wrong = format!("{wrong}: {why}"));
            Ok(wrong)
        }
        (Expected::Refused(wanted), _) => {
            let why = format!("it should be refused with {wanted:?}, but is not");
            Ok(vec![why])
        }
        (_, Came::Refused(codes, why)) => Err(format!("it is refused with {codes:?}: {why}")),
        (Expected::Answer(expect), Came::Answer(answer)) => Ok(compare(expect, &answer)),
        (Expected::Rows(wanted), Came::Rows(found)) => Ok(compare_rows(wanted, &found)),
        (Expected::Done, _) => Ok(Vec::new()),
        (Expected::Answer(_) | Expected::Rows(_), _) => {
            Err("there is nothing of the kind that is expected".to_owned())
        }
    }
}
