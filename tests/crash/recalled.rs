//! Released declarations of one maker whose goods are recalled: all of them are decided again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::Duration;

use greenlane::clock::Stopwatch;
use greenlane::supervision::{DataFolder, Record, RevisionKind};
use serde_json::{Value, json};

use crate::folder::recorded;
use crate::http::{Client, JSON, Reply};
use crate::server::Server;

/// A lamp off the catalogue, which is released but for a draw.
const DECLARATION: &str = include_str!("../../fixtures/ciq/declarations.ndjson");
const RELEASED: usize = 1;
/// How many are released before the recall.
pub(crate) const RECALLED: usize = 3;
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);
const EVENT: &str = "R-1";

/// See the module.
pub(crate) struct Recalled {
    pub(crate) released: Vec<String>,
}

impl Recalled {
    /// Declares until as many are released.
    pub(crate) fn declare(client: &mut Client) -> Self {
        let line = DECLARATION.lines().nth(RELEASED).unwrap();
        let mut body: Value = serde_json::from_str(line).unwrap();
        let mut released = Vec::new();
        for number in 0.. {
            let id = format!("D-{number}");
            body["declaration_id"] = id.clone().into();
            let answer = right(&post(client, "/v1/decisions", &body));
            if answer["status"] == "released" {
                released.push(id);
            }
            if released.len() == RECALLED {
                break;
            }
        }
        Self { released }
    }

    /// Tells of the recall; once it is acknowledged it is followed, whatever comes.
    pub(crate) fn tell(client: &mut Client) {
        let event = json!({
            "event_id": EVENT, "type": "recall", "at": "2012-03-01T09:00:00+08:00",
            "enterprise_id": "91440606415292770B", "hs_code": "9405500000", "country": "US",
        });
        right(&post(client, "/v1/events", &event));
    }

    /// Waits until all were looked at, or the service has ended; whether it has.
    pub(crate) fn ends(server: &mut Server) -> bool {
        let watch = Stopwatch::start();
        let ended = |event: &Value| event["type"] == "redecision_ended";
        loop {
            let events = Client::new(server.address().unwrap()).get("/v1/events?after=0");
            if events.is_ok_and(|events| events.lines().iter().any(ended)) {
                return false;
            }
            if server.ended().is_some() {
                return true;
            }
            assert!(watch.elapsed() < PATIENCE, "nobody looks at them");
            thread::sleep(PAUSE);
        }
    }

    /// The declarations that were decided again, as a folder has it: none twice, and all for the event.
    pub(crate) fn redecisions(data: &Path) -> BTreeSet<String> {
        let mut found = BTreeMap::new();
        let (mut told, mut ended) = (0, 0);
        for payload in recorded(&DataFolder::read(data).unwrap()) {
            let record = Record::decode(&payload).unwrap();
            let act = record
                .act
                .map_or(Value::Null, |act| serde_json::from_str(act.body).unwrap());
            told += usize::from(act["event_id"] == EVENT);
            ended += usize::from(act["type"] == "redecision_ended");
            let Some(revision) = record.revision else {
                continue;
            };
            if revision.kind == RevisionKind::Redecision {
                assert_eq!(act["cause_event_id"], EVENT);
                *found.entry(revision.declaration_id.to_owned()).or_insert(0) += 1;
            }
        }
        assert_eq!(told, 1);
        assert!(ended <= 1);
        assert!(found.values().all(|count| *count == 1), "{found:?}");
        found.into_keys().collect()
    }
}

fn post(client: &mut Client, path: &str, body: &Value) -> Reply {
    client
        .post(path, JSON, body.to_string().as_bytes())
        .unwrap()
}

fn right(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}
