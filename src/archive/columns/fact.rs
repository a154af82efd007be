//! Columns of facts: a table that says of every fact whether it has a column of its own, repeats a field, or is
//! in a map. The column's name is the fact's with `_` for `.`.

use std::borrow::Cow;

use crate::archive::column::{Column, Kind};
use crate::declaration::{AttributeSchema, Role};
use crate::policy::schema::{HistoryFact, MarketFact};
use crate::policy::{Fact, Names, PartyFact};

/// Where an analyst finds a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::archive) enum Place {
    /// In a column of its own, with its documentation.
    Column(Cow<'static, str>),
    /// In the column of the field that it repeats.
    Repeats(&'static str),
    /// In a map.
    Map(&'static str),
}

/// Where a fact is found; none where the tables lack it, which a test forbids.
pub(in crate::archive) fn place(fact: Fact) -> Option<Place> {
    match fact {
        Fact::Attribute(_) => Some(Place::Map("attributes")),
        Fact::Risk(_) => Some(Place::Map("risk")),
        Fact::Alert(_) => Some(Place::Map("alerts")),
        Fact::Party(role, fact) => party(role, fact),
        fact => {
            let (_, doc) = FACTS.iter().find(|(known, _)| *known == fact)?;
            Some(match doc.strip_prefix(REPEATS) {
                Some(column) => Place::Repeats(column),
                None => Place::Column(Cow::Borrowed(doc)),
            })
        }
    }
}

fn party(role: Role, fact: PartyFact) -> Option<Place> {
    let column = match role {
        Role::Trader => Some("trader_id"),
        Role::Producer => Some("producer_id"),
        Role::Declarant => Some("declarant_id"),
        Role::Enterprise => None,
    };
    if let (PartyFact::Id, Some(column)) = (fact, column) {
        return Some(Place::Repeats(column));
    }
    let (_, doc) = PARTY.iter().find(|(known, _)| *known == fact)?;
    let whose = match role {
        Role::Trader => "the exporter or importer",
        Role::Producer => "the producer",
        Role::Declarant => "the filing agent",
        Role::Enterprise => {
            "the accountable party (producer of an export, trader where none is named; importer of an import)"
        }
    };
    Some(Place::Column(Cow::Owned(doc.replace("{role}", whose))))
}

/// The columns of facts, in order.
pub(super) fn columns() -> impl Iterator<Item = Column> {
    let parties = Role::ALL
        .into_iter()
        .flat_map(|role| PARTY.iter().map(move |(fact, _)| Fact::Party(role, *fact)));
    let facts = FACTS.iter().map(|(fact, _)| *fact);
    facts.chain(parties).filter_map(column)
}

fn column(fact: Fact) -> Option<Column> {
    let Place::Column(doc) = place(fact)? else {
        return None;
    };
    let (optional, since) = (fact.info(&AttributeSchema::default()).optional, since(fact));
    Some(Column {
        name: Cow::Owned(Names::default().name(fact).replace('.', "_")),
        doc,
        nullable: optional || since > 1,
        since,
        kind: Kind::Own(fact),
    })
}

/// The version of the schemas that brought a fact's column.
const fn since(fact: Fact) -> u32 {
    match fact {
        Fact::CaseOpen
        | Fact::CaseCause
        | Fact::CaseTightened
        | Fact::History(_)
        | Fact::Market(_)
        | Fact::ProgrammeOpen
        | Fact::SourceCovered
        | Fact::SourceCoversRequiredTests
        | Fact::SourceFiledSupplier => 2,
        Fact::TraceAffected | Fact::Party(_, PartyFact::MaterialMonitoring) => 3,
        _ => 1,
    }
}

/// Stands before the column that has the fact already.
const REPEATS: &str = "= ";

const FACTS: &[(Fact, &str)] = &[
    (Fact::DeclarationDirection, "= direction"),
    (Fact::DeclarationOffice, "= office"),
    (
        Fact::DeclarationBureau,
        "Bureau of the declaring office; none where the registry does not know the office.",
    ),
    (Fact::DeclarationTradeMode, "= trade_mode"),
    (Fact::DeclarationTransportMode, "= transport_mode"),
    (Fact::DeclarationCountry, "= country"),
    (
        Fact::DeclarationCountryGroups,
        "Groups that country belongs to, sorted.",
    ),
    (
        Fact::DeclarationProjectListed,
        "Whether the project is listed on declaration_day.",
    ),
    (
        Fact::DeclarationDay,
        "Day of declared_at in the policy's time zone: the law of the goods is read on it.",
    ),
    (
        Fact::DecisionDay,
        "Day on which the standing of persons is read; declaration_day where decided as of the declaration.",
    ),
    (
        Fact::DeclarationValue,
        "Sum of the items' values in the base currency.",
    ),
    (Fact::DeclarationItemCount, "Number of items."),
    (Fact::ItemHs, "= hs_code"),
    (Fact::ItemChapter, "First 2 digits of hs_code."),
    (Fact::ItemHeading, "First 4 digits of hs_code."),
    (Fact::ItemSubheading, "First 6 digits of hs_code."),
    (Fact::ItemUnit, "= unit"),
    (Fact::ItemEndUse, "= end_use"),
    (Fact::ItemProductCode, "= product_code"),
    (
        Fact::ItemCountry,
        "Destination of an export, origin of an import, ISO 3166-1 alpha-2.",
    ),
    (
        Fact::ItemCountryGroups,
        "Groups that item_country belongs to, sorted.",
    ),
    (Fact::ItemValue, "= value"),
    (
        Fact::ItemUnitValue,
        "Value in the base currency for one unit of quantity, half even to four decimals.",
    ),
    (Fact::ItemQuantity, "= quantity"),
    (Fact::ItemNetMass, "= net_mass_kg"),
    (
        Fact::DocumentsKinds,
        "Kinds of the attached documents that are valid on declaration_day, sorted.",
    ),
    (
        Fact::DocumentsMissing,
        "Documents that requirements name and that are not attached or not valid, sorted.",
    ),
    (
        Fact::DocumentsRemedyMissing,
        "Documents that trade remedies name and that are not attached or not valid, sorted.",
    ),
    (
        Fact::DocumentsAccreditedReport,
        "Whether a valid report of a third party accredited for the goods is attached.",
    ),
    (
        Fact::ZoneMember,
        "Whether the accountable party is an announced member of any zone.",
    ),
    (
        Fact::ZoneInScope,
        "Whether the scope of one of its zones holds the goods.",
    ),
    (
        Fact::ZoneLevel,
        "Highest level of its zones whose scope holds the goods: `none`, `provincial` or `national`.",
    ),
    (
        Fact::ZoneIds,
        "Its zones whose scope holds the goods, sorted.",
    ),
    (
        Fact::CommodityStatutory,
        "Whether the goods are in the statutory catalogue with at least one category.",
    ),
    (
        Fact::CommodityCategories,
        "Categories of the statutory catalogue (CIQ letters), sorted.",
    ),
    (
        Fact::CommodityGroups,
        "Commodity groups of the goods, sorted.",
    ),
    (Fact::CommodityRiskLevel, "Risk level of the goods, 0 to 3."),
    (
        Fact::CommodityRegistrationRequired,
        "Whether the goods may be handled by registered enterprises only.",
    ),
    (
        Fact::CommodityRegistrationReason,
        "Why registration is required: `law`, `accident`, `scheme`, the strictest; empty where it is not.",
    ),
    (
        Fact::CommodityLegalExceptions,
        "Facilitations that the law bars for the goods, sorted.",
    ),
    (
        Fact::RequirementMode,
        "Strictest mode of inspection that requirements ask for.",
    ),
    (
        Fact::RequirementTests,
        "Tests that requirements ask for, sorted.",
    ),
    (
        Fact::RequirementDocuments,
        "Documents that requirements ask for, sorted.",
    ),
    (
        Fact::RemedyActive,
        "Whether a trade remedy is in force for the goods.",
    ),
    (
        Fact::RemedyDocuments,
        "Documents that trade remedies ask for that no ruling lifts, sorted.",
    ),
    (
        Fact::RemedyExempt,
        "Whether a trade remedy is in force and rulings lift every one.",
    ),
    (
        Fact::AssessmentCurrent,
        "Whether a risk assessment of the import is in force.",
    ),
    (Fact::AssessmentResult, "Result of that risk assessment."),
    (
        Fact::CounterpartyKnown,
        "Whether the registry knows the overseas party.",
    ),
    (
        Fact::CounterpartyOwnShop,
        "Whether the overseas party is the accountable party's own shop.",
    ),
    (
        Fact::CounterpartyLists,
        "Lists that the overseas party is on, sorted.",
    ),
    (
        Fact::PriceLow,
        "Lower reference price of the goods in their unit, base currency.",
    ),
    (
        Fact::PriceHigh,
        "Upper reference price of the goods in their unit, base currency.",
    ),
    (
        Fact::History(HistoryFact::CancelledAfterSelection12m),
        "Declarations of them that were withdrawn after they were selected, in twelve months up to the day before.",
    ),
    (
        Fact::History(HistoryFact::Complaints12m),
        "Complaints of them in twelve months.",
    ),
    (
        Fact::History(HistoryFact::Declarations30d),
        "Declarations of them in thirty days up to the day before.",
    ),
    (
        Fact::History(HistoryFact::FailedTests12m),
        "Tests that the accountable party's goods of the heading failed in twelve months, sorted.",
    ),
    (
        Fact::History(HistoryFact::Failures12m),
        "Inspections of them that failed in twelve months.",
    ),
    (
        Fact::History(HistoryFact::Inspections12m),
        "Inspections of the accountable party's goods of the heading in twelve months.",
    ),
    (
        Fact::History(HistoryFact::Notifications12m),
        "Foreign notifications of the accountable party's goods of the heading in twelve months.",
    ),
    (
        Fact::History(HistoryFact::PassesInARow),
        "Inspections in a row that the accountable party's goods of the heading passed.",
    ),
    (
        Fact::History(HistoryFact::Returns12m),
        "Returns of them in twelve months.",
    ),
    (
        Fact::History(HistoryFact::Value30d),
        "Value of those declarations, base currency.",
    ),
    (
        Fact::Market(MarketFact::Notifications12m),
        "Foreign notifications of goods of the heading by item_country in twelve months, whoever made them.",
    ),
    (
        Fact::Market(MarketFact::Returns12m),
        "Returns of goods of the heading from item_country in twelve months, whoever made them.",
    ),
    (
        Fact::CaseOpen,
        "Whether an accountability case against the accountable party is open for the goods on decision_day.",
    ),
    (
        Fact::CaseCause,
        "Gravest cause of its cases that are open or whose measures last: `foreign_rule`, `capability`, `malice`; empty where nothing was found.",
    ),
    (
        Fact::CaseTightened,
        "Whether measures against it are in force for the goods for a lack of capability.",
    ),
    (
        Fact::SourceCovered,
        "Whether every cited lot of raw material is the accountable party's own, tested or from a filed supplier, and there is enough by the consumption norm.",
    ),
    (
        Fact::SourceCoversRequiredTests,
        "Whether the passed test of every cited lot holds all tests of requirement_tests.",
    ),
    (
        Fact::SourceFiledSupplier,
        "Whether every cited lot was bought of a filed supplier.",
    ),
    (
        Fact::ProgrammeOpen,
        "Whether a supervision programme in force names the accountable party and the goods.",
    ),
    (
        Fact::TraceAffected,
        "Whether a cited product lot or lot of raw material, or one that shares raw material with it, is named by a notification or recall that is open on decision_day.",
    ),
];

/// `{role}` stands for the role's party.
const PARTY: &[(PartyFact, &str)] = &[
    (PartyFact::Id, "Id of {role}; empty where nobody is named."),
    (
        PartyFact::Known,
        "Whether the registry knows {role}; where not, what else is said of it is neutral.",
    ),
    (
        PartyFact::Kind,
        "Kind of {role}: `manufacturer`, `trader`, `processing`, `agent`, `foreign`; empty where unknown.",
    ),
    (PartyFact::Size, "Size of {role}; empty where unknown."),
    (
        PartyFact::Class,
        "Class of {role} on decision_day, 1 to 4; 0 for none.",
    ),
    (
        PartyFact::Standing,
        "Red or black list of {role} on decision_day: `none`, `red` or `black`, the strictest.",
    ),
    (
        PartyFact::Lists,
        "Lists that {role} is on on decision_day, sorted.",
    ),
    (
        PartyFact::Titles,
        "Titles that {role} holds on decision_day, sorted.",
    ),
    (
        PartyFact::Certificates,
        "Certificates that {role} holds on decision_day, sorted.",
    ),
    (
        PartyFact::Credit,
        "Credit grade of {role} on decision_day; none where not assessed.",
    ),
    (
        PartyFact::QualityFile,
        "Whether {role} keeps a quality file.",
    ),
    (
        PartyFact::MaterialMonitoring,
        "Latest test of {role}'s raw material up to decision_day: `none`, `current`, `due` (the policy's days are over; also where it names none) or `failed`.",
    ),
    (
        PartyFact::Registration,
        "Registration of {role} for the goods on decision_day: `none`, `provisional` or `full`.",
    ),
    (
        PartyFact::ExemptFrom,
        "What {role} is exempt from for the goods on decision_day: `inspection`, `trade_remedy`, `registration`.",
    ),
];
