//! The normal form: from a condition to terms, conjunctions of at most one set of states for each dimension.
//! It keeps Kleene's meaning: a literal holds only where it is known to be true, and a condition is true exactly
//! where one of its terms is.

use std::collections::{BTreeMap, BTreeSet};

use super::asked::{FormulaNo, Formulas};
use super::bits::Bits;
use super::dimension::DimNo;
use super::universe::Universe;
use crate::limits::{MAX_RESIDUALS, MAX_TERMS_PER_RULE};
use crate::policy::cel::{Atom, Expr};

/// What is asked of each party.
pub(super) type Asked = BTreeMap<DimNo, Formulas>;

/// The number of a residual comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ResidualNo(pub(super) u16);

/// One conjunction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Conjunct {
    /// For each dimension that is read the states that it allows.
    pub(super) sets: BTreeMap<DimNo, Bits>,
    /// For each party that is read what must hold of it.
    pub(super) asked: BTreeMap<DimNo, FormulaNo>,
    /// Residuals that must be true, or false.
    pub(super) residuals: BTreeSet<(ResidualNo, bool)>,
}

/// Why a condition has no normal form within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NormalError {
    /// Too many terms.
    #[error(
        "the condition expands to more than {MAX_TERMS_PER_RULE} terms; split the rule, or join alternatives of one fact with `in`"
    )]
    Terms,
    /// Too many comparisons of facts with each other.
    #[error("the policy compares facts with each other in more than {MAX_RESIDUALS} ways")]
    Residuals,
}

enum Node {
    /// Where it is true, and where false.
    Leaf(DimNo, Bits, Bits),
    /// The same of a party.
    Party(DimNo, FormulaNo, FormulaNo),
    Residual(ResidualNo, bool),
    And(Vec<Node>),
    Or(Vec<Node>),
    Const(bool),
}

/// Turns conditions into terms over one universe.
pub(super) struct Normalizer<'n, 'r> {
    pub(super) universe: &'n mut Universe<'r>,
    /// The residual comparisons met so far.
    pub(super) residuals: Vec<Atom>,
}

impl Normalizer<'_, '_> {
    /// The terms of a condition, in an order that does not matter.
    pub(super) fn terms(&mut self, expr: &Expr) -> Result<Vec<Conjunct>, NormalError> {
        let node = self.node(expr, true)?;
        let terms = expand(node, &mut self.universe.asked)?;
        Ok(self.shrink(terms))
    }

    fn node(&mut self, expr: &Expr, positive: bool) -> Result<Node, NormalError> {
        Ok(match expr {
            Expr::Const(value) => Node::Const(*value == positive),
            Expr::Not(inner) => self.node(inner, !positive)?,
            Expr::Atom(atom) => self.atom(atom, positive)?,
            Expr::And(parts) | Expr::Or(parts) => {
                let nodes = parts
                    .iter()
                    .map(|part| self.node(part, positive))
                    .collect::<Result<Vec<_>, _>>()?;
                let and = matches!(expr, Expr::And(_)) == positive;
                merge(nodes, and, &mut self.universe.asked)
            }
        })
    }

    fn atom(&mut self, atom: &Atom, positive: bool) -> Result<Node, NormalError> {
        if let Some(no) = self.universe.dimension_of(atom) {
            if let Some(formulas) = self.universe.asked.get_mut(&no) {
                let (yes, not) = (formulas.is(atom, positive), formulas.is(atom, !positive));
                return Ok(Node::Party(no, yes, not));
            }
            let truth = self.universe.truth(atom, no);
            return Ok(if positive {
                Node::Leaf(no, truth.yes, truth.no)
            } else {
                Node::Leaf(no, truth.no, truth.yes)
            });
        }
        let at = self
            .residuals
            .iter()
            .position(|known| known == atom)
            .unwrap_or_else(|| {
                self.residuals.push(atom.clone());
                self.residuals.len() - 1
            });
        if at >= MAX_RESIDUALS {
            return Err(NormalError::Residuals);
        }
        Ok(Node::Residual(ResidualNo(at as u16), positive))
    }

    /// Drops terms that nothing satisfies and literals that everything does, and joins terms that differ in one
    /// dimension only.
    fn shrink(&mut self, mut terms: Vec<Conjunct>) -> Vec<Conjunct> {
        terms.retain(Conjunct::is_possible);
        for term in &mut terms {
            term.asked.retain(|_, asked| *asked != FormulaNo::TRUE);
            term.sets.retain(|no, set| {
                self.universe
                    .get(*no)
                    .is_none_or(|dimension| *set != Bits::all(dimension.states))
            });
        }
        let mut at = 0;
        while at < terms.len() {
            let joined = (0..at).find_map(|earlier| {
                let (one, other) = (terms.get(earlier)?, terms.get(at)?);
                join(one, other, &mut self.universe.asked).map(|term| (earlier, term))
            });
            match joined {
                Some((earlier, term)) => {
                    terms.swap_remove(at);
                    if let Some(slot) = terms.get_mut(earlier) {
                        *slot = term;
                    }
                    at = 0;
                }
                None => at += 1,
            }
        }
        terms
    }
}

impl Conjunct {
    /// Whether nothing that is known already keeps it from holding.
    pub(super) fn is_possible(&self) -> bool {
        self.sets.values().all(|set| !set.is_empty())
            && self.asked.values().all(|asked| *asked != FormulaNo::FALSE)
    }
}

/// One term for two that differ in one dimension at most.
fn join(a: &Conjunct, b: &Conjunct, asked: &mut Asked) -> Option<Conjunct> {
    let alike = a.sets.keys().eq(b.sets.keys()) && a.asked.keys().eq(b.asked.keys());
    if a.residuals != b.residuals || !alike {
        return None;
    }
    let sets = a
        .sets
        .iter()
        .filter(|(no, set)| b.sets.get(no) != Some(set));
    let parties = a
        .asked
        .iter()
        .filter(|(no, of)| b.asked.get(no) != Some(of));
    let mut different = sets.map(|(no, _)| *no).chain(parties.map(|(no, _)| *no));
    let (first, second) = (different.next(), different.next());
    match (first, second) {
        (_, Some(_)) => None,
        (None, None) => Some(a.clone()),
        (Some(no), None) => {
            let mut joined = a.clone();
            if let Some(set) = joined.sets.get_mut(&no) {
                *set = set.or(b.sets.get(&no)?);
            }
            if let (Some(of), Some(formulas)) = (joined.asked.get_mut(&no), asked.get_mut(&no)) {
                *of = formulas.or(*of, *b.asked.get(&no)?);
            }
            Some(joined)
        }
    }
}

/// Joins the leaves of one dimension, by Kleene's tables.
fn merge(nodes: Vec<Node>, and: bool, asked: &mut Asked) -> Node {
    let mut leaves: BTreeMap<DimNo, (Bits, Bits)> = BTreeMap::new();
    let mut parties: BTreeMap<DimNo, (FormulaNo, FormulaNo)> = BTreeMap::new();
    let mut rest = Vec::new();
    for node in nodes {
        match node {
            Node::Const(value) if value != and => return Node::Const(value),
            Node::Const(_) => {}
            Node::Leaf(no, yes, not) => {
                let joined = match leaves.remove(&no) {
                    None => (yes, not),
                    Some((known_yes, known_not)) if and => {
                        (known_yes.and(&yes), known_not.or(&not))
                    }
                    Some((known_yes, known_not)) => (known_yes.or(&yes), known_not.and(&not)),
                };
                leaves.insert(no, joined);
            }
            Node::Party(no, yes, not) => {
                let joined = match (parties.remove(&no), asked.get_mut(&no)) {
                    (Some(known), Some(formulas)) if and => {
                        (formulas.and(known.0, yes), formulas.or(known.1, not))
                    }
                    (Some(known), Some(formulas)) => {
                        (formulas.or(known.0, yes), formulas.and(known.1, not))
                    }
                    _ => (yes, not),
                };
                parties.insert(no, joined);
            }
            node => rest.push(node),
        }
    }
    let leaves = leaves.into_iter();
    rest.extend(leaves.map(|(no, (yes, not))| Node::Leaf(no, yes, not)));
    let parties = parties.into_iter();
    rest.extend(parties.map(|(no, (yes, not))| Node::Party(no, yes, not)));
    match (rest.len(), and) {
        (0, _) => Node::Const(and),
        (1, _) => rest.pop().unwrap_or(Node::Const(and)),
        (_, true) => Node::And(rest),
        (_, false) => Node::Or(rest),
    }
}

fn expand(node: Node, asked: &mut Asked) -> Result<Vec<Conjunct>, NormalError> {
    let terms = match node {
        Node::Const(true) => vec![Conjunct::default()],
        Node::Const(false) => Vec::new(),
        Node::Leaf(no, yes, _) => vec![Conjunct {
            sets: BTreeMap::from([(no, yes)]),
            ..Conjunct::default()
        }],
        Node::Party(no, yes, _) => vec![Conjunct {
            asked: BTreeMap::from([(no, yes)]),
            ..Conjunct::default()
        }],
        Node::Residual(no, truth) => vec![Conjunct {
            residuals: BTreeSet::from([(no, truth)]),
            ..Conjunct::default()
        }],
        Node::Or(parts) => {
            let mut terms = Vec::new();
            for part in parts {
                terms.extend(expand(part, asked)?);
            }
            terms
        }
        Node::And(parts) => {
            let mut terms = vec![Conjunct::default()];
            for part in parts {
                let more = expand(part, asked)?;
                let pairs = terms.iter().flat_map(|a| more.iter().map(move |b| (a, b)));
                terms = pairs.map(|(a, b)| both(a, b, asked)).collect();
                terms.retain(Conjunct::is_possible);
                if terms.len() > MAX_TERMS_PER_RULE {
                    return Err(NormalError::Terms);
                }
            }
            terms
        }
    };
    if terms.len() > MAX_TERMS_PER_RULE {
        Err(NormalError::Terms)
    } else {
        Ok(terms)
    }
}

/// The conjunction of two terms.
pub(super) fn both(a: &Conjunct, b: &Conjunct, asked: &mut Asked) -> Conjunct {
    let mut joined = a.clone();
    for (no, set) in &b.sets {
        let set = joined
            .sets
            .get(no)
            .map_or_else(|| set.clone(), |known| known.and(set));
        joined.sets.insert(*no, set);
    }
    for (no, of) in &b.asked {
        let of = match (joined.asked.get(no), asked.get_mut(no)) {
            (Some(known), Some(formulas)) => formulas.and(*known, *of),
            _ => *of,
        };
        joined.asked.insert(*no, of);
    }
    joined.residuals.extend(b.residuals.iter().copied());
    joined
}
