//! The join: what the registry knows of a declaration's parties, places and goods, by bounded probes and
//! without allocation. The law of the goods is read on the declaration's day, the standing of persons on the
//! decision's.

use std::cell::OnceCell;

use super::sampling::Severity;
use crate::declaration::{Country, Day, Declaration, Direction, Document, Item, Role};
use crate::registry::{
    AlertNo, Commodity, CommodityNo, ExemptionKind, NodeNo, PartyNo, PriceBand, RegistrationState,
    Registry, RemedyNo, RequirementNo, RiskAssessment, Standing, StandingNo, Sym, Windows,
    ZoneLevel, ZoneMembership,
};

/// A party of a declaration as the registry knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartyJoin {
    /// Its number; none where the registry does not know it or nobody is named.
    pub no: Option<PartyNo>,
    /// Its standing on the decision's day.
    pub standing: StandingNo,
}

/// What is joined once for a declaration.
#[derive(Debug, Clone, Copy)]
pub struct HeaderJoin<'a> {
    /// The registry.
    pub registry: &'a Registry,
    /// The declaration.
    pub declaration: &'a Declaration<'a>,
    /// The day on which the standing of persons is read.
    pub decision_day: Day,
    /// The parties in order of [`Role::ALL`].
    pub parties: [PartyJoin; 4],
    /// The overseas party.
    pub counterparty: PartyJoin,
}

/// What is joined for an item.
#[derive(Debug, Clone)]
pub struct ItemJoin<'a> {
    /// What is joined for its declaration.
    pub header: &'a HeaderJoin<'a>,
    /// The item.
    pub item: &'a Item<'a>,
    /// Destination of an export, origin of an import.
    pub country: Option<Country>,
    /// The part of the HS key space.
    pub node: NodeNo,
    /// What the catalogue says.
    pub commodity: CommodityNo,
    /// The requirement rows that may hold, and a bit for each that does.
    requirements: (&'a [RequirementNo], u64),
    /// The remedy rows that may be in force, and a bit for each that is.
    remedies: (&'a [RemedyNo], u64),
    /// The alerts that may hold: those that name no party, and the enterprise's.
    alerts: [&'a [AlertNo]; 2],
    /// The reference price band, once somebody asks for it.
    price_band: OnceCell<Option<PriceBand>>,
    /// What its enterprise's quality file says, once somebody asks for it.
    pub(super) history: OnceCell<Windows>,
    /// The tests that it says were failed, once somebody asks for all of them.
    pub(super) failed_tests: OnceCell<Vec<Box<str>>>,
    /// The digits of the HS code, once somebody asks for them as a text.
    digits: OnceCell<[u8; 13]>,
}

impl<'a> HeaderJoin<'a> {
    /// Joins a declaration's header.
    #[must_use]
    pub fn new(
        registry: &'a Registry,
        declaration: &'a Declaration<'a>,
        decision_day: Day,
    ) -> Self {
        let parties = registry.parties();
        let ids = [
            Some(&declaration.trader),
            declaration.producer.as_ref(),
            declaration.declarant.as_ref(),
            declaration.counterparty.as_ref(),
        ];
        let found = parties.find_each(ids.map(|id| id.map(|id| id.as_str())));
        let [trader, producer, declarant, counterparty] = found.map(|no| PartyJoin {
            no,
            standing: no.map_or(StandingNo::UNKNOWN, |no| parties.standing(no, decision_day)),
        });
        let enterprise = match (declaration.direction, &declaration.producer) {
            (Direction::Export, Some(_)) => producer,
            _ => trader,
        };
        Self {
            registry,
            declaration,
            decision_day,
            parties: [trader, producer, declarant, enterprise],
            counterparty,
        }
    }

    /// Whether another snapshot's join of the same declaration leads to the same decision: it says the same of its
    /// parties, and of everything else. What quality files say is not asked.
    #[must_use]
    pub fn decides_as(&self, other: &HeaderJoin<'_>) -> bool {
        self.registry
            .is_of_but_for_parties_and_material(other.registry)
            && self.decision_day == other.decision_day
            && (self.parties, self.counterparty) == (other.parties, other.counterparty)
            && (self.registry.shares_material(other.registry) || self.sees_material_as(other))
    }

    /// Whether what differs of raw material is none of a declaration's business: it cites no lot, and in its parties' lots
    /// the same was found.
    fn sees_material_as(&self, other: &HeaderJoin<'_>) -> bool {
        let (own, theirs) = (self.registry.material(), other.registry.material());
        let mut items = self.declaration.items.iter();
        let mut parties = self.parties.iter().filter_map(|party| party.no);
        items.all(|item| item.material_lots.is_empty())
            && parties.all(|no| own.tests(no) == theirs.tests(no))
    }

    /// The join of a role.
    #[must_use]
    pub fn party(&self, role: Role) -> PartyJoin {
        let [trader, producer, declarant, enterprise] = self.parties;
        match role {
            Role::Trader => trader,
            Role::Producer => producer,
            Role::Declarant => declarant,
            Role::Enterprise => enterprise,
        }
    }

    /// The standing of a role's party.
    #[must_use]
    pub fn standing(&self, role: Role) -> Option<&'a Standing> {
        self.registry.parties().get(self.party(role).standing)
    }

    /// The standing of a role's party, if it has anything that is joined with goods.
    pub(super) fn related(&self, role: Role) -> Option<&'a Standing> {
        self.registry.parties().related(self.party(role).standing)
    }

    /// The bureau of the declaring office.
    #[must_use]
    pub fn bureau(&self) -> Option<Sym> {
        let offices = self.registry.offices();
        let office = offices.get(offices.find(self.declaration.office.as_deref()?)?)?;
        (office.bureau != Sym::default()).then_some(office.bureau)
    }

    /// Whether the project is listed on the declaration's day.
    #[must_use]
    pub fn project_listed(&self) -> bool {
        let project = self.declaration.project.as_ref();
        project.is_some_and(|id| self.registry.projects().lists(id, self.declaration.day))
    }

    /// Whether the overseas party is the enterprise's own shop.
    #[must_use]
    pub fn own_shop(&self) -> bool {
        let owner = self
            .counterparty
            .no
            .and_then(|shop| self.registry.parties().own_shop_of(shop));
        owner.is_some() && owner == self.party(Role::Enterprise).no
    }
}

impl<'a> ItemJoin<'a> {
    /// Joins an item at its part of the HS key space.
    #[must_use]
    pub fn new(header: &'a HeaderJoin<'a>, item: &'a Item<'a>, node: NodeNo) -> Self {
        let (declaration, goods) = (header.declaration, header.registry.goods());
        let country = item.country(declaration);
        let commodity = goods.commodity(node, declaration.direction, declaration.day);
        let own_alerts = header
            .related(Role::Enterprise)
            .map_or(&[] as &[_], |standing| &standing.alerts);
        let mut join = Self {
            header,
            item,
            country,
            node,
            commodity,
            requirements: (&[], 0),
            remedies: (&[], 0),
            alerts: [goods.alerts(node, header.decision_day), own_alerts],
            price_band: OnceCell::new(),
            history: OnceCell::new(),
            failed_tests: OnceCell::new(),
            digits: OnceCell::new(),
        };
        let rows = goods.requirements(node, declaration.day);
        join.requirements = (
            rows,
            mask(rows, |no| {
                goods.requirement(no).is_some_and(|row| {
                    row.direction
                        .is_none_or(|direction| direction == declaration.direction)
                        && row.countries.holds_optional(country)
                })
            }),
        );
        let rows = goods.remedies(node, declaration.day);
        join.remedies = (rows, mask(rows, |no| join.remedy_in_force(no)));
        join
    }

    fn remedy_in_force(&self, no: RemedyNo) -> bool {
        let Some(row) = self.header.registry.goods().remedy(no) else {
            return false;
        };
        let named = |codes: &[Sym]| codes.is_empty() || self.product_code_is_one_of(codes);
        row.country
            .is_none_or(|country| Some(country) == self.country)
            && named(&row.product_codes)
    }

    fn product_code_is_one_of(&self, codes: &[Sym]) -> bool {
        let symbols = self.header.registry.symbols();
        self.item
            .product_code
            .as_ref()
            .is_some_and(|code| codes.iter().any(|sym| symbols.name(*sym) == code.as_ref()))
    }

    /// The first digits of the HS code, as far as it has them.
    #[must_use]
    pub fn hs_digits(&self, count: usize) -> &str {
        let all = self.digits.get_or_init(|| {
            let mut digits = [0; 13];
            let _ = self.item.hs_code.digits(&mut digits);
            digits
        });
        let digits = all
            .get(..count.min(self.item.hs_code.len() as usize))
            .unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }

    /// What the catalogue says of the goods.
    #[must_use]
    pub fn commodity(&self) -> Option<&'a Commodity> {
        self.header
            .registry
            .goods()
            .commodities()
            .get(self.commodity.0 as usize)
    }

    /// Whether a requirement row holds.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.requirements.1 != 0
    }

    /// The requirement rows that hold.
    pub fn requirements(&self) -> impl Iterator<Item = &'a crate::registry::Requirement> + use<'a> {
        let goods = self.header.registry.goods();
        chosen(self.requirements).filter_map(move |no| goods.requirement(no))
    }

    /// How severe the inspection of the goods is, by the quality file of enterprise and heading.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.history().severity
    }

    // ----- parties and goods -----

    /// The memberships whose zone holds the goods.
    pub fn zones_in_scope(&self) -> impl Iterator<Item = &'a ZoneMembership> + use<'a> {
        let (registry, hs, direction) = (
            self.header.registry,
            self.item.hs_code,
            self.header.declaration.direction,
        );
        let zones = self
            .header
            .related(Role::Enterprise)
            .map_or(&[] as &[_], |standing| &standing.zones);
        zones.iter().filter(move |zone| {
            let scope = match direction {
                Direction::Export => zone.scope,
                Direction::Import => zone.import_scope,
            };
            registry.scope(scope).is_some_and(|scope| scope.holds(hs))
        })
    }

    /// Whether the enterprise is an announced member of any zone.
    #[must_use]
    pub fn zone_member(&self) -> bool {
        self.header
            .related(Role::Enterprise)
            .is_some_and(|standing| !standing.zones.is_empty())
    }

    /// The highest level of the zones whose scope holds the goods; none where no zone does.
    #[must_use]
    pub fn zone_level(&self) -> Option<ZoneLevel> {
        self.zones_in_scope().map(|zone| zone.level).max()
    }

    /// The fullest registration of a role's party for the goods.
    #[must_use]
    pub fn registration(&self, role: Role) -> Option<RegistrationState> {
        let standing = self.header.related(role)?;
        let holds = |scope| {
            self.header
                .registry
                .scope(scope)
                .is_some_and(|scope| scope.holds(self.item.hs_code))
        };
        standing
            .registrations
            .iter()
            .filter(|(scope, _)| holds(*scope))
            .map(|(_, state)| *state)
            .max()
    }

    /// What a role's party is exempt from for the goods: a bit for each kind in order.
    #[must_use]
    pub fn exemptions(&self, role: Role) -> u8 {
        let Some(standing) = self.header.related(role) else {
            return 0;
        };
        let holds = |scope| {
            self.header
                .registry
                .scope(scope)
                .is_some_and(|scope| scope.holds(self.item.hs_code))
        };
        let rows = standing
            .exemptions
            .iter()
            .filter(|row| holds(row.scope) && row.countries.holds_optional(self.country));
        rows.fold(0, |bits, row| bits | 1 << exemption_bit(row.kind))
    }

    /// The level of an alert kind: the maximum over the alerts whose scope holds.
    #[must_use]
    pub fn alert_level(&self, kind: Sym) -> u8 {
        let [of_anyone, own] = self.alerts;
        if of_anyone.is_empty() && own.is_empty() {
            return 0;
        }
        let (header, goods) = (self.header, self.header.registry.goods());
        let country = self.country.or(Some(header.declaration.country));
        let enterprise = header.party(Role::Enterprise).no;
        let level = |no: &AlertNo| {
            let row = goods.alert(*no).filter(|row| row.kind == kind)?;
            let party = row.enterprise.is_none_or(|party| Some(party) == enterprise);
            (party && row.countries.holds_optional(country) && row.scope.holds(self.item.hs_code))
                .then_some(row.level)
        };
        of_anyone
            .iter()
            .chain(own)
            .filter_map(level)
            .max()
            .unwrap_or(0)
    }

    // ----- remedies, assessments, prices -----

    /// Whether a trade remedy is in force for the goods.
    #[must_use]
    pub const fn remedy_active(&self) -> bool {
        self.remedies.1 != 0
    }

    /// The remedies in force that no ruling lifts.
    pub fn remedies_not_lifted(&self) -> impl Iterator<Item = &'a crate::registry::Remedy> {
        let goods = self.header.registry.goods();
        chosen(self.remedies)
            .filter_map(move |no| goods.remedy(no))
            .filter(|remedy| !self.ruling_lifts(remedy))
    }

    /// Whether a remedy is in force and rulings lift every one.
    #[must_use]
    pub fn remedy_exempt(&self) -> bool {
        self.remedy_active() && self.remedies_not_lifted().next().is_none()
    }

    fn ruling_lifts(&self, remedy: &crate::registry::Remedy) -> bool {
        let header = self.header;
        remedy
            .rulings_for(header.party(Role::Enterprise).no)
            .any(|ruling| {
                ruling.validity.holds(header.declaration.day)
                    && ruling
                        .product_code
                        .is_none_or(|code| self.product_code_is_one_of(&[code]))
            })
    }

    /// The risk assessment of an import that is in force; of several that of the enterprise, then the latest.
    #[must_use]
    pub fn assessment(&self) -> Option<&'a RiskAssessment> {
        let (header, declaration) = (self.header, self.header.declaration);
        if declaration.direction != Direction::Import {
            return None;
        }
        let (goods, symbols) = (header.registry.goods(), header.registry.symbols());
        let rows = goods.risk_assessments(
            self.node,
            self.country,
            header.party(Role::Enterprise).no,
            declaration.day,
        );
        // By the result's name and not its number, which depends on what the registry was before.
        let last = |row: &&'a RiskAssessment| symbols.name(row.result);
        rows.max_by_key(|row| (row.enterprise.is_some(), row.validity.from, last(row)))
    }

    /// The reference price band of the goods in the item's unit.
    #[must_use]
    pub fn price_band(&self) -> Option<&PriceBand> {
        let found = || self.find_price_band().copied();
        self.price_band.get_or_init(found).as_ref()
    }

    fn find_price_band(&self) -> Option<&'a PriceBand> {
        let registry = self.header.registry;
        let unit = match &self.item.unit {
            Some(unit) => Some(registry.symbols().find(unit)?),
            None => None,
        };
        registry
            .goods()
            .price_band(self.node, self.country, unit, self.header.declaration.day)
    }

    // ----- documents -----

    /// The documents that are attached and valid on the declaration's day: an expired one says nothing.
    pub fn documents(&self) -> impl Iterator<Item = &'a Document<'a>> {
        let day = self.header.declaration.day;
        self.item
            .documents
            .iter()
            .filter(move |document| document.is_valid_on(day))
    }

    /// Whether a valid document of this kind is attached.
    #[must_use]
    pub fn has_document(&self, kind: &str) -> bool {
        self.documents().any(|document| document.kind == kind)
    }

    /// Whether an accredited body's report is attached: valid on the declaration's day, its body accredited for the goods.
    #[must_use]
    pub fn accredited_report(&self) -> bool {
        let day = self.header.declaration.day;
        let accredited = |document: &Document<'_>| {
            let body = document.issuer.as_ref();
            body.is_some_and(|body| {
                self.header
                    .registry
                    .bodies()
                    .accredits(body, self.item.hs_code, day)
            })
        };
        self.documents()
            .any(|document| document.kind == THIRD_PARTY_REPORT && accredited(document))
    }
}

/// The kind of document that an accredited third party issues (S3-18).
pub const THIRD_PARTY_REPORT: &str = "third_party_report";

/// The bit of an exemption, in the order of the fact's closed domain.
const fn exemption_bit(kind: ExemptionKind) -> u8 {
    match kind {
        ExemptionKind::Inspection => 0,
        ExemptionKind::TradeRemedy => 1,
        ExemptionKind::Registration => 2,
    }
}

/// A bit for each row that holds; the registry admits at most 64 of a table over one HS code.
fn mask<T: Copy>(rows: &[T], holds: impl Fn(T) -> bool) -> u64 {
    rows.iter()
        .take(64)
        .enumerate()
        .fold(0, |bits, (at, row)| bits | u64::from(holds(*row)) << at)
}

fn chosen<T: Copy>((rows, mask): (&[T], u64)) -> impl Iterator<Item = T> {
    super::bits::ones(mask).filter_map(move |at| rows.get(at).copied())
}
