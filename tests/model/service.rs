//! The service under test, in this process: what a step is to it, and what it answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use greenlane::archive::RollOptions;
use greenlane::declaration::Moment;
use greenlane::journal::{Durability, Options, Sequence};
use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::service::{
    Answered, Begin, Between, Caller, Desk, Refusal, StartOptions, Started, Tail, start,
};
use greenlane::supervision::{AsOf, Clock, Matcher};

use super::machine::{CALLER, Refused};
use super::persons::WITH_FILE;
use super::policies::{Ask, SECOND};
use super::registry::PARTIES;
use super::seen::answer_of;
use super::step::{Micros, OFFICER, Step, day};
use super::stocks::{LOTS, PROGRAMMES};
use super::traces::diary;
use super::verdict::Form;

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was decided: where, and what was answered.
    Decided(u64, Vec<u8>),
    /// It had been recorded.
    Before(u64),
    /// It was recorded.
    Acted(u64),
    /// So many were.
    Several(usize),
    /// There was nothing to do.
    Nothing,
    Refused(Refused, String),
}

/// A clock that goes when it is told to.
#[derive(Debug, Default)]
pub(crate) struct FakeClock {
    now: AtomicI64,
    /// Looks until it leaps.
    left: AtomicI64,
    /// Every how many looks it leaps, how far, and how often still.
    looks: AtomicI64,
    leap: AtomicI64,
    times: AtomicI64,
}

impl FakeClock {
    pub(crate) fn now(&self) -> Micros {
        self.now.load(Ordering::SeqCst)
    }

    pub(crate) fn go(&self, micros: Micros) {
        self.now.fetch_add(micros, Ordering::SeqCst);
    }

    pub(crate) fn leap(&self, looks: i64, micros: Micros, times: i64) {
        self.leap.store(micros, Ordering::SeqCst);
        self.times.store(times, Ordering::SeqCst);
        self.looks.store(looks, Ordering::SeqCst);
        self.left.store(looks, Ordering::SeqCst);
    }

    pub(crate) fn stop_leaping(&self) {
        self.leap(0, 0, 0);
    }

    /// A look of the service's. The archive's do not count, since nobody knows when they come.
    fn look(&self) -> Micros {
        let archive = std::thread::current().name() == Some("archive");
        if !archive && self.times.load(Ordering::SeqCst) > 0 {
            let left = self.left.fetch_sub(1, Ordering::SeqCst);
            if left == 1 {
                self.go(self.leap.load(Ordering::SeqCst));
                self.times.fetch_sub(1, Ordering::SeqCst);
                let looks = self.looks.load(Ordering::SeqCst);
                self.left.store(looks, Ordering::SeqCst);
            }
        }
        self.now()
    }
}

/// A service that runs, with its folder.
pub(crate) struct Service {
    pub(crate) desk: Arc<Desk>,
    tail: Option<Tail>,
    runtime: tokio::runtime::Runtime,
    pub(crate) clock: Arc<FakeClock>,
    /// Whether it said that another policy than the one that was given decides.
    pub(crate) decides_otherwise: bool,
}

pub(crate) fn policy(form: Form) -> PolicySource {
    PolicySource::from_files([("policy.toml".to_owned(), form.text())]).unwrap()
}

fn begin(form: Form) -> Begin {
    let parties = PARTIES.map(|party| format!("{party},trader,{}\n", party == WITH_FILE));
    let table = format!("enterprise_id,kind,quality_file\n{}", parties.concat()).into_bytes();
    let lots = LOTS.map(|(id, owner, units)| format!("{id},{owner},{units}\n"));
    let lots = format!("lot_id,enterprise_id,quantity\n{}", lots.concat());
    let programmes =
        PROGRAMMES.map(|(id, named, samples)| format!("{id},{},{samples}\n", named.join(";")));
    let programmes = format!("programme_id,enterprises,samples\n{}", programmes.concat());
    let registry = RegistrySource::from_files([
        ("enterprises.csv".to_owned(), table),
        ("lots.csv".to_owned(), lots.into_bytes()),
        ("products.csv".to_owned(), diary().into_bytes()),
        ("programmes.csv".to_owned(), programmes.into_bytes()),
    ]);
    Begin {
        policy: policy(form),
        registry: Some(registry.unwrap()),
        as_of: AsOf::Decision,
    }
}

impl Service {
    /// Starts it; without an archive, its thread ends at once.
    pub(crate) fn open(
        folder: &Path,
        clock: &Arc<FakeClock>,
        form: Option<Form>,
        archived: bool,
    ) -> Result<Self, String> {
        let looked = Arc::clone(clock);
        let time: Clock = Arc::new(move || Moment::from_micros(looked.look()));
        let options = StartOptions {
            data: PathBuf::from(folder),
            begin: form.map(begin),
            demonstration: None,
            journal: Options {
                durability: Durability::Buffered,
                segment_bytes: 64 << 10,
                ..Options::default()
            },
            roll: RollOptions::default(),
            clock: time,
            between: Between::default(),
        };
        let started = start(options, &mut |_, _| {}).map_err(|error| format!("start: {error}"))?;
        let Started {
            desk, tail, notes, ..
        } = started;
        let otherwise = |note: &String| note.contains("since then another was let decide");
        let decides_otherwise = match notes.as_slice() {
            [] => false,
            [note] if otherwise(note) => true,
            notes => return Err(format!("start notes {notes:?}")),
        };
        Ok(Self {
            desk,
            tail: archived.then_some(tail),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .map_err(|error| error.to_string())?,
            clock: Arc::clone(clock),
            decides_otherwise,
        })
    }

    /// Archives and seals everything that is durable; nothing is archived after that.
    pub(crate) fn seal(&mut self) -> Result<(), String> {
        self.end_archive(true)
    }

    fn end_archive(&mut self, sealed: bool) -> Result<(), String> {
        let Some(tail) = self.tail.take() else {
            return Ok(());
        };
        let progress = Arc::clone(tail.progress());
        if sealed {
            tail.close().map_err(|error| format!("archive: {error}"))?;
        } else {
            drop(tail);
        }
        match progress.stopped() {
            Some(why) => Err(format!("the archive has stopped: {why}")),
            None => Ok(()),
        }
    }

    /// Stops it; sealed, everything is archived before.
    pub(crate) fn close(mut self, sealed: bool) -> Result<(), String> {
        self.end_archive(sealed)?;
        self.desk.settle().journal().begin_close();
        match Arc::try_unwrap(self.desk) {
            Ok(desk) => drop(desk),
            Err(_) => return Err("somebody still has the desk".to_owned()),
        }
        Ok(())
    }

    /// The last record that has its place.
    pub(crate) fn last(&self) -> u64 {
        let held = self.desk.settle().hold().unwrap();
        held.ledger().last.get()
    }

    pub(crate) fn record(&self, sequence: u64) -> Result<Vec<u8>, String> {
        let record = self.desk.record(Sequence::new(sequence));
        record.map_err(|error| format!("record {sequence}: {error}"))
    }

    /// The answer of a record.
    pub(crate) fn answer(&self, sequence: u64) -> Result<Vec<u8>, String> {
        answer_of(&self.record(sequence)?, sequence)
    }

    /// The feed of changes behind a record.
    pub(crate) fn changes(&self, after: u64) -> Result<Vec<u64>, String> {
        let after = Sequence::new(after);
        let changes = self.desk.changes(after, usize::MAX, Duration::ZERO);
        let changes = self.runtime.block_on(changes);
        let changes = changes.map_err(|error| format!("changes: {error}"))?;
        Ok(changes.into_iter().map(Sequence::get).collect())
    }

    pub(crate) fn carry_out(&self, step: &Step, matcher: &mut Matcher) -> Answer {
        match self.tried(step, matcher) {
            Ok(answer) => answer,
            Err(refusal) => Answer::Refused(kind(&refusal), refusal.to_string()),
        }
    }

    fn declare(
        &self,
        matcher: &mut Matcher,
        json: &str,
        caller: Caller<'_>,
    ) -> Result<Answer, Refusal> {
        let answered = loop {
            match self.desk.decide(matcher, json.as_bytes(), caller) {
                Err(Refusal::Old(key)) => self.desk.recall(key)?,
                answered => break answered?,
            }
        };
        Ok(match answered {
            Answered::Now(settled) => {
                let sequence = settled.sequence.get();
                let answer = answer_of(&matcher.payload, sequence);
                Answer::Decided(sequence, answer.unwrap_or_default())
            }
            Answered::Before(sequence) => Answer::Before(sequence.get()),
        })
    }

    fn ask_policy(&self, ask: Ask, caller: Caller<'_>) -> Result<Answer, Refusal> {
        let second = Caller {
            name: SECOND,
            ..caller
        };
        let told = match ask {
            Ask::Put(form) => self.desk.put_candidate(&policy(form), caller)?,
            Ask::Promote(form) => {
                let body =
                    serde_json::json!({ "policy": policy(form).hash(), "reason": "because" });
                self.desk.promote(body.to_string().as_bytes(), second)?
            }
            Ask::RollBack => self.desk.roll_back(br#"{ "reason": "because" }"#, caller)?,
        };
        let sequence = told["sequence"].as_u64().unwrap();
        Ok(match told["repeated"].as_bool() {
            Some(true) => Answer::Before(sequence),
            _ => Answer::Acted(sequence),
        })
    }

    fn tried(&self, step: &Step, matcher: &mut Matcher) -> Result<Answer, Refusal> {
        let caller = |officer| Caller {
            name: CALLER,
            officer,
        };
        let acted = match step {
            Step::Declare {
                declared,
                otherwise,
                officer,
            } => return self.declare(matcher, &declared.json(*otherwise), caller(*officer)),
            Step::Cancel { id, officer } => {
                let kind = "declaration_cancelled";
                self.desk.request(kind, id, b"", caller(*officer))?
            }
            Step::Override {
                id,
                verdict,
                confirmed_by,
                document,
            } => {
                let members = serde_json::json!({
                    "verdict": verdict.word(), "reason_code": "R", "reason_text": "because",
                    "officer_id": OFFICER, "confirmed_by": confirmed_by,
                    "document": document.then_some("paper 1"),
                });
                let members = members.to_string();
                let kind = "decision_overridden";
                self.desk
                    .request(kind, id, members.as_bytes(), caller(true))?
            }
            Step::Event(event) => self.desk.event(event.json().as_bytes(), caller(true))?,
            Step::Import(classes) => {
                let rows = classes.iter();
                let rows =
                    rows.map(|(party, class, from)| format!("{party},{class},{}\n", day(*from)));
                let table = format!("enterprise_id,class,from\n{}", rows.collect::<String>());
                let file = ("classes.csv".to_owned(), table.into_bytes());
                let source = RegistrySource::from_files([file])?;
                match self.desk.import(&source, false, caller(true))? {
                    (_, Some(acted)) => acted,
                    (_, None) => return Ok(Answer::Nothing),
                }
            }
            Step::ExpireHolds => {
                self.desk.forget()?;
                return Ok(Answer::Several(self.desk.expire_holds()?));
            }
            Step::Redecide => return Ok(Answer::Several(self.desk.redecide()?)),
            Step::Policy(ask) => return self.ask_policy(*ask, caller(true)),
            Step::TurnDay => {
                self.desk.turn_day()?;
                return Ok(Answer::Nothing);
            }
            _ => return Ok(Answer::Nothing),
        };
        Ok(match acted.repeated {
            true => Answer::Before(acted.sequence.get()),
            false => Answer::Acted(acted.sequence.get()),
        })
    }
}

fn kind(refusal: &Refusal) -> Refused {
    match refusal {
        Refusal::Faults(_) => Refused::Faults,
        Refusal::Conflict(_) => Refused::Conflict,
        Refusal::State(_) => Refused::State,
        Refusal::NotFound(_) => Refused::NotFound,
        Refusal::Policy(_) | Refusal::Old(_) | Refusal::Busy | Refusal::Stopped(_) => {
            Refused::Other
        }
    }
}
