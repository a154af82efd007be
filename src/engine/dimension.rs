//! Dimensions: what a literal reads. The constants of all rules split each dimension's domain into finitely
//! many states, within which no rule and no table tells one value from another; where a dimension is an
//! entity of the registry (a commodity), its states are the entity's, and where it is a party they are the classes of
//! what is asked of it.

use std::collections::{BTreeMap, BTreeSet};

use super::domain::{Numbers, Texts};
use crate::declaration::Role;
use crate::policy::schema::{AlertKindNo, Fact, HistoryFact, PartyFact};
use crate::registry::{NodeNo, Partition, Sym};

/// What a literal reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    // Of the declaration.
    Direction,
    Office,
    Country,
    ProjectListed,
    Party(Role),
    Counterparty,
    OwnShop,
    Material(Role),
    // Of the declaration or the item, by their constants.
    Number(Fact),
    Text(Fact),
    // Of the item.
    Hs,
    ItemCountry,
    Commodity,
    Licence(Role),
    Zone,
    Case,
    RequirementMode,
    Alert(AlertKindNo),
    Remedy,
    AssessmentCurrent,
    AccreditedReport,
    Source,
    Programme,
    Trace,
    /// A list fact's constants by groups of at most [`GROUP`].
    Set(Fact, u8),
}

/// Constants of one set dimension: 2^6 states.
pub(super) const GROUP: usize = 6;

/// The number of a dimension in its universe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DimNo(pub(super) u16);

impl DimNo {
    pub(super) fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// A constant of a list fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Member {
    /// The list is empty.
    Empty,
    /// The list holds this text.
    Text(String),
}

/// How values of a dimension are numbered.
#[derive(Debug)]
pub(super) enum Domain {
    /// So many states, numbered by the kind.
    Fixed,
    /// Intervals of numbers.
    Numbers(Numbers),
    /// Texts by their constants.
    Texts(Texts),
    /// Parts of the HS key space, each with the registry's part that it lies in.
    Hs(Partition, Vec<NodeNo>),
    /// The classes of what is asked of a party, by its place among the parties.
    Party(u8),
    /// A bit for each constant, with the registry's symbol of its text.
    Set(Vec<(Member, Option<Sym>)>),
}

/// One dimension.
#[derive(Debug)]
pub(super) struct Dimension {
    pub(super) kind: Kind,
    pub(super) domain: Domain,
    /// How many states it has; none in advance where it is a party's.
    pub(super) states: usize,
}

impl Kind {
    /// The dimension of a fact; a list fact that no entity holds is cut into groups later.
    pub(super) const fn of(fact: Fact) -> Self {
        match fact {
            Fact::DeclarationDirection => Self::Direction,
            Fact::DeclarationOffice | Fact::DeclarationBureau => Self::Office,
            Fact::DeclarationCountry | Fact::DeclarationCountryGroups => Self::Country,
            Fact::DeclarationProjectListed => Self::ProjectListed,
            Fact::ItemHs | Fact::ItemChapter | Fact::ItemHeading | Fact::ItemSubheading => Self::Hs,
            Fact::ItemCountry | Fact::ItemCountryGroups => Self::ItemCountry,
            Fact::DocumentsAccreditedReport => Self::AccreditedReport,
            Fact::Party(_, PartyFact::Id) => Self::Text(fact),
            Fact::Party(role, PartyFact::MaterialMonitoring) => Self::Material(role),
            Fact::Party(role, PartyFact::Registration | PartyFact::ExemptFrom) => {
                Self::Licence(role)
            }
            Fact::Party(role, _) => Self::Party(role),
            Fact::ZoneMember | Fact::ZoneInScope | Fact::ZoneLevel => Self::Zone,
            Fact::CaseOpen | Fact::CaseCause | Fact::CaseTightened => Self::Case,
            Fact::CommodityStatutory
            | Fact::CommodityCategories
            | Fact::CommodityGroups
            | Fact::CommodityRiskLevel
            | Fact::CommodityRegistrationRequired
            | Fact::CommodityRegistrationReason
            | Fact::CommodityLegalExceptions => Self::Commodity,
            Fact::RequirementMode => Self::RequirementMode,
            Fact::Alert(no) => Self::Alert(no),
            Fact::RemedyActive | Fact::RemedyExempt => Self::Remedy,
            Fact::AssessmentCurrent => Self::AssessmentCurrent,
            Fact::CounterpartyKnown | Fact::CounterpartyLists => Self::Counterparty,
            Fact::CounterpartyOwnShop => Self::OwnShop,
            Fact::SourceCovered | Fact::SourceCoversRequiredTests | Fact::SourceFiledSupplier => {
                Self::Source
            }
            Fact::ProgrammeOpen => Self::Programme,
            Fact::TraceAffected => Self::Trace,
            Fact::DeclarationTradeMode
            | Fact::DeclarationTransportMode
            | Fact::ItemUnit
            | Fact::ItemEndUse
            | Fact::ItemProductCode
            | Fact::AssessmentResult => Self::Text(fact),
            // Whether an attribute is a text or a number is the schema's to say; see `Collector`.
            Fact::Attribute(_)
            | Fact::DeclarationDay
            | Fact::DecisionDay
            | Fact::DeclarationValue
            | Fact::DeclarationItemCount
            | Fact::ItemValue
            | Fact::ItemUnitValue
            | Fact::ItemQuantity
            | Fact::ItemNetMass
            | Fact::PriceLow
            | Fact::PriceHigh
            | Fact::Market(_)
            // No book reads it.
            | Fact::Person(_)
            | Fact::Risk(_) => Self::Number(fact),
            Fact::History(HistoryFact::FailedTests12m) => Self::Set(fact, 0),
            Fact::History(_) => Self::Number(fact),
            Fact::DocumentsKinds
            | Fact::DocumentsMissing
            | Fact::DocumentsRemedyMissing
            | Fact::ZoneIds
            | Fact::RequirementTests
            | Fact::RequirementDocuments
            | Fact::RemedyDocuments => Self::Set(fact, 0),
        }
    }

    /// Whether it is the same for all items of a declaration.
    pub(super) const fn is_of_header(self) -> bool {
        matches!(
            self,
            Self::Direction
                | Self::Office
                | Self::Country
                | Self::ProjectListed
                | Self::Party(_)
                | Self::Counterparty
                | Self::OwnShop
                | Self::Material(_)
                | Self::Number(
                    Fact::DeclarationDay
                        | Fact::DecisionDay
                        | Fact::DeclarationValue
                        | Fact::DeclarationItemCount
                )
                | Self::Text(
                    Fact::DeclarationTradeMode | Fact::DeclarationTransportMode | Fact::Party(..)
                )
        )
    }

    /// Whether it is a party's.
    pub(super) const fn is_of_party(self) -> bool {
        matches!(self, Self::Party(_) | Self::Counterparty)
    }

    /// Whether it is known only when the scores are.
    pub(super) const fn is_of_scores(self) -> bool {
        matches!(self, Self::Number(Fact::Risk(_)))
    }
}

/// The constants of all conditions and tables, by dimension.
#[derive(Debug, Default)]
pub(super) struct Constants {
    pub(super) used: BTreeSet<Kind>,
    pub(super) numbers: BTreeMap<Kind, BTreeSet<i64>>,
    pub(super) texts: BTreeMap<Kind, TextConstants>,
    pub(super) hs: BTreeSet<u64>,
    pub(super) members: BTreeMap<Fact, BTreeSet<Member>>,
}

/// The constants of a text dimension.
#[derive(Debug, Default)]
pub(super) struct TextConstants {
    /// Texts that are asked for as a whole.
    pub(super) whole: BTreeSet<String>,
    /// Texts at which an order or a prefix begins or ends.
    pub(super) bounds: BTreeSet<String>,
}
