//! The frozen snapshot says what a plain scan of the typed rows says, for random small tables.

use std::fmt::Write;

use proptest::prelude::*;

use super::{names, source};
use crate::declaration::{Day, Direction, HsCode};
use crate::registry::rows::{CatalogueRow, EnterpriseRow};
use crate::registry::{CaseCause, Colour, MemberState, Registry, Tables, Validity};

const IDS: [&str; 4] = ["A", "B", "C", "D"];

fn day(number: i32) -> Day {
    Day::from_number(number)
}

/// Days 0 to 12; 0 as the first and 12 as the last are open.
fn span() -> impl Strategy<Value = (i32, i32)> {
    (0..12i32).prop_flat_map(|from| (Just(from), from + 1..=12))
}

fn cells((from, to): (i32, i32)) -> String {
    let cell = |number: i32, open: i32| {
        if number == open {
            String::new()
        } else {
            day(number).to_string()
        }
    };
    format!("{},{}", cell(from, 0), cell(to, 12))
}

fn table(header: &str, rows: &[String]) -> String {
    let mut text = format!("{header},from,to\n");
    for row in rows {
        let _ = writeln!(text, "{row}");
    }
    text
}

/// Rows of a party with a choice of words and a span.
fn rows(words: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let id = prop::sample::select(&IDS[..]);
    let row = (id, prop::sample::select(words), span())
        .prop_map(|(id, word, span)| format!("{id},{word},{}", cells(span)));
    prop::collection::vec(row, 0..5)
}

fn catalogue() -> impl Strategy<Value = Vec<String>> {
    let prefix =
        prop::sample::select(&["94", "9405", "940511", "94051100", "85", "9405110090"][..]);
    let direction = prop::sample::select(&["", "export", "import"][..]);
    let categories = prop::sample::select(&["", "M", "N;P", "M;N"][..]);
    let rest = prop::sample::select(&[",", "1,law", "3,", "2,scheme", "0,"][..]);
    let row = (prefix, direction, categories, rest, span())
        .prop_map(|(p, d, c, r, span)| format!("{p},{d},{c},{r},{}", cells(span)));
    prop::collection::vec(row, 0..6)
}

/// A case: all of one scope, so that what differs is the days and the cause.
fn case() -> impl Strategy<Value = String> {
    let id = prop::sample::select(&IDS[..]);
    let cause = prop::sample::select(&["", "foreign_rule", "capability", "malice"][..]);
    let later = || prop_oneof![Just(None), (0..8i32).prop_map(Some)];
    (id, 0..8i32, cause, later(), later()).prop_map(|(id, opened, cause, until, closed)| {
        let after = |days: Option<i32>| days.map_or(String::new(), |n| day(opened + n).to_string());
        let (until, closed) = (after(until), after(closed));
        format!("{id},{},{cause},{until},{closed}", day(opened))
    })
}

#[derive(Debug)]
struct Expected {
    class: u32,
    colour: Colour,
    lists: Vec<String>,
    zones: Vec<(String, &'static str)>,
    registrations: usize,
    alerts: usize,
    /// Open, cause, in force.
    cases: Vec<(bool, Option<CaseCause>, bool)>,
}

/// By what the columns mean, day by day.
fn scan_cases(t: &Tables, row: &EnterpriseRow, on: Day) -> Vec<(bool, Option<CaseCause>, bool)> {
    let mut cases = Vec::new();
    for case in t
        .cases
        .iter()
        .filter(|case| case.enterprise_id == row.enterprise_id)
    {
        let begun = case.opened_on <= on;
        let open = begun && case.closed_on.is_none_or(|day| on < day);
        let in_force = match case.measures_until {
            Some(until) => begun && on < until,
            None => open,
        };
        if open || in_force {
            cases.push((open, case.cause, in_force));
        }
    }
    cases.sort();
    cases.dedup();
    cases
}

fn scan(t: &Tables, row: &EnterpriseRow, on: Day) -> Expected {
    let holds = |validity: Validity| validity.from <= on && on < validity.to;
    let id = &row.enterprise_id;
    let entries = || {
        t.list_entries
            .iter()
            .filter(|r| r.enterprise_id == *id && holds(r.validity))
    };
    let mut lists: Vec<String> = entries().map(|r| r.list.to_string()).collect();
    lists.sort();
    lists.dedup();
    let colour = match (
        lists.iter().any(|l| l == "black"),
        lists.iter().any(|l| l == "red"),
    ) {
        (true, _) => Colour::Black,
        (_, true) => Colour::Red,
        _ => Colour::None,
    };
    let mut zones = Vec::new();
    for member in t.memberships.iter().filter(|r| {
        r.enterprise_id == *id && holds(r.validity) && r.state == MemberState::Announced
    }) {
        for zone in t
            .zones
            .iter()
            .filter(|r| r.zone_id == member.zone_id && holds(r.validity))
            .filter(|r| {
                let of_zone = || t.zones.iter().filter(|z| z.zone_id == r.zone_id);
                let mut since = r.validity.from;
                while let Some(before) = of_zone().find(|z| z.validity.to == since) {
                    since = before.validity.from;
                }
                // It has not ended since the membership began.
                !of_zone().any(|z| member.validity.from < z.validity.to && z.validity.to < since)
            })
        {
            zones.push((zone.zone_id.to_string(), zone.level.as_str()));
        }
    }
    zones.sort();
    let mut registrations: Vec<_> = t
        .registrations
        .iter()
        .filter(|r| r.enterprise_id == *id && holds(r.validity))
        .map(|r| (&r.hs_scope, r.state))
        .collect();
    registrations.dedup();
    Expected {
        class: t
            .classes
            .iter()
            .find(|r| r.enterprise_id == *id && holds(r.validity))
            .map_or(0, |r| r.class.0),
        colour,
        lists,
        zones,
        registrations: registrations.len(),
        alerts: t
            .alerts
            .iter()
            .filter(|r| r.enterprise_id.as_ref() == Some(id) && holds(r.validity))
            .count(),
        cases: scan_cases(t, row, on),
    }
}

fn check_party(r: &Registry, t: &Tables, row: &EnterpriseRow, on: Day) {
    let expected = scan(t, row, on);
    let no = r
        .parties()
        .standing(r.parties().find(&row.enterprise_id).unwrap(), on);
    let found = r.parties().get(no).unwrap();
    assert!(found.known);
    assert_eq!(u32::from(found.class), expected.class);
    assert_eq!(found.colour, expected.colour);
    assert_eq!(names(r, &found.lists), expected.lists);
    let zones: Vec<_> = found
        .zones
        .iter()
        .map(|zone| {
            (
                r.symbols().name(r.zone(zone.zone).unwrap().id).to_owned(),
                zone.level.as_str(),
            )
        })
        .collect();
    assert_eq!(zones, expected.zones);
    assert_eq!(found.registrations.len(), expected.registrations);
    assert_eq!(found.alerts.len(), expected.alerts);
    let mut cases: Vec<_> = found
        .cases
        .iter()
        .map(|case| (case.open, case.cause, case.in_force))
        .collect();
    cases.sort();
    assert_eq!(cases, expected.cases, "{} {on}", row.enterprise_id);
}

fn check_goods(r: &Registry, t: &Tables, hs: &str, direction: Direction, on: Day) {
    let matching: Vec<&CatalogueRow> = t
        .catalogue
        .iter()
        .filter(|row| hs.starts_with(&*row.hs_prefix.digits))
        .filter(|row| row.direction.is_none_or(|named| named == direction))
        .filter(|row| row.validity.from <= on && on < row.validity.to)
        .collect();
    let mut categories: Vec<&str> = matching
        .iter()
        .flat_map(|row| row.categories.iter())
        .map(|id| &**id)
        .collect();
    categories.sort_unstable();
    categories.dedup();
    let risk = matching
        .iter()
        .filter(|row| row.risk_level.is_some())
        .max_by_key(|row| row.hs_prefix.digits.len())
        .map_or(0, |row| row.risk_level.unwrap().0);
    let accident = direction == Direction::Export
        && t.accidents
            .iter()
            .any(|row| row.validity.holds(on) && row.hs_scope.holds(HsCode::parse(hs).unwrap()));
    let strictest = matching
        .iter()
        .filter_map(|row| {
            row.registration
                .map(crate::registry::CatalogueRegistration::as_str)
        })
        .chain(accident.then_some("accident"));
    let strictest = strictest.max_by_key(|reason| {
        ["scheme", "accident", "law"]
            .iter()
            .position(|r| r == reason)
    });
    let goods = r.goods();
    let no = goods.commodity(goods.node(HsCode::parse(hs).unwrap()), direction, on);
    let found = &goods.commodities()[no.0 as usize];
    assert_eq!(
        names(r, &found.categories),
        categories,
        "{hs} {direction:?} {on}"
    );
    assert_eq!(found.statutory, !categories.is_empty());
    assert_eq!(u32::from(found.risk_level), risk, "{hs} {direction:?} {on}");
    assert_eq!(
        found
            .registration
            .map(crate::registry::RegistrationReason::as_str),
        strictest
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_snapshot_agrees_with_a_scan_of_the_rows(
        parts in (
            rows(&["1", "2", "4"]), rows(&["red,X", "black,Y", "key,X", "red,Y"]), rows(&["Z,announced", "Y,announced", "Z,exited"]),
            rows(&["9405,full", "43,provisional"]), catalogue(),
            prop::collection::vec((prop::sample::select(&["Z,provincial", "Y,national"][..]), span()), 2..5),
            prop::collection::vec((prop::sample::select(&["A", "B", ""][..]), span()), 0..4),
            prop::collection::vec((prop::sample::select(&["9405", "85;94051100"][..]), span()), 0..3),
            prop::collection::vec(case(), 0..4),
        )
    ) {
        let (classes, lists, members, registrations, catalogue, zones, alerts, accidents, cases) = parts;
        let zones: Vec<_> = zones.iter().map(|(zone, span)| format!("{zone},{}", cells(*span))).chain(["W,national,,".to_owned()]).collect();
        let alerts: Vec<_> = alerts.iter().enumerate().map(|(n, (id, span))| format!("L{n},k,1,{id},{}", cells(*span))).collect();
        let cases: String = cases.iter().enumerate().map(|(n, case)| format!("C{n},{case}\n")).collect();
        let accidents: Vec<_> = accidents.iter().enumerate().map(|(n, (scope, span))| format!("X{n},{scope},{}", cells(*span))).collect();
        let source = source(&[
            ("enterprises", "enterprise_id\nA\nB\nC\nD\n"),
            ("classes", &table("enterprise_id,class", &classes)),
            ("list_entries", &table("enterprise_id,list,authority", &lists)),
            ("memberships", &table("enterprise_id,zone_id,state", &members)),
            ("registrations", &table("enterprise_id,hs_scope,state", &registrations)),
            ("catalogue", &table("hs_prefix,direction,categories,risk_level,registration", &catalogue)),
            ("zones", &table("zone_id,level", &zones)),
            ("alerts", &table("alert_id,kind,level,enterprise_id", &alerts)),
            ("accidents", &table("accident_id,hs_scope", &accidents)),
            ("cases", &format!("case_id,enterprise_id,opened_on,cause,measures_until,closed_on\n{cases}")),
        ]);
        // Random rows often overlap or cite a missing zone; what is refused is the business of other tests.
        let Ok(r) = Registry::build(&source, None) else { return Ok(()) };
        let (t, _, _) = Tables::read(&source);
        for on in -1..=13 {
            for row in &t.enterprises {
                check_party(&r, &t, row, day(on));
            }
            for hs in ["940511", "94051100", "9405110090", "94051190", "940590", "850110", "610100"] {
                for direction in [Direction::Export, Direction::Import] {
                    check_goods(&r, &t, hs, direction, day(on));
                }
            }
        }
    }
}
