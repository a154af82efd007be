//! Rules about persons over HTTP: an event that a guard refuses, and what an event's answer proposes.

use std::fs;

use serde_json::{Value, json};

use crate::commands::greenlane;
use crate::service::{Service, folder, problem, result, right, selected};

/// Wood, large, with a quality file and without a credit assessment.
const WOOD: &str = "91220621533933049B";
/// Flooring, small, without a quality file.
const FLOORS: &str = "912206029229258004";

fn event(id: &str, kind: &str, day: &str, members: &Value) -> Value {
    let mut event = json!({
        "event_id": id, "type": kind, "at": format!("{day}T09:00:00+08:00"),
        "authority": "Jilin CIQ", "document": "JL-9",
    });
    let all = event.as_object_mut().unwrap();
    all.extend(members.as_object().unwrap().clone());
    event
}

fn assessed(id: &str, day: &str, period: &str) -> Value {
    let members = json!({
        "enterprise_id": WOOD, "period": period, "recommendation": 95, "lawful_operation": 92,
        "management": 93, "social_evaluation": 90, "grade": "A",
    });
    event(id, "credit_assessed", day, &members)
}

#[test]
fn an_event_that_a_guard_refuses_is_a_422_that_names_guard_reason_and_basis_and_is_not_recorded() {
    let mut service = Service::start("persons-guard");
    let becomes = |id: &str, day: &str, state: &str| {
        let member = json!({ "zone_id": "FS-WOOD", "enterprise_id": FLOORS, "state": state });
        event(id, "member_state_changed", day, &member)
    };
    service.tell(&becomes("M-1", "2016-05-03", "applied"));
    service.tell(&becomes("M-2", "2016-05-04", "reviewed"));
    service.tell(&becomes("M-3", "2016-05-05", "visited"));
    let member = becomes("M-4", "2016-05-10", "approved");
    let refused = problem(&service.post("/v1/events", &member), 422);
    let error = &refused["errors"][0];
    assert_eq!(error["code"], "guard", "{refused}");
    let detail = error["detail"].as_str().unwrap();
    for part in [
        "no-file-no-admission",
        "without a quality file",
        "入区考核指标",
    ] {
        assert!(detail.contains(part), "{detail}");
    }
    // With the file the same event is taken.
    let filed = json!({
        "enterprise_id": FLOORS, "kind": "manufacturer", "size": "small", "office": "1521", "quality_file": true,
    });
    service.tell(&event("F-1", "enterprise_changed", "2016-05-11", &filed));
    assert_eq!(service.tell(&member)["repeated"], false);
}

#[test]
fn the_answer_to_an_event_proposes_what_an_officer_may_confirm() {
    let mut service = Service::start("persons-proposals");
    let first = service.tell(&assessed("C-1", "2016-01-11", "2016-H1"));
    assert_eq!(first.get("proposals"), None, "{first}");
    let second = service.tell(&assessed("C-2", "2016-07-11", "2016-H2"));
    let proposals = second["proposals"].as_array().unwrap();
    assert_eq!(proposals.len(), 1, "{second}");
    let proposal = &proposals[0];
    assert_eq!(proposal["enterprise_id"], WOOD);
    assert_eq!(proposal["rule"], "red-list");
    assert_eq!(proposal["list"], "red");
    assert_eq!(proposal["measures"], json!(["S4-11"]));
    assert_eq!(proposal["reason"]["code"], "RED_LIST_PROPOSED");
    assert!(proposal["reason"]["text"]["zh"].is_string(), "{proposal}");
    let asked = service.get(&format!("/v1/enterprises/{WOOD}?on=2016-07-11"));
    assert_eq!(right(&asked)["proposals"], second["proposals"]);
    let before = service.get(&format!("/v1/enterprises/{WOOD}?on=2016-07-10"));
    assert_eq!(right(&before)["proposals"], json!([]));
    let listed = json!({ "enterprise_id": WOOD, "list": "red" });
    let confirmed = service.tell(&event("L-1", "list_entered", "2016-07-12", &listed));
    let rules = confirmed["proposals"].as_array().unwrap().iter();
    let rules: Vec<&Value> = rules.map(|proposal| &proposal["rule"]).collect();
    assert_eq!(rules, ["demonstration-enterprise"]);
    // What rules gave is there again after a restart.
    let mut service = service.again();
    let again = service.tell(&event("L-1", "list_entered", "2016-07-12", &listed));
    assert_eq!(again["repeated"], true);
    assert_eq!(again["proposals"], confirmed["proposals"]);
}

#[test]
fn what_a_test_of_raw_material_gives_is_there_after_a_restart_and_in_a_replay() {
    let own = folder("persons-material-policy");
    fs::create_dir_all(&own).unwrap();
    let rule = "[[classification]]\nid = \"material-failed\"\nwhen = 'party.material_monitoring == \"failed\"'\nthen = { title = \"watched\" }\n";
    fs::write(own.join("95-own.toml"), rule).unwrap();
    let more = ["--policy", own.to_str().unwrap()];
    let mut service = Service::on(folder("persons-material"), &more);
    let declared = selected("D-1");
    let enterprise = declared["trader_id"].as_str().unwrap().to_owned();
    service.declare(&declared);
    let asked = format!("/v1/enterprises/{enterprise}?on=2016-11-02");
    let titles = |service: &mut Service| {
        let all = right(&service.get(&asked));
        let rows = all["rows"]["titles"].as_array().cloned();
        let rows = rows.unwrap_or_default().into_iter();
        let given = rows.filter(|row| row["rule"] == "material-failed");
        let kinds = given.map(|row| row["kind"].as_str().unwrap().to_owned());
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(titles(&mut service), [""; 0]);
    let mut found = result("R-1", "D-1", 1, false);
    found["object"] = "raw_material".into();
    service.tell(&found);
    assert_eq!(titles(&mut service), ["watched"]);
    // Nothing changes with one that did not get its place.
    let mut other = found.clone();
    other["event_id"] = "R-2".into();
    other["item_no"] = 99.into();
    problem(&service.post("/v1/events", &other), 422);
    let (data, server) = (service.data.clone(), service.server);
    drop(service.client);
    server.stop();
    let mut service = Service::on(data.clone(), &more);
    assert_eq!(titles(&mut service), ["watched"]);
    assert_eq!(service.tell(&found)["repeated"], true);
    drop(service.client);
    service.server.stop();
    let (code, told, why) = greenlane(&["replay", "--fold", "--data"], &[&data]);
    assert_eq!(code, Some(0), "{told}{why}");
    let (code, told, why) = greenlane(&["report", "enterprise", "--json", "--data"], &[&data]);
    assert_eq!(code, Some(0), "{told}{why}");
}
