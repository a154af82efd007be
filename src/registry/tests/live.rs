//! A registry that changes party by party: what is known then, what is shared, and what is refused whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use super::{day, names, source, standing};
use crate::registry::{Change, LiveRegistry, PARTY_TABLES, Registry, RegistryErrors};

const FIRST: [(&str, &str); 4] = [
    ("enterprises", "enterprise_id,own_shop_of\nA,\nB,A\n"),
    (
        "classes",
        "enterprise_id,class,from,to\nA,2,2013-01-01,\nB,3,,\n",
    ),
    ("zones", "zone_id,level,hs_scope\nZ,national,9405\n"),
    (
        "alerts",
        "alert_id,kind,level,enterprise_id\nL1,counterfeit,2,A\n",
    ),
];

fn live(files: &[(&str, &str)]) -> LiveRegistry {
    LiveRegistry::open(&source(files), None).unwrap()
}

/// Gives every party that a file of enterprises names the rows of the files and no others.
fn change(
    live: &mut LiveRegistry,
    files: &[(&str, &str)],
) -> Result<Arc<Registry>, RegistryErrors> {
    let rows = |table: &str| {
        let file = files.iter().find(|(name, _)| *name == table);
        file.map_or_else(Vec::new, |(_, text)| rows(text))
    };
    let owner = |row: &[(String, String)]| {
        let mut cells = row.iter();
        cells
            .find(|(name, _)| name == "enterprise_id")
            .unwrap()
            .1
            .clone()
    };
    let ids: BTreeSet<String> = rows("enterprises").iter().map(|row| owner(row)).collect();
    let mut changes = Vec::new();
    for table in PARTY_TABLES {
        let mut of: BTreeMap<String, Vec<_>> =
            ids.iter().map(|id| (id.clone(), Vec::new())).collect();
        for row in rows(table) {
            of.get_mut(&owner(&row)).unwrap().push(row);
        }
        changes.extend(of.into_iter().map(|(owner, rows)| Change::Replace {
            table: table.to_owned(),
            owner,
            rows,
        }));
    }
    live.change(&changes)
}

/// The rows of a file without quotes.
fn rows(text: &str) -> Vec<Vec<(String, String)>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        let cells = header.iter().zip(line.split(','));
        cells
            .map(|(name, cell)| ((*name).to_owned(), cell.to_owned()))
            .collect()
    };
    lines.map(row).collect()
}

#[test]
fn a_change_is_known_to_the_next_snapshot_and_to_no_earlier_one() {
    let mut live = live(&FIRST);
    let before = Arc::clone(live.current());
    let files = [
        ("enterprises", "enterprise_id\nA\n"),
        ("classes", "enterprise_id,class,from,to\nA,4,2014-01-01,\n"),
        ("list_entries", "enterprise_id,list\nA,never seen before\n"),
        (
            "memberships",
            "zone_id,enterprise_id,state\nZ,A,announced\n",
        ),
        (
            "registrations",
            "enterprise_id,hs_scope,state\nA,4302,full\n",
        ),
    ];
    let after = change(&mut live, &files).unwrap();
    assert_eq!(standing(&before, "A", "2014-05-05").class, 2);
    let now = standing(&after, "A", "2014-05-05");
    assert_eq!(now.class, 4);
    assert_eq!(names(&after, &now.lists), ["never seen before"]);
    assert_eq!((now.zones.len(), now.registrations.len()), (1, 1));
    // Alerts are no rows of the party's, and stay.
    assert_eq!(now.alerts.len(), 1);
    assert_eq!(
        standing(&after, "A", "2013-05-05").class,
        0,
        "the rows that it had are gone"
    );
    assert_eq!(standing(&after, "B", "2013-05-05").class, 3);
    assert!(after.is_of(&before), "goods and zones are shared");
    assert_eq!((before.revision(), after.revision()), (0, 1));
}

#[test]
fn a_newcomer_is_found_by_its_id_and_can_be_an_own_shop() {
    let mut live = live(&FIRST);
    let files = [("enterprises", "enterprise_id,own_shop_of\nC,A\n")];
    let after = change(&mut live, &files).unwrap();
    let no = after.parties().find("C").unwrap();
    assert_eq!(
        after.parties().find_each([Some("C"), Some("nobody"), None]),
        [Some(no), None, None]
    );
    assert_eq!(after.parties().id(no), "C");
    assert_eq!(after.parties().len(), 3);
    assert_eq!(after.parties().own_shop_of(no), after.parties().find("A"));
    let after = change(&mut live, &[("enterprises", "enterprise_id\nC\n")]).unwrap();
    assert_eq!(after.parties().own_shop_of(no), None);
    assert_eq!(
        after
            .parties()
            .own_shop_of(after.parties().find("B").unwrap()),
        after.parties().find("A")
    );
}

#[test]
fn a_standing_that_was_there_before_is_not_made_again() {
    let mut live = live(&FIRST);
    let class = |class: u8| format!("enterprise_id,class,from,to\nB,{class},,\n");
    let enterprise = ("enterprises", "enterprise_id,own_shop_of\nB,A\n");
    change(&mut live, &[enterprise, ("classes", &class(4))]).unwrap();
    let count = live.current().parties().standing_count();
    for _ in 0..10 {
        change(&mut live, &[enterprise, ("classes", &class(3))]).unwrap();
        change(&mut live, &[enterprise, ("classes", &class(4))]).unwrap();
    }
    assert_eq!(live.current().parties().standing_count(), count);
}

#[test]
fn more_changes_than_stand_beside_the_index_are_frozen_into_it() {
    let mut live = live(&FIRST);
    for round in 0..3 {
        let (mut firms, mut classes) = (
            "enterprise_id\n".to_owned(),
            "enterprise_id,class\n".to_owned(),
        );
        for n in 0..2_500 {
            let _ = writeln!(firms, "N{}", n + round * 2_000);
            let _ = writeln!(classes, "N{},{}", n + round * 2_000, 1 + round);
        }
        let files = [("enterprises", firms.as_str()), ("classes", &classes)];
        change(&mut live, &files).unwrap();
    }
    let parties = live.current().parties();
    assert_eq!(parties.len(), 2 + 6_500);
    for n in 0..6_500 {
        let id = format!("N{n}");
        assert_eq!(parties.id(parties.find(&id).unwrap()), id);
        let class = 1 + (n / 2_000).min(2) as u8;
        assert_eq!(
            standing(live.current(), &id, "2013-05-05").class,
            class,
            "{id}"
        );
    }
    assert_eq!(standing(live.current(), "A", "2013-05-05").class, 2);
}

#[test]
fn a_wrong_change_is_refused_whole_with_every_fault() {
    let mut live = live(&FIRST);
    let before = Arc::clone(live.current());
    let files = [
        ("enterprises", "enterprise_id,own_shop_of\nA,\nC,nobody\n"),
        (
            "classes",
            "enterprise_id,class,from,to\nA,1,,\nA,2,2013-01-01,\nC,7,,\n",
        ),
        (
            "memberships",
            "zone_id,enterprise_id,state\nY,C,announced\n",
        ),
    ];
    let errors = change(&mut live, &files).unwrap_err().to_string();
    assert_eq!(
        errors,
        "\
classes, row `A,2,,,,,,2013-01-01,`: the class of `A`: from 2013-01-01 on overlaps classes, row `A,1,,,,,,,`, which holds for ever
classes, row `C,7,,,,,,,`: column class: `7` is not a whole number from 1 to 4
enterprises, row `C,,,,,,,nobody,`: column own_shop_of: `nobody` is not in enterprises.csv
memberships, row `Y,C,announced,,,`: column zone_id: `Y` is not in zones.csv"
    );
    assert!(Arc::ptr_eq(&before, live.current()));
    assert_eq!(standing(live.current(), "A", "2014-01-01").class, 2);
    assert!(before.parties().find("C").is_none());
    let on = day("2014-01-01");
    assert_eq!(
        before
            .parties()
            .standing(before.parties().find("A").unwrap(), on),
        live.current()
            .parties()
            .standing(live.current().parties().find("A").unwrap(), on)
    );
}

#[test]
fn a_zone_that_is_designated_anew_takes_none_of_its_former_members_with_it() {
    let zones = "zone_id,level,from,to\nZ,provincial,2012-01-01,2013-01-01\nZ,national,2013-01-01,2014-01-01\n";
    let members = "zone_id,enterprise_id,state,from,to\n\
                   Z,A,announced,2012-06-01,\nZ,B,applied,2012-06-01,2014-06-01\nZ,B,announced,2014-06-01,\n";
    let files = [
        ("enterprises", "enterprise_id\nA\nB\n"),
        ("zones", zones),
        ("memberships", members),
    ];
    let mut live = live(&files);
    let cells = [
        ("zone_id", "Z"),
        ("level", "provincial"),
        ("from", "2015-01-01"),
    ];
    let row = cells.map(|(name, cell)| (name.to_owned(), cell.to_owned()));
    let table = "zones".to_owned();
    let row = row.to_vec();
    live.change(&[Change::Put { table, row }]).unwrap();
    let anew = format!("{zones}Z,provincial,2015-01-01,\n");
    let built = super::registry(&[files[0], ("zones", &anew), files[2]]);
    for registry in [&**live.current(), &built] {
        let zones = |id, on| standing(registry, id, on).zones.len();
        let of_a = ["2012-07-01", "2013-07-01", "2014-07-01", "2015-07-01"];
        assert_eq!(of_a.map(|on| zones("A", on)), [1, 1, 0, 0]);
        // Who was announced in between, for the zone that was to come, is a member of it.
        assert_eq!(of_a.map(|on| zones("B", on)), [0, 0, 0, 1]);
    }
}

#[test]
fn a_file_without_the_column_of_rules_says_nothing_of_what_rules_gave() {
    let mut live = live(&FIRST);
    let text = |live: &LiveRegistry| {
        let files = live.export().into_iter();
        let classes = files.filter(|(name, _)| name == "classes.csv");
        classes.map(|(_, text)| text).collect::<String>()
    };
    let before = text(&live);
    let given = "A,4,,,,,r,2014-01-01,2014-02-01\n";
    let with = before.replace("B,3", &format!("{given}B,3"));
    let said = source(&[("classes", &with)]);
    let changes = live.difference(&said, false).unwrap();
    let after = live.change(&changes).unwrap();
    // What a rule gave stands over what an officer said.
    for (day, class) in [
        ("2013-12-31", 2),
        ("2014-01-01", 4),
        ("2014-01-31", 4),
        ("2014-02-01", 2),
    ] {
        assert_eq!(standing(&after, "A", day).class, class, "{day}");
    }
    assert_eq!(text(&live), with);
    let silent = "enterprise_id,class,from\nA,2,2013-01-01\nB,3,\n";
    let silent = source(&[("classes", silent)]);
    assert_eq!(live.difference(&silent, false).unwrap(), []);
    // With everything replaced, and by a file that has the column, it goes.
    let whole = source(&[("classes", &before)]);
    assert!(!live.difference(&silent, true).unwrap().is_empty());
    let changes = live.difference(&whole, false).unwrap();
    live.change(&changes).unwrap();
    assert_eq!(text(&live), before);
}
