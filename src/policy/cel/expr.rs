//! A checked condition: a boolean tree over atoms, each of a known type, with amounts as integers of 1/10,000.

use crate::declaration::Amount;
use crate::policy::schema::{Fact, FactType, Names};

/// A boolean expression in Kleene's three-valued logic: an atom that reads an absent fact is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// Always or never.
    Const(bool),
    /// One comparison.
    Atom(Atom),
    /// Negation.
    Not(Box<Expr>),
    /// Conjunction.
    And(Vec<Expr>),
    /// Disjunction.
    Or(Vec<Expr>),
}

/// One comparison over facts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Atom {
    /// A fact that is itself true or false.
    Bool(Fact),
    /// Whether an optional fact is there; never unknown.
    Has(Fact),
    /// A text, day, int or amount against a constant.
    Compare(Fact, CompareOp, Constant),
    /// A text or number among constants.
    In(Fact, Vec<Constant>),
    /// A text fact that begins so.
    StartsWith(Fact, String),
    /// A list fact that holds a text.
    Contains(Fact, String),
    /// A list fact that is empty.
    Empty(Fact),
    /// Two numeric terms, or two facts, against each other.
    Terms(Term, CompareOp, Term),
}

/// `==`, `!=`, `<`, `<=`, `>` or `>=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl CompareOp {
    /// Every one.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge];

    /// The same comparison with its sides exchanged.
    #[must_use]
    pub const fn flipped(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }

    /// Whether an ordering satisfies it.
    #[must_use]
    pub const fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        }
    }
}

/// A constant of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Constant {
    /// A truth value.
    Bool(bool),
    /// A whole number, or an amount's integer of 1/10,000.
    Number(i64),
    /// A text or day.
    Text(String),
}

/// A side of a comparison that a single fact and constant do not make: evaluated in 64 bits in the order it is
/// written; what overflows is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    /// A fact.
    Fact(Fact),
    /// A constant.
    Const(i64),
    /// A sum.
    Add(Box<Term>, Box<Term>),
    /// A product with an integer.
    Mul(Box<Term>, Box<Term>),
}

impl Atom {
    /// Calls for every fact that the atom reads.
    pub fn facts(&self, see: &mut impl FnMut(Fact)) {
        match self {
            Self::Bool(fact)
            | Self::Has(fact)
            | Self::Compare(fact, ..)
            | Self::In(fact, _)
            | Self::StartsWith(fact, _)
            | Self::Contains(fact, _)
            | Self::Empty(fact) => see(*fact),
            Self::Terms(left, _, right) => {
                left.facts(see);
                right.facts(see);
            }
        }
    }
}

impl Term {
    /// Calls for every fact that the term reads.
    pub fn facts(&self, see: &mut impl FnMut(Fact)) {
        match self {
            Self::Fact(fact) => see(*fact),
            Self::Const(_) => {}
            Self::Add(left, right) | Self::Mul(left, right) => {
                left.facts(see);
                right.facts(see);
            }
        }
    }
}

impl Expr {
    /// Calls for every atom.
    pub fn atoms<'e>(&'e self, see: &mut impl FnMut(&'e Atom)) {
        match self {
            Self::Const(_) => {}
            Self::Atom(atom) => see(atom),
            Self::Not(inner) => inner.atoms(see),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.atoms(see)),
        }
    }
}

// ----- writing -----

impl Atom {
    /// The atom as an author would write it, amounts as decimals.
    #[must_use]
    pub fn written(&self, names: &Names) -> String {
        let fact = |fact: &Fact| names.name(*fact);
        let constant = |fact: &Fact, constant: &Constant| match constant {
            Constant::Bool(value) => value.to_string(),
            Constant::Number(number) => number_written(*number, is_amount(*fact, names)),
            Constant::Text(text) => format!("\"{text}\""),
        };
        match self {
            Self::Bool(f) => fact(f),
            Self::Has(f) => format!("has({})", fact(f)),
            Self::Compare(f, op, c) => format!("{} {} {}", fact(f), op.as_str(), constant(f, c)),
            Self::In(f, list) => format!(
                "{} in [{}]",
                fact(f),
                list.iter()
                    .map(|c| constant(f, c))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            Self::StartsWith(f, prefix) => format!("{}.startsWith(\"{prefix}\")", fact(f)),
            Self::Contains(f, text) => format!("\"{text}\" in {}", fact(f)),
            Self::Empty(f) => format!("{} == []", fact(f)),
            Self::Terms(left, op, right) => {
                let amounts = left.reads_amounts(names) || right.reads_amounts(names);
                format!(
                    "{} {} {}",
                    left.written(names, amounts),
                    op.as_str(),
                    right.written(names, amounts)
                )
            }
        }
    }
}

impl Term {
    fn reads_amounts(&self, names: &Names) -> bool {
        let mut found = false;
        self.facts(&mut |fact| found |= is_amount(fact, names));
        found
    }

    fn written(&self, names: &Names, amount: bool) -> String {
        match self {
            Self::Fact(fact) => names.name(*fact),
            Self::Const(number) => number_written(*number, amount),
            Self::Add(left, right) => format!(
                "{} + {}",
                left.written(names, amount),
                right.written(names, amount)
            ),
            Self::Mul(left, right) => {
                // Of an amount's product one side is a whole number.
                let side = |term: &Self, other: &Self| match term {
                    Self::Add(..) => format!("({})", term.written(names, amount)),
                    term => term.written(names, amount && !other.reads_amounts(names)),
                };
                format!("{} * {}", side(left, right), side(right, left))
            }
        }
    }
}

impl CompareOp {
    /// The operator as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

fn is_amount(fact: Fact, names: &Names) -> bool {
    fact.info(&names.attributes).kind == FactType::Amount
}

fn number_written(number: i64, amount: bool) -> String {
    match Amount::from_units(number) {
        Ok(written) if amount => written.to_string(),
        _ => number.to_string(),
    }
}
