//! One generated case: a policy, a registry and declarations, as a strategy of proptest whose failing cases are
//! cut down by taking parts away.

use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::condition::Cond;
use super::declaration::DeclarationPlan;
use super::policy::PolicyPlan;
use super::pool::Dice;
use super::registry::RegistryPlan;

/// Items of one case, all its declarations together: so many comparisons.
pub(crate) const ITEMS: usize = 64;
/// Items of one declaration at the most.
const MOST_ITEMS: usize = 9;

/// A policy, a registry and declarations.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) policy: PolicyPlan,
    pub(crate) registry: RegistryPlan,
    pub(crate) declarations: Vec<DeclarationPlan>,
    /// Seeds the key of draws.
    pub(crate) key: u64,
}

impl Case {
    pub(crate) fn generate(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let registry = RegistryPlan::generate(&mut dice);
        let policy = PolicyPlan::generate(&mut dice);
        let (mut declarations, mut left) = (Vec::new(), ITEMS);
        while left > 0 {
            let items = match dice.below(10) {
                0..=5 => 1,
                6 => 2,
                7..=8 => dice.within(3, 5),
                _ => dice.within(6, MOST_ITEMS),
            }
            .min(left);
            left -= items;
            let id = declarations.len();
            declarations.push(DeclarationPlan::generate(&mut dice, id, items));
        }
        Self {
            policy,
            registry,
            declarations,
            key: dice.word(),
        }
    }
}

/// Cases by the numbers of proptest's own generator.
#[derive(Debug)]
pub(crate) struct Cases;

impl Strategy for Cases {
    type Tree = CaseTree;
    type Value = Case;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(CaseTree::new(Case::generate(runner.rng().next_u64())))
    }
}

/// A case being cut down: the smallest that failed so far, and the cut that is tried.
#[derive(Debug)]
pub(crate) struct CaseTree {
    best: Case,
    current: Case,
    next: usize,
    /// Whether a cut of this round was kept, so that another round may find more.
    kept: bool,
}

impl CaseTree {
    fn new(case: Case) -> Self {
        Self {
            current: case.clone(),
            best: case,
            next: usize::MAX,
            kept: false,
        }
    }

    /// Tries the next cut that there is.
    fn advance(&mut self) -> bool {
        loop {
            match cut(&self.best, self.next) {
                Some(case) => {
                    self.current = case;
                    return true;
                }
                None if self.kept => (self.next, self.kept) = (0, false),
                None => return false,
            }
        }
    }
}

impl ValueTree for CaseTree {
    type Value = Case;

    fn current(&self) -> Case {
        self.current.clone()
    }

    /// The case failed: it is the smallest so far.
    fn simplify(&mut self) -> bool {
        if self.next == usize::MAX {
            self.next = 0;
        } else {
            self.best = self.current.clone();
            self.kept = true;
        }
        self.advance()
    }

    /// The cut case held: the next cut of the smallest one.
    fn complicate(&mut self) -> bool {
        self.next += 1;
        let more = self.advance();
        if !more {
            self.current = self.best.clone();
        }
        more
    }
}

/// The case without its part of a number; none where all have been tried.
fn cut(case: &Case, number: usize) -> Option<Case> {
    let mut left = number;
    let mut at = |count: usize| {
        let found = (left < count).then_some(left);
        left = left.saturating_sub(count);
        found
    };
    let mut less = case.clone();
    let declarations = case.declarations.len();
    // First one declaration alone, since most differences show in one.
    if let Some(only) = at(if declarations > 1 { declarations } else { 0 }) {
        less.declarations = vec![case.declarations[only].clone()];
        return Some(less);
    }
    for (book, plan) in case.policy.books.iter().enumerate() {
        if at(1).is_some() {
            less.policy.books.remove(book);
            return Some(less);
        }
        if let Some(rule) = at(plan.rules.len()) {
            less.policy.books[book].rules.remove(rule);
            return Some(less);
        }
    }
    cut_declarations(&mut less, &mut at)
        .or_else(|| cut_rules(&mut less, &mut at))
        .or_else(|| cut_scores(&mut less, &mut at))
        .or_else(|| cut_extras(&mut less, &mut at))
        .or_else(|| cut_registry(&mut less, &mut at))
        .map(|()| less)
}

/// Gives the place of the cut within the next so many, if it lies there.
type Places<'a> = dyn FnMut(usize) -> Option<usize> + 'a;

fn cut_declarations(case: &mut Case, at: &mut Places<'_>) -> Option<()> {
    for declaration in &mut case.declarations {
        let items = declaration.items.len();
        if let Some(item) = at(if items > 1 { items } else { 0 }) {
            declaration.items.remove(item);
            return Some(());
        }
        for item in &mut declaration.items {
            // Number, code and value must stay.
            if let Some(member) = at(item.len().saturating_sub(3)) {
                item.remove(member + 3);
                return Some(());
            }
        }
        if let Some(member) = at(declaration.header.len().saturating_sub(6)) {
            declaration.header.remove(member + 6);
            return Some(());
        }
    }
    None
}

fn cut_rules(case: &mut Case, at: &mut Places<'_>) -> Option<()> {
    for book in &mut case.policy.books {
        if let Some(line) = at(book.frame.len()) {
            book.frame.remove(line);
            return Some(());
        }
        for rule in &mut book.rules {
            if let Some(line) = at(rule.frame.len()) {
                rule.frame.remove(line);
                return Some(());
            }
            if let Some(()) = cut_condition(&mut rule.when, at) {
                return Some(());
            }
            if let Some(member) = at(rule.then.len().saturating_sub(1)) {
                rule.then.remove(member + 1);
                return Some(());
            }
        }
    }
    None
}

fn cut_condition(when: &mut Cond, at: &mut Places<'_>) -> Option<()> {
    let smaller = when.smaller();
    let part = at(smaller.len())?;
    *when = smaller[part].clone();
    Some(())
}

fn cut_scores(case: &mut Case, at: &mut Places<'_>) -> Option<()> {
    for score in &mut case.policy.scores {
        if let Some(table) = at(score.tables.len()) {
            score.tables.remove(table);
            return Some(());
        }
        if let Some(condition) = at(score.conditions.len()) {
            score.conditions.remove(condition);
            return Some(());
        }
        for (when, _) in &mut score.conditions {
            if let Some(()) = cut_condition(when, at) {
                return Some(());
            }
        }
        for table in &mut score.tables {
            if let Some(row) = at(table.rows.len()) {
                table.rows.remove(row);
                return Some(());
            }
        }
    }
    None
}

/// Overrides, `[random]`, `[deadline]` and rows of rate tables but the last.
fn cut_extras(case: &mut Case, at: &mut Places<'_>) -> Option<()> {
    if let Some(extra) = at(case.policy.extras.len()) {
        case.policy.extras.remove(extra);
        return Some(());
    }
    for table in &mut case.policy.rates {
        if let Some(row) = at(table.rows.len().saturating_sub(1)) {
            table.rows.remove(row);
            return Some(());
        }
    }
    None
}

fn cut_registry(case: &mut Case, at: &mut Places<'_>) -> Option<()> {
    for table in &mut case.registry.tables {
        if let Some(row) = at(table.rows.len()) {
            table.rows.remove(row);
            return Some(());
        }
    }
    None
}
