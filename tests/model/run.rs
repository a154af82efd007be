//! One data folder from its first start to its last: after every step, what the service said and recorded is held
//! against the state machine.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use greenlane::archive::{History, Records, verify};
use greenlane::journal::{Folders, LocalFolders, Sequence};
use greenlane::supervision::{Matcher, Record, digest};

use super::flaw::Flaw;
use super::life::Life;
use super::machine::{Judged, Machine, Refused};
use super::seen::{Seen, ordered, status};
use super::service::{Answer, FakeClock, Service, policy};
use super::statistics::Statistics;
use super::step::{Micros, Step};
use super::stocks::{same_overdue, same_stocks, unmonitored};
use super::together;
use super::traces::same_pending;
use super::verdict::{Form, day_of};

/// A step that was carried out, with what was recorded before and after.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) step: Step,
    pub(crate) answer: Answer,
    pub(crate) after: u64,
    pub(crate) until: u64,
}

impl Done {
    fn is_at(&self, sequence: u64) -> bool {
        match &self.answer {
            Answer::Decided(place, _) | Answer::Acted(place) => *place == sequence,
            _ => false,
        }
    }
}

/// How much was compared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) histories: usize,
    /// Of folders that are archived.
    pub(crate) archived: usize,
    pub(crate) steps: usize,
    pub(crate) records: usize,
    pub(crate) refused: usize,
    pub(crate) repeated: usize,
    /// Steps by their kinds, those among several at once too.
    pub(crate) kinds: BTreeMap<&'static str, usize>,
}

/// See the module.
pub(crate) struct Run {
    folder: PathBuf,
    pub(crate) clock: Arc<FakeClock>,
    service: Option<Service>,
    matcher: Matcher,
    pub(crate) machine: Machine,
    /// Every record, the first first.
    records: Vec<Vec<u8>>,
    /// What was answered, by its record.
    answers: HashMap<u64, Vec<u8>>,
    told: usize,
    statistics: Statistics,
    /// Whether there is an archive.
    archived: bool,
    pub(crate) tally: Tally,
}

impl Run {
    /// Begins a folder at a moment.
    pub(crate) fn begin(
        folder: &Path,
        now: Micros,
        flaw: Option<Flaw>,
        archived: bool,
    ) -> Result<Self, String> {
        let gone = fs::remove_dir_all(folder);
        drop(gone);
        let clock = Arc::new(FakeClock::default());
        clock.go(now);
        let mut run = Self {
            folder: folder.to_owned(),
            service: None,
            matcher: Matcher::default(),
            machine: Machine::new(folder.join("keys"), flaw),
            records: Vec::new(),
            answers: HashMap::new(),
            told: 0,
            statistics: Statistics::default(),
            archived,
            tally: Tally::default(),
            clock,
        };
        run.open(Some(Form::A))?;
        Ok(run)
    }

    pub(crate) fn service(&self) -> &Service {
        self.service.as_ref().unwrap()
    }

    /// Carries a step out and compares.
    pub(crate) fn step(&mut self, step: &Step) -> Result<(), String> {
        self.tally.steps += 1;
        step.count(&mut self.tally.kinds);
        match step {
            Step::Wait(micros) => self.clock.go(*micros),
            Step::Leap {
                looks,
                micros,
                times,
            } => self.clock.leap(*looks, *micros, *times),
            Step::Restart { sealed, form } => self.restart(*sealed, *form)?,
            Step::Together(several) => {
                // When it leaps, and for whom, nobody could tell.
                self.clock.stop_leaping();
                let from = self.clock.now();
                let done = together::carry_out(self.service(), several);
                self.fold(&done, from, None)?;
                self.compare(false)?;
            }
            _ => {
                let from = self.clock.now();
                let after = self.machine.sequence;
                self.machine.calm = *step == Step::Redecide;
                let service = self.service.as_ref().unwrap();
                let answer = service.carry_out(step, &mut self.matcher);
                self.clock.stop_leaping();
                let done = Done {
                    step: step.clone(),
                    answer,
                    after,
                    until: service.last(),
                };
                self.fold(&[done], from, None)?;
                let overdue = self.machine.overdue(self.clock.now().min(from));
                if *step == Step::ExpireHolds && !overdue.is_empty() {
                    return Err(format!("the holds of {overdue:?} should have ended"));
                }
                if *step == Step::Redecide && !self.machine.pending.is_empty() {
                    return Err(format!("{:?} still waits", self.machine.pending));
                }
                self.compare(false)?;
            }
        }
        Ok(())
    }

    // ----- starts and stops -----

    fn open(&mut self, form: Option<Form>) -> Result<(), String> {
        let from = self.clock.now();
        let service = Service::open(&self.folder, &self.clock, form, self.archived)?;
        self.service = Some(service);
        self.clock.stop_leaping();
        self.fold(&[], from, form)?;
        if form.is_some_and(|form| self.machine.activates(form)) {
            return Err("the policy that was given does not decide".to_owned());
        }
        // That people decided otherwise meanwhile is told, and nothing else is.
        let otherwise = form.is_some_and(|form| self.machine.form != form);
        if self.service().decides_otherwise != otherwise {
            return Err(format!("another policy decides: {otherwise} is not told"));
        }
        self.compare(true)
    }

    fn restart(&mut self, sealed: bool, form: Option<Form>) -> Result<(), String> {
        let service = self.service.take().ok_or("no service")?;
        service.close(sealed)?;
        self.open(form)?;
        for life in self.machine.lives.clone().into_values() {
            for version in life.versions.into_values() {
                self.step(&Step::Declare {
                    declared: version.declared,
                    otherwise: version.first % 2 == 0,
                    officer: false,
                })?;
            }
        }
        Ok(())
    }

    /// Seals the archive: journal and archive, read back, are the records that were acknowledged.
    pub(crate) fn finish(mut self) -> Result<Tally, String> {
        let service = self.service.as_mut().ok_or("no service")?;
        service.seal()?;
        let desk = &service.desk;
        let folders: Arc<dyn Folders> = Arc::new(LocalFolders::new(desk.folder().archive()));
        let first = Sequence::ZERO.next();
        if self.archived {
            let report = verify(&*folders).map_err(broken)?;
            if !report.faults.is_empty() {
                return Err(format!("the archive is damaged: {report:?}"));
            }
            let mut archived = Records::open(Arc::clone(&folders), first).map_err(broken)?;
            for expected in self.records.iter().map(Some).chain([None]) {
                let record = archived.next_record().map_err(broken)?;
                if record.map(|record| record.payload) != expected.map(Vec::as_slice) {
                    return Err("the archive is read back otherwise than it was".to_owned());
                }
            }
        }
        let history = History::open(desk.settle().journal().as_ref(), folders, first);
        let mut history = history.map_err(broken)?;
        let known = self.records.iter().zip(1..).map(Some);
        for expected in known.chain([None]) {
            let record = history.next_record().map_err(broken)?;
            let record = record.map(|(sequence, payload)| (payload, sequence.get()));
            let expected = expected.map(|(payload, sequence)| (payload.as_slice(), sequence));
            if record != expected {
                return Err(format!("{expected:?} is read back as {record:?}"));
            }
        }
        self.tally.records = self.records.len();
        let snapshot = desk.settle().snapshot();
        self.statistics
            .are_in(snapshot.program.registry().files())?;
        drop(snapshot);
        self.service.take().ok_or("no service")?.close(false)?;
        self.statistics
            .are_told(&self.folder, unmonitored(&self.machine))?;
        let gone = fs::remove_dir_all(&self.folder);
        gone.map(|()| self.tally).map_err(|error| error.to_string())
    }

    // ----- what was recorded -----

    /// Takes in what was recorded since, record by record: each must be what a step does, or what the service does
    /// by itself, where it stands. Every answer must be right at a place between what was recorded before it was
    /// asked for and after.
    fn fold(&mut self, done: &[Done], from: Micros, given: Option<Form>) -> Result<(), String> {
        let last = self.service().last();
        let durable = self.service().desk.wait_durable(Sequence::new(last));
        durable.map_err(|error| error.to_string())?;
        let times = [from, self.clock.now()];
        let began = from.max(self.machine.last_at);
        let (mut several, mut open): (usize, Vec<&Done>) = (0, done.iter().collect());
        loop {
            let machine = &self.machine;
            open.retain(|done| !explains(machine, done, times));
            let sequence = machine.sequence + 1;
            if sequence > last {
                break;
            }
            let payload = self.service().record(sequence)?;
            let seen = Seen::read(&payload, sequence)?;
            let [earliest, latest] = times.map(|time| time.max(machine.last_at));
            if seen.at < earliest || seen.at > latest {
                return Err(format!(
                    "record {sequence} is of {}, not from {earliest} to {latest}",
                    seen.at
                ));
            }
            let change = match done.iter().find(|done| done.is_at(sequence)) {
                Some(done) => {
                    open.retain(|other| !std::ptr::eq(*other, done));
                    new(machine, done, sequence, &seen, times)?
                }
                None => {
                    let act = seen.line.act.as_ref();
                    let kind = act.map_or("", |act| act.kind.as_str());
                    let counted = matches!(kind, "hold_expired" | "declaration_redecided");
                    several += usize::from(counted);
                    let revision = seen.line.revision.as_ref();
                    let id = revision.map(|revision| revision.id.as_str());
                    let change = machine.own(kind, (seen.day, id), (began, seen.at), given);
                    change.map_err(|why| format!("record {sequence}: {why}: {:?}", seen.line))?
                }
            };
            if change.line != seen.line {
                return Err(format!(
                    "record {sequence} should say\n  {:?}\nit says\n  {:?}",
                    change.line, seen.line
                ));
            }
            self.statistics.count(&change.line, seen.at);
            self.machine.commit(change, sequence, seen.at);
            self.records.push(payload);
            if let Some(answer) = seen.answer {
                self.answers.insert(sequence, answer);
            }
        }
        let count = |done: &Done| match done.answer {
            Answer::Several(count) => count,
            _ => 0,
        };
        let told: usize = done.iter().map(count).sum();
        if told != several {
            return Err(format!(
                "{told} holds were said to end or declarations to be decided again, {several} did"
            ));
        }
        self.answered(done)?;
        match open.first() {
            Some(done) => Err(self.unexplained(done, times[1])),
            None => Ok(()),
        }
    }

    fn unexplained(&self, done: &Done, latest: Micros) -> String {
        let judged = self.machine.judge(&done.step, latest, latest);
        let expected = judged.map(|judged| match judged {
            Judged::New(change) => format!("{:?}", change.line),
            other => format!("{other:?}"),
        });
        format!(
            "{:?}\nwas answered with\n  {:?}\nwhich is right at no time; expected {expected:?}",
            done.step, done.answer
        )
    }

    /// Answers must be those of their records, whenever they are told.
    fn answered(&mut self, done: &[Done]) -> Result<(), String> {
        for done in done {
            let (sequence, told) = match (&done.answer, &done.step) {
                (Answer::Decided(sequence, answer), _) => (sequence, answer.clone()),
                (Answer::Before(sequence), Step::Declare { .. }) => {
                    self.tally.repeated += 1;
                    (sequence, self.service().answer(*sequence)?)
                }
                (Answer::Refused(..), _) => {
                    self.tally.refused += 1;
                    continue;
                }
                _ => continue,
            };
            if self.answers.get(sequence) != Some(&told) {
                return Err(format!(
                    "another answer than before is told of record {sequence}"
                ));
            }
        }
        Ok(())
    }

    // ----- what is known -----

    /// Compares what the service knows; `all` also what does not change from step to step.
    fn compare(&mut self, all: bool) -> Result<(), String> {
        let (service, machine) = (self.service(), &self.machine);
        let snapshot = service.desk.settle().snapshot();
        if snapshot.program.policy().hash != policy(machine.form).hash() {
            return Err(format!("{:?} does not decide", machine.form));
        }
        let held = service
            .desk
            .settle()
            .hold()
            .map_err(|why| format!("{why:?}"))?;
        let ledger = held.ledger();
        let known = (
            ledger.last.get(),
            ledger.last_at.micros(),
            ledger.registry_revision,
            Some(ledger.today.number()),
            snapshot.revision,
        );
        let expected = (
            machine.sequence,
            machine.last_at,
            machine.revision,
            machine.today,
            machine.revision,
        );
        if known != expected {
            return Err(format!(
                "last record, its time, revision, day: {known:?}, not {expected:?}"
            ));
        }
        for (id, life) in &machine.lives {
            same(ledger, id, life)?;
        }
        same_counts(ledger, machine)?;
        same_stocks(ledger, machine)?;
        same_pending(ledger, machine)?;
        same_overdue(ledger, machine)?;
        let from = if all { 0 } else { self.told };
        let after = from.checked_sub(1).map_or(0, |at| machine.changes[at]);
        let told = ledger.changes_after(Sequence::new(after)).iter();
        let told: Vec<u64> = told.map(|sequence| sequence.get()).collect();
        if told != machine.changes[from..] {
            return Err(format!(
                "the feed tells {told:?}, not {:?}",
                &machine.changes[from..]
            ));
        }
        if all {
            for (id, (_, sequence)) in &machine.events {
                let payload = &self.records[*sequence as usize - 1];
                let body = digest(body_of_act(payload)?.as_bytes());
                let known = ledger.see_event(digest(id.as_bytes()), body);
                if known != greenlane::supervision::Seen::Same(Sequence::new(*sequence)) {
                    return Err(format!("event {id} is known as {known:?}, not {sequence}"));
                }
            }
        }
        drop(held);
        if all && !machine.changes.is_empty() && service.changes(0)? != machine.changes {
            return Err("the feed from the beginning is another".to_owned());
        }
        self.told = self.machine.changes.len();
        Ok(())
    }
}

fn body_of_act(payload: &[u8]) -> Result<&str, String> {
    let record = Record::decode(payload).map_err(broken)?;
    let act = record.act.ok_or("an event's record has no act")?;
    Ok(act.body)
}

fn broken(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Whether as many declarations are known, and as many of them open.
fn same_counts(ledger: &greenlane::supervision::Ledger, machine: &Machine) -> Result<(), String> {
    let keys = machine.lives.keys().map(|id| digest(id.as_bytes()));
    let entries = keys.filter(|key| ledger.entry(*key).is_some()).count();
    let open = machine.lives.values().filter(|life| life.open.is_some());
    let counted = (ledger.declarations(), ledger.opened());
    let expected = (entries, open.count());
    if counted != expected {
        return Err(format!("known and open are {counted:?}, not {expected:?}"));
    }
    Ok(())
}

/// Whether a declaration is known as what it is.
fn same(ledger: &greenlane::supervision::Ledger, id: &str, life: &Life) -> Result<(), String> {
    let key = digest(id.as_bytes());
    let open = ledger.open(key).map(|open| {
        let items = open.items.iter();
        let items = items.map(|inspected| (ordered(inspected.item), inspected.passed));
        (open.since.micros(), items.collect::<Vec<_>>())
    });
    let latest = &life.versions[&life.version];
    if let Some(last) = ledger.let_go(key) {
        return match (last.get(), &open) == (latest.latest, &life.open) {
            true => Ok(()),
            false => Err(format!("{id} is old and known of {last}, with {open:?}")),
        };
    }
    let entry = ledger.entry(key).ok_or(format!("{id} is not known"))?;
    let known = (
        (entry.version, entry.revision, status(entry.status)),
        (entry.first.get(), entry.latest.get()),
        (entry.declaration_day.number(), entry.key_day.number()),
        open,
    );
    let expected = (
        (life.version, life.revision, life.status.word()),
        (latest.first, latest.latest),
        (life.law_day, life.key_day),
        life.open.clone(),
    );
    if known != expected {
        return Err(format!(
            "{id} is known as\n  {known:?}, not\n  {expected:?}"
        ));
    }
    for (version, records) in &life.versions {
        let found = ledger.latest(key, Some(*version));
        if found != Some(Sequence::new(records.latest)) {
            return Err(format!(
                "{id} version {version} is found as {found:?}, not {}",
                records.latest
            ));
        }
    }
    Ok(())
}

/// Whether an answer that recorded nothing is right now.
fn explains(machine: &Machine, done: &Done, times: [Micros; 2]) -> bool {
    if !(done.after..=done.until).contains(&machine.sequence) {
        return false;
    }
    let mut judged = times
        .iter()
        .map(|now| machine.judge(&done.step, *now, *now));
    match &done.answer {
        Answer::Refused(Refused::Other, _) => false,
        Answer::Refused(refused, _) => {
            judged.any(|judged| judged.is_err_and(|why| why == *refused))
        }
        Answer::Before(place) => {
            judged.any(|judged| matches!(judged, Ok(Judged::Again(known)) if known == *place))
        }
        Answer::Nothing => judged.any(|judged| matches!(judged, Ok(Judged::Nothing))),
        Answer::Several(_) => true,
        Answer::Decided(..) | Answer::Acted(_) => false,
    }
}

/// Moments at which the service may have looked at the clock: it looks once or twice between the two times, and where
/// others move the clock meanwhile a declaration may be of the future at the first and too old at the last.
fn moments(step: &Step, seen: &Seen, times: [Micros; 2]) -> Vec<Micros> {
    let [first, last] = times;
    let mut moments = vec![first, last, seen.at];
    if let Step::Declare { declared, .. } = step {
        let (low, high) = (first.min(last), first.max(last));
        moments.push(declared.declared_at.clamp(low, high));
    }
    moments
}

/// What a step that was recorded must have done.
fn new(
    machine: &Machine,
    done: &Done,
    sequence: u64,
    seen: &Seen,
    times: [Micros; 2],
) -> Result<super::machine::Change, String> {
    if sequence <= done.after || sequence > done.until {
        return Err(format!(
            "{:?} was recorded as {sequence} out of its time",
            done.step
        ));
    }
    let mut why = String::new();
    for now in moments(&done.step, seen, times) {
        match machine.judge(&done.step, now, seen.at) {
            Ok(Judged::New(change)) => {
                let decided = change
                    .line
                    .revision
                    .as_ref()
                    .is_some_and(|line| line.decided);
                let day = day_of(seen.at);
                if decided && machine.today != Some(day) {
                    return Err(format!(
                        "record {sequence} of day {day} was decided on {:?}",
                        machine.today
                    ));
                }
                return Ok(*change);
            }
            other => why = format!("{other:?}"),
        }
    }
    Err(format!(
        "{:?}\nwas recorded as {sequence}\n  {:?}\nand should come to {why}",
        done.step, seen.line
    ))
}
