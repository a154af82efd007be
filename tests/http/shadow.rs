//! The candidate decides every declaration, too, and nobody who declares notices.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use arrow::array::{Array as _, AsArray as _};
use bytes::Bytes;
use greenlane::clock::Stopwatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::policy::{promote, put, stop, stricter, withdraw};
use crate::service::{Service, held, released, right, selected};

/// What is told of the shadow when it has come to so many declarations.
fn shadow_of(service: &mut Service, count: u64) -> Value {
    let watch = Stopwatch::start();
    loop {
        let shadow = right(&service.get("/v1/policy/candidate"))["shadow"].clone();
        let decided = shadow["decided"].as_u64().unwrap() + shadow["passed"].as_u64().unwrap();
        assert!(decided <= count, "{shadow}");
        if decided == count {
            return shadow;
        }
        assert!(watch.elapsed().as_secs() < 60, "{shadow}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// By declaration the shadow's verdict and rule on its first item, as the archive has them.
fn archived(data: &Path) -> BTreeMap<String, (Option<String>, Option<String>)> {
    let mut found = BTreeMap::new();
    for day in fs::read_dir(data.join("archive/decisions")).unwrap() {
        for file in fs::read_dir(day.unwrap().path()).unwrap() {
            let bytes = Bytes::from(fs::read(file.unwrap().path()).unwrap());
            let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
            for rows in reader.build().unwrap() {
                let rows = rows.unwrap();
                let text = |name: &str, row: usize| {
                    let column = rows.column_by_name(name).unwrap().as_string::<i32>();
                    column.is_valid(row).then(|| column.value(row).to_owned())
                };
                for row in 0..rows.num_rows() {
                    let id = text("declaration_id", row).unwrap();
                    let shadow = (text("shadow_verdict", row), text("shadow_rule", row));
                    found.entry(id).or_insert(shadow);
                }
            }
        }
    }
    found
}

#[test]
fn the_candidate_decides_every_declaration_too_and_is_told_and_archived() {
    let mut service = Service::start("shadow");
    service.declare(&released("BEFORE"));
    let candidate = right(&put(&mut service, &stricter()));
    let begun = shadow_of(&mut service, 0);
    assert_eq!(
        (&begun["pairs"], &begun["latest"]),
        (&json!([]), &json!([]))
    );
    for number in 0..3 {
        assert_eq!(
            service.declare(&released(&format!("R-{number}")))["status"],
            "released"
        );
    }
    service.declare(&held("H"));
    let last = service.declare(&selected("S"));
    let shadow = shadow_of(&mut service, 5);
    let pair =
        |live, shadow, count| json!({ "verdict": live, "shadow_verdict": shadow, "count": count });
    let pairs = [
        pair("release", "sample", 3),
        pair("sample", "sample", 1),
        pair("hold", "hold", 1),
    ];
    assert_eq!(shadow["pairs"], json!(pairs), "{shadow}");
    assert_eq!(
        (&shadow["differing"], &shadow["undecided"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(shadow["stopped"], Value::Null);
    assert!(shadow["from_sequence"].as_u64() > candidate["sequence"].as_u64());
    // The latest first.
    let latest = &shadow["latest"][0];
    assert_eq!(latest["declaration_id"], "R-2");
    assert_eq!(
        (&latest["verdict"], &latest["shadow_verdict"]),
        (&json!("release"), &json!("sample"))
    );
    assert_eq!(latest["items"][0]["shadow_rule"], "every/export");
    assert_eq!(shadow["latest"].as_array().map(Vec::len), Some(3));
    let metrics = service.get("/metrics").text();
    let counted =
        "greenlane_shadow_decisions_total{shadow_verdict=\"sample\",verdict=\"release\"} 3";
    assert!(metrics.contains(counted), "{metrics}");
    // A registry that changes is the candidate's, too.
    let alert = json!({
        "event_id": "A-1", "type": "alert_raised", "at": "2016-11-02T10:00:00+08:00",
        "alert_id": "A-1", "kind": "x", "hs_scope": "0101", "level": 1,
    });
    service.tell(&alert);
    service.declare(&released("R-3"));
    shadow_of(&mut service, 6);
    let policy = candidate["policy"].clone();
    assert_ne!(last["policy"], policy);
    promote(&mut service, &policy);
    service.declare(&released("AFTER"));
    let data = service.data.clone();
    stop(service);

    let rows = archived(&data);
    let sampled = (Some("sample".to_owned()), Some("every/export".to_owned()));
    for id in ["R-0", "R-1", "R-2"] {
        assert_eq!(rows[id], sampled, "{id}");
    }
    assert_eq!(rows["H"].0.as_deref(), Some("hold"));
    for id in ["BEFORE", "AFTER"] {
        assert_eq!(rows[id], (None, None), "{id}");
    }
}

#[test]
fn a_candidate_that_panics_decides_no_more_and_nobody_who_declares_notices() {
    let mut service = Service::panicking("shadow-panic", "shadowing:2");
    right(&put(&mut service, &stricter()));
    for number in 0..5 {
        let told = service.declare(&released(&format!("R-{number}")));
        assert_eq!(told["status"], "released");
    }
    let watch = Stopwatch::start();
    let shadow = loop {
        let shadow = right(&service.get("/v1/policy/candidate"))["shadow"].clone();
        if shadow["stopped"] != Value::Null {
            break shadow;
        }
        assert!(watch.elapsed().as_secs() < 60, "{shadow}");
        thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(
        (&shadow["stopped"], &shadow["decided"]),
        (&json!("it panicked on a declaration"), &json!(1))
    );
    // Another one decides again.
    withdraw(&mut service);
    right(&put(&mut service, &stricter()));
    service.declare(&released("R-5"));
    assert_eq!(shadow_of(&mut service, 1)["stopped"], Value::Null);
    let data = service.data.clone();
    stop(service);
    let rows = archived(&data);
    assert_eq!(rows.len(), 6);
    let shadowed = rows.iter().filter(|(_, (verdict, _))| verdict.is_some());
    let shadowed: Vec<&str> = shadowed.map(|(id, _)| id.as_str()).collect();
    assert_eq!(shadowed, ["R-0", "R-5"]);
}

#[test]
fn a_start_goes_on_with_the_candidate_and_counts_anew() {
    let mut service = Service::start("shadow-again");
    right(&put(&mut service, &stricter()));
    service.declare(&released("D-1"));
    shadow_of(&mut service, 1);
    let mut service = service.again();
    shadow_of(&mut service, 0);
    service.declare(&released("D-2"));
    let shadow = shadow_of(&mut service, 1);
    assert_eq!(shadow["latest"][0]["declaration_id"], "D-2");
    // Another candidate begins at nothing.
    right(
        &service
            .client
            .send("DELETE", "/v1/policy/candidate", None, b"")
            .unwrap(),
    );
    service.declare(&released("D-3"));
    right(&put(&mut service, &stricter()));
    shadow_of(&mut service, 0);
    service.declare(&released("D-4"));
    assert_eq!(
        shadow_of(&mut service, 1)["latest"][0]["declaration_id"],
        "D-4"
    );
    stop(service);
}
