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
