//! `greenlane query` against what a service answered: what is not archived yet is asked as what is, row for row.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "support/http.rs"]
#[expect(dead_code, reason = "the tests over HTTP use the rest")]
mod http;
#[path = "support/server.rs"]
#[expect(dead_code, reason = "the tests over HTTP use the rest")]
mod server;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::Value;

use server::Server;

const DECLARATIONS: &str = include_str!("../fixtures/ciq/declarations.ndjson");
const NDJSON: &str = "application/x-ndjson";
const JSON: &str = "application/json";

/// An empty folder of a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("query-{name}"));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn ask(data: &Path, sql: &str, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenlane"));
    command.args(["query", sql, "--data"]).arg(data).args(more);
    command.output().unwrap()
}

fn rows(data: &Path, sql: &str) -> Vec<Value> {
    let answer = ask(data, sql, &["--format", "json"]);
    let errors = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "{sql}: {errors}");
    let text = String::from_utf8(answer.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn one(data: &Path, sql: &str) -> Value {
    let rows = rows(data, sql);
    assert_eq!(rows.len(), 1, "{sql}");
    rows[0]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap()
        .clone()
}

/// Has the shipped declarations decided; each id's verdict.
fn decide(server: &Server) -> BTreeMap<String, String> {
    let reply = server
        .client()
        .post("/v1/decisions/batch", NDJSON, DECLARATIONS.as_bytes());
    let answers = reply.unwrap().lines();
    let text = |answer: &Value, name: &str| answer[name].as_str().unwrap().to_owned();
    let verdicts = answers
        .iter()
        .map(|answer| (text(answer, "declaration_id"), text(answer, "verdict")));
    verdicts.collect()
}

/// Every row of a table up to a record.
fn all(data: &Path, table: &str, through: u64) -> Vec<Value> {
    let sql = format!("SELECT * FROM {table} WHERE sequence <= {through}");
    let mut found = rows(data, &sql);
    // By value: rows of one record have no order of their own.
    found.sort_by_key(ToString::to_string);
    found
}

/// Files of decisions that are sealed; one that is being written has a dot in front.
fn sealed(data: &Path) -> usize {
    let days = fs::read_dir(data.join("archive/decisions"));
    let days = days.into_iter().flatten().map(|day| day.unwrap().path());
    let files = days.flat_map(|day| fs::read_dir(day).unwrap());
    let names = files.map(|file| file.unwrap().file_name());
    names
        .filter(|name| !name.to_string_lossy().starts_with('.'))
        .count()
}

#[test]
fn what_is_not_archived_is_asked_as_what_is() {
    let data = folder("both");
    let server = Server::start(&data, &[]);
    let verdicts = decide(&server);
    let inspected = verdicts.iter().find(|(_, verdict)| *verdict == "sample");
    let result = serde_json::json!({
        "event_id": "R-1", "type": "inspection_result", "at": "2016-11-03T09:00:00+08:00",
        "declaration_id": inspected.unwrap().0, "version": 1, "item_no": 1, "object": "product", "officer_id": "O-1",
        "tests": [{ "test": "lead", "value": "0.1", "unit": "mg/kg", "limit": "0.2", "passed": true }],
    });
    let taken = server
        .client()
        .post("/v1/events", JSON, result.to_string().as_bytes())
        .unwrap();
    assert_eq!(taken.status, 200, "{}", taken.text());
    let through = one(
        &data,
        "SELECT max(sequence) FROM (SELECT sequence FROM declarations UNION ALL SELECT sequence FROM events)",
    );
    let through = through.as_u64().unwrap();
    let tables = ["decisions", "declarations", "events", "results"];
    let before = tables.map(|table| all(&data, table, through));
    assert!(before.iter().all(|rows| !rows.is_empty()));
    // The result is a revision of its own, and releases.
    assert_eq!(before[1].len(), verdicts.len() + 1);
    assert_eq!(sealed(&data), 0, "archived already: nothing is shown");
    server.stop();
    assert!(sealed(&data) > 0);
    assert!(tables.map(|table| all(&data, table, through)) == before);

    // From now on there is something of both.
    let server = Server::start(&data, &[]);
    let released = verdicts.iter().filter(|(_, verdict)| *verdict == "release");
    let withdrawn = released.map(|(id, _)| id.as_str()).take(3);
    for id in withdrawn {
        let path = format!("/v1/declarations/{id}/cancel");
        assert_eq!(server.client().post(&path, JSON, b"").unwrap().status, 200);
    }
    let counted = |status: &str| {
        let sql = format!("SELECT count(*) FROM latest WHERE status = '{status}'");
        one(&data, &sql).as_u64().unwrap() as usize
    };
    assert_eq!(counted("cancelled"), 3);
    let of = |verdict: &str| verdicts.values().filter(|told| *told == verdict).count();
    assert_eq!(counted("released"), of("release") + 1 - 3);
    let all_latest = one(&data, "SELECT count(*) FROM latest");
    assert_eq!(all_latest, verdicts.len());
    let cleared = one(
        &data,
        "SELECT count(*) FROM clearance WHERE hours IS NOT NULL",
    );
    assert_eq!(cleared, of("release") + 1);
    let found = rows(
        &data,
        "SELECT test, tests, failed, failure_rate FROM findings",
    );
    assert_eq!(
        found,
        [serde_json::json!({"test": "lead", "tests": 1, "failed": 0, "failure_rate": 0.0})]
    );
    server.stop();
}

#[test]
fn an_answer_is_a_table_csv_json_or_parquet() {
    let data = folder("formats");
    let server = Server::start(&data, &[]);
    let count = decide(&server).len();
    server.stop();
    let sql = "SELECT verdict, count(*) AS declarations FROM declarations GROUP BY verdict ORDER BY verdict";
    let text = |more: &[&str]| String::from_utf8(ask(&data, sql, more).stdout).unwrap();
    assert!(text(&[]).contains("| verdict | declarations |"));
    assert_eq!(text(&["--json"]), text(&["--format", "json"]));
    let csv = text(&["--format", "csv"]);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("verdict,declarations"));
    let sum: usize = lines
        .map(|line| line.split_once(',').unwrap().1.parse::<usize>().unwrap())
        .sum();
    assert_eq!(sum, count);
    let nobody = ask(
        &data,
        "SELECT verdict FROM decisions WHERE false",
        &["--format", "csv"],
    );
    assert_eq!(nobody.stdout, b"verdict\n");

    let file = data.with_extension("parquet");
    let _ = fs::remove_file(&file);
    let to = ["--format", "parquet", "--output", file.to_str().unwrap()];
    assert!(ask(&data, sql, &to).status.success());
    let written = SerializedFileReader::new(File::open(&file).unwrap()).unwrap();
    assert_eq!(
        written.metadata().file_metadata().num_rows() as usize,
        csv.lines().count() - 1
    );
    // A question that fails leaves what was there.
    let before = fs::read(&file).unwrap();
    assert_eq!(
        ask(&data, "SELECT nothing FROM nowhere", &to).status.code(),
        Some(1)
    );
    assert_eq!(fs::read(&file).unwrap(), before);
    assert!(!file.with_extension("parquet.part").exists());
}

#[test]
fn a_question_only_reads_and_is_refused_with_what_is_wrong() {
    let data = folder("refused");
    Server::start(&data, &[]).stop();
    let refused = |sql: &str, more: &[&str], code: i32| {
        let answer = ask(&data, sql, more);
        assert_eq!(answer.status.code(), Some(code), "{sql}");
        String::from_utf8(answer.stderr).unwrap()
    };
    assert!(refused("SELECT verdikt FROM decisions", &[], 1).contains("verdict"));
    assert!(
        refused("SELECT * FROM decision", &[], 1).contains("there are decisions, declarations")
    );
    assert!(refused("SELEC 1", &[], 1).contains("SELEC"));
    let copy = format!("COPY decisions TO '{}'", data.join("copy.csv").display());
    for sql in [
        "DROP VIEW decisions",
        "CREATE TABLE t AS SELECT 1",
        "DELETE FROM decisions",
        &copy,
        "SET a.b = 1",
    ] {
        assert!(refused(sql, &[], 1).contains("not supported"), "{sql}");
    }
    assert!(!data.join("copy.csv").exists());
    let other = "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'";
    assert!(refused(other, &[], 1).contains("not supported"));
    assert!(refused("SELECT * FROM '/etc/passwd'", &[], 1).contains("not found"));
    assert!(refused("SELECT 1", &["--format", "parquet"], 2).contains("--output"));
    let missing = ask(&data.join("nothing"), "SELECT 1", &[]);
    assert!(!missing.status.success());
}
