//! One of those who send while the service is killed. It sends one request at a time, all about declarations and
//! events of its own, and keeps every answer: what it was told must be so for ever.

use std::io;

use serde_json::{Value, json};

use crate::http::{Client, JSON, Reply};
use crate::world::Random;

const FIXTURE: &str = include_str!("../../fixtures/ciq/declarations.ndjson");
/// Older declarations and events that are looked at again after each start.
const LOOKED_AT_AGAIN: usize = 20;

pub(crate) struct Actor {
    name: String,
    random: Random,
    made: usize,
    pub(crate) declarations: Vec<Declared>,
    pub(crate) events: Vec<Event>,
    /// What was sent and not answered.
    open: Option<Request>,
    /// How many declarations and events had been looked at when the service was last started.
    seen: (usize, usize),
}

/// A declaration, as its sender was told.
pub(crate) struct Declared {
    pub(crate) id: String,
    /// Each version with its first answer.
    pub(crate) versions: Vec<(Value, Vec<u8>)>,
    /// The answer of the latest revision.
    pub(crate) latest: Vec<u8>,
}

/// An event that was acknowledged.
pub(crate) struct Event {
    body: Vec<u8>,
    pub(crate) answer: Value,
}

enum Request {
    Declare { at: usize, body: Value },
    Cancel { at: usize },
    Event { about: Option<usize>, body: Vec<u8> },
}

impl Declared {
    fn told(&self) -> Value {
        serde_json::from_slice(&self.latest).unwrap()
    }

    fn status(&self) -> String {
        self.told()["status"].as_str().unwrap().to_owned()
    }
}

impl Actor {
    pub(crate) fn new(name: String, seed: u64) -> Self {
        Self {
            name,
            random: Random(seed),
            made: 0,
            declarations: Vec::new(),
            events: Vec::new(),
            open: None,
            seen: (0, 0),
        }
    }

    /// Sends until the service is gone, or until it is told to end.
    pub(crate) fn send(
        &mut self,
        client: &mut Client,
        goes_on: &dyn Fn() -> bool,
    ) -> io::Result<()> {
        while goes_on() {
            self.act(client)?;
        }
        Ok(())
    }

    /// Sends again what was not answered, then looks whether all is as it was told: what came since the last start,
    /// and some of what came before, or all of it.
    pub(crate) fn look(&mut self, client: &mut Client, all: bool) -> io::Result<()> {
        self.finish(client, true)?;
        let (declarations, events) = self.seen;
        for at in chosen(&mut self.random, declarations, self.declarations.len(), all) {
            self.declarations[at].look(client)?;
        }
        for at in chosen(&mut self.random, events, self.events.len(), all) {
            self.events[at].look(client)?;
        }
        self.seen = (self.declarations.len(), self.events.len());
        Ok(())
    }

    /// The last record that it was told of.
    pub(crate) fn last(&self) -> u64 {
        let declarations = self.declarations.iter().map(Declared::told);
        let told = declarations.chain(self.events.iter().map(|event| event.answer.clone()));
        let sequences = told.map(|told| told["sequence"].as_u64().unwrap());
        sequences.max().unwrap_or_default()
    }

    fn act(&mut self, client: &mut Client) -> io::Result<()> {
        let at = self.random.below(self.declarations.len().max(1));
        let known = self.declarations.get(at);
        let status = known.map(Declared::status).unwrap_or_default();
        let open = match (self.random.below(100), status.as_str()) {
            (0..3, _) => Some(self.alert()),
            (3..5, _) => Some(self.class()),
            (5..55, _) | (_, "") => Some(self.declaration()),
            (55..70, "released" | "selected" | "held") => self.amendment(at),
            (70..78, "released" | "selected" | "held") => Some(Request::Cancel { at }),
            (78..90, "selected") => self.result(at),
            _ => None,
        };
        match open {
            Some(request) => {
                self.open = Some(request);
                self.finish(client, false)
            }
            None => self.declarations[at].look(client),
        }
    }

    fn name(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{}-{kind}-{}", self.name, self.made)
    }

    fn declaration(&mut self) -> Request {
        let count = FIXTURE.lines().count();
        let line = FIXTURE.lines().nth(self.random.below(count)).unwrap();
        let mut body: Value = serde_json::from_str(line).unwrap();
        body["declaration_id"] = self.name("d").into();
        body["version"] = 1.into();
        let at = self.declarations.len();
        Request::Declare { at, body }
    }

    fn amendment(&mut self, at: usize) -> Option<Request> {
        let (latest, _) = self.declarations[at].versions.last()?;
        let mut body = latest.clone();
        let version = body["version"].as_u64()? + 1 + self.random.below(3) as u64;
        body["version"] = version.into();
        body["items"][0]["net_mass_kg"] = format!("{version}.25").into();
        Some(Request::Declare { at, body })
    }

    fn result(&mut self, at: usize) -> Option<Request> {
        let told = self.declarations[at].told();
        let items = told["items"].as_array()?;
        let ordered = items.iter().filter(|item| item["verdict"] == "sample");
        let ordered: Vec<&Value> = ordered.map(|item| &item["item_no"]).collect();
        let item_no = ordered.get(self.random.below(ordered.len().max(1)))?;
        let passed = self.random.below(4) > 0;
        let conclusion = if passed { "passed" } else { "failed" };
        let body = json!({
            "event_id": self.name("r"), "type": "inspection_result", "at": "2016-11-02T10:00:00+08:00",
            "declaration_id": told["declaration_id"], "version": told["version"], "item_no": item_no,
            "tests": [{"test": "safety", "value": 1.5, "passed": passed}], "conclusion": conclusion,
        });
        Some(event(Some(at), &body))
    }

    fn alert(&mut self) -> Request {
        let name = self.name("a");
        // No more than a few on one day.
        let year = 1900 + self.random.below(300);
        let body = json!({
            "event_id": name, "type": "alert_raised", "at": "2016-11-02T10:00:00+08:00",
            "alert_id": name, "kind": "notification", "level": 2, "hs_scope": ["9405"],
            "countries": ["DE"], "risk_type": "safety", "source": "a test", "from": format!("{year}-11-02"), "to": format!("{year}-11-03"),
        });
        event(None, &body)
    }

    fn class(&mut self) -> Request {
        let enterprises = ["91442000109245642F", "91442000384930193R"];
        let enterprise = enterprises[self.random.below(enterprises.len())];
        let day = format!("2017-01-{:02}", 1 + self.random.below(28));
        let body = json!({
            "event_id": self.name("c"), "type": "class_assessed", "at": format!("{day}T00:00:00+08:00"),
            "authority": "a test", "document": "T-1", "enterprise_id": enterprise, "class": "2", "period": "2017",
        });
        event(None, &body)
    }

    /// Sends what is open; `again` where it may have been recorded before.
    fn finish(&mut self, client: &mut Client, again: bool) -> io::Result<()> {
        match &self.open {
            None => {}
            Some(Request::Declare { at, body }) => {
                let reply = declare(client, body)?;
                assert!(again || !is_replay(&reply), "{body} is new");
                let (at, body) = (*at, body.clone());
                self.answered(at, body, reply);
            }
            Some(Request::Cancel { at }) => {
                let known = &mut self.declarations[*at];
                known.refresh(client)?;
                if !again || known.status() != "cancelled" {
                    let path = format!("/v1/declarations/{}/cancel", known.id);
                    known.latest = right(client.post(&path, JSON, b"")?).body;
                    assert_eq!(known.status(), "cancelled");
                }
            }
            Some(Request::Event { about, body }) => {
                let reply = client.post("/v1/events", JSON, body)?;
                if about.is_none() && reply.status == 422 {
                    // A day of a table that another actor has taken.
                    assert!(reply.text().contains("\"errors\""), "{}", reply.text());
                } else {
                    let answer = right(reply).json();
                    assert!(again || answer["repeated"] == false, "{answer} is new");
                    let body = body.clone();
                    self.events.push(Event { body, answer });
                }
                if let Some(at) = about {
                    self.declarations[*at].refresh(client)?;
                }
            }
        }
        self.open = None;
        Ok(())
    }

    fn answered(&mut self, at: usize, body: Value, reply: Reply) {
        let told = reply.json();
        assert_eq!(told["declaration_id"], body["declaration_id"]);
        assert_eq!(told["version"], body["version"]);
        if at == self.declarations.len() {
            self.declarations.push(Declared {
                id: body["declaration_id"].as_str().unwrap().to_owned(),
                versions: Vec::new(),
                latest: Vec::new(),
            });
        }
        let known = &mut self.declarations[at];
        known.latest.clone_from(&reply.body);
        known.versions.push((body, reply.body));
    }
}

impl Declared {
    /// Whether all is as it was told.
    fn look(&self, client: &mut Client) -> io::Result<()> {
        let path = format!("/v1/decisions/{}", self.id);
        let found = right(client.get(&path)?);
        same(&found.body, &self.latest, "the latest decision");
        for (body, answer) in &self.versions {
            let reply = declare(client, body)?;
            assert!(is_replay(&reply), "{body} was decided again");
            same(&reply.body, answer, "the answer to the same declaration");
        }
        Ok(())
    }

    /// Takes the latest decision, which may have come without our being told.
    fn refresh(&mut self, client: &mut Client) -> io::Result<()> {
        let path = format!("/v1/decisions/{}", self.id);
        let found = right(client.get(&path)?);
        let before = self.told()["sequence"].as_u64();
        self.latest = found.body;
        assert!(self.told()["sequence"].as_u64() >= before);
        Ok(())
    }
}

impl Event {
    fn look(&self, client: &mut Client) -> io::Result<()> {
        let mut answer = right(client.post("/v1/events", JSON, &self.body)?).json();
        assert_eq!(answer["repeated"], true, "{answer} was recorded again");
        answer["repeated"].clone_from(&self.answer["repeated"]);
        assert_eq!(answer, self.answer);
        Ok(())
    }
}

fn event(about: Option<usize>, body: &Value) -> Request {
    let body = body.to_string().into_bytes();
    Request::Event { about, body }
}

/// All from a place on, and some before it.
fn chosen(random: &mut Random, from: usize, to: usize, all: bool) -> Vec<usize> {
    if all {
        return (0..to).collect();
    }
    let some = 0..LOOKED_AT_AGAIN.min(from);
    let before: Vec<usize> = some.map(|_| random.below(from)).collect();
    before.into_iter().chain(from..to).collect()
}

fn declare(client: &mut Client, body: &Value) -> io::Result<Reply> {
    let body = body.to_string();
    client
        .post("/v1/decisions", JSON, body.as_bytes())
        .map(right)
}

fn is_replay(reply: &Reply) -> bool {
    reply.header("idempotent-replay") == Some("true")
}

fn right(reply: Reply) -> Reply {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply
}

fn same(found: &[u8], told: &[u8], what: &str) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(text(found), text(told), "{what} is another");
}
