//! Conditions of one to five literals, joined by `&&`. Narrow ones name goods and then who, whence or how; broad
//! ones name no goods and are about standing, alerts, zones and scores; price ones compare with a band.

use super::goods;
use crate::generate::nomenclature::Direction;
use crate::generate::place::{BUREAUS, COUNTRIES, COUNTRY_GROUPS, TRADE_MODES, bureau_id};
use crate::generate::random::Random;
use crate::generate::registry::{ALERTS, DOCUMENTS, GOODS_GROUPS, TESTS};
use crate::generate::world::World;

const ROLES: &[&str] = &["enterprise", "trader", "declarant"];
/// Thresholds that rules share, in the base currency.
const VALUES: &[u64] = &[
    1_000, 5_000, 10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 5_000_000,
];
/// Thresholds in kilograms.
const MASSES: &[&str] = &["0.5", "10", "100", "1000", "5000", "20000"];

/// A condition that names goods.
pub(super) fn narrow(random: &mut Random, world: &World) -> String {
    let mut literals = vec![goods::literal(random, world)];
    for _ in 0..random.weighted(&[(0, 10), (1, 30), (2, 35), (3, 17), (4, 8)]) {
        literals.push(either(random, world));
    }
    conjunction(literals)
}

/// A condition that names no goods.
pub(super) fn broad(random: &mut Random) -> String {
    let mut literals = vec![rare(random)];
    for _ in 0..random.within(0, 2) {
        literals.push(common(random));
    }
    conjunction(literals)
}

/// A condition that compares an item's price with its reference band.
pub(super) fn price(random: &mut Random, world: &World) -> String {
    let no = world.nomenclature.traded(random, Direction::Import);
    let chapter = world.nomenclature.heading(no).chapter();
    let comparison = match random.below(3) {
        0 => "item.unit_value < price.low",
        1 => "item.unit_value > 3 * price.high",
        _ => "2 * item.unit_value < price.low",
    };
    conjunction(vec![
        format!("item.chapter == \"{chapter:02}\""),
        "has(price.low)".to_owned(),
        comparison.to_owned(),
    ])
}

/// Literals of one subject need not stand twice.
fn conjunction(mut literals: Vec<String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    literals.retain(|literal| {
        let subject = subject(literal);
        let new = !seen.contains(&subject);
        seen.push(subject);
        new
    });
    literals.join(" && ")
}

/// The facts' names of a literal.
fn subject(literal: &str) -> String {
    literal
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .find(|word| word.contains('.') && !word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(literal)
        .to_owned()
}

/// A literal, or two of them of which one is enough.
fn either(random: &mut Random, world: &World) -> String {
    let one = literal(random, world);
    if !random.chance(1_200) {
        return one;
    }
    let other = literal(random, world);
    if subject(&one) == subject(&other) {
        one
    } else {
        format!("({one} || {other})")
    }
}

fn literal(random: &mut Random, world: &World) -> String {
    match random.below(100) {
        0..22 => country(random),
        22..34 => trade(random),
        34..42 => office(random, world),
        42..56 => amount(random),
        56..75 => common(random),
        75..88 => rare(random),
        _ => papers(random),
    }
}

fn country(random: &mut Random) -> String {
    let fact = random.weighted(&[("declaration.country", 70), ("item.country", 30)]);
    match random.below(10) {
        0..4 => format!("{fact} == \"{}\"", random.pick_early(COUNTRIES)),
        4..8 => {
            let mut list: Vec<String> = (0..random.within(2, 5))
                .map(|_| format!("\"{}\"", random.pick_early(COUNTRIES)))
                .collect();
            list.sort_unstable();
            list.dedup();
            format!("{fact} in [{}]", list.join(", "))
        }
        8 => format!("{fact} != \"{}\"", random.pick_early(COUNTRIES)),
        _ => {
            let (group, _) = random.pick(COUNTRY_GROUPS);
            format!("\"{group}\" in declaration.country_groups")
        }
    }
}

fn trade(random: &mut Random) -> String {
    let mode = random.weighted(TRADE_MODES);
    match random.below(10) {
        0..3 => format!(
            "declaration.direction == \"{}\"",
            random.pick(&["export", "import"])
        ),
        3..6 => format!("declaration.trade_mode == \"{mode}\""),
        6..8 => {
            let (other, _) = random.pick(TRADE_MODES);
            format!("declaration.trade_mode in [\"{mode}\", \"{other}\"]")
        }
        8 => format!("declaration.trade_mode != \"{mode}\""),
        _ => format!(
            "declaration.transport_mode == \"{}\"",
            random.pick(&["2", "4", "5", "3"])
        ),
    }
}

fn office(random: &mut Random, world: &World) -> String {
    if random.chance(4_000) {
        return format!(
            "declaration.bureau == \"{}\"",
            bureau_id(random.rank(BUREAUS))
        );
    }
    let mut list: Vec<String> = (0..random.within(1, 4))
        .map(|_| format!("\"{}\"", world.places.busy_office(random).id()))
        .collect();
    list.sort_unstable();
    list.dedup();
    format!("declaration.office in [{}]", list.join(", "))
}

fn amount(random: &mut Random) -> String {
    let value = random.pick(VALUES);
    match random.below(10) {
        0..4 => format!("item.value >= {value}"),
        4..6 => format!("item.value < {value}"),
        6 => format!("declaration.value >= {value}"),
        7 => format!(
            "item.unit_value >= {}",
            random.pick(&["10", "100", "1000", "10000"])
        ),
        8 => format!("item.net_mass_kg >= {}", random.pick(MASSES)),
        _ => format!("item.net_mass_kg < {}", random.pick(MASSES)),
    }
}

/// A literal over parties, zones and goods that many declarations fulfil.
fn common(random: &mut Random) -> String {
    let role = random.pick(ROLES);
    match random.below(12) {
        0 => "commodity.statutory".to_owned(),
        1 => "!zone.in_scope".to_owned(),
        2 => "!enterprise.quality_file".to_owned(),
        3 => format!(
            "enterprise.class in [{}]",
            random.pick(&["0, 3, 4", "2, 3", "3, 4"])
        ),
        4 => format!(
            "{role}.kind == \"{}\"",
            random.pick(&["manufacturer", "trader", "agent"])
        ),
        5 => format!("{role}.size in [\"small\", \"micro\"]"),
        6 => format!("commodity.risk_level >= {}", random.pick(&[1, 2, 3])),
        7 => format!(
            "\"{}\" in commodity.categories",
            random.pick(&["L", "M", "N", "P", "R"])
        ),
        8 => format!("\"{}\" in commodity.groups", random.pick(GOODS_GROUPS).0),
        9 => format!("{role}.standing != \"red\""),
        10 => format!(
            "!(\"{}\" in {role}.certificates)",
            random.pick(&["aeo", "iso9001"])
        ),
        _ => "declaration.item_count == 1".to_owned(),
    }
}

/// A literal over parties, alerts and scores that few declarations fulfil.
fn rare(random: &mut Random) -> String {
    let role = random.pick(ROLES);
    match random.below(12) {
        0 => format!("{role}.standing == \"black\""),
        1 => format!(
            "\"{}\" in {role}.lists",
            random.pick(&["key", "same_standard", "black"])
        ),
        2 => format!("!{role}.known"),
        3 => "enterprise.class == 4".to_owned(),
        4 => "zone.in_scope && zone.level == \"national\"".to_owned(),
        5 => format!(
            "enterprise.credit in [{}]",
            random.pick(&["\"C\", \"D\"", "\"D\"", "\"A\""])
        ),
        6 | 7 => format!(
            "alert.{} >= {}",
            random.pick(ALERTS),
            random.pick(&[1, 2, 3])
        ),
        8 => format!(
            "risk.valuation >= parameter.{}",
            random.pick(&["valuation_check", "valuation_hold"])
        ),
        9 => format!("risk.origin >= {}", random.pick(&[45, 55, 65])),
        10 => "\"inspection\" in enterprise.exempt_from".to_owned(),
        _ => "commodity.registration_required && enterprise.registration == \"none\"".to_owned(),
    }
}

/// A literal over documents and what destinations ask for.
fn papers(random: &mut Random) -> String {
    let document = random.pick_early(DOCUMENTS);
    match random.below(6) {
        0 => format!("\"{document}\" in documents.kinds"),
        1 => format!("!(\"{document}\" in documents.kinds)"),
        2 => "documents.missing != []".to_owned(),
        3 => format!("\"{}\" in requirement.tests", random.pick(TESTS)),
        4 => "has(requirement.mode)".to_owned(),
        _ => "remedy.active && !remedy.exempt".to_owned(),
    }
}
