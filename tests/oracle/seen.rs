//! An outcome as whoever reads it sees it: rules, words and rates by what they say, so that what the engine
//! answered and what the oracle found can be held against each other and printed.

use greenlane::engine::sampling::LotPlan;
use greenlane::engine::{Outcome, Program, RuleNo, StockKind};
use greenlane::policy::{FollowUp, Object};

/// What a book said of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenBook {
    pub(crate) rule: Option<String>,
    pub(crate) verdict: Option<&'static str>,
    pub(crate) spoke: bool,
    pub(crate) rate: Option<u64>,
    pub(crate) draw: Option<u64>,
    pub(crate) unselected: Vec<String>,
}

/// The sampling plan of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenPlan {
    pub(crate) level: &'static str,
    pub(crate) aql: &'static str,
    pub(crate) severity: &'static str,
    /// How many units are drawn, and how many of them may not conform.
    pub(crate) sample: Option<(i64, i64)>,
}

/// What an item takes of a stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenTake {
    pub(crate) kind: &'static str,
    pub(crate) key: u128,
    pub(crate) units: i64,
    /// Of a slot the first day after its period.
    pub(crate) ends: Option<String>,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenItem {
    pub(crate) verdict: &'static str,
    pub(crate) rule: Option<String>,
    pub(crate) selected_by: Option<&'static str>,
    pub(crate) rate: Option<u64>,
    pub(crate) draw: Option<u64>,
    pub(crate) mode: Option<&'static str>,
    pub(crate) plan: Option<SeenPlan>,
    pub(crate) tests: Vec<String>,
    pub(crate) documents: Vec<String>,
    pub(crate) specimens: Option<u32>,
    pub(crate) objects: Vec<&'static str>,
    pub(crate) office: Option<&'static str>,
    pub(crate) follow_up: Vec<&'static str>,
    pub(crate) risk: Vec<i32>,
    pub(crate) books: Vec<SeenBook>,
    pub(crate) taken: Vec<SeenTake>,
}

/// What became of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) verdict: &'static str,
    pub(crate) items: Vec<SeenItem>,
    pub(crate) random: Option<(usize, u64)>,
    pub(crate) priority: &'static str,
    pub(crate) due_s: Option<u32>,
}

impl Seen {
    /// Reads an outcome of the engine.
    pub(crate) fn of(program: &Program, outcome: &Outcome) -> Self {
        let items = (0..outcome.items.len()).map(|at| item(program, outcome, at));
        Self {
            verdict: outcome.verdict.as_str(),
            items: items.collect(),
            random: outcome.random,
            priority: outcome.priority.as_str(),
            due_s: outcome.due_s,
        }
    }

    /// What differs, one line for each place; none where nothing does.
    pub(crate) fn differences(&self, engine: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut note = |place: String, oracle: String, engine: String| {
            if oracle != engine {
                found.push(format!("{place}\n  oracle {oracle}\n  engine {engine}"));
            }
        };
        let header = |seen: &Self| {
            format!(
                "{:?}",
                (
                    seen.verdict,
                    seen.random,
                    seen.priority,
                    seen.due_s,
                    seen.items.len()
                )
            )
        };
        note("declaration".to_owned(), header(self), header(engine));
        for (at, (own, other)) in self.items.iter().zip(&engine.items).enumerate() {
            let without_books = |item: &SeenItem| {
                let books = Vec::new();
                format!(
                    "{:?}",
                    SeenItem {
                        books,
                        ..item.clone()
                    }
                )
            };
            note(
                format!("item {at}"),
                without_books(own),
                without_books(other),
            );
            let count = |item: &SeenItem| item.books.len().to_string();
            note(format!("item {at}, books"), count(own), count(other));
            for (book, (own, other)) in own.books.iter().zip(&other.books).enumerate() {
                note(
                    format!("item {at}, book {book}"),
                    format!("{own:?}"),
                    format!("{other:?}"),
                );
            }
        }
        found
    }
}

fn item(program: &Program, outcome: &Outcome, at: usize) -> SeenItem {
    let item = &outcome.items[at];
    let due = &item.obligations;
    let words = |range| {
        let words = outcome.words_of(range).iter();
        words.map(|word| program.word(*word).to_owned()).collect()
    };
    let bit = |bits: u8, at: usize| bits >> at & 1 == 1;
    let objects = Object::ALL.iter().enumerate();
    let follow_up = FollowUp::ALL.iter().enumerate();
    let books = outcome.books_of(at).iter();
    let own = outcome.taken.iter().filter(|taken| taken.item == at);
    let taken = own.map(|taken| SeenTake {
        kind: match taken.kind {
            StockKind::Lot => "lot",
            StockKind::Slot => "slot",
            StockKind::Programme => "programme",
        },
        key: taken.take.key.0,
        units: taken.take.units,
        ends: taken.ends.map(|day| day.to_string()),
    });
    SeenItem {
        taken: taken.collect(),
        verdict: item.verdict.as_str(),
        rule: item.rule.map(|no| rule_name(program, no)),
        selected_by: item.selected_by.map(greenlane::engine::SelectedBy::as_str),
        rate: item.rate.map(greenlane::engine::Rate::units),
        draw: item.draw,
        mode: due.mode.map(greenlane::policy::Mode::as_str),
        plan: due.plan.map(plan),
        tests: words(&due.tests),
        documents: words(&due.documents),
        specimens: due.specimens,
        objects: objects
            .filter(|(at, _)| bit(due.objects, *at))
            .map(|(_, object)| object.as_str())
            .collect(),
        office: due.office.map(greenlane::policy::OfficeKind::as_str),
        follow_up: follow_up
            .filter(|(at, _)| bit(due.follow_up, *at))
            .map(|(_, follow_up)| follow_up.as_str())
            .collect(),
        risk: outcome.risk_of(at).to_vec(),
        books: books
            .map(|book| SeenBook {
                rule: book.rule.map(|no| rule_name(program, no)),
                verdict: book.verdict.map(greenlane::policy::Verdict::as_str),
                spoke: book.spoke,
                rate: book.rate.map(greenlane::engine::Rate::units),
                draw: book.draw,
                unselected: outcome
                    .unselected_of(book)
                    .iter()
                    .map(|no| rule_name(program, *no))
                    .collect(),
            })
            .collect(),
    }
}

fn plan(plan: LotPlan) -> SeenPlan {
    let sample = plan.sample.map(|sample| {
        let numbers = (sample.size, sample.acceptance_number);
        (i64::from(numbers.0), i64::from(numbers.1))
    });
    SeenPlan {
        level: plan.plan.level.as_str(),
        aql: plan.plan.aql.as_str(),
        severity: plan.severity.as_str(),
        sample,
    }
}

fn rule_name(program: &Program, no: RuleNo) -> String {
    let (book, rule) = program.rule(no).expect("the engine names its own rules");
    format!("{}/{}", book.id, rule.id)
}
