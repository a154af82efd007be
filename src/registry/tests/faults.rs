//! A folder with a fault is refused whole, and every fault is named with its place.

use std::fmt::Write;

use super::{messages, refused, source};
use crate::declaration::PartyIds;
use crate::limits::{MAX_MEMBERSHIPS, MAX_REGISTRATIONS, MAX_REGISTRY_FAULTS, MAX_ROWS_PER_HS};
use crate::registry::{Registry, RegistrySource};

const FIRMS: (&str, &str) = ("enterprises", "enterprise_id\nA\nB\n");

fn one(files: &[(&str, &str)]) -> String {
    let messages = messages(files);
    assert_eq!(messages.len(), 1, "{messages:#?}");
    messages.into_iter().next().unwrap()
}

#[test]
fn the_empty_source_is_a_valid_registry() {
    let registry = Registry::build(&RegistrySource::default(), None).unwrap();
    assert!(registry.parties().is_empty());
    assert!(registry.rows().iter().all(|(_, rows)| *rows == 0));
}

#[test]
fn many_faults_are_reported_at_once_with_their_places() {
    let found = messages(&[
        (
            "enterprises",
            "enterprise_id,kind,quality_file\nA,factory,maybe\nA,trader,\n",
        ),
        (
            "classes",
            "enterprise_id,class,from,to\nA,5,2013-01-01,\nA,1,2013-02-30,\nA,2,2014-01-01,2013-01-01\n",
        ),
        ("catalogue", "hs_prefix,direction\n94x,\n9405,sideways\n"),
        ("zones", "zone_id,level,owner,owner,colour\n"),
        ("memberships", "zone_id,enterprise_id\n"),
        ("offices", "office,kind\n\"5720\",harbour,extra\n"),
    ]);
    assert_eq!(
        found,
        [
            "catalogue.csv:2: column hs_prefix: `94x` is not a prefix of 2 to 13 digits",
            "catalogue.csv:3: column direction: `sideways` is neither `export` nor `import`",
            "classes.csv:2: column class: `5` is not a whole number from 1 to 4",
            "classes.csv:3: column from: `2013-02-30` is not a day such as `2013-08-15`",
            "classes.csv:4: column to: `2013-01-01` is not after 2014-01-01, the day in column from, and so no day is left",
            "enterprises.csv:2: column kind: `factory` is none of `manufacturer`, `trader`, `processing`, `agent`, `foreign`",
            "enterprises.csv:2: column quality_file: `maybe` is neither `true` nor `false`",
            "memberships.csv:1: column state: is missing, and the table's key needs it",
            "offices.csv:2: the row has 3 cells, the header 2",
            "zones.csv:1: column colour: the table has no such column; it has zone_id, name, level, hs_scope, import_hs_scope, divisions, resident_office, owner, from, to",
            "zones.csv:1: column owner: comes twice",
        ]
        .map(str::to_owned)
        .into_iter()
        .collect::<Vec<_>>(),
    );
}

#[test]
fn a_file_of_no_table_is_refused() {
    let wrong = RegistrySource::from_files([("klasses.csv".to_owned(), Vec::new())]).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "klasses.csv: no table of a registry is called `klasses`"
    );
}

#[test]
fn rows_added_on_top_are_counted_by_themselves() {
    let mut source = source(&[FIRMS]);
    let row = |class: &str| {
        vec![
            ("enterprise_id".to_owned(), "A".to_owned()),
            ("class".to_owned(), class.to_owned()),
        ]
    };
    source
        .add_rows("classes", vec![row("1"), row("9")])
        .unwrap();
    assert!(source.add_rows("klasses", vec![]).is_err());
    let wrong = Registry::build(&source, None).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "classes (added row 2): column class: `9` is not a whole number from 1 to 4"
    );
}

#[test]
fn lines_are_counted_through_quoted_line_ends_blank_lines_and_carriage_returns() {
    let text = "enterprise_id,name,kind\r\nA,\"two\r\nlines\",trader\r\n\r\nB,x,pirate\r\nC,y,smuggler\r\n";
    let found = messages(&[("enterprises", text)]);
    assert!(
        found[0].starts_with("enterprises.csv:5: column kind: `pirate`"),
        "{found:?}"
    );
    assert!(
        found[1].starts_with("enterprises.csv:6: column kind: `smuggler`"),
        "{found:?}"
    );
}

#[test]
fn a_large_file_is_read_in_pieces_and_keeps_its_lines() {
    let mut text = String::from("enterprise_id,name\n");
    for n in 0..300_000 {
        let _ = writeln!(text, "ENTERPRISE-{n:08},some name of it");
    }
    assert!(text.len() > 2 * crate::limits::REGISTRY_CHUNK_BYTES);
    text.push_str("ENTERPRISE-00000007,again\n");
    assert_eq!(
        one(&[("enterprises", &text)]),
        "enterprises.csv:300002: column enterprise_id: `ENTERPRISE-00000007` comes a second time, first at enterprises.csv:9"
    );
}

#[test]
fn ids_that_no_table_has_are_named() {
    let found = messages(&[
        FIRMS,
        ("zones", "zone_id,level\nZ,national\n"),
        ("classes", "enterprise_id,class\nNOBODY,1\n"),
        (
            "memberships",
            "zone_id,enterprise_id,state\nZ,NOBODY,announced\nY,A,announced\n",
        ),
        (
            "rulings",
            "ruling_id,remedy_id,enterprise_id\nR,NONE,NOBODY\n",
        ),
        ("lots", "lot_id,enterprise_id,supplier_id\nL,A,NONE\n"),
        (
            "products",
            "product_lot,enterprise_id,material_lots\nP,A,L;M\n",
        ),
        (
            "programmes",
            "programme_id,zone_id,enterprises\nP,X,A;NOBODY\n",
        ),
        ("requirements", "hs_scope,countries\n9405,DE;EU\n"),
    ]);
    assert_eq!(
        found,
        [
            "classes.csv:2: column enterprise_id: `NOBODY` is not in enterprises.csv",
            "lots.csv:2: column supplier_id: `NONE` is not in suppliers.csv",
            "memberships.csv:2: column enterprise_id: `NOBODY` is not in enterprises.csv",
            "memberships.csv:3: column zone_id: `Y` is not in zones.csv",
            "products.csv:2: column material_lots: `M` is not in lots.csv",
            "programmes.csv:2: column enterprises: `NOBODY` is not in enterprises.csv",
            "programmes.csv:2: column zone_id: `X` is not in zones.csv",
            "requirements.csv:2: column countries: `EU` is not in country_groups.csv",
            "rulings.csv:2: column enterprise_id: `NOBODY` is not in enterprises.csv",
            "rulings.csv:2: column remedy_id: `NONE` is not in remedies.csv",
        ]
    );
}

#[test]
fn an_id_is_not_called_unknown_where_its_own_row_could_not_be_read() {
    let found = one(&[
        ("enterprises", "enterprise_id,kind\nA,factory\n"),
        ("classes", "enterprise_id,class\nA,1\n"),
    ]);
    assert!(
        found.starts_with("enterprises.csv:2: column kind"),
        "{found}"
    );
}

#[test]
fn ids_come_once() {
    for (table, column) in [
        ("enterprises", "enterprise_id"),
        ("offices", "office"),
        ("remedies", "remedy_id"),
        ("programmes", "programme_id"),
    ] {
        let text = format!("{column}\nX\nY\nX\n");
        let expected = format!(
            "{table}.csv:4: column {column}: `X` comes a second time, first at {table}.csv:2"
        );
        assert_eq!(one(&[(table, &text)]), expected);
    }
}

/// Tables whose rows of one key may not overlap: header, and two rows of one key without their days.
const OVERLAPPING: &[(&str, &str, &str, &str)] = &[
    ("classes", "enterprise_id,class,from,to", "A,1", "A,2"),
    (
        "list_entries",
        "enterprise_id,list,authority,from,to",
        "A,red,X",
        "A,red,X",
    ),
    (
        "titles",
        "enterprise_id,kind,number,from,to",
        "A,t,1",
        "A,t,1",
    ),
    (
        "certificates",
        "enterprise_id,kind,number,from,to",
        "A,iso9001,1",
        "A,iso9001,1",
    ),
    (
        "credit_assessments",
        "enterprise_id,grade,from,to",
        "A,AA",
        "A,B",
    ),
    (
        "memberships",
        "enterprise_id,zone_id,state,from,to",
        "A,Z,announced",
        "A,Z,exited",
    ),
    (
        "registrations",
        "enterprise_id,hs_scope,state,from,to",
        "A,43,full",
        "A,43,provisional",
    ),
    (
        "catalogue",
        "hs_prefix,direction,from,to",
        "9405,",
        "9405,export",
    ),
    (
        "price_bands",
        "hs_prefix,country,unit,from,to",
        "9405,DE,PCE",
        "9405,DE,PCE",
    ),
    (
        "consumption_norms",
        "hs_scope,material,from,to",
        "43,fox",
        "43,fox",
    ),
    ("suppliers", "supplier_id,from,to", "S", "S"),
    ("projects", "project_id,from,to", "P", "P"),
    ("bodies", "body_id,hs_scope,from,to", "B,94", "B,94"),
];

#[test]
fn rows_of_one_key_do_not_share_a_day() {
    let zone = ("zones", "zone_id,level\nZ,national\n");
    for (table, header, first, second) in OVERLAPPING.iter().copied() {
        let shared = format!("{header}\n{first},2013-01-01,2014-01-01\n{second},2013-12-31,\n");
        let found = one(&[FIRMS, zone, (table, &shared)]);
        assert!(found.starts_with(&format!("{table}.csv:3: ")), "{found}");
        assert!(
            found.ends_with(&format!(
                "from 2013-12-31 on overlaps {table}.csv:2, which holds from 2013-01-01 until 2014-01-01"
            )),
            "{found}"
        );
        let next = format!("{header}\n{first},2013-01-01,2014-01-01\n{second},2014-01-01,\n");
        super::registry(&[FIRMS, zone, (table, &next)]);
    }
}

#[test]
fn a_zone_has_one_row_a_day_and_a_currency_one_rate() {
    let zones =
        "zone_id,level,from,to\nZ,provincial,2012-01-01,2017-09-21\nZ,national,2017-09-20,\n";
    assert!(one(&[("zones", zones)]).starts_with("zones.csv:3: the zone `Z`: "));
    let rates = "currency,rate,from\nUSD,6.5,2016-01-01\nEUR,7,2016-01-01\nUSD,6.6,2016-01-01\n";
    assert!(one(&[("currencies", rates)]).starts_with("currencies.csv:4: the rate of `USD`: "));
}

#[test]
fn a_long_row_overlaps_every_later_one_within_it() {
    let classes = "enterprise_id,class,from,to\nA,1,2010-01-01,2020-01-01\nA,2,2011-01-01,2011-02-01\nA,3,2012-01-01,\n";
    let found = messages(&[FIRMS, ("classes", classes)]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[1].contains("overlaps classes.csv:2"), "{found:?}");
}

#[test]
fn one_decision_joins_a_bounded_number_of_rows() {
    let mut zones = String::from("zone_id,level\n");
    let mut members = String::from("zone_id,enterprise_id,state,from\n");
    for n in 0..=MAX_MEMBERSHIPS {
        let _ = writeln!(zones, "Z{n},national");
        let _ = writeln!(members, "Z{n},A,announced,2013-01-01");
    }
    let found = one(&[FIRMS, ("zones", &zones), ("memberships", &members)]);
    assert_eq!(
        found,
        "memberships.csv:18: announced memberships of one enterprise: 17 on 2013-01-01, at most 16"
    );
    let mut registrations = String::from("enterprise_id,hs_scope,state\n");
    let mut requirements = String::from("hs_scope,from,to\n");
    let mut alerts = String::from("alert_id,kind,level,from\n");
    for n in 0..=MAX_REGISTRATIONS {
        let _ = writeln!(registrations, "A,{},full", 1000 + n);
    }
    for n in 0..=MAX_ROWS_PER_HS {
        requirements.push_str("94,2013-01-01,2014-01-01\n9405,2014-01-01,\n");
        let _ = writeln!(alerts, "A{n},recall,1,2015-01-01");
    }
    let found = messages(&[
        FIRMS,
        ("registrations", &registrations),
        ("requirements", &requirements),
        ("alerts", &alerts),
    ]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].ends_with("rows over one HS code: 65 on 2015-01-01, at most 64"),
        "{found:?}"
    );
    assert!(
        found[1].ends_with("registrations of one party: 65 on any early day, at most 64"),
        "{found:?}"
    );
    assert!(
        found[2].ends_with("65 on 2013-01-01, at most 64"),
        "{found:?}"
    );
}

#[test]
fn domestic_parties_have_the_ids_that_the_policy_asks_for_and_foreign_ones_any() {
    let uscc = PartyIds::Uscc {
        exceptions: Vec::new(),
    };
    let text = "enterprise_id,kind\n91350200776049653A,manufacturer\n91350200776049653B,trader\nMoscow Furs,foreign\nX,\n";
    let wrong = Registry::build(&source(&[("enterprises", text)]), Some(&uscc)).unwrap_err();
    let text = wrong.to_string();
    let found: Vec<_> = text.lines().collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("enterprises.csv:3: column enterprise_id: `91350200776049653B` is no id of a domestic party: the check digit"), "{found:?}");
    assert!(found[1].starts_with("enterprises.csv:5: "), "{found:?}");
}

#[test]
fn a_group_without_countries_does_not_mean_any_country() {
    let found = one(&[("country_groups", "group,countries\nEU,\n")]);
    assert!(
        found.contains("names no country for the group `EU`"),
        "{found}"
    );
}

#[test]
fn faults_beyond_the_limit_are_counted() {
    let text = format!(
        "office,kind\n{}",
        "5720,harbour\n".repeat(MAX_REGISTRY_FAULTS + 5)
    );
    let wrong = refused(&[("offices", &text)]);
    assert_eq!(wrong.faults().len(), MAX_REGISTRY_FAULTS);
    assert_eq!(wrong.count(), MAX_REGISTRY_FAULTS + 5);
    assert!(wrong.to_string().ends_with("\nand 5 more faults"));
}
