//! The rows of a journal's record: a decision becomes rows of `decisions` and, as every revision does, one of
//! `declarations`; an act one of `events`, and what an inspection found rows of `results`.

use super::entry::{
    Event as EventRow, Record as Rows, Revision as RevisionRow, ShadowItem, TestResult,
};
use super::error::ArchiveError;
use super::roll::{Batch, BatchBuilder};
use crate::declaration::Zone;
use crate::engine::{Decision, decision_id};
use crate::journal::Sequence;
use crate::supervision::{Event, Record, RevisionKind, What, write_answer_of};

/// A record of the journal as it was read.
#[derive(Debug, Clone, Copy)]
pub struct Journaled<'a> {
    /// Its place.
    pub sequence: Sequence,
    /// Its bytes.
    pub payload: &'a [u8],
    /// What they say.
    pub record: &'a Record<'a>,
    /// The event of its act.
    pub event: Option<&'a Event>,
    /// The time zone of the policy.
    pub zone: Zone,
    /// What the candidate policy says of the items that were decided, in their order; empty where there is none.
    pub shadow: &'a [ShadowItem],
}

impl BatchBuilder {
    /// Adds a record of the journal, with what was decided where something was.
    ///
    /// # Errors
    /// As [`BatchBuilder::append`].
    pub fn append_journaled(
        &mut self,
        journaled: &Journaled<'_>,
        decision: Option<&Decision<'_>>,
    ) -> Result<Option<Batch>, ArchiveError> {
        let record = journaled.record;
        let texts = Texts::new(journaled);
        let revision = texts.as_ref().and_then(|texts| texts.row(journaled));
        let event = event_row(journaled);
        let tests = test_rows(journaled);
        self.append(&Rows {
            sequence: journaled.sequence,
            at: record.at,
            decision,
            revision: revision.as_ref(),
            event: event.as_ref(),
            shadow: journaled.shadow,
            tests: &tests,
        })
    }
}

/// Texts of a revision that its record does not have as they are.
struct Texts {
    decision_id: String,
    answer: String,
}

impl Texts {
    fn new(journaled: &Journaled<'_>) -> Option<Self> {
        let revision = journaled.record.revision.as_ref()?;
        let mut answer = Vec::new();
        let at = journaled.record.at;
        write_answer_of(revision, journaled.sequence, at, &mut answer);
        Some(Self {
            decision_id: decision_id(revision.declaration_id, revision.version, revision.revision),
            answer: String::from_utf8_lossy(&answer).into_owned(),
        })
    }

    fn row<'a>(&'a self, journaled: &Journaled<'a>) -> Option<RevisionRow<'a>> {
        let revision = journaled.record.revision.as_ref()?;
        let first = revision.kind.answers_at_once();
        Some(RevisionRow {
            decision_id: &self.decision_id,
            declaration_id: revision.declaration_id,
            version: revision.version,
            revision: revision.revision,
            revision_kind: revision.kind.as_str(),
            cause_event_id: journaled.event.map(Event::cause_id),
            decided_on: journaled.record.at.day(journaled.zone),
            direction: revision.direction.as_str(),
            office: revision.office,
            trader_id: revision.trader_id,
            enterprise_id: revision.enterprise_id,
            status: revision.status.as_str(),
            verdict: revision.verdict.as_str(),
            due_at: revision.due_at(journaled.record.at),
            by: revision.by,
            why: revision.why,
            body: (first || revision.kind == RevisionKind::Documents).then_some(revision.body),
            answer: &self.answer,
            record: journaled.payload,
            policy: revision.policy,
            registry_revision: revision.registry_revision,
        })
    }
}

fn event_row<'a>(journaled: &Journaled<'a>) -> Option<EventRow<'a>> {
    let (act, event) = (journaled.record.act.as_ref()?, journaled.event?);
    Some(EventRow {
        event_id: &event.id,
        kind: &event.kind,
        at: event.at,
        authority: event.authority.as_deref(),
        document: event.document.as_deref(),
        declaration_id: event.declaration_id(),
        enterprise_id: event.enterprise_id(),
        body: act.body,
        registry_revision: act.registry_revision,
        by: Some(act.by),
        record: journaled.payload,
    })
}

fn test_rows<'a>(journaled: &Journaled<'a>) -> Vec<TestResult<'a>> {
    let Some((event, What::Inspection(result))) = journaled.event.map(|event| (event, &event.what))
    else {
        return Vec::new();
    };
    let tests = result.tests.iter().map(|test| TestResult {
        event_id: &event.id,
        declaration_id: &result.declaration_id,
        version: result.version,
        item_no: result.item_no,
        object: result.object.as_str(),
        test: &test.test,
        value: test.value.as_deref(),
        unit: test.unit.as_deref(),
        limit: test.limit.as_deref(),
        passed: test.passed,
        conclusion: result.conclusion.as_deref(),
        officer_id: result.officer_id.as_deref(),
        started_at: result.started_at,
        finished_at: result.finished_at,
    });
    tests.collect()
}
