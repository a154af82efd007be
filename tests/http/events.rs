//! Events of the registry: recorded once, effective for the next decision, refused with every fault.

use serde_json::{Value, json};

use crate::http::NDJSON;
use crate::service::{Service, pointers, problem, released, right};

/// The goods of [`released`], on whatever day it is declared.
fn alert(event: &str, alert: &str) -> Value {
    json!({
        "event_id": event, "type": "alert_raised", "at": "2012-01-01T00:00:00+08:00", "alert_id": alert,
        "kind": "counterfeit", "level": 2, "hs_scope": ["9405"], "enterprise_id": "91440606415292770B",
        "source": "market supervision", "from": "2012-01-01", "to": "2013-01-01",
    })
}

#[test]
fn an_event_is_effective_for_the_next_decision() {
    let mut service = Service::start("event");
    let before = service.declare(&released("D-1"));
    let told = service.tell(&alert("E-1", "AL-1"));
    assert_eq!(told["event_id"], "E-1");
    assert_eq!(told["repeated"], false);
    let revision = |value: &Value| value["registry_revision"].as_u64().unwrap();
    assert_eq!(revision(&told), revision(&before) + 1);
    let after = service.declare(&released("D-2"));
    assert_eq!(after["status"], "held");
    assert_eq!(revision(&after), revision(&told));
    let lifted = json!({
        "event_id": "E-2", "type": "alert_lifted", "at": "2012-01-02T00:00:00+08:00", "alert_id": "AL-1",
    });
    service.tell(&lifted);
    assert_eq!(service.declare(&released("D-3"))["status"], "released");
    // What was decided stays as it was.
    assert_eq!(service.latest("D-2"), after);
}

#[test]
fn the_same_event_gets_the_same_answer_and_another_content_is_a_conflict() {
    let mut service = Service::start("event-again");
    let first = service.tell(&alert("E-1", "AL-1"));
    for again in 0..2 {
        let mut told = service.tell(&alert("E-1", "AL-1"));
        assert_eq!(told["repeated"], true);
        told["repeated"] = false.into();
        assert_eq!(told, first);
        let other = service.post("/v1/events", &alert("E-1", "AL-2"));
        problem(&other, 409);
        if again == 0 {
            service = service.again();
        }
    }
}

#[test]
fn all_faults_of_an_event_are_told_at_once() {
    let mut service = Service::start("event-faults");
    let mut event = alert("E-1", "AL-1");
    event["colour"] = "green".into();
    event["level"] = json!({ "of": 2 });
    event["at"] = "yesterday".into();
    let found = problem(&service.post("/v1/events", &event), 422);
    assert!(pointers(&found).contains(&"/at"), "{found}");
    event["at"] = "2012-01-01T00:00:00Z".into();
    let found = problem(&service.post("/v1/events", &event), 422);
    let mut places = pointers(&found);
    places.sort_unstable();
    assert_eq!(places, ["/colour", "/level"], "{found}");
    let found = problem(&service.post("/v1/events", &json!({})), 422);
    let mut places = pointers(&found);
    places.sort_unstable();
    assert_eq!(places, ["/at", "/event_id", "/type"], "{found}");
    // What a row of the registry may not be is told too.
    let mut event = alert("E-1", "AL-1");
    event["level"] = 9.into();
    event["hs_scope"] = "94x".into();
    let found = problem(&service.post("/v1/events", &event), 422);
    assert_eq!(found["errors"].as_array().map(Vec::len), Some(2), "{found}");
    service.tell(&alert("E-1", "AL-1"));
}

#[test]
fn an_unknown_type_is_told_the_nearest_and_the_services_own_are_not_for_senders() {
    let mut service = Service::start("event-type");
    let mut event = alert("E-1", "AL-1");
    event["type"] = "alert_raise".into();
    let found = problem(&service.post("/v1/events", &event), 422);
    assert_eq!(pointers(&found), ["/type"]);
    let detail = found["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("`alert_raised`"), "{detail}");
    let own = json!({
        "event_id": "E-2", "type": "day_turned", "at": "2012-01-01T00:00:00Z", "day": "2012-01-01",
    });
    let found = problem(&service.post("/v1/events", &own), 422);
    assert_eq!(pointers(&found), ["/type"]);
    // Else a sender could take the id of an act that is still to come.
    for id in [
        "day_turned/2999-01-01/9",
        "declaration_cancelled/17",
        "data_opened",
        "event_voided/E-1",
    ] {
        let found = problem(&service.post("/v1/events", &alert(id, "AL-1")), 422);
        assert_eq!(pointers(&found), ["/event_id"]);
    }
    let later =
        json!({ "event_id": "E-3", "type": "draw_key_revealed", "at": "2012-01-01T00:00:00Z" });
    let found = problem(&service.post("/v1/events", &later), 422);
    let detail = found["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("`greenlane draws reveal`"), "{detail}");
}

fn void(event: &str, voided: &str) -> Value {
    json!({
        "event_id": event, "type": "event_voided", "at": "2012-01-03T00:00:00+08:00",
        "voided_event_id": voided, "reason": "another maker was meant",
        "authority": "Foshan CIQ", "document": "FS-2012-1",
    })
}

#[test]
fn a_mistaken_event_is_voided_once_and_after_what_came_later() {
    let mut service = Service::start("event-voided");
    service.tell(&alert("E-1", "AL-1"));
    let held = service.declare(&released("D-1"));
    assert_eq!(held["status"], "held");
    let mut more = alert("E-2", "AL-1");
    more["level"] = 3.into();
    service.tell(&more);
    service.tell(&alert("E-3", "AL-3"));
    let found = problem(&service.post("/v1/events", &void("V-1", "E-1")), 422);
    assert_eq!(pointers(&found), ["/voided_event_id"]);
    assert!(
        found.to_string().contains("the event `E-2` changed"),
        "{found}"
    );
    // What is archived is voided as what is not.
    let mut service = service.again();
    for (void_id, voided) in [("V-3", "E-3"), ("V-2", "E-2"), ("V-1", "E-1")] {
        let told = service.tell(&void(void_id, voided));
        let mut again = service.tell(&void(void_id, voided));
        assert_eq!(again["repeated"], true);
        again["repeated"] = false.into();
        assert_eq!(again, told);
    }
    assert_eq!(service.declare(&released("D-2"))["status"], "released");
    assert_eq!(service.latest("D-1"), held, "what was decided stays");
    let mut service = service.again();
    assert_eq!(service.declare(&released("D-3"))["status"], "released");
    let found = problem(&service.post("/v1/events", &void("V-4", "E-1")), 422);
    assert!(found.to_string().contains("was voided by `V-1`"), "{found}");
    let found = problem(&service.post("/v1/events", &void("V-4", "V-1")), 422);
    assert!(
        found.to_string().contains("`event_voided` is not voided"),
        "{found}"
    );
    let bare = json!({ "event_id": "V-5", "type": "event_voided", "at": "2012-01-03T00:00:00Z" });
    let found = problem(&service.post("/v1/events", &bare), 422);
    let places = ["/authority", "/document", "/voided_event_id", "/reason"];
    assert_eq!(pointers(&found), places, "{found}");
}

#[test]
fn several_events_are_answered_line_by_line() {
    let mut service = Service::start("event-lines");
    let mut faulty = alert("E-2", "AL-2");
    faulty["colour"] = 1.into();
    let lines = [
        alert("E-1", "AL-1").to_string(),
        String::new(),
        faulty.to_string(),
        alert("E-1", "AL-1").to_string(),
        "{".to_owned(),
        alert("E-3", "AL-3").to_string(),
    ];
    let reply = service
        .client
        .post("/v1/events", NDJSON, lines.join("\n").as_bytes());
    let answers = reply.unwrap().lines();
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["event_id"]).collect();
    let none = Value::Null;
    assert_eq!(
        ids,
        [&json!("E-1"), &none, &json!("E-1"), &none, &json!("E-3")]
    );
    assert_eq!(
        (&answers[1]["line"], &answers[1]["status"]),
        (&3.into(), &422.into())
    );
    assert_eq!(
        (&answers[3]["line"], &answers[3]["status"]),
        (&5.into(), &400.into())
    );
    assert_eq!(answers[2]["repeated"], true);
}

const HEADER: &str =
    "alert_id,kind,level,hs_scope,countries,enterprise_id,risk_type,source,from,to\n";

fn table(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

impl Service {
    fn import(&mut self, table: &str, text: &str) -> crate::http::Reply {
        let path = format!("/v1/registry/{table}");
        self.client
            .post(&path, "text/csv", text.as_bytes())
            .unwrap()
    }
}

#[test]
fn a_table_that_is_sent_is_the_registrys_from_then_on() {
    let mut service = Service::start("table");
    let row = "AL-1,counterfeit,2,9405,,91440606415292770B,,a test,2012-01-01,2013-01-01\n";
    let told = right(&service.import("alerts", &table(row)));
    assert!(told["changes"].as_u64() >= Some(1), "{told}");
    assert!(told["sequence"].is_u64());
    assert_eq!(service.declare(&released("D-1"))["status"], "held");
    let again = right(&service.import("alerts", &table(row)));
    assert_eq!(
        (&again["changes"], &again["sequence"]),
        (&0.into(), &Value::Null)
    );
    assert_eq!(again["registry_revision"], told["registry_revision"]);
    let mut service = service.again();
    assert_eq!(service.declare(&released("D-2"))["status"], "held");
    right(&service.import("alerts", HEADER));
    assert_eq!(service.declare(&released("D-3"))["status"], "released");
}

#[test]
fn a_table_with_a_fault_is_refused_whole() {
    let mut service = Service::start("table-faults");
    let rows = "AL-1,counterfeit,2,9405,,91440606415292770B,,a test,2012-01-01,2013-01-01\n\
                AL-2,counterfeit,9,9405,,,,a test,2012-13-01,2013-01-01\n";
    let found = problem(&service.import("alerts", &table(rows)), 422);
    assert_eq!(found["errors"].as_array().map(Vec::len), Some(2), "{found}");
    assert!(found.to_string().contains("alerts.csv:3"), "{found}");
    problem(
        &service.import("alerts", "alert_id,colour\nAL-1,green\n"),
        422,
    );
    problem(&service.import("nothing", "a\n1\n"), 404);
    assert_eq!(service.declare(&released("D-1"))["status"], "released");
}
