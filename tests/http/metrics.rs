//! The numbers of `/metrics`: what they are after what was done, and that the guide explains each of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::http::{JSON, NDJSON};
use crate::service::{Service, folder, held, released, selected};
use crate::views::world;

const GUIDE: &str = include_str!("../../src/guide/operating.md");
const NAME: &str = "greenlane_";

/// The samples by their names with labels, and the names of the families.
fn numbers(service: &mut Service) -> (BTreeMap<String, f64>, BTreeSet<String>) {
    let reply = service.get("/metrics");
    assert_eq!(reply.status, 200, "{}", reply.text());
    let kind = reply.header("content-type");
    assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
    let (mut samples, mut families) = (BTreeMap::new(), BTreeSet::new());
    for line in reply.text().lines() {
        if let Some(family) = line.strip_prefix("# TYPE ") {
            let (name, _) = family.split_once(' ').unwrap();
            assert!(families.insert(name.to_owned()), "{name} comes twice");
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let value = value.parse();
            let value = value.unwrap_or_else(|_| panic!("no number: {line}"));
            assert_eq!(
                samples.insert(name.to_owned(), value),
                None,
                "{name} comes twice"
            );
        }
    }
    (samples, families)
}

/// The samples of a family that are not 0, without the family's name.
fn of(samples: &BTreeMap<String, f64>, family: &str) -> Vec<(String, f64)> {
    let of = samples.iter().filter_map(|(name, value)| {
        let labels = name.strip_prefix(family)?;
        (labels.starts_with('{') && *value > 0.0).then(|| (labels.to_owned(), *value))
    });
    of.collect()
}

/// Five declarations, two of them again, and two requests that are refused.
fn do_something(service: &mut Service) {
    for number in 0..3 {
        service.declare(&released(&format!("D-{number}")));
    }
    service.declare(&selected("S-1"));
    service.declare(&selected("S-1"));
    let lines = format!("{}\n{}\nno JSON\n", held("H-1"), released("D-0"));
    let batch = "/v1/decisions/batch";
    let reply = service.client.post(batch, NDJSON, lines.as_bytes());
    assert_eq!(reply.unwrap().status, 200);
    assert_eq!(service.get("/v1/nothing").status, 404);
    let refused = service.client.post("/v1/decisions", JSON, b"{").unwrap();
    assert_eq!(refused.status, 400);
}

#[test]
fn what_was_done_is_what_is_counted() {
    let mut service = Service::start("metrics");
    let (before, _) = numbers(&mut service);
    let nothing = "greenlane_decisions_total{direction=\"import\",verdict=\"hold\"}";
    assert_eq!(before.get(nothing), Some(&0.0), "what may come is told");
    do_something(&mut service);
    let (samples, _) = numbers(&mut service);
    let directions = [released("D-0"), selected("S-1"), held("H-1")];
    let directions =
        directions.map(|declaration| declaration["direction"].as_str().unwrap().to_owned());
    let [release, sample, hold] = directions.each_ref().map(String::as_str);
    let counted = |direction: &str, verdict: &str| {
        format!("{{direction=\"{direction}\",verdict=\"{verdict}\"}}")
    };
    let mut expected = vec![
        (counted(release, "release"), 3.0),
        (counted(sample, "sample"), 1.0),
        (counted(hold, "hold"), 1.0),
    ];
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(of(&samples, "greenlane_decisions_total"), expected);
    for stage in ["match", "settle", "journal"] {
        let of = |part: &str| samples[&format!("greenlane_{stage}_seconds_{part}")];
        assert_eq!(Some(of("count")), Some(5.0), "{stage}");
        assert!(
            of("sum") > 0.0 && of("sum") < 60.0,
            "{stage}: {}",
            of("sum")
        );
    }
    let requests = |method: &str, route: &str| {
        let labels = format!("{{method=\"{method}\",route=\"{route}\"}}");
        samples
            .get(&format!("greenlane_request_seconds_count{labels}"))
            .copied()
    };
    assert_eq!(requests("POST", "/v1/decisions"), Some(6.0));
    assert_eq!(requests("POST", "/v1/decisions/batch"), Some(1.0));
    assert_eq!(requests("GET", "/metrics"), Some(1.0));
    assert_eq!(requests("GET", "/v1/changes"), None);
    let statuses = of(&samples, "greenlane_requests_total");
    let statuses: Vec<(&str, f64)> = statuses
        .iter()
        .map(|(name, of)| (name.as_str(), *of))
        .collect();
    assert_eq!(
        statuses,
        [
            ("{status=\"200\"}", 7.0),
            ("{status=\"400\"}", 1.0),
            ("{status=\"404\"}", 1.0)
        ]
    );
}

const POLICY: &str = r#"
[policy]
id = "two-books"
title = "One book that always speaks, and one that seldom does"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"
default = "release"

[attributes]
lane = "string"

[[book]]
id = "goods"
[[book.rule]]
id = "stopped"
when = 'attribute.lane == "stop"'
then = { verdict = "hold" }
[[book.rule]]
id = "looked-at"
when = 'item.value >= 0'
then = { verdict = "sample", mode = "physical" }

[[book]]
id = "papers"
[[book.rule]]
id = "right"
when = 'attribute.lane == "paper"'
then = { verdict = "release" }
"#;

#[test]
fn a_declaration_counts_once_for_each_book_that_spoke_by_the_strictest_that_it_said() {
    let (policy, registry) = world("metrics-books", POLICY);
    let [policy, registry] = [policy, registry].map(|path| path.to_string_lossy().into_owned());
    let flags = [
        "--policy",
        &policy,
        "--registry",
        &registry,
        "--as-of",
        "declaration",
    ];
    let mut service = Service::with(folder("metrics-books"), &flags);
    for (id, lanes) in [
        ("D-1", ["stop", "other"]),
        ("D-2", ["paper", "other"]),
        ("D-3", ["other", "other"]),
    ] {
        let items = lanes.iter().zip(1..).map(|(lane, item_no)| {
            json!({ "item_no": item_no, "hs_code": "9405110000", "value": "7.00", "attributes": { "lane": lane } })
        });
        service.declare(&json!({
            "declaration_id": id, "version": 1, "direction": "import", "declared_at": "2016-11-02T09:30:00+08:00",
            "country": "DE", "trader_id": "T1", "items": items.collect::<Vec<_>>(),
        }));
    }
    let (samples, _) = numbers(&mut service);
    let counted = |book: &str, verdict: &str, count: f64| {
        let labels = format!("{{book=\"{book}\",direction=\"import\",verdict=\"{verdict}\"}}");
        (labels, count)
    };
    let expected = [
        counted("goods", "hold", 1.0),
        counted("goods", "sample", 2.0),
        counted("papers", "release", 1.0),
    ];
    assert_eq!(of(&samples, "greenlane_book_decisions_total"), expected);
}

#[test]
fn how_things_stand_is_looked_up() {
    let mut service = Service::start("metrics-standing");
    let policy = service.declare(&selected("S-1"))["policy"].clone();
    let first = service.declare(&held("H-1"));
    service.declare(&released("D-1"));
    let (samples, _) = numbers(&mut service);
    let number = |name: &str| samples[&format!("greenlane_{name}")];
    assert_eq!(
        (number("ledger_declarations"), number("ledger_open")),
        (3.0, 2.0)
    );
    assert_eq!(
        first["registry_revision"].as_f64(),
        Some(number("registry_revision"))
    );
    assert_eq!(
        (
            number("ready"),
            number("journal_stopped"),
            number("archive_stopped")
        ),
        (1.0, 0.0, 0.0)
    );
    assert_eq!(
        (
            number("journal_queued_records"),
            number("journal_waiters"),
            number("overdue")
        ),
        (0.0, 0.0, 0.0)
    );
    assert!(number("recovery_seconds") > 0.0);
    let policy = format!("greenlane_policy_info{{policy={policy},as_of=\"declaration\"}}");
    let told: Vec<&String> = samples
        .keys()
        .filter(|name| name.contains("policy_info"))
        .collect();
    assert_eq!(samples.get(&policy), Some(&1.0), "{told:?}");
    assert!(number("archive_lag_seconds") < 30.0);
    // A start folds what is recorded.
    let mut service = service.again();
    let (samples, _) = numbers(&mut service);
    assert_eq!(samples.get("greenlane_ledger_open"), Some(&2.0));
}

/// The names in the guide's table.
fn explained() -> BTreeSet<String> {
    let rows = GUIDE
        .lines()
        .filter(|line| line.starts_with("| `greenlane_"));
    let cells = rows.map(|row| row.split(" | ").next().unwrap());
    let names = cells.flat_map(|cell| cell.split('`').filter(|part| part.starts_with(NAME)));
    names.map(str::to_owned).collect()
}

#[test]
fn the_guide_explains_every_number_and_no_other() {
    let mut service = Service::start("metrics-guide");
    service.declare(&selected("S-1"));
    let (_, families) = numbers(&mut service);
    assert_eq!(families, explained());
}
