//! What is refused, with every fault and where it is.

use serde_json::{Value, json};

use crate::http::{JSON, NDJSON};
use crate::service::{Service, pointers, problem, released};

/// One byte more than a declaration may have.
const TOO_LONG: usize = (1 << 20) + 1;

#[test]
fn all_faults_are_told_at_once_with_their_places() {
    let mut service = Service::start("faults");
    let mut declaration = released("D-1");
    declaration["country"] = "XX".into();
    declaration["colour"] = "green".into();
    declaration["items"][0]["value"] = "12.34567".into();
    declaration["items"][0]["hs_code"] = "94".into();
    declaration["trader_id"] = Value::Null;
    let found = problem(&service.post("/v1/decisions", &declaration), 422);
    let mut places = pointers(&found);
    places.sort_unstable();
    let expected = [
        "/colour",
        "/country",
        "/items/0/hs_code",
        "/items/0/value",
        "/trader_id",
    ];
    assert_eq!(places, expected, "{found}");
    for error in found["errors"].as_array().unwrap() {
        assert!(error["code"].is_string() && error["detail"].is_string());
    }
    // What was refused was not recorded.
    problem(&service.get("/v1/decisions/D-1"), 404);
    service.declare(&released("D-1"));
}

#[test]
fn a_declaration_of_the_future_is_refused() {
    let mut service = Service::start("future");
    let mut declaration = released("D-1");
    declaration["declared_at"] = "2999-01-01T00:00:00Z".into();
    let found = problem(&service.post("/v1/decisions", &declaration), 422);
    assert_eq!(pointers(&found), ["/declared_at"]);
}

#[test]
fn what_is_no_json_is_400() {
    let mut service = Service::start("no-json");
    for body in [&b"{"[..], b"", b"\xff\xfe", b"{\"a\":1}}"] {
        for path in ["/v1/decisions", "/v1/events"] {
            let reply = service.client.post(path, JSON, body).unwrap();
            let found = problem(&reply, 400);
            let mut errors = found["errors"].as_array().unwrap().iter();
            assert!(errors.any(|error| error["code"] == "syntax"), "{found}");
        }
    }
    let reply = service.post("/v1/decisions", &json!([1]));
    assert!([400, 422].contains(&reply.status));
}

#[test]
fn what_is_not_there_is_404_and_another_method_405() {
    let mut service = Service::start("nowhere");
    problem(&service.get("/v1/nothing"), 404);
    problem(&service.get("/v1/declarations/D-1"), 404);
    problem(&service.cancel("D-1"), 404);
    let reply = service.post("/v1/declarations/D-1/override", &json!({}));
    problem(&reply, 404);
    let wrong = [
        ("GET", "/v1/decisions", "POST"),
        ("DELETE", "/v1/decisions/D-1", "GET"),
        ("PUT", "/v1/events", "GET, POST"),
        ("POST", "/readyz", "GET"),
    ];
    for (method, path, allowed) in wrong {
        let reply = service.client.send(method, path, None, b"").unwrap();
        problem(&reply, 405);
        assert_eq!(reply.header("allow"), Some(allowed));
    }
}

#[test]
fn too_much_is_413_and_another_media_type_415() {
    let mut service = Service::start("too-much");
    let long = vec![b' '; TOO_LONG];
    let reply = service.client.post("/v1/decisions", JSON, &long).unwrap();
    problem(&reply, 413);
    let mut just = released("D-1").to_string().into_bytes();
    just.resize(TOO_LONG - 1, b' ');
    let reply = service.client.post("/v1/decisions", JSON, &just).unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    let wrong = [
        ("/v1/decisions", NDJSON),
        ("/v1/decisions/batch", JSON),
        ("/v1/events", "text/csv"),
        ("/v1/registry/classes", JSON),
        ("/v1/declarations/D-1/cancel", "text/plain"),
    ];
    for (path, media_type) in wrong {
        let reply = service.client.post(path, media_type, b"{}").unwrap();
        problem(&reply, 415);
    }
    let body = released("D-2").to_string();
    let media_type = "Application/JSON; charset=utf-8";
    let reply = service
        .client
        .post("/v1/decisions", media_type, body.as_bytes());
    assert_eq!(reply.unwrap().status, 200);
}

#[test]
fn much_too_much_is_refused_and_the_service_goes_on() {
    let mut service = Service::start("much-too-much");
    let long = vec![b' '; 40 << 20];
    // The answer may come before all was sent, and with it the end of the connection.
    if let Ok(reply) = service.client.post("/v1/decisions", JSON, &long) {
        problem(&reply, 413);
    }
    let mut other = service.server.client();
    let reply = other.post(
        "/v1/decisions",
        JSON,
        released("D-1").to_string().as_bytes(),
    );
    assert_eq!(reply.unwrap().status, 200);
}
