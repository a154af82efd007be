//! The fact schema: every fact that a rule may read, with its type, whether it may be absent, the dimension of
//! the engine that it belongs to, and the closed domain of its constants where it has one.

pub use super::names::{NAMED, NameError, Names, PARTY_NAMED, is_identifier};
pub use super::persons::{PERSON_NAMED, PersonFact};
use crate::declaration::{AttributeNo, AttributeSchema, AttributeType, Role};

/// The dense number of an alert kind that the policy reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertKindNo(pub u16);

/// The dense number of a score group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScoreNo(pub u16);

/// What a rule may know of a party in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the fact of the same name")]
pub enum PartyFact {
    Known,
    Id,
    Kind,
    Size,
    Class,
    Standing,
    Lists,
    Titles,
    Certificates,
    Credit,
    QualityFile,
    MaterialMonitoring,
    Registration,
    ExemptFrom,
}

/// A fact by its place in the schema; `item.hs` is [`Fact::ItemHs`], and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the fact of the same name")]
pub enum Fact {
    DeclarationDirection,
    DeclarationOffice,
    DeclarationBureau,
    DeclarationTradeMode,
    DeclarationTransportMode,
    DeclarationCountry,
    DeclarationCountryGroups,
    DeclarationProjectListed,
    DeclarationDay,
    DecisionDay,
    DeclarationValue,
    DeclarationItemCount,
    ItemHs,
    ItemChapter,
    ItemHeading,
    ItemSubheading,
    ItemUnit,
    ItemEndUse,
    ItemProductCode,
    ItemCountry,
    ItemCountryGroups,
    ItemValue,
    ItemUnitValue,
    ItemQuantity,
    ItemNetMass,
    DocumentsKinds,
    DocumentsMissing,
    DocumentsRemedyMissing,
    DocumentsAccreditedReport,
    Attribute(AttributeNo),
    Party(Role, PartyFact),
    /// Of a party, an event or a zone, where no declaration is looked at.
    Person(PersonFact),
    ZoneMember,
    ZoneInScope,
    ZoneLevel,
    ZoneIds,
    CaseOpen,
    CaseCause,
    CaseTightened,
    CommodityStatutory,
    CommodityCategories,
    CommodityGroups,
    CommodityRiskLevel,
    CommodityRegistrationRequired,
    CommodityRegistrationReason,
    CommodityLegalExceptions,
    RequirementMode,
    RequirementTests,
    RequirementDocuments,
    Alert(AlertKindNo),
    RemedyActive,
    RemedyDocuments,
    RemedyExempt,
    AssessmentCurrent,
    AssessmentResult,
    CounterpartyKnown,
    CounterpartyOwnShop,
    CounterpartyLists,
    PriceLow,
    PriceHigh,
    History(HistoryFact),
    Market(MarketFact),
    SourceCovered,
    SourceCoversRequiredTests,
    SourceFiledSupplier,
    ProgrammeOpen,
    TraceAffected,
    Risk(ScoreNo),
}

/// What happened with goods of the accountable party and the heading: windows of its quality file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the fact of the same name")]
pub enum HistoryFact {
    CancelledAfterSelection12m,
    Complaints12m,
    Declarations30d,
    FailedTests12m,
    Failures12m,
    Inspections12m,
    Notifications12m,
    PassesInARow,
    Returns12m,
    Value30d,
}

/// What a market told of goods of the heading, whoever made them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the fact of the same name")]
pub enum MarketFact {
    Notifications12m,
    Returns12m,
}

/// The type of a fact's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactType {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A decimal with four places.
    Amount,
    /// A text.
    Text,
    /// A day, `"2013-08-15"`.
    Day,
    /// A list of texts.
    List,
}

impl FactType {
    /// The type as messages name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Amount => "amount",
            Self::Text => "string",
            Self::Day => "day",
            Self::List => "list of strings",
        }
    }
}

/// Constants that a fact may be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constants {
    /// Any.
    Open,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number of this range.
    Range(i64, i64),
    /// So many digits at most.
    Digits(usize),
    /// A country of ISO 3166-1.
    Country,
}

/// A fact's entry in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactInfo {
    /// Type of its values.
    pub kind: FactType,
    /// Whether it may be absent.
    pub optional: bool,
    /// What it may be compared with.
    pub constants: Constants,
}

pub(super) const fn info(kind: FactType) -> FactInfo {
    FactInfo {
        kind,
        optional: false,
        constants: Constants::Open,
    }
}

pub(super) const fn optional(kind: FactType) -> FactInfo {
    FactInfo {
        kind,
        optional: true,
        constants: Constants::Open,
    }
}

const fn country(optional: bool) -> FactInfo {
    FactInfo {
        kind: FactType::Text,
        optional,
        constants: Constants::Country,
    }
}

pub(super) const fn words(kind: FactType, words: &'static [&'static str]) -> FactInfo {
    FactInfo {
        kind,
        optional: false,
        constants: Constants::Words(words),
    }
}

pub(super) const fn range(low: i64, high: i64) -> FactInfo {
    FactInfo {
        kind: FactType::Int,
        optional: false,
        constants: Constants::Range(low, high),
    }
}

const fn digits(count: usize) -> FactInfo {
    FactInfo {
        kind: FactType::Text,
        optional: false,
        constants: Constants::Digits(count),
    }
}

/// Kinds of enterprises, as `enterprises.csv` writes them; empty for a party that the registry doesn't know.
const PARTY_KINDS: &[&str] = &[
    "",
    "manufacturer",
    "trader",
    "processing",
    "agent",
    "foreign",
];
const STANDINGS: &[&str] = &["none", "red", "black"];
const REGISTRATIONS: &[&str] = &["none", "provisional", "full"];
/// What is known of a party's raw material, in order of the numbers of its states.
pub const MONITORINGS: &[&str] = &["none", "current", "due", "failed"];
const EXEMPTIONS: &[&str] = &["inspection", "trade_remedy", "registration"];
pub(super) const LEVELS: &[&str] = &["none", "provincial", "national"];
/// The empty word is of goods without a case, and of cases of which nothing was found yet.
const CAUSES: &[&str] = &["", "foreign_rule", "capability", "malice"];
const REASONS: &[&str] = &["", "scheme", "accident", "law"];

impl Fact {
    /// Type, absence and constants.
    #[must_use]
    pub fn info(self, attributes: &AttributeSchema) -> FactInfo {
        use FactType::{Amount, Bool, Day, Int, List, Text};
        match self {
            Self::DeclarationDirection => words(Text, &["export", "import"]),
            Self::DeclarationOffice
            | Self::DeclarationBureau
            | Self::DeclarationTradeMode
            | Self::DeclarationTransportMode => optional(Text),
            Self::DeclarationCountry => country(false),
            Self::ItemCountry => country(true),
            Self::DeclarationDay | Self::DecisionDay => info(Day),
            Self::DeclarationValue | Self::ItemValue => info(Amount),
            Self::History(fact) => info(fact.kind()),
            Self::DeclarationItemCount | Self::Risk(_) | Self::Market(_) => info(Int),
            Self::ItemHs => digits(13),
            Self::ItemChapter => digits(2),
            Self::ItemHeading => digits(4),
            Self::ItemSubheading => digits(6),
            Self::ItemUnit | Self::ItemEndUse | Self::ItemProductCode | Self::AssessmentResult => {
                optional(Text)
            }
            Self::ItemUnitValue
            | Self::ItemQuantity
            | Self::ItemNetMass
            | Self::PriceLow
            | Self::PriceHigh => optional(Amount),
            Self::Attribute(no) => optional(attribute(no, attributes)),
            Self::Party(_, fact) => fact.info(),
            Self::Person(fact) => fact.info(),
            Self::ZoneLevel => words(Text, LEVELS),
            Self::CaseCause => words(Text, CAUSES),
            Self::CommodityRegistrationReason => words(Text, REASONS),
            Self::CommodityRiskLevel | Self::Alert(_) => range(0, 3),
            Self::RequirementMode => FactInfo {
                optional: true,
                ..words(Text, super::Mode::WORDS)
            },
            Self::DeclarationProjectListed
            | Self::DocumentsAccreditedReport
            | Self::ZoneMember
            | Self::ZoneInScope
            | Self::CaseOpen
            | Self::CaseTightened
            | Self::CommodityStatutory
            | Self::CommodityRegistrationRequired
            | Self::RemedyActive
            | Self::RemedyExempt
            | Self::AssessmentCurrent
            | Self::CounterpartyKnown
            | Self::CounterpartyOwnShop
            | Self::SourceCovered
            | Self::SourceCoversRequiredTests
            | Self::SourceFiledSupplier
            | Self::ProgrammeOpen
            | Self::TraceAffected => info(Bool),
            Self::DeclarationCountryGroups
            | Self::ItemCountryGroups
            | Self::DocumentsKinds
            | Self::DocumentsMissing
            | Self::DocumentsRemedyMissing
            | Self::ZoneIds
            | Self::CommodityCategories
            | Self::CommodityGroups
            | Self::CommodityLegalExceptions
            | Self::RequirementTests
            | Self::RequirementDocuments
            | Self::RemedyDocuments
            | Self::CounterpartyLists => info(List),
        }
    }
}

fn attribute(no: AttributeNo, attributes: &AttributeSchema) -> FactType {
    match attributes.get(no).map(|(_, kind)| kind) {
        Some(AttributeType::Int) => FactType::Int,
        Some(AttributeType::Decimal) => FactType::Amount,
        Some(AttributeType::Text) | None => FactType::Text,
    }
}

impl HistoryFact {
    const fn kind(self) -> FactType {
        match self {
            Self::FailedTests12m => FactType::List,
            Self::Value30d => FactType::Amount,
            _ => FactType::Int,
        }
    }
}

impl PartyFact {
    pub(super) const fn info(self) -> FactInfo {
        match self {
            Self::Known | Self::QualityFile => info(FactType::Bool),
            Self::Id | Self::Size => info(FactType::Text),
            Self::Kind => words(FactType::Text, PARTY_KINDS),
            Self::Class => range(0, 4),
            Self::Standing => words(FactType::Text, STANDINGS),
            Self::Lists | Self::Titles | Self::Certificates => info(FactType::List),
            Self::Credit => optional(FactType::Text),
            Self::MaterialMonitoring => words(FactType::Text, MONITORINGS),
            Self::Registration => words(FactType::Text, REGISTRATIONS),
            Self::ExemptFrom => words(FactType::List, EXEMPTIONS),
        }
    }
}
