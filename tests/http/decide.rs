//! One declaration: decided, repeated, amended, looked up.

use greenlane::declaration::Moment;
use serde_json::Value;

use crate::http::JSON;
use crate::service::{
    Service, heavier, held, problem, released, result, right, selected, without_paper,
};

#[test]
fn a_declaration_gets_its_decision() {
    let mut service = Service::start("decision");
    for (declaration, verdict, status) in [
        (released("D-1"), "release", "released"),
        (selected("D-2"), "sample", "selected"),
        (held("D-3"), "hold", "held"),
    ] {
        let reply = service.post("/v1/decisions", &declaration);
        assert_eq!(reply.header("content-type"), Some(JSON));
        assert_eq!(reply.header("idempotent-replay"), None);
        let decision = right(&reply);
        assert_eq!(decision["declaration_id"], declaration["declaration_id"]);
        assert_eq!(decision["verdict"], verdict);
        assert_eq!(decision["status"], status);
        assert_eq!(
            (&decision["version"], &decision["revision"]),
            (&1.into(), &1.into())
        );
        let own = decision["decision_id"].as_str().unwrap();
        assert_eq!(own.len(), 36);
        let policy = decision["policy"].as_str().unwrap();
        assert!(policy.starts_with("ciq-demonstration-zones@sha256:"));
        assert!(decision["decided_at"].as_str().unwrap().ends_with('Z'));
        assert!(
            decision["items"][0]["reasons"].is_array(),
            "an officer sees reasons"
        );
        assert!(decision["registry_revision"].is_u64() && decision["sequence"].is_u64());
    }
}

#[test]
fn the_same_declaration_gets_the_same_answer_also_after_a_restart() {
    let mut service = Service::start("repeat");
    let declaration = selected("D-1");
    let first = service.post("/v1/decisions", &declaration);
    // Members in another order and numbers written otherwise are the same content.
    let text = r#"{"version":1,"#.to_owned()
        + declaration.to_string()[1..]
            .replace(r#","version":1"#, "")
            .as_str();
    for again in 0..3 {
        let reply = match again {
            0 => service.post("/v1/decisions", &declaration),
            1 => service
                .client
                .post("/v1/decisions", JSON, text.as_bytes())
                .unwrap(),
            _ => {
                service = service.again();
                service.post("/v1/decisions", &declaration)
            }
        };
        assert_eq!(reply.text(), first.text());
        assert_eq!(reply.header("idempotent-replay"), Some("true"));
        assert_eq!(service.get("/v1/decisions/D-1").body, first.body);
    }
}

#[test]
fn another_content_under_a_known_version_and_a_version_that_is_not_above_are_conflicts() {
    let mut service = Service::start("conflict");
    let declaration = released("D-1");
    service.declare(&declaration);
    let reply = service.post("/v1/decisions", &heavier(&declaration, 1));
    assert!(
        problem(&reply, 409)["detail"]
            .as_str()
            .unwrap()
            .contains("another content")
    );
    let third = heavier(&declaration, 3);
    let first_of_third = service.declare(&third);
    let reply = service.post("/v1/decisions", &heavier(&declaration, 2));
    assert!(
        problem(&reply, 409)["detail"]
            .as_str()
            .unwrap()
            .contains("version 3")
    );
    // A repeat of any version is answered first.
    assert_eq!(service.declare(&declaration)["version"], 1);
    assert_eq!(service.declare(&third), first_of_third);
}

#[test]
fn an_amendment_keeps_selected_what_was_selected() {
    let mut service = Service::start("amendment");
    let first = service.declare(&selected("D-1"));
    let mut second = released("D-1");
    second["version"] = 2.into();
    let decision = service.declare(&second);
    assert_eq!(
        (&decision["version"], &decision["revision"]),
        (&2.into(), &1.into())
    );
    assert_eq!(decision["status"], "selected");
    assert_eq!(decision["items"][0]["verdict"], "sample");
    assert_eq!(
        decision["items"][0]["selected_by"],
        first["items"][0]["selected_by"]
    );
    // Alone it would be released.
    assert_eq!(service.declare(&released("D-2"))["status"], "released");
}

#[test]
fn an_amendment_does_not_release_what_was_held_without_an_inspection() {
    let mut service = Service::start("held-amended");
    let first = service.declare(&without_paper("D-1"));
    assert_eq!(first["status"], "held");
    let ordered = |decision: &Value| decision["items"][0]["obligations"]["mode"].clone();
    assert_eq!(ordered(&first), serde_json::Value::Null);
    let mut second = released("D-1");
    second["version"] = 2.into();
    let second = service.declare(&second);
    assert_eq!(
        (&second["status"], ordered(&second)),
        (&"selected".into(), "document".into())
    );
    let mut looked = result("R-1", "D-1", 1, true);
    looked["version"] = 2.into();
    service.tell(&looked);
    assert_eq!(service.latest("D-1")["status"], "released");
}

#[test]
fn every_version_can_be_looked_up() {
    let mut service = Service::start("look-up");
    let declaration = released("D/1 ü");
    let first = service.declare(&declaration);
    let second = service.declare(&heavier(&declaration, 7));
    let path = "/v1/decisions/D%2F1%20%C3%BC";
    assert_eq!(right(&service.get(path)), second);
    assert_eq!(right(&service.get(&format!("{path}?version=7"))), second);
    assert_eq!(right(&service.get(&format!("{path}?version=1"))), first);
    problem(&service.get(&format!("{path}?version=2")), 404);
    problem(&service.get(&format!("{path}?version=x")), 400);
    problem(&service.get("/v1/decisions/D-9"), 404);
    let life = right(&service.get("/v1/declarations/D%2F1%20%C3%BC"));
    assert_eq!(life["versions"], serde_json::json!([1, 7]));
}

#[test]
fn sequences_have_no_gaps_and_times_never_go_back() {
    let mut service = Service::start("order");
    let decisions: Vec<Value> = (0..20)
        .map(|number| service.declare(&released(&format!("D-{number}"))))
        .collect();
    for pair in decisions.windows(2) {
        let sequence = |decision: &Value| decision["sequence"].as_u64().unwrap();
        assert_eq!(sequence(&pair[0]) + 1, sequence(&pair[1]));
        let at = |decision: &Value| Moment::parse(decision["decided_at"].as_str().unwrap());
        assert!(at(&pair[0]).unwrap() <= at(&pair[1]).unwrap());
    }
}
