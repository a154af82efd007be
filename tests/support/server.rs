//! `greenlane serve` as a process of its own: started, listened to, stopped or killed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use greenlane::clock::Stopwatch;

use crate::http::Client;

/// Longer than a start or a stop takes.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(2);

/// The process. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    said: Arc<Said>,
}

/// What it wrote to standard error.
#[derive(Default)]
struct Said {
    lines: Mutex<(Vec<String>, bool)>,
    more: Condvar,
}

impl Server {
    /// Starts it on a free port and a data folder.
    pub(crate) fn spawn(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_greenlane"));
        Self::spawn_by(command, data, arguments, variables)
    }

    /// Starts a process that ends a file with an error where a limit on its length would else kill it.
    pub(crate) fn start_limited(data: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        let script = "trap '' XFSZ; exec \"$0\" \"$@\"";
        command.args(["-c", script, env!("CARGO_BIN_EXE_greenlane")]);
        let server = Self::spawn_by(command, data, arguments, &[]);
        assert!(server.is_ready(), "{}", server.said());
        server
    }

    fn spawn_by(
        mut command: Command,
        data: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
        // A build for tests decides slowly, beside other tests: what waits its turn is let in, unless a test says so.
        command
            .arg(data)
            .args(arguments)
            .env("GREENLANE_LIMITS_QUEUE_MS", "60000")
            .envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Said::default());
        let (heard, pipe) = (Arc::clone(&said), child.stderr.take().unwrap());
        thread::spawn(move || hear(&heard, pipe));
        Self { child, said }
    }

    /// Starts it and waits until it is ready.
    pub(crate) fn start(data: &Path, arguments: &[&str]) -> Self {
        let server = Self::spawn(data, arguments, &[]);
        assert!(server.is_ready(), "{}", server.said());
        server
    }

    /// Waits until it says that it is ready; false where it ends before.
    pub(crate) fn is_ready(&self) -> bool {
        self.says("ready; ").is_some()
    }

    /// Waits for a line with these words; none where it ends without.
    pub(crate) fn says(&self, words: &str) -> Option<String> {
        self.says_so_often(words, 1)
    }

    /// Waits for so many lines with these words, for the last of them; none where it ends without.
    pub(crate) fn says_so_often(&self, words: &str, times: usize) -> Option<String> {
        let lines = self.said.lines.lock().unwrap();
        let found = |lines: &[String]| {
            let mut with = lines.iter().filter(|line| line.contains(words));
            with.nth(times - 1).cloned()
        };
        let wait = |(lines, ended): &mut (Vec<String>, bool)| found(lines).is_none() && !*ended;
        let waited = self.said.more.wait_timeout_while(lines, PATIENCE, wait);
        let (lines, time) = waited.unwrap();
        assert!(!time.timed_out(), "it does not say `{words}`: {lines:?}");
        found(&lines.0)
    }

    /// Where it listens; none where it ended before.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        let line = self.says("listening on http")?;
        // Plain, or as JSON.
        let address = line.rsplit('/').next()?.trim_end_matches(['"', '}']);
        address.parse().ok()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.address().unwrap())
    }

    /// All that it said.
    pub(crate) fn said(&self) -> String {
        self.said.lines.lock().unwrap().0.join("\n")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let done = Command::new("sh").args(["-c", &kill]).status();
        assert!(done.unwrap().success());
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits until it ends, a time at most.
    pub(crate) fn ends_within(&mut self, time: Duration) -> Option<ExitStatus> {
        let watch = Stopwatch::start();
        loop {
            let ended = self.ended();
            if ended.is_some() || watch.elapsed() > time {
                return ended;
            }
            thread::sleep(PAUSE);
        }
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let ended = self.ends_within(PATIENCE);
        ended.unwrap_or_else(|| panic!("it does not end: {}", self.said()))
    }

    /// Asks it to stop, and sees that it does so cleanly.
    pub(crate) fn stop(mut self) {
        self.terminate();
        let ended = self.wait();
        assert_eq!(ended.code(), Some(0), "{}", self.said());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

fn hear(said: &Said, pipe: ChildStderr) {
    for line in BufReader::new(pipe).lines() {
        let Ok(line) = line else { break };
        said.lines.lock().unwrap().0.push(line);
        said.more.notify_all();
    }
    said.lines.lock().unwrap().1 = true;
    said.more.notify_all();
}
