//! Many at once: what they send is decided once, and only one of those who contradict each other gets his way.

use std::collections::BTreeMap;
use std::thread;

use serde_json::{Value, json};

use crate::http::{Client, JSON, NDJSON, Reply};
use crate::service::{Service, released, result, right, selected};

/// Everybody sends at once: what each one is told.
fn all<T: Send>(
    service: &Service,
    count: usize,
    send: impl Fn(usize, &mut Client) -> T + Sync,
) -> Vec<T> {
    let address = service.server.address().unwrap();
    thread::scope(|scope| {
        let send = |number| {
            let send = &send;
            scope.spawn(move || send(number, &mut Client::new(address)))
        };
        let senders: Vec<_> = (0..count).map(send).collect();
        let told = senders.into_iter().map(|sender| sender.join().unwrap());
        told.collect()
    })
}

#[test]
fn of_64_who_send_the_same_declaration_at_once_all_get_the_same_answer() {
    let mut service = Service::start("at-once");
    for round in 0..4 {
        let declaration = selected(&format!("D-{round}")).to_string();
        let answers = all_at_once(&service, &declaration);
        assert_eq!(answers.iter().filter(|(_, replayed)| !replayed).count(), 1);
        assert!(answers.iter().all(|(body, _)| *body == answers[0].0));
    }
    let first = service.get("/v1/decisions/D-0").body;
    let mut service = service.again();
    let declaration = selected("D-0").to_string();
    let answers = all_at_once(&service, &declaration);
    assert!(
        answers
            .iter()
            .all(|(body, replayed)| *body == first && *replayed)
    );
    // Nothing else was recorded of it.
    let life = right(&service.get("/v1/declarations/D-0"));
    assert_eq!(life["revisions"].as_array().map(Vec::len), Some(1));
}

fn all_at_once(service: &Service, declaration: &str) -> Vec<(Vec<u8>, bool)> {
    all(service, 64, |_, client| {
        let reply = client.post("/v1/decisions", JSON, declaration.as_bytes());
        let reply = reply.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text());
        let replayed = reply.header("idempotent-replay") == Some("true");
        (reply.body, replayed)
    })
}

#[test]
fn the_same_stream_sent_by_several_is_decided_once() {
    let service = Service::start("streams-at-once");
    let ids = (0..500).map(|number| format!("D-{number}"));
    let body: String = ids.map(|id| selected(&id).to_string() + "\n").collect();
    let told = all(&service, 4, |_, client| {
        let reply = client.post("/v1/decisions/batch", NDJSON, body.as_bytes());
        reply.unwrap().body
    });
    assert!(told.iter().all(|answers| *answers == told[0]));
    assert_eq!(String::from_utf8_lossy(&told[0]).lines().count(), 500);
}

fn count(replies: &[Reply]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for reply in replies {
        *counts.entry(reply.status).or_default() += 1;
    }
    counts
}

#[test]
fn of_several_withdrawals_at_once_one_is_recorded() {
    let mut service = Service::start("cancel-at-once");
    for number in 0..5 {
        let id = format!("D-{number}");
        service.declare(&released(&id));
        let path = format!("/v1/declarations/{id}/cancel");
        let told = all(&service, 8, |_, client| {
            client.post(&path, JSON, b"").unwrap()
        });
        let again = |reply: &&Reply| reply.header("idempotent-replay").is_some();
        assert_eq!(count(&told), BTreeMap::from([(200, 8)]));
        assert_eq!(told.iter().filter(again).count(), 7);
        assert!(told.iter().all(|reply| reply.body == told[0].body));
        let life = right(&service.get(&format!("/v1/declarations/{id}")));
        assert_eq!(life["revisions"].as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn of_several_versions_at_once_each_is_above_the_one_before() {
    let mut service = Service::start("versions-at-once");
    for number in 0..5 {
        let id = format!("D-{number}");
        service.declare(&selected(&id));
        let told = all(&service, 12, |sender, client| {
            let version = 2 + sender as u64;
            let body = crate::service::heavier(&selected(&id), version).to_string();
            client.post("/v1/decisions", JSON, body.as_bytes()).unwrap()
        });
        assert!(
            count(&told)
                .keys()
                .all(|status| [200, 409].contains(status))
        );
        let decided = told.iter().filter(|reply| reply.status == 200);
        let mut decided: Vec<Value> = decided.map(Reply::json).collect();
        decided.sort_by_key(|decision| decision["sequence"].as_u64());
        let versions: Vec<u64> = decided
            .iter()
            .map(|decision| decision["version"].as_u64().unwrap())
            .collect();
        assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
        assert_eq!(versions.last(), Some(&13));
        assert!(
            decided
                .iter()
                .all(|decision| decision["status"] == "selected")
        );
    }
}

#[test]
fn results_of_two_items_at_once_release() {
    let mut service = Service::start("results-at-once");
    for number in 0..8 {
        let id = format!("D-{number}");
        let mut declaration = selected(&id);
        let mut second = declaration["items"][0].clone();
        second["item_no"] = 2.into();
        declaration["items"].as_array_mut().unwrap().push(second);
        service.declare(&declaration);
        let told = all(&service, 6, |sender, client| {
            // Each result is sent three times.
            let item = 1 + (sender % 2) as u64;
            let event = result(&format!("R-{number}-{item}"), &id, item, true).to_string();
            client.post("/v1/events", JSON, event.as_bytes()).unwrap()
        });
        assert_eq!(count(&told), BTreeMap::from([(200, 6)]));
        let new = told
            .iter()
            .filter(|reply| reply.json()["repeated"] == false);
        assert_eq!(new.count(), 2);
        assert_eq!(service.latest(&id)["status"], "released");
    }
}

#[test]
fn events_and_declarations_of_many_at_once_are_each_recorded_once() {
    let service = Service::start("many");
    all(&service, 8, |sender, client| {
        for number in 0..15 {
            let name = format!("{sender}-{number}");
            let declaration = selected(&name).to_string();
            let reply = client.post("/v1/decisions", JSON, declaration.as_bytes());
            assert_eq!(reply.unwrap().status, 200);
            let year = 2010 + number;
            let event = json!({
                "event_id": name, "type": "alert_raised", "at": "2016-11-02T10:00:00+08:00",
                "alert_id": name, "kind": "notification", "level": 1, "hs_scope": "8539",
                "from": format!("{year}-11-02"), "to": format!("{year}-11-03"),
            });
            let reply = client.post("/v1/events", JSON, event.to_string().as_bytes());
            assert_eq!(reply.unwrap().status, 200);
        }
    });
    let mut service = service;
    let begun = service.get("/v1/events").lines();
    let alerts = begun.iter().filter(|event| event["type"] == "alert_raised");
    let revisions: Vec<u64> = alerts
        .map(|event| event["registry_revision"].as_u64().unwrap())
        .collect();
    assert_eq!(revisions.len(), 8 * 15);
    assert!(revisions.is_sorted_by(|a, b| a + 1 == *b), "{revisions:?}");
}
