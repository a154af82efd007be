//! Compiles rules as they are carried out: verdicts, rates, obligations and the vocabulary of tests and documents.

use std::collections::BTreeSet;

use super::dimension::Kind;
use super::draw::Rate;
use super::lookup::units;
use super::outcome::WordNo;
use super::program::{CompiledBook, CompiledRate, CompiledRule, Factor, Words};
use super::supervise::CompiledMonitor;
use super::universe::Universe;
use super::value::Value;
use crate::policy::schema::Fact;
use crate::policy::{ParameterValue, Policy, Priority, RateExpr, RateFactor, Rule, Texts};
use crate::registry::Registry;

/// All tests and documents that can become obligations, in alphabetical order, and those of the registry by symbol.
pub(super) fn vocabulary(
    policy: &Policy,
    registry: &Registry,
) -> (Vec<String>, Vec<Option<WordNo>>) {
    let symbols = registry.symbols();
    let mut words = BTreeSet::new();
    for rule in policy.books.iter().flat_map(|book| &book.rules) {
        for texts in [
            &rule.then.obligations.tests,
            &rule.then.obligations.documents,
        ] {
            if let Texts::List(list) = texts {
                words.extend(list.iter().cloned());
            }
        }
    }
    let requirements = registry.goods().all_requirements();
    let named: BTreeSet<_> = requirements
        .iter()
        .flat_map(|row| row.tests.iter().chain(&*row.documents))
        .copied()
        .collect();
    words.extend(named.iter().map(|sym| symbols.name(*sym).to_owned()));
    let vocabulary: Vec<String> = words.into_iter().collect();
    let mut by_symbol = vec![None; symbols.len()];
    for sym in named {
        if let Some(slot) = by_symbol.get_mut(sym.0 as usize) {
            *slot = word(&vocabulary, symbols.name(sym));
        }
    }
    (vocabulary, by_symbol)
}

fn word(vocabulary: &[String], text: &str) -> Option<WordNo> {
    vocabulary
        .binary_search_by(|known| known.as_str().cmp(text))
        .ok()
        .map(|at| WordNo(at as u32))
}

pub(super) fn rules_of(
    policy: &Policy,
    universe: &Universe<'_>,
    vocabulary: &[String],
) -> (Vec<CompiledBook>, Vec<CompiledRule>) {
    let (mut books, mut rules) = (Vec::new(), Vec::new());
    for (book_at, book) in policy.books.iter().enumerate() {
        let first = rules.len() as u32;
        for (rule_at, rule) in book.rules.iter().enumerate() {
            rules.push(compiled_rule(
                (book_at as u16, rule_at as u16),
                (&book.id, rule),
                policy,
                universe,
                vocabulary,
            ));
        }
        books.push(CompiledBook {
            first,
            end: rules.len() as u32,
        });
    }
    (books, rules)
}

fn compiled_rule(
    place: (u16, u16),
    (book, rule): (&str, &Rule),
    policy: &Policy,
    universe: &Universe<'_>,
    vocabulary: &[String],
) -> CompiledRule {
    let obligations = &rule.then.obligations;
    let words = |texts: &Texts| match texts {
        Texts::List(list) => Words::List(
            list.iter()
                .filter_map(|text| word(vocabulary, text))
                .collect(),
        ),
        Texts::Requirement => Words::Requirement,
    };
    CompiledRule {
        place,
        verdict: rule.then.verdict,
        rate: rule
            .then
            .rate
            .as_ref()
            .map(|rate| compiled_rate(rate, policy, universe)),
        per_item: rule.then.per_item,
        monitor: rule
            .then
            .monitor
            .as_ref()
            .map(|monitor| CompiledMonitor::new(book, &rule.id, monitor)),
        write_off: rule.then.write_off,
        programme: rule.then.programme,
        otherwise: rule.then.otherwise,
        mode: obligations.mode,
        sampling_plan: obligations.sampling_plan,
        tests: words(&obligations.tests),
        documents: words(&obligations.documents),
        specimens: obligations.specimens,
        objects: obligations
            .objects
            .iter()
            .fold(0, |bits, object| bits | 1 << *object as u8),
        office: obligations.office,
        priority: obligations.priority.unwrap_or(Priority::Normal),
        deadline_s: obligations.deadline_s,
        follow_up: obligations
            .follow_up
            .iter()
            .fold(0, |bits, follow_up| bits | 1 << *follow_up as u8),
    }
}

fn compiled_rate(rate: &RateExpr, policy: &Policy, universe: &Universe<'_>) -> CompiledRate {
    let number = |value: &ParameterValue| match value {
        ParameterValue::Number(amount) => units(*amount),
        _ => 0,
    };
    let factors: Vec<Factor> = rate
        .factors
        .iter()
        .map(|factor| match factor {
            RateFactor::Number(amount) => Factor::Number(units(*amount)),
            RateFactor::Table(at) => Factor::Table(*at),
            RateFactor::Parameter(at) => match policy.parameters.get(*at) {
                None => Factor::Number(0),
                Some(parameter) => match universe
                    .find(Kind::Office)
                    .filter(|_| !parameter.overrides.is_empty())
                {
                    None => Factor::Number(number(&parameter.value)),
                    Some(office) => {
                        let states = universe.get(office).map_or(0, |dimension| dimension.states);
                        let text = |state, fact| match universe.sample(office, state, fact) {
                            Value::Text(text) => Some(text.into_owned()),
                            _ => None,
                        };
                        let value = |state| {
                            number(parameter.at(
                                text(state, Fact::DeclarationOffice).as_deref(),
                                text(state, Fact::DeclarationBureau).as_deref(),
                            ))
                        };
                        Factor::ByOffice(office, (0..states).map(value).collect())
                    }
                },
            },
        })
        .collect();
    let fixed: Option<Vec<u64>> = factors
        .iter()
        .map(|factor| {
            if let Factor::Number(number) = factor {
                Some(*number)
            } else {
                None
            }
        })
        .collect();
    fixed.map_or(CompiledRate::Product(factors), |fixed| {
        CompiledRate::Fixed(Rate::product(fixed.into_iter()))
    })
}
