//! From a declaration to the record of its decision, but for its place and time: what one worker does at a time, in
//! room that it uses again.

use std::sync::Arc;
use std::time::Duration;

use super::ledger::{Entry, Step, digest};
use super::marks::Marker;
use super::record::{Act, Due, Moves, Ordered, Record, Revision, carry, encode_outcome, stamp};
use super::settle::Settled;
use super::snapshot::Snapshot;
use super::status::{RevisionKind, Status};
use crate::clock::Stopwatch;
use crate::declaration::{Day, Declaration, Direction, Moment, write_json};
use crate::engine::{
    Ask, Count, Decision, DecisionMeta, DrawKey, HeaderJoin, Hints, Kept, Outcome, Program,
    Scratch, Take, View, write_items,
};
use crate::journal::Sequence;
use crate::policy::{Policy, Verdict};
use crate::registry::Counted;

/// What must be known of a declaration's earlier versions to decide another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prior {
    /// The declaration as it is known.
    pub entry: Entry,
    /// What it was selected for.
    pub kept: Vec<Kept>,
    /// What it has taken of stocks.
    pub taken: Box<[Take]>,
}

/// Why there is to be a decision.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// Why.
    pub kind: RevisionKind,
    /// The revision of the version.
    pub revision: u32,
    /// The act that it is recorded with.
    pub act: Option<&'a Act<'a>>,
    /// Who.
    pub by: Option<&'a str>,
}

impl Cause<'static> {
    /// The declaration itself.
    #[must_use]
    pub const fn declared(amends: bool) -> Self {
        Self {
            kind: if amends {
                RevisionKind::Amendment
            } else {
                RevisionKind::Initial
            },
            revision: 1,
            act: None,
            by: None,
        }
    }
}

/// A record that waits for its place and time.
#[derive(Debug)]
pub struct Draft {
    /// The digest of the declaration's id.
    pub key: u128,
    /// The digest of its canonical form.
    pub content: u128,
    /// Its version.
    pub version: u32,
    /// The snapshot's revision that it was decided by.
    pub registry_revision: u64,
    /// The record of the declaration's latest revision that was reckoned with.
    pub prior: Option<Sequence>,
    /// What the declaration was selected for, as it was reckoned with.
    pub kept: Vec<Kept>,
    /// What it does to the ledger.
    pub step: Step,
    /// The record, of which the matcher has a copy.
    pub record: Vec<u8>,
    /// Where in it the revision stands.
    revised: usize,
}

/// How long a decision took, over all its tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Took {
    /// To match: the facts joined, the rules walked.
    pub matched: Duration,
    /// To settle, the wait for the ledger included.
    pub settled: Duration,
}

impl Took {
    /// The engine's own nanoseconds.
    #[must_use]
    pub fn engine_ns(self) -> u64 {
        u64::try_from((self.matched + self.settled).as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Room for one decision at a time.
#[derive(Debug, Default)]
pub struct Matcher {
    scratch: Scratch,
    outcome: Outcome,
    body: Vec<u8>,
    items: Vec<u8>,
    outcome_bytes: Vec<u8>,
    marker: Marker,
    /// The record that was made last, with its time once it is [settled](Self::settled).
    pub payload: Vec<u8>,
    /// A buffer for the next record that is handed over.
    spare: Vec<u8>,
    /// How long the last decision took. Whoever begins another begins it anew, and adds how long it took to settle.
    pub took: Took,
    last: Option<(Arc<Policy>, Direction)>,
}

impl Matcher {
    /// Writes the canonical form of a declaration and says what it and the id are known by.
    pub fn digest(&mut self, declaration: &Declaration<'_>, program: &Program) -> (u128, u128) {
        self.body.clear();
        let profile = &program.policy().profile;
        write_json(declaration, profile, &mut self.body);
        let key = digest(declaration.id.as_str().as_bytes());
        (key, digest(&self.body))
    }

    /// Tells the next decision how much others have taken of stocks, and which counters select. Of those that it is not
    /// told of, hints are heeded; without any nothing is taken and none selects.
    pub fn assume(&mut self, taken: &[Take], asks: &[Ask], hints: Option<&Arc<Hints>>) {
        let Scratch {
            inputs, control, ..
        } = &mut self.scratch;
        inputs.forget();
        inputs.heed(hints);
        inputs.learn(taken);
        control.forget();
        control.heed(hints);
        control.learn(asks);
    }

    /// Tells others what stocks and counters are now that the last decision was settled.
    pub fn tell(&self, hints: &Hints) {
        let taken = self.scratch.inputs.outcome();
        taken.for_each(|take| hints.set_taken(take));
        hints.count(self.counts());
    }

    /// What the last decision does to stocks and counters, where its declaration has taken some before.
    #[must_use]
    pub fn moves(&self, declaration: &Declaration<'_>, returned: &[Take]) -> Moves {
        Moves {
            reads: self.scratch.inputs.reads().into(),
            returned: returned.into(),
            taken: Moves::taken_by(&self.outcome),
            asks: self.scratch.control.asks().into(),
            counts: self.counts().into(),
            slots: Some(Moves::slots_of(declaration, &self.outcome)),
        }
    }

    /// What the last decision counts.
    #[must_use]
    pub fn counts(&self) -> &[Count] {
        self.scratch.control.counts()
    }

    /// Decides, and gives what came out to `then`, with the outcome's bytes.
    pub fn decide<R>(
        &mut self,
        (program, decision_day, key): (&Program, Day, &DrawKey),
        declaration: &Declaration<'_>,
        (kind, kept): (RevisionKind, &[Kept]),
        then: impl FnOnce(&HeaderJoin<'_>, &Outcome, &[u8]) -> R,
    ) -> R {
        let header = HeaderJoin::new(program.registry(), declaration, decision_day);
        self.scratch.control.watch(kind == RevisionKind::Initial);
        self.run(program, &header, key, kept);
        self.write_outcome(program);
        then(&header, &self.outcome, &self.outcome_bytes)
    }

    fn run(&mut self, program: &Program, header: &HeaderJoin<'_>, key: &DrawKey, kept: &[Kept]) {
        program.decide_joined(header, key, &mut self.scratch, &mut self.outcome);
        self.scratch.inputs.forget();
        self.scratch.control.forget();
        self.outcome.keep(header.declaration, kept);
    }

    fn write_outcome(&mut self, program: &Program) {
        self.outcome_bytes.clear();
        encode_outcome(program, &self.outcome, &mut self.outcome_bytes);
    }

    /// What came out of the declaration that was decided last.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// By which policy the last declaration was decided that a record was made of, and its direction.
    #[must_use]
    pub const fn last(&self) -> Option<&(Arc<Policy>, Direction)> {
        self.last.as_ref()
    }

    /// Decides a declaration, whose canonical form [`Self::digest`] has just written, and makes the record.
    pub fn draft(
        &mut self,
        snapshot: &Snapshot,
        declaration: &Declaration<'_>,
        (key, content): (u128, u128),
        prior: Option<&Prior>,
        (key_day, draw_key): (Day, &DrawKey),
        cause: Cause<'_>,
    ) -> Draft {
        let watch = Stopwatch::start();
        let program = &snapshot.program;
        let kept = prior.map_or(&[] as &[Kept], |prior| &prior.kept);
        let header = snapshot.join(declaration);
        let first = cause.kind == RevisionKind::Initial;
        self.scratch.control.watch(first);
        self.run(program, &header, draw_key, kept);
        let matched = watch.elapsed();
        self.took.matched += matched;
        self.last = Some((Arc::clone(program.policy()), declaration.direction));
        let engine_ns = u32::try_from(matched.as_nanos()).unwrap_or(u32::MAX);
        self.write_outcome(program);
        self.write_items(snapshot, &header, &cause);
        self.mark(declaration, snapshot.today, prior, &cause);
        let mut payload = std::mem::take(&mut self.payload);
        payload.clear();
        let mut revision = self.revision(snapshot, &header, &cause, kept);
        revision.previous = prior.map_or(Sequence::ZERO, |prior| prior.entry.latest);
        revision.key_day = key_day;
        revision.engine_ns = engine_ns;
        revision.moves = self.moves(declaration, prior.map_or(&[], |prior| &prior.taken));
        let step = Step::new(&revision, key, content);
        let record = Record {
            at: Moment::from_micros(0),
            act: cause.act.cloned(),
            revision: Some(revision),
            marks: &self.marker.bytes,
        };
        let revised = record.encode(&mut payload).unwrap_or_default();
        let mut record = std::mem::take(&mut self.spare);
        record.clear();
        record.extend_from_slice(&payload);
        self.payload = payload;
        Draft {
            key,
            content,
            version: declaration.version,
            registry_revision: snapshot.revision,
            prior: prior.map(|prior| prior.entry.latest),
            kept: kept.to_vec(),
            step,
            record,
            revised,
        }
    }

    /// Drafts again what was drafted last, by a later snapshot that decides it as the one did that it was drafted by: of
    /// the record nothing but the revision is another.
    pub fn carry(&mut self, draft: &mut Draft, snapshot: &Snapshot) {
        draft.registry_revision = snapshot.revision;
        for record in [&mut draft.record, &mut self.payload] {
            carry(record, draft.revised, snapshot.revision);
        }
    }

    /// What was drafted last is settled, or is not to be: a buffer that is left of it is used again.
    pub fn settled(&mut self, draft: Draft, settled: Option<Settled>) {
        self.spare = draft.record;
        if let Some(settled) = settled {
            stamp(&mut self.payload, settled.at);
        }
    }

    /// What the declaration that was decided last adds to quality files.
    #[must_use]
    pub fn marks(&self) -> &[u8] {
        &self.marker.bytes
    }

    /// A declaration counts once, in its first version, and is selected whenever it comes to be.
    fn mark(
        &mut self,
        declaration: &Declaration<'_>,
        today: Day,
        prior: Option<&Prior>,
        cause: &Cause<'_>,
    ) {
        self.marker.clear();
        if cause.kind == RevisionKind::Initial {
            let items = declaration.items.iter();
            let declared = (Counted::Declared, today);
            self.marker.mark(declaration, items, declared, &[]);
        }
        let was = prior.map(|prior| prior.entry.status);
        if self.outcome.verdict == Verdict::Sample && was != Some(Status::Selected) {
            let items = declaration.items.iter().zip(&self.outcome.items);
            let sampled = items.filter(|(_, outcome)| outcome.verdict == Verdict::Sample);
            let items = sampled.map(|(item, _)| item);
            let selected = (Counted::Selected, today);
            self.marker.mark(declaration, items, selected, &[]);
        }
    }

    fn write_items(&mut self, snapshot: &Snapshot, header: &HeaderJoin<'_>, cause: &Cause<'_>) {
        self.items.clear();
        let decision = Decision {
            program: &snapshot.program,
            header,
            outcome: &self.outcome,
            cause: None,
            meta: DecisionMeta {
                sequence: 0,
                revision: cause.revision,
                kind: cause.kind.as_str(),
                decided_at: Moment::from_micros(0),
                registry_revision: snapshot.revision,
                engine_ns: None,
            },
        };
        write_items(&decision, View::Officer, &mut self.items);
    }

    /// The revision of what was decided last.
    fn revision<'r>(
        &'r self,
        snapshot: &'r Snapshot,
        header: &HeaderJoin<'r>,
        cause: &Cause<'r>,
        kept: &[Kept],
    ) -> Revision<'r> {
        let declaration = header.declaration;
        Revision {
            kind: cause.kind,
            declaration_id: declaration.id.as_str(),
            version: declaration.version,
            revision: cause.revision,
            previous: Sequence::ZERO,
            status: Status::of_verdict(self.outcome.verdict),
            verdict: self.outcome.verdict,
            priority: self.outcome.priority,
            due: self.outcome.due_s.map_or(Due::Never, Due::After),
            registry_revision: snapshot.revision,
            decision_day: header.decision_day,
            declaration_day: declaration.day,
            key_day: header.decision_day,
            policy: &snapshot.policy,
            by: cause.by,
            why: None,
            direction: declaration.direction,
            office: declaration.office.as_deref(),
            trader_id: declaration.trader.as_str(),
            enterprise_id: declaration.enterprise().as_str(),
            kept: kept.to_vec(),
            ordered: ordered(declaration, &self.outcome),
            // What was written by `write_json` and `serde_json` is UTF-8.
            body: std::str::from_utf8(&self.body).unwrap_or_default(),
            outcome: &self.outcome_bytes,
            items: std::str::from_utf8(&self.items).unwrap_or_default(),
            engine_ns: 0,
            moves: Moves::default(),
        }
    }
}

/// The items that are to be inspected: those that are sampled, and those that are held and have something ordered.
fn ordered(declaration: &Declaration<'_>, outcome: &Outcome) -> Vec<Ordered> {
    let items = declaration.items.iter().zip(&outcome.items);
    let inspected = items.filter(|(_, item)| match item.verdict {
        Verdict::Release => false,
        Verdict::Sample => true,
        Verdict::Hold => item.obligations.mode.is_some(),
    });
    let ordered = inspected.filter_map(|(item, outcome)| {
        Some(Ordered {
            item_no: item.item_no,
            mode: outcome.obligations.mode,
            selected_by: outcome.selected_by?,
        })
    });
    ordered.collect()
}
