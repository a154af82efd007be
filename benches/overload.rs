//! Overload: the service as a process, loaded over loopback, with batches of declarations and with declarations one by
//! one. In turns a closed loop finds how much it carries, and requests come at 70 %, 200 % and 1,000 % of that by a
//! schedule that waits for no answer. An answer is timed from when its request should have been sent until the system has
//! it. The bench ends with an error where goodput falls below 90 % of the peak, the 99th percentile of what is accepted
//! rises above three times that at 70 %, a refusal takes 10 ms at the 99th percentile, or memory grows too much.
//!
//! The generator shares the cores with the service, so it may not send as much as it should: what it did send is told.
//! `--items N` sets how many items a declaration has, `--batch N` how many declarations a request has, `--connections N`
//! over how many connections the schedule is kept to at most, `--streams N` how many streams the service takes for each
//! processor, `--queue-ms N` its limit of that name, `--seconds N` and `--rounds N` how long each load lasts and how often
//! it comes, `--greenlane PATH` whose service it is.

#![expect(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

#[path = "support/answer.rs"]
mod answer;
#[path = "support/arrival.rs"]
mod arrival;
#[path = "support/load.rs"]
mod load;

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::task::LocalSet;

use load::{Ask, ID, Load, Pace, Told};

/// Declarations of a request, where that is not said.
const SHAPES: [usize; 2] = [500, 1];
/// Connections of the closed loop, for batches and for declarations one by one.
const CLOSED_BATCHES: [usize; 3] = [2, 4, 8];
const CLOSED: [usize; 3] = [32, 128, 512];
/// What is asked for by a schedule, as shares of what the closed loop carries.
const SHARES: [f64; 3] = [0.7, 2.0, 10.0];
/// Connections of a schedule, where that is not said: with more of them all answers wait for each other.
const CONNECTIONS: usize = 160;
/// Streams that the service lets in for each processor, where that is not said: each takes its turn, so more would make
/// all slow.
const STREAMS: usize = 4;
/// How long a declaration may wait its turn, where that is not said, so that a refusal comes in time also where the
/// generator has the processor in between.
const QUEUE_MS: usize = 1;
/// Bounds.
const GOODPUT: f64 = 0.9;
const TAIL: f64 = 3.0;
const REFUSAL: Duration = Duration::from_millis(10);
/// Bytes that a declaration may keep in memory, twice those of the soak since tables that have just grown are half empty,
/// and that connections and the archive may take besides.
const KNOWN_BYTES: u64 = 1_024;
const ROOM_BYTES: u64 = 512 << 20;

fn main() -> ExitCode {
    let testing = std::env::args().any(|argument| argument == "--test");
    let said = |name: &str| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name);
        arguments.nth(1)
    };
    let number = |name: &str, usual: usize| {
        said(name).map_or(usual, |value| value.parse().expect("a number"))
    };
    let template = template(number("--items", 3));
    let shapes = match said("--batch") {
        None => SHAPES.to_vec(),
        Some(batch) => vec![batch.parse().expect("a number")],
    };
    let own = env!("CARGO_BIN_EXE_greenlane");
    let greenlane = said("--greenlane").unwrap_or(own.to_owned());
    let mut faults = Vec::new();
    for batch in shapes {
        let processors = thread::available_parallelism().expect("there is one");
        let limits = [
            ("STREAMS", number("--streams", STREAMS) * processors.get()),
            ("QUEUE_MS", number("--queue-ms", QUEUE_MS)),
        ];
        let service = Service::start(&greenlane, limits);
        let bench = Bench {
            ask: match batch {
                1 => Ask::one(&template),
                _ => Ask::batch(&template, batch),
            },
            connections: number("--connections", CONNECTIONS),
            time: Duration::from_secs(number("--seconds", if testing { 1 } else { 4 }) as u64),
            rounds: number("--rounds", if testing { 1 } else { 5 }),
            runtime: runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
            service: &service,
        };
        println!("\n{batch} a request:\n");
        println!(
            "| load | due /s | sent /s | accepted /s | refused /s | without answer | p50 | p99 | p50 of refusals | p99 of refusals |"
        );
        println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        faults.extend(bench.run());
        service.stop();
    }
    faults.iter().for_each(|fault| println!("{fault}"));
    match faults.is_empty() || testing {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The loads of a service with requests of one shape.
struct Bench<'s> {
    ask: Ask,
    connections: usize,
    time: Duration,
    rounds: usize,
    runtime: runtime::Runtime,
    service: &'s Service,
}

impl Bench<'_> {
    /// Runs all loads: what is past its bound. They take turns, so that whatever else the machine does meets all of them.
    fn run(&self) -> Vec<String> {
        let closed = match self.ask.declarations {
            1 => CLOSED,
            _ => CLOSED_BATCHES,
        };
        let before = self.service.resident();
        let mut accepted = self.load(Pace::Closed(closed[0])).accepted.len();
        let carries = closed.map(|connections| {
            let told = self.load(Pace::Closed(connections));
            accepted += told.accepted.len();
            (told.accepted.len(), connections)
        });
        let (_, best) = carries.into_iter().max().expect("there are some");
        let mut peak = Told::default();
        let mut loads = SHARES.map(|share| (share, Told::default()));
        for _ in 0..self.rounds {
            peak.add(self.load(Pace::Closed(best)));
            let capacity = goodput(&peak);
            for (share, told) in &mut loads {
                told.add(self.load(Pace::Open(capacity * *share, self.connections)));
            }
        }
        let grown = self.service.resident().saturating_sub(before);
        print(&format!("closed, {best}"), &peak);
        for (share, told) in &loads {
            print(&format!("{:.0} %", share * 100.0), told);
        }
        let [(_, usual), overloads @ ..] = &loads;
        let mut faults = Vec::new();
        for (share, told) in overloads {
            faults.extend(self.faults(told, *share, goodput(&peak), usual));
        }
        let told = [&peak]
            .into_iter()
            .chain(loads.iter().map(|(_, told)| told));
        accepted += told.map(|told| told.accepted.len()).sum::<usize>();
        let allowed = (accepted * self.ask.declarations) as u64 * KNOWN_BYTES + ROOM_BYTES;
        println!(
            "\nmemory grew by {} MiB, {} are allowed",
            grown >> 20,
            allowed >> 20
        );
        if grown > allowed {
            faults.push("memory grew by more than it may".to_owned());
        }
        faults
    }

    fn load(&self, pace: Pace) -> Told {
        let load = Load::new(self.service.address, &self.ask, pace, self.time);
        let told = LocalSet::new().block_on(&self.runtime, load.run());
        self.service.rest();
        told
    }

    /// What of a share of the peak is past its bound, beside the usual load.
    fn faults(&self, told: &Told, share: f64, capacity: f64, usual: &Told) -> Vec<String> {
        let name = format!(
            "{} a request, {:.0} %",
            self.ask.declarations,
            share * 100.0
        );
        let goodput = goodput(told) / capacity;
        let tail = |told: &Told| percentile(&told.accepted, 0.99).as_secs_f64();
        let slower = tail(told) / tail(usual);
        let refusal = percentile(&told.refused, 0.99);
        println!(
            "{name}: goodput is {:.0} % of the peak, the 99th percentile {slower:.1} times that at 70 %",
            goodput * 100.0
        );
        let mut faults = Vec::new();
        if goodput < GOODPUT {
            faults.push(format!("{name}: goodput is below {GOODPUT} of the peak"));
        }
        if slower > TAIL {
            faults.push(format!("{name}: what is accepted is too slow"));
        }
        if refusal >= REFUSAL {
            faults.push(format!("{name}: refusals take {}", millis(refusal)));
        }
        faults
    }
}

fn print(name: &str, told: &Told) {
    let each = |count: usize| count as f64 / told.took.as_secs_f64();
    println!(
        "| {name} | {:.0} | {:.0} | {:.0} | {:.0} | {} | {} | {} | {} | {} |",
        each(told.due),
        each(told.sent),
        each(told.accepted.len()),
        each(told.refused.len()),
        told.sent - told.accepted.len() - told.refused.len(),
        millis(percentile(&told.accepted, 0.5)),
        millis(percentile(&told.accepted, 0.99)),
        millis(percentile(&told.refused, 0.5)),
        millis(percentile(&told.refused, 0.99)),
    );
}

fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let index = (sorted.len() as f64 * share) as usize;
    let index = index.min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}

fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// Requests that were accepted in a second.
fn goodput(told: &Told) -> f64 {
    told.accepted.len() as f64 / told.took.as_secs_f64()
}

/// A declaration of the shipped examples with so many items.
fn template(items: usize) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/ciq/declarations.ndjson");
    let text = fs::read_to_string(path).expect("the fixtures are there");
    let first = text.lines().next().expect("there is a declaration");
    let mut body: serde_json::Value = serde_json::from_str(first).expect("JSON");
    assert_eq!(body["declaration_id"], ID);
    let each = body["items"].as_array().expect("items").clone();
    let numbered = each.iter().cycle().take(items).enumerate();
    let numbered = numbered.map(|(index, item)| {
        let mut item = item.clone();
        item["item_no"] = (index + 1).into();
        item
    });
    body["items"] = numbered.collect();
    body.to_string()
}

struct Service {
    child: Child,
    address: SocketAddr,
    data: PathBuf,
}

impl Service {
    /// Over the shipped policy and registry, on a new data folder.
    fn start(greenlane: &str, limits: [(&str, usize); 2]) -> Self {
        let name = format!("greenlane-overload-{}", std::process::id());
        let data = std::env::temp_dir().join(name);
        let mut command = Command::new(greenlane);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(&data).stderr(Stdio::piped());
        let limits =
            limits.map(|(key, value)| (format!("GREENLANE_LIMITS_{key}"), value.to_string()));
        command.envs(limits);
        let mut child = command.spawn().expect("the service starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let mut address = None;
        loop {
            let line = lines.next().expect("it says more").expect("text");
            if let Some((_, found)) = line.split_once("listening on http://") {
                address = found.trim().parse().ok();
            }
            if line.contains("ready; ") {
                break;
            }
        }
        thread::spawn(move || {
            // Each refusal is a line of the log.
            let told = lines.map_while(Result::ok);
            for line in told.filter(|line| !line.contains(" WARN request ")) {
                eprintln!("{line}");
            }
        });
        let address = address.expect("an address");
        Self {
            child,
            address,
            data,
        }
    }

    /// Bytes that it has in memory and cannot give back.
    fn resident(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).expect("it runs");
        let mut lines = status.lines();
        let line = lines.find_map(|line| line.strip_prefix("RssAnon:"));
        let words = line.and_then(|line| line.split_whitespace().next());
        words.map_or(0, |kib| kib.parse::<u64>().expect("a number") * 1024)
    }

    /// Waits until the archive has taken all that was decided, so that every load finds the same service.
    fn rest(&self) {
        let lag = || {
            let mut stream = TcpStream::connect(self.address).expect("it listens");
            let asked = stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n");
            asked.expect("it reads");
            let answer = io::read_to_string(stream).expect("it answers");
            let mut lines = answer.lines();
            let lag = lines.find_map(|line| line.strip_prefix("greenlane_archive_lag_records "));
            lag.expect("it is told").to_owned()
        };
        let has_caught_up = (0..600).any(|_| {
            thread::sleep(Duration::from_millis(200));
            lag() == "0"
        });
        assert!(has_caught_up, "the archive takes nothing");
    }

    fn stop(mut self) {
        let kill = format!("kill -TERM {}", self.child.id());
        let killed = Command::new("sh").args(["-c", &kill]).status();
        killed.expect("a shell");
        assert!(self.child.wait().expect("it ends").success());
        let _ = fs::remove_dir_all(&self.data);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
