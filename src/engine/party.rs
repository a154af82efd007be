//! The parties of a declaration as a program sees them. What rules and tables ask of a party is asked once for
//! each standing; standings that give the same answers are one class, and a class has its bits, codes and points
//! ready. A party that changes costs its own standings' answers, whatever the number of parties and rules.

use std::sync::Arc;

use rpds::HashTrieMapSync;

use super::asked::{FormulaNo, Formulas, party_value};
use super::bits::Bits;
use super::dimension::DimNo;
use super::lookup::{Column, ScoreLookup};
use crate::registry::{Grown, Registry, Standing, StandingNo, Sym, Symbols};

/// The parties that a declaration can name: four roles and the overseas party.
pub(super) const PARTIES: usize = 5;

/// A word of terms as far as it asks one party: what must hold of it for each bit that asks.
pub(super) type Slot = Vec<(u8, FormulaNo)>;

/// What is asked of one party.
#[derive(Debug)]
pub(super) struct Questions {
    pub(super) no: DimNo,
    pub(super) formulas: Formulas,
    /// Those that the slots name, ascending.
    pub(super) asked: Vec<FormulaNo>,
    /// The words of the rules that ask it.
    pub(super) rules: Vec<Slot>,
    /// The words of the conditions of scores that ask it.
    pub(super) conditions: Vec<Slot>,
    /// The columns of tables that read it.
    pub(super) columns: Vec<Column>,
    /// The score tables that read nothing else, each with its score.
    pub(super) own: Vec<(usize, ScoreLookup)>,
}

/// What the classes of one party answer. The next snapshot shares it, but for the classes that come with it.
#[derive(Debug, Clone, Default)]
struct Answers {
    /// The class of each answer.
    known: HashTrieMapSync<Box<[u64]>, u32>,
    /// Of the classes that there were at first, and how many they are.
    first: Arc<(Answered, usize)>,
    /// Of each class that came later.
    later: Grown<Answered>,
}

/// What classes answer, one after the other.
#[derive(Debug, Clone, Default)]
struct Answered {
    rules: Vec<u64>,
    conditions: Vec<u64>,
    codes: Vec<u32>,
    points: Vec<i64>,
}

/// The answers of all parties.
#[derive(Debug, Clone)]
pub(super) struct Parties {
    questions: Arc<[Questions]>,
    answers: Vec<Answers>,
    /// For each standing its class in the place of each party.
    classes: Grown<[u32; PARTIES]>,
    /// By what rules can see of them: a standing that comes is mostly like one that is there.
    alike: HashTrieMapSync<Apparent, [u32; PARTIES]>,
    scores: usize,
}

/// What rules can see of a standing: standings that are alike in it are asked once.
type Apparent = (
    (bool, Option<crate::registry::PartyKind>, Sym, u8),
    (crate::registry::Colour, Option<Sym>, bool),
    [Box<[Sym]>; 3],
);

fn apparent(standing: &Standing) -> Apparent {
    // Every member is named, so that a new one cannot be forgotten here: the last ones are joined with goods.
    let Standing {
        known,
        kind,
        size,
        class,
        colour,
        lists,
        titles,
        certificates,
        credit,
        quality_file,
        office: _,
        zones: _,
        registrations: _,
        exemptions: _,
        alerts: _,
        cases: _,
    } = standing;
    (
        (*known, *kind, *size, *class),
        (*colour, *credit, *quality_file),
        [lists, titles, certificates].map(Clone::clone),
    )
}

impl Parties {
    /// Asks every standing of a registry; `scores` is the number of score groups.
    pub(super) fn new(questions: Vec<Questions>, scores: usize, registry: &Registry) -> Self {
        let mut parties = Self {
            answers: questions.iter().map(|_| Answers::default()).collect(),
            questions: questions.into(),
            classes: Grown::default(),
            alike: HashTrieMapSync::default(),
            scores,
        };
        let mut classes = Vec::with_capacity(registry.parties().standing_count());
        for standing in registry.parties().standings() {
            classes.push(parties.class_of(standing, registry.symbols()));
        }
        parties.classes = Grown::from(classes);
        parties.answers.iter_mut().for_each(Answers::freeze);
        parties
    }

    /// Asks the standings that a later snapshot of the same registry has more.
    pub(super) fn follow(&mut self, registry: &Registry) {
        for no in self.classes.len()..registry.parties().standing_count() {
            let standing = registry.parties().get(StandingNo(no as u32));
            let class = standing.map_or([0; PARTIES], |of| self.class_of(of, registry.symbols()));
            self.classes.push(class);
        }
    }

    fn class_of(&mut self, standing: &Standing, symbols: &Symbols) -> [u32; PARTIES] {
        let apparent = apparent(standing);
        if let Some(known) = self.alike.get(&apparent) {
            return *known;
        }
        let class = self.ask(standing, symbols);
        self.alike.insert_mut(apparent, class);
        class
    }

    fn ask(&mut self, standing: &Standing, symbols: &Symbols) -> [u32; PARTIES] {
        let mut classes = [0; PARTIES];
        let parties = self.questions.iter().zip(&mut self.answers);
        for (class, (questions, answers)) in classes.iter_mut().zip(parties) {
            let hold = questions.formulas.hold(standing, symbols);
            let codes = questions.codes(standing, symbols);
            let answer = questions.answer(&hold, &codes);
            *class = match answers.known.get(&answer) {
                Some(known) => *known,
                None => answers.add(questions, answer, &hold, codes, self.scores),
            };
        }
        classes
    }

    /// The class of a standing in the place of a party.
    #[inline]
    pub(super) fn class(&self, place: u8, standing: StandingNo) -> u32 {
        let classes = self.classes.get(standing.0 as usize);
        let class = classes.and_then(|classes| classes.get(usize::from(place)));
        class.copied().unwrap_or(0)
    }

    /// For each party the bits of its slots in the index of rules.
    #[inline]
    pub(super) fn rules(&self, states: &[u32]) -> [&[u64]; PARTIES] {
        self.each(states, |questions, answered| {
            (&*answered.rules, questions.rules.len())
        })
    }

    /// For each party the bits of its slots in the index of the conditions of scores.
    #[inline]
    pub(super) fn conditions(&self, states: &[u32]) -> [&[u64]; PARTIES] {
        self.each(states, |questions, answered| {
            (&*answered.conditions, questions.conditions.len())
        })
    }

    #[inline]
    fn each<'p>(
        &'p self,
        states: &[u32],
        part: impl Fn(&'p Questions, &'p Answered) -> (&'p [u64], usize),
    ) -> [&'p [u64]; PARTIES] {
        let mut rows: [&[u64]; PARTIES] = [&[]; PARTIES];
        let parties = self.questions.iter().zip(&self.answers);
        for (row, (questions, answers)) in rows.iter_mut().zip(parties) {
            let class = states.get(questions.no.at()).copied().unwrap_or(0);
            let Some((answered, place)) = answers.of(class) else {
                continue;
            };
            let (all, width) = part(questions, answered);
            *row = all
                .get(place * width..(place + 1) * width)
                .unwrap_or_default();
        }
        rows
    }

    /// The code of a party in a column of a table.
    #[inline]
    pub(super) fn code(&self, states: &[u32], place: u8, column: u32) -> u32 {
        let place = usize::from(place);
        let (Some(questions), Some(answers)) = (self.questions.get(place), self.answers.get(place))
        else {
            return 0;
        };
        let class = states.get(questions.no.at()).copied().unwrap_or(0);
        let code = answers.of(class).and_then(|(answered, place)| {
            let at = place * questions.columns.len() + column as usize;
            answered.codes.get(at).copied()
        });
        code.unwrap_or(0)
    }

    /// The points of the parties in a score group, by the tables that read one party only.
    #[inline]
    pub(super) fn points(&self, states: &[u32], score: usize) -> i64 {
        let parties = self.questions.iter().zip(&self.answers);
        let points = parties
            .filter(|(questions, _)| !questions.own.is_empty())
            .map(|(questions, answers)| {
                let class = states.get(questions.no.at()).copied().unwrap_or(0);
                let points = answers.of(class).and_then(|(answered, place)| {
                    let at = place * self.scores + score;
                    answered.points.get(at).copied()
                });
                points.unwrap_or(0)
            });
        points.sum()
    }
}

impl Questions {
    fn codes(&self, standing: &Standing, symbols: &Symbols) -> Vec<u32> {
        let code = |column: &Column| column.code(&party_value(standing, symbols, column.fact));
        self.columns.iter().map(code).collect()
    }

    /// What tells classes apart: what holds of all that is asked, and the codes.
    fn answer(&self, hold: &Bits, codes: &[u32]) -> Box<[u64]> {
        let mut answer = vec![0; self.asked.len().div_ceil(64)];
        for (at, formula) in self.asked.iter().enumerate() {
            if let Some(word) = answer.get_mut(at / 64) {
                *word |= u64::from(hold.contains(formula.at())) << (at % 64);
            }
        }
        answer.extend(codes.iter().map(|code| u64::from(*code)));
        answer.into_boxed_slice()
    }
}

impl Answers {
    /// Adds a class.
    fn add(
        &mut self,
        questions: &Questions,
        answer: Box<[u64]>,
        hold: &Bits,
        codes: Vec<u32>,
        scores: usize,
    ) -> u32 {
        let class = self.known.size() as u32;
        self.known.insert_mut(answer, class);
        let bits_of = |slots: &[Slot]| slots.iter().map(|slot| bits(slot, hold)).collect();
        let mut points = vec![0; scores];
        for (score, table) in &questions.own {
            if let Some(sum) = points.get_mut(*score) {
                *sum += i64::from(table.points_of(&codes));
            }
        }
        self.later.push(Answered {
            rules: bits_of(&questions.rules),
            conditions: bits_of(&questions.conditions),
            codes,
            points,
        });
        class
    }

    /// From now on the classes that there are lie one behind the other.
    fn freeze(&mut self) {
        let mut all = Answered::default();
        for one in self.later.iter() {
            all.rules.extend(&one.rules);
            all.conditions.extend(&one.conditions);
            all.codes.extend(&one.codes);
            all.points.extend(&one.points);
        }
        self.first = Arc::new((all, self.later.len()));
        self.later = Grown::default();
    }

    /// Where a class answers, and at which place.
    #[inline]
    fn of(&self, class: u32) -> Option<(&Answered, usize)> {
        let (first, count) = &*self.first;
        match (class as usize).checked_sub(*count) {
            None => Some((first, class as usize)),
            Some(later) => self.later.get(later).map(|answered| (answered, 0)),
        }
    }
}

/// The terms of a word that a party allows.
pub(super) fn bits(slot: &Slot, hold: &Bits) -> u64 {
    let refused = slot
        .iter()
        .filter(|(_, formula)| !hold.contains(formula.at()));
    refused.fold(u64::MAX, |bits, (bit, _)| bits & !(1 << bit))
}
