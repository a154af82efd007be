//! What the archive takes: a record of the journal, with the rows that it gives to each table.

use crate::declaration::{Day, Moment};
use crate::engine::Decision;
use crate::journal::Sequence;
use crate::policy::Verdict;

/// A record of the journal. Most give rows to some tables only, and some to none.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its place in the journal.
    pub sequence: Sequence,
    /// When it was recorded. Its day, in UTC, is the `date` of the files that its rows are in.
    pub at: Moment,
    /// A decision, made of `sequence` at `at`: its items become rows of `decisions`.
    pub decision: Option<&'a Decision<'a>>,
    /// A revision of a declaration: a row of `declarations`.
    pub revision: Option<&'a Revision<'a>>,
    /// An event or other act: a row of `events`.
    pub event: Option<&'a Event<'a>>,
    /// What the candidate policy says of the decision's items, in their order; empty where there is none.
    pub shadow: &'a [ShadowItem],
    /// What tests found: rows of `results`.
    pub tests: &'a [TestResult<'a>],
}

impl Record<'_> {
    /// A record without rows.
    #[must_use]
    pub const fn new(sequence: Sequence, at: Moment) -> Self {
        Self {
            sequence,
            at,
            decision: None,
            revision: None,
            event: None,
            shadow: &[],
            tests: &[],
        }
    }
}

/// What the candidate policy says of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowItem {
    /// Its verdict.
    pub verdict: Verdict,
    /// The rule that decided, as `book/rule`; none where every book abstained.
    pub rule: Option<String>,
}

/// A revision of a declaration. What each member is stands in the documentation of its column.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns of the table document them")]
pub struct Revision<'a> {
    pub decision_id: &'a str,
    pub declaration_id: &'a str,
    pub version: u32,
    pub revision: u32,
    pub revision_kind: &'a str,
    pub cause_event_id: Option<&'a str>,
    pub decided_on: Day,
    pub direction: &'a str,
    pub office: Option<&'a str>,
    pub trader_id: &'a str,
    pub enterprise_id: &'a str,
    pub status: &'a str,
    pub verdict: &'a str,
    pub due_at: Option<Moment>,
    pub by: Option<&'a str>,
    pub why: Option<&'a str>,
    pub body: Option<&'a str>,
    pub answer: &'a str,
    pub record: &'a [u8],
    pub policy: &'a str,
    pub registry_revision: u64,
}

/// An event, or another act that the journal holds. What each member is stands in the documentation of its column.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns of the table document them")]
pub struct Event<'a> {
    pub event_id: &'a str,
    pub kind: &'a str,
    pub at: Moment,
    pub authority: Option<&'a str>,
    pub document: Option<&'a str>,
    pub declaration_id: Option<&'a str>,
    pub enterprise_id: Option<&'a str>,
    pub body: &'a str,
    pub record: &'a [u8],
    pub registry_revision: u64,
    pub by: Option<&'a str>,
}

/// What a test found. What each member is stands in the documentation of its column.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns of the table document them")]
pub struct TestResult<'a> {
    pub event_id: &'a str,
    pub declaration_id: &'a str,
    pub version: u32,
    pub item_no: u16,
    pub object: &'a str,
    pub test: &'a str,
    pub value: Option<&'a str>,
    pub unit: Option<&'a str>,
    pub limit: Option<&'a str>,
    pub passed: bool,
    pub conclusion: Option<&'a str>,
    pub officer_id: Option<&'a str>,
    pub started_at: Option<Moment>,
    pub finished_at: Option<Moment>,
}

/// A row of a record, with the record's place and time.
#[derive(Debug)]
pub(super) struct Entry<'r, R> {
    pub(super) sequence: Sequence,
    pub(super) at: Moment,
    pub(super) row: &'r R,
}
