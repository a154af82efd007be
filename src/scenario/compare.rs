//! Holds an answer, as an officer sees it, against what a scenario expects of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::file::{Expect, ItemExpect, Members};
use super::runner::cell;
use crate::declaration::{Amount, Moment};

/// What of an answer can be expected.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Answer {
    version: u32,
    revision: u32,
    verdict: String,
    status: String,
    decided_at: String,
    due_at: Option<String>,
    priority: String,
    items: Vec<ItemAnswer>,
}

#[derive(Debug, Clone, Deserialize)]
struct ItemAnswer {
    verdict: String,
    obligations: Obligations,
    reasons: Vec<Reason>,
    selected_by: Option<String>,
    risk: BTreeMap<String, i32>,
    rate: Option<String>,
    sampling_plan: Option<SamplingPlan>,
}

#[derive(Debug, Clone, Deserialize)]
struct SamplingPlan {
    acceptance_number: Option<u32>,
}

#[derive(Debug, Clone, Deserialize)]
struct Obligations {
    mode: Option<String>,
    tests: Vec<String>,
    documents: Vec<String>,
    specimens: Option<u32>,
    sample_size: Option<u32>,
    objects: Vec<String>,
    office: Option<String>,
    follow_up: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Reason {
    book: String,
    rule: String,
    code: Option<String>,
    spoke: bool,
}

impl Answer {
    /// Reads an officer's answer.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| format!("the answer: {error}"))
    }

    /// Seconds from the answer until it is due.
    fn due_s(&self) -> Option<i64> {
        let micros = |text: &str| Moment::parse(text).ok().map(Moment::micros);
        let (due, decided) = (micros(self.due_at.as_deref()?)?, micros(&self.decided_at)?);
        Some((due - decided).div_euclid(1_000_000))
    }
}

impl ItemAnswer {
    /// The rules that spoke, or those that matched and did not, as `book/rule`.
    fn rules(&self, spoke: bool) -> Vec<String> {
        let reasons = self.reasons.iter().filter(|reason| reason.spoke == spoke);
        let named = reasons.map(|reason| format!("{}/{}", reason.book, reason.rule));
        named.collect()
    }
}

/// Collects what does not hold.
#[derive(Default)]
struct Comparison(Vec<String>);

impl Comparison {
    fn check<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: &str,
        expected: Option<T>,
        found: &T,
    ) {
        if let Some(expected) = expected.filter(|expected| expected != found) {
            self.0
                .push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    fn text(&mut self, what: &str, expected: Option<&String>, found: Option<&String>) {
        if let Some(expected) = expected.filter(|expected| Some(*expected) != found) {
            let found = found.map_or("nothing".to_owned(), |found| format!("`{found}`"));
            let why = format!("{what}: expected `{expected}`, found {found}");
            self.0.push(why);
        }
    }

    fn texts(&mut self, what: &str, expected: Option<&Vec<String>>, found: &Vec<String>) {
        self.check(what, expected, &found);
    }
}

/// What does not hold of an answer.
pub(super) fn compare(expect: &Expect, answer: &Answer) -> Vec<String> {
    let mut comparison = Comparison::default();
    comparison.text("verdict", expect.verdict.as_ref(), Some(&answer.verdict));
    comparison.text("status", expect.status.as_ref(), Some(&answer.status));
    comparison.check("version", expect.version, &answer.version);
    comparison.check("revision", expect.revision, &answer.revision);
    comparison.text("priority", expect.priority.as_ref(), Some(&answer.priority));
    let due_s = expect.due_hours.map(|hours| Some(i64::from(hours) * 3_600));
    comparison.check("due_hours, in seconds", due_s, &answer.due_s());
    let items = expect
        .items
        .clone()
        .unwrap_or_else(|| vec![expect.only_item()]);
    comparison.check(
        "number of items",
        Some(items.len()).filter(|_| expect.items.is_some()),
        &answer.items.len(),
    );
    for (expect, item) in items.iter().zip(&answer.items) {
        compare_item(expect, item, &mut comparison);
    }
    comparison.0
}

fn compare_item(expect: &ItemExpect, item: &ItemAnswer, comparison: &mut Comparison) {
    let (spoke, unselected) = (item.rules(true), item.rules(false));
    comparison.text("verdict", expect.verdict.as_ref(), Some(&item.verdict));
    comparison.texts("rules", expect.rules.as_ref(), &spoke);
    let mut matched = expect.matched.iter().flatten();
    while let Some(rule) = matched.find(|rule| !unselected.contains(rule)) {
        let why = format!("matched: `{rule}` is not among {unselected:?}; spoke {spoke:?}");
        comparison.0.push(why);
    }
    let mut absent = expect.absent.iter().flatten();
    while let Some(rule) = absent.find(|rule| spoke.contains(rule) || unselected.contains(rule)) {
        let why = format!("absent: `{rule}` spoke or matched");
        comparison.0.push(why);
    }
    let codes = item.reasons.iter().filter(|reason| reason.spoke);
    let codes = codes.filter_map(|reason| reason.code.clone());
    comparison.check(
        "reasons",
        expect.reasons.clone().map(BTreeSet::from_iter),
        &codes.collect::<BTreeSet<String>>(),
    );
    compare_obligations(expect, &item.obligations, comparison);
    let plan = item.sampling_plan.as_ref();
    let acceptance = plan.and_then(|plan| plan.acceptance_number);
    comparison.check("acceptance", expect.acceptance.map(Some), &acceptance);
    let rate = expect.rate.as_deref().map(canonical_rate);
    comparison.text("rate", rate.as_ref(), item.rate.as_ref());
    comparison.text(
        "selected_by",
        expect.selected_by.as_ref(),
        item.selected_by.as_ref(),
    );
    for (name, points) in expect.risk.iter().flatten() {
        let found = item.risk.get(name);
        comparison.check(&format!("risk.{name}"), Some(Some(points)), &found);
    }
}

fn compare_obligations(expect: &ItemExpect, found: &Obligations, comparison: &mut Comparison) {
    comparison.text("mode", expect.mode.as_ref(), found.mode.as_ref());
    comparison.texts("tests", expect.tests.as_ref(), &found.tests);
    comparison.texts("documents", expect.documents.as_ref(), &found.documents);
    comparison.texts("objects", expect.objects.as_ref(), &found.objects);
    comparison.texts("follow_up", expect.follow_up.as_ref(), &found.follow_up);
    comparison.check("specimens", expect.specimens.map(Some), &found.specimens);
    comparison.check(
        "sample_size",
        expect.sample_size.map(Some),
        &found.sample_size,
    );
    comparison.text("office", expect.office.as_ref(), found.office.as_ref());
}

/// A rate as an answer writes it, whatever zeros the author put behind it.
fn canonical_rate(text: &str) -> String {
    match Amount::parse(text) {
        Ok(amount) => amount.to_string(),
        Err(_) => text.trim_end_matches('0').to_owned(),
    }
}

/// What does not hold of a refusal with these codes.
pub(super) fn compare_refusal(found: &BTreeSet<&str>, wanted: &[String]) -> Vec<String> {
    let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
    if *found == wanted {
        Vec::new()
    } else {
        vec![format!("refused: expected {wanted:?}, found {found:?}")]
    }
}

/// What does not hold of rows, of which those members are looked at that are expected.
pub(super) fn compare_rows(wanted: &[Members], found: &[Members]) -> Vec<String> {
    let mut comparison = Comparison::default();
    if wanted.len() != found.len() {
        let found: Vec<String> = found.iter().map(written).collect();
        let count = wanted.len();
        let why = format!("rows: expected {count}, found {}: {found:?}", found.len());
        comparison.0.push(why);
        return comparison.0;
    }
    for (no, (wanted, found)) in wanted.iter().zip(found).enumerate() {
        for (name, value) in wanted {
            let what = format!("row {}, `{name}`", no + 1);
            let found = found.get(name).map(cell).unwrap_or_default();
            comparison.text(&what, Some(&cell(value)), Some(&found));
        }
    }
    comparison.0
}

fn written(row: &Members) -> String {
    let cells = row.iter().filter(|(_, value)| !cell(value).is_empty());
    let cells: Vec<String> = cells
        .map(|(name, value)| format!("{name} {}", cell(value)))
        .collect();
    cells.join(", ")
}
