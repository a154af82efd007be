//! A service for one test, and declarations of which it is known what becomes of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::http::{Client, JSON, Reply};
use crate::server::Server;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ciq");
const DECLARATIONS: &str = include_str!("../../fixtures/ciq/declarations.ndjson");

/// Lines of the fixture: a lamp of the time when every lot of them was inspected, fur of a producer that is not
/// registered, a lamp off the catalogue, and one without a paper that its destination asks for.
const SELECTED: usize = 2;
const HELD: usize = 10;
const RELEASED: usize = 1;
const PAPER_MISSING: usize = 13;

/// A service and a connection to it.
pub(crate) struct Service {
    pub(crate) data: PathBuf,
    pub(crate) server: Server,
    pub(crate) client: Client,
}

impl Service {
    /// Starts on a new data folder.
    pub(crate) fn start(name: &str) -> Self {
        let data = folder(name);
        Self::on(data, &[])
    }

    pub(crate) fn on(data: PathBuf, more: &[&str]) -> Self {
        Self::with(data, &arguments(more))
    }

    /// Starts on a new data folder, and panics when it comes to a point for the first time, or a later one.
    pub(crate) fn panicking(name: &str, point: &str) -> Self {
        let data = folder(name);
        let server = Server::spawn(&data, &arguments(&[]), &[("GREENLANE_PANIC", point)]);
        assert!(server.is_ready(), "{}", server.said());
        let client = server.client();
        Self {
            data,
            server,
            client,
        }
    }

    /// Starts with these arguments and no others.
    pub(crate) fn with(data: PathBuf, arguments: &[&str]) -> Self {
        let server = Server::start(&data, arguments);
        let client = server.client();
        Self {
            data,
            server,
            client,
        }
    }

    /// Stops it cleanly and starts it again.
    pub(crate) fn again(self) -> Self {
        let Self {
            data,
            server,
            client,
        } = self;
        drop(client);
        server.stop();
        Self::on(data, &[])
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.client.get(path).unwrap()
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Reply {
        let body = body.to_string();
        self.client.post(path, JSON, body.as_bytes()).unwrap()
    }

    /// The decision on a declaration.
    pub(crate) fn declare(&mut self, declaration: &Value) -> Value {
        right(&self.post("/v1/decisions", declaration))
    }

    /// The latest decision on a declaration.
    pub(crate) fn latest(&mut self, id: &str) -> Value {
        right(&self.get(&format!("/v1/decisions/{id}")))
    }

    /// What is recorded of an event.
    pub(crate) fn tell(&mut self, event: &Value) -> Value {
        right(&self.post("/v1/events", event))
    }

    pub(crate) fn cancel(&mut self, id: &str) -> Reply {
        let path = format!("/v1/declarations/{id}/cancel");
        self.client.post(&path, JSON, b"").unwrap()
    }
}

/// An empty place for a data folder.
pub(crate) fn folder(name: &str) -> PathBuf {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("http-{name}"));
    let _ = fs::remove_dir_all(&data);
    data
}

/// The shipped policy and registry, but nothing is left to chance.
pub(crate) fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    static POLICY: OnceLock<String> = OnceLock::new();
    let policy = POLICY.get_or_init(|| {
        let folder = folder("policy");
        fs::create_dir_all(&folder).unwrap();
        for file in fs::read_dir(format!("{FIXTURES}/policy")).unwrap() {
            let file = file.unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            let text = text.replace("[random]\nrate = 0.01\nmode = \"physical\"\n", "");
            let text = text.replace("spot_check_rate = 0.02", "spot_check_rate = 0.0");
            let text = match file.file_name().to_str() {
                Some("test_rate.csv") => "commodity.risk_level,rate\n*,0\n".to_owned(),
                _ => text,
            };
            fs::write(folder.join(file.file_name()), text).unwrap();
        }
        folder.to_string_lossy().into_owned()
    });
    const REGISTRY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ciq/registry");
    let own = ["--policy", policy, "--registry", REGISTRY];
    let own = own.into_iter().chain(["--as-of", "declaration"]);
    own.chain(more.iter().copied()).collect()
}

/// The body of an answer that is right.
pub(crate) fn right(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

/// The problem that an answer is.
pub(crate) fn problem(reply: &Reply, status: u16) -> Value {
    let found = reply.json();
    assert_eq!(reply.status, status, "{found}");
    assert_eq!(found["status"], status, "{found}");
    let media_type = reply.header("content-type");
    assert_eq!(media_type, Some("application/problem+json"));
    assert!(found["title"].is_string() && found["detail"].is_string());
    found
}

/// Where the faults of a problem are.
pub(crate) fn pointers(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|error| error["pointer"].as_str().unwrap())
        .collect()
}

fn of_fixture(line: usize, id: &str) -> Value {
    let line = DECLARATIONS.lines().nth(line).unwrap();
    let mut declaration: Value = serde_json::from_str(line).unwrap();
    declaration["declaration_id"] = id.into();
    declaration
}

/// A declaration that is selected, whatever is drawn.
pub(crate) fn selected(id: &str) -> Value {
    of_fixture(SELECTED, id)
}

/// A declaration that is held.
pub(crate) fn held(id: &str) -> Value {
    of_fixture(HELD, id)
}

/// A declaration that is released.
pub(crate) fn released(id: &str) -> Value {
    of_fixture(RELEASED, id)
}

/// A declaration that is held since a paper is missing.
pub(crate) fn without_paper(id: &str) -> Value {
    of_fixture(PAPER_MISSING, id)
}

/// The same with another mass: another content.
pub(crate) fn heavier(declaration: &Value, version: u64) -> Value {
    let mut heavier = declaration.clone();
    heavier["version"] = version.into();
    heavier["items"][0]["net_mass_kg"] = "4321.5".into();
    heavier
}

/// An inspection's result for an item of a first version.
pub(crate) fn result(event: &str, id: &str, item_no: u64, passed: bool) -> Value {
    json!({
        "event_id": event, "type": "inspection_result", "at": "2016-11-02T10:00:00+08:00",
        "declaration_id": id, "version": 1, "item_no": item_no,
        "tests": [{ "test": "safety", "value": 1.5, "unit": "mA", "limit": "3", "passed": passed }],
        "officer_id": "O-7",
    })
}
