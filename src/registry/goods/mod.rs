//! What is known of goods: one partition of the HS key space, and for each of its parts what the catalogue
//! says and which requirements, remedies, assessments, price bands and alerts hold there. All of it is read
//! for a day, the declaration's day, but alerts for the decision's.

mod build;
mod commodity;
mod commodity_build;
mod lists;
mod partition;
mod rule;
mod rule_build;
mod supervised;

pub(in crate::registry) use build::GoodsMaker;
pub(crate) use commodity::of as of_direction;
pub use commodity::{Commodity, CommodityNo};
pub use partition::{NodeNo, Partition};
pub use rule::{
    Alert, AlertNo, ConsumptionNormNo, PriceBand, PriceBandNo, ProgrammeNo, Remedy, RemedyNo,
    Requirement, RequirementNo, RiskAssessment, RiskAssessmentNo, Ruling,
};
pub use supervised::{ConsumptionNorm, Programme};

use self::lists::{DayLists, KeyedLists};
use self::supervised::Supervised;
use super::parties::PartyNo;
use super::symbol::Sym;
use super::timeline::Timelines;
use crate::declaration::{Country, Day, Direction, HsCode};

/// By which states the lists of all tables are found for a node; together, so that they cost one cache miss.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(32))]
struct NodeStates {
    /// For exports and for imports.
    commodity: [u32; 2],
    requirements: u32,
    remedies: u32,
    alerts: u32,
    assessments: u32,
    price_bands: u32,
}

/// What is known of goods.
#[derive(Debug, Default)]
pub struct Goods {
    partition: Partition,
    commodities: Vec<Commodity>,
    nodes: Vec<NodeStates>,
    commodity_timelines: Timelines,
    requirements: Vec<Requirement>,
    requirement_lists: DayLists<RequirementNo>,
    remedies: Vec<Remedy>,
    remedy_lists: DayLists<RemedyNo>,
    alerts: Vec<Alert>,
    alert_lists: DayLists<AlertNo>,
    assessments: Vec<RiskAssessment>,
    /// By party; key 0 is any party, else the party's number plus one.
    assessment_lists: KeyedLists<RiskAssessmentNo>,
    price_bands: Vec<PriceBand>,
    /// By country; key 0 is any country, else the country's number plus one. Longer prefixes come first.
    price_band_lists: KeyedLists<PriceBandNo>,
    /// Consumption norms and programmes, which few declarations ask for.
    supervised: Supervised,
}

impl Goods {
    /// The part of the HS key space that holds a code.
    #[must_use]
    pub fn node(&self, hs: HsCode) -> NodeNo {
        self.partition.node(hs)
    }

    /// The partition.
    #[must_use]
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    #[inline]
    fn states(&self, node: NodeNo) -> NodeStates {
        self.nodes.get(node.0 as usize).copied().unwrap_or_default()
    }

    /// What the catalogue says on a day.
    #[must_use]
    #[inline]
    pub fn commodity(&self, node: NodeNo, direction: Direction, day: Day) -> CommodityNo {
        let states = self.states(node).commodity;
        CommodityNo(
            self.commodity_timelines
                .on(of_direction(states, direction), day),
        )
    }

    /// All commodities; the first is neutral.
    #[must_use]
    pub fn commodities(&self) -> &[Commodity] {
        &self.commodities
    }

    /// The requirements in force on a day; direction and country are still to be asked.
    #[must_use]
    #[inline]
    pub fn requirements(&self, node: NodeNo, day: Day) -> &[RequirementNo] {
        self.requirement_lists
            .on(self.states(node).requirements, day)
    }

    /// A requirement of a number that this registry gave.
    #[must_use]
    pub fn requirement(&self, no: RequirementNo) -> Option<&Requirement> {
        self.requirements.get(no.0 as usize)
    }

    /// All requirements, in order of their numbers.
    #[must_use]
    pub fn all_requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// The trade remedies in force on a day; country and product are still to be asked.
    #[must_use]
    #[inline]
    pub fn remedies(&self, node: NodeNo, day: Day) -> &[RemedyNo] {
        self.remedy_lists.on(self.states(node).remedies, day)
    }

    /// A remedy of a number that this registry gave.
    #[must_use]
    pub fn remedy(&self, no: RemedyNo) -> Option<&Remedy> {
        self.remedies.get(no.0 as usize)
    }

    /// All remedies, in order of their numbers.
    #[must_use]
    pub fn all_remedies(&self) -> &[Remedy] {
        &self.remedies
    }

    /// The alerts in force on a day that name no party, those without a scope too; countries are still to be asked.
    /// Alerts that name a party are in its standing.
    #[must_use]
    #[inline]
    pub fn alerts(&self, node: NodeNo, day: Day) -> &[AlertNo] {
        self.alert_lists.on(self.states(node).alerts, day)
    }

    /// An alert of a number that this registry gave.
    #[must_use]
    pub fn alert(&self, no: AlertNo) -> Option<&Alert> {
        self.alerts.get(no.0 as usize)
    }

    /// All alerts, in order of their numbers.
    #[must_use]
    pub fn all_alerts(&self) -> &[Alert] {
        &self.alerts
    }

    /// The risk assessments current on a day for goods from a country, those of any party and those of this one.
    pub fn risk_assessments(
        &self,
        node: NodeNo,
        country: Option<Country>,
        party: Option<PartyNo>,
        day: Day,
    ) -> impl Iterator<Item = &RiskAssessment> {
        let state = self.states(node).assessments;
        let own = party.map(|party| self.assessment_lists.of(state, party.0 + 1));
        self.assessment_lists
            .of(state, 0)
            .chain(own.into_iter().flatten())
            .filter_map(|no| self.assessments.get(no.0 as usize))
            .filter(move |row| {
                row.validity.holds(day) && row.country.is_none_or(|named| Some(named) == country)
            })
    }

    /// All risk assessments, in order of their numbers.
    #[must_use]
    pub fn all_risk_assessments(&self) -> &[RiskAssessment] {
        &self.assessments
    }

    /// The price band of a country and unit on a day: of the longest prefix; of two of one prefix, the one that names the country.
    #[must_use]
    pub fn price_band(
        &self,
        node: NodeNo,
        country: Option<Country>,
        unit: Option<Sym>,
        day: Day,
    ) -> Option<&PriceBand> {
        let state = self.states(node).price_bands;
        if state == 0 {
            return None;
        }
        let first = |key: u32| {
            self.price_band_lists
                .of(state, key)
                .filter_map(|no| self.price_bands.get(no.0 as usize))
                .find(|band| band.unit == unit.unwrap_or_default() && band.validity.holds(day))
        };
        let named = country.and_then(|country| first(country.number() as u32 + 1));
        match (named, first(0)) {
            (Some(named), Some(any)) if any.digits > named.digits => Some(any),
            (named, any) => named.or(any),
        }
    }

    /// All price bands, in order of their numbers.
    #[must_use]
    pub fn all_price_bands(&self) -> &[PriceBand] {
        &self.price_bands
    }
}
