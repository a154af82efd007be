//! Rows of zones, offices, projects, bodies, currencies and groups of countries.

use crate::generate::nomenclature::{HeadingNo, Nomenclature};
use crate::generate::place::{COUNTRY_GROUPS, bureau_id};
use crate::generate::random::{Purpose, Random};
use crate::generate::text::Row;
use crate::generate::world::World;

/// Projects that declarations cite.
pub(in crate::generate) const PROJECTS: u64 = 40;
const BODIES: u64 = 25;
/// Base units for one unit of a currency at the beginning, in ten thousandths.
pub(in crate::generate) const CURRENCIES: &[(&str, u64)] = &[
    ("USD", 61_190),
    ("EUR", 74_556),
    ("JPY", 513),
    ("HKD", 7_887),
];

/// A scope of headings.
pub(super) fn scope(nomenclature: &Nomenclature, headings: &[HeadingNo]) -> Vec<String> {
    headings
        .iter()
        .map(|no| format!("{:04}", nomenclature.heading(*no).number))
        .collect()
}

pub(super) fn zones(world: &World, out: &mut Vec<u8>) {
    for (no, zone) in world.places.zones.iter().enumerate() {
        let mut random = Random::new(world.seed, Purpose::Place, 1_000 + no as u64);
        Row::new(out)
            .numbered("ZONE-", no as u64, 4)
            .numbered("Demonstration zone ", no as u64, 1)
            .cell(if zone.national {
                "national"
            } else {
                "provincial"
            })
            .list(scope(&world.nomenclature, &zone.exports))
            .list(scope(&world.nomenclature, &zone.imports))
            .cell("")
            .cell(&world.places.office_of(zone.bureau, &mut random).id())
            .cell("2012-01-01")
            .cell("")
            .end();
    }
}

pub(super) fn zone_assessments(world: &World, out: &mut Vec<u8>) {
    for (no, zone) in world.places.zones.iter().enumerate() {
        Row::new(out)
            .numbered("ZONE-", no as u64, 4)
            .cell(if zone.national {
                "national"
            } else {
                "provincial"
            })
            .cell("2011-11-15")
            .cell("passed")
            .end();
    }
}

pub(super) fn offices(world: &World, out: &mut Vec<u8>) {
    for office in world.places.offices() {
        Row::new(out)
            .cell(&office.id())
            .cell(&bureau_id(office.bureau))
            .cell(office.kind())
            .end();
    }
}

pub(super) fn projects(_: &World, out: &mut Vec<u8>) {
    for no in 0..PROJECTS {
        Row::new(out)
            .numbered("PROJECT-", no, 3)
            .numbered("Project ", no, 1)
            .cell("2013-01-01")
            .cell(if no % 4 == 0 { "2016-07-01" } else { "" })
            .end();
    }
}

pub(super) fn bodies(world: &World, out: &mut Vec<u8>) {
    for no in 0..BODIES {
        let mut random = Random::new(world.seed, Purpose::Place, 10_000 + no);
        let chapters = (0..4).map(|_| format!("{:02}", random.within(1, 76)));
        Row::new(out)
            .numbered("LAB-", no, 3)
            .list(chapters)
            .cell("2012-01-01")
            .cell("")
            .end();
    }
}

pub(super) fn currencies(world: &World, out: &mut Vec<u8>) {
    for (at, (currency, rate)) in CURRENCIES.iter().enumerate() {
        let mut random = Random::new(world.seed, Purpose::Place, 20_000 + at as u64);
        for year in ["2014", "2015", "2016"] {
            for month in 1..=12 {
                let rate = rate * random.within(9_800, 10_300) / 10_000;
                Row::new(out)
                    .cell(currency)
                    .cell(&format!("{}.{:04}", rate / 10_000, rate % 10_000))
                    .cell(&format!("{year}-{month:02}-01"))
                    .end();
            }
        }
    }
}

pub(super) fn country_groups(_: &World, out: &mut Vec<u8>) {
    for (group, countries) in COUNTRY_GROUPS {
        Row::new(out).cell(group).list(*countries).end();
    }
}
