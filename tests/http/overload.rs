//! More than the service takes at once: what is past a bound is told to come again, and everything else is done as ever.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use greenlane::clock::Stopwatch;
use serde_json::json;

use crate::callers::configuration;
use crate::http::{Client, JSON, NDJSON, Reply};
use crate::server::Server;
use crate::service::{Service, arguments, folder, problem, released, right};

/// Rounds at most until somebody is refused.
const ROUNDS: usize = 50;

fn start(name: &str, limits: &str) -> Service {
    let config = configuration(name, &format!("workers = 2\n[limits]\n{limits}"), &[]);
    let config = config.to_string_lossy();
    Service::with(folder(name), &arguments(&["--config", &config]))
}

fn refused(reply: &Reply) {
    let told = problem(reply, 503);
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(told["title"], "Service Unavailable");
}

fn declare(client: &mut Client, id: &str) -> Reply {
    let body = released(id).to_string();
    client.post("/v1/decisions", JSON, body.as_bytes()).unwrap()
}

/// A stream that takes a place and says nothing, as long as it is kept.
fn silent_stream(server: &Server) -> Client {
    let mut silent = server.client();
    silent.begin("/v1/decisions/batch", NDJSON).unwrap();
    assert_eq!(silent.reply_head().unwrap().status, 200);
    silent
}

/// The same again and again until somebody is refused, since nobody knows when two meet.
fn declare_until_refused(server: &Server) -> BTreeMap<u16, usize> {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for round in 0..ROUNDS {
        for (status, count) in all_declare(server, round) {
            *counts.entry(status).or_default() += count;
        }
        assert_eq!(counts[&200], 24 * 20 * (round + 1));
        if counts.contains_key(&503) {
            break;
        }
    }
    assert!(counts.contains_key(&503), "{counts:?}");
    counts
}

/// Many declare, one after another each; how often each status came. Whoever is refused is, over the same connection,
/// and declares the same again until it is decided.
fn all_declare(server: &Server, round: usize) -> BTreeMap<u16, usize> {
    let address = server.address().unwrap();
    let goes_on = AtomicBool::new(true);
    thread::scope(|scope| {
        let sender = |sender| {
            scope.spawn(move || {
                let mut client = Client::new(address);
                let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
                for number in 0..20 {
                    let reply = loop {
                        let reply = declare(&mut client, &format!("D-{round}-{sender}-{number}"));
                        *counts.entry(reply.status).or_default() += 1;
                        if reply.status == 200 {
                            break reply;
                        }
                        refused(&reply);
                        assert_eq!(reply.header("connection"), None);
                    };
                    assert_eq!(reply.json()["status"], "released");
                    assert_eq!(reply.header("idempotent-replay"), None);
                }
                counts
            })
        };
        let senders: Vec<_> = (0..24).map(sender).collect();
        let looks = scope.spawn(|| {
            let mut client = Client::new(address);
            while goes_on.load(Ordering::SeqCst) {
                for path in ["/healthz", "/readyz", "/metrics"] {
                    assert_eq!(client.get(path).unwrap().status, 200);
                }
            }
        });
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        for sender in senders {
            for (status, count) in sender.join().unwrap() {
                *counts.entry(status).or_default() += count;
            }
        }
        goes_on.store(false, Ordering::SeqCst);
        looks.join().unwrap();
        counts
    })
}

#[test]
fn of_more_declarations_than_are_decided_at_once_the_rest_is_refused_and_not_recorded() {
    let service = start("overload-decisions", "decisions = 1");
    let counts = declare_until_refused(&service.server);
    let told = service.server.client().get("/metrics").unwrap().text();
    let refused = format!(
        "greenlane_refused_total{{reason=\"decisions\"}} {}\n",
        counts[&503]
    );
    assert!(told.contains(&refused), "{told}");
    assert!(told.contains("greenlane_under_way{kind=\"decisions\"} 0\n"));
    assert!(told.contains("\ngreenlane_connections "), "{told}");
}

#[test]
fn a_declaration_that_has_waited_its_turn_for_too_long_is_refused_and_not_recorded() {
    // Twenty of them are decided in a turn, each for about as long as they may wait.
    let variables = [("GREENLANE_LIMITS_QUEUE_MS", "1")];
    let server = Server::spawn(&folder("overload-queue"), &arguments(&[]), &variables);
    assert!(server.is_ready(), "{}", server.said());
    declare_until_refused(&server);
}

#[test]
fn what_bounds_allow_is_not_refused() {
    let service = start("overload-none", "");
    assert_eq!(
        all_declare(&service.server, 0),
        BTreeMap::from([(200, 24 * 20)])
    );
}

#[test]
fn of_more_streams_than_there_may_be_the_last_is_refused_until_another_ends() {
    let mut service = start("overload-streams", "streams = 1");
    let line = released("D-1").to_string() + "\n";
    let client = &mut service.client;
    client.begin("/v1/decisions/batch", NDJSON).unwrap();
    client.send_part(line.as_bytes()).unwrap();
    assert_eq!(client.reply_head().unwrap().status, 200);
    assert!(client.part().unwrap().is_some());
    let mut other = service.server.client();
    let path = "/v1/decisions/batch";
    refused(&other.post(path, NDJSON, line.as_bytes()).unwrap());
    right(&declare(&mut other, "D-2"));
    service.client.finish().unwrap();
    assert!(service.client.part().unwrap().is_none());
    let reply = other.post(path, NDJSON, line.as_bytes()).unwrap();
    assert_eq!(reply.lines()[0]["declaration_id"], "D-1");
}

#[test]
fn a_stream_that_is_refused_can_end_where_it_is_and_its_connection_goes_on() {
    let mut service = start("overload-early", "streams = 1");
    let line = released("D-1").to_string() + "\n";
    let _silent = silent_stream(&service.server);
    let client = &mut service.client;
    client.begin("/v1/decisions/batch", NDJSON).unwrap();
    client.send_part(line.as_bytes()).unwrap();
    let reply = client.reply().unwrap();
    refused(&reply);
    assert_eq!(reply.header("connection"), None);
    // Whether the line came before or behind the answer: nobody takes it for another request.
    client.send_part(line.as_bytes()).unwrap();
    client.finish().unwrap();
    right(&declare(client, "D-2"));
    assert_eq!(service.get("/v1/decisions/D-1").status, 404);
}

#[test]
fn a_stream_that_is_held_back_is_asked_for_or_refused_before_any_of_it_is_sent() {
    let mut service = start("overload-held", "streams = 1");
    let (path, held) = (
        "/v1/decisions/batch",
        format!("{NDJSON}\r\nExpect: 100-continue"),
    );
    let client = &mut service.client;
    client.begin(path, &held).unwrap();
    assert_eq!(client.reply_head().unwrap().status, 100);
    let line = released("D-1").to_string() + "\n";
    client.send_part(line.as_bytes()).unwrap();
    assert_eq!(client.reply_head().unwrap().status, 200);
    assert!(client.part().unwrap().is_some());
    let mut other = service.server.client();
    other.begin(path, &held).unwrap();
    // The HTTP library asks for every body that is held back. The refusal is right behind.
    assert_eq!(other.reply_head().unwrap().status, 100);
    refused(&other.reply().unwrap());
    other.finish().unwrap();
    right(&declare(&mut other, "D-2"));
    service.client.finish().unwrap();
    assert!(service.client.part().unwrap().is_none());
}

#[test]
fn of_more_events_than_may_wait_the_rest_is_refused_and_decisions_go_on() {
    let mut service = start("overload-work", "work = 1");
    let address = service.server.address().unwrap();
    let mut streams = Vec::new();
    for number in 0..400 {
        let event = json!({
            "event_id": format!("E-{number}"), "type": "alert_raised", "at": "2016-11-02T10:00:00+08:00",
            "alert_id": format!("A-{}", number % 8), "kind": "notification", "level": 1, "hs_scope": "8539",
            "from": format!("{}-11-02", 2012 + number), "to": format!("{}-11-03", 2012 + number),
        });
        let event = event.to_string();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        let request = format!("{head}Content-Length: {}\r\n\r\n{event}", event.len());
        stream.write_all(request.as_bytes()).unwrap();
        streams.push(stream);
    }
    // They wait for one another, and nobody else for them.
    right(&declare(&mut service.client, "D-1"));
    let mut statuses = BTreeMap::new();
    for stream in streams {
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
        *statuses.entry(status).or_insert(0) += 1;
    }
    assert!(
        statuses[&503] > 0 && statuses[&503] < 400 - 256 + 1,
        "{statuses:?}"
    );
}

#[test]
fn bodies_that_are_held_have_a_bound_in_common() {
    let service = start("overload-bodies", "body_bytes = 67108864");
    let part = vec![b'x'; 1 << 20];
    let mut first = service.server.client();
    first.begin("/v1/registry/classes", "text/csv").unwrap();
    for _ in 0..40 {
        first.send_part(&part).unwrap();
    }
    let mut second = service.server.client();
    second.begin("/v1/registry/classes", "text/csv").unwrap();
    for _ in 0..40 {
        // The end of the connection may come first.
        if second.send_part(&part).is_err() {
            break;
        }
    }
    refused(&second.reply().unwrap());
    // What the first one holds is room again when it is gone.
    drop(first);
    let watch = Stopwatch::start();
    let mut third = service.server.client();
    loop {
        let reply = third.post("/v1/registry/classes", "text/csv", &part.repeat(40));
        match reply.unwrap().status {
            503 if watch.elapsed() < Duration::from_secs(20) => {}
            status => break assert_eq!(status, 422),
        }
    }
}

#[test]
fn a_long_body_that_cannot_be_taken_is_refused_before_it_is_read() {
    let service = start("overload-long", "decisions = 1\nstreams = 1");
    let _silent = silent_stream(&service.server);
    let mut stream = TcpStream::connect(service.server.address().unwrap()).unwrap();
    let head =
        "POST /v1/decisions/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n";
    stream
        .write_all(format!("{head}Content-Length: 900000\r\n\r\n").as_bytes())
        .unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 503");
}
