//! Rules about persons: what a classification makes of an enterprise, and which events a guard refuses. They are asked
//! where an event comes, never on the way of a declaration.

use super::cel::Condition;
use super::model::{Reason, Span};
use super::schema::{Fact, FactInfo, FactType, PartyFact, info, optional, range, words};

/// `[[classification]]`: what an enterprise is by what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Its id.
    pub id: String,
    /// Rows of the measures that it carries out.
    pub measures: Vec<String>,
    /// The legal basis.
    pub basis: Option<String>,
    /// When it is in force.
    pub validity: Span,
    /// When it speaks; it reads `party.…` only.
    pub when: Condition,
    /// The class that it gives, 1 to 4.
    pub class: Option<u8>,
    /// The list that it enters.
    pub list: Option<String>,
    /// The kind of title that it grants.
    pub title: Option<String>,
    /// Whether an officer must confirm: it then changes nothing by itself.
    pub propose: bool,
    /// What is told about it.
    pub reason: Option<Reason>,
}

/// `[[guard]]`: which events are refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    /// Its id.
    pub id: String,
    /// Rows of the measures that it carries out.
    pub measures: Vec<String>,
    /// The legal basis.
    pub basis: Option<String>,
    /// When it is in force, by the event's day.
    pub validity: Span,
    /// The types of events that it looks at, of [`EVENT_TYPES`].
    pub on: Vec<String>,
    /// The bureau to whose enterprises and zones it is narrowed.
    pub bureau: Option<String>,
    /// When it refuses.
    pub when: Condition,
    /// Why, as the sender is told.
    pub reason: Reason,
}

/// What a condition stands in, and so what it may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// A rule of a book: facts of declarations, and scores.
    Rule,
    /// A score: facts of declarations.
    Score,
    /// A classification: facts of a party.
    Classification,
    /// A guard: facts of a party, of the event and of the zone that it is about.
    Guard,
}

/// What a classification or a guard may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the fact of the same name")]
pub enum PersonFact {
    Party(PartyFact),
    Bureau,
    Class1Periods,
    LawfulOperation,
    Management,
    Recommendation,
    Recommended,
    SocialEvaluation,
    EventAuthority,
    EventDocument,
    EventLevel,
    EventState,
    EventType,
    ZoneAssessed,
    ZoneLevel,
    ZoneWasProvincial,
}

use PersonFact as P;

/// The facts of persons by their names, in order of name.
pub const PERSON_NAMED: &[(&str, PersonFact)] = &[
    ("event.authority", P::EventAuthority),
    ("event.document", P::EventDocument),
    ("event.level", P::EventLevel),
    ("event.state", P::EventState),
    ("event.type", P::EventType),
    ("party.bureau", P::Bureau),
    ("party.certificates", P::Party(PartyFact::Certificates)),
    ("party.class", P::Party(PartyFact::Class)),
    ("party.class_1_periods", P::Class1Periods),
    ("party.credit", P::Party(PartyFact::Credit)),
    ("party.id", P::Party(PartyFact::Id)),
    ("party.kind", P::Party(PartyFact::Kind)),
    ("party.known", P::Party(PartyFact::Known)),
    ("party.lawful_operation", P::LawfulOperation),
    ("party.lists", P::Party(PartyFact::Lists)),
    ("party.management", P::Management),
    (
        "party.material_monitoring",
        P::Party(PartyFact::MaterialMonitoring),
    ),
    ("party.quality_file", P::Party(PartyFact::QualityFile)),
    ("party.recommendation", P::Recommendation),
    ("party.recommended", P::Recommended),
    ("party.size", P::Party(PartyFact::Size)),
    ("party.social_evaluation", P::SocialEvaluation),
    ("party.standing", P::Party(PartyFact::Standing)),
    ("party.titles", P::Party(PartyFact::Titles)),
    ("subject_zone.assessed", P::ZoneAssessed),
    ("subject_zone.level", P::ZoneLevel),
    ("subject_zone.was_provincial", P::ZoneWasProvincial),
];

/// The types of events that a guard may look at: those that change the registry or say what went wrong, and cases.
pub const EVENT_TYPES: &[&str] = &[
    "accident_declared",
    "alert_lifted",
    "alert_raised",
    "body_changed",
    "case_cause_found",
    "case_changed",
    "case_closed",
    "catalogue_changed",
    "certificate_ended",
    "certificate_granted",
    "class_assessed",
    "commodity_group_changed",
    "complaint",
    "consumption_norm_changed",
    "counterfeit_found",
    "country_group_changed",
    "credit_assessed",
    "enterprise_changed",
    "enterprise_recommended",
    "exemption_changed",
    "export_return",
    "foreign_notification",
    "legal_exception_changed",
    "list_entered",
    "list_left",
    "lot_tested",
    "member_state_changed",
    "office_changed",
    "price_band_changed",
    "product_recorded",
    "programme_changed",
    "project_changed",
    "rate_changed",
    "recall",
    "recommendation_withdrawn",
    "registration_changed",
    "registration_ended",
    "remedy_imposed",
    "remedy_lifted",
    "requirement_changed",
    "risk_assessed",
    "ruling_granted",
    "spot_check_failed",
    "supplier_filed",
    "supplier_monitored",
    "tbt_notified",
    "title_cancelled",
    "title_granted",
    "trace_changed",
    "trace_ended",
    "violation_found",
    "zone_assessed",
    "zone_changed",
    "zone_designated",
    "zone_level_changed",
    "zone_revoked",
];

/// Levels that a row of an event may name: a zone's, an alert's.
const EVENT_LEVELS: &[&str] = &["provincial", "national", "0", "1", "2", "3"];
/// States that a row of an event may name: a membership's, a registration's.
const EVENT_STATES: &[&str] = &[
    "applied",
    "reviewed",
    "visited",
    "approved",
    "announced",
    "exited",
    "provisional",
    "full",
];

impl Reads {
    /// What is wrong with reading a fact here; none where it may be read.
    #[must_use]
    pub fn refuses(self, name: &str, fact: Fact) -> Option<String> {
        let party = name.starts_with("party.");
        match (self, fact) {
            (Self::Score, Fact::Risk(_)) => {
                Some("scores are computed before rules; a score cannot read `risk.…`".to_owned())
            }
            (Self::Guard, Fact::Person(_)) => None,
            (Self::Classification, Fact::Person(_)) if party => None,
            (Self::Classification, Fact::Person(_)) => Some(format!(
                "`{name}` may be read in a `[[guard]]` only; a classification reads `party.…`"
            )),
            (Self::Rule | Self::Score, Fact::Person(_)) if party => Some(format!(
                "`{name}` may be read in a `[[classification]]` or `[[guard]]` only; a declaration's parties are `trader`, `producer`, `declarant` and `enterprise`"
            )),
            (Self::Rule | Self::Score, Fact::Person(_)) => {
                Some(format!("`{name}` may be read in a `[[guard]]` only"))
            }
            (Self::Classification, _) => Some(format!(
                "`{name}` is of a declaration; a classification reads `party.…`"
            )),
            (Self::Guard, _) => Some(format!(
                "`{name}` is of a declaration; a guard reads `party.…`, `event.…` and `subject_zone.…`"
            )),
            (Self::Rule | Self::Score, _) => None,
        }
    }

    /// The names of persons' facts that may be read here.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let names = PERSON_NAMED.iter().map(|(name, _)| *name);
        names.filter(move |name| match self {
            Self::Rule | Self::Score => false,
            Self::Classification => name.starts_with("party."),
            Self::Guard => true,
        })
    }

    /// Whether it is about persons.
    #[must_use]
    pub const fn of_persons(self) -> bool {
        matches!(self, Self::Classification | Self::Guard)
    }
}

impl PersonFact {
    pub(super) const fn info(self) -> FactInfo {
        match self {
            Self::Party(fact) => fact.info(),
            Self::Bureau | Self::EventAuthority | Self::EventDocument => info(FactType::Text),
            Self::Class1Periods => range(0, i64::MAX),
            Self::Recommended | Self::ZoneAssessed | Self::ZoneWasProvincial => {
                info(FactType::Bool)
            }
            Self::LawfulOperation
            | Self::Management
            | Self::Recommendation
            | Self::SocialEvaluation => optional(FactType::Amount),
            Self::EventType => words(FactType::Text, EVENT_TYPES),
            Self::EventLevel => FactInfo {
                optional: true,
                ..words(FactType::Text, EVENT_LEVELS)
            },
            Self::EventState => FactInfo {
                optional: true,
                ..words(FactType::Text, EVENT_STATES)
            },
            Self::ZoneLevel => words(FactType::Text, super::schema::LEVELS),
        }
    }

    /// Whether it is of the integrity assessment in force.
    #[must_use]
    pub const fn of_credit(self) -> bool {
        matches!(
            self,
            Self::Party(PartyFact::Credit)
                | Self::LawfulOperation
                | Self::Management
                | Self::Recommendation
                | Self::SocialEvaluation
        )
    }
}
