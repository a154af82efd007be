//! Product lots that are traced back, and declarations that are decided again since they cite them.

use std::thread::sleep;
use std::time::Duration;

use greenlane::clock::Stopwatch;
use serde_json::{Value, json};

use crate::service::{Service, pointers, problem, released, right};

/// Two lots of one lot of raw material, of the shipped registry, and one of another.
const NAMED: &str = "P-LED-2014-0305-1";
const SISTER: &str = "P-LED-2014-0305-2";
const STRANGER: &str = "P-LED-2014-0309-1";
const MATERIAL: &str = "LED-2014-101";

fn citing(id: &str, lot: &str) -> Value {
    let mut declaration = released(id);
    declaration["items"][0]["product_lots"] = json!([lot]);
    declaration
}

fn recall(event: &str, lots: &[&str]) -> Value {
    json!({
        "event_id": event, "type": "recall", "at": "2012-01-01T00:00:00+08:00", "hs_code": "9405409000",
        "country": "DE", "product_lots": lots,
    })
}

impl Service {
    fn trace(&mut self, lot: &str) -> Value {
        right(&self.get(&format!("/v1/product-lots/{lot}/trace")))
    }

    /// The feed of changes, once there are so many.
    fn changes_once(&mut self, count: usize) -> Vec<Value> {
        let begun = Stopwatch::start();
        loop {
            let reply = self.get("/v1/changes?after=0");
            let lines = reply.text();
            let lines: Vec<Value> = lines
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            if lines.len() >= count || begun.elapsed() > Duration::from_secs(30) {
                return lines;
            }
            sleep(Duration::from_millis(50));
        }
    }

    fn waits_until_followed(&mut self, event: &str) {
        let begun = Stopwatch::start();
        let ended = |text: &str| {
            let mut lines = text.lines();
            lines.any(|line| line.contains("redecision_ended") && line.contains(event))
        };
        while !ended(&self.get("/v1/events?after=0").text()) {
            assert!(begun.elapsed() < Duration::from_secs(30), "not followed");
            sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_recall_of_a_lot_holds_what_was_released_of_the_same_material_and_tells_the_single_window() {
    let mut service = Service::start("recalled-lot");
    for (id, lot) in [("D-1", SISTER), ("D-2", STRANGER), ("D-3", NAMED)] {
        assert_eq!(service.declare(&citing(id, lot))["status"], "released");
    }
    assert_eq!(service.declare(&released("D-4"))["status"], "released");
    service.tell(&recall("N-1", &[NAMED]));
    service.waits_until_followed("N-1");
    for again in 0..2 {
        let changes = service.changes_once(2);
        let mut told: Vec<(&str, &str)> = changes
            .iter()
            .map(|change| {
                let text = |name: &str| change[name].as_str().unwrap();
                (text("declaration_id"), text("status"))
            })
            .collect();
        told.sort_unstable();
        assert_eq!(told, [("D-1", "held"), ("D-3", "held")]);
        let life = right(&service.get("/v1/declarations/D-1"));
        let last = &life["revisions"][1];
        assert_eq!(last["kind"], "redecision");
        assert_eq!(last["cause_event_id"], "N-1");
        assert_eq!(last["by"], "greenlane");
        assert_eq!(service.latest("D-2")["status"], "released");
        assert_eq!(service.latest("D-4")["status"], "released");
        assert_eq!(
            service.declare(&citing(&format!("D-9-{again}"), SISTER))["status"],
            "held"
        );
        service = service.again();
    }
}

#[test]
fn the_trace_of_a_lot_names_its_material_its_sisters_who_declared_them_and_open_events() {
    let mut service = Service::start("trace");
    service.declare(&citing("D-1", SISTER));
    let mut of_material = released("D-2");
    of_material["items"][0]["material_lots"] = json!([{ "lot_id": MATERIAL, "quantity": "1" }]);
    service.declare(&of_material);
    service.declare(&citing("D-3", STRANGER));
    let trace = service.trace(NAMED);
    assert_eq!(trace["product_lot"], NAMED);
    assert_eq!(trace["enterprise_id"], "91442000109245642F");
    assert_eq!(trace["produced_on"], "2014-03-05");
    assert_eq!(trace["shift"], "day");
    assert_eq!(trace["other_product_lots"], json!([SISTER]));
    assert_eq!(trace["affected"], false);
    assert_eq!(trace["open_events"], json!([]));
    let material = &trace["material_lots"][0];
    assert_eq!(material["lot_id"], MATERIAL);
    assert_eq!(material["supplier"], Value::Null);
    let named = |trace: &Value| {
        let all = trace["declarations"].as_array().unwrap().iter();
        let all = all.map(|it| {
            (
                it["declaration_id"].clone(),
                it["version"].clone(),
                it["status"].clone(),
                it["lots"].clone(),
            )
        });
        all.collect::<Vec<_>>()
    };
    let row =
        |id: &str, status: &str, lot: &str| (json!(id), json!(1), json!(status), json!([lot]));
    assert_eq!(
        named(&trace),
        [
            row("D-2", "released", MATERIAL),
            row("D-1", "released", SISTER)
        ]
    );
    service.tell(&recall("N-1", &[SISTER]));
    service.waits_until_followed("N-1");
    let trace = service.trace(NAMED);
    assert_eq!(trace["affected"], true);
    assert_eq!(
        trace["open_events"],
        json!([{ "event_id": "N-1", "product_lots": [SISTER], "from": "2012-01-01", "to": null }])
    );
    let mut all = named(&trace);
    all.sort_by_key(|row| row.0.to_string());
    assert_eq!(
        all,
        [row("D-1", "held", SISTER), row("D-2", "held", MATERIAL)]
    );
    // Fur of a filed dyehouse.
    let fur = service.trace("P-FUR-2013-0301");
    let supplier = &fur["material_lots"][0]["supplier"];
    assert_eq!(supplier["supplier_id"], "DYE-DAYING-01");
    assert_eq!(fur["material_lots"][0]["result"], "passed");
    assert_eq!(
        fur["material_lots"][0]["tests"],
        json!(["formaldehyde", "azo_dyes"])
    );
    // What only an event names is known by that; what nobody names, not at all.
    problem(&service.get("/v1/product-lots/P-NOBODY/trace"), 404);
    service.tell(&recall("N-2", &["P-NOBODY"]));
    let trace = service.trace("P-NOBODY");
    assert_eq!(trace["enterprise_id"], Value::Null);
    assert_eq!(trace["open_events"][0]["event_id"], "N-2");
}

#[test]
fn a_lot_that_no_list_could_hold_is_refused_by_its_place() {
    let mut service = Service::start("lots-refused");
    let reply = service.post("/v1/events", &recall("N-1", &[NAMED, "A;B", " C"]));
    let found = problem(&reply, 422);
    assert_eq!(pointers(&found), ["/product_lots/1", "/product_lots/2"]);
}
