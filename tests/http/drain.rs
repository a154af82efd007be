//! Asked to end under load, the service cuts nobody off: what had been sent is answered, what was recorded was answered,
//! and what was answered is recorded. `GREENLANE_DRAINS=50` ends it more often.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use greenlane::archive::{Records, verify};
use greenlane::clock::Stopwatch;
use greenlane::journal::{Folders, LocalFolders, Sequence};
use greenlane::supervision::Record;

use crate::commands::greenlane;
use crate::http::NDJSON;
use crate::service::{Service, released, right};

const DRAINS: u32 = 3;
/// Who sends at the same time: over a connection that is kept, or over a new one each time.
const KEPT: usize = 6;
const NEW: usize = 2;
const PATIENCE: Duration = Duration::from_mins(1);

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It was answered whole, with this status; whether the answer says that it was the connection's last.
    Answered(u16, bool),
    /// The connection ended without a byte of an answer.
    Nothing,
    /// It ended within the answer.
    Cut,
}

/// A request of a sender.
struct Sent {
    id: String,
    /// When its last byte was sent, since the load began.
    at: Duration,
    outcome: Outcome,
}

type Stream = BufReader<TcpStream>;

fn connect(address: SocketAddr) -> Option<Stream> {
    let stream = TcpStream::connect(address).ok()?;
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    Some(BufReader::new(stream))
}

fn outcome(stream: &mut Stream) -> Outcome {
    let mut first = String::new();
    match stream.read_line(&mut first) {
        Ok(_) if first.ends_with("\r\n") => {}
        _ if first.is_empty() => return Outcome::Nothing,
        _ => return Outcome::Cut,
    }
    let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
    let (mut length, mut last) = (0, false);
    loop {
        let mut line = String::new();
        match stream.read_line(&mut line) {
            Ok(_) if line == "\r\n" => break,
            Ok(_) if line.ends_with("\r\n") => {}
            _ => return Outcome::Cut,
        }
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        last |= line.starts_with("connection: close");
    }
    match stream.read_exact(&mut vec![0; length]) {
        Ok(()) => Outcome::Answered(status.unwrap(), last),
        Err(_) => Outcome::Cut,
    }
}

/// Declares one after another until nobody takes the connection any more.
fn declare(address: SocketAddr, name: &str, kept: bool, load: Stopwatch) -> Vec<Sent> {
    let (mut sent, mut stream) = (Vec::new(), None);
    for number in 0.. {
        let id = format!("{name}-{number}");
        let body = released(&id).to_string();
        let request = format!(
            "POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let Some(mut open) = stream.take().or_else(|| connect(address)) else {
            return sent;
        };
        let written = open.get_mut().write_all(request.as_bytes());
        let at = load.elapsed();
        let outcome = match written {
            Ok(()) => outcome(&mut open),
            Err(_) => Outcome::Nothing,
        };
        let goes_on = matches!(outcome, Outcome::Answered(_, false));
        stream = (kept && goes_on).then_some(open);
        sent.push(Sent { id, at, outcome });
    }
    sent
}

/// The declarations of which the archive has a record; a clean stop leaves nothing that it does not have.
fn recorded(data: &Path) -> BTreeSet<String> {
    let folders: Arc<dyn Folders> = Arc::new(LocalFolders::new(data.join("archive")));
    assert_eq!(verify(&*folders).unwrap().faults, []);
    let mut records = Records::open(folders, Sequence::new(1)).unwrap();
    let mut ids = BTreeSet::new();
    while let Some(record) = records.next_record().unwrap() {
        if let Some(revision) = Record::decode(record.payload).unwrap().revision {
            ids.insert(revision.declaration_id.to_owned());
        }
    }
    ids
}

fn drain(round: u32) {
    let mut service = Service::start(&format!("drain-{round}"));
    let (address, load) = (service.server.address().unwrap(), Stopwatch::start());
    let sender = |number: usize| {
        let name = format!("D-{round}-{number}");
        thread::spawn(move || declare(address, &name, number < KEPT, load))
    };
    let senders: Vec<_> = (0..KEPT + NEW).map(sender).collect();
    // One waits for changes, and a stream is under way.
    let mut waiting = service.server.client();
    let poller = thread::spawn(move || {
        let waits = Stopwatch::start();
        let reply = waiting.get("/v1/changes?wait_s=60").unwrap();
        (reply, waits.elapsed())
    });
    let stream = &mut service.client;
    stream.begin("/v1/decisions/batch", NDJSON).unwrap();
    let line = |id: &str| released(id).to_string() + "\n";
    stream.send_part(line("S-1").as_bytes()).unwrap();
    assert_eq!(stream.reply_head().unwrap().status, 200);
    assert!(stream.part().unwrap().is_some());

    thread::sleep(Duration::from_millis(60 + u64::from(round) * 37 % 240));
    let asked = load.elapsed();
    service.server.terminate();
    service.server.says("draining");
    // The stream is finished, and all of it answered.
    let stream = &mut service.client;
    stream.send_part(line("S-2").as_bytes()).unwrap();
    stream.finish().unwrap();
    let mut rest = Vec::new();
    while let Some(part) = stream.part().unwrap() {
        rest.extend(part);
    }
    assert_eq!(String::from_utf8(rest).unwrap().lines().count(), 1);
    let (changes, waited) = poller.join().unwrap();
    assert_eq!((changes.status, changes.body.len()), (200, 0));
    assert!(waited < Duration::from_secs(20), "{waited:?}");
    let sent: Vec<Sent> = senders
        .into_iter()
        .flat_map(|sender| sender.join().unwrap())
        .collect();
    let ended = service.server.wait();
    assert_eq!(ended.code(), Some(0), "{}", service.server.said());
    judge(&service.data, &sent, asked);
}

fn judge(data: &Path, sent: &[Sent], asked: Duration) {
    let recorded = recorded(data);
    let (code, _, told) = greenlane(&["replay", "--fold", "--data"], &[data]);
    assert_eq!(code, Some(0), "{told}");
    let mut answered = 0;
    for Sent { id, at, outcome } in sent {
        let is_recorded = recorded.contains(id);
        match outcome {
            Outcome::Answered(200, _) => {
                assert!(is_recorded, "{id} was answered and is not recorded");
                answered += 1;
            }
            Outcome::Answered(503, _) => assert!(!is_recorded, "{id} was refused and is recorded"),
            Outcome::Nothing => {
                assert!(*at > asked, "{id} had been sent and was not answered");
                assert!(!is_recorded, "{id} is recorded and was not answered");
            }
            other => panic!("{id}: {other:?}"),
        }
    }
    assert!(answered > KEPT + NEW, "there was no load: {answered}");
    assert!(["S-1", "S-2"].iter().all(|id| recorded.contains(*id)));
    // Whoever came while it drained was told to go.
    let last = |sent: &&Sent| matches!(sent.outcome, Outcome::Answered(_, true));
    assert!(sent.iter().any(|sent| last(&sent)));
    // Over connections that were told so, nobody was left without an answer.
    let lost = sent.iter().filter(|sent| sent.outcome == Outcome::Nothing);
    assert!(lost.count() <= KEPT + NEW);
}

#[test]
fn asked_to_end_under_load_it_cuts_nobody_off() {
    let asked = std::env::var("GREENLANE_DRAINS").ok();
    let drains = asked.map_or(DRAINS, |drains| drains.parse().unwrap());
    (0..drains).for_each(drain);
}

#[test]
fn while_it_drains_it_says_so_and_every_answer_is_the_last() {
    let mut service = Service::start("drain-last");
    right(&service.get("/readyz"));
    let (mut idle, mut other) = (service.server.client(), service.server.client());
    right(&idle.get("/readyz").unwrap());
    service.server.terminate();
    service.server.says("draining");
    for client in [&mut service.client, &mut other] {
        let ready = client.get("/readyz").unwrap();
        assert_eq!(ready.status, 503);
        assert_eq!(ready.json()["phase"], "draining");
        assert_eq!(ready.header("connection"), Some("close"));
    }
    // Who says nothing more is not waited for.
    let watch = Stopwatch::start();
    assert_eq!(service.server.wait().code(), Some(0));
    assert!(watch.elapsed() < Duration::from_secs(20));
    drop(idle);
}
