//! Numbers of a condition: which type each side has, amounts as integers of 1/10,000, constants folded.

use std::ops::Range;

use super::expr::Term;
use super::pass::Pass;
use super::typed::{Node, NodeKind};
use crate::declaration::Amount;
use crate::policy::parameter::ParameterValue;
use crate::policy::schema::FactType;

/// The type that a numeric side has by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Natural {
    Int,
    Amount,
    /// Whole numbers and parameters are what the other side is.
    Either,
    NotNumeric,
}

impl Pass<'_, '_> {
    pub(super) fn natural(&mut self, node: &Node) -> Option<Natural> {
        Some(match &node.kind {
            NodeKind::Number(digits) if digits.contains('.') => Natural::Amount,
            NodeKind::Number(_) => Natural::Either,
            NodeKind::Name(name) if name.starts_with("parameter.") => {
                match self.parameter(&node.span, name)? {
                    ParameterValue::Number(amount) if amount.units() % Amount::SCALE != 0 => {
                        Natural::Amount
                    }
                    ParameterValue::Number(_) => Natural::Either,
                    _ => Natural::NotNumeric,
                }
            }
            NodeKind::Name(_) => match self.fact(node)?.1.kind {
                FactType::Int => Natural::Int,
                FactType::Amount => Natural::Amount,
                _ => Natural::NotNumeric,
            },
            NodeKind::Add(left, right) | NodeKind::Mul(left, right) => {
                match (self.natural(left)?, self.natural(right)?) {
                    (Natural::NotNumeric, _) | (_, Natural::NotNumeric) => {
                        return self.complain(&node.span, "only numbers are added and multiplied");
                    }
                    (Natural::Amount, _) | (_, Natural::Amount) => Natural::Amount,
                    (Natural::Int, _) | (_, Natural::Int) => Natural::Int,
                    _ => Natural::Either,
                }
            }
            _ => Natural::NotNumeric,
        })
    }

    pub(super) fn lower(&mut self, node: &Node, want: FactType) -> Option<Term> {
        match &node.kind {
            NodeKind::Number(digits) => self.number(&node.span, digits, want).map(Term::Const),
            NodeKind::Name(name) if name.starts_with("parameter.") => {
                match self.parameter(&node.span, name)? {
                    ParameterValue::Number(amount) if want == FactType::Amount => {
                        self.edits
                            .push((node.span.clone(), format!("amount_{name}")));
                        Some(Term::Const(amount.units()))
                    }
                    ParameterValue::Number(amount) if amount.units() % Amount::SCALE == 0 => {
                        Some(Term::Const(amount.units() / Amount::SCALE))
                    }
                    other => self.complain(
                        &node.span,
                        format!(
                            "`{name}` is a {}; a whole number is needed here",
                            other.type_name()
                        ),
                    ),
                }
            }
            NodeKind::Name(_) => {
                let (fact, info) = self.fact(node)?;
                if info.kind == want {
                    return Some(Term::Fact(fact));
                }
                self.complain(
                    &node.span,
                    format!(
                        "this is a {} beside a {}",
                        info.kind.as_str(),
                        want.as_str()
                    ),
                )
            }
            NodeKind::Add(left, right) => {
                let (left, right) = (self.lower(left, want), self.lower(right, want));
                self.fold(&node.span, left?, right?, i64::checked_add, Term::Add)
            }
            NodeKind::Mul(left, right) => {
                let sides = (self.natural(left)?, self.natural(right)?);
                let (left_want, right_want) = match (want, sides) {
                    (FactType::Int, _) => (FactType::Int, FactType::Int),
                    (_, (Natural::Amount, Natural::Amount)) => {
                        return self.complain(
                            &node.span,
                            "an amount is multiplied with a whole number only",
                        );
                    }
                    (_, (_, Natural::Amount)) => (FactType::Int, FactType::Amount),
                    _ => (FactType::Amount, FactType::Int),
                };
                let (left, right) = (self.lower(left, left_want), self.lower(right, right_want));
                self.fold(&node.span, left?, right?, i64::checked_mul, Term::Mul)
            }
            _ => self.complain(&node.span, format!("a {} is needed here", want.as_str())),
        }
    }

    pub(super) fn fold(
        &mut self,
        span: &Range<usize>,
        left: Term,
        right: Term,
        of: fn(i64, i64) -> Option<i64>,
        make: fn(Box<Term>, Box<Term>) -> Term,
    ) -> Option<Term> {
        match (&left, &right) {
            (Term::Const(a), Term::Const(b)) => match of(*a, *b) {
                Some(value) => Some(Term::Const(value)),
                None => self.complain(span, "the constants are too large"),
            },
            _ => Some(make(Box::new(left), Box::new(right))),
        }
    }

    pub(super) fn number(
        &mut self,
        span: &Range<usize>,
        digits: &str,
        want: FactType,
    ) -> Option<i64> {
        if want == FactType::Amount {
            return match Amount::parse(digits) {
                Ok(amount) => {
                    self.edits.push((span.clone(), amount.units().to_string()));
                    Some(amount.units())
                }
                Err(error) => self.complain(span, format!("`{digits}`: {error}")),
            };
        }
        match digits.parse() {
            Ok(value) => Some(value),
            Err(_) => self.complain(span, format!("`{digits}` is not a whole number")),
        }
    }
}
