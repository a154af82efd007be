//! What is done to a data folder from the command line: copied while a service writes it, its registry written out and
//! taken back.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;

use crate::http::JSON;
use crate::service::{Service, folder, released, right, selected};

/// The exit code, and what was written to standard output and error.
pub(crate) fn greenlane(arguments: &[&str], paths: &[&Path]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenlane"));
    let done = command.args(arguments).args(paths).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.code(), text(&done.stdout), text(&done.stderr))
}

#[cfg(not(feature = "sql"))]
#[test]
fn a_build_without_sql_says_how_duckdb_is_asked_the_same() {
    let sql = "SELECT 'a' FROM decisions";
    let (code, told, why) = greenlane(&["query", sql, "--data", "some where"], &[]);
    assert_eq!((code, told.as_str()), (Some(2), ""));
    let build = "cargo build --release --features sql";
    let command =
        r"cd 'some where/archive' && duckdb -init views.sql -c 'SELECT '\''a'\'' FROM decisions'";
    assert!(why.contains(build) && why.contains(command), "{why}");
}

fn backup(data: &Path, copy: &Path) {
    let (code, _, told) = greenlane(&["backup", "--data"], &[data, copy]);
    assert_eq!(code, Some(0), "{told}");
}

#[test]
fn a_copy_that_is_made_while_it_decides_has_all_that_was_acknowledged_before() {
    let mut service = Service::start("backup");
    let copy = folder("backup-copy");
    let (enough, mut client) = (AtomicBool::new(false), service.server.client());
    let (before, during) = thread::scope(|scope| {
        let sending = scope.spawn(|| {
            let mut sent = 0_u32;
            while !enough.load(Ordering::SeqCst) {
                let body = released(&format!("L-{sent}")).to_string();
                right(&client.post("/v1/decisions", JSON, body.as_bytes()).unwrap());
                sent += 1;
            }
            sent
        });
        let before: Vec<Value> = (0..20)
            .map(|number| service.declare(&selected(&format!("D-{number}"))))
            .collect();
        backup(&service.data, &copy);
        enough.store(true, Ordering::SeqCst);
        (before, sending.join().unwrap())
    });
    assert!(during > 0);
    let (code, _, told) = greenlane(&["backup", "--data"], &[&service.data, &copy]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("not empty"), "{told}");
    let mut restored = Service::on(copy.clone(), &[]);
    for (number, answer) in before.iter().enumerate() {
        assert_eq!(restored.latest(&format!("D-{number}")), *answer);
    }
    restored.declare(&released("D-new"));
    let status = service.get("/v1/decisions/D-new").status;
    assert_eq!(status, 404, "the copy is another folder");
    drop(restored.client);
    restored.server.stop();
    let (code, told, _) = greenlane(&["replay", "--fold", "--data"], &[&copy]);
    assert_eq!(code, Some(0), "{told}");
}

fn imported(arguments: &[&str], data: &Path, files: &Path) -> Value {
    let all = [&["registry", "import", "--json"], arguments, &["--data"]].concat();
    let (code, told, said) = greenlane(&all, &[data, files]);
    assert_eq!(code, Some(0), "{said}");
    serde_json::from_str(&told).unwrap()
}

#[test]
fn a_registry_is_written_out_changed_and_taken_back() {
    let mut service = Service::start("registry-files");
    assert_eq!(service.declare(&released("D-1"))["status"], "released");
    let (data, files) = (service.data.clone(), folder("registry-files-out"));
    let (code, _, told) = greenlane(&["registry", "export", "--data"], &[&data, &files]);
    assert_eq!(code, Some(3), "a service has it: {told}");
    drop(service.client);
    service.server.stop();
    let (code, _, told) = greenlane(&["registry", "export", "--data"], &[&data, &files]);
    assert_eq!(code, Some(0), "{told}");
    let same = imported(&["--replace"], &data, &files);
    assert_eq!(same["changes"], 0, "{same}");

    let alerts = files.join("alerts.csv");
    let row = "AL-9,counterfeit,2,9405,,91440606415292770B,,a test,2012-01-01,2013-01-01\n";
    let given = "alert_id,kind,level,hs_scope,countries,enterprise_id,risk_type,source,from,to";
    fs::write(&alerts, format!("{given}\n{row}")).unwrap();
    let would = imported(&["--dry-run"], &data, &files);
    assert!(would["changes"].as_u64() >= Some(1), "{would}");
    assert_eq!(would["registry_revision"], same["registry_revision"]);
    let done = imported(&[], &data, &files);
    assert_eq!(done["changes"], would["changes"]);
    assert!(done["registry_revision"].as_u64() > same["registry_revision"].as_u64());

    let faulty = "AL-8,counterfeit,9,9405,,,,a test,2012-01-01,2013-01-01\n\
                  AL-7,counterfeit,2,9405,,,,a test,2012-13-01,2013-01-01\n";
    fs::write(&alerts, format!("{given}\n{row}{faulty}")).unwrap();
    let all = ["registry", "import", "--data"];
    let (code, _, told) = greenlane(&all, &[&data, &files]);
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("alerts.csv:3") && told.contains("alerts.csv:4"),
        "{told}"
    );
    let mut service = Service::on(data, &[]);
    assert_eq!(service.declare(&released("D-2"))["status"], "held");
    assert_eq!(service.latest("D-1")["status"], "released");
}
