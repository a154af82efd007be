//! What becomes of a declaration: results, papers, releases, rejections, withdrawals and overrides.

use serde_json::{Value, json};

use crate::http::JSON;
use crate::service::{
    Service, heavier, held, pointers, problem, released, result, right, selected, without_paper,
};

impl Service {
    fn life(&mut self, id: &str) -> Value {
        right(&self.get(&format!("/v1/declarations/{id}")))
    }

    fn kinds(&mut self, id: &str) -> Vec<String> {
        let life = self.life(id);
        let revisions = life["revisions"].as_array().unwrap().iter();
        let kinds = revisions.map(|revision| revision["kind"].as_str().unwrap().to_owned());
        kinds.collect()
    }

    fn overrule(&mut self, id: &str, body: &Value) -> crate::http::Reply {
        self.post(&format!("/v1/declarations/{id}/override"), body)
    }
}

fn act(event: &str, kind: &str, id: &str) -> Value {
    json!({
        "event_id": event, "type": kind, "at": "2016-11-02T10:00:00+08:00", "declaration_id": id,
    })
}

#[test]
fn every_item_passed_releases() {
    let mut service = Service::start("passed");
    let mut declaration = selected("D-1");
    let mut second = declaration["items"][0].clone();
    second["item_no"] = 2.into();
    declaration["items"].as_array_mut().unwrap().push(second);
    let first = service.declare(&declaration);
    assert_eq!(first["status"], "selected");
    let told = service.tell(&result("R-1", "D-1", 1, true));
    assert_eq!(
        service.latest("D-1"),
        first,
        "one item is still to be inspected"
    );
    assert!(told["sequence"].as_u64() > first["sequence"].as_u64());
    service.tell(&result("R-2", "D-1", 2, true));
    let released = service.latest("D-1");
    assert_eq!(released["status"], "released");
    assert_eq!(
        (&released["version"], &released["revision"]),
        (&1.into(), &2.into())
    );
    assert_eq!(released["due_at"], first["due_at"]);
    let life = service.life("D-1");
    assert_eq!(life["status"], "released");
    let last = &life["revisions"][1];
    assert_eq!(last["kind"], "result");
    assert_eq!(last["cause_event_id"], "R-2");
    assert_eq!(last["by"], "O-7");
    // What is released is not inspected any more.
    problem(
        &service.post("/v1/events", &result("R-3", "D-1", 1, true)),
        422,
    );
}

#[test]
fn one_failed_item_holds() {
    let mut service = Service::start("failed");
    service.declare(&selected("D-1"));
    service.tell(&result("R-1", "D-1", 1, false));
    assert_eq!(service.latest("D-1")["status"], "held");
    // Passed the second time, an officer must still release it.
    service.tell(&result("R-2", "D-1", 1, true));
    assert_eq!(service.latest("D-1")["status"], "held");
    service.tell(&act("A-1", "declaration_released", "D-1"));
    assert_eq!(service.latest("D-1")["status"], "released");
    assert_eq!(service.kinds("D-1"), ["initial", "result", "release"]);
}

#[test]
fn a_conclusion_of_failed_fails_whatever_the_tests_say() {
    let mut service = Service::start("conclusion");
    service.declare(&selected("D-1"));
    let mut event = result("R-1", "D-1", 1, true);
    event["conclusion"] = "failed".into();
    service.tell(&event);
    assert_eq!(service.latest("D-1")["status"], "held");
    assert_eq!(service.life("D-1")["revisions"][1]["why"], "failed");
}

#[test]
fn a_result_of_what_was_not_ordered_is_refused() {
    let mut service = Service::start("not-ordered");
    service.declare(&selected("D-1"));
    service.declare(&released("D-2"));
    let refused = [
        result("R-1", "D-1", 2, true),
        result("R-2", "D-2", 1, true),
        {
            let mut other = result("R-3", "D-1", 1, true);
            other["version"] = 2.into();
            other
        },
    ];
    for event in refused {
        let found = problem(&service.post("/v1/events", &event), 422);
        assert!(found["detail"].is_string());
    }
    problem(
        &service.post("/v1/events", &result("R-4", "D-9", 1, true)),
        404,
    );
    // None of these was recorded: the ids are free.
    service.tell(&result("R-1", "D-1", 1, true));
    assert_eq!(service.latest("D-1")["status"], "released");
}

#[test]
fn papers_that_came_let_it_be_decided_again() {
    let mut service = Service::start("papers");
    let declaration = without_paper("D-1");
    let first = service.declare(&declaration);
    assert_eq!(
        first["items"][0]["messages"][0]["code"],
        "DOCUMENTS_MISSING"
    );
    let mut papers = act("P-1", "documents_received", "D-1");
    papers["documents"] = json!([{ "item_no": 9, "kind": "ce_declaration", "number": "CE-1", "issued_on": "2012-01-01" }]);
    let found = problem(&service.post("/v1/events", &papers), 422);
    assert_eq!(pointers(&found), ["/documents/0/item_no"]);
    papers["documents"][0]["item_no"] = 1.into();
    service.tell(&papers);
    let second = service.latest("D-1");
    assert_eq!(second["revision"], 2);
    let codes = second["items"][0]["messages"].to_string();
    assert!(!codes.contains("DOCUMENTS_MISSING"), "{second}");
    assert_ne!(second["status"], "held");
    assert_eq!(service.kinds("D-1"), ["initial", "documents"]);
    // Whoever declares the same again is told what was decided first.
    assert_eq!(service.declare(&declaration), first);
    let again = service.tell(&papers);
    assert_eq!(again["repeated"], true);
    assert_eq!(service.latest("D-1"), second);
}

#[test]
fn an_officer_releases_and_rejects_what_is_open() {
    let mut service = Service::start("officer");
    for (id, kind, status) in [
        ("D-1", "declaration_released", "released"),
        ("D-2", "declaration_rejected", "rejected"),
    ] {
        service.declare(&held(id));
        service.tell(&act(&format!("A-{id}"), kind, id));
        assert_eq!(service.latest(id)["status"], status);
        let again = act(&format!("B-{id}"), kind, id);
        problem(&service.post("/v1/events", &again), 422);
    }
    assert_eq!(service.kinds("D-2"), ["initial", "rejection"]);
    let mut unknown = act("A-3", "declaration_released", "D-1");
    unknown["colour"] = "green".into();
    let found = problem(&service.post("/v1/events", &unknown), 422);
    assert_eq!(pointers(&found), ["/colour"]);
}

#[test]
fn a_declaration_is_withdrawn_with_and_without_a_reason() {
    let mut service = Service::start("cancel");
    service.declare(&released("D-1"));
    let cancelled = right(&service.cancel("D-1"));
    assert_eq!(
        (&cancelled["status"], &cancelled["revision"]),
        (&"cancelled".into(), &2.into())
    );
    assert_eq!(service.latest("D-1"), cancelled);
    service.declare(&selected("D-2"));
    let body = json!({ "reason_text": "sold at home" });
    let cancelled = right(&service.post("/v1/declarations/D-2/cancel", &body));
    assert_eq!(cancelled["status"], "cancelled");
    let revision = service.life("D-2")["revisions"][1].clone();
    assert_eq!(
        (&revision["kind"], &revision["why"]),
        (&"cancellation".into(), &"sold at home".into())
    );
    assert_eq!(revision["by"], "local");
    // It has no later life, but its first answer can be asked for again.
    let again = service.cancel("D-2");
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    assert_eq!(right(&again), cancelled);
    let body = json!({ "colour": 1 });
    problem(&service.post("/v1/declarations/D-2/cancel", &body), 422);
    problem(
        &service.post("/v1/decisions", &heavier(&selected("D-2"), 2)),
        409,
    );
    assert_eq!(service.declare(&selected("D-2"))["status"], "selected");
    service.declare(&released("D-3"));
    for (body, places) in [
        (json!({ "colour": 1 }), vec!["/colour"]),
        (json!({ "event_id": "E-1" }), vec!["/event_id"]),
        (json!({ "reason_text": 1 }), vec!["/reason_text"]),
    ] {
        let reply = service.post("/v1/declarations/D-3/cancel", &body);
        assert_eq!(pointers(&problem(&reply, 422)), places);
    }
    let reply = service
        .client
        .post("/v1/declarations/D-3/cancel", JSON, b"{");
    problem(&reply.unwrap(), 400);
    assert_eq!(service.latest("D-3")["status"], "released");
}

#[test]
fn every_fault_of_an_event_is_told_at_once() {
    let mut service = Service::start("event-faults");
    let mut found = act("R-1", "inspection_result", "D-1");
    found["item_no"] = 0.into();
    found["conclusion"] = "perhaps".into();
    found["officer_id"] = 7.into();
    found["tests"] = json!([{ "test": "lead", "colour": 1 }]);
    found["colour"] = "green".into();
    let found = problem(&service.post("/v1/events", &found), 422);
    let places = [
        "/version",
        "/item_no",
        "/tests/0/passed",
        "/tests/0/colour",
        "/conclusion",
        "/officer_id",
        "/colour",
    ];
    assert_eq!(pointers(&found), places, "{found}");
    let mut papers = act("P-1", "documents_received", "D-1");
    papers["documents"] = json!([{ "kind": "ce_declaration", "number": "CE-1" }]);
    papers["colour"] = "green".into();
    let found = problem(&service.post("/v1/events", &papers), 422);
    assert_eq!(
        pointers(&found),
        ["/documents/0/item_no", "/colour"],
        "{found}"
    );
}

#[test]
fn a_milder_verdict_needs_a_second_officer_and_every_override_a_document() {
    let mut service = Service::start("override");
    service.declare(&held("D-1"));
    let whole = json!({
        "verdict": "release", "reason_code": "PAPERS_SEEN", "reason_text": "seen at the desk",
        "document": "M-1", "officer_id": "O-1", "confirmed_by": "O-2",
    });
    let without = |member: &str| {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(member);
        body
    };
    for member in [
        "verdict",
        "reason_code",
        "reason_text",
        "document",
        "officer_id",
    ] {
        let found = problem(&service.overrule("D-1", &without(member)), 422);
        assert_eq!(pointers(&found), [format!("/{member}")]);
    }
    let found = problem(&service.overrule("D-1", &json!({})), 422);
    assert_eq!(
        found["errors"].as_array().map(Vec::len),
        Some(5),
        "all at once: {found}"
    );
    problem(&service.overrule("D-1", &without("confirmed_by")), 422);
    let mut same = whole.clone();
    same["confirmed_by"] = "O-1".into();
    assert_eq!(
        pointers(&problem(&service.overrule("D-1", &same), 422)),
        ["/confirmed_by"]
    );
    assert_eq!(service.latest("D-1")["status"], "held");

    let decision = right(&service.overrule("D-1", &whole));
    assert_eq!(
        (&decision["verdict"], &decision["status"]),
        (&"release".into(), &"released".into())
    );
    let revision = service.life("D-1")["revisions"][1].clone();
    assert_eq!(revision["kind"], "override");
    assert_eq!(
        (&revision["by"], &revision["why"]),
        (&"O-1".into(), &"seen at the desk".into())
    );
    problem(&service.overrule("D-1", &whole), 422);
}

#[test]
fn a_stricter_verdict_needs_one_officer_and_orders_an_inspection() {
    let mut service = Service::start("stricter");
    service.declare(&released("D-1"));
    let body = json!({
        "verdict": "sample", "reason_code": "TIP", "reason_text": "a tip", "document": "M-2", "officer_id": "O-1",
    });
    let decision = right(&service.overrule("D-1", &body));
    assert_eq!(
        (&decision["verdict"], &decision["status"]),
        (&"sample".into(), &"selected".into())
    );
    service.tell(&result("R-1", "D-1", 1, true));
    assert_eq!(service.latest("D-1")["status"], "released");
    assert_eq!(service.kinds("D-1"), ["initial", "override", "result"]);
}
