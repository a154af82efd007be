//! What rules ask of a party: formulas over comparisons, each with Kleene's meaning split in two, known to be true
//! and known to be false. They are kept, where other dimensions keep only sets of states, since a party may
//! tomorrow be what none is today.

use std::collections::HashMap;

use super::bits::Bits;
use super::value::{Value, truth};
use crate::policy::cel::Atom;
use crate::policy::schema::{Fact, PartyFact};
use crate::registry::{Standing, Sym, Symbols};

/// The number of a formula; those that it is made of have lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FormulaNo(u32);

impl FormulaNo {
    pub(super) const FALSE: Self = Self(0);
    pub(super) const TRUE: Self = Self(1);

    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Formula {
    Const(bool),
    /// The comparison is known to be this.
    Is(u32, bool),
    And(FormulaNo, FormulaNo),
    Or(FormulaNo, FormulaNo),
}

/// All formulas about one party of a declaration.
#[derive(Debug)]
pub(super) struct Formulas {
    atoms: Vec<Atom>,
    all: Vec<Formula>,
    known_atoms: HashMap<Atom, u32>,
    known: HashMap<Formula, FormulaNo>,
}

impl Default for Formulas {
    fn default() -> Self {
        let mut formulas = Self {
            atoms: Vec::new(),
            all: Vec::new(),
            known_atoms: HashMap::new(),
            known: HashMap::new(),
        };
        // INVARIANT: FALSE and TRUE are the first two.
        formulas.number(Formula::Const(false));
        formulas.number(Formula::Const(true));
        formulas
    }
}

impl Formulas {
    /// Where a comparison is known to be true, or to be false.
    pub(super) fn is(&mut self, atom: &Atom, truth: bool) -> FormulaNo {
        let no = match self.known_atoms.get(atom) {
            Some(no) => *no,
            None => {
                let no = self.atoms.len() as u32;
                self.atoms.push(atom.clone());
                self.known_atoms.insert(atom.clone(), no);
                no
            }
        };
        self.number(Formula::Is(no, truth))
    }

    /// Where both hold.
    pub(super) fn and(&mut self, a: FormulaNo, b: FormulaNo) -> FormulaNo {
        match (a.min(b), a.max(b)) {
            (FormulaNo::FALSE, _) => FormulaNo::FALSE,
            (FormulaNo::TRUE, b) => b,
            (a, b) if a == b => a,
            (a, b) => self.number(Formula::And(a, b)),
        }
    }

    /// Where either holds.
    pub(super) fn or(&mut self, a: FormulaNo, b: FormulaNo) -> FormulaNo {
        match (a.min(b), a.max(b)) {
            (FormulaNo::FALSE, b) => b,
            (FormulaNo::TRUE, _) => FormulaNo::TRUE,
            (a, b) if a == b => a,
            (a, b) => self.number(Formula::Or(a, b)),
        }
    }

    fn number(&mut self, formula: Formula) -> FormulaNo {
        let next = FormulaNo(self.all.len() as u32);
        let no = *self.known.entry(formula).or_insert(next);
        if no == next {
            self.all.push(formula);
        }
        no
    }

    /// The numbers of all formulas that hold of a party.
    pub(super) fn hold(&self, standing: &Standing, symbols: &Symbols) -> Bits {
        let atom = |atom| party_truth(atom, standing, symbols);
        let atoms: Vec<Option<bool>> = self.atoms.iter().map(atom).collect();
        let mut hold = Bits::none(self.all.len());
        for (at, formula) in self.all.iter().enumerate() {
            let holds = match formula {
                Formula::Const(value) => *value,
                Formula::Is(atom, truth) => {
                    atoms.get(*atom as usize).copied().flatten() == Some(*truth)
                }
                Formula::And(a, b) => hold.contains(a.at()) && hold.contains(b.at()),
                Formula::Or(a, b) => hold.contains(a.at()) || hold.contains(b.at()),
            };
            if holds {
                hold.insert(at);
            }
        }
        hold
    }
}

/// What a comparison is of a party; none where it is unknown.
fn party_truth(atom: &Atom, standing: &Standing, symbols: &Symbols) -> Option<bool> {
    match atom {
        Atom::Contains(fact, text) => {
            let sym = symbols.find(text);
            Some(sym.is_some_and(|sym| list(standing, *fact).contains(&sym)))
        }
        Atom::Empty(fact) => Some(list(standing, *fact).is_empty()),
        atom => truth(atom, &|fact| party_value(standing, symbols, fact)),
    }
}

/// The symbols of a list fact of a party.
fn list(standing: &Standing, fact: Fact) -> &[Sym] {
    match fact {
        Fact::Party(_, PartyFact::Titles) => &standing.titles,
        Fact::Party(_, PartyFact::Certificates) => &standing.certificates,
        Fact::Party(_, PartyFact::Lists) | Fact::CounterpartyLists => &standing.lists,
        _ => &[],
    }
}

/// The value of a fact of a party, lists apart.
pub(super) fn party_value<'s>(standing: &Standing, symbols: &'s Symbols, fact: Fact) -> Value<'s> {
    let Fact::Party(_, fact) = fact else {
        return Value::Bool(standing.known);
    };
    match fact {
        PartyFact::Known => Value::Bool(standing.known),
        PartyFact::Kind => Value::text(standing.kind.map_or("", |kind| kind.as_str())),
        PartyFact::Size => Value::text(symbols.name(standing.size)),
        PartyFact::Class => Value::Number(i64::from(standing.class)),
        PartyFact::Standing => Value::text(standing.colour.as_str()),
        PartyFact::Credit => Value::optional(standing.credit.map(|grade| symbols.name(grade))),
        PartyFact::QualityFile => Value::Bool(standing.quality_file),
        _ => Value::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::Role;

    #[test]
    fn what_is_unknown_is_neither_true_nor_false() {
        let credit = Fact::Party(Role::Trader, PartyFact::Credit);
        let known = Atom::Bool(Fact::Party(Role::Trader, PartyFact::Known));
        let mut formulas = Formulas::default();
        // A party without a grade: the comparison is unknown, and so is its negation.
        let grade = Atom::In(credit, Vec::new());
        let (yes, no) = (formulas.is(&grade, true), formulas.is(&grade, false));
        let is_known = formulas.is(&known, true);
        let either = formulas.or(yes, is_known);
        let both = formulas.and(no, is_known);
        let standing = Standing {
            known: true,
            ..Standing::default()
        };
        let hold = formulas.hold(&standing, &Symbols::new([]));
        assert!(!hold.contains(yes.at()) && !hold.contains(no.at()));
        assert!(hold.contains(either.at()) && !hold.contains(both.at()));
        assert!(hold.contains(FormulaNo::TRUE.at()) && !hold.contains(FormulaNo::FALSE.at()));
    }

    #[test]
    fn a_formula_that_is_there_is_not_made_again() {
        let known = Atom::Bool(Fact::CounterpartyKnown);
        let mut formulas = Formulas::default();
        let yes = formulas.is(&known, true);
        assert_eq!(formulas.is(&known, true), yes);
        assert_eq!(formulas.and(yes, FormulaNo::TRUE), yes);
        assert_eq!(formulas.and(yes, FormulaNo::FALSE), FormulaNo::FALSE);
        assert_eq!(formulas.or(yes, FormulaNo::FALSE), yes);
        assert_eq!(formulas.or(FormulaNo::TRUE, yes), FormulaNo::TRUE);
        assert_eq!(formulas.or(yes, yes), yes);
    }
}
