//! What happens to a service until the disk fails it: declarations, events, changes of the registry, midnight, and
//! clean stops with everything sealed, each followed by another start.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use greenlane::clock::Stopwatch;
use greenlane::declaration::Moment;
use greenlane::journal::Sequence;
use greenlane::service::{Caller, Desk, Started, Tail};
use greenlane::supervision::Matcher;
use serde_json::{Value, json};

use crate::disk::HostileDisk;
use crate::service::{BEGIN, RealFolder, started};
use crate::world::Random;

const SECOND: i64 = 1_000_000;
const OFFICER: Caller<'static> = Caller {
    name: "officer-1",
    officer: true,
};
/// How long the archive may take to seal by itself, and anything to stop: the archive looks once in a second.
const PATIENCE: Duration = Duration::from_secs(30);

/// A history and what is known of it.
pub(crate) struct History<'h> {
    pub(crate) disk: &'h HostileDisk,
    pub(crate) real: &'h RealFolder,
    pub(crate) clock: Arc<AtomicI64>,
    random: Random,
    declared: usize,
    events: usize,
    /// What was acknowledged, the first first.
    pub(crate) told: Vec<Vec<u8>>,
    /// The last record that got a place.
    pub(crate) placed: u64,
    /// Whether the disk told of an error before the end of the last life, which nobody hears of.
    pub(crate) erred: bool,
    /// Why the archive stopped.
    pub(crate) archive_stopped: Option<String>,
}

impl<'h> History<'h> {
    pub(crate) fn new(disk: &'h HostileDisk, real: &'h RealFolder, seed: u64) -> Self {
        Self {
            disk,
            real,
            clock: Arc::new(AtomicI64::new(BEGIN)),
            random: Random(seed),
            declared: 0,
            events: 0,
            told: Vec::new(),
            placed: 0,
            erred: false,
            archive_stopped: None,
        }
    }

    /// So many lives of a service with so many steps each; the last one ends as if it were killed. In the first one
    /// the archive seals by itself, where that is waited for.
    pub(crate) fn live(&mut self, lives: usize, steps: usize, waits: bool) -> Result<(), String> {
        for life in 1..=lives {
            let Started { desk, tail, .. } = started(self.disk, self.real, &self.clock)?;
            let lived = self.steps(&desk, steps, (waits && life == 1).then_some(&tail));
            self.placed = desk.settle().hold().map_or(self.placed, |held| {
                self.placed.max(held.ledger().last.get())
            });
            self.erred = self.disk.has_erred();
            let lived = lived.and_then(|()| self.hear(&desk, &tail));
            let ended = self.end(desk, tail, life < lives);
            lived.and(ended)?;
        }
        Ok(())
    }

    /// Whatever was told of an error stops: soon, where it is a thread of which nobody waits for anything.
    fn hear(&self, desk: &Desk, tail: &Tail) -> Result<(), String> {
        let since = Stopwatch::start();
        while self.erred && self.archive_stopped.is_none() && since.elapsed() < PATIENCE {
            if desk.settle().journal().has_stopped() {
                return Err("the journal has stopped".to_owned());
            }
            if let Some(why) = tail.progress().stopped() {
                return Err(why);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn end(&mut self, desk: Arc<Desk>, tail: Tail, sealed: bool) -> Result<(), String> {
        let progress = Arc::clone(tail.progress());
        let sealed = match sealed {
            true => tail.close().is_ok(),
            false => false,
        };
        self.archive_stopped = self.archive_stopped.take().or(progress.stopped());
        let journal = desk.settle().journal();
        match sealed {
            true => journal.end().map_err(|error| error.to_string()),
            false => Ok(()),
        }
    }

    fn steps(&mut self, desk: &Desk, steps: usize, tail: Option<&Tail>) -> Result<(), String> {
        self.acknowledge(desk)?;
        let mut matcher = Matcher::default();
        for step in 0..steps {
            self.clock.fetch_add(SECOND, Ordering::SeqCst);
            self.step(desk, &mut matcher)?;
            // Now and then several records become durable together.
            if self.random.below(4) > 0 || step + 1 == steps {
                self.acknowledge(desk)?;
            }
        }
        tail.map_or(Ok(()), |tail| self.seal(desk, tail))
    }

    /// Lets the archive seal by itself: what it has grows old.
    fn seal(&mut self, desk: &Desk, tail: &Tail) -> Result<(), String> {
        self.clock.fetch_add(7_200 * SECOND, Ordering::SeqCst);
        let (last, since) = (self.told.len() as u64, Stopwatch::start());
        while tail.progress().archived.load(Ordering::Relaxed) < last {
            assert!(since.elapsed() < PATIENCE, "{:?}", tail.progress());
            std::thread::sleep(Duration::from_millis(20));
        }
        desk.turn_day().map_err(|why| why.to_string())?;
        self.acknowledge(desk)
    }

    /// Waits until all is durable, and takes what was acknowledged.
    fn acknowledge(&mut self, desk: &Desk) -> Result<(), String> {
        let held = desk.settle().hold().map_err(|why| format!("{why:?}"))?;
        let last = held.ledger().last;
        drop(held);
        self.placed = last.get();
        desk.wait_durable(last).map_err(|why| why.to_string())?;
        self.disk.note(last.get());
        for sequence in self.told.len() as u64 + 1..=last.get() {
            let record = desk.record(Sequence::new(sequence));
            self.told.push(record.map_err(|why| why.to_string())?);
        }
        Ok(())
    }

    fn step(&mut self, desk: &Desk, matcher: &mut Matcher) -> Result<(), String> {
        let now = Moment::from_micros(self.clock.load(Ordering::SeqCst)).to_string();
        self.events += 1;
        let known = 1 + self.random.below(self.declared.max(1));
        let event = |kind: &str, members: Value| {
            let mut event =
                json!({ "event_id": format!("E{}", self.events), "type": kind, "at": now });
            let all = event.as_object_mut().unwrap();
            all.extend(members.as_object().unwrap().clone());
            // What a declaration's state forbids is refused and recorded nowhere.
            stopped(desk.event(event.to_string().as_bytes(), OFFICER))
        };
        match self.random.below(8) {
            _ if self.declared == 0 => {}
            0 => {
                let inspected = json!({
                    "declaration_id": format!("D{known}"), "version": 1, "item_no": 1, "conclusion": "passed",
                });
                return event("inspection_result", inspected);
            }
            1 => {
                let released = json!({ "declaration_id": format!("D{known}") });
                return event("declaration_released", released);
            }
            2 => {
                let class = 1 + self.random.below(4);
                let assessed = json!({
                    "enterprise_id": "T1", "class": class, "authority": "A", "document": "D",
                });
                return event("class_assessed", assessed);
            }
            3 => {
                let cancelled =
                    desk.request("declaration_cancelled", &format!("D{known}"), b"", OFFICER);
                return stopped(cancelled);
            }
            _ => {}
        }
        self.declared += 1;
        let lane = ["green", "red", "drawn"][self.random.below(3)];
        let item = json!({
            "item_no": 1, "hs_code": "9405110000", "value": "10", "attributes": { "lane": lane },
        });
        let declared = json!({
            "declaration_id": format!("D{}", self.declared), "version": 1, "direction": "export",
            "country": "DE", "declared_at": now, "trader_id": "T1", "items": [item],
        });
        stopped(desk.decide(matcher, declared.to_string().as_bytes(), OFFICER))
    }
}

/// An error where the service has stopped; all other refusals are what it says to a caller.
fn stopped<T>(done: Result<T, greenlane::service::Refusal>) -> Result<(), String> {
    match done {
        Err(refusal @ greenlane::service::Refusal::Stopped(_)) => Err(refusal.to_string()),
        _ => Ok(()),
    }
}
