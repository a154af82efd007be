//! Small policies about two enterprises, event by event.

mod material;

use crate::declaration::{Day, Zone};
use crate::policy::PolicySource;
use crate::registry::RegistrySource;
use crate::supervision::accountability::cell;
use crate::supervision::{AsOf, Event, World};

const HEADER: &str =
    "[policy]\nid = \"p\"\ntimezone = \"+08:00\"\nbase_currency = \"CNY\"\nparty_ids = \"any\"\n";
const FILES: [(&str, &str); 5] = [
    (
        "enterprises",
        "enterprise_id,size,office,quality_file\nA,large,O1,true\nB,small,O2,\n",
    ),
    ("offices", "office,bureau\nO1,N\nO2,S\n"),
    ("classes", "enterprise_id,class,from\nA,2,2010-01-01\n"),
    ("zones", "zone_id,level,resident_office\nZ,provincial,O2\n"),
    (
        "memberships",
        "zone_id,enterprise_id,state,from\nZ,B,announced,2010-01-01\n",
    ),
];

fn world(policy: &str) -> World {
    let files = FILES.map(|(name, text)| (format!("{name}.csv"), text.as_bytes().to_vec()));
    let registry = RegistrySource::from_files(files).unwrap();
    let policy = [("p.toml".to_owned(), format!("{HEADER}{policy}"))];
    let policy = PolicySource::from_files(policy).unwrap();
    World::open(&registry, &policy, AsOf::Decision).unwrap()
}

fn event(kind: &str, day: &str, members: &str) -> Event {
    let text = format!(
        r#"{{ "event_id": "E", "type": "{kind}", "at": "{day}T09:00:00+08:00", "authority": "X", "document": "D-{day}", {members} }}"#
    );
    Event::read(text.as_bytes(), Zone::parse("+08:00").unwrap()).unwrap()
}

fn tell(world: &mut World, kind: &str, day: &str, members: &str) {
    world.take(&event(kind, day, members)).unwrap();
}

/// What rules gave an enterprise in a table: `value from..to`.
fn given(world: &World, table: &str, column: &str, id: &str) -> Vec<String> {
    let rows = world.registry().rows(table, id);
    let given = rows.iter().filter(|row| cell(row, "rule").is_some());
    let mut given: Vec<String> = given
        .map(|row| {
            let cell = |column| cell(row, column).unwrap_or_default();
            format!("{} {}..{}", cell(column), cell("from"), cell("to"))
        })
        .collect();
    given.sort();
    given
}

fn class(world: &World, id: &str, day: &str) -> u8 {
    let parties = world.registry().current().parties();
    let no = parties.find(id).unwrap();
    let standing = parties.standing(no, Day::parse(day).unwrap());
    parties.get(standing).unwrap().class
}

fn rule(id: &str, when: &str, then: &str) -> String {
    format!("[[classification]]\nid = \"{id}\"\nwhen = '{when}'\nthen = {{ {then} }}\n")
}

#[test]
fn what_a_rule_gives_lasts_as_long_as_it_speaks_and_may_give_more() {
    let policy = [
        rule(
            "fine",
            "party.recommended",
            "list = \"red\", title = \"model\"",
        ),
        rule("first", "party.standing == \"red\"", "class = 1"),
    ];
    let mut world = world(&policy.concat());
    let until = r#""enterprise_id": "A", "to": "2016-05-01""#;
    tell(&mut world, "enterprise_recommended", "2016-03-10", until);
    assert_eq!(
        given(&world, "list_entries", "list", "A"),
        ["red 2016-03-10..2016-05-01"]
    );
    assert_eq!(
        given(&world, "titles", "kind", "A"),
        ["model 2016-03-10..2016-05-01"]
    );
    assert_eq!(
        given(&world, "classes", "class", "A"),
        ["1 2016-03-10..2016-05-01"]
    );
    for (day, of_day) in [
        ("2016-03-09", 2),
        ("2016-03-10", 1),
        ("2016-04-30", 1),
        ("2016-05-01", 2),
    ] {
        assert_eq!(class(&world, "A", day), of_day, "{day}");
    }
    // Withdrawn before its end, all of it goes; and the word of the officer is there as it was.
    tell(
        &mut world,
        "recommendation_withdrawn",
        "2016-03-20",
        r#""enterprise_id": "A""#,
    );
    assert_eq!(
        given(&world, "titles", "kind", "A"),
        ["model 2016-03-10..2016-03-20"]
    );
    assert_eq!(
        given(&world, "classes", "class", "A"),
        ["1 2016-03-10..2016-03-20"]
    );
    assert_eq!(class(&world, "A", "2016-03-20"), 2);
}

#[test]
fn what_is_so_already_is_not_given_again() {
    let policy = [rule(
        "fine",
        "party.recommended",
        "list = \"red\", title = \"model\", class = 2",
    )];
    let mut world = world(&policy.concat());
    tell(
        &mut world,
        "list_entered",
        "2016-03-01",
        r#""enterprise_id": "A", "list": "red""#,
    );
    tell(
        &mut world,
        "title_granted",
        "2016-03-01",
        r#""enterprise_id": "A", "kind": "model", "to": "2016-04-01""#,
    );
    tell(
        &mut world,
        "enterprise_recommended",
        "2016-03-10",
        r#""enterprise_id": "A""#,
    );
    assert_eq!(given(&world, "list_entries", "list", "A"), [""; 0]);
    assert_eq!(given(&world, "classes", "class", "A"), [""; 0]);
    assert_eq!(given(&world, "titles", "kind", "A"), ["model 2016-04-01.."]);
}

#[test]
fn what_an_officer_says_too_takes_the_place_of_what_a_rule_gave() {
    let mut world = world(&rule("fine", "party.recommended", "list = \"red\""));
    tell(
        &mut world,
        "enterprise_recommended",
        "2016-03-10",
        r#""enterprise_id": "A""#,
    );
    let red = r#""enterprise_id": "A", "list": "red""#;
    tell(&mut world, "list_entered", "2016-03-10", red);
    assert_eq!(given(&world, "list_entries", "list", "A"), [""; 0]);
    // And so there is one row that can be ended.
    tell(&mut world, "list_left", "2016-03-11", red);
    assert_eq!(given(&world, "list_entries", "list", "A"), [""; 0]);
}

#[test]
fn an_officers_later_word_stands_until_there_is_news() {
    let policy = [
        rule("black", "party.standing == \"black\"", "class = 4"),
        rule("fine", "party.recommended", "class = 1, title = \"model\""),
    ];
    let mut world = world(&policy.concat());
    tell(
        &mut world,
        "enterprise_recommended",
        "2016-03-10",
        r#""enterprise_id": "A""#,
    );
    assert_eq!(class(&world, "A", "2016-03-10"), 1);
    // On the same day, as on a later one.
    tell(
        &mut world,
        "class_assessed",
        "2016-03-10",
        r#""enterprise_id": "A", "class": 3"#,
    );
    assert_eq!(class(&world, "A", "2016-03-10"), 3);
    assert_eq!(given(&world, "classes", "class", "A"), [""; 0]);
    tell(
        &mut world,
        "title_cancelled",
        "2016-03-12",
        r#""enterprise_id": "A", "kind": "model""#,
    );
    tell(
        &mut world,
        "certificate_granted",
        "2016-03-13",
        r#""enterprise_id": "A", "kind": "iso9001""#,
    );
    assert_eq!(class(&world, "A", "2016-03-13"), 3);
    assert_eq!(
        given(&world, "titles", "kind", "A"),
        ["model 2016-03-10..2016-03-12"]
    );
    // News; when it is over, what it had taken the place of is there again, and no old news.
    tell(
        &mut world,
        "list_entered",
        "2016-03-14",
        r#""enterprise_id": "A", "list": "black""#,
    );
    assert_eq!(class(&world, "A", "2016-03-14"), 4);
    tell(
        &mut world,
        "list_left",
        "2016-03-20",
        r#""enterprise_id": "A", "list": "black""#,
    );
    assert_eq!(class(&world, "A", "2016-03-20"), 3);
    tell(
        &mut world,
        "recommendation_withdrawn",
        "2016-03-21",
        r#""enterprise_id": "A""#,
    );
    tell(
        &mut world,
        "enterprise_recommended",
        "2016-03-22",
        r#""enterprise_id": "A""#,
    );
    assert_eq!(class(&world, "A", "2016-03-21"), 3);
    assert_eq!(class(&world, "A", "2016-03-22"), 1);
}

#[test]
fn a_black_list_of_the_day_on_which_an_officer_spoke_is_news() {
    let mut world = world(&rule("black", "party.standing == \"black\"", "class = 4"));
    tell(
        &mut world,
        "class_assessed",
        "2016-03-10",
        r#""enterprise_id": "A", "class": 1"#,
    );
    tell(
        &mut world,
        "list_entered",
        "2016-03-10",
        r#""enterprise_id": "A", "list": "black", "to": "2016-03-15""#,
    );
    let days = ["2016-03-10", "2016-03-14", "2016-03-15"];
    assert_eq!(days.map(|day| class(&world, "A", day)), [4, 4, 1]);
}

#[test]
fn rules_come_into_force_and_end_and_read_the_figures_of_the_place() {
    let policy = format!(
        "[parameters]\nsizes = [\"large\"]\n[[override]]\nparameter = \"sizes\"\nbureau = \"S\"\nvalue = [\"small\"]\n{}from = \"2016-04-01\"\nto = \"2016-06-01\"\n",
        rule(
            "size",
            "party.recommended && party.size in parameter.sizes",
            "class = 3"
        )
    );
    let mut world = world(&policy);
    for id in ["A", "B"] {
        let members = format!(r#""enterprise_id": "{id}""#);
        tell(&mut world, "enterprise_recommended", "2016-03-10", &members);
        assert_eq!(
            given(&world, "classes", "class", id),
            ["3 2016-04-01..2016-06-01"]
        );
    }
}

#[test]
fn periods_of_class_1_are_counted_as_they_follow_each_other() {
    let policy = rule(
        "red",
        "party.class_1_periods >= 2",
        "list = \"red\", propose = true",
    );
    let mut world = world(&policy);
    let assessed = |world: &mut World, class: u8, period: &str, day: &str| {
        let members = format!(r#""enterprise_id": "A", "class": {class}, "period": "{period}""#);
        tell(world, "class_assessed", day, &members);
        world.proposals("A", Day::parse(day).unwrap()).len()
    };
    assert_eq!(assessed(&mut world, 1, "2015-H1", "2015-01-05"), 0);
    // The same period again, and another class between two periods.
    assert_eq!(assessed(&mut world, 1, "2015-H1", "2015-02-05"), 0);
    assert_eq!(assessed(&mut world, 2, "2015-H2", "2015-07-05"), 0);
    assert_eq!(assessed(&mut world, 1, "2016-H1", "2016-01-05"), 0);
    assert_eq!(assessed(&mut world, 1, "2016-H2", "2016-07-05"), 1);
    assert_eq!(given(&world, "list_entries", "list", "A"), [""; 0]);
    let proposed = world.proposals("A", Day::parse("2016-07-05").unwrap());
    let proposed = proposed.first().unwrap().json();
    assert_eq!(proposed.get("list").unwrap(), "red");
    // What is so is not proposed.
    tell(
        &mut world,
        "list_entered",
        "2016-07-06",
        r#""enterprise_id": "A", "list": "red""#,
    );
    assert_eq!(world.proposals("A", Day::parse("2016-07-06").unwrap()), []);
    assert_eq!(
        world.proposals("nobody", Day::parse("2016-07-06").unwrap()),
        []
    );
}

#[test]
fn a_rule_that_speaks_before_a_proposal_leaves_nothing_to_propose() {
    let policy = [
        rule("black", "party.standing == \"black\"", "class = 4"),
        rule("fine", "party.recommended", "class = 1, propose = true"),
    ];
    let mut world = world(&policy.concat());
    let day = Day::parse("2016-03-12").unwrap();
    tell(
        &mut world,
        "enterprise_recommended",
        "2016-03-10",
        r#""enterprise_id": "A""#,
    );
    assert_eq!(world.proposals("A", day).len(), 1);
    assert_eq!(class(&world, "A", "2016-03-12"), 2);
    tell(
        &mut world,
        "list_entered",
        "2016-03-11",
        r#""enterprise_id": "A", "list": "black""#,
    );
    assert_eq!(world.proposals("A", day), []);
}

#[test]
fn an_event_that_is_refused_leaves_nothing_behind() {
    let mut world = world(&rule("fine", "party.recommended", "class = 1"));
    let before = world.registry().export();
    for (kind, members) in [
        ("enterprise_recommended", r#""enterprise_id": "C""#),
        ("class_assessed", r#""enterprise_id": "A", "class": 9"#),
        ("list_left", r#""enterprise_id": "A", "list": "red""#),
    ] {
        assert!(
            world.take(&event(kind, "2016-03-10", members)).is_err(),
            "{kind}"
        );
        assert_eq!(world.registry().export(), before);
    }
}

#[test]
fn every_guard_that_refuses_is_told_and_none_is_asked_when_an_event_is_folded() {
    let guard = |id: &str, more: &str, when: &str| {
        format!(
            "[[guard]]\nid = \"{id}\"\non = [\"member_state_changed\", \"recall\"]\nwhen = '{when}'\nbasis = \"Law {id}\"\nreason = {{ code = \"R\", text = {{ zh = \"z\", en = \"because {id}\" }} }}\n{more}\n"
        )
    };
    let policy = [
        guard("file", "", "!party.quality_file && party.known"),
        guard("south", "bureau = \"S\"", "event.state == \"announced\""),
        guard("north", "bureau = \"N\"", "event.state == \"announced\""),
        guard("over", "to = \"2016-03-10\"", "true"),
        guard(
            "unknown",
            "",
            "event.state != \"announced\" && party.known && !(party.class_1_periods > 0)",
        ),
        guard(
            "zone",
            "",
            "subject_zone.level == \"provincial\" && event.type == \"recall\"",
        ),
    ];
    let mut world = world(&policy.concat());
    let told = |world: &World, event: &Event| {
        let refused = super::refuse(event, world.registry(), world.program().policy()).err();
        let faults = refused
            .map(|errors| errors.0)
            .unwrap_or_default()
            .into_iter();
        faults
            .map(|fault| (fault.code.as_str(), fault.detail))
            .collect::<Vec<_>>()
    };
    let of = |id: &str| format!("the guard `{id}` refuses it: because {id} (Law {id})");
    let member = |more: &str| event("member_state_changed", "2016-03-10", more);
    let all = [("guard", of("file")), ("guard", of("south"))];
    let announced =
        r#""enterprise_id": "B", "zone_id": "Z", "state": "announced", "from": "2016-03-10""#;
    assert_eq!(told(&world, &member(announced)), all);
    // The zone lies in the south, the enterprise in the north.
    let north = r#""enterprise_id": "A", "zone_id": "Z", "state": "announced""#;
    assert_eq!(
        told(&world, &member(north)),
        [("guard", of("south")), ("guard", of("north"))]
    );
    // Rows that are there are no news; a state that is not said is unknown.
    let same = r#""enterprise_id": "B", "rows": [ { "zone_id": "Z", "state": "announced", "from": "2010-01-01" } ]"#;
    assert_eq!(told(&world, &member(same)), [("guard", of("file"))]);
    let recall = event(
        "recall",
        "2016-03-10",
        r#""enterprise_id": "A", "hs_code": "9405" "#.replace("9405", "940510").as_str(),
    );
    assert_eq!(told(&world, &recall), []);
    // What was recorded is folded.
    world.take(&member(announced)).unwrap();
}
