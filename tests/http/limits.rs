//! What callers may send at once, how often, and how long they may take.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use greenlane::clock::Stopwatch;

use crate::callers::{client, configuration, post, token};
use crate::http::{JSON, NDJSON};
use crate::service::{Service, arguments, folder, problem, released, right};

/// Longer than any of the limits below.
const PATIENCE: Duration = Duration::from_secs(20);

fn service(name: &str, limits: &str) -> (Service, String) {
    let (token, line) = token("window", &["declare"], "2999-01-01");
    let config = configuration(name, &format!("workers = 1\n[limits]\n{limits}"), &[&line]);
    let config = config.to_string_lossy();
    let service = Service::with(folder(name), &arguments(&["--config", &config]));
    (service, token)
}

/// What comes back until the connection ends, where these bytes are sent and no more.
fn unfinished(service: &Service, bytes: &str) -> String {
    let mut stream = TcpStream::connect(service.server.address().unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    let (watch, mut answer) = (Stopwatch::start(), Vec::new());
    // The end may come as a reset.
    let _ = stream.read_to_end(&mut answer);
    assert!(watch.elapsed() < PATIENCE, "the connection stays");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn too_many_bytes_are_refused() {
    let (service, token) = service("bytes", "header_bytes = 1024\ndeclaration_bytes = 1024");
    let mut window = client(&service, &token);
    right(&post(&mut window, "/v1/decisions", &released("D-1")));
    let long = vec![b' '; 1025];
    problem(&window.post("/v1/decisions", JSON, &long).unwrap(), 413);
    let lines = [&long[..], b"x\n"].concat();
    let answers = window.post("/v1/decisions/batch", NDJSON, &lines).unwrap();
    assert_eq!(answers.lines()[0]["status"], 413);
    window.authorization = Some(format!("Bearer {token}{}", "x".repeat(1000)));
    problem(&window.get("/v1/decisions/D-1").unwrap(), 431);
    // Nobody need have a token to be refused so.
    window.authorization = Some("x".repeat(1100));
    problem(&window.get("/healthz").unwrap(), 431);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let (service, token) = service("often", "requests_per_s = 5");
    let mut window = client(&service, &token);
    let statuses: Vec<u16> = (0..30)
        .map(|_| window.get("/v1/decisions/D-1").unwrap().status)
        .collect();
    assert_eq!(statuses[..5], [404; 5], "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    let reply = window.get("/v1/decisions/D-1").unwrap();
    problem(&reply, 429);
    assert_eq!(reply.header("retry-after"), Some("1"));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(window.get("/v1/decisions/D-1").unwrap().status, 404);
    // What is open is nobody's.
    assert!((0..30).all(|_| window.get("/healthz").unwrap().status == 200));
    // A stream is not refused, but waits.
    std::thread::sleep(Duration::from_secs(1));
    let lines: String = (0..10)
        .map(|number| released(&format!("D-{number}")).to_string() + "\n")
        .collect();
    let watch = Stopwatch::start();
    let answers = window
        .post("/v1/decisions/batch", NDJSON, lines.as_bytes())
        .unwrap()
        .lines();
    assert!(
        answers.iter().all(|answer| answer["status"] == "released"),
        "{answers:?}"
    );
    assert!(
        watch.elapsed() > Duration::from_millis(900),
        "{:?}",
        watch.elapsed()
    );
}

#[test]
fn what_cannot_be_read_as_a_request_gets_a_bare_answer_and_its_connection_ends() {
    let (service, _) = service("unread", "head_s = 1");
    let many = (0..300).fold("GET /healthz HTTP/1.1\r\n".to_owned(), |head, no| {
        format!("{head}x-{no}: a\r\n")
    });
    for (bytes, status) in [
        ("nonsense\r\n\r\n", "400"),
        (
            "POST /v1/events HTTP/1.1\r\ncontent-length: x\r\n\r\n",
            "400",
        ),
        ("GET /healthz HTTP/1.1\r\nhos", "408"),
        (&format!("{many}\r\n"), "431"),
    ] {
        let answer = unfinished(&service, bytes);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        assert!(answer.contains("connection: close\r\n"), "{answer}");
        assert!(
            answer.ends_with("\r\n\r\n") && !answer.contains("x-request-id"),
            "{answer}"
        );
    }
}

#[test]
fn who_is_too_slow_is_not_waited_for() {
    let (service, token) = service(
        "slow",
        "head_s = 1\nbody_s = 1\nstream_idle_s = 1\nkeep_alive_s = 1\nanswer_s = 1",
    );
    let head = unfinished(&service, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    assert!(
        head.is_empty() || head.starts_with("HTTP/1.1 408"),
        "{head}"
    );
    let nothing = unfinished(&service, "");
    assert!(
        nothing.is_empty() || nothing.starts_with("HTTP/1.1 408"),
        "{nothing}"
    );
    let post = |path: &str, media: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {media}\r\nContent-Length: 100\r\n\r\n{{\"a"
        )
    };
    let body = unfinished(&service, &post("/v1/decisions", JSON));
    assert!(body.starts_with("HTTP/1.1 408"), "{body}");
    let stream = unfinished(&service, &post("/v1/decisions/batch", NDJSON));
    assert!(!stream.contains("declaration_id"), "{stream}");
    let kept = unfinished(&service, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(kept.starts_with("HTTP/1.1 200"), "{kept}");
    // It goes on.
    let mut window = client(&service, &token);
    right(&window.get("/readyz").unwrap());
}

/// How many sockets the service has.
fn sockets(service: &Service) -> usize {
    let files = fs::read_dir(format!("/proc/{}/fd", service.server.id())).unwrap();
    let target = |file: fs::DirEntry| fs::read_link(file.path()).ok();
    let targets = files.filter_map(|file| target(file.unwrap()));
    let is_socket = |target: &PathBuf| target.to_string_lossy().starts_with("socket:");
    targets.filter(is_socket).count()
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let watch = Stopwatch::start();
    while !done() {
        assert!(watch.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// One who sends, a byte at a time, for ever.
fn drip(service: &Service, begins: &str) -> (TcpStream, JoinHandle<()>) {
    let stream = TcpStream::connect(service.server.address().unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut sends = stream.try_clone().unwrap();
    let begins = begins.to_owned();
    let sender = thread::spawn(move || {
        let mut sent = sends.write_all(begins.as_bytes());
        while sent.is_ok() {
            thread::sleep(Duration::from_millis(200));
            sent = sends.write_all(b" ");
        }
    });
    (stream, sender)
}

#[test]
fn who_sends_a_byte_at_a_time_is_not_waited_for() {
    let (service, token) = service(
        "drip",
        "head_s = 1\nbody_s = 1\nstream_idle_s = 1\nanswer_s = 1",
    );
    let head = |path: &str, media: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {media}\r\nContent-Length: 100000\r\n"
        )
    };
    let all = [
        head("/v1/decisions", JSON) + "X-Slow:",
        head("/v1/decisions", JSON) + "\r\n{",
        head("/v1/decisions/batch", NDJSON) + "\r\n{",
    ];
    for begins in all {
        let (mut stream, sender) = drip(&service, &begins);
        let (watch, mut answer) = (Stopwatch::start(), Vec::new());
        let _ = stream.read_to_end(&mut answer);
        assert!(watch.elapsed() < PATIENCE, "the connection stays: {begins}");
        let answer = String::from_utf8_lossy(&answer);
        // What ends before its time does not look whole.
        assert!(
            !answer.contains("declaration_id") && !answer.contains("\r\n0\r\n"),
            "{answer}"
        );
        drop(stream);
        sender.join().unwrap();
    }
    wait_for("they are all gone", || sockets(&service) < 10);
}

#[test]
fn the_second_head_of_a_connection_is_not_waited_for_either() {
    let (service, _) = service("second-head", "head_s = 1\nanswer_s = 1\nkeep_alive_s = 1");
    let get = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
    let answer = unfinished(&service, &format!("{get}\r\n{get}X-Slow: "));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 1);
}

#[test]
fn who_does_not_take_an_answer_is_not_waited_for() {
    let (service, _) = service("unread", "head_s = 1\nanswer_s = 1\nkeep_alive_s = 1");
    let before = sockets(&service);
    // More answers than the system keeps on the way; one that says that it is the last, too.
    let get = |more: &str| format!("GET /openapi.json HTTP/1.1\r\nHost: x\r\n{more}\r\n");
    let many = get("").repeat(400);
    let mut streams = Vec::new();
    for requests in [many.clone() + &get("Connection: close\r\n"), many] {
        let mut stream = TcpStream::connect(service.server.address().unwrap()).unwrap();
        stream.write_all(requests.as_bytes()).unwrap();
        streams.push(stream);
    }
    wait_for("they are taken", || sockets(&service) >= before + 2);
    wait_for("their connections are ended", || {
        sockets(&service) <= before
    });
    for mut stream in streams {
        let mut answers = Vec::new();
        let _ = stream.read_to_end(&mut answers);
        assert!(!answers.is_empty());
    }
}

#[test]
fn a_stream_whose_answers_nobody_takes_gives_its_place_to_others() {
    let limits = "streams = 1\nstream_idle_s = 1\nanswer_s = 1\nkeep_alive_s = 1";
    let (service, token) = service("unread-stream", limits);
    let before = sockets(&service);
    let mut greedy = client(&service, &token);
    greedy.begin("/v1/decisions/batch", NDJSON).unwrap();
    // Each of these lines has many faults, which are all told.
    let members = (0..99).map(|number| format!("\"unknown-{number}\":1"));
    let line = format!("{{{}}}\n", members.collect::<Vec<_>>().join(","));
    let mut sender = greedy.sender().unwrap();
    let sends = thread::spawn(move || {
        let part = line.repeat(20);
        while sender.send_part(part.as_bytes()).is_ok() {}
    });
    let mut other = client(&service, &token);
    let line = released("D-1").to_string();
    let mut declare = || {
        other
            .post("/v1/decisions/batch", NDJSON, line.as_bytes())
            .unwrap()
    };
    assert_eq!(declare().status, 503);
    wait_for("there is a place", || declare().status == 200);
    wait_for("its connection is ended", || {
        sockets(&service) <= before + 1
    });
    sends.join().unwrap();
}

#[test]
fn of_more_connections_than_there_may_be_the_last_waits() {
    let (service, token) = service(
        "connections",
        "connections = 2\nkeep_alive_s = 60\nhead_s = 60",
    );
    let mut first = client(&service, &token);
    let mut second = client(&service, &token);
    right(&first.get("/readyz").unwrap());
    right(&second.get("/readyz").unwrap());
    let mut third = TcpStream::connect(service.server.address().unwrap()).unwrap();
    third
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    third
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let mut answer = [0; 12];
    assert!(third.read(&mut answer).is_err(), "there is no room");
    drop((first, second));
    third.set_read_timeout(Some(PATIENCE)).unwrap();
    third.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}
