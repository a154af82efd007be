//! What a change of a row means, and what is refused of it.

use std::sync::Arc;

use super::source;
use crate::declaration::Day;
use crate::registry::{Change, LiveRegistry};

const FIRST: [(&str, &str); 9] = [
    ("enterprises", "enterprise_id,name\nA,\"Lamps, Ltd\"\nB,\n"),
    (
        "classes",
        "enterprise_id,class,from,to\nA,2,2013-01-01,\nA,3,2012-01-01,2013-01-01\n",
    ),
    (
        "titles",
        "enterprise_id,kind,number,from,to\nA,national,1,2013-01-01,\nA,national,2,2014-01-01,2016-01-01\n",
    ),
    (
        "registrations",
        "enterprise_id,hs_scope,state,from\nA,8539;9405,full,2013-01-01\n",
    ),
    ("zones", "zone_id,level,hs_scope\nZ,national,9405\n"),
    (
        "memberships",
        "zone_id,enterprise_id,state\nZ,B,announced\n",
    ),
    ("currencies", "currency,rate,from\nUSD,6.3,2012-01-01\n"),
    ("country_groups", "group,countries\nEU,DE\nEU,FR\n"),
    ("lots", "lot_id,enterprise_id\nL1,A\n"),
];

fn live() -> LiveRegistry {
    LiveRegistry::open(&source(&FIRST), None).unwrap()
}

/// `column=value, …`
fn row(text: &str) -> Vec<(String, String)> {
    let cells = text.split(", ").map(|cell| cell.split_once('=').unwrap());
    cells
        .map(|(column, value)| (column.to_owned(), value.to_owned()))
        .collect()
}

fn put(table: &str, cells: &str) -> Change {
    Change::Put {
        table: table.to_owned(),
        row: row(cells),
    }
}

fn end(table: &str, cells: &str, to: &str) -> Change {
    Change::End {
        table: table.to_owned(),
        row: row(cells),
        to: Day::parse(to).unwrap(),
    }
}

fn replace(table: &str, owner: &str, rows: &[&str]) -> Change {
    Change::Replace {
        table: table.to_owned(),
        owner: owner.to_owned(),
        rows: rows.iter().map(|cells| row(cells)).collect(),
    }
}

/// The rows of a table after some changes, commas of empty cells at the end left out.
fn after(changes: &[Change], table: &str) -> Vec<String> {
    let mut live = live();
    live.change(changes)
        .unwrap_or_else(|errors| panic!("{errors}"));
    rows(&live, table)
}

fn rows(live: &LiveRegistry, table: &str) -> Vec<String> {
    let files = live.export();
    let file = files
        .iter()
        .find(|(name, _)| *name == format!("{table}.csv"));
    let lines = file.map_or("", |(_, text)| text).lines().skip(1);
    lines
        .map(|line| line.trim_end_matches(',').to_owned())
        .collect()
}

/// What is told of changes that are refused; nothing has changed then.
fn told(changes: &[Change]) -> String {
    let mut live = live();
    let (before, text) = (Arc::clone(live.current()), live.export());
    let errors = live.change(changes).unwrap_err().to_string();
    assert!(Arc::ptr_eq(&before, live.current()));
    assert_eq!(live.export(), text);
    errors
}

#[test]
fn a_row_that_comes_ends_the_one_of_its_key_that_began_before() {
    let change = put("classes", "enterprise_id=A, class=1, from=2014-05-01");
    assert_eq!(
        after(&[change], "classes"),
        [
            "A,1,,,,,,2014-05-01",
            "A,2,,,,,,2013-01-01,2014-05-01",
            "A,3,,,,,,2012-01-01,2013-01-01"
        ]
    );
    // One that had ended before is as it was, and one of another key too.
    let change = put(
        "titles",
        "enterprise_id=A, kind=national, number=2, from=2016-01-01",
    );
    assert_eq!(
        after(&[change], "titles"),
        [
            "A,national,1,,,,2013-01-01",
            "A,national,2,,,,2014-01-01,2016-01-01",
            "A,national,2,,,,2016-01-01"
        ]
    );
    let change = put(
        "titles",
        "enterprise_id=A, kind=national, number=2, from=2015-01-01",
    );
    assert_eq!(
        after(&[change], "titles")[1..],
        [
            "A,national,2,,,,2014-01-01,2015-01-01",
            "A,national,2,,,,2015-01-01"
        ]
    );
    // Goods are the same however their scope is written.
    let change = put(
        "registrations",
        "enterprise_id=A, hs_scope=9405;8539, state=provisional, from=2015-01-01",
    );
    assert_eq!(
        after(&[change], "registrations"),
        [
            "A,8539;9405,full,,2013-01-01,2015-01-01",
            "A,9405;8539,provisional,,2015-01-01"
        ]
    );
    let change = put(
        "memberships",
        "zone_id=Z, enterprise_id=B, state=exited, from=2015-01-01",
    );
    assert_eq!(
        after(&[change], "memberships"),
        ["Z,B,announced,,,2015-01-01", "Z,B,exited,,2015-01-01"]
    );
}

#[test]
fn a_row_that_began_on_the_same_day_or_later_is_an_overlap() {
    let same = put("classes", "enterprise_id=A, class=1, from=2013-01-01");
    assert_eq!(
        told(&[same]),
        "classes, row `A,2,,,,,,2013-01-01,`: the class of `A`: from 2013-01-01 on overlaps \
         classes, row `A,1,,,,,,2013-01-01,`, which holds from 2013-01-01 on"
    );
    let earlier = put("classes", "enterprise_id=A, class=1");
    assert_eq!(told(&[earlier]).lines().count(), 2);
}

#[test]
fn a_row_takes_the_place_of_that_of_its_key_where_there_is_one_at_a_time() {
    let change = put("enterprises", "enterprise_id=A, kind=trader");
    assert_eq!(after(&[change], "enterprises"), ["A,,trader", "B"]);
    let change = put("currencies", "currency=USD, rate=6.1, from=2012-01-01");
    assert_eq!(after(&[change], "currencies"), ["USD,6.1,2012-01-01"]);
    let change = put("currencies", "currency=USD, rate=6.1, from=2013-01-01");
    assert_eq!(after(&[change], "currencies").len(), 2);
    let change = put("country_groups", "group=EU, countries=DE;FR;IT");
    assert_eq!(after(&[change], "country_groups"), ["EU,DE;FR;IT"]);
    let change = put("lots", "lot_id=L1, enterprise_id=A, result=passed");
    assert_eq!(after(&[change], "lots"), ["L1,A,,,,,,,,passed"]);
}

#[test]
fn a_row_that_is_there_already_changes_nothing_and_is_refused() {
    let change = put(
        "classes",
        "enterprise_id=A, class=2, from=2013-01-01, document=",
    );
    assert_eq!(
        told(&[change]),
        "classes: enterprise_id `A`, class `2`, from `2013-01-01`: the row is there already, and nothing would change"
    );
}

#[test]
fn a_row_ends_where_one_is_meant() {
    let change = end("classes", "enterprise_id=A", "2014-01-01");
    assert_eq!(
        after(&[change], "classes")[0],
        "A,2,,,,,,2013-01-01,2014-01-01"
    );
    let change = end("titles", "enterprise_id=A, number=2", "2015-01-01");
    assert_eq!(
        after(&[change], "titles")[1],
        "A,national,2,,,,2014-01-01,2015-01-01"
    );
    let change = end(
        "registrations",
        "enterprise_id=A, hs_scope=9405;8539",
        "2015-01-01",
    );
    assert_eq!(
        after(&[change], "registrations"),
        ["A,8539;9405,full,,2013-01-01,2015-01-01"]
    );
}

#[test]
fn an_end_that_means_no_row_or_several_is_refused() {
    for (change, expected) in [
        (
            end("titles", "enterprise_id=A, kind=national", "2015-01-01"),
            "titles: enterprise_id `A`, kind `national`: 2 such rows are in force on 2015-01-01 or later; more cells must say which ends",
        ),
        (
            end("titles", "enterprise_id=A, number=2", "2016-01-01"),
            "titles: enterprise_id `A`, number `2`: no such row is in force on 2016-01-01 or later, and none can end then",
        ),
        (
            end("titles", "enterprise_id=A, number=2", "2013-12-31"),
            "titles: enterprise_id `A`, number `2`: no such row is in force on 2013-12-31 or later, and none can end then",
        ),
        (
            end("titles", "kind=national", "2015-01-01"),
            "titles: column enterprise_id: is missing, and the table's key needs it",
        ),
        (
            end("enterprises", "enterprise_id=A", "2015-01-01"),
            "enterprises: its rows have no end: they are put anew or replaced",
        ),
        (
            end("classes", "enterprise_id=A", "2013-01-01"),
            "classes, row `A,2,,,,,,2013-01-01,2013-01-01`: column to: `2013-01-01` is not after 2013-01-01, the day in column from, and so no day is left",
        ),
    ] {
        assert_eq!(told(&[change]), expected);
    }
}

#[test]
fn an_owner_has_the_rows_that_replace_its_own() {
    let change = replace("classes", "A", &["enterprise_id=A, class=4"]);
    assert_eq!(after(&[change], "classes"), ["A,4"]);
    assert_eq!(after(&[replace("classes", "A", &[])], "classes"), [""; 0]);
    let other = replace("classes", "A", &["enterprise_id=B, class=4"]);
    assert_eq!(
        told(&[other]),
        "classes: column enterprise_id: `B` is not `A`, whose rows are replaced"
    );
}

#[test]
fn a_party_and_a_zone_go_with_all_that_is_said_of_them_or_not_at_all() {
    let gone = ["enterprises", "memberships"].map(|table| replace(table, "B", &[]));
    let mut live = live();
    let next = live.change(&gone).unwrap();
    assert!(next.parties().find("B").is_none());
    assert_eq!(next.revision(), 1);
    let next = live.change(&[replace("zones", "Z", &[])]).unwrap();
    assert!(next.zones().is_empty());
    assert_eq!(next.revision(), 2);
    assert_eq!(
        told(&gone[..1]),
        "memberships, row `Z,B,announced,,,`: column enterprise_id: `B` is not in enterprises.csv"
    );
    assert_eq!(
        told(&[replace("zones", "Z", &[])]),
        "memberships, row `Z,B,announced,,,`: column zone_id: `Z` is not in zones.csv"
    );
    assert_eq!(
        told(&[replace("enterprises", "A", &[])]).lines().count(),
        6,
        "its own rows and its lot"
    );
}

#[test]
fn every_wrong_change_is_told_with_its_table_and_nothing_is_done() {
    let changes = [
        put("klasses", "enterprise_id=A"),
        put("classes", "enterprise_id=A, klass=1, klass=2"),
        put("classes", "enterprise_id=B, class=1"),
        put("zones", "zone_id=Y, level=national, zone_id=X"),
    ];
    assert_eq!(
        told(&changes),
        "\
classes: column klass: the table has no such column; it has enterprise_id, class, period, authority, document, assessed_on, rule, from, to
classes: column class: is missing, and the table's key needs it
klasses: no table of a registry is called `klasses`
zones: column zone_id: comes twice"
    );
    let changes = [
        put("classes", "enterprise_id=X, class=7"),
        put(
            "alerts",
            "alert_id=1, kind=k, level=1, enterprise_id=Y, countries=NOWHERE",
        ),
        put("lots", "lot_id=L2, enterprise_id=A, supplier_id=S"),
        put(
            "products",
            "product_lot=P, enterprise_id=A, material_lots=L1;L9",
        ),
        put("enterprises", "enterprise_id=B, own_shop_of=Q"),
        put("rulings", "ruling_id=R, remedy_id=M"),
    ];
    assert_eq!(
        told(&changes),
        "\
alerts, row `1,k,1,,NOWHERE,Y,,,,`: column countries: `NOWHERE` is not in country_groups.csv
alerts, row `1,k,1,,NOWHERE,Y,,,,`: column enterprise_id: `Y` is not in enterprises.csv
classes, row `X,7,,,,,,,`: column class: `7` is not a whole number from 1 to 4
enterprises, row `B,,,,,,,Q,`: column own_shop_of: `Q` is not in enterprises.csv
lots, row `L2,A,S,,,,,,,,,`: column supplier_id: `S` is not in suppliers.csv
products, row `P,A,,,,L1;L9`: column material_lots: `L9` is not in lots.csv
rulings, row `R,M,,,,,`: column remedy_id: `M` is not in remedies.csv"
    );
}

#[test]
fn changes_of_one_list_see_what_came_before_them() {
    let mut live = live();
    live.change(&[
        put("enterprises", "enterprise_id=C"),
        put("suppliers", "supplier_id=S"),
        put("lots", "lot_id=L2, enterprise_id=C, supplier_id=S"),
        put(
            "products",
            "product_lot=P, enterprise_id=C, material_lots=L2;L1",
        ),
        put("alerts", "alert_id=1, kind=k, level=1, enterprise_id=C"),
        put("classes", "enterprise_id=C, class=1, from=2013-01-01"),
        put("classes", "enterprise_id=C, class=2, from=2014-01-01"),
        end("classes", "enterprise_id=C", "2015-01-01"),
    ])
    .unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(
        rows(&live, "classes")[2..],
        [
            "C,1,,,,,,2013-01-01,2014-01-01",
            "C,2,,,,,,2014-01-01,2015-01-01"
        ]
    );
    assert_eq!(
        super::standing(live.current(), "C", "2014-05-05")
            .alerts
            .len(),
        1
    );
}

#[test]
fn a_snapshot_shares_what_its_change_does_not_touch() {
    let mut live = live();
    for (change, shares) in [
        (put("classes", "enterprise_id=B, class=1"), true),
        (put("lots", "lot_id=L2, enterprise_id=B"), true),
        (put("catalogue", "hs_prefix=94, categories=N"), false),
        (
            put("alerts", "alert_id=1, kind=k, level=1, enterprise_id=B"),
            false,
        ),
        (put("zones", "zone_id=Y, level=national"), false),
    ] {
        let before = Arc::clone(live.current());
        let after = live.change(std::slice::from_ref(&change)).unwrap();
        assert_eq!(after.is_of(&before), shares, "{change:?}");
        assert_eq!(after.revision(), before.revision() + 1);
    }
}

#[test]
fn a_change_that_is_taken_back_never_was() {
    for change in [
        put("classes", "enterprise_id=C, class=1"),
        put("enterprises", "enterprise_id=C"),
        put(
            "zones",
            "zone_id=Z, level=provincial, hs_scope=85, from=2013-01-01",
        ),
        replace("memberships", "B", &[]),
        put("catalogue", "hs_prefix=94, categories=N"),
    ] {
        let mut live = live();
        live.change(&[put("enterprises", "enterprise_id=D")])
            .unwrap();
        let (files, said) = (live.export(), super::said::said(live.current()));
        let changed = live.change(std::slice::from_ref(&change)).is_ok();
        assert_eq!(changed, live.export() != files, "{change:?}");
        if changed {
            live.take_back().unwrap();
        }
        assert_eq!(live.export(), files, "{change:?}");
        assert_eq!(super::said::said(live.current()), said, "{change:?}");
        assert_eq!(live.current().revision(), 1);
        live.change(&[put("enterprises", "enterprise_id=C")])
            .unwrap();
        assert_eq!(live.current().revision(), 2);
    }
}

#[test]
fn a_registry_is_exported_as_canonical_text_and_read_back() {
    let live = live();
    let files = live.export();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "classes.csv",
            "country_groups.csv",
            "currencies.csv",
            "enterprises.csv",
            "lots.csv",
            "memberships.csv",
            "registrations.csv",
            "titles.csv",
            "zones.csv"
        ]
    );
    assert_eq!(
        files[3].1,
        "enterprise_id,name,kind,size,office,division,quality_file,own_shop_of,document\nA,\"Lamps, Ltd\",,,,,,,\nB,,,,,,,,\n"
    );
    let same = LiveRegistry::open(&exported(&live), None).unwrap();
    assert_eq!(same.export(), files);
    assert_eq!(live.difference(&exported(&same), true).unwrap(), []);
}

/// What is exported as a source.
pub(super) fn exported(live: &LiveRegistry) -> crate::registry::RegistrySource {
    let files = live.export().into_iter();
    let files = files.map(|(name, text)| (name, text.into_bytes()));
    crate::registry::RegistrySource::from_files(files).unwrap()
}

#[test]
fn a_difference_brings_what_a_source_says_of_its_tables_and_with_replace_of_all() {
    let theirs = [
        ("enterprises", "enterprise_id\nB\nC\nA\n"),
        ("classes", " class , enterprise_id\n1,C\n"),
    ];
    let mut live = live();
    let changes = live.difference(&source(&theirs), false).unwrap();
    assert_eq!(
        changes,
        [
            replace("classes", "A", &[]),
            replace("classes", "C", &["enterprise_id=C, class=1"]),
            replace("enterprises", "A", &["enterprise_id=A"]),
            replace("enterprises", "C", &["enterprise_id=C"]),
        ]
    );
    live.change(&changes).unwrap();
    assert_eq!(rows(&live, "classes"), ["C,1"]);
    assert_eq!(rows(&live, "titles").len(), 2);
    assert_eq!(live.difference(&source(&theirs), false).unwrap(), []);
    let changes = live.difference(&source(&theirs), true).unwrap();
    live.change(&changes).unwrap();
    let same = LiveRegistry::open(&source(&theirs), None).unwrap();
    assert_eq!(live.export(), same.export());
}

#[test]
fn the_faults_of_a_source_are_told_with_its_lines() {
    let wrong = [
        (
            "classes",
            "enterprise_id,class,from\nA,5,\nA,1,2013-02-30\n",
        ),
        ("zones", "zone_id,level,colour\nZ,national,red\n"),
    ];
    let found = live().difference(&source(&wrong), false).unwrap_err();
    let opened = LiveRegistry::open(&source(&wrong), None).unwrap_err();
    for errors in [found.to_string(), opened.to_string()] {
        for part in [
            "classes.csv:2: column class: `5`",
            "classes.csv:3: column from: `2013-02-30`",
            "zones.csv:1: column colour: the table has no such column",
        ] {
            assert!(errors.contains(part), "{part}:\n{errors}");
        }
    }
}

#[test]
fn a_revision_is_set_as_a_checkpoint_says() {
    let mut live = live();
    live.set_revision(41);
    assert_eq!(live.current().revision(), 41);
    let next = live.change(&[put("classes", "enterprise_id=B, class=1")]);
    assert_eq!(next.unwrap().revision(), 42);
}
