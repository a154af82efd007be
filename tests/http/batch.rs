//! Streams of declarations: a line for a line, in order, as soon as it is durable, in bounded memory.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::http::NDJSON;
use crate::service::{Service, heavier, released, right, selected};

const PATH: &str = "/v1/decisions/batch";
const TOO_LONG: usize = (1 << 20) + 1;

#[test]
fn what_these_tests_take_for_released_is_released_whatever_is_drawn() {
    let mut service = Service::start("batch-released");
    let lines = (0..2_000).map(|number| released(&format!("D-{number}")).to_string());
    let body = lines.collect::<Vec<_>>().join("\n");
    let reply = service.client.post(PATH, NDJSON, body.as_bytes()).unwrap();
    let answers = reply.lines();
    assert_eq!(answers.len(), 2_000);
    let selected = answers.iter().find(|answer| answer["status"] != "released");
    assert_eq!(selected, None);
}

#[test]
fn each_line_gets_its_answer_or_its_own_problem_in_order() {
    let mut service = Service::start("batch");
    let mut faulty = released("D-3");
    faulty["country"] = "XX".into();
    let lines = [
        selected("D-1").to_string(),
        String::new(),
        "{ no json".to_owned(),
        "  \r".to_owned(),
        faulty.to_string(),
        " ".repeat(TOO_LONG) + "x",
        released("D-2").to_string() + "\r",
        selected("D-1").to_string(),
        heavier(&selected("D-1"), 1).to_string(),
        heavier(&selected("D-1"), 2).to_string(),
    ];
    let body = lines.join("\n");
    let reply = service.client.post(PATH, NDJSON, body.as_bytes()).unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some(NDJSON));
    let answers = reply.lines();
    let of_line = |number: u64, status: u64| {
        let found = answers.iter().find(|answer| answer["line"] == number);
        assert_eq!(found.unwrap()["status"], status, "{answers:?}");
    };
    let told: Vec<&Value> = answers
        .iter()
        .map(|answer| &answer["declaration_id"])
        .collect();
    let none = &Value::Null;
    assert_eq!(
        told,
        ["D-1", "", "", "", "D-2", "D-1", "", "D-1"]
            .map(|id| match id {
                "" => none.clone(),
                id => id.into(),
            })
            .each_ref()
    );
    of_line(3, 400);
    of_line(5, 422);
    of_line(6, 413);
    of_line(9, 409);
    assert_eq!(answers[1]["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(answers[2]["errors"][0]["pointer"], "/country");
    assert_eq!(answers[5], answers[0], "a repeat gets the first answer");
    assert_eq!(answers[7]["version"], 2);
    assert_eq!(right(&service.get("/v1/decisions/D-1")), answers[7]);
}

#[test]
fn an_empty_stream_gets_an_empty_answer() {
    let mut service = Service::start("batch-empty");
    for body in [&b""[..], b"\n\n \n"] {
        let reply = service.client.post(PATH, NDJSON, body).unwrap();
        assert_eq!((reply.status, reply.body), (200, vec![]));
    }
}

#[test]
fn answers_come_while_the_body_is_still_sent() {
    let mut service = Service::start("batch-duplex");
    let client = &mut service.client;
    client.begin(PATH, NDJSON).unwrap();
    for number in 0..5 {
        let line = released(&format!("D-{number}")).to_string() + "\n";
        let (first, rest) = line.as_bytes().split_at(100);
        client.send_part(first).unwrap();
        client.send_part(rest).unwrap();
        if number == 0 {
            assert_eq!(client.reply_head().unwrap().status, 200);
        }
        let answer: Value = serde_json::from_slice(&client.part().unwrap().unwrap()).unwrap();
        assert_eq!(answer["declaration_id"], format!("D-{number}"));
    }
    client.finish().unwrap();
    assert_eq!(client.part().unwrap(), None);
}

#[test]
fn thousands_of_lines_are_answered_in_order_and_can_be_looked_up() {
    let mut service = Service::start("batch-long");
    let count = 4_000;
    let ids = (0..count).map(|number| format!("D-{number}"));
    let lines = ids.map(|id| released(&id).to_string() + "\n");
    let body: String = lines.collect();
    let reply = service.client.post(PATH, NDJSON, body.as_bytes()).unwrap();
    let answers = reply.lines();
    assert_eq!(answers.len(), count);
    let first = answers[0]["sequence"].as_u64().unwrap();
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer["declaration_id"], format!("D-{number}"));
        assert_eq!(answer["sequence"], first + number as u64);
    }
    assert_eq!(service.latest("D-1234"), answers[1234]);
    let again = service.client.post(PATH, NDJSON, body.as_bytes()).unwrap();
    assert_eq!(again.body, reply.body);
}

/// Most of the memory that the process has had, in KiB.
fn peak(service: &Service) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", service.server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_ascii_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

/// Sends this many times a hundred lines and reads nothing before all that fits has been sent; how much was sent, in
/// KiB.
fn send_unread(service: &mut Service, line: &str, parts: usize) -> u64 {
    let part = (line.to_owned() + "\n").repeat(100);
    service.client.begin(PATH, NDJSON).unwrap();
    let mut sender = service.client.sender().unwrap();
    let answered = thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..parts {
                sender.send_part(part.as_bytes()).unwrap();
            }
            sender.finish().unwrap();
        });
        thread::sleep(Duration::from_millis(500));
        let client = &mut service.client;
        assert_eq!(client.reply_head().unwrap().status, 200);
        let mut answered = 0;
        while let Some(part) = client.part().unwrap() {
            answered += part.split(|byte| *byte == b'\n').count() - 1;
        }
        answered
    });
    assert_eq!(answered, parts * 100);
    (parts * part.len()) as u64 >> 10
}

#[test]
fn a_long_stream_whose_answers_nobody_reads_yet_does_not_fill_the_memory() {
    let mut service = Service::start("batch-memory");
    let mut faulty = released("D-1");
    faulty["country"] = "XX".into();
    let line = faulty.to_string();
    send_unread(&mut service, &line, 100);
    let before = peak(&service);
    let sent = send_unread(&mut service, &line, 1_200);
    // The system reckons roughly: its most may be less than it was.
    let grown = peak(&service).saturating_sub(before);
    assert!(
        grown < 12 << 10 && grown < sent / 3,
        "{sent} KiB were sent, and memory grew by {grown} KiB"
    );
}

#[test]
fn a_sender_who_breaks_off_stops_nothing() {
    let mut service = Service::start("batch-broken");
    let mut other = service.server.client();
    other.begin(PATH, NDJSON).unwrap();
    let line = released("D-1").to_string() + "\n";
    other.send_part(line.as_bytes()).unwrap();
    assert_eq!(other.reply_head().unwrap().status, 200);
    assert!(other.part().unwrap().is_some());
    other
        .send_part(&released("D-2").to_string().as_bytes()[..50])
        .unwrap();
    drop(other);
    assert_eq!(service.declare(&released("D-3"))["status"], "released");
    assert_eq!(service.latest("D-1")["status"], "released");
    assert_eq!(service.get("/v1/decisions/D-2").status, 404);
}
