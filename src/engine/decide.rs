//! Deciding: a joined declaration through scores, rules, books and obligations to its outcome. Pure: the same
//! facts and program give the same outcome, without clock, disk, lock or allocation.

use super::bind::number_state;
use super::control::Control;
use super::draw::{Draws, Rate};
use super::facts::Facts;
use super::join::{HeaderJoin, ItemJoin};
use super::keep::highest;
use super::obligations::{complete, earlier};
use super::outcome::{BookOutcome, ItemOutcome, Outcome, RuleNo, SelectedBy};
use super::program::{CompiledBook, CompiledRate, CompiledRule, Factor, Program};
use super::stock::Inputs;
use super::supervise::Taken;
use super::universe::zone_in_scope;
use super::value::truth;
use crate::declaration::{Day, Declaration, Item};
use crate::limits::{MAX_SCORES, MAX_UNSELECTED};
use crate::policy::{Otherwise, RANDOM_BOOK, Verdict};

/// Room for one decision at a time, reused by the next.
#[derive(Debug, Default)]
pub struct Scratch {
    states: Vec<u32>,
    classes: Vec<u32>,
    matched: Vec<u32>,
    /// The declaration's draw in each book, once it is known.
    draws: Vec<Option<u64>>,
    /// What is known of stocks, and what was asked of them.
    pub inputs: Inputs,
    /// What is known of counters, what was asked of them, and what is to be counted.
    pub control: Control,
}

/// One declaration on its way through a program.
pub(super) struct Decision<'d, D> {
    pub(super) program: &'d Program,
    pub(super) header: &'d HeaderJoin<'d>,
    pub(super) draws: &'d D,
    pub(super) scratch: &'d mut Scratch,
    pub(super) out: &'d mut Outcome,
}

/// A declaration's item with all its facts coded: where it stands in each dimension of a program.
#[derive(Debug, Clone)]
pub struct Bound<'a> {
    join: ItemJoin<'a>,
    states: Vec<u32>,
}

impl Program {
    /// Decides a declaration. `decision_day` is the day on which the standing of persons is read.
    pub fn decide<D: Draws>(
        &self,
        declaration: &Declaration<'_>,
        decision_day: Day,
        draws: &D,
        scratch: &mut Scratch,
        out: &mut Outcome,
    ) {
        let header = HeaderJoin::new(&self.registry, declaration, decision_day);
        self.decide_joined(&header, draws, scratch, out);
    }

    /// Decides a declaration whose header has been joined.
    pub fn decide_joined<D: Draws>(
        &self,
        header: &HeaderJoin<'_>,
        draws: &D,
        scratch: &mut Scratch,
        out: &mut Outcome,
    ) {
        let mut decision = self.begin(header, draws, scratch, out);
        self.bind_header(header, &mut decision.scratch.states);
        let mut members = true;
        for item in &header.declaration.items {
            let (state, node) = self.hs_state(item);
            let join = ItemJoin::new(header, item, node);
            self.bind_item(&join, state, &mut decision.scratch.states);
            decision.item(&join);
            members = members && self.is_member(&join, &decision.scratch.states);
        }
        decision.finish(members);
    }

    /// Codes the facts of a declaration's item.
    #[must_use]
    pub fn bind<'a>(&self, header: &'a HeaderJoin<'a>, item: &'a Item<'a>) -> Bound<'a> {
        let (state, node) = self.hs_state(item);
        let join = ItemJoin::new(header, item, node);
        let mut states = vec![0; self.fixed.dimensions.len()];
        self.bind_header(header, &mut states);
        self.bind_item(&join, state, &mut states);
        Bound { join, states }
    }

    /// Decides a declaration of one item whose facts have been coded.
    pub fn decide_bound<D: Draws>(
        &self,
        bound: &Bound<'_>,
        draws: &D,
        scratch: &mut Scratch,
        out: &mut Outcome,
    ) {
        let mut decision = self.begin(bound.join.header, draws, scratch, out);
        decision.scratch.states.copy_from_slice(&bound.states);
        decision.item(&bound.join);
        let member = self.is_member(&bound.join, &bound.states);
        decision.finish(member);
    }

    fn begin<'d, D: Draws>(
        &'d self,
        header: &'d HeaderJoin<'d>,
        draws: &'d D,
        scratch: &'d mut Scratch,
        out: &'d mut Outcome,
    ) -> Decision<'d, D> {
        out.clear();
        scratch.inputs.begin();
        scratch.control.begin();
        scratch.states.resize(self.fixed.dimensions.len(), 0);
        scratch.draws.clear();
        scratch.draws.resize(self.fixed.books.len(), None);
        Decision {
            program: self,
            header,
            draws,
            scratch,
            out,
        }
    }

    fn is_member(&self, join: &ItemJoin<'_>, states: &[u32]) -> bool {
        let in_scope = || match self.fixed.zone.and_then(|no| states.get(no.at())) {
            Some(state) => zone_in_scope(*state as usize),
            None => join.zone_level().is_some(),
        };
        self.fixed.policy.deadline.members_s.is_some() && in_scope()
    }

    /// Joins an item as deciding does; for whoever reads its facts.
    #[must_use]
    pub fn join_item<'a>(&self, header: &'a HeaderJoin<'a>, item: &'a Item<'a>) -> ItemJoin<'a> {
        ItemJoin::new(header, item, self.hs_state(item).1)
    }
}

impl<D: Draws> Decision<'_, D> {
    fn item(&mut self, join: &ItemJoin<'_>) {
        let program = self.program;
        let first_risk = self.out.risk.len();
        self.scores(join, first_risk);
        let Scratch {
            states,
            classes,
            matched,
            ..
        } = &mut *self.scratch;
        let facts = Facts {
            item: join,
            names: &program.fixed.policy.names,
            risk: self.out.risk.get(first_risk..).unwrap_or_default(),
        };
        let residual = |no: super::normal::ResidualNo| {
            truth(program.fixed.residuals.get(usize::from(no.0))?, &|fact| {
                facts.value(fact)
            })
        };
        let parties = program.parties.rules(states);
        program
            .fixed
            .rules
            .matches(states, parties, residual, classes, matched);
        let first_book = self.out.books.len();
        let mut from = 0;
        for (at, book) in program.fixed.books.iter().enumerate() {
            from = self.book(at, book, from, join);
        }
        self.settle_item(join, first_book);
    }

    /// Computes the item's scores and where they stand.
    fn scores(&mut self, join: &ItemJoin<'_>, first: usize) {
        let program = self.program;
        let Scratch {
            states,
            classes,
            matched,
            ..
        } = &mut *self.scratch;
        // Summed exactly and saturated once, so that the order of tables and conditions does not matter.
        let mut sums = [0_i64; MAX_SCORES];
        let parties = &program.parties;
        for (at, (sum, score)) in sums.iter_mut().zip(&program.fixed.scores).enumerate() {
            let own = score.own.iter().map(|(no, points)| {
                states
                    .get(no.at())
                    .and_then(|state| points.get(*state as usize))
                    .copied()
                    .unwrap_or(0)
            });
            let crosses = score.crosses.iter();
            *sum = own
                .chain(std::iter::once(parties.points(states, at)))
                .chain(crosses.map(|cross| i64::from(cross.points(states, parties))))
                .sum();
        }
        if program.fixed.score_conditions.len() > 0 {
            let facts = Facts {
                item: join,
                names: &program.fixed.policy.names,
                risk: &[],
            };
            let residual = |no: super::normal::ResidualNo| {
                truth(program.fixed.residuals.get(usize::from(no.0))?, &|fact| {
                    facts.value(fact)
                })
            };
            let parties = program.parties.conditions(states);
            let conditions = &program.fixed.score_conditions;
            conditions.matches(states, parties, residual, classes, matched);
            for owner in &*matched {
                let Some((score, points)) = program.fixed.points.get(*owner as usize) else {
                    continue;
                };
                if let Some(sum) = sums.get_mut(usize::from(*score)) {
                    *sum += i64::from(*points);
                }
            }
        }
        let sums = sums.iter().take(program.fixed.scores.len());
        self.out
            .risk
            .extend(sums.map(|sum| (*sum).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32));
        for (at, score) in program.fixed.scores.iter().enumerate() {
            let Some(no) = score.dimension else { continue };
            let points = self
                .out
                .risk
                .get(first + at)
                .map(|points| i64::from(*points));
            if let (Some(dimension), Some(state)) = (
                program.fixed.dimensions.get(no.at()),
                states.get_mut(no.at()),
            ) {
                *state = number_state(dimension, points);
            }
        }
    }

    /// Walks a book's matching rules; returns where the next book's begin.
    fn book(&mut self, at: usize, book: &CompiledBook, from: usize, join: &ItemJoin<'_>) -> usize {
        let first_unselected = self.out.unselected.len();
        let mut said = BookOutcome {
            rule: None,
            verdict: None,
            spoke: false,
            rate: None,
            draw: None,
            short: false,
            unselected: first_unselected..first_unselected,
        };
        let mut next = from;
        while let Some(no) = self
            .scratch
            .matched
            .get(next)
            .copied()
            .filter(|no| *no < book.end)
        {
            debug_assert!(no >= book.first);
            next += 1;
            if said.rule.is_some() {
                continue;
            }
            let Some(rule) = self.program.fixed.compiled.get(no as usize) else {
                continue;
            };
            if self.selects((at, no, rule), join, &mut said) {
                (said.rule, said.verdict, said.spoke) =
                    (Some(RuleNo(no)), Some(rule.verdict), true);
                continue;
            }
            if self.out.unselected.len() - first_unselected < MAX_UNSELECTED {
                self.out.unselected.push(RuleNo(no));
            }
            if let Otherwise::Verdict(verdict) = rule.otherwise {
                (said.rule, said.verdict) = (Some(RuleNo(no)), Some(verdict));
            }
        }
        said.unselected.end = self.out.unselected.len();
        self.out.books.push(said);
        next
    }

    fn selects(
        &mut self,
        (book, no, rule): (usize, u32, &CompiledRule),
        join: &ItemJoin<'_>,
        said: &mut BookOutcome,
    ) -> bool {
        if !self.is_drawn((book, no, rule), join, said) {
            return false;
        }
        if !rule.takes() {
            return true;
        }
        let taken = self.takes(rule, join);
        said.short |= taken == Taken::Short;
        taken == Taken::All
    }

    fn is_drawn(
        &mut self,
        (book, no, rule): (usize, u32, &CompiledRule),
        join: &ItemJoin<'_>,
        said: &mut BookOutcome,
    ) -> bool {
        let rate = match &rule.rate {
            None => {
                (said.rate, said.draw) = (None, None);
                return true;
            }
            Some(CompiledRate::Fixed(rate)) => *rate,
            Some(CompiledRate::Product(factors)) => self.rate(factors),
        };
        (said.rate, said.draw) = (Some(rate), None);
        if rate == Rate::ONE || rate.units() == 0 {
            return rate == Rate::ONE;
        }
        let draw = self.draw(book, rule.per_item.then_some(join.item.item_no));
        said.draw = Some(draw);
        self.note_hit((book, no, rule), join, (rate, draw));
        rate.selects(draw)
    }

    fn rate(&self, factors: &[Factor]) -> Rate {
        let states = &self.scratch.states;
        Rate::product(factors.iter().map(|factor| {
            match factor {
                Factor::Number(number) => *number,
                Factor::ByOffice(no, values) => states
                    .get(no.at())
                    .and_then(|state| values.get(*state as usize))
                    .copied()
                    .unwrap_or(0),
                Factor::Table(at) => self
                    .program
                    .fixed
                    .rates
                    .get(*at)
                    .map_or(0, |table| table.rate(states, &self.program.parties)),
            }
        }))
    }

    fn draw(&mut self, book: usize, item_no: Option<u16>) -> u64 {
        let id = self.header.declaration.id.as_str();
        let book_id = self
            .program
            .fixed
            .policy
            .books
            .get(book)
            .map_or("", |book| book.id.as_str());
        if item_no.is_some() {
            return self.draws.draw(id, book_id, item_no);
        }
        match self.scratch.draws.get_mut(book) {
            Some(known) => *known.get_or_insert_with(|| self.draws.draw(id, book_id, None)),
            None => self.draws.draw(id, book_id, None),
        }
    }

    /// Takes the strictest book's verdict and adds obligations up.
    fn settle_item(&mut self, join: &ItemJoin<'_>, first_book: usize) {
        let books = self.out.books.get(first_book..).unwrap_or_default();
        let strictest = books
            .iter()
            .filter(|book| book.verdict.is_some())
            .reduce(|best, book| {
                if book.verdict > best.verdict {
                    book
                } else {
                    best
                }
            });
        let verdict = strictest
            .and_then(|book| book.verdict)
            .unwrap_or(self.program.fixed.policy.default);
        // What was released was released whatever rate was tried; what was not, by its own rule's rate alone.
        let tried = strictest
            .filter(|book| book.rate.is_some() || verdict > Verdict::Release)
            .or_else(|| books.iter().rfind(|book| book.rate.is_some()));
        let item = ItemOutcome {
            verdict,
            rule: strictest.and_then(|book| book.rule),
            selected_by: (verdict > Verdict::Release).then(|| self.selected_by(strictest)),
            rate: tried.and_then(|book| book.rate),
            draw: tried.and_then(|book| book.draw),
            obligations: self.obligations(join, first_book..self.out.books.len()),
        };
        self.settle_takes(verdict);
        self.out.verdict = self.out.verdict.max(verdict);
        self.out.items.push(item);
    }

    /// What selected an item that the strictest book does not release. A verdict of `otherwise` comes where a rule did
    /// not select: it is the rule's, not the draw's.
    fn selected_by(&self, strictest: Option<&BookOutcome>) -> SelectedBy {
        let Some(book) = strictest else {
            return SelectedBy::Rule;
        };
        let spoke = book.rule.filter(|_| book.spoke);
        let rule = spoke.and_then(|no| self.program.fixed.compiled.get(no.0 as usize));
        match rule {
            Some(rule) if rule.monitor.is_some() => SelectedBy::Monitor,
            Some(rule) if rule.programme => SelectedBy::Programme,
            Some(_) if book.draw.is_some() => SelectedBy::Draw,
            _ if book.short => SelectedBy::WriteOffShort,
            _ => SelectedBy::Rule,
        }
    }

    /// `[random]`, selection control and the deadline.
    fn finish(&mut self, members: bool) {
        self.random();
        self.control();
        let policy = &self.program.fixed.policy;
        let standard = if members {
            policy.deadline.members_s
        } else {
            policy.deadline.others_s
        };
        self.out.due_s = earlier(self.out.due_s, standard);
    }

    fn random(&mut self) {
        let policy = &self.program.fixed.policy;
        let (Some(random), Some(rate)) = (policy.random, self.program.fixed.random) else {
            return;
        };
        if self.out.verdict != Verdict::Release {
            return;
        }
        let draw = self
            .draws
            .draw(self.header.declaration.id.as_str(), RANDOM_BOOK, None);
        if !rate.selects(draw) {
            return;
        }
        let highest = highest(self.header.declaration);
        if let Some(item) = self.out.items.get_mut(highest) {
            item.verdict = Verdict::Sample;
            item.selected_by = Some(SelectedBy::Random);
            (item.rate, item.draw) = (Some(rate), Some(draw));
            item.obligations.mode = item.obligations.mode.max(Some(random.mode));
            complete(&mut item.obligations);
        }
        self.out.keep_material(highest);
        self.out.random = Some((highest, draw));
        self.out.verdict = Verdict::Sample;
    }
}
