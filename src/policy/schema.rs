//! The fact schema: every fact that a rule may read, with its type, whether it may be absent, the dimension of
//! the engine that it belongs to, and the closed domain of its constants where it has one.

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
    ZoneMember,
    ZoneInScope,
    ZoneLevel,
    ZoneIds,
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
    Risk(ScoreNo),
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

const fn info(kind: FactType) -> FactInfo {
    FactInfo {
        kind,
        optional: false,
        constants: Constants::Open,
    }
}

const fn optional(kind: FactType) -> FactInfo {
    FactInfo {
        kind,
        optional: true,
        constants: Constants::Open,
    }
}

const fn words(kind: FactType, words: &'static [&'static str]) -> FactInfo {
    FactInfo {
        kind,
        optional: false,
        constants: Constants::Words(words),
    }
}

const fn range(low: i64, high: i64) -> FactInfo {
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
const EXEMPTIONS: &[&str] = &["inspection", "trade_remedy", "registration"];
const LEVELS: &[&str] = &["none", "provincial", "national"];
const REASONS: &[&str] = &["", "scheme", "accident", "law"];

impl Fact {
    /// Type, absence and constants.
    #[must_use]
    pub fn info(self, attributes: &AttributeSchema) -> FactInfo {
        use FactType::{Amount, Bool, Day, Int, List, Text};
        let country = |optional| FactInfo {
            kind: Text,
            optional,
            constants: Constants::Country,
        };
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
            Self::DeclarationItemCount | Self::Risk(_) => info(Int),
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
            Self::Attribute(no) => match attributes.get(no).map(|(_, kind)| kind) {
                Some(AttributeType::Int) => optional(Int),
                Some(AttributeType::Decimal) => optional(Amount),
                Some(AttributeType::Text) | None => optional(Text),
            },
            Self::Party(_, fact) => fact.info(),
            Self::ZoneLevel => words(Text, LEVELS),
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
            | Self::CommodityStatutory
            | Self::CommodityRegistrationRequired
            | Self::RemedyActive
            | Self::RemedyExempt
            | Self::AssessmentCurrent
            | Self::CounterpartyKnown
            | Self::CounterpartyOwnShop => info(Bool),
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

impl PartyFact {
    const fn info(self) -> FactInfo {
        match self {
            Self::Known | Self::QualityFile => info(FactType::Bool),
            Self::Id | Self::Size => info(FactType::Text),
            Self::Kind => words(FactType::Text, PARTY_KINDS),
            Self::Class => range(0, 4),
            Self::Standing => words(FactType::Text, STANDINGS),
            Self::Lists | Self::Titles | Self::Certificates => info(FactType::List),
            Self::Credit => optional(FactType::Text),
            Self::Registration => words(FactType::Text, REGISTRATIONS),
            Self::ExemptFrom => words(FactType::List, EXEMPTIONS),
        }
    }
}

// ----- names -----

/// The facts with a fixed name, in order of name.
pub const NAMED: &[(&str, Fact)] = &[
    ("assessment.current", Fact::AssessmentCurrent),
    ("assessment.result", Fact::AssessmentResult),
    ("commodity.categories", Fact::CommodityCategories),
    ("commodity.groups", Fact::CommodityGroups),
    ("commodity.legal_exceptions", Fact::CommodityLegalExceptions),
    (
        "commodity.registration_reason",
        Fact::CommodityRegistrationReason,
    ),
    (
        "commodity.registration_required",
        Fact::CommodityRegistrationRequired,
    ),
    ("commodity.risk_level", Fact::CommodityRiskLevel),
    ("commodity.statutory", Fact::CommodityStatutory),
    ("counterparty.known", Fact::CounterpartyKnown),
    ("counterparty.lists", Fact::CounterpartyLists),
    ("counterparty.own_shop", Fact::CounterpartyOwnShop),
    ("decision.day", Fact::DecisionDay),
    ("declaration.bureau", Fact::DeclarationBureau),
    ("declaration.country", Fact::DeclarationCountry),
    ("declaration.country_groups", Fact::DeclarationCountryGroups),
    ("declaration.day", Fact::DeclarationDay),
    ("declaration.direction", Fact::DeclarationDirection),
    ("declaration.item_count", Fact::DeclarationItemCount),
    ("declaration.office", Fact::DeclarationOffice),
    ("declaration.project_listed", Fact::DeclarationProjectListed),
    ("declaration.trade_mode", Fact::DeclarationTradeMode),
    ("declaration.transport_mode", Fact::DeclarationTransportMode),
    ("declaration.value", Fact::DeclarationValue),
    (
        "documents.accredited_report",
        Fact::DocumentsAccreditedReport,
    ),
    ("documents.kinds", Fact::DocumentsKinds),
    ("documents.missing", Fact::DocumentsMissing),
    ("documents.remedy_missing", Fact::DocumentsRemedyMissing),
    ("item.chapter", Fact::ItemChapter),
    ("item.country", Fact::ItemCountry),
    ("item.country_groups", Fact::ItemCountryGroups),
    ("item.end_use", Fact::ItemEndUse),
    ("item.heading", Fact::ItemHeading),
    ("item.hs", Fact::ItemHs),
    ("item.net_mass_kg", Fact::ItemNetMass),
    ("item.product_code", Fact::ItemProductCode),
    ("item.quantity", Fact::ItemQuantity),
    ("item.subheading", Fact::ItemSubheading),
    ("item.unit", Fact::ItemUnit),
    ("item.unit_value", Fact::ItemUnitValue),
    ("item.value", Fact::ItemValue),
    ("price.high", Fact::PriceHigh),
    ("price.low", Fact::PriceLow),
    ("remedy.active", Fact::RemedyActive),
    ("remedy.documents", Fact::RemedyDocuments),
    ("remedy.exempt", Fact::RemedyExempt),
    ("requirement.documents", Fact::RequirementDocuments),
    ("requirement.mode", Fact::RequirementMode),
    ("requirement.tests", Fact::RequirementTests),
    ("zone.ids", Fact::ZoneIds),
    ("zone.in_scope", Fact::ZoneInScope),
    ("zone.level", Fact::ZoneLevel),
    ("zone.member", Fact::ZoneMember),
];

/// The facts of a party by their last name.
pub const PARTY_NAMED: &[(&str, PartyFact)] = &[
    ("certificates", PartyFact::Certificates),
    ("class", PartyFact::Class),
    ("credit", PartyFact::Credit),
    ("exempt_from", PartyFact::ExemptFrom),
    ("id", PartyFact::Id),
    ("kind", PartyFact::Kind),
    ("known", PartyFact::Known),
    ("lists", PartyFact::Lists),
    ("quality_file", PartyFact::QualityFile),
    ("registration", PartyFact::Registration),
    ("size", PartyFact::Size),
    ("standing", PartyFact::Standing),
    ("titles", PartyFact::Titles),
];

/// Groups of facts that later work carries out, known by name so that they are refused, never neutral.
const LATER_GROUPS: &[&str] = &[
    "trace",
    "case",
    "source",
    "history",
    "market",
    "programme",
    "party",
    "event",
    "subject_zone",
];
/// Single facts that later work carries out.
const LATER_PARTY_FACTS: &[&str] = &["material_monitoring"];

/// The names that a policy adds to the schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The declared attributes.
    pub attributes: AttributeSchema,
    /// The score groups, in file order.
    pub scores: Vec<String>,
    /// The alert kinds that conditions read, in order of first use.
    pub alert_kinds: Vec<String>,
}

/// What a name that is no fact is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameError {
    /// No fact of any kind; the nearest that is one.
    Unknown {
        /// The nearest valid name.
        nearest: Option<String>,
    },
    /// A fact of the design that later work carries out.
    Later,
}

impl Names {
    /// The fact of a name; an alert kind is taken up when it is first read.
    ///
    /// # Errors
    /// See [`NameError`].
    pub fn fact(&mut self, name: &str) -> Result<Fact, NameError> {
        if let Ok(at) = NAMED.binary_search_by(|(known, _)| known.cmp(&name)) {
            return NAMED.get(at).map(|(_, fact)| *fact).ok_or(NameError::Later);
        }
        let (group, last) = name.split_once('.').unwrap_or((name, ""));
        if LATER_GROUPS.contains(&group) {
            return Err(NameError::Later);
        }
        let found = match group {
            "attribute" => self
                .attributes
                .find(last)
                .map(|(no, _)| Fact::Attribute(no)),
            "risk" => self
                .scores
                .iter()
                .position(|id| id == last)
                .map(|at| Fact::Risk(ScoreNo(at as u16))),
            "alert" if is_identifier(last) => Some(Fact::Alert(self.alert_kind(last))),
            _ => match Role::ALL.into_iter().find(|role| role.as_str() == group) {
                Some(_) if LATER_PARTY_FACTS.contains(&last) => return Err(NameError::Later),
                Some(role) => PARTY_NAMED
                    .iter()
                    .find(|(known, _)| *known == last)
                    .map(|(_, fact)| Fact::Party(role, *fact)),
                None => None,
            },
        };
        found.ok_or_else(|| NameError::Unknown {
            nearest: self.nearest(name),
        })
    }

    fn alert_kind(&mut self, kind: &str) -> AlertKindNo {
        let at = self
            .alert_kinds
            .iter()
            .position(|known| known == kind)
            .unwrap_or_else(|| {
                self.alert_kinds.push(kind.to_owned());
                self.alert_kinds.len() - 1
            });
        AlertKindNo(at as u16)
    }

    /// Every name that a condition may read now.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        let named = NAMED.iter().map(|(name, _)| (*name).to_owned());
        let party = Role::ALL.into_iter().flat_map(|role| {
            PARTY_NAMED
                .iter()
                .map(move |(last, _)| format!("{}.{last}", role.as_str()))
        });
        let attributes = self
            .attributes
            .iter()
            .map(|(name, _)| format!("attribute.{name}"));
        let scores = self.scores.iter().map(|id| format!("risk.{id}"));
        named.chain(party).chain(attributes).chain(scores).collect()
    }

    fn nearest(&self, wrong: &str) -> Option<String> {
        let all = self.all();
        super::diagnostic::nearest(wrong, all.iter().map(String::as_str)).map(str::to_owned)
    }

    /// The name of a fact.
    #[must_use]
    pub fn name(&self, fact: Fact) -> String {
        let last =
            |list: &[String], at: u16| list.get(usize::from(at)).cloned().unwrap_or_default();
        match fact {
            Fact::Attribute(no) => format!(
                "attribute.{}",
                self.attributes.get(no).map_or("", |(name, _)| name)
            ),
            Fact::Alert(no) => format!("alert.{}", last(&self.alert_kinds, no.0)),
            Fact::Risk(no) => format!("risk.{}", last(&self.scores, no.0)),
            Fact::Party(role, fact) => {
                let last = PARTY_NAMED
                    .iter()
                    .find(|(_, known)| *known == fact)
                    .map_or("", |(name, _)| name);
                format!("{}.{last}", role.as_str())
            }
            fact => NAMED
                .iter()
                .find(|(_, known)| *known == fact)
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
        }
    }
}

/// Whether a name may stand behind a dot: letters, digits and `_`, not beginning with a digit.
#[must_use]
pub fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
