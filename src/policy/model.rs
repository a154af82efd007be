//! A policy as it was read and checked: books of rules, scores, rate tables, parameters. It knows no registry;
//! the engine compiles it against one.

use std::fmt;

use super::cel::{Condition, Constant};
use super::parameter::Parameter;
use super::sampling_plan::SamplingPlan;
use super::schema::{Fact, Names};
use super::vocabulary::{FollowUp, Mode, Object, OfficeKind, Priority, Verdict};
use crate::declaration::{Amount, Day, Direction, Profile, Role};

/// A checked policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// SHA-256 over its files.
    pub hash: String,
    /// What a declaration must know of it.
    pub profile: Profile,
    /// The names that it adds to the fact schema.
    pub names: Names,
    /// The verdict where every book abstains.
    pub default: Verdict,
    /// The parameters, in order of name.
    pub parameters: Vec<Parameter>,
    /// The rate tables.
    pub rate_tables: Vec<RateTable>,
    /// The score groups.
    pub scores: Vec<Score>,
    /// The books, in file order.
    pub books: Vec<Book>,
    /// The chance that every declaration stands.
    pub random: Option<Random>,
    /// What may select after the books.
    pub selection: Selection,
    /// Seconds within which a decision is due.
    pub deadline: Deadline,
    /// What concerns a declaration's life.
    pub life: Life,
    /// What follows a case.
    pub accountability: Accountability,
}

impl Policy {
    /// `id@sha256:hash`, as answers and archive name it.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}@sha256:{}", self.id, self.hash)
    }
}

/// Days in force: `from` inclusive, `to` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: Day,
    /// The first day after.
    pub to: Day,
}

impl Span {
    /// Always.
    pub const ALWAYS: Self = Self {
        from: Day::MIN,
        to: Day::MAX,
    };

    /// Whether a day is in it.
    #[must_use]
    pub fn holds(self, day: Day) -> bool {
        self.from <= day && day < self.to
    }

    /// The days in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: self.to.min(other.to),
        }
    }
}

/// One authority's ordered rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// Its id.
    pub id: String,
    /// Whose book it is.
    pub authority: Option<String>,
    /// When it is in force, by the declaration's day.
    pub validity: Span,
    /// The declaring offices where it is in force; none for all.
    pub offices: Vec<String>,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id, unique in its book.
    pub id: String,
    /// Rows of the measures that it carries out.
    pub measures: Vec<String>,
    /// The legal basis.
    pub basis: Option<String>,
    /// When it is in force, by the declaration's day; within its book's.
    pub validity: Span,
    /// The declaring offices where it is in force; none for all of its book's.
    pub offices: Vec<String>,
    /// When it matches.
    pub when: Condition,
    /// What then.
    pub then: Then,
    /// What is told about it.
    pub reason: Option<Reason>,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq)]
pub struct Then {
    /// Its verdict.
    pub verdict: Verdict,
    /// The rate at which it selects; none for a rule that always speaks.
    pub rate: Option<RateExpr>,
    /// Whether each item is drawn by itself.
    pub per_item: bool,
    /// The monitoring whose slot must be free.
    pub monitor: Option<Monitor>,
    /// Whether the cited lots must hold what the item uses of them.
    pub write_off: bool,
    /// Whether a supervision programme must have a sample left.
    pub programme: bool,
    /// What follows where it does not select.
    pub otherwise: Otherwise,
    /// What goes with the verdict.
    pub obligations: Obligations,
}

/// One sample in each period, for each combination of parties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// The period, by the decision's day.
    pub every: Every,
    /// The parties.
    pub per: Vec<Role>,
}

/// A period of the calendar, or so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// A calendar month.
    Month,
    /// A quarter of a calendar year.
    Quarter,
    /// A calendar year.
    Year,
    /// So many days, counted from 1970-01-01.
    Days(u32),
}

impl Every {
    /// Reads `month`, `quarter`, `year`, or days from 1 on as an ISO 8601 duration, `P7D`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "month" => Some(Self::Month),
            "quarter" => Some(Self::Quarter),
            "year" => Some(Self::Year),
            days => {
                let count = days.strip_prefix('P')?.strip_suffix('D')?;
                let plain = count.bytes().all(|byte| byte.is_ascii_digit());
                let count = count.parse().ok().filter(|count| plain && *count > 0);
                count
                    .filter(|count| i32::try_from(*count).is_ok())
                    .map(Self::Days)
            }
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month => f.write_str("month"),
            Self::Quarter => f.write_str("quarter"),
            Self::Year => f.write_str("year"),
            Self::Days(count) => write!(f, "P{count}D"),
        }
    }
}

/// What follows where a rule with a selector does not select.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// The next matching rule of the book.
    Next,
    /// This verdict, without obligations.
    Verdict(Verdict),
}

/// A product of numbers, parameters and rate tables, capped at 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateExpr {
    /// As written.
    pub text: String,
    /// The factors, at most [`crate::limits::MAX_RATE_FACTORS`].
    pub factors: Vec<RateFactor>,
}

/// One factor of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateFactor {
    /// A number.
    Number(Amount),
    /// A parameter, by its place in [`Policy::parameters`].
    Parameter(usize),
    /// A rate table, by its place in [`Policy::rate_tables`].
    Table(usize),
}

/// What goes with a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Obligations {
    /// How the inspection is done.
    pub mode: Option<ModeChoice>,
    /// How many units are inspected; only with the mode `physical`.
    pub sampling_plan: Option<SamplingPlan>,
    /// Tests to be done.
    pub tests: Texts,
    /// Documents to be handed in.
    pub documents: Texts,
    /// Specimens to be drawn.
    pub specimens: Option<u32>,
    /// What is inspected.
    pub objects: Vec<Object>,
    /// Who does it.
    pub office: Option<OfficeKind>,
    /// How soon.
    pub priority: Option<Priority>,
    /// Seconds until it is due.
    pub deadline_s: Option<u32>,
    /// What follows a release.
    pub follow_up: Vec<FollowUp>,
    /// A note for the officer.
    pub officer_note: Option<String>,
}

/// A mode, or the destination's requirement's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModeChoice {
    /// This one.
    Mode(Mode),
    /// `requirement.mode`.
    Requirement,
}

/// A list of texts, or the destination's requirement's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Texts {
    /// These, sorted.
    List(Vec<String>),
    /// `requirement.tests` or `requirement.documents`.
    Requirement,
}

impl Default for Texts {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// What is told about a rule that spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// A code for machines.
    pub code: String,
    /// Texts by language.
    pub text: Vec<(String, String)>,
    /// What the trader may do.
    pub remedy: Option<String>,
    /// Whether the trader sees it.
    pub public: bool,
}

/// A table of rates: the first row that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateTable {
    /// Its id.
    pub id: String,
    /// The facts that its columns hold.
    pub keys: Vec<Fact>,
    /// Rows: a constant for each key, none for any value; and the rate.
    pub rows: Vec<(Vec<Option<Constant>>, Amount)>,
}

/// A group of points that rules read as `risk.ID`.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Its id.
    pub id: String,
    /// Look-up tables.
    pub tables: Vec<ScoreTable>,
    /// Points for conditions.
    pub conditions: Vec<(Condition, i32)>,
}

/// Points by one fact or a cross of facts; what no row names has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreTable {
    /// The file that it was read from.
    pub file: String,
    /// The facts that its columns hold; a column of amounts holds the lower bounds of bins.
    pub keys: Vec<Fact>,
    /// Rows: a constant for each key, none for an absent fact; and the points.
    pub rows: Vec<(Vec<Option<Constant>>, i32)>,
}

/// The name under which `[random]` draws; no book may have it.
pub const RANDOM_BOOK: &str = "random";

/// `[random]`: one chance for each declaration, after the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Random {
    /// The rate.
    pub rate: Amount,
    /// How the inspection is done.
    pub mode: Mode,
}

/// The name under which top-ups of `[selection]` draw; no book may have it.
pub const TOP_UP_BOOK: &str = "top_up";

/// `[selection]`: what may turn a release into a sample after the books and `[random]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// How many in a row a rule with a rate may spare at an office before it must select; none for any number.
    pub forced_after: Option<u32>,
    /// How the inspection of a top-up is done.
    pub mode: Mode,
    /// Expected rates; the first that fits holds.
    pub expected: Vec<Expected>,
}

/// The share of declarations that is expected to be selected or held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The declaring office; none for each.
    pub office: Option<String>,
    /// The direction; none for either.
    pub direction: Option<Direction>,
    /// The share, from 0 to 1.
    pub rate: Amount,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            forced_after: None,
            mode: Mode::Physical,
            expected: Vec::new(),
        }
    }
}

impl Selection {
    /// Whether it may select anything.
    #[must_use]
    pub const fn controls(&self) -> bool {
        self.forced_after.is_some() || !self.expected.is_empty()
    }

    /// The expected rate at an office in a direction, where one is named.
    #[must_use]
    pub fn rate(&self, office: Option<&str>, direction: Direction) -> Option<Amount> {
        let fits = |row: &&Expected| {
            row.direction.is_none_or(|named| named == direction)
                && row
                    .office
                    .as_deref()
                    .is_none_or(|named| Some(named) == office)
        };
        self.expected.iter().find(fits).map(|row| row.rate)
    }
}

/// `[deadline]`: seconds within which a decision is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// Where every item is within the scope of its enterprise's zone.
    pub members_s: Option<u32>,
    /// Elsewhere.
    pub others_s: Option<u32>,
}

/// `[life]`: what concerns a declaration's life in the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Whether an inspection with every item passed releases.
    pub release_on_pass: bool,
    /// Days after which a hold expires.
    pub hold_expires_days: u32,
    /// Days after which a declaration is too old to be submitted.
    pub max_declaration_age_days: u32,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            release_on_pass: true,
            hold_expires_days: 30,
            max_declaration_age_days: 30,
        }
    }
}

/// `[accountability]`: what follows the cause of a case, where the law leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accountability {
    /// Months for which a lack of capability tightens, unless the finding names a day (S3-33).
    pub tightening_months: u32,
}

impl Default for Accountability {
    fn default() -> Self {
        Self {
            tightening_months: 6,
        }
    }
}
