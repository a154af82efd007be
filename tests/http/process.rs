//! The process: its phases, its signals, its numbers, and where it refuses to start.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use greenlane::archive::{Records, verify};
use greenlane::clock::Stopwatch;
use greenlane::journal::{Folders, LocalFolders, Sequence};
use serde_json::Value;

use crate::http::{Client, JSON, NDJSON};
use crate::server::Server;
use crate::service::{Service, arguments, folder, held, problem, released, right, selected};

#[test]
fn it_lives_and_is_ready() {
    let mut service = Service::start("ready");
    assert_eq!(service.get("/healthz").text(), "alive\n");
    let ready = right(&service.get("/readyz"));
    assert_eq!(ready["phase"], "ready");
    assert_eq!(ready["archive_stopped"], Value::Null);
}

/// The names of a process's threads with how the system schedules them: 0 as usual, 5 when nobody else would run.
fn threads(id: u32) -> Vec<(String, String)> {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).unwrap();
    let thread = |task: fs::DirEntry| {
        // A thread may end meanwhile.
        let stat = fs::read_to_string(task.path().join("stat")).ok()?;
        let (name, rest) = stat.split_once('(').unwrap().1.rsplit_once(") ").unwrap();
        let policy = rest.split(' ').nth(38).unwrap();
        Some((name.to_owned(), policy.to_owned()))
    };
    tasks.filter_map(|task| thread(task.unwrap())).collect()
}

#[test]
fn the_archive_works_on_threads_that_run_when_nobody_else_would() {
    let service = Service::start("idle");
    let of = |idle: bool| {
        let threads = threads(service.server.id()).into_iter();
        let of = threads.filter(|(name, _)| name.starts_with("archive-") == idle);
        of.collect::<Vec<_>>()
    };
    let are_idle = |threads: &[(String, String)]| {
        !threads.is_empty() && threads.iter().all(|(_, policy)| policy == "5")
    };
    // Each says so of itself when it begins, which it may do after the service is ready.
    let watch = Stopwatch::start();
    while !are_idle(&of(true)) {
        assert!(watch.elapsed().as_secs() < 20, "{:?}", of(true));
        thread::sleep(Duration::from_millis(10));
    }
    let usual = of(false);
    assert!(usual.len() > 3 && usual.iter().all(|(_, policy)| policy == "0"));
}

#[test]
fn while_it_recovers_it_says_how_far_it_is_and_decides_nothing() {
    let mut service = Service::start("recovering");
    let lines = (0..6_000).map(|number| released(&format!("D-{number}")).to_string() + "\n");
    let body: String = lines.collect();
    let reply = service
        .client
        .post("/v1/decisions/batch", NDJSON, body.as_bytes());
    let answers = reply.unwrap().lines();
    // A kill leaves no checkpoint, so that all is read again.
    service.server.kill();
    service.server.wait();
    let server = Server::spawn(&service.data, &arguments(&[]), &[]);
    let mut client = server.client();
    let ready = client.get("/readyz").unwrap();
    assert_eq!(ready.status, 503, "{}", ready.text());
    assert_eq!(ready.json()["phase"], "recovering");
    let body = released("D-0").to_string();
    let refused = client.post("/v1/decisions", JSON, body.as_bytes()).unwrap();
    problem(&refused, 503);
    assert!(refused.header("retry-after").is_some());
    assert!(server.is_ready());
    let ready = right(&client.get("/readyz").unwrap());
    assert_eq!(ready["phase"], "ready");
    assert_eq!(ready["recovered"], ready["to_recover"]);
    assert!(ready["to_recover"].as_u64() > Some(6_000));
    let reply = client.post("/v1/decisions", JSON, body.as_bytes()).unwrap();
    assert_eq!(reply.json(), answers[0]);
}

#[test]
fn asked_to_stop_while_it_recovers_it_does() {
    let service = Service::start("recovering-stop");
    let data = service.data.clone();
    drop(service);
    let mut server = Server::spawn(&data, &arguments(&[]), &[]);
    server.address().unwrap();
    server.terminate();
    assert_eq!(server.wait().code(), Some(0), "{}", server.said());
    Server::start(&data, &arguments(&[])).stop();
}

#[test]
fn asked_to_stop_it_finishes_what_it_has_begun_and_seals_the_archive() {
    let mut service = Service::start("stop");
    for number in 0..10 {
        service.declare(&selected(&format!("D-{number}")));
    }
    // One request is under way: its body comes slowly.
    let mut slow = service.server.client();
    slow.begin("/v1/decisions", JSON).unwrap();
    let body = released("D-10").to_string();
    let (first, rest) = body.as_bytes().split_at(80);
    slow.send_part(first).unwrap();
    thread::sleep(Duration::from_millis(200));
    service.server.terminate();
    service.server.says("draining");
    thread::sleep(Duration::from_millis(200));
    slow.send_part(rest).unwrap();
    slow.finish().unwrap();
    let reply = slow.reply().unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    drop((
        slow,
        std::mem::replace(&mut service.client, Client::new(([127, 0, 0, 1], 1).into())),
    ));
    assert_eq!(
        service.server.wait().code(),
        Some(0),
        "{}",
        service.server.said()
    );

    let last = reply.json()["sequence"].as_u64().unwrap();
    let folders: Arc<dyn Folders> = Arc::new(LocalFolders::new(service.data.join("archive")));
    assert_eq!(verify(&*folders).unwrap().faults, []);
    let records = Records::open(folders, Sequence::new(1)).unwrap();
    assert_eq!(records.last().get(), last);
}

#[test]
fn after_a_clean_stop_every_record_is_under_the_mark_of_the_journal() {
    let mut service = Service::start("mark");
    for number in 0..5 {
        let decision = service.declare(&released(&format!("D-{number}")));
        let data = service.data.clone();
        drop(service.client);
        service.server.stop();
        let segment = data.join("journal").join(format!("{:020}.journal", 1));
        let mark = fs::read(segment).unwrap()[64..72].try_into();
        let mark = u64::from_le_bytes(mark.unwrap());
        assert_eq!(Some(mark), decision["sequence"].as_u64());
        service = Service::on(data, &[]);
    }
}

#[test]
fn asked_to_stop_it_waits_for_nobody_who_waits_for_changes_or_keeps_a_connection() {
    let mut service = Service::start("stop-at-once");
    right(&service.get("/readyz"));
    let mut other = service.server.client();
    let waiting = thread::spawn(move || other.get("/v1/changes?wait_s=60").unwrap());
    thread::sleep(Duration::from_millis(300));
    let watch = Stopwatch::start();
    service.server.terminate();
    let reply = waiting.join().unwrap();
    assert_eq!((reply.status, reply.body), (200, vec![]));
    assert_eq!(service.server.wait().code(), Some(0));
    assert!(
        watch.elapsed() < Duration::from_secs(10),
        "{:?}",
        watch.elapsed()
    );
}

fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenlane"));
    let done = command.arg("serve").args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    (done.status.code(), told)
}

#[test]
fn without_tokens_only_this_machine_may_call() {
    let data = folder("not-loopback");
    let path = data.to_string_lossy();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let (code, told) = refused(&["--listen", address, "--data", &path]);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("not a loopback address"), "{told}");
    }
    assert!(!data.exists(), "nothing is begun");
    let service = Service::on(data, &[]);
    let said = service.server.said();
    assert!(said.contains("every caller is `local`"), "{said}");
}

#[test]
fn a_second_process_on_the_same_folder_is_refused() {
    let mut service = Service::start("second");
    let data = service.data.to_string_lossy().into_owned();
    let (code, told) = refused(&["--listen", "127.0.0.1:0", "--data", &data]);
    assert_eq!(code, Some(3), "{told}");
    assert!(
        told.contains("another process is writing this data folder"),
        "{told}"
    );
    assert_eq!(service.declare(&released("D-1"))["status"], "released");
}

#[test]
fn an_address_that_is_taken_is_refused() {
    let service = Service::start("taken");
    let address = service.server.address().unwrap().to_string();
    let data = folder("taken-second");
    let (code, told) = refused(&["--listen", &address, "--data", &data.to_string_lossy()]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains(&address), "{told}");
}

#[test]
fn a_journal_that_was_changed_is_refused_and_says_where() {
    let mut service = Service::start("changed");
    service.declare(&released("D-1"));
    service.declare(&released("D-2"));
    service.server.kill();
    service.server.wait();
    let segment = service
        .data
        .join("journal")
        .join(format!("{:020}.journal", 1));
    let mut bytes = fs::read(&segment).unwrap();
    bytes[700] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let data = service.data.to_string_lossy().into_owned();
    let (code, told) = refused(&["--listen", "127.0.0.1:0", "--data", &data]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains(".journal"), "{told}");
}

#[test]
fn without_a_policy_the_last_one_decides_and_another_one_is_recorded() {
    let mut service = Service::start("policy-again");
    let first = service.declare(&released("D-1"));
    drop(service.client);
    service.server.stop();
    let data = service.data;

    // Nothing is named: nothing changes.
    let mut service = Service::with(data, &[]);
    let events = service.get("/v1/events").lines().len();
    assert_eq!(service.declare(&released("D-2"))["policy"], first["policy"]);
    drop(service.client);
    service.server.stop();
    let data = service.data;

    const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ciq/policy");
    let registry = folder("policy-again-registry");
    fs::create_dir_all(&registry).unwrap();
    let registry = registry.to_string_lossy().into_owned();
    let named = [
        "--policy",
        POLICY,
        "--as-of",
        "declaration",
        "--registry",
        &registry,
    ];
    let mut service = Service::with(data, &named);
    let said = service.server.said();
    assert!(
        said.contains("is not the one that began this data folder"),
        "{said}"
    );
    let other = service.declare(&held("D-3"));
    assert_ne!(other["policy"], first["policy"]);
    assert_eq!(
        other["status"], "held",
        "the registry is still the one that began"
    );
    let acts = service.get("/v1/events").lines();
    assert_eq!(acts.len(), events + 1);
    assert_eq!(acts[events]["type"], "policy_activated");
    assert_eq!(service.declare(&released("D-1")), first);
    assert_eq!(
        right(&service.get("/readyz"))["archive_stopped"],
        Value::Null
    );
    drop(service.client);
    service.server.stop();
}

#[test]
fn keys_are_for_nobody_else_to_read() {
    let service = Service::start("keys");
    let keys = service.data.join("keys");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&keys), 0o700);
    let files: Vec<_> = fs::read_dir(&keys)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 2, "of today and tomorrow: {files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600));
}
