//! Holds an outcome against what a scenario expects of it.

use std::collections::BTreeSet;

use super::scenario_file::{Expect, ItemExpect};
use crate::declaration::Amount;
use crate::engine::{Decision, ItemJoin, ItemObligations, WordNo, office};
use crate::policy::{FollowUp, Object};

/// Collects what does not hold.
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
}

pub(super) fn compare(expect: &Expect, decision: &Decision<'_>) -> Vec<String> {
    let outcome = decision.outcome;
    let mut comparison = Comparison(Vec::new());
    if expect.refused.is_some() {
        comparison
            .0
            .push("it should be refused, but is not".to_owned());
    }
    comparison.check(
        "verdict",
        expect.verdict.as_deref(),
        &outcome.verdict.as_str(),
    );
    comparison.check(
        "priority",
        expect.priority.as_deref(),
        &outcome.priority.as_str(),
    );
    comparison.check(
        "due_hours",
        expect.due_hours.map(|hours| Some(hours * 3_600)),
        &outcome.due_s,
    );
    let items = expect
        .items
        .clone()
        .unwrap_or_else(|| vec![expect.only_item()]);
    comparison.check(
        "number of items",
        Some(items.len()).filter(|_| expect.items.is_some()),
        &outcome.items.len(),
    );
    for ((at, expect), item) in items.iter().enumerate().zip(&decision.declaration().items) {
        compare_item(expect, decision, at, &decision.join(item), &mut comparison);
    }
    comparison.0
}

fn compare_item(
    expect: &ItemExpect,
    decision: &Decision<'_>,
    at: usize,
    join: &ItemJoin<'_>,
    comparison: &mut Comparison,
) {
    let (outcome, program) = (decision.outcome, decision.program);
    let Some(item) = outcome.items.get(at) else {
        return;
    };
    let name = |no| {
        program.rule(no).map_or_else(String::new, |(book, rule)| {
            format!("{}/{}", book.id, rule.id)
        })
    };
    let books = outcome.books_of(at);
    let spoke: Vec<String> = books
        .iter()
        .filter(|book| book.spoke)
        .filter_map(|book| book.rule)
        .map(name)
        .collect();
    let unselected: Vec<String> = books
        .iter()
        .flat_map(|book| outcome.unselected_of(book))
        .map(|no| name(*no))
        .collect();
    let codes = books
        .iter()
        .filter(|book| book.spoke)
        .filter_map(|book| program.rule(book.rule?)?.1.reason.as_ref())
        .map(|reason| reason.code.clone());
    comparison.check("verdict", expect.verdict.as_deref(), &item.verdict.as_str());
    comparison.check("rules", expect.rules.clone(), &spoke);
    for rule in expect
        .matched
        .iter()
        .flatten()
        .filter(|rule| !unselected.contains(rule))
    {
        comparison.0.push(format!(
            "matched: `{rule}` is not among {unselected:?}; spoke {spoke:?}"
        ));
    }
    for rule in expect
        .absent
        .iter()
        .flatten()
        .filter(|rule| spoke.contains(rule) || unselected.contains(rule))
    {
        comparison
            .0
            .push(format!("absent: `{rule}` spoke or matched"));
    }
    comparison.check(
        "reasons",
        expect.reasons.clone().map(BTreeSet::from_iter),
        &codes.collect::<BTreeSet<String>>(),
    );
    compare_obligations(expect, decision, at, join, comparison);
}

fn compare_obligations(
    expect: &ItemExpect,
    decision: &Decision<'_>,
    at: usize,
    join: &ItemJoin<'_>,
    comparison: &mut Comparison,
) {
    let (outcome, program) = (decision.outcome, decision.program);
    let Some(item) = outcome.items.get(at) else {
        return;
    };
    let words = |range| {
        outcome
            .words_of(range)
            .iter()
            .map(|no: &WordNo| program.word(*no).to_owned())
            .collect::<Vec<_>>()
    };
    let obligations = &item.obligations;
    comparison.check(
        "mode",
        expect.mode.as_deref().map(Some),
        &obligations.mode.map(|mode| mode.as_str()),
    );
    comparison.check("tests", expect.tests.clone(), &words(&obligations.tests));
    comparison.check(
        "documents",
        expect.documents.clone(),
        &words(&obligations.documents),
    );
    comparison.check(
        "objects",
        expect.objects.clone(),
        &of_bits(obligations.objects, Object::WORDS),
    );
    comparison.check(
        "follow_up",
        expect.follow_up.clone(),
        &of_bits(obligations.follow_up, FollowUp::WORDS),
    );
    comparison.check(
        "specimens",
        expect.specimens.map(Some),
        &obligations.specimens,
    );
    compare_sample(expect, obligations, comparison);
    comparison.check(
        "office",
        expect.office.as_deref().map(Some),
        &obligations.office.and_then(|kind| office(join, kind)),
    );
    comparison.check(
        "rate",
        expect
            .rate
            .as_deref()
            .map(|rate| Some(canonical_rate(rate))),
        &item.rate.map(|rate| rate.to_string()),
    );
    comparison.check(
        "selected_by",
        expect.selected_by.as_deref().map(Some),
        &item.selected_by.map(|by| by.as_str()),
    );
    compare_risk(expect, decision, at, comparison);
}

fn compare_sample(expect: &ItemExpect, obligations: &ItemObligations, comparison: &mut Comparison) {
    let sample = obligations.plan.and_then(|plan| plan.sample);
    comparison.check(
        "sample_size",
        expect.sample_size.map(Some),
        &sample.map(|sample| sample.size),
    );
    comparison.check(
        "acceptance",
        expect.acceptance.map(Some),
        &sample.map(|sample| sample.acceptance_number),
    );
}

fn compare_risk(
    expect: &ItemExpect,
    decision: &Decision<'_>,
    at: usize,
    comparison: &mut Comparison,
) {
    let (outcome, program) = (decision.outcome, decision.program);
    for (name, points) in expect.risk.iter().flatten() {
        let found = program
            .policy()
            .names
            .scores
            .iter()
            .position(|score| score == name)
            .and_then(|no| outcome.risk_of(at).get(no));
        comparison.check(&format!("risk.{name}"), Some(Some(points)), &found);
    }
}

/// A rate as [`Rate`] writes it, whatever zeros the author put behind it.
fn canonical_rate(text: &str) -> String {
    match Amount::parse(text) {
        Ok(amount) => amount.to_string(),
        Err(_) => text.trim_end_matches('0').to_owned(),
    }
}

fn of_bits(bits: u8, words: &[&str]) -> Vec<String> {
    words
        .iter()
        .enumerate()
        .filter(|(at, _)| bits >> at & 1 == 1)
        .map(|(_, word)| (*word).to_owned())
        .collect()
}
