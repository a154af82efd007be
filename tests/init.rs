//! `greenlane init` begins a folder with what is shipped, once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

use greenlane::cli::init::{InitError, init};
use greenlane::policy::{PolicySource, read};

/// A folder of its own for each test, without what an earlier run left.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    path
}

fn fixtures(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path)
}

fn same_files(ours: &Path, shipped: &Path) -> usize {
    let names = fs::read_dir(shipped).unwrap().map(|entry| entry.unwrap());
    let files = names.filter(|entry| entry.file_type().unwrap().is_file());
    files
        .inspect(|entry| {
            let written = fs::read(ours.join(entry.file_name())).unwrap();
            assert_eq!(written, fs::read(entry.path()).unwrap(), "{entry:?}");
        })
        .count()
}

#[test]
fn an_absent_folder_gets_the_shipped_policy_scenarios_registry_and_configuration() {
    let dir = folder("init-absent");
    let summary = init(&dir).unwrap();
    let shipped = same_files(&dir.join("policy"), &fixtures("ciq/policy"))
        + same_files(&dir.join("policy/scenarios"), &fixtures("scenarios"))
        + same_files(&dir.join("registry"), &fixtures("ciq/registry"));
    assert_eq!(summary.files.len(), shipped + 1);
    let configuration = fs::read(dir.join("greenlane.toml")).unwrap();
    assert_eq!(
        configuration,
        fs::read(fixtures("ciq/greenlane.toml")).unwrap()
    );
    assert!(summary.files.iter().all(|file| dir.join(file).is_file()));

    let ours = PolicySource::from_dirs(&[dir.join("policy")]).unwrap();
    let theirs = PolicySource::from_dirs(&[fixtures("ciq/policy")]).unwrap();
    assert_eq!(ours, theirs);
    assert!(read(&ours).is_ok());
}

#[test]
fn an_empty_folder_is_begun_and_then_refused() {
    let dir = folder("init-empty");
    fs::create_dir_all(&dir).unwrap();
    assert!(init(&dir).is_ok());
    assert!(matches!(init(&dir), Err(InitError::NotEmpty(_))));
}

#[test]
fn a_folder_with_anything_in_it_is_left_as_it_is() {
    let dir = folder("init-taken");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("notes.txt"), "mine").unwrap();
    assert!(matches!(init(&dir), Err(InitError::NotEmpty(_))));
    assert!(matches!(
        init(&dir.join("notes.txt")),
        Err(InitError::NotEmpty(_))
    ));
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
}
