//! The unit of systemd and the container file: what they start starts, and ends as they expect.

use std::fs;
use std::path::Path;
use std::process::Command;

use greenlane::limits::DRAIN_S;

use crate::server::Server;
use crate::service::folder;

const COMMAND: [&str; 4] = [
    "/usr/bin/greenlane",
    "serve",
    "--config",
    "/etc/greenlane/greenlane.toml",
];

fn packaging(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/packaging");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// What stands behind a word at the beginning of a line, which is there once.
fn behind(text: &str, word: &str) -> String {
    let lines = text.lines().filter_map(|line| line.strip_prefix(word));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), 1, "{word}");
    lines.concat()
}

#[test]
fn unit_and_container_start_the_same_command() {
    let unit = packaging("greenlane.service");
    assert_eq!(behind(&unit, "ExecStart="), COMMAND.join(" "));
    assert_eq!(behind(&unit, "ExecReload="), "/bin/kill -HUP $MAINPID");
    let seconds: u64 = behind(&unit, "TimeoutStopSec=").parse().unwrap();
    assert!(seconds > DRAIN_S, "it is killed before it has drained");
    let container = packaging("Containerfile");
    let words = behind(&container, "ENTRYPOINT ") + &behind(&container, "CMD ");
    let words: Vec<&str> = words.split('"').skip(1).step_by(2).collect();
    assert_eq!(words, COMMAND);
    assert_eq!(behind(&container, "STOPSIGNAL "), "SIGTERM");
}

#[test]
fn their_command_starts_what_init_wrote_and_ends_well() {
    let etc = folder("packaging-etc");
    let done = Command::new(env!("CARGO_BIN_EXE_greenlane"))
        .arg("init")
        .arg(&etc)
        .output();
    let done = done.unwrap();
    assert!(done.status.success(), "{done:?}");
    let configuration = etc.join("greenlane.toml");
    let mut words = COMMAND.map(str::to_owned);
    words[3] = configuration.to_string_lossy().into_owned();
    let words: Vec<&str> = words.iter().skip(2).map(String::as_str).collect();
    let mut server = Server::start(&folder("packaging-data"), &words);
    assert_eq!(server.client().get("/readyz").unwrap().status, 200);
    server.terminate();
    assert!(server.wait().success(), "{}", server.said());
}
