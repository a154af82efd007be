//! How the fixture was made: a service that lives through a little of everything.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use greenlane::declaration::Moment;
use greenlane::journal::Sequence;
use greenlane::registry::RegistrySource;
use greenlane::service::{Caller, Desk, Started, start};
use greenlane::supervision::{Matcher, Record};
use serde_json::{Value, json};

use crate::fixture::{folder, records, told};
use crate::lanes;

/// 2026-03-01T00:00:00Z.
const BEGIN: i64 = 1_772_323_200_000_000;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
const OFFICER: Caller<'static> = Caller {
    name: "officer-1",
    officer: true,
};

/// Whoever sends everything.
struct Sender<'d> {
    desk: &'d Desk,
    clock: &'d AtomicI64,
    matcher: Matcher,
    events: usize,
}

impl Sender<'_> {
    /// A second passes; the time then.
    fn now(&self) -> String {
        let now = self.clock.fetch_add(SECOND, Ordering::SeqCst) + SECOND;
        Moment::from_micros(now).to_string()
    }

    fn declare(&mut self, id: &str, version: u32, lane: &str) {
        let item = json!({
            "item_no": 1, "hs_code": "9405110000", "value": "10", "attributes": { "lane": lane },
        });
        let declared = json!({
            "declaration_id": id, "version": version, "direction": "export", "country": "DE",
            "declared_at": self.now(), "trader_id": "T1", "items": [item],
        });
        let json = declared.to_string();
        let decided = self
            .desk
            .decide(&mut self.matcher, json.as_bytes(), OFFICER);
        decided.unwrap();
    }

    fn event(&mut self, kind: &str, members: Value) {
        self.events += 1;
        let mut event = json!({
            "event_id": format!("E{}", self.events), "type": kind, "at": self.now(),
        });
        let all = event.as_object_mut().unwrap();
        all.extend(members.as_object().unwrap().clone());
        self.desk
            .event(event.to_string().as_bytes(), OFFICER)
            .unwrap();
    }

    fn request(&mut self, kind: &str, id: &str, members: Value) {
        self.now();
        let members = members.to_string();
        let done = self.desk.request(kind, id, members.as_bytes(), OFFICER);
        done.unwrap();
    }

    fn live(&mut self) {
        self.declare("D1", 1, "red");
        self.event(
            "documents_received",
            json!({ "declaration_id": "D1", "documents": [{ "item_no": 1, "kind": "licence" }] }),
        );
        self.declare("D2", 1, "drawn");
        self.declare("D2", 2, "green");
        self.event(
            "inspection_result",
            json!({
                "declaration_id": "D2", "version": 2, "item_no": 1, "officer_id": "officer-1",
                "tests": [{ "test": "lead", "value": "0.3", "unit": "mg/kg", "limit": "0.5", "passed": true }],
            }),
        );
        self.request(
            "decision_overridden",
            "D2",
            json!({
                "verdict": "hold", "reason_code": "R", "reason_text": "所见不符",
                "officer_id": "officer-1", "confirmed_by": "officer-2", "document": "paper 1",
            }),
        );
        self.event("declaration_rejected", json!({ "declaration_id": "D2" }));
        self.event(
            "class_assessed",
            by(json!({ "enterprise_id": "T1", "class": 4 })),
        );
        self.event(
            "class_assessed",
            by(json!({ "enterprise_id": "T1", "rows": [{ "class": 2, "from": "2026-02-01" }] })),
        );
        let black = by(json!({ "enterprise_id": "T1", "list": "black" }));
        self.event("list_entered", black.clone());
        let mut left = black;
        left["to"] = json!("2026-03-02");
        self.event("list_left", left);
        let table = b"enterprise_id,class,from\nT1,3,2026-02-01\n".to_vec();
        let source = RegistrySource::from_files([("classes.csv".to_owned(), table)]);
        self.now();
        self.desk.import(&source.unwrap(), false, OFFICER).unwrap();
        self.declare("D3", 1, "red");
        self.event("declaration_released", json!({ "declaration_id": "D3" }));
        self.declare("D4", 1, "red");
        self.request("declaration_cancelled", "D4", json!({}));
        self.declare("D5", 1, "red");
        self.declare("D6", 1, "drawn");
        self.clock.fetch_add(4 * DAY, Ordering::SeqCst);
        self.desk.turn_day().unwrap();
        assert_eq!(self.desk.expire_holds().unwrap(), 1);
    }
}

/// What an authority says, by a document.
fn by(mut members: Value) -> Value {
    members["authority"] = "A".into();
    members["document"] = "D".into();
    members
}

fn kind(payload: &[u8]) -> String {
    let record = Record::decode(payload).unwrap();
    if let Some(act) = &record.act {
        let body: Value = serde_json::from_str(act.body).unwrap();
        return body["type"].as_str().unwrap().to_owned();
    }
    record.revision.unwrap().kind.as_str().to_owned()
}

#[test]
#[ignore = "writes the fixture anew: format 1 is then another than it was"]
fn write_the_fixture_anew() {
    let data = folder();
    let gone = fs::remove_dir_all(&data);
    drop(gone);
    let clock = Arc::new(AtomicI64::new(BEGIN));
    let options = lanes::options(&data, &clock, "1.0");
    let Started { desk, tail, .. } = start(options, &mut |_, _| {}).unwrap();
    let mut sender = Sender {
        desk: &desk,
        clock: &clock,
        matcher: Matcher::default(),
        events: 0,
    };
    sender.live();
    let last = desk.settle().hold().unwrap().ledger().last;
    desk.wait_durable(last).unwrap();
    fs::create_dir(data.join("records")).unwrap();
    for sequence in 1..=last.get() {
        let payload = desk.record(Sequence::new(sequence)).unwrap();
        let name = format!("records/{sequence:02}-{}.record", kind(&payload));
        fs::write(data.join(name), payload).unwrap();
    }
    // What is sealed gets a checkpoint.
    tail.close().unwrap();
    drop(desk);
    for folder in ["archive", "journal"] {
        fs::remove_dir_all(data.join(folder)).unwrap();
    }
    fs::remove_file(data.join("lock")).unwrap();
    fs::write(data.join("records.txt"), told(&records())).unwrap();
}
