//! The outcome of a declaration: verdicts, the rules that spoke and those that matched without being selected,
//! rates and draws, and obligations added up. The caller owns it; it is cleared, never freed, so that deciding
//! does not allocate once it has grown.

use std::ops::Range;

use super::draw::Rate;
use super::sampling::LotPlan;
use super::stock::ItemTake;
use crate::policy::{Mode, OfficeKind, Priority, Verdict};

/// The number of a rule in its program, in order of books and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleNo(pub u32);

/// The number of a text in the program's vocabulary of tests and documents, in alphabetical order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WordNo(pub u32);

/// What selected an item that is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectedBy {
    /// A rule without a rate, or with a rate of 1.
    Rule,
    /// A draw below a rule's rate.
    Draw,
    /// `[random]`.
    Random,
    /// An officer.
    Officer,
    /// A monitoring rule whose slot was free.
    Monitor,
    /// A supervision programme.
    Programme,
    /// A rule that came after a write-off whose balance was short.
    WriteOffShort,
    /// A rule that had spared too many in a row.
    Forced,
    /// A lane that was short of its expected rate.
    TopUp,
}

impl SelectedBy {
    /// All of them, in the order of their numbers in records.
    pub const ALL: &'static [Self] = &[
        Self::Rule,
        Self::Draw,
        Self::Random,
        Self::Officer,
        Self::Monitor,
        Self::Programme,
        Self::WriteOffShort,
        Self::Forced,
        Self::TopUp,
    ];

    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Draw => "draw",
            Self::Random => "random",
            Self::Officer => "officer",
            Self::Monitor => "monitor",
            Self::Programme => "programme",
            Self::WriteOffShort => "write_off_short",
            Self::Forced => "forced",
            Self::TopUp => "top_up",
        }
    }
}

/// What became of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The strictest item's, or what `[random]` made of it.
    pub verdict: Verdict,
    /// The items in their order.
    pub items: Vec<ItemOutcome>,
    /// The books of all items, item after item.
    pub books: Vec<BookOutcome>,
    /// Rules that matched without being selected, in ranges of [`BookOutcome::unselected`].
    pub unselected: Vec<RuleNo>,
    /// Tests and documents, in ranges of [`ItemObligations::tests`] and [`ItemObligations::documents`].
    pub words: Vec<WordNo>,
    /// Scores of all items, in order of the score groups.
    pub risk: Vec<i32>,
    /// The item that `[random]` chose, by its place, with the draw.
    pub random: Option<(usize, u64)>,
    /// How soon it is worked on.
    pub priority: Priority,
    /// Seconds within which it is due.
    pub due_s: Option<u32>,
    /// What the items take of stocks, item after item.
    pub taken: Vec<ItemTake>,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOutcome {
    /// The strictest book's.
    pub verdict: Verdict,
    /// The rule that decided: of the strictest book that spoke, the first on a tie; none by default.
    pub rule: Option<RuleNo>,
    /// What selected it, where it is sampled or held.
    pub selected_by: Option<SelectedBy>,
    /// The rate of the deciding rule, or of the last rule tried where nothing was selected.
    pub rate: Option<Rate>,
    /// The draw against that rate.
    pub draw: Option<u64>,
    /// What goes with the verdict.
    pub obligations: ItemObligations,
}

/// Obligations of every book that spoke, added up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemObligations {
    /// The strictest mode.
    pub mode: Option<Mode>,
    /// The strictest sampling plan.
    pub plan: Option<LotPlan>,
    /// The union of tests, in [`Outcome::words`].
    pub tests: Range<usize>,
    /// The union of documents, in [`Outcome::words`].
    pub documents: Range<usize>,
    /// The largest number of specimens.
    pub specimens: Option<u32>,
    /// A bit for each [`crate::policy::Object`] in order.
    pub objects: u8,
    /// The office of the strictest book that names one, the first on a tie.
    pub office: Option<OfficeKind>,
    /// A bit for each [`crate::policy::FollowUp`] in order.
    pub follow_up: u8,
}

/// What a book said of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookOutcome {
    /// The rule that ended its walk; none where the book abstains.
    pub rule: Option<RuleNo>,
    /// Its verdict.
    pub verdict: Option<Verdict>,
    /// Whether the rule spoke itself; if not, its `otherwise` did, without obligations.
    pub spoke: bool,
    /// The rate of the last rule that was tried.
    pub rate: Option<Rate>,
    /// The draw against it; none where the rate left nothing to chance.
    pub draw: Option<u64>,
    /// Whether a write-off was not selected since a balance was short.
    pub short: bool,
    /// Rules that matched without being selected, in [`Outcome::unselected`]; at most [`crate::limits::MAX_UNSELECTED`].
    pub unselected: Range<usize>,
}

impl Default for Outcome {
    fn default() -> Self {
        Self {
            verdict: Verdict::Release,
            items: Vec::new(),
            books: Vec::new(),
            unselected: Vec::new(),
            words: Vec::new(),
            risk: Vec::new(),
            random: None,
            priority: Priority::Normal,
            due_s: None,
            taken: Vec::new(),
        }
    }
}

impl Outcome {
    /// Empties it, keeping its room.
    pub fn clear(&mut self) {
        self.verdict = Verdict::Release;
        self.items.clear();
        self.books.clear();
        self.unselected.clear();
        self.words.clear();
        self.risk.clear();
        self.random = None;
        self.priority = Priority::Normal;
        self.due_s = None;
        self.taken.clear();
    }

    /// The books of an item.
    #[must_use]
    pub fn books_of(&self, item: usize) -> &[BookOutcome] {
        let count = self.books.len() / self.items.len().max(1);
        self.books
            .get(item * count..(item + 1) * count)
            .unwrap_or_default()
    }

    /// The scores of an item.
    #[must_use]
    pub fn risk_of(&self, item: usize) -> &[i32] {
        let count = self.risk.len() / self.items.len().max(1);
        self.risk
            .get(item * count..(item + 1) * count)
            .unwrap_or_default()
    }

    /// The rules of a book that matched without being selected.
    #[must_use]
    pub fn unselected_of(&self, book: &BookOutcome) -> &[RuleNo] {
        self.unselected
            .get(book.unselected.clone())
            .unwrap_or_default()
    }

    /// The words of a range.
    #[must_use]
    pub fn words_of(&self, range: &Range<usize>) -> &[WordNo] {
        self.words.get(range.clone()).unwrap_or_default()
    }
}
