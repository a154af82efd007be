//! Histories from seeds, on every core; and what is told of one that comes out otherwise.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::flaw::Flaw;
use super::generate::Author;
use super::random::Random;
use super::run::{Run, Tally};
use super::step::{Micros, Step};

/// Histories of one data folder.
pub(crate) const TOGETHER: usize = 12;
/// In one of so many data folders everything is archived, and services are started again.
const ARCHIVED: u64 = 4;
/// How many of them go on at the same time.
const INTERLEAVED: usize = 3;
/// How often steps are left out in search of those that matter.
const SHRINKING: usize = 150;
/// 2026-03-01T00:00:00Z.
pub(crate) const BEGIN: Micros = 1_772_323_200_000_000;
const DAY: Micros = 86_400_000_000;

/// A history that came out otherwise.
pub(crate) struct Failure {
    seed: u64,
    why: String,
    steps: Vec<Step>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "GREENLANE_MODEL_SEED={} GREENLANE_MODEL_HISTORIES=1",
            self.seed
        )?;
        for step in &self.steps {
            writeln!(f, "{step:?}")?;
        }
        write!(f, "{}", self.why)
    }
}

pub(crate) fn folder(seed: u64, what: &str) -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let temporary = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    let name = format!("greenlane-model-{}-{what}-{seed}", std::process::id());
    temporary.join(name)
}

/// Tells at least so many histories, beginning with those of a seed.
pub(crate) fn tell(first: u64, histories: usize) -> Result<Tally, Failure> {
    let folders = histories.div_ceil(TOGETHER) as u64;
    let next = AtomicU64::new(first);
    let told: Mutex<Result<Tally, Failure>> = Mutex::new(Ok(Tally::default()));
    let cores = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + folders || told.lock().unwrap().is_err() {
                        break;
                    }
                    let came = one(seed, None);
                    let mut told = told.lock().unwrap();
                    match (&mut *told, came) {
                        (Ok(sum), Ok(tally)) => sum.add(tally),
                        (Ok(_), Err(failure)) => *told = Err(failure),
                        _ => {}
                    }
                }
            });
        }
    });
    told.into_inner().unwrap().map_err(shrink)
}

/// The histories of one folder.
pub(crate) fn one(seed: u64, flaw: Option<Flaw>) -> Result<Tally, Failure> {
    let mut steps = Vec::new();
    let told = caught(|| make_up(seed, flaw, &mut steps));
    told.map_err(|why| Failure { seed, why, steps })
}

fn begin(seed: u64, what: &str, flaw: Option<Flaw>) -> Result<Run, String> {
    let now = BEGIN + Random::new(seed).within(0, 20 * DAY);
    Run::begin(&folder(seed, what), now, flaw, is_archived(seed))
}

/// What a start, and the archive's files of each day, cost would be most of the test.
const fn is_archived(seed: u64) -> bool {
    seed.is_multiple_of(ARCHIVED)
}

fn make_up(seed: u64, flaw: Option<Flaw>, steps: &mut Vec<Step>) -> Result<Tally, String> {
    let mut author = Author::new(seed, is_archived(seed));
    // The test of flaws tells the same histories at the same time.
    let what = if flaw.is_some() { "flawed" } else { "told" };
    let mut run = begin(seed, what, flaw)?;
    let mut begun = 0;
    let mut stories = Vec::new();
    loop {
        stories.retain(|story: &super::generate::Story| story.left > 0);
        while stories.len() < INTERLEAVED && begun < TOGETHER {
            stories.push(author.story());
            begun += 1;
        }
        if stories.is_empty() {
            break;
        }
        let at = author.random.below(stories.len());
        let step = author.step(&stories[at], &run.machine, run.clock.now());
        stories[at].left -= 1;
        steps.push(step.clone());
        run.step(&step)?;
    }
    let tally = run.finish()?;
    let archived = if is_archived(seed) { TOGETHER } else { 0 };
    Ok(Tally {
        histories: TOGETHER,
        archived,
        ..tally
    })
}

fn again(seed: u64, steps: &[Step]) -> Result<(), String> {
    caught(|| {
        let mut run = begin(seed, "again", None)?;
        for step in steps {
            run.step(step)?;
        }
        run.finish().map(|_| ())
    })
}

fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err("a panic".to_owned()))
}

/// Leaves out what is not needed for a difference, as far as that can be found quickly.
fn shrink(failure: Failure) -> Failure {
    let Failure {
        seed,
        mut why,
        mut steps,
    } = failure;
    let (mut tries, mut part) = (0, steps.len() / 2);
    while part > 0 && tries < SHRINKING {
        let mut at = 0;
        while at < steps.len() && tries < SHRINKING {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + part).min(steps.len()));
            tries += 1;
            match again(seed, &fewer) {
                Err(other) => (steps, why) = (fewer, other),
                Ok(()) => at += part,
            }
        }
        part /= 2;
    }
    Failure { seed, why, steps }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.histories += other.histories;
        self.steps += other.steps;
        self.records += other.records;
        self.refused += other.refused;
        self.repeated += other.repeated;
        self.archived += other.archived;
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
    }
}
