//! Compiles a policy against a registry: constants collected, dimensions cut, conditions brought to normal
//! form, terms indexed, tables laid out.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::answer::Said;
use super::asked::FormulaNo;
use super::bits::Bits;
use super::collect::Collector;
use super::compile_rule::{rules_of, vocabulary};
use super::dimension::{DimNo, Dimension, Kind};
use super::draw::Rate;
use super::index::TermIndex;
use super::lookup::{CompiledTable, RateLookup, ScoreLookup, score_table, units};
use super::normal::{Conjunct, NormalError, Normalizer, both};
use super::party::{Parties, Questions, Slot};
use super::program::{CompiledScore, Fixed, Program};
use super::universe::Universe;
use super::value::Value;
use crate::declaration::Amount;
use crate::limits::{MAX_DENSE_CELLS, MAX_TERMS};
use crate::policy::schema::{Fact, ScoreNo};
use crate::policy::{Condition, Policy, Span};
use crate::registry::Registry;

/// Why a policy cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// A rule's or score's condition has no normal form within the limits.
    #[error("{place}: {error}")]
    Condition {
        /// `book/rule`, or the score.
        place: String,
        /// Which limit.
        error: NormalError,
    },
    /// The whole policy has too many terms.
    #[error("the policy has {0} terms; at most {MAX_TERMS} are allowed")]
    Terms(usize),
    /// A rate table is too large.
    #[error("the rate table `{0}` has more than {MAX_DENSE_CELLS} cells")]
    RateTable(String),
}

impl Program {
    /// Compiles a policy against a registry.
    ///
    /// # Errors
    /// Every limit that the policy exceeds.
    pub fn compile(
        policy: Arc<Policy>,
        registry: Arc<Registry>,
    ) -> Result<Self, Vec<CompileError>> {
        let mut universe = Universe::new(&registry, &policy.names, Collector::of(&policy));
        let mut errors = Vec::new();
        let mut compiler = Compiler {
            policy: &policy,
            normalizer: Normalizer {
                universe: &mut universe,
                residuals: Vec::new(),
            },
            errors: &mut errors,
        };
        let rule_terms = compiler.rule_terms();
        let (points, score_terms) = compiler.score_terms();
        let residuals = std::mem::take(&mut compiler.normalizer.residuals);
        let total = rule_terms.len() + score_terms.len();
        if total > MAX_TERMS {
            errors.push(CompileError::Terms(total));
        }
        let parties: Vec<DimNo> = universe.asked.keys().copied().collect();
        let states = |no: DimNo| universe.get(no).map_or(0, |dimension| dimension.states);
        let (rules, rule_slots) = TermIndex::build(&rule_terms, states, &parties);
        let (score_conditions, score_slots) = TermIndex::build(&score_terms, states, &parties);
        let rates = rates(&policy, &mut universe, &mut errors);
        let (vocabulary, symbol_words) = vocabulary(&policy, &registry);
        let (books, compiled) = rules_of(&policy, &universe, &vocabulary);
        let (scores, own) = scores(&policy, &mut universe);
        let questions = questions(&mut universe, rule_slots, score_slots, own);
        let alert_kinds = policy.names.alert_kinds.iter();
        let alert_kinds = alert_kinds
            .map(|kind| registry.symbols().find(kind))
            .collect();
        let hs = universe.find(Kind::Hs).unwrap_or(DimNo(0));
        let zone = universe.find(Kind::Zone);
        let random = policy.random.map(|random| fixed(random.rate));
        let dimensions = std::mem::take(&mut universe.dimensions);
        drop(universe);
        if !errors.is_empty() {
            return Err(errors);
        }
        let fixed = Fixed {
            parts: parts(&dimensions),
            dimensions,
            hs,
            zone,
            random,
            alert_kinds,
            rules,
            residuals,
            compiled,
            said: Said::of(&policy),
            books,
            scores,
            score_conditions,
            points,
            rates,
            vocabulary,
            symbol_words,
            policy,
        };
        Ok(Self {
            parties: Parties::new(questions, fixed.scores.len(), &registry),
            fixed: Arc::new(fixed),
            registry,
        })
    }
}

/// What is asked of each party, from the words that ask it and the tables that read it.
fn questions(
    universe: &mut Universe<'_>,
    rules: Vec<Vec<Slot>>,
    conditions: Vec<Vec<Slot>>,
    mut own: OwnTables,
) -> Vec<Questions> {
    let asked = std::mem::take(&mut universe.asked);
    let parties = asked.into_iter().zip(rules.into_iter().zip(conditions));
    parties
        .map(|((no, formulas), (rules, conditions))| {
            let slots = rules.iter().chain(&conditions).flatten();
            let asked: BTreeSet<FormulaNo> = slots.map(|(_, formula)| *formula).collect();
            Questions {
                no,
                formulas,
                asked: asked.into_iter().collect(),
                rules,
                conditions,
                columns: universe.columns.remove(&no).unwrap_or_default(),
                own: own.remove(&no).unwrap_or_default(),
            }
        })
        .collect()
}

/// How many of the dimensions are the header's, and how many are not of scores.
fn parts(dimensions: &[Dimension]) -> (usize, usize) {
    let header = |dimension: &&Dimension| dimension.kind.is_of_header();
    let item = |dimension: &&Dimension| !dimension.kind.is_of_scores();
    (
        dimensions.iter().take_while(header).count(),
        dimensions.iter().take_while(item).count(),
    )
}

/// A rate that is a number.
fn fixed(rate: Amount) -> Rate {
    Rate::product(std::iter::once(units(rate)))
}

/// The score tables that read one party only, each with its score.
type OwnTables = HashMap<DimNo, Vec<(usize, ScoreLookup)>>;
/// Terms with their owners.
type Terms = Vec<(u32, Conjunct)>;
/// Score and points of each score condition.
type Points = Vec<(u16, i32)>;

struct Compiler<'c, 'n, 'r> {
    policy: &'c Policy,
    normalizer: Normalizer<'n, 'r>,
    errors: &'c mut Vec<CompileError>,
}

impl Compiler<'_, '_, '_> {
    fn rule_terms(&mut self) -> Terms {
        let mut terms = Vec::new();
        let mut owner = 0;
        for book in &self.policy.books {
            for rule in &book.rules {
                let mut frame = Conjunct::default();
                self.validity(rule.validity, &mut frame);
                for offices in [&book.offices, &rule.offices]
                    .into_iter()
                    .filter(|offices| !offices.is_empty())
                {
                    self.guard(&mut frame, Fact::DeclarationOffice, |office| {
                        office.is_some_and(|id| offices.iter().any(|known| known == id))
                    });
                }
                match self.condition(&rule.when, &frame) {
                    Ok(found) => terms.extend(found.into_iter().map(|term| (owner, term))),
                    Err(error) => self.errors.push(CompileError::Condition {
                        place: format!("{}/{}", book.id, rule.id),
                        error,
                    }),
                }
                owner += 1;
            }
        }
        terms
    }

    fn score_terms(&mut self) -> (Points, Terms) {
        let (mut points, mut terms) = (Vec::new(), Vec::new());
        for (at, score) in self.policy.scores.iter().enumerate() {
            for (condition, worth) in &score.conditions {
                match self.condition(condition, &Conjunct::default()) {
                    Ok(found) => {
                        terms.extend(found.into_iter().map(|term| (points.len() as u32, term)))
                    }
                    Err(error) => self.errors.push(CompileError::Condition {
                        place: format!("score {}", score.id),
                        error,
                    }),
                }
                points.push((at as u16, *worth));
            }
        }
        (points, terms)
    }

    /// The terms of a condition within a frame of validity and place.
    fn condition(
        &mut self,
        condition: &Condition,
        frame: &Conjunct,
    ) -> Result<Vec<Conjunct>, NormalError> {
        let mut terms = Vec::new();
        for variant in &condition.variants {
            let mut frame = frame.clone();
            if !variant.other_offices.is_empty() {
                self.guard(
                    &mut frame,
                    Fact::DeclarationOffice,
                    |office| match &variant.office {
                        Some(id) => office == Some(id.as_str()),
                        None => !office.is_some_and(|office| {
                            variant.other_offices.iter().any(|other| other == office)
                        }),
                    },
                );
            }
            if !variant.other_bureaus.is_empty() {
                self.guard(
                    &mut frame,
                    Fact::DeclarationBureau,
                    |bureau| match &variant.bureau {
                        Some(id) => bureau == Some(id.as_str()),
                        None => !bureau.is_some_and(|bureau| {
                            variant.other_bureaus.iter().any(|other| other == bureau)
                        }),
                    },
                );
            }
            let found = self.normalizer.terms(&variant.expr)?;
            let asked = &mut self.normalizer.universe.asked;
            let framed = found.iter().map(|term| both(&frame, term, asked));
            terms.extend(framed.filter(Conjunct::is_possible));
        }
        if terms.len() > crate::limits::MAX_TERMS_PER_RULE {
            Err(NormalError::Terms)
        } else {
            Ok(terms)
        }
    }

    fn validity(&self, span: Span, frame: &mut Conjunct) {
        let universe = &*self.normalizer.universe;
        let Some(no) = universe
            .find(universe.kind(Fact::DeclarationDay))
            .filter(|_| span != Span::ALWAYS)
        else {
            return;
        };
        let (from, to) = (i64::from(span.from.number()), i64::from(span.to.number()));
        self.allow(frame, no, |state| matches!(universe.sample(no, state, Fact::DeclarationDay), Value::Number(day) if from <= day && day < to));
    }

    /// Allows the states of a text fact that a test admits; absence is none.
    fn guard(&self, frame: &mut Conjunct, fact: Fact, admits: impl Fn(Option<&str>) -> bool) {
        let universe = &*self.normalizer.universe;
        let Some(no) = universe.find(universe.kind(fact)) else {
            return;
        };
        self.allow(frame, no, |state| match universe.sample(no, state, fact) {
            Value::Text(text) => admits(Some(&text)),
            _ => admits(None),
        });
    }

    fn allow(&self, frame: &mut Conjunct, no: DimNo, admits: impl Fn(usize) -> bool) {
        let states = self
            .normalizer
            .universe
            .get(no)
            .map_or(0, |dimension| dimension.states);
        let mut set = Bits::none(states);
        (0..states)
            .filter(|state| admits(*state))
            .for_each(|state| set.insert(state));
        let set = frame
            .sets
            .get(&no)
            .map_or_else(|| set.clone(), |known| known.and(&set));
        frame.sets.insert(no, set);
    }
}

fn rates(
    policy: &Policy,
    universe: &mut Universe<'_>,
    errors: &mut Vec<CompileError>,
) -> Vec<RateLookup> {
    let mut rates = Vec::new();
    for table in &policy.rate_tables {
        match RateLookup::new(universe, table) {
            Some(rate) => rates.push(rate),
            None => errors.push(CompileError::RateTable(table.id.clone())),
        }
    }
    rates
}

fn scores(policy: &Policy, universe: &mut Universe<'_>) -> (Vec<CompiledScore>, OwnTables) {
    let (mut scores, mut own_of_parties) = (Vec::new(), OwnTables::new());
    for (at, score) in policy.scores.iter().enumerate() {
        let mut own: HashMap<DimNo, Vec<i64>> = HashMap::new();
        let mut compiled = CompiledScore {
            dimension: universe.find(universe.kind(Fact::Risk(ScoreNo(at as u16)))),
            ..CompiledScore::default()
        };
        for table in &score.tables {
            match score_table(universe, table) {
                None => {}
                Some(CompiledTable::Party(no, table)) => {
                    own_of_parties.entry(no).or_default().push((at, table));
                }
                Some(CompiledTable::Cross(cross)) => compiled.crosses.push(cross),
                Some(CompiledTable::Own(no, points)) => {
                    let sum = own.entry(no).or_insert_with(|| vec![0; points.len()]);
                    sum.iter_mut()
                        .zip(points)
                        .for_each(|(sum, points)| *sum += i64::from(points));
                }
            }
        }
        compiled.own = own.into_iter().collect();
        compiled.own.sort_by_key(|(no, _)| *no);
        scores.push(compiled);
    }
    (scores, own_of_parties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{MAX_RESIDUALS, MAX_TERMS_PER_RULE};
    use crate::policy::{PolicySource, read};

    const HEAD: &str = r#"
[policy]
id = "limits"
title = "Limits"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"
default = "release"

[attributes]
"#;

    /// As many whole numbers, from `a0` on, as differ in one way more than may be.
    const ATTRIBUTES: usize = 2 * MAX_RESIDUALS + 1;

    /// A policy with a rule for each condition over the attributes; and more.
    fn compiled(conditions: &[String], more: &str) -> Result<Program, Vec<CompileError>> {
        let attributes: String = (0..ATTRIBUTES)
            .map(|no| format!("a{no} = \"int\"\n"))
            .collect();
        let rules = conditions.iter().enumerate().map(|(no, when)| {
            let then = "then = { verdict = \"sample\", mode = \"document\" }";
            format!("[[book.rule]]\nid = \"r{no}\"\nwhen = '{when}'\n{then}\n")
        });
        let rules: String = rules.collect();
        let book = "[[book]]\nid = \"book\"\nauthority = \"who\"\n";
        let text = format!("{HEAD}{attributes}{book}{rules}{more}");
        let source = PolicySource::from_files([("policy.toml".to_owned(), text)]).unwrap();
        let policy = read(&source).unwrap_or_else(|errors| panic!("{errors}"));
        Program::compile(Arc::new(policy), Arc::new(Registry::default()))
    }

    /// That one of these attributes is positive: as many terms.
    fn any(attributes: std::ops::Range<usize>) -> String {
        let each: Vec<String> = attributes
            .map(|no| format!("attribute.a{no} > 0"))
            .collect();
        format!("({})", each.join(" || "))
    }

    fn refused(conditions: &[String], more: &str) -> Vec<CompileError> {
        compiled(conditions, more).err().unwrap_or_default()
    }

    fn at_rule(no: usize, error: NormalError) -> Vec<CompileError> {
        let place = format!("book/r{no}");
        vec![CompileError::Condition { place, error }]
    }

    #[test]
    fn a_condition_has_as_many_terms_as_a_rule_may_and_no_more() {
        let most = MAX_TERMS_PER_RULE;
        let halves = |more: usize| format!("{} && {}", any(0..8), any(8..16 + more));
        for (fits, exceeds) in [(any(0..most), any(0..most + 1)), (halves(0), halves(1))] {
            let program = compiled(std::slice::from_ref(&fits), "").unwrap();
            assert_eq!(program.size().terms, most, "{fits}");
            assert_eq!(
                refused(&[fits, exceeds], ""),
                at_rule(1, NormalError::Terms)
            );
        }
    }

    #[test]
    fn a_policy_compares_facts_in_as_many_ways_as_it_may_and_no_more() {
        let compares = |no: usize| format!("attribute.a{no} > attribute.a{}", no + MAX_RESIDUALS);
        let mut conditions: Vec<String> = (0..MAX_RESIDUALS).map(compares).collect();
        // The same again is no other way.
        conditions.push(compares(0));
        let program = compiled(&conditions, "").unwrap();
        assert_eq!(program.size().residuals, MAX_RESIDUALS);
        assert_eq!(program.residuals().len(), MAX_RESIDUALS);
        conditions.push(compares(MAX_RESIDUALS));
        let one_more = at_rule(MAX_RESIDUALS + 1, NormalError::Residuals);
        assert_eq!(refused(&conditions, ""), one_more);
    }

    #[test]
    fn a_policy_has_as_many_terms_as_it_may_and_no_more() {
        let rules = vec![any(0..MAX_TERMS_PER_RULE); MAX_TERMS / MAX_TERMS_PER_RULE];
        let program = compiled(&rules, "").unwrap();
        assert_eq!(program.size().terms, MAX_TERMS);
        let score = "[[score]]\nid = \"risk\"\nwhen = [{ if = 'attribute.a0 > 0', points = 1 }]\n";
        let one_more = CompileError::Terms(MAX_TERMS + 1);
        assert_eq!(refused(&rules, score), [one_more]);
    }
}
