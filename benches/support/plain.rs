//! What the engine is measured against: a plain loop over books and rules that evaluates each checked condition
//! as a tree over the same facts, and takes the first rule of a book that holds. It knows no rates and no
//! obligations, so it does less than the engine.

use std::borrow::Cow;

use greenlane::engine::{Facts, Value, truth};
use greenlane::policy::cel::{Expr, Variant};
use greenlane::policy::{Book, Condition, Fact, Policy, Rule, Verdict};

/// The strictest of the books' first matching rules.
pub(crate) fn verdict(policy: &Policy, facts: &Facts<'_>) -> Verdict {
    let first = |book: &Book| {
        let rule = book.rules.iter().find(|rule| matches(rule, book, facts))?;
        Some(rule.then.verdict)
    };
    let books = policy.books.iter().filter_map(first);
    books.max().unwrap_or(policy.default)
}

fn matches(rule: &Rule, book: &Book, facts: &Facts<'_>) -> bool {
    let day = facts.item.header.declaration.day;
    let here = |offices: &[String]| {
        offices.is_empty()
            || text(facts, Fact::DeclarationOffice)
                .is_some_and(|office| offices.iter().any(|id| *id == office))
    };
    rule.validity.from <= day
        && day < rule.validity.to
        && here(&book.offices)
        && here(&rule.offices)
        && holds(&rule.when, facts)
}

fn holds(condition: &Condition, facts: &Facts<'_>) -> bool {
    let variants = condition.variants.as_slice();
    let variant = match variants {
        [only] => Some(only),
        several => several.iter().find(|variant| is_of_place(variant, facts)),
    };
    variant.and_then(|variant| kleene(&variant.expr, facts)) == Some(true)
}

fn is_of_place(variant: &Variant, facts: &Facts<'_>) -> bool {
    let fits = |own: &Option<String>, others: &[String], fact| {
        let here = text(facts, fact);
        match own {
            Some(id) => here.as_deref() == Some(id.as_str()),
            None => !here.is_some_and(|here| others.iter().any(|id| *id == here)),
        }
    };
    fits(
        &variant.office,
        &variant.other_offices,
        Fact::DeclarationOffice,
    ) && fits(
        &variant.bureau,
        &variant.other_bureaus,
        Fact::DeclarationBureau,
    )
}

fn text<'f>(facts: &Facts<'f>, fact: Fact) -> Option<Cow<'f, str>> {
    match facts.value(fact) {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn kleene(expr: &Expr, facts: &Facts<'_>) -> Option<bool> {
    match expr {
        Expr::Const(truth) => Some(*truth),
        Expr::Atom(atom) => truth(atom, &|fact| facts.value(fact)),
        Expr::Not(inner) => kleene(inner, facts).map(|truth| !truth),
        Expr::And(parts) => joined(parts, facts, false),
        Expr::Or(parts) => joined(parts, facts, true),
    }
}

/// The first part that is `decisive` decides; else an unknown part makes the whole unknown.
fn joined(parts: &[Expr], facts: &Facts<'_>, decisive: bool) -> Option<bool> {
    let mut whole = Some(!decisive);
    for part in parts {
        match kleene(part, facts) {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => whole = None,
        }
    }
    whole
}
