//! The shadow: the candidate decides every declaration, too, from its record, where the archive's thread takes it. It can
//! neither slow nor change an answer: nobody waits for that thread, and what the candidate says goes nowhere but into the
//! archive's columns and what is told of the candidate.
//!
//! A candidate that panics, or a registry under which it cannot be compiled, ends its shadow, and the archive goes on;
//! where the thread is behind, or has just compiled, records pass without a shadow and are counted.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::crash::{Point, reach};
use crate::archive::ShadowItem;
use crate::clock::Stopwatch;
use crate::engine::{Decision, Program};
use crate::journal::Sequence;
use crate::limits::{SHADOW_DIFFERENCES, SHADOW_REST};
use crate::policy::{Verdict, read};
use crate::supervision::{
    Candidate, DataFolder, Matcher, Revision, State, World, WorldError, caught_up,
};

/// Live verdicts by shadow verdicts, in the order of [`Verdict::ALL`].
type Pairs<T> = [[T; 3]; 3];

/// What the shadow has found so far: since the process began, or since there is this candidate.
#[derive(Debug, Default)]
pub struct Shadowed {
    /// Of all candidates.
    all: Pairs<AtomicU64>,
    found: Mutex<Found>,
}

/// Of one candidate.
#[derive(Debug, Default)]
struct Found {
    /// The record that put it.
    candidate: Sequence,
    /// The first record that it decided.
    from: Option<Sequence>,
    pairs: Pairs<u64>,
    /// Declarations of which an item has another verdict.
    differing: u64,
    /// Records that could not be decided by it.
    undecided: u64,
    /// Records that passed without a shadow.
    passed: u64,
    /// Why it decides no more.
    stopped: Option<String>,
    latest: VecDeque<Value>,
}

impl Shadowed {
    /// How often each live verdict met each shadow verdict, of all candidates since the process began.
    pub fn pairs(&self) -> impl Iterator<Item = (Verdict, Verdict, u64)> {
        let rows = Verdict::ALL.iter().copied().zip(&self.all);
        rows.flat_map(|(live, row)| {
            let cells = Verdict::ALL.iter().copied().zip(row);
            cells.map(move |(shadow, count)| (live, shadow, count.load(Ordering::Relaxed)))
        })
    }

    /// Records that passed without the last candidate, those that it could not decide, and whether it decides no more.
    #[must_use]
    pub fn left_out(&self) -> (u64, u64, bool) {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        (found.passed, found.undecided, found.stopped.is_some())
    }

    /// What is told of the candidate that a record put.
    #[must_use]
    pub fn told(&self, candidate: u64) -> Value {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = Found::default();
        let found = match found.candidate.get() == candidate {
            true => &*found,
            false => &nothing,
        };
        let rows = Verdict::ALL.iter().copied().zip(found.pairs);
        let pairs = rows.flat_map(|(live, row)| {
            let cells = Verdict::ALL.iter().copied().zip(row);
            let cells = cells.filter(|(_, count)| *count > 0);
            cells.map(move |(shadow, count)| {
                json!({ "verdict": live.as_str(), "shadow_verdict": shadow.as_str(), "count": count })
            })
        });
        json!({
            "from_sequence": found.from.map(Sequence::get),
            "decided": found.pairs.iter().flatten().sum::<u64>(),
            "pairs": pairs.collect::<Vec<_>>(),
            "differing": found.differing,
            "undecided": found.undecided,
            "passed": found.passed,
            "stopped": found.stopped,
            "latest": found.latest,
        })
    }

    fn note(&self, note: impl FnOnce(&mut Found)) {
        note(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// What decides by the candidate, in room of its own.
pub(super) struct Shadow {
    folder: Arc<DataFolder>,
    found: Arc<Shadowed>,
    /// The candidate of a record, compiled; none where it decides no more.
    program: Option<(Sequence, Option<Arc<Program>>)>,
    matcher: Matcher,
    /// How long it rests, and since when: a part of the time only goes into compiling.
    rests: Option<(Stopwatch, u64)>,
}

impl Shadow {
    pub(super) fn new(folder: Arc<DataFolder>, found: Arc<Shadowed>) -> Self {
        Self {
            folder,
            found,
            program: None,
            matcher: Matcher::default(),
            rests: None,
        }
    }

    /// Decides by the candidate what a record says was decided, before the record is folded: each item, in their order.
    /// None where there is no candidate, or it passes.
    pub(super) fn decide(
        &mut self,
        state: &mut State,
        revision: &Revision<'_>,
        hurries: bool,
    ) -> Vec<ShadowItem> {
        let candidate = state
            .world
            .as_ref()
            .and_then(|world| world.policies().candidate());
        let Some(candidate) = candidate.cloned() else {
            self.program = None;
            return Vec::new();
        };
        if self
            .program
            .as_ref()
            .is_none_or(|(of, _)| *of != candidate.sequence)
        {
            self.begin(state, &candidate);
        }
        let Some((_, Some(program))) = self.program.clone() else {
            return Vec::new();
        };
        let Some(program) = self.up_to_date(state, program, hurries) else {
            return Vec::new();
        };
        let decided = survives(|| {
            reach(Point::Shadowing);
            state.decide_by(&mut self.matcher, &program, revision)
        });
        match decided {
            Some(Ok(())) => self.items(&program),
            Some(Err(_)) => {
                self.found.note(|found| found.undecided += 1);
                Vec::new()
            }
            None => {
                self.matcher = Matcher::default();
                self.stop("it panicked on a declaration");
                Vec::new()
            }
        }
    }

    fn begin(&mut self, state: &State, candidate: &Candidate) {
        self.found.note(|found| {
            *found = Found {
                candidate: candidate.sequence,
                ..Found::default()
            };
        });
        self.program = Some((candidate.sequence, None));
        let watch = Stopwatch::start();
        match survives(|| self.compile(state.world.as_ref(), candidate)) {
            Some(Ok(program)) => self.program = Some((candidate.sequence, program)),
            Some(Err(why)) => self.stop(&why),
            None => self.stop("it panicked when it was compiled"),
        }
        self.rest(watch);
    }

    fn compile(
        &self,
        world: Option<&World>,
        candidate: &Candidate,
    ) -> Result<Option<Arc<Program>>, String> {
        let told = |why: &dyn std::fmt::Display| why.to_string();
        let Some(world) = world else { return Ok(None) };
        let source = self.folder.policy(&candidate.policy);
        let source = source.map_err(|error| told(&error))?;
        let policy = read(&source).map_err(|error| told(&error))?;
        let program = Program::compile(Arc::new(policy), Arc::clone(world.registry().current()));
        let program = program.map_err(|errors| told(&WorldError::Compile(errors)))?;
        Ok(Some(Arc::new(program)))
    }

    /// The program under the registry as it is; none where that would take time which there is not now.
    fn up_to_date(
        &mut self,
        state: &State,
        program: Arc<Program>,
        hurries: bool,
    ) -> Option<Arc<Program>> {
        let registry = state.world.as_ref()?.registry().current();
        let follows = registry.is_of(program.registry());
        if hurries || !follows && self.is_resting() {
            self.found.note(|found| found.passed += 1);
            return None;
        }
        if Arc::ptr_eq(registry, program.registry()) {
            return Some(program);
        }
        let watch = Stopwatch::start();
        let made = survives(|| caught_up(&program, registry));
        if !follows {
            self.rest(watch);
        }
        match made {
            Some(Ok(made)) => {
                if let Some((_, kept)) = &mut self.program {
                    *kept = Some(Arc::clone(&made));
                }
                Some(made)
            }
            Some(Err(why)) => {
                self.stop(&why.to_string());
                None
            }
            None => {
                self.stop("it panicked when it was compiled");
                None
            }
        }
    }

    fn is_resting(&self) -> bool {
        let rests = self.rests.as_ref();
        rests.is_some_and(|(since, ms)| since.elapsed().as_millis() < u128::from(*ms))
    }

    /// After a time of compiling it rests some times as long.
    fn rest(&mut self, compiled: Stopwatch) {
        let ms = u64::try_from(compiled.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.rests = Some((Stopwatch::start(), ms.saturating_mul(SHADOW_REST)));
    }

    fn stop(&mut self, why: &str) {
        if let Some((_, program)) = &mut self.program {
            *program = None;
        }
        self.found
            .note(|found| found.stopped = Some(why.to_owned()));
    }

    fn items(&self, program: &Program) -> Vec<ShadowItem> {
        let items = self.matcher.outcome().items.iter();
        let items = items.map(|item| ShadowItem {
            verdict: item.verdict,
            rule: item.rule.and_then(|rule| named(program, rule)),
        });
        items.collect()
    }

    /// Counts what the candidate said beside what was decided.
    pub(super) fn compare(&self, decision: &Decision<'_>, shadow: &[ShadowItem]) {
        let strictest = shadow.iter().map(|item| item.verdict).max();
        let Some(strictest) = strictest else { return };
        let live = decision.outcome.verdict;
        let cell = |pairs: &Pairs<AtomicU64>| {
            let row = pairs
                .get(live as usize)
                .and_then(|row| row.get(strictest as usize));
            row.map(|count| count.fetch_add(1, Ordering::Relaxed));
        };
        cell(&self.found.all);
        let items = decision.outcome.items.iter().zip(shadow);
        let differs = items
            .clone()
            .any(|(item, shadow)| item.verdict != shadow.verdict);
        let told = differs.then(|| difference(decision, strictest, shadow));
        self.found.note(|found| {
            let sequence = Sequence::new(decision.meta.sequence);
            found.from.get_or_insert(sequence);
            if let Some(count) = found
                .pairs
                .get_mut(live as usize)
                .and_then(|row| row.get_mut(strictest as usize))
            {
                *count += 1;
            }
            if let Some(told) = told {
                found.differing += 1;
                found.latest.push_front(told);
                found.latest.truncate(SHADOW_DIFFERENCES);
            }
        });
    }
}

/// The rule that decided, as `book/rule`.
fn named(program: &Program, rule: crate::engine::RuleNo) -> Option<String> {
    let (book, rule) = program.rule(rule)?;
    Some(format!("{}/{}", book.id, rule.id))
}

/// A declaration that the candidate decides otherwise, with the items of which it does.
fn difference(decision: &Decision<'_>, verdict: Verdict, shadow: &[ShadowItem]) -> Value {
    let declaration = decision.declaration();
    let items = declaration.items.iter().zip(&decision.outcome.items);
    let items = items.zip(shadow);
    let items = items.filter(|((_, live), shadow)| live.verdict != shadow.verdict);
    let items = items
        .take(SHADOW_DIFFERENCES)
        .map(|((item, live), shadow)| {
            json!({
                "item_no": item.item_no,
                "verdict": live.verdict.as_str(),
                "rule": live.rule.and_then(|rule| named(decision.program, rule)),
                "shadow_verdict": shadow.verdict.as_str(),
                "shadow_rule": shadow.rule,
            })
        });
    json!({
        "declaration_id": declaration.id.as_str(),
        "version": declaration.version,
        "revision": decision.meta.revision,
        "sequence": decision.meta.sequence,
        "verdict": decision.outcome.verdict.as_str(),
        "shadow_verdict": verdict.as_str(),
        "items": items.collect::<Vec<_>>(),
    })
}

/// What comes of something that may panic; none where it does.
fn survives<T>(act: impl FnOnce() -> T) -> Option<T> {
    // Whatever it had begun to change is thrown away by whoever asks.
    catch_unwind(AssertUnwindSafe(act)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_survived() {
        assert_eq!(survives(|| 1), Some(1));
        let none: [u8; 0] = [];
        assert_eq!(survives(|| none.first().copied().unwrap()), None);
    }
}
