//! Feeds: what nobody was told at once, in order, nothing twice, resumable, and at once when it happens.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use greenlane::clock::Stopwatch;
use serde_json::{Value, json};

use crate::http::NDJSON;
use crate::service::{Service, problem, released, result, right, selected};

impl Service {
    fn changes(&mut self, query: &str) -> Vec<Value> {
        let reply = self.get(&format!("/v1/changes?{query}"));
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.header("content-type"), Some(NDJSON));
        reply.lines()
    }

    fn passed(&mut self, number: usize) {
        self.declare(&selected(&format!("D-{number}")));
        self.tell(&result(
            &format!("R-{number}"),
            &format!("D-{number}"),
            1,
            true,
        ));
    }
}

#[test]
fn changes_come_in_order_and_can_be_resumed_anywhere() {
    let mut service = Service::start("changes");
    assert_eq!(service.changes(""), Vec::<Value>::new());
    (0..7).for_each(|number| service.passed(number));
    // Answered at once, these are no news.
    service.declare(&released("D-8"));
    right(&service.cancel("D-8"));
    let all = service.changes("");
    assert_eq!(all.len(), 7);
    for (number, change) in all.iter().enumerate() {
        assert_eq!(*change, service.latest(&format!("D-{number}")));
        assert_eq!(change["status"], "released");
    }
    let (mut read, mut after) = (Vec::new(), 0);
    loop {
        let some = service.changes(&format!("after={after}&limit=2"));
        let Some(last) = some.last() else { break };
        assert!(some.len() <= 2);
        after = last["sequence"].as_u64().unwrap();
        read.extend(some);
    }
    assert_eq!(read, all);
    // Only an officer withdraws what is selected: who declared it must be told.
    service.declare(&selected("D-9"));
    let withdrawn = right(&service.cancel("D-9"));
    let after = all.last().unwrap()["sequence"].as_u64().unwrap();
    assert_eq!(service.changes(&format!("after={after}")), [withdrawn]);
    let all = service.changes("");
    let mut service = service.again();
    assert_eq!(service.changes(""), all);
    assert_eq!(
        service.changes(&format!("after={}", u64::MAX)),
        Vec::<Value>::new()
    );
    problem(&service.get("/v1/changes?after=x"), 400);
    problem(&service.get("/v1/changes?after=-1"), 400);
}

#[test]
fn whoever_waits_is_told_when_something_happens() {
    let mut service = Service::start("long-poll");
    let mut other = service.server.client();
    let waiting = thread::spawn(move || {
        let watch = Stopwatch::start();
        let reply = other.get("/v1/changes?after=0&wait_s=30").unwrap();
        (reply.lines(), watch.elapsed())
    });
    service.declare(&selected("D-1"));
    thread::sleep(Duration::from_millis(300));
    assert!(!waiting.is_finished());
    service.tell(&result("R-1", "D-1", 1, true));
    let (found, time) = waiting.join().unwrap();
    assert_eq!(found, [service.latest("D-1")]);
    assert!(time < Duration::from_secs(20));
    // Nothing comes: the answer is empty when the time is over.
    let watch = Stopwatch::start();
    let after = found[0]["sequence"].as_u64().unwrap();
    assert_eq!(
        service.changes(&format!("after={after}&wait_s=1")),
        Vec::<Value>::new()
    );
    assert!(watch.elapsed() >= Duration::from_secs(1));
}

#[test]
fn one_who_follows_while_it_happens_reads_each_change_once() {
    let mut service = Service::start("follow");
    let mut other = service.server.client();
    let count = 40;
    let following = thread::spawn(move || {
        let (mut found, mut after) = (Vec::new(), 0);
        while found.len() < count {
            let path = format!("/v1/changes?after={after}&wait_s=30&limit=3");
            let lines = other.get(&path).unwrap().lines();
            after = lines.last().unwrap()["sequence"].as_u64().unwrap();
            found.extend(lines);
        }
        found
    });
    (0..count).for_each(|number| service.passed(number));
    let found = following.join().unwrap();
    let ids: BTreeSet<String> = found
        .iter()
        .map(|change| change["declaration_id"].to_string())
        .collect();
    assert_eq!((found.len(), ids.len()), (count, count));
}

#[test]
fn the_feed_of_events_has_every_act_in_order() {
    let mut service = Service::start("events-feed");
    let begun = service.get("/v1/events").lines();
    let kinds: Vec<&Value> = begun.iter().map(|event| &event["type"]).collect();
    assert!(
        kinds.starts_with(&[&json!("data_opened"), &json!("policy_activated")]),
        "{kinds:?}"
    );
    let last = begun.last().unwrap()["sequence"].as_u64().unwrap();
    service.passed(1);
    right(&service.cancel("D-1"));
    let found = service.get(&format!("/v1/events?after={last}")).lines();
    let kinds: Vec<&Value> = found.iter().map(|event| &event["type"]).collect();
    assert_eq!(
        kinds,
        [&json!("inspection_result"), &json!("declaration_cancelled")]
    );
    assert_eq!(found[0]["event_id"], "R-1");
    assert_eq!(found[0]["by"], "local");
    let one = service
        .get(&format!("/v1/events?after={last}&limit=1"))
        .lines();
    assert_eq!(one, found[..1]);
    let after = format!("/v1/events?after={}", u64::MAX);
    assert_eq!(service.get(&after).lines(), Vec::<Value>::new());
    let mut service = service.again();
    assert_eq!(
        service.get(&format!("/v1/events?after={last}")).lines()[..2],
        found
    );
}
