//! A program: a policy compiled against a registry. It is immutable and shared by all workers; the program of the
//! next registry shares what parties have no part in.

use std::sync::Arc;

use super::answer::Said;
use super::dimension::{DimNo, Dimension};
use super::index::TermIndex;
use super::lookup::{RateLookup, ScoreLookup};
use super::outcome::{RuleNo, WordNo};
use super::party::Parties;
use super::supervise::CompiledMonitor;
use crate::policy::cel::Atom;
use crate::policy::{
    Book, ModeChoice, OfficeKind, Otherwise, Policy, Priority, Rule, SamplingPlan, Verdict,
};
use crate::registry::{Registry, Sym};

use super::draw::Rate;

/// A policy compiled against a registry.
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) fixed: Arc<Fixed>,
    pub(super) parties: Parties,
    pub(super) registry: Arc<Registry>,
}

/// What does not change with a party.
#[derive(Debug)]
pub(super) struct Fixed {
    pub(super) policy: Arc<Policy>,
    /// The header's dimensions first, then the item's, then those of scores.
    pub(super) dimensions: Vec<Dimension>,
    /// How many dimensions the header has, and how many header and item have together.
    pub(super) parts: (usize, usize),
    /// The HS key space.
    pub(super) hs: DimNo,
    /// Membership and level of zones, where a rule reads them.
    pub(super) zone: Option<DimNo>,
    /// The rate of `[random]`.
    pub(super) random: Option<Rate>,
    /// For each alert kind of the policy the registry's symbol.
    pub(super) alert_kinds: Vec<Option<Sym>>,
    pub(super) rules: TermIndex,
    pub(super) residuals: Vec<Atom>,
    pub(super) compiled: Vec<CompiledRule>,
    /// What answers say of the rules.
    pub(super) said: Vec<Said>,
    pub(super) books: Vec<CompiledBook>,
    pub(super) scores: Vec<CompiledScore>,
    pub(super) score_conditions: TermIndex,
    /// Score and points of each condition: the owners of `score_conditions`.
    pub(super) points: Vec<(u16, i32)>,
    pub(super) rates: Vec<RateLookup>,
    pub(super) vocabulary: Vec<String>,
    /// The words of the registry's symbols that requirements name, by the symbol's number.
    pub(super) symbol_words: Vec<Option<WordNo>>,
}

/// A book's rules by their numbers.
#[derive(Debug)]
pub(super) struct CompiledBook {
    pub(super) first: u32,
    pub(super) end: u32,
}

/// A rule as it is carried out.
#[derive(Debug)]
pub(super) struct CompiledRule {
    /// Places of book and rule in the policy.
    pub(super) place: (u16, u16),
    pub(super) verdict: Verdict,
    pub(super) rate: Option<CompiledRate>,
    pub(super) per_item: bool,
    pub(super) monitor: Option<CompiledMonitor>,
    pub(super) write_off: bool,
    pub(super) programme: bool,
    pub(super) otherwise: Otherwise,
    pub(super) mode: Option<ModeChoice>,
    pub(super) sampling_plan: Option<SamplingPlan>,
    pub(super) tests: Words,
    pub(super) documents: Words,
    pub(super) specimens: Option<u32>,
    pub(super) objects: u8,
    pub(super) office: Option<OfficeKind>,
    pub(super) priority: Priority,
    pub(super) deadline_s: Option<u32>,
    pub(super) follow_up: u8,
}

impl CompiledRule {
    /// Whether it has a selector that can run out.
    pub(super) const fn takes(&self) -> bool {
        self.monitor.is_some() || self.write_off || self.programme
    }
}

/// Tests or documents of a rule.
#[derive(Debug)]
pub(super) enum Words {
    List(Vec<WordNo>),
    Requirement,
}

/// The rate of a rule.
#[derive(Debug)]
pub(super) enum CompiledRate {
    Fixed(Rate),
    Product(Vec<Factor>),
}

/// A factor that is not the same everywhere, in units of 1/10,000.
#[derive(Debug)]
pub(super) enum Factor {
    Number(u64),
    /// By the state of the office's dimension.
    ByOffice(DimNo, Vec<u64>),
    Table(usize),
}

/// A score group's tables.
#[derive(Debug, Default)]
pub(super) struct CompiledScore {
    /// Points by the state of one dimension that is no party's, summed over tables.
    pub(super) own: Vec<(DimNo, Vec<i64>)>,
    pub(super) crosses: Vec<ScoreLookup>,
    /// The dimension of `risk.ID`, where a rule reads it.
    pub(super) dimension: Option<DimNo>,
}

impl Program {
    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.fixed.policy
    }

    /// The registry.
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The book and rule of a number.
    #[must_use]
    pub fn rule(&self, no: RuleNo) -> Option<(&Book, &Rule)> {
        let (book, rule) = self.fixed.compiled.get(no.0 as usize)?.place;
        let book = self.fixed.policy.books.get(usize::from(book))?;
        Some((book, book.rules.get(usize::from(rule))?))
    }

    /// Whether a rule has a selector that can run out: what one declaration takes, others find missing.
    #[must_use]
    pub fn has_stocks(&self) -> bool {
        self.fixed.compiled.iter().any(CompiledRule::takes)
    }

    pub(super) fn said(&self, no: RuleNo) -> Option<&Said> {
        self.fixed.said.get(no.0 as usize)
    }

    /// A test or document by its number.
    #[must_use]
    pub fn word(&self, no: WordNo) -> &str {
        let word = self.fixed.vocabulary.get(no.0 as usize);
        word.map_or("", String::as_str)
    }

    /// How many terms, dimensions and residuals there are.
    #[must_use]
    pub fn size(&self) -> ProgramSize {
        let fixed = &self.fixed;
        ProgramSize {
            terms: fixed.rules.len() + fixed.score_conditions.len(),
            dimensions: fixed.dimensions.len(),
            residuals: fixed.residuals.len(),
        }
    }

    /// The comparisons of facts with each other, which are checked term by term.
    #[must_use]
    pub fn residuals(&self) -> &[Atom] {
        &self.fixed.residuals
    }

    /// Whether another one is of the same policy, compiled against the same registry but for its parties.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.fixed, &other.fixed)
    }

    /// The program of a later snapshot of its registry in which only parties have changed: only what they answer is
    /// compiled. None where the snapshot is another registry's.
    #[must_use]
    pub fn follow(&self, registry: Arc<Registry>) -> Option<Self> {
        if !registry.is_of(&self.registry) {
            return None;
        }
        let mut next = self.clone();
        next.parties.follow(&registry);
        next.registry = registry;
        Some(next)
    }
}

/// The size of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgramSize {
    /// Conjunctions.
    pub terms: usize,
    /// Dimensions that are read.
    pub dimensions: usize,
    /// Comparisons of facts with each other.
    pub residuals: usize,
}
