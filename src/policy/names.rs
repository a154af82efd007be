//! Names of facts: which there are, which a policy adds (attributes, scores, alert kinds), and which it may read only
//! with a parameter.

use super::parameter::Parameter;
use super::persons::{PERSON_NAMED, PersonFact, Reads};
use super::schema::{AlertKindNo, Fact, HistoryFact, MarketFact, PartyFact, ScoreNo};
use crate::declaration::{AttributeSchema, Role};

/// The facts with a fixed name, in order of name.
pub const NAMED: &[(&str, Fact)] = &[
    ("assessment.current", Fact::AssessmentCurrent),
    ("assessment.result", Fact::AssessmentResult),
    ("case.cause", Fact::CaseCause),
    ("case.open", Fact::CaseOpen),
    ("case.tightened", Fact::CaseTightened),
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
    (
        "history.cancelled_after_selection_12m",
        Fact::History(HistoryFact::CancelledAfterSelection12m),
    ),
    (
        "history.complaints_12m",
        Fact::History(HistoryFact::Complaints12m),
    ),
    (
        "history.declarations_30d",
        Fact::History(HistoryFact::Declarations30d),
    ),
    (
        "history.failed_tests_12m",
        Fact::History(HistoryFact::FailedTests12m),
    ),
    (
        "history.failures_12m",
        Fact::History(HistoryFact::Failures12m),
    ),
    (
        "history.inspections_12m",
        Fact::History(HistoryFact::Inspections12m),
    ),
    (
        "history.notifications_12m",
        Fact::History(HistoryFact::Notifications12m),
    ),
    (
        "history.passes_in_a_row",
        Fact::History(HistoryFact::PassesInARow),
    ),
    (
        "history.returns_12m",
        Fact::History(HistoryFact::Returns12m),
    ),
    ("history.value_30d", Fact::History(HistoryFact::Value30d)),
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
    (
        "market.notifications_12m",
        Fact::Market(MarketFact::Notifications12m),
    ),
    ("market.returns_12m", Fact::Market(MarketFact::Returns12m)),
    ("price.high", Fact::PriceHigh),
    ("price.low", Fact::PriceLow),
    ("programme.open", Fact::ProgrammeOpen),
    ("remedy.active", Fact::RemedyActive),
    ("remedy.documents", Fact::RemedyDocuments),
    ("remedy.exempt", Fact::RemedyExempt),
    ("requirement.documents", Fact::RequirementDocuments),
    ("requirement.mode", Fact::RequirementMode),
    ("requirement.tests", Fact::RequirementTests),
    ("source.covered", Fact::SourceCovered),
    (
        "source.covers_required_tests",
        Fact::SourceCoversRequiredTests,
    ),
    ("source.filed_supplier", Fact::SourceFiledSupplier),
    ("trace.affected", Fact::TraceAffected),
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
    ("material_monitoring", PartyFact::MaterialMonitoring),
    ("quality_file", PartyFact::QualityFile),
    ("registration", PartyFact::Registration),
    ("size", PartyFact::Size),
    ("standing", PartyFact::Standing),
    ("titles", PartyFact::Titles),
];

/// Groups of facts of persons, which are never a declaration's.
const PERSON_GROUPS: &[&str] = &["party", "event", "subject_zone"];
/// The parameter that says for how many days a test of raw material counts.
pub(super) const MONITORING_DAYS: &str = "material_monitoring_days";

/// What a person's rule may read with that parameter alone.
const MONITORED: PersonFact = PersonFact::Party(PartyFact::MaterialMonitoring);

/// The names that a policy adds to the schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The declared attributes.
    pub attributes: AttributeSchema,
    /// The score groups, in file order.
    pub scores: Vec<String>,
    /// The alert kinds that conditions read, in order of first use.
    pub alert_kinds: Vec<String>,
    /// For how many days a test of raw material counts, where the policy says so.
    pub monitoring_days: Option<Parameter>,
}

/// What a name that is no fact is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameError {
    /// No fact of any kind; the nearest that is one.
    Unknown {
        /// The nearest valid name.
        nearest: Option<String>,
    },
    /// A fact that a policy may read only where it has this parameter.
    Needs(&'static str),
}

impl Names {
    /// The fact of a name; an alert kind is taken up when it is first read.
    ///
    /// # Errors
    /// See [`NameError`].
    pub fn fact(&mut self, name: &str) -> Result<Fact, NameError> {
        let at = NAMED.binary_search_by(|(known, _)| known.cmp(&name));
        if let Some((_, fact)) = at.ok().and_then(|at| NAMED.get(at)) {
            return Ok(*fact);
        }
        let (group, last) = name.split_once('.').unwrap_or((name, ""));
        if PERSON_GROUPS.contains(&group) {
            return self.person(name);
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
                Some(role) => PARTY_NAMED
                    .iter()
                    .find(|(known, _)| *known == last)
                    .map(|(_, fact)| Fact::Party(role, *fact)),
                None => None,
            },
        };
        match found {
            Some(Fact::Party(_, PartyFact::MaterialMonitoring))
                if self.monitoring_days.is_none() =>
            {
                Err(NameError::Needs(MONITORING_DAYS))
            }
            Some(fact) => Ok(fact),
            None => Err(NameError::Unknown {
                nearest: self.nearest(name),
            }),
        }
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
        let monitored = self.monitoring_days.is_some();
        let party = Role::ALL.into_iter().flat_map(|role| {
            PARTY_NAMED
                .iter()
                .filter(move |(_, fact)| monitored || *fact != PartyFact::MaterialMonitoring)
                .map(move |(last, _)| format!("{}.{last}", role.as_str()))
        });
        let attributes = self
            .attributes
            .iter()
            .map(|(name, _)| format!("attribute.{name}"));
        let scores = self.scores.iter().map(|id| format!("risk.{id}"));
        named.chain(party).chain(attributes).chain(scores).collect()
    }

    /// The fact of a name, where a condition may read it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(&mut self, name: &str, reads: Reads) -> Result<Fact, String> {
        let near = |near: Option<&str>| {
            near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
        };
        match self.fact(name) {
            Ok(fact) => reads.refuses(name, fact).map_or(Ok(fact), Err),
            Err(NameError::Needs(parameter)) => Err(format!(
                "`{name}` needs the parameter `{parameter}`; name it under `[parameters]`"
            )),
            Err(NameError::Unknown { .. }) if reads.of_persons() => {
                let names = self.of_persons(reads.names());
                let near = near(super::diagnostic::nearest(name, names));
                Err(format!("unknown fact `{name}`{near}"))
            }
            Err(NameError::Unknown { nearest }) => {
                let near = near(nearest.as_deref());
                Err(format!("unknown fact `{name}`{near}"))
            }
        }
    }

    /// The fact of a person of a name.
    fn person(&self, name: &str) -> Result<Fact, NameError> {
        match PERSON_NAMED.iter().find(|(known, _)| *known == name) {
            Some((_, MONITORED)) if self.monitoring_days.is_none() => {
                Err(NameError::Needs(MONITORING_DAYS))
            }
            Some((_, fact)) => Ok(Fact::Person(*fact)),
            None => {
                let names = PERSON_NAMED.iter().map(|(name, _)| *name);
                let nearest = super::diagnostic::nearest(name, self.of_persons(names));
                Err(NameError::Unknown {
                    nearest: nearest.map(str::to_owned),
                })
            }
        }
    }

    /// Those of persons' facts that a condition may read now.
    fn of_persons<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> impl Iterator<Item = &'n str> {
        let monitored = self.monitoring_days.is_some();
        let is_monitored = |name: &str| {
            let mut all = PERSON_NAMED.iter();
            all.any(|(known, fact)| *known == name && *fact == MONITORED)
        };
        names.filter(move |name| monitored || !is_monitored(name))
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
            Fact::Person(fact) => PERSON_NAMED
                .iter()
                .find(|(_, known)| *known == fact)
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
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
