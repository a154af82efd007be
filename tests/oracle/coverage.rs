//! The measure of the generators: how often each fact, operator, form and size occurs. What a policy has is
//! counted by policies, what becomes of an item by comparisons, what concerns a whole declaration by declarations;
//! every count must reach 1 % of its own kind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use greenlane::engine::Program;
use greenlane::policy::Names;
use greenlane::policy::schema::Fact;

use super::condition::Vocabulary;
use super::evaluate::Trace;
use super::features::{DECLARATION, ITEM, POLICY, SIZES, policy_features};
use super::seen::{Seen, SeenItem};

/// What a count is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Of {
    Policies,
    Declarations,
    Comparisons,
}

/// Whether a lot is smaller than what its plan asks for: the size is none of the standard's.
fn whole_lot(item: &SeenItem) -> bool {
    const SIZES: [i64; 16] = [
        2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1_250, 2_000,
    ];
    let sample = item.plan.as_ref().and_then(|plan| plan.sample);
    sample.is_some_and(|(size, _)| !SIZES.contains(&size))
}

/// The verdict of an item, what selected it and what it takes.
fn came_out(item: &SeenItem) -> BTreeSet<String> {
    let by = item.selected_by.unwrap_or("nothing");
    let takes = item.taken.iter();
    let takes = takes.map(|take| format!("takes of a {}", take.kind));
    let own = [
        format!("verdict {}", item.verdict),
        format!("selected by {by}"),
    ];
    takes.chain(own).collect()
}

/// Counts by what occurred.
#[derive(Debug, Default, Clone)]
pub(crate) struct Coverage {
    totals: BTreeMap<Of, u64>,
    counts: BTreeMap<(Of, String), u64>,
    /// Rules that were left out since their normal form or residuals would exceed a limit.
    pub(crate) left_out: u64,
    pub(crate) matched: u64,
    pub(crate) evaluated: u64,
}

impl Coverage {
    fn note(&mut self, of: Of, found: BTreeSet<String>) {
        *self.totals.entry(of).or_default() += 1;
        for name in found {
            *self.counts.entry((of, name)).or_default() += 1;
        }
    }

    pub(crate) fn policy(&mut self, program: &Program) {
        self.note(Of::Policies, policy_features(program));
    }

    pub(crate) fn declaration(&mut self, seen: &Seen, later: bool, fixed: bool, stranger: bool) {
        let mut found = BTreeSet::new();
        found.insert(format!("priority {}", seen.priority));
        found.insert(format!("verdict {}", seen.verdict));
        found.insert(format!("due {}", seen.due_s.is_some()));
        let items = match seen.items.len() {
            1 => "1",
            2 => "2",
            3..=5 => "3 to 5",
            _ => "6 and more",
        };
        found.insert(format!("items {items}"));
        let flags = [
            (seen.random.is_some(), "chosen at random"),
            (later, "decided on a later day"),
            (fixed, "draw at a rate's edge"),
            (stranger, "unknown trader"),
        ];
        found.extend(
            flags
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, name)| (*name).to_owned()),
        );
        self.note(Of::Declarations, found);
    }

    pub(crate) fn comparison(&mut self, item: &SeenItem, trace: &Trace, names: &Names) {
        let mut found = came_out(item);
        let book = |is: fn(&super::seen::SeenBook) -> bool| item.books.iter().any(is);
        let flags = [
            (book(|book| book.verdict.is_none()), "a book abstains"),
            (book(|book| book.spoke), "a book speaks"),
            (
                book(|book| book.spoke && book.draw.is_some()),
                "a draw selects",
            ),
            (
                book(|book| !book.spoke && book.verdict.is_some()),
                "otherwise decides",
            ),
            (
                book(|book| book.unselected.len() == 8),
                "8 rules not selected",
            ),
            (
                book(|book| !book.unselected.is_empty()),
                "a rule not selected",
            ),
            (item.rule.is_none(), "decided by default"),
            (item.mode.is_some(), "a mode"),
            (item.plan.is_some(), "a sampling plan"),
            (whole_lot(item), "a sampling plan of the whole lot"),
            (
                item.plan.as_ref().is_some_and(|plan| plan.sample.is_none()),
                "a sampling plan without sizes",
            ),
            (trace.plans > 1, "several sampling plans"),
            (!item.tests.is_empty(), "tests"),
            (!item.documents.is_empty(), "documents"),
            (item.specimens.is_some(), "specimens"),
            (item.objects.contains(&"raw_material"), "raw material"),
            (item.office.is_some(), "an office"),
            (!item.follow_up.is_empty(), "a follow-up"),
            (item.risk.iter().any(|points| *points != 0), "points"),
            (
                item.risk
                    .iter()
                    .any(|points| [i32::MAX, i32::MIN].contains(points)),
                "points at the end of 32 bits",
            ),
            (trace.unknown > 0, "an unknown condition"),
            (trace.traced, "a traced lot"),
            (trace.out_of_force > 0, "a rule out of force"),
            (trace.table_hits > 0, "a score table's row"),
            (trace.absent_cells > 0, "a score table's empty cell"),
        ];
        found.extend(
            flags
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, name)| (*name).to_owned()),
        );
        let optional = |fact: &&Fact| fact.info(&names.attributes).optional;
        for (facts, what) in [(&trace.absent, "absent"), (&trace.present, "present")] {
            let facts = facts.iter().filter(optional);
            found.extend(facts.map(|fact| format!("{what} {}", names.name(*fact))));
        }
        self.note(Of::Comparisons, found);
        self.matched += trace.matched as u64;
        self.evaluated += (trace.matched + trace.not_matched + trace.unknown) as u64;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (of, count) in &other.totals {
            *self.totals.entry(*of).or_default() += count;
        }
        for (key, count) in &other.counts {
            *self.counts.entry(key.clone()).or_default() += count;
        }
        self.left_out += other.left_out;
        self.matched += other.matched;
        self.evaluated += other.evaluated;
    }

    fn total(&self, of: Of) -> u64 {
        self.totals.get(&of).copied().unwrap_or_default()
    }

    /// Share in hundredths of a percent.
    fn share(&self, of: Of, name: &str) -> u64 {
        let count = self.counts.get(&(of, name.to_owned())).copied();
        count.unwrap_or_default() * 10_000 / self.total(of).max(1)
    }

    /// What must occur: every fact of the schema, present and absent, and every operator, form and size.
    fn expected() -> Vec<(Of, String)> {
        let vocabulary = Vocabulary::new(&["fraud", "quality", "origin"]);
        let mut all: Vec<(Of, String)> = Vec::new();
        for entry in &vocabulary.entries {
            all.push((Of::Policies, format!("fact {}", entry.name)));
            if entry.optional {
                all.push((Of::Comparisons, format!("absent {}", entry.name)));
                all.push((Of::Comparisons, format!("present {}", entry.name)));
            }
        }
        let named = |of, names: &'static [&'static str]| {
            names.iter().map(move |name| (of, (*name).to_owned()))
        };
        all.extend(named(Of::Policies, POLICY));
        all.extend(named(Of::Policies, SIZES));
        all.extend(named(Of::Comparisons, ITEM));
        all.extend(named(Of::Declarations, DECLARATION));
        all
    }

    /// What occurs in less than 1 % of its kind.
    pub(crate) fn thin(&self) -> Vec<String> {
        Self::expected()
            .into_iter()
            .filter(|(of, name)| self.share(*of, name) < 100)
            .map(|(of, name)| {
                format!(
                    "{name}: {} of {} {of:?}",
                    self.counts.get(&(of, name.clone())).unwrap_or(&0),
                    self.total(of)
                )
            })
            .collect()
    }

    /// All counts as a table of three columns.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        for of in [Of::Policies, Of::Declarations, Of::Comparisons] {
            let _ = writeln!(text, "of {} {of:?}", self.total(of));
            let counts = self.counts.keys().filter(|(kind, _)| *kind == of);
            let cells: Vec<String> = counts
                .map(|(_, name)| {
                    let share = self.share(of, name);
                    format!("{:>3}.{:02} % {name:<36}", share / 100, share % 100)
                })
                .collect();
            for line in cells.chunks(3) {
                let _ = writeln!(text, "  {}", line.join("").trim_end());
            }
        }
        let (matched, evaluated) = (self.matched, self.evaluated.max(1));
        let _ = writeln!(
            text,
            "{} % of {evaluated} conditions in force held; {} rules were left out for a limit",
            matched * 100 / evaluated,
            self.left_out
        );
        text
    }
}
