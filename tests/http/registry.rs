//! What officers look at: enterprises with their files, zones, lots.

use serde_json::{Value, json};

use crate::service::{Service, problem, result, right, selected};

/// A member of the zone of lamps, of class 1, red-listed in 2015, with a title since 2014.
const MEMBER: &str = "91442000109245642F";
/// The maker of [`selected`].
const MAKER: &str = "91440606415292770B";
const FUR: &str = "911311212527745559";

fn texts(value: &Value, name: &str) -> Vec<String> {
    let rows = value.as_array().unwrap().iter();
    rows.map(|row| row[name].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_enterprise_is_told_as_it_was_on_a_day_with_all_its_rows() {
    let mut service = Service::start("enterprise");
    let mut on = |day: &str| right(&service.get(&format!("/v1/enterprises/{MEMBER}?on={day}")));
    let (before, then) = (on("2012-06-30"), on("2016-03-10"));
    assert_eq!(before["standing"]["class"], Value::Null);
    assert_eq!(before["standing"]["zones"], json!([]));
    assert_eq!(before["on"], "2012-06-30");
    let standing = &then["standing"];
    assert_eq!(
        (&standing["class"], &standing["standing"]),
        (&json!(1), &json!("red"))
    );
    assert_eq!(standing["titles"], json!(["demonstration_enterprise"]));
    let zone = json!([{ "zone_id": "ZS-LIGHTING", "level": "provincial" }]);
    assert_eq!(standing["zones"], zone);
    let memberships = &then["rows"]["memberships"];
    let states = ["applied", "reviewed", "visited", "approved", "announced"];
    assert_eq!(texts(memberships, "state"), states);
    let in_force = memberships.as_array().unwrap().iter();
    let in_force: Vec<_> = in_force.map(|row| row["in_force"] == true).collect();
    assert_eq!(in_force, [false, false, false, false, true]);
    // An event is seen at once, and the revision with it.
    let told = service.tell(&json!({
        "event_id": "E-1", "type": "class_assessed", "at": "2016-03-01T09:00:00+08:00", "enterprise_id": MEMBER,
        "class": 3, "authority": "Zhongshan CIQ", "document": "ZS-2016-1",
    }));
    let now = right(&service.get(&format!("/v1/enterprises/{MEMBER}?on=2016-03-10")));
    assert_eq!(now["standing"]["class"], 3);
    assert_eq!(now["registry_revision"], told["registry_revision"]);
    // A party that only others name is told with what they say of it.
    let ruled = right(&service.get("/v1/enterprises/91220621347517754U?on=2016-03-10"));
    assert_eq!(
        texts(&ruled["rows"]["rulings"], "ruling_id"),
        ["RUL-FS-2PLY-AD", "RUL-FS-2PLY-CVD"]
    );
}

#[test]
fn what_the_registry_does_not_know_is_not_found_and_a_wrong_query_is_told() {
    let mut service = Service::start("enterprise-unknown");
    for path in [
        "/v1/enterprises/nobody",
        "/v1/enterprises/nobody/file",
        "/v1/zones/nowhere",
        "/v1/lots/nothing",
    ] {
        let found = problem(&service.get(path), 404);
        assert!(
            found["detail"]
                .as_str()
                .unwrap()
                .contains("the registry has no")
        );
    }
    for (path, word) in [
        ("/v1/enterprises/91442000109245642F?on=yesterday", "on: "),
        ("/v1/enterprises/91442000109245642F?day=2016-03-10", "day"),
        (
            "/v1/enterprises/91442000109245642F/file?heading=94051",
            "9405",
        ),
        ("/v1/zones/ZS-LIGHTING?state=gone", "announced"),
        ("/v1/lots/LED-2014-101?limit=many", "invalid"),
    ] {
        let found = problem(&service.get(path), 400);
        let detail = found["detail"].as_str().unwrap();
        assert!(detail.contains(word), "{path}: {detail}");
    }
}

#[test]
fn a_quality_file_has_months_tests_windows_and_the_diary() {
    let mut service = Service::start("file");
    for (no, passed) in [(1, true), (2, false), (3, true)] {
        let id = format!("D-{no}");
        let decided = service.declare(&selected(&id));
        let mut found = result(&format!("R-{no}"), &id, 1, passed);
        found["at"] = decided["decided_at"].clone();
        service.tell(&found);
    }
    let path = format!("/v1/enterprises/{MAKER}/file");
    let file = right(&service.get(&path));
    let heading = &file["headings"][0];
    assert_eq!(heading["heading"], "9405");
    let rate = json!({ "passed": 2, "failed": 1, "pass_rate": 0.6667 });
    assert_eq!(heading["tests"], json!({ "safety": rate }));
    let history = &heading["history"];
    assert_eq!(
        (&history["inspections_12m"], &history["failures_12m"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(history["failed_tests_12m"], json!(["safety"]));
    // A month may end meanwhile.
    let sum = |part: &str, column: &str| {
        let rows = file[part].as_array().unwrap().iter();
        rows.map(|row| row[column].as_u64().unwrap()).sum::<u64>()
    };
    for (column, count) in [
        ("declarations", 3),
        ("selections", 3),
        ("inspections_passed", 2),
        ("nonconformities", 1),
        ("recalls", 0),
    ] {
        assert_eq!(sum("months", column), count, "{column}");
    }
    assert_eq!((sum("tests", "passed"), sum("tests", "failed")), (2, 1));
    let month = &file["months"][0];
    assert_eq!(
        (&month["heading"], &month["country"]),
        (&json!("9405"), &json!("US"))
    );
    let whole = file["months"].as_array().unwrap().len() == 1;
    assert!(!whole || month["value"] == "482100", "{month}");
    // A restart knows the same; the checkpoint has it.
    let mut service = service.again();
    let again = right(&service.get(&format!("{path}?on={}", file["on"].as_str().unwrap())));
    for part in ["headings", "months", "tests"] {
        assert_eq!(again[part], file[part], "{part}");
    }
    assert_eq!(
        right(&service.get(&format!("{path}?heading=8539")))["months"],
        json!([])
    );
    let diary = &right(&service.get(&format!("/v1/enterprises/{FUR}/file")))["diary"];
    let lot = &diary[0]["material_lots"][0];
    assert_eq!(
        (&diary[0]["product_lot"], &diary[0]["shift"]),
        (&json!("P-FUR-2013-0301"), &json!("day"))
    );
    assert_eq!(
        (&lot["lot_id"], &lot["supplier"]["supplier_id"]),
        (&json!("FURLOT-2013-001"), &json!("DYE-DAYING-01"))
    );
}

#[test]
fn long_lists_come_in_parts_that_follow_one_another() {
    let mut service = Service::start("parts");
    let all = right(&service.get("/v1/zones/ZS-LIGHTING?on=2014-06-01&state=announced"));
    let all = texts(&all["members"], "enterprise_id");
    assert!(all.len() > 40, "{}", all.len());
    let (mut parts, mut after) = (Vec::new(), String::new());
    loop {
        let path =
            format!("/v1/zones/ZS-LIGHTING?on=2014-06-01&state=announced&limit=7&after={after}");
        let part = right(&service.get(&path));
        let ids = texts(&part["members"], "enterprise_id");
        assert!(ids.len() <= 7);
        parts.extend(ids);
        match part["members_next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(parts, all);
    for n in 0..5 {
        service.tell(&json!({
            "event_id": format!("P-{n}"), "type": "product_recorded", "at": "2014-06-01T09:00:00+08:00", "product_lot": format!("LOT-{n}"),
            "enterprise_id": MEMBER, "hs_code": "9405409000", "produced_on": "2014-06-01", "shift": "day",
            "material_lots": "LED-2014-101", "authority": "Zhongshan CIQ", "document": "ZS-P",
        }));
    }
    let path = format!("/v1/enterprises/{MEMBER}/file?limit=4");
    let first = right(&service.get(&path));
    let next = first["diary_next"].as_str().unwrap();
    let second = right(&service.get(&format!("{path}&diary_after={next}")));
    let lots = [
        texts(&first["diary"], "product_lot"),
        texts(&second["diary"], "product_lot"),
    ]
    .concat();
    let expected = [
        "LOT-0",
        "LOT-1",
        "LOT-2",
        "LOT-3",
        "LOT-4",
        "P-LED-2014-0305-1",
        "P-LED-2014-0305-2",
    ];
    assert_eq!(lots, expected);
    assert_eq!(second["diary_next"], Value::Null);
    let made = right(&service.get("/v1/lots/LED-2014-101?limit=2&after=LOT-3"));
    assert_eq!(made["product_lots"], json!(["LOT-4", "P-LED-2014-0305-1"]));
    assert_eq!(made["product_lots_next"], "P-LED-2014-0305-1");
}

#[test]
fn a_zone_is_told_with_its_level_and_its_members_by_state() {
    let mut service = Service::start("zone");
    let zone = right(&service.get("/v1/zones/ZS-LIGHTING?on=2012-10-29"));
    assert_eq!(
        (&zone["now"]["level"], &zone["now"]["hs_scope"]),
        (&json!("provincial"), &json!("9405;8539"))
    );
    assert_eq!(zone["members_by_state"]["approved"], 48);
    assert_eq!(zone["members_by_state"]["announced"], 0);
    assert_eq!(
        texts(&zone["assessments"], "assessed_on"),
        ["2012-09-10", "2016-11-10"]
    );
    let later = right(&service.get("/v1/zones/ZS-LIGHTING?on=2016-12-20"));
    assert_eq!(later["now"]["level"], "national");
    let before = right(&service.get("/v1/zones/ZS-LIGHTING?on=2012-10-24"));
    assert_eq!(before["now"], Value::Null);
}
