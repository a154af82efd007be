//! `greenlane archive` as its users run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow::array::AsArray;
use greenlane::archive::{RollOptions, RollingWriter, Table, verify};
use greenlane::journal::LocalFolders;

use crate::read::{fed, rows};
use crate::sample::batches;

/// A data folder of its own for each test, with an archive on the local disk.
fn data(name: &str) -> PathBuf {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("archive-{name}"));
    let _ = fs::remove_dir_all(&data);
    let batches = batches(60, 20);
    let folders = LocalFolders::new(data.join("archive"));
    let mut writer = RollingWriter::open(Arc::new(folders), RollOptions::default()).unwrap();
    batches
        .iter()
        .for_each(|batch| writer.append(batch).unwrap());
    writer.close().unwrap();
    let folders = LocalFolders::new(data.join("archive"));
    assert_eq!(rows(&folders), fed(&batches));
    assert_eq!(verify(&folders).unwrap().faults, []);
    data
}

fn greenlane(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenlane"));
    let command = command.arg("archive").args(arguments);
    command.arg("--data").arg(data).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_archive_is_left_for_other_readers() {
    // `tests/views.py` reads it.
    let data = data("views");
    assert!(data.join("archive/views.sql").is_file());
}

#[test]
fn verify_says_that_an_archive_is_right_and_names_what_is_wrong() {
    let data = data("verify");
    let done = greenlane(&["verify"], &data);
    assert_eq!(done.status.code(), Some(0));
    let told = text(&done.stderr);
    assert!(
        told.starts_with("the archive is right: 12 files, "),
        "{told}"
    );
    assert!(told.ends_with("records to 60\n"), "{told}");

    let folder = data.join("archive/events/date=2016-11-02");
    let file = folder.join("00000000000000000001-00000000000000000020.parquet");
    let mut bytes = fs::read(&file).unwrap();
    bytes[100] ^= 1;
    fs::write(&file, bytes).unwrap();
    let done = greenlane(&["verify"], &data);
    assert_eq!(done.status.code(), Some(1));
    let first = "events/date=2016-11-02/00000000000000000001-00000000000000000020.parquet: is not as it was written";
    assert!(
        text(&done.stdout).starts_with(first),
        "{}",
        text(&done.stdout)
    );

    let done = greenlane(&["verify", "--from", "2016-11-03"], &data);
    assert_eq!(done.status.code(), Some(0));
    assert!(text(&done.stderr).starts_with("the archive is right: 0 files"));
    assert_eq!(
        greenlane(&["verify", "--from", "today"], &data)
            .status
            .code(),
        Some(2)
    );

    let done = greenlane(&["verify", "--json"], &data);
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["watermarks"]["events"], 60);
    assert_eq!(report["files"], 12);
    assert_eq!(report["faults"].as_array().unwrap().len(), 2, "{report}");
}

#[test]
fn lookup_prints_the_rows_of_an_id() {
    let data = data("lookup");
    let batches = batches(1, 1);
    let rows = batches[0].rows(Table::Declarations);
    for column in ["declaration_id", "decision_id"] {
        let id = rows
            .column_by_name(column)
            .unwrap()
            .as_string::<i32>()
            .value(0);
        let done = greenlane(&["lookup", id], &data);
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
        let row: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(row[column], id);
        assert_eq!(row["revision_kind"], "initial");
        assert!(
            text(&done.stderr).contains("pages of 1 of 3 files"),
            "{}",
            text(&done.stderr)
        );
        let done = greenlane(&["lookup", id, "--table", "decisions", "--quiet"], &data);
        assert!(done.status.success() && done.stderr.is_empty());
    }
}

#[test]
fn an_id_that_is_nowhere_is_refused_and_an_archive_that_is_nowhere_cannot_be_read() {
    let data = data("nowhere");
    let done = greenlane(&["lookup", "nobody"], &data);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(
        text(&done.stderr),
        "no row of `declarations` has the id `nobody`\n"
    );
    for command in [&["verify"][..], &["lookup", "nobody"]] {
        let done = greenlane(command, &data.join("nowhere"));
        assert_eq!(done.status.code(), Some(3));
        assert!(!data.join("nowhere").exists());
    }
    assert_eq!(greenlane(&["lookup"], &data).status.code(), Some(2));
}

/// As the guide to operating says.
#[test]
fn old_days_may_lie_elsewhere_behind_a_link() {
    let data = data("linked");
    let elsewhere = data.join("elsewhere");
    for table in ["decisions", "declarations", "events", "results"] {
        let table_folder = data.join("archive").join(table);
        let days = fs::read_dir(&table_folder).unwrap();
        let first = days.map(|day| day.unwrap().path()).min().unwrap();
        let moved = elsewhere.join(table);
        fs::create_dir_all(&elsewhere).unwrap();
        fs::rename(&first, &moved).unwrap();
        // Without a link something is missing, and that is said.
        let folders = LocalFolders::new(data.join("archive"));
        assert_ne!(verify(&folders).unwrap().faults, []);
        std::os::unix::fs::symlink(&moved, &first).unwrap();
        assert_eq!(verify(&folders).unwrap().faults, []);
    }
    let folders = LocalFolders::new(data.join("archive"));
    let options = RollOptions::default();
    RollingWriter::open(Arc::new(folders), options)
        .unwrap()
        .close()
        .unwrap();
}
