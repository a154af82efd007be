//! What a record of the service says, in the words of the state machine.

use greenlane::engine::{Kept, View};
use greenlane::journal::Sequence;
use greenlane::policy;
use greenlane::registry::{Counted, Mark};
use greenlane::supervision::{Record, Revision, RevisionKind, Status, marks, write_answer_for};
use serde_json::Value;

use super::machine::{ActLine, Line, RevisionLine};
use super::past::Happened;
use super::step::{Day, Micros};
use super::verdict::{Mode, Ordered};

/// A record.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) at: Micros,
    pub(crate) line: Line,
    /// The day that its act names.
    pub(crate) day: Option<Day>,
    /// The answer that it holds, where it holds one.
    pub(crate) answer: Option<Vec<u8>>,
}

impl Seen {
    pub(crate) fn read(payload: &[u8], sequence: u64) -> Result<Self, String> {
        let record = Record::decode(payload).map_err(|error| error.to_string())?;
        let mut day = None;
        let act = record.act.as_ref().map(|act| {
            let body: Value = serde_json::from_str(act.body).unwrap_or_default();
            let named = body["day"].as_str().and_then(|day| day.parse_day());
            day = named;
            ActLine {
                kind: body["type"].as_str().unwrap_or_default().to_owned(),
                by: act.by.to_owned(),
                revision: act.registry_revision,
            }
        });
        let at = record.at.micros();
        let revision = record.revision.as_ref();
        let answer = revision.map(|revision| answer(revision, sequence, &record));
        let revision = revision.zip(answer.as_deref());
        let revision = revision.map(|(revision, answer)| line(revision, sequence, at, answer));
        Ok(Self {
            at,
            line: Line {
                act,
                revision: revision.transpose()?,
                happened: marks(record.marks).flatten().map(happened).collect(),
            },
            day,
            answer,
        })
    }
}

fn happened(mark: Mark<'_>) -> Happened {
    let tests = mark.failed_tests.iter();
    Happened {
        party: mark.enterprise.to_owned(),
        heading: mark.heading.to_string(),
        what: match mark.counted {
            Counted::Declared => "declared",
            Counted::Selected => "selected",
            Counted::Cancelled => "cancelled",
            Counted::Passed => "passed",
            Counted::Failed => "failed",
            Counted::Notified => "foreign_notification",
            Counted::Recalled => "recall",
            Counted::Returned => "export_return",
            Counted::SpotFailed => "spot_check_failed",
            Counted::Complained => "complaint",
            Counted::MaterialPassed => "material passed",
            Counted::MaterialFailed => "material failed",
        },
        day: mark.day.number(),
        value: mark.value,
        failed: tests.map(|test| (*test).to_owned()).collect(),
    }
}

trait ParseDay {
    fn parse_day(&self) -> Option<Day>;
}

impl ParseDay for str {
    fn parse_day(&self) -> Option<Day> {
        let day = greenlane::declaration::Day::parse(self).ok()?;
        Some(day.number())
    }
}

/// The answer of a record that holds one.
pub(crate) fn answer_of(payload: &[u8], sequence: u64) -> Result<Vec<u8>, String> {
    let record = Record::decode(payload).map_err(|error| error.to_string())?;
    let revision = record.revision.as_ref().ok_or("no answer")?;
    Ok(answer(revision, sequence, &record))
}

fn answer(revision: &Revision<'_>, sequence: u64, record: &Record<'_>) -> Vec<u8> {
    let mut answer = Vec::new();
    let sequence = Sequence::new(sequence);
    write_answer_for(View::Officer, revision, sequence, record.at, &mut answer);
    answer
}

/// What a revision says; what its answer says too must be the same.
fn line(
    revision: &Revision<'_>,
    sequence: u64,
    at: Micros,
    answer: &[u8],
) -> Result<RevisionLine, String> {
    let told: Value = serde_json::from_slice(answer).map_err(|error| error.to_string())?;
    let due = revision.due_at(greenlane::declaration::Moment::from_micros(at));
    let pairs: [(&str, Value); 10] = [
        ("declaration_id", revision.declaration_id.into()),
        ("version", revision.version.into()),
        ("revision", revision.revision.into()),
        ("verdict", revision.verdict.as_str().into()),
        ("status", revision.status.as_str().into()),
        ("decided_at", super::step::moment(at).into()),
        ("due_at", due.map(|due| due.to_string()).into()),
        ("priority", "normal".into()),
        ("registry_revision", revision.registry_revision.into()),
        ("sequence", sequence.into()),
    ];
    for (name, expected) in pairs {
        if told[name] != expected {
            return Err(format!(
                "`{name}` is {} in the answer, {expected} in the record",
                told[name]
            ));
        }
    }
    let items = told["items"].as_array().into_iter().flatten();
    let items = items.map(|item| {
        let verdict = item["verdict"].as_str().and_then(policy::Verdict::parse);
        let verdict = verdict.ok_or("an item has no verdict")?;
        Ok((
            item["item_no"].as_u64().unwrap_or_default() as u16,
            verdict.as_str(),
        ))
    });
    Ok(RevisionLine {
        kind: kind(revision.kind),
        id: revision.declaration_id.to_owned(),
        version: revision.version,
        revision: revision.revision,
        previous: revision.previous.get(),
        status: status(revision.status),
        verdict: revision.verdict.as_str(),
        due: due.map_or(Micros::MIN, |due| due.micros()),
        registry_revision: revision.registry_revision,
        decision_day: revision.decision_day.number(),
        law_day: revision.declaration_day.number(),
        key_day: revision.key_day.number(),
        by: revision.by.map(str::to_owned),
        decided: revision.is_decided(),
        kept: revision.kept.iter().copied().map(ordered).collect(),
        ordered: revision.ordered.iter().copied().map(ordered).collect(),
        items: items.collect::<Result<_, String>>()?,
    })
}

fn kind(kind: RevisionKind) -> &'static str {
    kind.as_str()
}

pub(crate) fn status(status: Status) -> &'static str {
    status.as_str()
}

pub(crate) fn ordered(kept: Kept) -> Ordered {
    Ordered {
        item: kept.item_no,
        mode: kept.mode.map(|mode| match mode {
            policy::Mode::Document => Mode::Document,
            policy::Mode::Joint => Mode::Joint,
            policy::Mode::Physical => Mode::Physical,
            policy::Mode::Laboratory => Mode::Laboratory,
        }),
        by: kept.selected_by.as_str(),
    }
}
