//! Reports against plain counting of what the service answered, beside a running service and after its end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::commands::greenlane;
use crate::http::NDJSON;
use crate::service::{Service, folder, right};

const DECLARATIONS: &str = include_str!("../../fixtures/ciq/declarations.ndjson");
/// A moment before any of the declarations is due.
const AT: &str = "2016-11-02T10:00:00+08:00";
/// Columns that are counted here.
const COUNTED: [&str; 16] = [
    "declarations",
    "released",
    "selected",
    "held",
    "selected_by_rule",
    "selected_by_draw",
    "selected_by_programme",
    "selected_by_monitor",
    "inspected",
    "nonconforming",
    "released_later",
    "cancelled",
    "rejected",
    "overridden",
    "adverse",
    "recall",
];

type Counts = BTreeMap<&'static str, u64>;

/// What was counted, by group; what names none is of the empty name.
#[derive(Default)]
struct Plain(BTreeMap<String, Counts>);

impl Plain {
    fn count(&mut self, group: &str, column: &'static str) {
        let counts = self.0.entry(group.to_owned()).or_default();
        *counts.entry(column).or_default() += 1;
    }
}

/// The accountable party: of an export its producer, where one is named.
fn enterprise(declaration: &Value) -> &str {
    let producer = declaration["producer_id"].as_str();
    let producer = producer.filter(|_| declaration["direction"] == "export");
    producer.unwrap_or_else(|| declaration["trader_id"].as_str().unwrap())
}

fn office(declaration: &Value) -> &str {
    declaration["office"].as_str().unwrap_or_default()
}

/// What is done in the test, with what it should count, by enterprise and by office.
struct Counted {
    service: Service,
    plain: [Plain; 2],
    /// Passed and failed by enterprise, heading and test.
    tests: BTreeMap<(String, String, String), (u64, u64)>,
}

impl Counted {
    fn count(&mut self, declaration: &Value, column: &'static str) {
        self.plain[0].count(enterprise(declaration), column);
        self.plain[1].count(office(declaration), column);
    }

    /// Sends all declarations of the fixture; the answers.
    fn declare(&mut self) -> Vec<(Value, Value)> {
        let body = DECLARATIONS.as_bytes();
        let reply = self
            .service
            .client
            .post("/v1/decisions/batch", NDJSON, body);
        let answers = reply.unwrap().lines();
        let declarations = DECLARATIONS.lines().map(serde_json::from_str);
        let declarations: Vec<Value> = declarations.map(Result::unwrap).collect();
        assert_eq!(answers.len(), declarations.len());
        let both: Vec<(Value, Value)> = declarations.into_iter().zip(answers).collect();
        for (declaration, answer) in &both {
            self.count(declaration, "declarations");
            self.count(
                declaration,
                match answer["verdict"].as_str().unwrap() {
                    "release" => "released",
                    "sample" => "selected",
                    _ => "held",
                },
            );
            for item in answer["items"].as_array().unwrap() {
                let by = item["selected_by"].as_str();
                let column = by.and_then(|by| {
                    let mut columns = COUNTED.into_iter();
                    columns.find(|column| column.strip_prefix("selected_by_") == Some(by))
                });
                if let Some(column) = column {
                    self.count(declaration, column);
                }
            }
        }
        both
    }

    /// Inspects every item that was to be inspected of a declaration that was selected.
    fn inspect(&mut self, declaration: &Value, answer: &Value, passed: bool) {
        let sampled = |item: &&Value| item["verdict"] == "sample";
        let items: Vec<&Value> = answer["items"].as_array().unwrap().iter().collect();
        let items: Vec<&Value> = items.into_iter().filter(sampled).collect();
        for (at, item) in items.iter().enumerate() {
            let (id, item_no) = (&declaration["declaration_id"], &item["item_no"]);
            let found = json!([{ "test": "marking", "passed": true }, { "test": "safety", "passed": passed }]);
            self.service.tell(&json!({
                "event_id": format!("R-{}-{item_no}", id.as_str().unwrap()), "type": "inspection_result", "at": AT,
                "declaration_id": id, "version": 1, "item_no": item_no, "tests": found, "officer_id": "O-7",
            }));
            self.count(declaration, "inspected");
            let declared = declaration["items"].as_array().unwrap().iter();
            let mut declared = declared.filter(|declared| declared["item_no"] == *item_no);
            let code = declared.next().unwrap()["hs_code"].as_str().unwrap();
            for (test, passed) in [("marking", true), ("safety", passed)] {
                let key = (
                    enterprise(declaration).to_owned(),
                    code[..4].to_owned(),
                    test.to_owned(),
                );
                let counts = self.tests.entry(key).or_default();
                *(if passed { &mut counts.0 } else { &mut counts.1 }) += 1;
            }
            if !passed {
                self.count(declaration, "nonconforming");
            } else if at + 1 == items.len() {
                self.count(declaration, "released_later");
            }
        }
    }

    /// An officer's acts upon what is held: rejected, overridden, withdrawn.
    fn act(&mut self, declaration: &Value, no: usize) {
        let id = declaration["declaration_id"].as_str().unwrap().to_owned();
        match no % 3 {
            0 => {
                self.service.tell(&json!({
                    "event_id": format!("X-{id}"), "type": "declaration_rejected", "at": AT,
                    "declaration_id": id, "authority": "AQSIQ", "document": "X-1",
                }));
                self.count(declaration, "rejected");
            }
            1 => {
                let told = json!({
                    "verdict": "release", "reason_code": "SEEN", "reason_text": "seen", "officer_id": "O-7",
                    "confirmed_by": "O-9", "document": "M-1",
                });
                let path = format!("/v1/declarations/{id}/override");
                right(&self.service.post(&path, &told));
                self.count(declaration, "overridden");
                self.count(declaration, "released_later");
            }
            _ => {
                right(&self.service.cancel(&id));
                self.count(declaration, "cancelled");
            }
        }
    }

    /// What goes wrong with goods of a maker, and of nobody: with goods that nobody declares, so that nothing is decided
    /// again while it is counted.
    fn go_wrong(&mut self) {
        let maker = "91440606415292770B";
        for (id, kind, enterprise) in [
            ("A-1", "recall", Some(maker)),
            ("A-2", "complaint", Some(maker)),
            ("A-3", "recall", None),
        ] {
            self.service.tell(&json!({
                "event_id": id, "type": kind, "at": AT, "enterprise_id": enterprise, "hs_code": "0101210000",
                "country": "US", "authority": "AQSIQ", "document": id,
            }));
            // The office of the maker, as the registry has it.
            let groups = [
                enterprise.unwrap_or_default(),
                enterprise.map_or("", |_| "5160"),
            ];
            for (plain, group) in self.plain.iter_mut().zip(groups) {
                plain.count(group, "adverse");
                if kind == "recall" {
                    plain.count(group, "recall");
                }
            }
        }
    }

    fn report(&self, by: &str) -> Value {
        report(by, &self.service.data)
    }
}

fn report(by: &str, data: &Path) -> Value {
    let (code, told, said) = greenlane(&["report", by, "--json", "--data"], &[data]);
    assert_eq!(code, Some(0), "{said}");
    serde_json::from_str(&told).unwrap()
}

/// What a report counts, in the columns that are counted here.
fn counted(report: &Value, by: &str) -> BTreeMap<String, Counts> {
    let rows = report["rows"].as_array().unwrap().iter();
    let counts = rows.map(|row| {
        let cells = COUNTED.map(|column| (column, row[column].as_u64().unwrap()));
        let counts: Counts = cells.into_iter().filter(|(_, count)| *count > 0).collect();
        (row[by].as_str().unwrap_or_default().to_owned(), counts)
    });
    counts.collect()
}

#[test]
fn a_report_is_what_plain_counting_of_the_answers_gives() {
    let mut counted_here = Counted {
        service: Service::start("report"),
        plain: Default::default(),
        tests: BTreeMap::new(),
    };
    let all = counted_here.declare();
    let of = |status: &str| {
        let all = all.iter().filter(|(_, answer)| answer["status"] == status);
        all.cloned().collect::<Vec<_>>()
    };
    let (selected, held) = (of("selected"), of("held"));
    assert!(selected.len() > 30 && held.len() > 10, "too few");
    for (no, (declaration, answer)) in selected.iter().enumerate().take(30) {
        counted_here.inspect(declaration, answer, no % 4 != 0);
    }
    for (no, (declaration, _)) in held.iter().enumerate().take(9) {
        counted_here.act(declaration, no);
    }
    counted_here.go_wrong();
    let by_enterprise = counted_here.report("enterprise");
    let by_office = counted_here.report("office");
    assert_eq!(
        counted(&by_enterprise, "enterprise"),
        counted_here.plain[0].0
    );
    assert_eq!(counted(&by_office, "office"), counted_here.plain[1].0);
    let tests = by_enterprise["tests"].as_array().unwrap().iter();
    let tests = tests.map(|row| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        let counts = (
            row["passed"].as_u64().unwrap(),
            row["failed"].as_u64().unwrap(),
        );
        ((text("enterprise"), text("heading"), text("test")), counts)
    });
    let tests: BTreeMap<_, _> = tests.collect();
    assert_eq!(tests, counted_here.tests);
    each_has_all_once(&counted_here, &by_enterprise, all.len());
    files_agree(&mut counted_here);
    // Of the archive it is the same as of the journal.
    let Counted { service, .. } = counted_here;
    let Service {
        data,
        server,
        client,
    } = service;
    drop(client);
    server.stop();
    let mut again = report("enterprise", &data);
    assert!(again["through"].as_u64() >= by_enterprise["through"].as_u64());
    again["through"] = by_enterprise["through"].clone();
    assert_eq!(again, by_enterprise);
}

/// Each way of grouping has everything once.
fn each_has_all_once(counted: &Counted, by_enterprise: &Value, declarations: usize) {
    for by in ["month", "zone"] {
        assert_eq!(counted.report(by)["all"], by_enterprise["all"], "{by}");
    }
    let plain = &counted.plain[0].0;
    let sum = |column| plain.values().filter_map(|counts| counts.get(column)).sum();
    for column in COUNTED {
        let sum: u64 = sum(column);
        assert_eq!(by_enterprise["all"][column], sum, "{column}");
    }
    let open = declarations as u64
        - sum("released")
        - sum("released_later")
        - sum("rejected")
        - sum("cancelled");
    assert_eq!(by_enterprise["all"]["open"], open);
}

/// The quality files tell of tests what the report tells.
fn files_agree(counted: &mut Counted) {
    let mut by_test = BTreeMap::new();
    for ((enterprise, heading, test), counts) in &counted.tests {
        let path = format!("/v1/enterprises/{enterprise}/file?heading={heading}");
        let file = right(&counted.service.get(&path));
        let row = &file["headings"][0]["tests"][test];
        let found = (
            row["passed"].as_u64().unwrap(),
            row["failed"].as_u64().unwrap(),
        );
        assert_eq!(found, *counts, "{file}");
        let (passed, failed) = by_test.entry(test.clone()).or_insert((0, 0));
        (*passed, *failed) = (*passed + counts.0, *failed + counts.1);
    }
    assert!(
        by_test["safety"].0 > 0 && by_test["safety"].1 > 0,
        "{by_test:?}"
    );
}

#[test]
fn a_report_is_written_as_a_table_as_csv_or_as_json_and_for_a_span_of_days() {
    let mut service = Service::start("report-formats");
    service.declare(&crate::service::selected("D-1"));
    service.tell(&crate::service::result("R-1", "D-1", 1, false));
    let data = service.data.clone();
    let run =
        |arguments: &[&str]| greenlane(&[&["report"], arguments, &["--data"]].concat(), &[&data]);
    let (code, table, said) = run(&["enterprise"]);
    assert_eq!(code, Some(0), "{said}");
    let lines: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0][..3], ["enterprise", "declarations", "released"]);
    assert_eq!(
        lines[1][..6],
        ["91440606415292770B", "1", "0", "1", "0", "1"]
    );
    assert_eq!(lines[2][0], "(all)");
    assert!(said.contains("all records to"), "{said}");
    let (_, _, said) = run(&["enterprise", "--quiet"]);
    assert_eq!(said, "");
    let out = folder("report-out").with_extension("csv");
    let path = out.to_string_lossy();
    let (code, told, said) = run(&[
        "enterprise",
        "--tests",
        "--format",
        "csv",
        "--output",
        &path,
    ]);
    assert_eq!((code, told.as_str()), (Some(0), ""), "{said}");
    let csv = fs::read_to_string(&out).unwrap();
    let expected = "enterprise,heading,test,passed,failed,pass_rate\n91440606415292770B,9405,safety,0,1,0.0000\n";
    assert_eq!(csv, expected);
    // Every column of CSV is a member of JSON.
    let (_, csv, _) = run(&["office", "--format", "csv"]);
    let (_, json, _) = run(&["office", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let mut lines = csv.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(columns.len(), json["rows"][0].as_object().unwrap().len());
    for (column, cell) in columns.iter().zip(lines.next().unwrap().split(',')) {
        let told = match &json["rows"][0][*column] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let number = |text: &str| text.parse::<f64>().ok();
        assert!(told == cell || number(&told) == number(cell), "{column}");
    }
}

#[test]
fn a_report_of_a_span_has_what_happened_in_it_and_a_span_of_no_day_is_wrong_usage() {
    let mut service = Service::start("report-span");
    service.declare(&crate::service::selected("D-1"));
    service.tell(&crate::service::result("R-1", "D-1", 1, false));
    let data = service.data.clone();
    let run =
        |arguments: &[&str]| greenlane(&[&["report"], arguments, &["--data"]].concat(), &[&data]);
    // It was declared today; the result is of a day that is past.
    let (_, told, _) = run(&["month", "--json", "--to", "2020-01-01"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["all"]["declarations"], &told["all"]["inspected"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(told["rows"].as_array().unwrap().len(), 1);
    assert_eq!(told["rows"][0]["month"], "2016-11");
    let (_, told, _) = run(&["month", "--json", "--from", "2020-01-01"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["all"]["declarations"], &told["all"]["inspected"]),
        (&json!(1), &json!(0))
    );
    // Wrong usage.
    let (code, _, said) = run(&["month", "--from", "2016-01-01", "--to", "2016-01-01"]);
    assert_eq!(code, Some(2), "{said}");
    let (code, _, said) = greenlane(&["report", "zone", "--data"], &[&folder("report-absent")]);
    assert_eq!(code, Some(2), "{said}");
}
