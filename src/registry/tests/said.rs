//! What a registry says, without its numbers: two that were made in different ways say the same if this is equal.

use std::fmt::Debug;

use crate::declaration::{Amount, Country, Currency, Day, Direction, HsCode};
use crate::registry::{
    Alert, Commodity, PartyNo, Registry, Remedy, Requirement, ScopeNo, Standing, Sym, ZoneTerm,
};

pub(super) const PARTIES: [&str; 5] = ["A", "B", "C", "D", "E"];
const CODES: [&str; 5] = ["940511", "94051100", "9405110090", "853950", "430211"];
const COUNTRIES: [&str; 3] = ["DE", "FR", "US"];

/// Days of which one is asked.
pub(super) fn days() -> impl Iterator<Item = Day> {
    (-1..=13).map(Day::from_number)
}

/// Everything that is said, of every party, code, place and day that tests know.
pub(super) fn said(registry: &Registry) -> Vec<String> {
    let r = Say { registry };
    let mut lines = Vec::new();
    for day in days() {
        for id in PARTIES {
            lines.push(format!("{id} {day}: {}", r.party(id, day)));
        }
        for code in CODES {
            lines.extend(r.goods(HsCode::parse(code).unwrap(), day));
        }
        lines.extend(r.places(day));
        lines.push(r.traced(day));
        lines.push(r.material(day));
    }
    lines.push(format!("{:?}", registry.traced().all()));
    lines.extend(registry.zones().iter().map(|zone| {
        let terms = zone.terms.iter().map(|term| r.term(term));
        format!("{}: {:?}", r.name(zone.id), terms.collect::<Vec<_>>())
    }));
    lines
}

struct Say<'r> {
    registry: &'r Registry,
}

impl Say<'_> {
    fn name(&self, sym: Sym) -> &str {
        self.registry.symbols().name(sym)
    }

    fn names(&self, syms: &[Sym]) -> Vec<&str> {
        sorted(syms.iter().map(|sym| self.name(*sym)))
    }

    fn scope(&self, no: ScopeNo) -> &[(u64, u64)] {
        self.registry.scope(no).unwrap().ranges()
    }

    fn party(&self, id: &str, day: Day) -> String {
        let parties = self.registry.parties();
        let Some(no) = parties.find(id) else {
            return "unknown".to_owned();
        };
        assert_eq!(parties.id(no), id);
        let owner = parties.own_shop_of(no).map(|owner| parties.id(owner));
        let standing = parties.get(parties.standing(no, day)).unwrap();
        format!("{}, own shop of {owner:?}", self.standing(standing))
    }

    fn standing(&self, s: &Standing) -> String {
        let goods = self.registry.goods();
        let apparent = (s.known, s.kind, self.name(s.size), s.class, s.colour);
        let lists = [&s.lists, &s.titles, &s.certificates].map(|list| self.names(list));
        let rest = (
            s.credit.map(|grade| self.name(grade)),
            s.quality_file,
            self.name(s.office),
        );
        let zones = sorted(s.zones.iter().map(|of| {
            let zone = self.registry.zone(of.zone).unwrap();
            let scopes = [of.scope, of.import_scope].map(|no| self.scope(no));
            (self.name(zone.id), of.level, scopes)
        }));
        let registrations = sorted(
            s.registrations
                .iter()
                .map(|(no, of)| (self.scope(*no), *of)),
        );
        let exemptions = s.exemptions.iter();
        let exemptions = sorted(exemptions.map(|of| (self.scope(of.scope), of.kind, of.countries)));
        let alerts = sorted(
            s.alerts
                .iter()
                .map(|no| self.alert(goods.alert(*no).unwrap())),
        );
        let cases = s.cases.iter();
        let cases = sorted(cases.map(|of| (self.scope(of.scope), of.open, of.cause, of.in_force)));
        let of_goods = format!("{registrations:?} {exemptions:?} {alerts:?} {cases:?}");
        format!("{apparent:?} {lists:?} {rest:?} {zones:?} {of_goods}")
    }

    fn alert(&self, a: &Alert) -> String {
        let enterprise = a.enterprise.map(|no| self.registry.parties().id(no));
        let kind = self.name(a.kind);
        format!(
            "{} {kind} {} {:?} {:?} {enterprise:?} {}",
            a.id, a.level, a.scope, a.countries, a.validity
        )
    }

    fn goods(&self, code: HsCode, day: Day) -> Vec<String> {
        let goods = self.registry.goods();
        let node = goods.node(code);
        let directions = [Direction::Export, Direction::Import].map(|direction| {
            let commodity = &goods.commodities()[goods.commodity(node, direction, day).0 as usize];
            self.commodity(commodity)
        });
        let requirements = goods.requirements(node, day).iter();
        let requirements = requirements.map(|no| self.requirement(goods.requirement(*no).unwrap()));
        let remedies = goods.remedies(node, day).iter();
        let remedies = remedies.map(|no| self.remedy(goods.remedy(*no).unwrap()));
        let alerts = goods.alerts(node, day).iter();
        let alerts = alerts.map(|no| self.alert(goods.alert(*no).unwrap()));
        let mut lines = vec![format!(
            "{code} {day}: {directions:?} {:?} {:?} {:?}",
            sorted(requirements),
            sorted(remedies),
            sorted(alerts)
        )];
        for country in COUNTRIES.map(|code| Country::parse(code).unwrap()) {
            for id in PARTIES {
                let party = self.registry.parties().find(id);
                let rows = goods.risk_assessments(node, Some(country), party, day);
                let rows = sorted(rows.map(|row| (self.name(row.result), row.validity)));
                lines.push(format!("{code} {day} {country:?} {id}: {rows:?}"));
            }
            for unit in ["", "PCE"] {
                let unit = self.registry.symbols().find(unit);
                let band = goods
                    .price_band(node, Some(country), unit, day)
                    .filter(|_| unit.is_some());
                let ends: Option<[Option<Amount>; 2]> = band.map(|band| [band.low, band.high]);
                lines.push(format!("{code} {day} {country:?}: {ends:?}"));
            }
        }
        lines
    }

    fn commodity(&self, c: &Commodity) -> String {
        let lists = [&c.categories, &c.groups, &c.legal_exceptions].map(|list| self.names(list));
        format!(
            "{} {} {:?} {lists:?}",
            c.statutory, c.risk_level, c.registration
        )
    }

    fn requirement(&self, r: &Requirement) -> String {
        let lists = [&r.tests, &r.documents].map(|list| self.names(list));
        format!(
            "{:?} {:?} {:?} {:?} {lists:?}",
            r.scope, r.direction, r.countries, r.mode
        )
    }

    fn remedy(&self, r: &Remedy) -> String {
        let parties = self.registry.parties();
        let rulings = sorted(r.rulings.iter().map(|ruling| {
            let code = ruling.product_code.map(|code| self.name(code));
            let of = (ruling.enterprise.map(|no| parties.id(no)), code);
            (of, self.name(ruling.document), ruling.validity)
        }));
        for id in PARTIES {
            let party = parties.find(id);
            let named = |of: Option<PartyNo>| of == party || of.is_none();
            let all = r.rulings.iter().filter(|ruling| named(ruling.enterprise));
            assert_eq!(r.rulings_for(party).count(), all.count());
        }
        let of = (self.name(r.id), self.name(r.kind), r.country);
        let lists = [&r.product_codes, &r.documents].map(|list| self.names(list));
        format!("{of:?} {lists:?} {rulings:?}")
    }

    fn places(&self, day: Day) -> Vec<String> {
        let r = self.registry;
        let offices = sorted(r.offices().all().iter().map(|office| {
            let found = r.offices().find(self.name(office.id)).unwrap();
            assert_eq!(r.offices().get(found), Some(office));
            (self.name(office.id), self.name(office.bureau), office.kind)
        }));
        let projects = ["P", "Q"].map(|id| r.projects().lists(id, day));
        let code = HsCode::parse("94051100").unwrap();
        let bodies = ["L", "M"].map(|id| r.bodies().accredits(id, code, day));
        let rates = ["USD", "EUR"].map(|code| {
            let currency = Currency::parse(code).unwrap();
            r.currencies().rate(currency, day)
        });
        let groups = COUNTRIES.map(|code| self.names(r.groups_of(Country::parse(code).unwrap())));
        vec![format!(
            "{day}: {offices:?} {projects:?} {bodies:?} {rates:?} {groups:?}"
        )]
    }

    fn traced(&self, day: Day) -> String {
        let traced = self.registry.traced();
        let products = ["U", "V", "W"].map(|lot| traced.reaches_product(lot, day));
        let materials = ["L", "K"].map(|lot| traced.reaches_material(lot, day));
        format!("{day}: {products:?} {materials:?}")
    }

    /// Lots, and the latest test of each party's.
    fn material(&self, day: Day) -> String {
        let (parties, material) = (self.registry.parties(), self.registry.material());
        let lots = ["L", "K"].map(|id| {
            material.lot(id).map(|lot| {
                let enterprise = lot.enterprise.map(|party| parties.id(party));
                let what = [lot.material, lot.unit].map(|sym| self.name(sym));
                let tests = (self.names(&lot.tests), lot.tested_on, lot.result_on(day));
                format!(
                    "{enterprise:?} {what:?} {} {} {tests:?} {}",
                    lot.quantity, lot.filed, lot.validity
                )
            })
        });
        let latest = PARTIES.map(|id| material.latest_test(parties.find(id)?, day));
        format!("{day}: {lots:?} {latest:?}")
    }

    fn term(&self, term: &ZoneTerm) -> String {
        let scopes = [term.scope, term.import_scope].map(|no| self.scope(no));
        let office = self.name(term.resident_office);
        format!("{} {:?} {scopes:?} {office}", term.validity, term.level)
    }
}

fn sorted<T: Ord + Debug>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items
}
