//! Rows of enterprises: one in `enterprises.csv` for each, and few in the others for most. Shares are those of a
//! country: class 2 is common and class 4 rare, one in a few hundred is on the black list.

use crate::generate::nomenclature::Heading;
use crate::generate::party::{Kind, PartyIndex};
use crate::generate::random::{Purpose, Random};
use crate::generate::text::Row;
use crate::generate::world::{DAYS, World};

const BEFORE: &str = "2013-01-01";
const TITLES: &[&str] = &["demonstration_enterprise", "national_demonstration"];
const CERTIFICATES: &[&str] = &["iso9001", "aeo", "iso14001", "haccp", "brand"];
const LISTS: &[(&str, u64)] = &[
    ("red", 200),
    ("black", 40),
    ("key", 100),
    ("same_standard", 80),
];

/// The tables of enterprises, each with a stream of its own.
#[derive(Clone, Copy)]
enum Of {
    Enterprise,
    Classes,
    Lists,
    Titles,
    Certificates,
    Credit,
    Memberships,
    Registrations,
    Exemptions,
}

fn stream(world: &World, table: Of, index: u64) -> Random {
    Random::new(
        world.seed,
        Purpose::PartyRows,
        index * 16 + u64::from(table as u8),
    )
}

/// Validity columns: mostly open, else it ends or begins within the two years.
fn validity<'w>(random: &mut Random, world: &'w World) -> (&'w str, &'w str) {
    match random.below(10) {
        0 => (BEFORE, world.day(random.below(DAYS))),
        1 => (world.day(random.below(DAYS)), ""),
        _ => (BEFORE, ""),
    }
}

fn is_domestic(index: u64) -> bool {
    PartyIndex(index).kind() != Kind::Foreign
}

fn main_goods(world: &World, index: u64) -> &Heading {
    world
        .nomenclature
        .heading(PartyIndex(index).party(world).goods)
}

pub(super) fn enterprise(world: &World, index: u64, out: &mut Vec<u8>) {
    let mut random = stream(world, Of::Enterprise, index);
    let party = PartyIndex(index).party(world);
    let foreign = party.kind == Kind::Foreign;
    let size = random.weighted(&[("small", 60), ("medium", 25), ("micro", 10), ("large", 5)]);
    let office = world.places.office_of(party.bureau, &mut random).id();
    let own_shop = (foreign && random.chance(300)).then(|| PartyIndex(index - 1).id(world));
    let quality_file = !foreign && random.chance(3_000);
    Row::new(out)
        .cell(&PartyIndex(index).id(world))
        .numbered("Enterprise ", index, 7)
        .cell(party.kind.as_str())
        .cell(size)
        .cell(if foreign { "" } else { &office })
        .cell("")
        .cell(if quality_file { "true" } else { "" })
        .cell(own_shop.as_deref().unwrap_or_default())
        .end();
}

pub(super) fn classes(world: &World, index: u64, out: &mut Vec<u8>) {
    let mut random = stream(world, Of::Classes, index);
    let assessed = matches!(
        PartyIndex(index).kind(),
        Kind::Trader | Kind::Manufacturer | Kind::Processing
    );
    if !assessed || !random.chance(7_000) {
        return;
    }
    let id = PartyIndex(index).id(world);
    let mut class = || random.weighted(&[("1", 8), ("2", 70), ("3", 20), ("4", 2)]);
    let (first, second) = (class(), class());
    let changed = if random.chance(1_500) {
        world.day(random.below(DAYS))
    } else {
        ""
    };
    let mut row = |class, period, from, to| {
        Row::new(out)
            .cell(&id)
            .cell(class)
            .cell(period)
            .cell(from)
            .cell(from)
            .cell(to)
            .end();
    };
    row(first, "2013", BEFORE, changed);
    if !changed.is_empty() {
        row(second, "2015", changed, "");
    }
}

pub(super) fn list_entries(world: &World, index: u64, out: &mut Vec<u8>) {
    let mut random = stream(world, Of::Lists, index);
    for (list, share) in LISTS {
        if !is_domestic(index) || !random.chance(*share) {
            continue;
        }
        let (from, to) = validity(&mut random, world);
        Row::new(out)
            .cell(&PartyIndex(index).id(world))
            .cell(list)
            .cell("")
            .cell(random.pick(&["inspection", "tax", "commerce"]))
            .cell(from)
            .cell(to)
            .end();
    }
}

pub(super) fn titles(world: &World, index: u64, out: &mut Vec<u8>) {
    let mut random = stream(world, Of::Titles, index);
    let makes = matches!(
        PartyIndex(index).kind(),
        Kind::Manufacturer | Kind::Processing
    );
    if !makes || !random.chance(150) {
        return;
    }
    let (from, to) = validity(&mut random, world);
    Row::new(out)
        .cell(&PartyIndex(index).id(world))
        .cell(random.pick_early(TITLES))
        .numbered("T-", index, 7)
        .cell(from)
        .cell(to)
        .end();
}

pub(super) fn certificates(world: &World, index: u64, out: &mut Vec<u8>) {
    let mut random = stream(world, Of::Certificates, index);
    for (at, kind) in CERTIFICATES.iter().enumerate() {
        if !is_domestic(index) || !random.chance(800 / (at as u64 + 1)) {
            continue;
        }
        let (from, to) = validity(&mut random, world);
        Row::new(out)
            .cell(&PartyIndex(index).id(world))
            .cell(kind)
            .numbered("C-", index, 7)
            .cell(from)
            .cell(to)
            .end();
    }
}

pub(super) fn credit(world: &World, index: u64, out: &mut Vec<u8>) {
    let mut random = stream(world, Of::Credit, index);
    if !is_domestic(index) || !random.chance(3_000) {
        return;
    }
    let mut row = Row::new(out)
        .cell(&PartyIndex(index).id(world))
        .cell("2014");
    let mut worst = 100;
    for _ in 0..4 {
        let points = 100 - random.rank(60);
        worst = worst.min(points);
        row = row.numbered("", points, 1);
    }
    let grade = match worst {
        90.. => "A",
        75..90 => "B",
        60..75 => "C",
        _ => "D",
    };
    row.cell(grade).cell(BEFORE).cell("").end();
}

pub(super) fn memberships(world: &World, index: u64, out: &mut Vec<u8>) {
    let Some(zone) = PartyIndex(index).party(world).zone else {
        return;
    };
    let mut random = stream(world, Of::Memberships, index);
    let id = PartyIndex(index).id(world);
    let mut row = |state, from, to| {
        Row::new(out)
            .numbered("ZONE-", zone, 4)
            .cell(&id)
            .cell(state)
            .cell("1")
            .cell(from)
            .cell(to)
            .end();
    };
    let day = world.day(random.below(DAYS));
    match random.below(20) {
        0 => row("applied", day, ""),
        1 => row("approved", day, ""),
        2 => {
            row("announced", BEFORE, day);
            row("exited", day, "");
        }
        3..=5 => {
            row("applied", BEFORE, day);
            row("announced", day, "");
        }
        _ => row("announced", BEFORE, ""),
    }
}

pub(super) fn registrations(world: &World, index: u64, out: &mut Vec<u8>) {
    let mut random = stream(world, Of::Registrations, index);
    let makes = matches!(
        PartyIndex(index).kind(),
        Kind::Manufacturer | Kind::Processing
    );
    if !makes {
        return;
    }
    let goods = main_goods(world, index);
    let share = if super::goods::registered(goods) {
        9_000
    } else {
        200
    };
    if !random.chance(share) {
        return;
    }
    let (from, to) = validity(&mut random, world);
    Row::new(out)
        .cell(&PartyIndex(index).id(world))
        .numbered("", goods.number, 4)
        .cell(if random.chance(500) {
            "provisional"
        } else {
            "full"
        })
        .numbered("R-", index, 7)
        .cell(from)
        .cell(to)
        .end();
}

pub(super) fn exemptions(world: &World, index: u64, out: &mut Vec<u8>) {
    let mut random = stream(world, Of::Exemptions, index);
    if !is_domestic(index) || !random.chance(80) {
        return;
    }
    let (from, to) = validity(&mut random, world);
    let kind = random.weighted(&[
        ("inspection", 80),
        ("trade_remedy", 15),
        ("registration", 5),
    ]);
    Row::new(out)
        .cell(&PartyIndex(index).id(world))
        .numbered("", main_goods(world, index).number, 4)
        .cell(kind)
        .cell("")
        .numbered("E-", index, 7)
        .cell(from)
        .cell(to)
        .end();
}
