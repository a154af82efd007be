//! What rules read of an enterprise's raw material, and what they give by it.

use super::{cell, class, event, given, rule, tell, world};
use crate::declaration::{Country, Day};
use crate::engine::Monitoring;
use crate::policy::{PartyFact, PersonFact};
use crate::registry::{Counted, Heading, Mark};
use crate::supervision::World;
use crate::supervision::note;
use crate::supervision::persons::person::Person;
use crate::supervision::record::encode_mark;

/// Thirty days; ten where the office of A belongs to.
const DAYS: &str = "[parameters]\nmaterial_monitoring_days = 30\n[[override]]\nparameter = \"material_monitoring_days\"\nbureau = \"S\"\nvalue = 10\n";

fn graded() -> String {
    let rules = [
        rule(
            "bad",
            "party.material_monitoring == \"failed\"",
            "class = 4",
        ),
        rule(
            "good",
            "party.material_monitoring == \"current\"",
            "class = 1",
        ),
        rule("old", "party.material_monitoring == \"due\"", "class = 3"),
    ];
    format!("{DAYS}{}", rules.concat())
}

fn tested(world: &mut World, lot: &str, id: &str, (day, found): (&str, &str)) {
    let members = format!(
        r#""lot_id": "{lot}", "enterprise_id": "{id}", "tested_on": "{day}", "result": "{found}""#
    );
    tell(world, "lot_tested", day, &members);
}

fn found(id: &str, day: &str, counted: Counted) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mark = Mark {
        enterprise: id,
        heading: Heading::from_number(4303),
        country: Country::parse("DE").ok(),
        day: Day::parse(day).unwrap(),
        counted,
        value: 0,
        quantity: 0,
        failed_tests: Vec::new(),
    };
    encode_mark(&mark, &mut bytes);
    bytes
}

fn result(day: &str) -> crate::supervision::Event {
    let members = r#""declaration_id": "D", "version": 1, "item_no": 1, "object": "raw_material", "tests": [], "conclusion": "passed""#;
    event("inspection_result", day, members)
}

#[test]
fn a_test_of_a_lot_gives_what_follows_from_it_until_it_does_not_count_any_more() {
    let mut world = world(&graded());
    tested(&mut world, "L-1", "A", ("2016-03-10", "passed"));
    assert_eq!(
        given(&world, "classes", "class", "A"),
        ["1 2016-03-10..2016-04-09", "3 2016-04-09.."]
    );
    // At the office of B's bureau a test counts for ten days.
    tested(&mut world, "L-2", "B", ("2016-03-10", "passed"));
    assert_eq!(
        given(&world, "classes", "class", "B"),
        ["1 2016-03-10..2016-03-20", "3 2016-03-20.."]
    );
    tested(&mut world, "L-3", "A", ("2016-03-20", "failed"));
    tested(&mut world, "L-4", "A", ("2016-03-20", "passed"));
    assert_eq!(
        given(&world, "classes", "class", "A"),
        ["1 2016-03-10..2016-03-20", "4 2016-03-20.."]
    );
    // What was said of a lot is set right: it was another's.
    let rows = r#""lot_id": "L-3", "rows": [ { "enterprise_id": "B", "tested_on": "2016-03-20", "result": "failed" } ]"#;
    tell(&mut world, "lot_tested", "2016-03-21", rows);
    assert_eq!(class(&world, "A", "2016-03-21"), 1);
    assert_eq!(class(&world, "B", "2016-03-21"), 4);
}

#[test]
fn what_an_inspection_of_raw_material_found_gives_what_follows_from_it() {
    let mut world = world(&graded());
    let marks = found("A", "2016-03-10", Counted::MaterialPassed);
    let before = world.registry().export();
    let effect = world.inspected(&result("2016-03-10"), &marks).unwrap();
    assert_eq!(
        given(&world, "classes", "class", "A"),
        ["1 2016-03-10..2016-04-09", "3 2016-04-09.."]
    );
    let rows = world.registry().rows("classes", "A");
    let mut documents = rows.iter().filter_map(|row| cell(row, "document"));
    assert_eq!(documents.next(), Some("D-2016-03-10"));
    // As its record says, it is folded; and where it did not get its place, nothing was found.
    let after = world.registry().export();
    world.undo(&effect.clone().undone(&[])).unwrap();
    assert_eq!(world.registry().export(), before);
    world.inspected_as(&effect).unwrap();
    assert_eq!(world.registry().export(), after);
    note(world.registry().current().files(), &marks, None);
    // Of one day the graver stands, whichever is a lot's.
    tested(&mut world, "L-1", "A", ("2016-03-10", "failed"));
    assert_eq!(given(&world, "classes", "class", "A"), ["4 2016-03-10.."]);
    let marks = found("A", "2016-03-12", Counted::MaterialPassed);
    world.inspected(&result("2016-03-12"), &marks).unwrap();
    assert_eq!(
        given(&world, "classes", "class", "A"),
        [
            "1 2016-03-12..2016-04-11",
            "3 2016-04-11..",
            "4 2016-03-10..2016-03-12"
        ]
    );
    // What is found of goods, or of whom nobody knows, is no news of this kind.
    for (id, counted) in [("A", Counted::Failed), ("C", Counted::MaterialFailed)] {
        let marks = found(id, "2016-03-13", counted);
        let effect = world.inspected(&result("2016-03-13"), &marks).unwrap();
        assert!(effect.rows.is_empty(), "{id}");
    }
}

#[test]
fn where_no_rule_about_persons_reads_it_no_test_is_news() {
    let policy = format!("{DAYS}{}", rule("fine", "party.recommended", "class = 1"));
    let mut world = world(&policy);
    let marks = found("A", "2016-03-10", Counted::MaterialFailed);
    let effect = world.inspected(&result("2016-03-10"), &marks).unwrap();
    assert!(effect.rows.is_empty());
    tested(&mut world, "L-1", "A", ("2016-03-10", "failed"));
    assert_eq!(given(&world, "classes", "class", "A"), [""; 0]);
}

#[test]
fn a_guard_reads_what_is_known_of_raw_material_before_its_event() {
    let guard = "[[guard]]\nid = \"g\"\non = [\"title_granted\"]\nwhen = 'party.material_monitoring != \"current\"'\nreason = { code = \"R\" }\n";
    let mut world = world(&format!("{DAYS}{guard}"));
    let title = |day: &str| {
        event(
            "title_granted",
            day,
            r#""enterprise_id": "A", "kind": "model""#,
        )
    };
    assert!(world.check(&title("2016-03-10")).is_err());
    tested(&mut world, "L-1", "A", ("2016-03-11", "passed"));
    let days = ["2016-03-10", "2016-03-11", "2016-04-09", "2016-04-10"];
    let taken = days.map(|day| world.check(&title(day)).is_ok());
    assert_eq!(taken, [false, true, true, false]);
}

#[test]
fn what_rules_about_persons_read_is_what_is_told_of_each_day() {
    let policy = graded();
    let mut world = world(&policy);
    tested(&mut world, "L-1", "A", ("2016-03-10", "passed"));
    let marks = found("A", "2016-05-01", Counted::MaterialFailed);
    note(world.registry().current().files(), &marks, None);
    tested(&mut world, "L-2", "A", ("2016-05-02", "passed"));
    let person = Person::of(world.registry(), "A", world.program().policy());
    let of_day = |day: &str| {
        let fact = PersonFact::Party(PartyFact::MaterialMonitoring);
        let value = person.value(fact, Day::parse(day).unwrap());
        let all = [
            Monitoring::None,
            Monitoring::Current,
            Monitoring::Due,
            Monitoring::Failed,
        ];
        let word = |word: &Monitoring| value == crate::engine::Value::text(word.as_str());
        all.into_iter().find(word).unwrap()
    };
    for (day, is) in [
        ("2016-03-09", Monitoring::None),
        ("2016-03-10", Monitoring::Current),
        ("2016-04-08", Monitoring::Current),
        ("2016-04-09", Monitoring::Due),
        ("2016-05-01", Monitoring::Failed),
        ("2016-05-02", Monitoring::Current),
        ("2016-06-01", Monitoring::Due),
    ] {
        assert_eq!(of_day(day), is, "{day}");
    }
}
