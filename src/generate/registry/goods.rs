//! Rows of goods: the statutory catalogue code by code, and what destinations, remedies, alerts, accidents and
//! prices say of headings. Their number grows with the enterprises up to that of a country.

use std::collections::BTreeSet;

use super::places::scope;
use crate::generate::nomenclature::{Direction, Heading, HeadingNo};
use crate::generate::party::PartyIndex;
use crate::generate::place::COUNTRIES;
use crate::generate::random::{Purpose, Random};
use crate::generate::text::Row;
use crate::generate::world::{DAYS, World};

/// From so many enterprises on the catalogue names every code, below only those of every fourth heading.
const WHOLE_CATALOGUE_ENTERPRISES: u64 = 10_000;
/// Groups of goods, each a range of chapters.
pub(in crate::generate) const GOODS_GROUPS: &[(&str, &str)] = &[
    ("food", "02-04;07-11;16-22"),
    ("chemicals", "28-29;38"),
    ("dangerous_goods", "2710;2804;2806;3601;3808"),
    ("textiles", "50-63"),
    ("footwear", "64"),
    ("steel", "72-73"),
    ("machinery", "84"),
    ("electronics", "85"),
    ("vehicles", "87"),
    ("medical", "3002-3004;9018-9022"),
    ("toys", "95"),
    ("waste", "2620;3915;4707;7204"),
];
/// Tests that requirements ask for.
pub(in crate::generate) const TESTS: &[&str] = &[
    "lead",
    "cadmium",
    "formaldehyde",
    "azo_dyes",
    "phthalates",
    "electrical_safety",
    "pesticides",
    "flammability",
    "chromium_vi",
    "microbiology",
];
/// Documents that requirements and remedies ask for.
pub(in crate::generate) const DOCUMENTS: &[&str] = &[
    "certificate_of_origin",
    "test_report",
    "self_declaration",
    "third_party_report",
    "phytosanitary_certificate",
    "health_certificate",
    "remedy_declaration",
    "import_licence",
];
/// Kinds of alerts.
pub(in crate::generate) const ALERTS: &[&str] =
    &["notification", "warning", "counterfeit", "violation", "tbt"];

fn stream(world: &World, table: u64, no: u64) -> Random {
    Random::new(world.seed, Purpose::Goods, (table << 32) | no)
}

/// How many rows a table has: one for so many enterprises, within bounds.
fn count(world: &World, enterprises_per_row: u64, low: u64, high: u64) -> u64 {
    (world.enterprises / enterprises_per_row).clamp(low, high)
}

/// One to three headings, every heading as likely.
fn headings(world: &World, random: &mut Random) -> Vec<String> {
    let list: Vec<HeadingNo> = (0..random.within(1, 3))
        .map(|_| world.nomenclature.any(random))
        .collect();
    scope(&world.nomenclature, &list)
}

fn validity<'w>(random: &mut Random, world: &'w World) -> (&'w str, &'w str) {
    match random.below(4) {
        0 => {
            let from = random.below(DAYS - 200);
            (world.day(from), world.day(from + random.within(30, 190)))
        }
        1 => (world.day(random.below(DAYS)), ""),
        _ => ("2013-01-01", ""),
    }
}

/// Whether producers of these goods need a registration.
pub(super) const fn registered(heading: &Heading) -> bool {
    matches!(heading.chapter(), 2..=4 | 16 | 19..=22 | 43) && !heading.number.is_multiple_of(3)
}

/// The letters of the catalogue for a chapter.
const fn categories(chapter: u64) -> &'static [&'static str] {
    match chapter {
        1..=6 => &["P", "Q"],
        7..=14 => &["P", "Q", "R"],
        15..=24 => &["R", "S"],
        28..=29 | 36 | 38 => &["M", "N"],
        30 | 90 => &["M", "V"],
        41 | 44 => &["P", "Q", "M"],
        61..=64 | 94..=95 => &["N"],
        84..=87 => &["L", "M"],
        _ => &["M"],
    }
}

pub(super) fn catalogue(world: &World, out: &mut Vec<u8>) {
    let whole = world.enterprises >= WHOLE_CATALOGUE_ENTERPRISES;
    for (no, heading) in world.nomenclature.headings().iter().enumerate() {
        if !whole && no % 4 != 0 {
            continue;
        }
        let mut random = stream(world, 1, heading.number);
        let share = if heading.chapter() < 25 { 8_000 } else { 2_500 };
        let statutory = random.chance(share);
        let risk = random.weighted(&[("0", 20), ("1", 45), ("2", 25), ("3", 10)]);
        let letters = categories(heading.chapter());
        let mut codes = heading.codes.clone();
        codes.sort_unstable();
        for code in codes {
            let kept = if statutory && random.chance(9_000) {
                letters
            } else {
                &[]
            };
            let changed = if random.chance(100) {
                world.day(random.below(DAYS))
            } else {
                ""
            };
            let law = if registered(heading) { "law" } else { "" };
            let mut row = |letters: &[&str], from, to| {
                Row::new(out)
                    .numbered("", code, 10)
                    .cell("")
                    .list(letters)
                    .cell(risk)
                    .cell(law)
                    .cell(from)
                    .cell(to)
                    .end();
            };
            row(kept, "2010-01-01", changed);
            if !changed.is_empty() {
                row(&[], changed, "");
            }
        }
    }
}

pub(super) fn commodity_groups(_: &World, out: &mut Vec<u8>) {
    for (group, scope) in GOODS_GROUPS {
        Row::new(out).cell(group).cell(scope).end();
    }
}

pub(super) fn legal_exceptions(world: &World, out: &mut Vec<u8>) {
    for no in 0..count(world, 5_000, 10, 60) {
        let mut random = stream(world, 2, no);
        let facilitation = random.pick(&["exemption", "presumption", "joint_inspection", "title"]);
        Row::new(out)
            .list(headings(world, &mut random))
            .cell(random.pick(&["", "import", "export"]))
            .cell(facilitation)
            .cell("")
            .cell("2012-01-01")
            .cell("")
            .end();
    }
}

pub(super) fn requirements(world: &World, out: &mut Vec<u8>) {
    for no in 0..count(world, 100, 100, 1_500) {
        let mut random = stream(world, 3, no);
        let (from, to) = validity(&mut random, world);
        let direction = random.weighted(&[("export", 75), ("import", 25)]);
        let group = random.weighted(&[("EU", 40), ("GULF", 15), ("AFRICA", 10), ("", 35)]);
        let country = random.pick_early(COUNTRIES);
        let mode = random.weighted(&[("laboratory", 40), ("physical", 30), ("document", 30)]);
        let documents: &[&str] = if random.chance(4_000) {
            &[random.pick_early(DOCUMENTS)]
        } else {
            &[]
        };
        let tests: BTreeSet<&str> = (0..random.within(1, 3))
            .map(|_| random.pick(TESTS))
            .collect();
        Row::new(out)
            .list(headings(world, &mut random))
            .cell(direction)
            .cell(if group.is_empty() { country } else { group })
            .list(tests)
            .list(documents)
            .cell(mode)
            .cell(random.pick(&["safety", "health", "environment"]))
            .cell(from)
            .cell(to)
            .end();
    }
}

fn remedy_count(world: &World) -> u64 {
    count(world, 1_000, 20, 200)
}

pub(super) fn remedies(world: &World, out: &mut Vec<u8>) {
    for no in 0..remedy_count(world) {
        let mut random = stream(world, 4, no);
        let (from, to) = validity(&mut random, world);
        Row::new(out)
            .numbered("REMEDY-", no, 4)
            .cell(random.pick(&["anti_dumping", "countervailing"]))
            .list(headings(world, &mut random))
            .cell(random.pick_early(COUNTRIES))
            .cell("")
            .cell("remedy_declaration")
            .cell(from)
            .cell(to)
            .end();
    }
}

pub(super) fn rulings(world: &World, out: &mut Vec<u8>) {
    for no in 0..remedy_count(world) / 2 {
        let mut random = stream(world, 5, no);
        Row::new(out)
            .numbered("RULING-", no, 4)
            .numbered("REMEDY-", random.below(remedy_count(world)), 4)
            .cell(&PartyIndex::producer(&mut random, world).id(world))
            .cell("")
            .numbered("RD-", no, 4)
            .cell("2014-01-01")
            .cell("")
            .end();
    }
}

pub(super) fn risk_assessments(world: &World, out: &mut Vec<u8>) {
    for no in 0..count(world, 1_000, 30, 300) {
        let mut random = stream(world, 6, no);
        let (from, to) = validity(&mut random, world);
        let result = random.weighted(&[("acceptable", 70), ("unacceptable", 30)]);
        Row::new(out)
            .list(headings(world, &mut random))
            .cell(random.pick_early(COUNTRIES))
            .cell("")
            .cell(result)
            .cell("2012-11-01")
            .cell(from)
            .cell(to)
            .end();
    }
}

pub(super) fn alerts(world: &World, out: &mut Vec<u8>) {
    for no in 0..count(world, 500, 100, 1_500) {
        let mut random = stream(world, 7, no);
        let (from, to) = validity(&mut random, world);
        let of_party = random.chance(5_000);
        let party = PartyIndex(random.below(world.enterprises));
        let goods = headings(world, &mut random);
        let countries: BTreeSet<&str> = (0..random.below(4))
            .map(|_| random.pick_early(COUNTRIES))
            .collect();
        Row::new(out)
            .numbered("ALERT-", no, 5)
            .cell(random.pick_early(ALERTS))
            .cell(random.weighted(&[("1", 50), ("2", 35), ("3", 15)]))
            .list(if of_party { Vec::new() } else { goods })
            .list(countries)
            .cell(&if of_party {
                party.id(world)
            } else {
                String::new()
            })
            .cell("safety")
            .cell(from)
            .cell(to)
            .end();
    }
}

pub(super) fn accidents(world: &World, out: &mut Vec<u8>) {
    for no in 0..count(world, 20_000, 5, 40) {
        let mut random = stream(world, 8, no);
        let from = random.below(DAYS - 200);
        Row::new(out)
            .numbered("ACCIDENT-", no, 3)
            .list(headings(world, &mut random))
            .cell(world.day(from))
            .cell(world.day(from + 184))
            .end();
    }
}

pub(super) fn price_bands(world: &World, out: &mut Vec<u8>) {
    let mut random = stream(world, 9, 0);
    let mut made = BTreeSet::new();
    for _ in 0..count(world, 50, 300, 4_000) {
        let no = world.nomenclature.traded(&mut random, Direction::Import);
        let country = if random.chance(4_000) {
            ""
        } else {
            random.pick_early(COUNTRIES)
        };
        if !made.insert((no, country)) {
            continue;
        }
        let heading = world.nomenclature.heading(no);
        Row::new(out)
            .numbered("", heading.number, 4)
            .cell(country)
            .numbered("", heading.price / 300, 1)
            .numbered("", heading.price / 30 + 1, 1)
            .cell("PCE")
            .cell("2013-01-01")
            .cell("")
            .end();
    }
}
