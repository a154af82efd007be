//! A disk that takes nothing more: nothing is acknowledged, it is said, and what was acknowledged before stays.

use std::process::Command;

use crate::http::{JSON, NDJSON};
use crate::server::Server;
use crate::service::{Service, arguments, folder, problem, released, right, selected};

/// A service of which no file can be written any more as soon as it is told so.
fn start(name: &str) -> Service {
    let data = folder(name);
    let server = Server::start_limited(&data, &arguments(&[]));
    let client = server.client();
    Service {
        data,
        server,
        client,
    }
}

fn limit(service: &Service) {
    let id = service.server.id().to_string();
    let mut command = Command::new("prlimit");
    let done = command.args(["--pid", &id, "--fsize=0"]).status();
    assert!(done.unwrap().success());
}

#[test]
fn a_journal_that_cannot_be_written_stops_everything_and_loses_nothing() {
    let mut service = start("stopped");
    let first = service.declare(&selected("D-1"));
    limit(&service);
    let body = released("D-2").to_string();
    let reply = service.client.post("/v1/decisions", JSON, body.as_bytes());
    let reply = reply.unwrap();
    problem(&reply, 503);
    assert!(reply.header("retry-after").is_some());
    let ready = service.get("/readyz");
    assert_eq!(
        (ready.status, &ready.json()["phase"]),
        (503, &"stopped".into())
    );
    problem(&service.get("/v1/decisions/D-1"), 503);
    problem(&service.post("/v1/decisions", &selected("D-1")), 503);
    let reply = service
        .client
        .post("/v1/decisions/batch", NDJSON, body.as_bytes());
    problem(&reply.unwrap(), 503);
    problem(&service.cancel("D-1"), 503);
    assert_eq!(service.get("/healthz").status, 200);
    assert_eq!(service.get("/metrics").status, 200);
    service.server.terminate();
    assert_eq!(
        service.server.wait().code(),
        Some(3),
        "{}",
        service.server.said()
    );

    let mut service = Service::on(service.data.clone(), &[]);
    assert_eq!(service.latest("D-1"), first);
    assert_eq!(service.declare(&selected("D-1")), first);
    service.declare(&released("D-2"));
    assert_eq!(
        right(&service.get("/readyz"))["archive_stopped"],
        serde_json::Value::Null
    );
    drop(service.client);
    service.server.stop();
}

#[test]
fn a_stream_that_meets_a_stopped_journal_gets_a_problem_for_each_line_left() {
    let mut service = start("stopped-stream");
    let client = &mut service.client;
    client.begin("/v1/decisions/batch", NDJSON).unwrap();
    client
        .send_part((selected("D-1").to_string() + "\n").as_bytes())
        .unwrap();
    assert_eq!(client.reply_head().unwrap().status, 200);
    assert!(client.part().unwrap().is_some());
    limit(&service);
    let lines: Vec<String> = (2..6)
        .map(|number| released(&format!("D-{number}")).to_string())
        .collect();
    let client = &mut service.client;
    client
        .send_part((lines.join("\n") + "\n").as_bytes())
        .unwrap();
    client.finish().unwrap();
    let mut answers = Vec::new();
    while let Some(part) = client.part().unwrap() {
        answers.extend(part);
    }
    let text = String::from_utf8(answers).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    for (number, line) in text.lines().enumerate() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["line"], &line["status"]),
            (&(number + 2).into(), &503.into())
        );
    }
}
