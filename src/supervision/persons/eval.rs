//! The truth of a condition about persons, in Kleene's logic over the typed expression.

use crate::engine::{Value, truth};
use crate::policy::cel::{Expr, Variant};
use crate::policy::schema::Fact;
use crate::policy::{Condition, PersonFact};

/// Where a subject belongs: its office and its bureau.
pub(super) type Place<'p> = (Option<&'p str>, Option<&'p str>);

/// Whether a condition is known to hold at a place.
pub(super) fn holds<'v>(
    condition: &Condition,
    place: Place<'_>,
    value: impl Fn(PersonFact) -> Value<'v>,
) -> bool {
    let fact = |fact| match fact {
        Fact::Person(fact) => value(fact),
        // The check lets no other stand in such a condition.
        _ => Value::Absent,
    };
    let mut variants = condition.variants.iter();
    let here = variants.find(|variant| is_at(variant, place));
    here.and_then(|variant| known(&variant.expr, &fact)) == Some(true)
}

/// Whether a condition reads a fact of some kind, at whatever place.
pub(super) fn reads(condition: &Condition, is: impl Fn(PersonFact) -> bool) -> bool {
    let mut reads = false;
    for variant in &condition.variants {
        variant.expr.atoms(&mut |atom| {
            atom.facts(&mut |fact| {
                reads |= matches!(fact, Fact::Person(fact) if is(fact));
            });
        });
    }
    reads
}

fn is_at(variant: &Variant, (office, bureau): Place<'_>) -> bool {
    let is = |named: Option<&str>, others: &[String], here: Option<&str>| match named {
        Some(named) => here == Some(named),
        None => !here.is_some_and(|here| others.iter().any(|other| other == here)),
    };
    is(variant.office.as_deref(), &variant.other_offices, office)
        && is(variant.bureau.as_deref(), &variant.other_bureaus, bureau)
}

/// None is unknown.
fn known<'v>(expr: &Expr, fact: &impl Fn(Fact) -> Value<'v>) -> Option<bool> {
    match expr {
        Expr::Const(value) => Some(*value),
        Expr::Atom(atom) => truth(atom, fact),
        Expr::Not(inner) => known(inner, fact).map(|truth| !truth),
        Expr::And(parts) => first(parts, fact, false),
        Expr::Or(parts) => first(parts, fact, true),
    }
}

/// What decides if any part is it; otherwise its opposite, if all parts are known.
fn first<'v>(parts: &[Expr], fact: &impl Fn(Fact) -> Value<'v>, decides: bool) -> Option<bool> {
    let mut found = Some(!decides);
    for part in parts {
        match known(part, fact) {
            Some(truth) if truth == decides => return Some(decides),
            Some(_) => {}
            None => found = None,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::cel::{Atom, CompareOp, Constant};

    fn atom(fact: PersonFact) -> Expr {
        Expr::Atom(Atom::Bool(Fact::Person(fact)))
    }

    #[test]
    fn what_is_unknown_decides_nothing() {
        let unknown = Expr::Atom(Atom::Compare(
            Fact::Person(PersonFact::Management),
            CompareOp::Ge,
            Constant::Number(1),
        ));
        let yes = atom(PersonFact::Recommended);
        let no = Expr::Not(Box::new(yes.clone()));
        let is = |expr: &Expr| {
            known(expr, &|fact| match fact {
                Fact::Person(PersonFact::Recommended) => Value::Bool(true),
                _ => Value::Absent,
            })
        };
        let both = |a: &Expr, b: &Expr| Expr::And(vec![a.clone(), b.clone()]);
        let either = |a: &Expr, b: &Expr| Expr::Or(vec![a.clone(), b.clone()]);
        assert_eq!(is(&both(&unknown, &yes)), None);
        assert_eq!(is(&both(&unknown, &no)), Some(false));
        assert_eq!(is(&either(&unknown, &yes)), Some(true));
        assert_eq!(is(&either(&unknown, &no)), None);
        assert_eq!(is(&Expr::Not(Box::new(unknown))), None);
    }
}
