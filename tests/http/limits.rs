//! What callers may send at once, how often, and how long they may take.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
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
fn who_is_too_slow_is_not_waited_for() {
    let (service, token) = service(
        "slow",
        "head_s = 1\nbody_s = 1\nstream_idle_s = 1\nkeep_alive_s = 1",
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
