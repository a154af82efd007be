//! An outcome as bytes, so that two can be held against each other: rules by their number in the program, which the
//! policy alone decides; tests and documents as texts, since their numbers depend on the registry, too. Sampling plans
//! come last, of the items that have one: an outcome without any is the bytes that it was before there were plans.

use std::ops::Range;

use crate::engine::sampling::LotPlan;
use crate::engine::{BookOutcome, ItemOutcome, Outcome, Program, Rate};
use crate::supervision::bytes::Put;

/// Writes an outcome of a program to the end of a buffer.
pub fn encode_outcome(program: &Program, outcome: &Outcome, out: &mut Vec<u8>) {
    let mut put = Put(out);
    put.u8(outcome.verdict as u8);
    put.u8(outcome.priority as u8);
    put.maybe_u64(outcome.due_s.map(u64::from));
    put.maybe_u64(outcome.random.map(|(item, _)| item as u64));
    put.maybe_u64(outcome.random.map(|(_, draw)| draw));
    put.u16(outcome.items.len() as u16);
    for (at, item) in outcome.items.iter().enumerate() {
        encode_item(program, outcome, item, &mut put);
        for points in outcome.risk_of(at) {
            put.i32(*points);
        }
        for book in outcome.books_of(at) {
            encode_book(outcome, book, &mut put);
        }
    }
    for (at, item) in outcome.items.iter().enumerate() {
        if let Some(plan) = &item.obligations.plan {
            put.u16(at as u16);
            encode_plan(plan, &mut put);
        }
    }
}

fn encode_plan(plan: &LotPlan, put: &mut Put<'_>) {
    put.u8(plan.plan.level as u8);
    put.u8(plan.plan.aql as u8);
    put.u8(plan.severity as u8);
    put.u8(u8::from(plan.sample.is_some()));
    if let Some(sample) = plan.sample {
        put.u32(sample.size);
        put.u32(sample.acceptance_number);
    }
}

fn encode_item(program: &Program, outcome: &Outcome, item: &ItemOutcome, put: &mut Put<'_>) {
    put.u8(item.verdict as u8);
    put.maybe_u64(item.rule.map(|rule| u64::from(rule.0)));
    put.u8(item.selected_by.map_or(u8::MAX, |by| by as u8));
    put.maybe_u64(item.rate.map(Rate::units));
    put.maybe_u64(item.draw);
    let obligations = &item.obligations;
    put.u8(obligations.mode.map_or(u8::MAX, |mode| mode as u8));
    encode_words(program, outcome, &obligations.tests, put);
    encode_words(program, outcome, &obligations.documents, put);
    put.maybe_u64(obligations.specimens.map(u64::from));
    put.u8(obligations.objects);
    put.u8(obligations.office.map_or(u8::MAX, |office| office as u8));
    put.u8(obligations.follow_up);
}

fn encode_words(program: &Program, outcome: &Outcome, range: &Range<usize>, put: &mut Put<'_>) {
    let words = outcome.words_of(range);
    put.u16(words.len() as u16);
    for word in words {
        put.text(program.word(*word));
    }
}

fn encode_book(outcome: &Outcome, book: &BookOutcome, put: &mut Put<'_>) {
    put.maybe_u64(book.rule.map(|rule| u64::from(rule.0)));
    put.u8(book.verdict.map_or(u8::MAX, |verdict| verdict as u8));
    put.u8(u8::from(book.spoke));
    put.maybe_u64(book.rate.map(Rate::units));
    put.maybe_u64(book.draw);
    let unselected = outcome.unselected_of(book);
    put.u16(unselected.len() as u16);
    for rule in unselected {
        put.u32(rule.0);
    }
}
