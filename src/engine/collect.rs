//! Collects the constants of all conditions and tables, before the dimensions are cut by them.

use super::dimension::{Constants, Kind, Member};
use super::domain::after_prefix;
use super::universe::kind_of;
use crate::declaration::{AttributeSchema, Day, prefix_range, string_key};
use crate::policy::cel::{Atom, CompareOp, Constant, Expr, Term};
use crate::policy::schema::Fact;
use crate::policy::{Condition, Place, Policy, Span};

/// Collects over one policy.
pub(super) struct Collector<'p> {
    pub(super) constants: Constants,
    attributes: &'p AttributeSchema,
}

impl<'p> Collector<'p> {
    /// Everything that a policy compares with.
    pub(super) fn of(policy: &'p Policy) -> Constants {
        let mut collector = Self {
            constants: Constants::default(),
            attributes: &policy.names.attributes,
        };
        for book in &policy.books {
            collector.offices(&book.offices);
            for rule in &book.rules {
                collector.validity(rule.validity);
                collector.offices(&rule.offices);
                collector.condition(&rule.when);
            }
        }
        for score in &policy.scores {
            score
                .conditions
                .iter()
                .for_each(|(condition, _)| collector.condition(condition));
            for table in &score.tables {
                for (keys, _) in &table.rows {
                    collector.keys(&table.keys, keys);
                }
                collector.keys(&table.keys, &[]);
            }
        }
        for table in &policy.rate_tables {
            table
                .rows
                .iter()
                .for_each(|(keys, _)| collector.keys(&table.keys, keys));
        }
        for (place, _) in policy
            .parameters
            .iter()
            .flat_map(|parameter| &parameter.overrides)
        {
            if let Place::Office(id) = place {
                collector.offices(std::slice::from_ref(id));
            }
            collector.constants.used.insert(Kind::Office);
        }
        collector.constants
    }

    fn kind(&self, fact: Fact) -> Kind {
        kind_of(fact, self.attributes)
    }

    fn use_kind(&mut self, fact: Fact) -> Kind {
        let kind = self.kind(fact);
        self.constants.used.insert(kind);
        kind
    }

    fn validity(&mut self, span: Span) {
        if span != Span::ALWAYS {
            let kind = self.use_kind(Fact::DeclarationDay);
            let days = self.constants.numbers.entry(kind).or_default();
            days.extend([span.from, span.to].map(|day| i64::from(day.number())));
        }
    }

    fn offices(&mut self, offices: &[String]) {
        if !offices.is_empty() {
            let kind = self.use_kind(Fact::DeclarationOffice);
            self.constants
                .texts
                .entry(kind)
                .or_default()
                .whole
                .extend(offices.iter().cloned());
        }
    }

    fn keys(&mut self, facts: &[Fact], keys: &[Option<Constant>]) {
        for (at, fact) in facts.iter().enumerate() {
            self.use_kind(*fact);
            if let Some(Some(constant)) = keys.get(at) {
                self.equal(*fact, constant);
            }
        }
    }

    /// The places by which its variants differ are those of overrides, which are collected by themselves.
    fn condition(&mut self, condition: &Condition) {
        let variants = condition.variants.iter();
        variants.for_each(|variant| self.expr(&variant.expr));
    }

    fn expr(&mut self, expr: &Expr) {
        let mut atoms = Vec::new();
        expr.atoms(&mut |atom| atoms.push(atom));
        atoms.into_iter().for_each(|atom| self.atom(atom));
    }

    fn atom(&mut self, atom: &Atom) {
        atom.facts(&mut |fact| {
            self.use_kind(fact);
        });
        match atom {
            Atom::Bool(_) | Atom::Has(_) => {}
            Atom::Compare(fact, CompareOp::Eq | CompareOp::Ne, constant) => {
                self.equal(*fact, constant)
            }
            Atom::Compare(fact, _, constant) => self.order(*fact, constant),
            Atom::In(fact, constants) => constants
                .iter()
                .for_each(|constant| self.equal(*fact, constant)),
            Atom::StartsWith(fact, prefix) => self.prefix(*fact, prefix),
            Atom::Contains(fact, text) => self.member(*fact, Member::Text(text.clone())),
            Atom::Empty(fact) => self.member(*fact, Member::Empty),
            Atom::Terms(left, _, right) => self.terms(left, right),
        }
    }

    fn member(&mut self, fact: Fact, member: Member) {
        if matches!(self.kind(fact), Kind::Set(..)) {
            self.constants
                .members
                .entry(fact)
                .or_default()
                .insert(member);
        }
    }

    /// A constant that is asked for as a whole.
    fn equal(&mut self, fact: Fact, constant: &Constant) {
        match (self.kind(fact), constant) {
            (Kind::Hs, Constant::Text(text)) => self.hs(text),
            (Kind::Office, Constant::Text(_)) if fact == Fact::DeclarationBureau => {}
            (kind @ (Kind::Text(_) | Kind::Office), Constant::Text(text)) => {
                self.constants
                    .texts
                    .entry(kind)
                    .or_default()
                    .whole
                    .insert(text.clone());
            }
            (kind @ Kind::Number(_), constant) => {
                let bounds = self.constants.numbers.entry(kind).or_default();
                if let Some(number) = number(constant) {
                    bounds.extend([Some(number), number.checked_add(1)].into_iter().flatten());
                }
            }
            _ => {}
        }
    }

    /// A constant at which an order changes.
    fn order(&mut self, fact: Fact, constant: &Constant) {
        match (self.kind(fact), constant) {
            (kind @ (Kind::Text(_) | Kind::Office), Constant::Text(text))
                if fact != Fact::DeclarationBureau =>
            {
                let texts = self.constants.texts.entry(kind).or_default();
                texts.whole.insert(text.clone());
                texts.bounds.insert(text.clone());
            }
            _ => self.equal(fact, constant),
        }
    }

    fn prefix(&mut self, fact: Fact, prefix: &str) {
        match self.kind(fact) {
            Kind::Hs => self.hs(prefix),
            kind @ (Kind::Text(_) | Kind::Office) if fact != Fact::DeclarationBureau => {
                let texts = self.constants.texts.entry(kind).or_default();
                texts.bounds.insert(prefix.to_owned());
                texts.bounds.extend(after_prefix(prefix));
            }
            _ => {}
        }
    }

    fn hs(&mut self, digits: &str) {
        if let (Some(key), Some((from, to))) = (string_key(digits), prefix_range(digits)) {
            self.constants.hs.extend([key, key + 1, from, to]);
        }
    }

    /// The bounds at which a comparison of two terms over one number changes.
    fn terms(&mut self, left: &Term, right: &Term) {
        let mut facts = Vec::new();
        left.facts(&mut |fact| facts.push(fact));
        right.facts(&mut |fact| facts.push(fact));
        facts.dedup();
        let [fact] = facts.as_slice() else { return };
        let kind = self.kind(*fact);
        let mut forms = Vec::new();
        if let (Kind::Number(_), Some(left), Some(right)) =
            (kind, linear(left, &mut forms), linear(right, &mut forms))
        {
            let bounds = self.constants.numbers.entry(kind).or_default();
            let difference = (left.0 - right.0, left.1 - right.1);
            let limits = forms.iter().flat_map(|(a, b)| {
                [
                    (*a, *b - i128::from(i64::MIN)),
                    (*a, *b - i128::from(i64::MAX)),
                ]
            });
            for (a, b) in limits.chain([difference]).filter(|(a, _)| *a != 0) {
                // The root of a·x + b and its neighbours: every change of sign lies between two of them.
                let root = (-b).div_euclid(a);
                bounds.extend((root - 1..=root + 2).filter_map(|x| i64::try_from(x).ok()));
            }
        }
    }
}

fn number(constant: &Constant) -> Option<i64> {
    match constant {
        Constant::Number(number) => Some(*number),
        Constant::Text(day) => Day::parse(day).ok().map(|day| i64::from(day.number())),
        Constant::Bool(_) => None,
    }
}

/// A term over one fact as a·x + b; every part of it that must fit 64 bits is noted. None where it is no line.
fn linear(term: &Term, forms: &mut Vec<(i128, i128)>) -> Option<(i128, i128)> {
    let form = match term {
        Term::Const(constant) => return Some((0, i128::from(*constant))),
        Term::Fact(_) => return Some((1, 0)),
        Term::Add(left, right) => {
            let ((a, b), (c, d)) = (linear(left, forms)?, linear(right, forms)?);
            (a.checked_add(c)?, b.checked_add(d)?)
        }
        Term::Mul(left, right) => {
            let ((a, b), (c, d)) = (linear(left, forms)?, linear(right, forms)?);
            if a != 0 && c != 0 {
                return None;
            }
            (
                a.checked_mul(d)?.checked_add(c.checked_mul(b)?)?,
                b.checked_mul(d)?,
            )
        }
    };
    // Beyond this, roots would leave 128 bits; such a comparison stays a residual.
    let small = |x: i128| x.abs() < 1 << 100;
    forms.push(form);
    (small(form.0) && small(form.1)).then_some(form)
}

/// Whether two terms over one number can be indexed: both are lines.
pub(super) fn is_indexed(left: &Term, right: &Term) -> bool {
    let mut forms = Vec::new();
    linear(left, &mut forms).is_some() && linear(right, &mut forms).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::value::{Value, truth};

    const FACT: Fact = Fact::ItemValue;

    fn add(left: Term, right: Term) -> Term {
        Term::Add(Box::new(left), Box::new(right))
    }

    fn multiply(left: Term, right: Term) -> Term {
        Term::Mul(Box::new(left), Box::new(right))
    }

    /// The line `a·x + b`.
    fn line(a: i64, b: i64) -> Term {
        add(multiply(Term::Const(a), Term::Fact(FACT)), Term::Const(b))
    }

    /// Numbers around zero, and around those at which a line of a small slope leaves 64 bits.
    fn places() -> Vec<i64> {
        let far = [1, 2, 3]
            .into_iter()
            .flat_map(|slope| [i64::MIN, i64::MAX].map(|end| i128::from(end) / slope));
        let around = far.flat_map(|middle| middle - 12..=middle + 12);
        let near = -30..=30;
        near.chain(around)
            .filter_map(|x| i64::try_from(x).ok())
            .collect()
    }

    #[test]
    fn a_comparison_of_lines_changes_at_bounds_only() {
        let attributes = AttributeSchema::default();
        let places = places();
        let lines: Vec<Term> = (-3..=3)
            .flat_map(|a| [-7, 0, 5].map(|b| line(a, b)))
            .collect();
        let mut changes = 0;
        for (left, right) in lines
            .iter()
            .flat_map(|left| lines.iter().map(move |right| (left, right)))
        {
            let mut collector = Collector {
                constants: Constants::default(),
                attributes: &attributes,
            };
            collector.terms(left, right);
            let bounds = collector.constants.numbers.remove(&Kind::Number(FACT));
            let bounds = bounds.unwrap_or_default();
            for op in CompareOp::ALL {
                let atom = Atom::Terms(left.clone(), op, right.clone());
                let at = |x| truth(&atom, &|_| Value::Number(x));
                for x in places
                    .iter()
                    .filter(|x| **x != i64::MIN && at(**x) != at(**x - 1))
                {
                    assert!(bounds.contains(x), "{atom:?} changes at {x}: {bounds:?}");
                    changes += 1;
                }
            }
        }
        assert!(changes > 5_000, "{changes}");
    }

    #[test]
    fn a_comparison_is_indexed_where_both_sides_are_lines() {
        let (x, one) = (Term::Fact(FACT), Term::Const(1));
        let square = multiply(x.clone(), x.clone());
        let half = Term::Const(1 << 50);
        let below = Term::Const((1 << 50) - 1);
        for (term, is_line) in [
            (one.clone(), true),
            (x.clone(), true),
            (line(3, -4), true),
            (multiply(line(3, -4), Term::Const(-2)), true),
            (square.clone(), false),
            (add(one.clone(), square), false),
            (multiply(line(2, 1), line(0, 5)), true),
            (multiply(line(2, 1), line(1, 5)), false),
            // Roots must not leave 128 bits.
            (multiply(half.clone(), below.clone()), true),
            (multiply(half.clone(), half.clone()), false),
            (multiply(multiply(half.clone(), below), x.clone()), true),
            (multiply(multiply(half.clone(), half), x), false),
        ] {
            assert_eq!(is_indexed(&term, &one), is_line, "{term:?}");
            assert_eq!(is_indexed(&one, &term), is_line, "{term:?}");
        }
    }
}
