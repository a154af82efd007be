//! A panic is one answer of 500 and nothing more, except where it leaves half changed what has an order.

use std::thread;
use std::time::Duration;

use greenlane::clock::Stopwatch;
use serde_json::{Value, json};

use crate::http::{JSON, NDJSON, Reply};
use crate::service::{Service, problem, released, right, selected};

fn declare(service: &mut Service, id: &str) -> Reply {
    let body = released(id).to_string();
    let reply = service.client.post("/v1/decisions", JSON, body.as_bytes());
    reply.unwrap()
}

fn died(reply: &Reply) {
    let told = problem(reply, 500);
    assert_eq!(told["title"], "Internal Server Error");
    // The connection is kept.
    assert_eq!(reply.header("connection"), None);
}

fn alert(id: &str) -> Value {
    json!({
        "event_id": id, "type": "alert_raised", "at": "2016-11-02T10:00:00+08:00", "alert_id": id,
        "kind": "notification", "level": 1, "hs_scope": "8539", "from": "2012-11-02",
    })
}

#[test]
fn a_panic_of_a_request_is_its_own_answer_and_the_connection_goes_on() {
    for point in ["handler", "matching"] {
        let mut service = Service::panicking(&format!("panic-{point}"), &format!("{point}:2"));
        let first = right(&declare(&mut service, "D-1"));
        died(&declare(&mut service, "D-2"));
        // Every worker, and every room, decides as before.
        for number in 3..12 {
            let mut client = service.server.client();
            let body = selected(&format!("D-{number}")).to_string();
            let reply = client.post("/v1/decisions", JSON, body.as_bytes()).unwrap();
            assert_eq!(right(&reply)["status"], "selected");
        }
        assert_eq!(right(&service.get("/readyz"))["phase"], "ready");
        let second = right(&declare(&mut service, "D-2"));
        assert_eq!(second["status"], "released");
        assert_eq!(right(&declare(&mut service, "D-1")), first);
        drop(service.client);
        service.server.stop();
    }
}

#[test]
fn a_panic_away_from_the_workers_is_the_answer_of_who_asked() {
    let mut service = Service::panicking("panic-elsewhere", "elsewhere:1");
    right(&declare(&mut service, "D-1"));
    died(&service.get("/v1/decisions/D-1"));
    right(&service.get("/v1/decisions/D-1"));
    right(&service.post("/v1/events", &alert("A-1")));
    drop(service.client);
    service.server.stop();
}

#[test]
fn a_panic_of_a_line_is_the_problem_of_that_line() {
    let mut service = Service::panicking("panic-line", "matching:2");
    let lines = (1..=3).map(|number| released(&format!("D-{number}")).to_string() + "\n");
    let body: String = lines.collect();
    let path = "/v1/decisions/batch";
    let reply = service.client.post(path, NDJSON, body.as_bytes()).unwrap();
    let answers = reply.lines();
    let statuses: Vec<&Value> = answers.iter().map(|answer| &answer["status"]).collect();
    assert_eq!(
        statuses,
        [&json!("released"), &500.into(), &"released".into()]
    );
    assert_eq!(answers[1]["line"], 2);
    let again = service.client.post(path, NDJSON, body.as_bytes()).unwrap();
    assert_eq!(again.lines()[0], answers[0]);
    assert_eq!(again.lines()[1]["status"], "released");
    drop(service.client);
    service.server.stop();
}

#[test]
fn a_panic_of_the_clock_does_not_end_its_ticking() {
    // What is decided again is decided by a tick.
    let mut service = Service::panicking("panic-tick", "tick:1");
    let declaration = selected("D-1");
    service.declare(&declaration);
    let hs_code = &declaration["items"][0]["hs_code"];
    let trader = &declaration["trader_id"];
    service.tell(&json!({
        "event_id": "R-1", "type": "recall", "at": "2016-11-02T10:00:00+08:00", "enterprise_id": trader,
        "hs_code": hs_code, "authority": "an authority", "document": "R-1",
    }));
    assert!(service.server.says("a test asked for it").is_some());
    let watch = Stopwatch::start();
    loop {
        let acts = service.get("/v1/events").lines();
        if acts.iter().any(|act| act["type"] == "redecision_ended") {
            break;
        }
        assert!(watch.elapsed() < Duration::from_secs(20), "{acts:?}");
        thread::sleep(Duration::from_millis(50));
    }
    drop(service.client);
    service.server.stop();
}

/// Nothing is acknowledged any more, the process can still be asked, and the next one has all that was answered.
fn stopped(mut service: Service, first: &Value) {
    let ready = service.get("/readyz");
    assert_eq!(
        (ready.status, &ready.json()["phase"]),
        (503, &"stopped".into())
    );
    let refused = declare(&mut service, "D-8");
    problem(&refused, 503);
    assert!(refused.header("retry-after").is_some());
    problem(&service.post("/v1/events", &alert("A-8")), 503);
    assert_eq!(service.get("/healthz").status, 200);
    service.server.terminate();
    let ended = service.server.wait();
    assert_eq!(ended.code(), Some(3), "{}", service.server.said());
    let mut service = Service::on(service.data.clone(), &[]);
    assert_eq!(right(&declare(&mut service, "D-1")), *first);
    right(&declare(&mut service, "D-9"));
    drop(service.client);
    service.server.stop();
}

#[test]
fn a_panic_while_the_ledger_is_held_stops_everything() {
    let mut service = Service::panicking("panic-settling", "settling:2");
    let first = right(&declare(&mut service, "D-1"));
    died(&declare(&mut service, "D-2"));
    stopped(service, &first);
}

#[test]
fn a_panic_while_the_registry_is_changed_stops_everything() {
    let mut service = Service::panicking("panic-acting", "acting:2");
    let first = right(&declare(&mut service, "D-1"));
    right(&service.post("/v1/events", &alert("A-1")));
    died(&service.post("/v1/events", &alert("A-2")));
    stopped(service, &first);
}

#[test]
fn a_panic_of_the_journals_thread_stops_everything() {
    // More than a start takes.
    let mut service = Service::panicking("panic-journal", "after_sync:40");
    let mut first = None;
    for number in 1..=60 {
        let reply = declare(&mut service, &format!("D-{number}"));
        if reply.status != 200 {
            problem(&reply, 503);
            stopped(service, &first.unwrap());
            return;
        }
        first.get_or_insert_with(|| reply.json());
    }
    panic!("the journal goes on");
}
