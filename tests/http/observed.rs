//! What can be seen of each request: its id, and how long the engine took.

use std::collections::BTreeSet;

use serde_json::json;

use crate::callers::{client, configuration, post, token};
use crate::http::{Client, JSON, NDJSON, Reply};
use crate::service::{Service, arguments, folder, problem, released, right, selected};

const LATER: &str = "2999-01-01";

/// A service, who declares to it, and an officer.
fn start(name: &str, before: &str) -> (Service, Client, Client) {
    let (window, window_line) = token("window", &["declare"], LATER);
    let (officer, officer_line) = token("officer", &["officer"], LATER);
    let config = configuration(name, before, &[&window_line, &officer_line]);
    let config = config.to_string_lossy();
    let service = Service::with(folder(name), &arguments(&["--config", &config]));
    let (window, officer) = (client(&service, &window), client(&service, &officer));
    (service, window, officer)
}

/// The id that an answer tells.
fn id(reply: &Reply) -> String {
    let mut ids = reply.headers.iter();
    let of = ids.by_ref().filter(|(name, _)| name == "x-request-id");
    let ids: Vec<&String> = of.map(|(_, id)| id).collect();
    assert_eq!(ids.len(), 1, "{:?}", reply.headers);
    ids[0].clone()
}

/// Answers of every sort, from all that may give one.
fn answers(window: &mut Client, officer: &mut Client) -> Vec<(u16, Reply)> {
    let mut stranger = Client::new(window.address);
    stranger.request_id.clone_from(&window.request_id);
    let lines = format!("{}\nno JSON\n", released("B-1"));
    let mut found = vec![
        (200, window.get("/healthz").unwrap()),
        (200, post(window, "/v1/decisions", &released("D-1"))),
        (200, post(window, "/v1/decisions", &released("D-1"))),
        (
            200,
            window
                .post("/v1/decisions/batch", NDJSON, lines.as_bytes())
                .unwrap(),
        ),
        (400, window.post("/v1/decisions", JSON, b"{").unwrap()),
        (401, stranger.get("/v1/decisions/D-1").unwrap()),
        (403, post(window, "/v1/events", &json!({}))),
        (404, window.get("/v1/nothing").unwrap()),
        (404, window.get("/v1/decisions/X-1").unwrap()),
        (405, window.send("PUT", "/v1/decisions", None, b"").unwrap()),
        (
            413,
            window.post("/v1/decisions", JSON, &[b' '; 9_000]).unwrap(),
        ),
        (415, window.post("/v1/decisions", NDJSON, b"{}").unwrap()),
        (422, post(officer, "/v1/events", &json!({}))),
    ];
    // Once more than it may ask in a second.
    let often = (0..200).map(|_| window.get("/v1/decisions/D-1").unwrap());
    found.extend(
        often
            .filter(|reply| reply.status == 429)
            .take(1)
            .map(|reply| (429, reply)),
    );
    found
}

const LIMITS: &str = "[limits]\ndeclaration_bytes = 8192\nrequests_per_s = 50";

#[test]
fn every_answer_has_an_id_of_its_own_and_a_problem_names_it() {
    let (_service, mut window, mut officer) = start("ids", LIMITS);
    let mut seen = BTreeSet::new();
    let answers = answers(&mut window, &mut officer);
    for (status, reply) in &answers {
        let id = id(reply);
        assert_eq!(id.len(), 32, "{id}");
        match status {
            200 => assert_eq!(reply.status, 200, "{}", reply.text()),
            _ => assert_eq!(problem(reply, *status)["request_id"], id.as_str()),
        }
        assert!(seen.insert(id));
    }
    assert!(answers.iter().any(|(status, _)| *status == 429));
    // A line's problem is of the stream, which has one.
    let lines = answers[3].1.lines();
    assert_eq!(
        (&lines[1]["line"], lines[1].get("request_id")),
        (&json!(2), None)
    );
}

#[test]
fn an_id_that_a_caller_brings_is_told_again_where_it_is_well_formed() {
    let (service, mut window, mut officer) = start("ids-brought", LIMITS);
    let brought = "6ba7b810-9dad-11d1-80b4-\"00c04fd430c8\"\\";
    window.request_id = Some(brought.to_owned());
    officer.request_id = Some(brought.to_owned());
    for (status, reply) in answers(&mut window, &mut officer) {
        assert_eq!(id(&reply), brought);
        if status != 200 {
            assert_eq!(problem(&reply, status)["request_id"], brought);
        }
    }
    let mut other = service.server.client();
    let long = "x".repeat(129);
    let token = window.authorization.unwrap();
    let token = token.strip_prefix("Bearer ").unwrap();
    for wrong in ["two words", &long, token, "é", "a\r\nX-Request-Id: b"] {
        other.request_id = Some(wrong.to_owned());
        let id = id(&other.get("/v1/nothing").unwrap());
        assert!(id.len() == 32 && id != wrong, "{id}");
    }
}

#[test]
fn an_officer_is_told_how_long_the_engine_took_and_nobody_else() {
    let (_service, mut window, mut officer) = start("nanos", "");
    let nanos = |reply: &Reply| {
        right(reply);
        let nanos = reply.header("x-engine-nanos");
        nanos.map(|nanos| nanos.parse::<u64>().unwrap())
    };
    for number in 0..5 {
        let told = nanos(&post(
            &mut officer,
            "/v1/decisions",
            &selected(&format!("O-{number}")),
        ));
        // More than a clock's step, less than a request may take.
        assert!(
            told.is_some_and(|told| (200..1_000_000_000).contains(&told)),
            "{told:?}"
        );
        let other = post(
            &mut window,
            "/v1/decisions",
            &selected(&format!("W-{number}")),
        );
        assert_eq!(nanos(&other), None);
    }
    // What was decided before took nothing now.
    let again = post(&mut officer, "/v1/decisions", &selected("O-0"));
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    assert_eq!(nanos(&again), None);
}
