//! How the newest fixture was made: a service that lives through a little of everything that its version added.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use greenlane::declaration::Moment;
use greenlane::journal::Sequence;
use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::service::{Begin, Caller, Desk, StartOptions, Started, start};
use greenlane::supervision::{AsOf, Matcher, Record};
use serde_json::{Value, json};

use crate::fixture::V2;
use crate::lanes;

/// 2026-03-01T00:00:00Z.
const BEGIN: i64 = 1_772_323_200_000_000;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
const OFFICER: Caller<'static> = Caller {
    name: "officer-1",
    officer: true,
};

const POLICY: &str = r#"
[policy]
id = "stateful"
title = "What has an order"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"
default = "release"

[attributes]
lane = "string"

[[book]]
id = "monitoring"
[[book.rule]]
id = "monthly"
when = 'attribute.lane == "monthly"'
then = { verdict = "sample", monitor = { every = "month", per = ["trader"] }, mode = "laboratory" }

[[book]]
id = "material"
[[book.rule]]
id = "written-off"
when = 'source.covered'
then = { verdict = "release", write_off = true }
[[book.rule]]
id = "made"
when = 'attribute.lane == "made"'
then = { verdict = "sample", mode = "laboratory" }

[[book]]
id = "lots"
[[book.rule]]
id = "drawn"
when = 'attribute.lane == "drawn" && history.failures_12m < 3'
then = { verdict = "sample", mode = "physical", sampling_plan = { level = "II", aql = 2.5 } }
[[book.rule]]
id = "accused"
when = 'case.open || case.tightened || enterprise.standing == "black"'
then = { verdict = "hold" }
[[book.rule]]
id = "known"
when = 'history.declarations_30d > 5 && market.returns_12m > 0'
then = { verdict = "sample", mode = "document" }
"#;

const REGISTRY: [(&str, &str); 3] = [
    ("enterprises.csv", "enterprise_id,kind\nT1,trader\n"),
    (
        "lots.csv",
        "lot_id,enterprise_id,material,quantity,unit,result\nL1,T1,mink,10,PCE,passed\n",
    ),
    (
        "titles.csv",
        "enterprise_id,kind,from\nT1,demonstration,2025-01-01\n",
    ),
];

fn begin() -> Begin {
    let policy = [("policy.toml".to_owned(), POLICY.to_owned())];
    let registry = REGISTRY.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    Begin {
        policy: PolicySource::from_files(policy).unwrap(),
        registry: Some(RegistrySource::from_files(registry).unwrap()),
        as_of: AsOf::Decision,
    }
}

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
        self.send(id, version, &item);
    }

    fn send(&mut self, id: &str, version: u32, item: &Value) {
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

    /// A declaration that cites a lot of raw material.
    fn cite(&mut self, id: &str, version: u32, quantity: &str) {
        let item = json!({
            "item_no": 1, "hs_code": "4303102010", "value": "10", "quantity": "1", "unit": "PCE",
            "material_lots": [{ "lot_id": "L1", "quantity": quantity }],
            "attributes": { "lane": "made" },
        });
        self.send(id, version, &item);
    }

    fn inspected(&mut self, id: &str, passed: bool) {
        let test = json!({ "test": "lead", "value": "0.3", "unit": "mg/kg", "limit": "0.5", "passed": passed });
        self.event(
            "inspection_result",
            json!({
                "declaration_id": id, "version": 1, "item_no": 1, "officer_id": "officer-1",
                "tests": [test],
            }),
        );
    }

    fn live(&mut self) {
        // The first of the month is monitored, and a withdrawal gives the month to the next.
        self.declare("D1", 1, "monthly");
        self.declare("D2", 1, "monthly");
        self.request("declaration_cancelled", "D1", json!({}));
        self.declare("D3", 1, "monthly");
        // Seven of ten are written off, too few are left for six; an amendment gives five back, and six find room.
        self.cite("D4", 1, "7");
        self.cite("D5", 1, "6");
        self.cite("D4", 2, "2");
        self.cite("D6", 1, "6");
        self.inspected("D3", true);
        self.declare("D7", 1, "drawn");
        self.inspected("D7", false);
        // Two cases; what becomes of one, and of the other.
        let goods = json!({ "enterprise_id": "T1", "hs_code": "9405110000", "country": "DE" });
        self.event("recall", goods.clone());
        self.declare("D8", 1, "accused");
        let recall = format!("E{}", self.events);
        self.event(
            "case_cause_found",
            json!({ "case_id": recall, "cause": "capability", "measures_until": "2026-09-01" }),
        );
        self.event("case_closed", json!({ "case_id": recall }));
        self.event("complaint", goods.clone());
        self.event("export_return", goods);
        let returned = format!("E{}", self.events);
        self.event(
            "case_cause_found",
            json!({ "case_id": returned, "cause": "malice" }),
        );
        self.declare("D9", 1, "accused");
        self.clock.fetch_add(4 * DAY, Ordering::SeqCst);
        self.desk.turn_day().unwrap();
        self.declare("D10", 1, "known");
    }
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
#[ignore = "writes the newest fixture anew, which only a build that writes its version may"]
fn write_the_newest_fixture() {
    let data = V2.folder();
    let gone = fs::remove_dir_all(&data);
    drop(gone);
    let clock = Arc::new(AtomicI64::new(BEGIN));
    let options = StartOptions {
        begin: Some(begin()),
        ..lanes::options(&data, &clock, "1.0")
    };
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
    fs::write(data.join("records.txt"), V2.told()).unwrap();
}
