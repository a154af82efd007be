//! What holds on which day: from the first day on, no longer on the day that ends it.

use super::{code, commodity, day, names, registry, standing};
use crate::declaration::{Country, Direction};
use crate::registry::{Colour, RegistrationReason, RegistrationState, Registry, ZoneLevel};

const FIRMS: (&str, &str) = (
    "enterprises",
    "enterprise_id,kind,size,office\nA,manufacturer,large,5720\nB,trader,,\n",
);

#[test]
fn a_class_holds_from_its_first_day_until_the_day_before_its_end() {
    let r = registry(&[
        FIRMS,
        (
            "classes",
            "enterprise_id,class,from,to\nA,1,2013-01-01,2014-01-01\nA,3,2014-01-01,2015-01-01\n",
        ),
    ]);
    let class = |on| standing(&r, "A", on).class;
    assert_eq!(
        [
            "2012-12-31",
            "2013-01-01",
            "2013-12-31",
            "2014-01-01",
            "2014-12-31",
            "2015-01-01"
        ]
        .map(class),
        [0, 1, 1, 3, 3, 0]
    );
    assert_eq!(standing(&r, "B", "2013-06-01").class, 0);
    assert!(r.parties().find("C").is_none() && !r.parties().standings().next().unwrap().known);
}

#[test]
fn of_red_and_black_entries_the_black_stands_and_the_class_stays_what_was_assessed() {
    let r = registry(&[
        FIRMS,
        ("classes", "enterprise_id,class\nA,1\n"),
        (
            "list_entries",
            "enterprise_id,list,authority,from,to\nA,red,X,2013-01-01,\nA,black,Y,2014-01-01,2014-02-01\nA,key,X,,\n",
        ),
    ]);
    let of = |on| standing(&r, "A", on);
    assert_eq!(of("2012-12-31").colour, Colour::None);
    assert_eq!(of("2013-12-31").colour, Colour::Red);
    assert_eq!(
        (of("2014-01-31").colour, of("2014-01-31").class),
        (Colour::Black, 1)
    );
    assert_eq!(of("2014-02-01").colour, Colour::Red);
    assert_eq!(names(&r, &of("2014-01-01").lists), ["black", "key", "red"]);
}

#[test]
fn a_provisional_registration_ends_on_its_day() {
    let r = registry(&[
        FIRMS,
        (
            "registrations",
            "enterprise_id,hs_scope,state,from,to\nA,4302-4303,provisional,2012-02-01,2013-02-01\nA,4302-4303,full,2013-03-01,\n",
        ),
    ]);
    let state = |on: &str| {
        standing(&r, "A", on)
            .registrations
            .iter()
            .find(|(scope, _)| r.scope(*scope).unwrap().holds(code("4303101000")))
            .map(|(_, state)| *state)
    };
    assert_eq!(
        ["2013-01-31", "2013-02-01", "2013-03-01"].map(state),
        [
            Some(RegistrationState::Provisional),
            None,
            Some(RegistrationState::Full)
        ]
    );
}

const ZONES: (&str, &str) = (
    "zones",
    "zone_id,level,hs_scope,resident_office,from,to\nZ,provincial,9405,5721,2012-10-25,2016-12-20\nZ,national,9405;8539,5721,2016-12-20,2018-01-01\n",
);

#[test]
fn only_an_announced_member_is_a_member() {
    let r = registry(&[
        FIRMS,
        ZONES,
        (
            "memberships",
            "zone_id,enterprise_id,state,from,to\nZ,A,approved,2012-10-25,2012-11-09\nZ,A,announced,2012-11-09,2014-01-01\nZ,A,exited,2014-01-01,\n",
        ),
    ]);
    let members = ["2012-11-08", "2012-11-09", "2013-12-31", "2014-01-01"]
        .map(|on| standing(&r, "A", on).zones.len());
    assert_eq!(members, [0, 1, 1, 0]);
}

#[test]
fn the_end_of_a_zone_ends_its_memberships_and_its_rows_set_level_and_goods() {
    let r = registry(&[
        FIRMS,
        ZONES,
        (
            "memberships",
            "zone_id,enterprise_id,state\nZ,A,announced\n",
        ),
    ]);
    let level = |on| standing(&r, "A", on).zones.first().map(|zone| zone.level);
    assert_eq!(
        [
            "2012-10-24",
            "2012-10-25",
            "2016-12-19",
            "2016-12-20",
            "2017-12-31",
            "2018-01-01"
        ]
        .map(level),
        [
            None,
            Some(ZoneLevel::Provincial),
            Some(ZoneLevel::Provincial),
            Some(ZoneLevel::National),
            Some(ZoneLevel::National),
            None
        ]
    );
    let counts_for = |on| {
        let zone = standing(&r, "A", on).zones[0];
        r.scope(zone.scope).unwrap().holds(code("853950"))
    };
    assert!(!counts_for("2016-12-19") && counts_for("2016-12-20"));
    let zone = &r.zones()[0];
    assert_eq!(r.symbols().name(zone.id), "Z");
    let office = zone
        .on(day("2013-01-01"))
        .map(|term| r.symbols().name(term.resident_office));
    assert_eq!((office, zone.on(day("2018-01-01"))), (Some("5721"), None));
}

#[test]
fn lamps_leave_the_catalogue_on_the_fifteenth_of_august() {
    let r = registry(&[(
        "catalogue",
        "hs_prefix,direction,categories,risk_level,from,to\n9405,export,N,2,2005-01-01,2013-08-15\n9405,export,,2,2013-08-15,\n",
    )]);
    let of = |on| commodity(&r, "9405409000", Direction::Export, on);
    assert!(of("2013-08-14").statutory && !of("2013-08-15").statutory);
    assert_eq!(
        (of("2013-08-14").risk_level, of("2013-08-15").risk_level),
        (2, 2)
    );
    assert!(!commodity(&r, "9405409000", Direction::Import, "2013-08-14").statutory);
    assert!(!commodity(&r, "940690", Direction::Export, "2013-08-14").statutory);
}

#[test]
fn the_longest_prefix_sets_the_risk_and_the_categories_of_all_are_united() {
    let r = registry(&[
        (
            "catalogue",
            "hs_prefix,direction,categories,risk_level,registration\n43,,M,1,scheme\n4303,export,N;P,3,\n43031010,export,,,law\n",
        ),
        (
            "commodity_groups",
            "group,hs_scope\nfur,4302-4303\nclothing,4303\n",
        ),
        (
            "legal_exceptions",
            "hs_scope,direction,facilitations\n4303,import,joint_inspection;presumption\n",
        ),
        (
            "accidents",
            "accident_id,hs_scope,from,to\nX,8516;43,2016-03-01,2016-09-01\n",
        ),
    ]);
    let export = commodity(&r, "4303101000", Direction::Export, "2013-01-01");
    assert_eq!(names(&r, &export.categories), ["M", "N", "P"]);
    assert_eq!(names(&r, &export.groups), ["clothing", "fur"]);
    assert_eq!(
        (export.risk_level, export.registration),
        (3, Some(RegistrationReason::Law))
    );
    let shorter = commodity(&r, "430310", Direction::Export, "2013-01-01");
    assert_eq!(shorter.registration, Some(RegistrationReason::Scheme));
    let import = commodity(&r, "4303101000", Direction::Import, "2016-05-01");
    assert_eq!(
        (import.risk_level, import.registration),
        (1, Some(RegistrationReason::Scheme))
    );
    assert_eq!(
        names(&r, &import.legal_exceptions),
        ["joint_inspection", "presumption"]
    );
    let accident = |hs, on| commodity(&r, hs, Direction::Export, on).registration;
    assert_eq!(
        accident("430211", "2016-05-01"),
        Some(RegistrationReason::Accident)
    );
    assert_eq!(
        ["2016-02-29", "2016-03-01", "2016-08-31", "2016-09-01"].map(|on| accident("851610", on)),
        [
            None,
            Some(RegistrationReason::Accident),
            Some(RegistrationReason::Accident),
            None
        ]
    );
}

fn goods_tables() -> Registry {
    registry(&[
        FIRMS,
        ("country_groups", "group,countries\nEU,DE;FR\n"),
        (
            "requirements",
            "hs_scope,direction,countries,tests,mode,from,to\n9405,export,EU;JP,led,physical,2013-01-01,2014-01-01\n,,,any,,,\n",
        ),
        (
            "alerts",
            "alert_id,kind,level,hs_scope,countries,enterprise_id,from\nX,recall,2,9405,DE,,2013-01-01\nY,recall,3,9405,,A,2013-01-01\nZ,warning,1,,,,\n",
        ),
        (
            "price_bands",
            "hs_prefix,country,low,high,unit\n9405,DE,40,600,PCE\n9405,,10,20,PCE\n940540,,1,2,PCE\n",
        ),
        (
            "remedies",
            "remedy_id,hs_scope,country,from\nR,4412,US,2011-12-08\n",
        ),
        (
            "rulings",
            "ruling_id,remedy_id,enterprise_id,product_code\nQ,R,A,FLOOR\nS,R,,ANY\nT,R,B,\n",
        ),
        (
            "risk_assessments",
            "hs_scope,country,enterprise_id,result,from,to\n8504,TW,,good,2014-01-01,2015-01-01\n85,,A,fine,,\n",
        ),
    ])
}

#[test]
fn goods_tables_are_joined_by_code_day_country_and_party() {
    let r = goods_tables();
    let (goods, on) = (r.goods(), day("2013-06-01"));
    let [de, us] = ["DE", "US"].map(|c| Country::parse(c).unwrap());
    let lamp = goods.node(code("9405409000"));
    assert_eq!(goods.requirements(lamp, on).len(), 2);
    assert_eq!(goods.requirements(lamp, day("2014-01-01")).len(), 1);
    let led = goods.requirement(goods.requirements(lamp, on)[0]).unwrap();
    assert!(led.countries.holds(de) && !led.countries.holds(us));
    assert_eq!(names(&r, r.groups_of(de)), ["EU"]);
    assert_eq!(goods.alerts(lamp, on).len(), 2);
    assert_eq!(standing(&r, "A", "2013-06-01").alerts.len(), 1);
    assert_eq!(standing(&r, "A", "2012-06-01").alerts.len(), 0);
    let unit = r.symbols().find("PCE");
    let low = |hs: &str, country| {
        goods
            .price_band(goods.node(code(hs)), country, unit, on)
            .and_then(|band| band.low)
            .map(|low| low.to_string())
    };
    assert_eq!(low("940510", Some(de)).as_deref(), Some("40"));
    assert_eq!(low("940510", Some(us)).as_deref(), Some("10"));
    assert_eq!(low("940540", Some(de)).as_deref(), Some("1"));
    assert_eq!(goods.price_band(lamp, Some(de), None, on), None);
}

#[test]
fn remedies_and_assessments_are_joined_by_party_country_and_day() {
    let r = goods_tables();
    let (goods, on) = (r.goods(), day("2013-06-01"));
    let [us, tw] = ["US", "TW"].map(|c| Country::parse(c).unwrap());
    let remedy = goods
        .remedy(goods.remedies(goods.node(code("441231")), on)[0])
        .unwrap();
    assert_eq!(
        (
            remedy.rulings_for(r.parties().find("A")).count(),
            remedy.rulings_for(None).count()
        ),
        (2, 1)
    );
    let current = |country, party, on| {
        goods
            .risk_assessments(goods.node(code("850440")), country, party, on)
            .count()
    };
    let firm = r.parties().find("A");
    assert_eq!(current(Some(tw), firm, day("2014-06-01")), 2);
    assert_eq!(
        (
            current(Some(us), firm, day("2014-06-01")),
            current(None, None, day("2014-06-01"))
        ),
        (1, 0)
    );
    assert_eq!(current(Some(tw), firm, day("2015-01-01")), 1);
}

#[test]
fn places_are_asked_by_id_and_day() {
    let r = registry(&[
        (
            "enterprises",
            "enterprise_id,kind,own_shop_of\nA,manufacturer,\nMoscow Shop,foreign,A\n",
        ),
        ("offices", "office,bureau,kind\n5720,4400,origin\n"),
        (
            "projects",
            "project_id,from,to\nP,2014-01-01,2015-01-01\nP,2016-01-01,\n",
        ),
        (
            "bodies",
            "body_id,hs_scope,from,to\nL,9405;8539,2012-01-01,2018-01-01\n",
        ),
    ]);
    let office = r.offices().get(r.offices().find("5720").unwrap()).unwrap();
    assert_eq!(r.symbols().name(office.bureau), "4400");
    let listed = ["2013-12-31", "2014-01-01", "2015-01-01", "2016-01-01"]
        .map(|on| r.projects().lists("P", day(on)));
    assert_eq!(listed, [false, true, false, true]);
    assert!(r.bodies().accredits("L", code("940510"), day("2017-12-31")));
    assert!(!r.bodies().accredits("L", code("940510"), day("2018-01-01")));
    assert!(!r.bodies().accredits("L", code("611500"), day("2013-01-01")));
    let shop = r.parties().find("Moscow Shop").unwrap();
    assert_eq!(r.parties().own_shop_of(shop), r.parties().find("A"));
    assert_eq!(
        r.parties().own_shop_of(r.parties().find("A").unwrap()),
        None
    );
    assert_eq!(
        r.rows().iter().find(|(table, _)| *table == "projects"),
        Some(&("projects", 2))
    );
}
