//! Overload: the service as a process, loaded over loopback. A closed loop finds how much it carries; then declarations
//! come at 70 %, 200 % and 1,000 % of that by a schedule that waits for no answer, over connections that are there: to
//! make one takes the generator longer than an answer does. What is accepted is timed from when it should have been
//! sent. The bench ends with an error where goodput falls below 90 % of the peak, the 99th percentile of what is
//! accepted rises above three times that at 70 %, a refusal takes 10 ms at the 99th percentile, or memory grows by more
//! than what must be known of what was decided.
//!
//! The generator shares the cores with the service, so it may not send as much as it should: what it did send is told.
//! `--items N` sets how many items a declaration has, `--connections N` over how many connections the schedule is kept
//! to at most, `--seconds N` how long each load lasts, `--greenlane PATH` whose service it is.

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

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use greenlane::clock::Stopwatch;
use tokio::net::TcpStream;
use tokio::runtime;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::sleep;

use answer::answer;

/// Where an id stands in the template, as wide as the ids that take its place.
const ID: &str = "572020120000103118";
/// Connections of the closed loop.
const CLOSED: [usize; 3] = [32, 128, 512];
/// How long a connection of the closed loop waits after a refusal.
const PAUSE: Duration = Duration::from_millis(10);
/// How far the generator may be behind its schedule before it leaves requests out.
const LATE: Duration = Duration::from_millis(2);
/// Between two looks at the schedule.
const TICK: Duration = Duration::from_millis(1);
/// Bounds.
const GOODPUT: f64 = 0.9;
const TAIL: f64 = 3.0;
const REFUSAL: Duration = Duration::from_millis(10);
/// Bytes that a declaration may keep in memory, as in the soak, and that connections and the archive may take besides.
const KNOWN_BYTES: u64 = 512;
const ROOM_BYTES: u64 = 512 << 20;

fn main() -> ExitCode {
    let testing = std::env::args().any(|argument| argument == "--test");
    let said = |name: &str| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name);
        arguments.nth(1)
    };
    let number =
        |name: &str, usual: u64| said(name).map_or(usual, |value| value.parse().expect("a number"));
    let seconds = number("--seconds", if testing { 1 } else { 10 });
    let time = Duration::from_secs(seconds);
    let open = number("--connections", 512) as usize;
    let template = template(number("--items", 3) as usize);
    let own = env!("CARGO_BIN_EXE_greenlane");
    let service = Service::start(&said("--greenlane").unwrap_or(own.to_owned()));
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let run = |pace| {
        let load = Load::new(service.address, &template, pace, time);
        let told = LocalSet::new().block_on(&runtime, load.run());
        thread::sleep(Duration::from_secs(1));
        told
    };
    println!(
        "| load | asked for /s | sent /s | accepted /s | refused /s | without answer | p50 | p99 | p99 of refusals | memory |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    run(Pace::Closed(CLOSED[0]));
    let mut capacity: f64 = 0.0;
    for connections in CLOSED {
        let told = run(Pace::Closed(connections));
        told.print(&format!("closed, {connections}"), &service);
        capacity = capacity.max(told.goodput());
    }
    let before = service.resident();
    let tell = |share: f64| {
        let told = run(Pace::Open(capacity * share, open));
        told.print(&format!("{:.0} %", share * 100.0), &service);
        told
    };
    let usual = tell(0.7);
    let loads = [tell(2.0), tell(10.0)];
    let grown = service.resident().saturating_sub(before);
    let all = loads.iter().chain([&usual]).map(|load| load.accepted.len());
    let decided: usize = all.sum();
    let allowed = decided as u64 * KNOWN_BYTES + ROOM_BYTES;
    let faults = loads.iter().flat_map(|load| load.faults(capacity, &usual));
    let mut faults: Vec<String> = faults.collect();
    if grown > allowed {
        let told = format!("memory grew by {grown} bytes, {allowed} are allowed");
        faults.push(told);
    }
    service.stop();
    faults.iter().for_each(|fault| println!("{fault}"));
    match faults.is_empty() || testing {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
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

// ----- the service -----

struct Service {
    child: Child,
    address: SocketAddr,
    data: PathBuf,
}

impl Service {
    /// Over the shipped policy and registry, on a new data folder.
    fn start(greenlane: &str) -> Self {
        let name = format!("greenlane-overload-{}", std::process::id());
        let data = std::env::temp_dir().join(name);
        let mut command = Command::new(greenlane);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(&data).stderr(Stdio::piped());
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
            for line in lines.map_while(Result::ok) {
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

// ----- the load -----

thread_local! {
    /// Every request has an id of its own.
    static SENT: Cell<u64> = const { Cell::new(0) };
}

/// When declarations are sent.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// Over so many connections, each its next when it has the answer to the last.
    Closed(usize),
    /// So many a second, over so many connections at most.
    Open(f64, usize),
}

impl Pace {
    fn connections(self) -> usize {
        match self {
            Self::Closed(connections) | Self::Open(_, connections) => connections,
        }
    }
}

/// What came of a load.
struct Told {
    pace: Pace,
    sent: usize,
    took: Duration,
    /// How long each took, in order.
    accepted: Vec<Duration>,
    refused: Vec<Duration>,
}

fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let index = (sorted.len() as f64 * share) as usize;
    let index = index.min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}

fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

impl Told {
    /// Decisions a second.
    fn goodput(&self) -> f64 {
        self.accepted.len() as f64 / self.took.as_secs_f64()
    }

    fn asked(&self) -> Option<f64> {
        match self.pace {
            Pace::Closed(_) => None,
            Pace::Open(rate, _) => Some(rate),
        }
    }

    fn print(&self, name: &str, service: &Service) {
        let each = |count: usize| count as f64 / self.took.as_secs_f64();
        let asked = self.asked().map(|rate| format!("{rate:.0}"));
        let asked = asked.unwrap_or_default();
        println!(
            "| {name} | {asked} | {:.0} | {:.0} | {:.0} | {} | {} | {} | {} | {} MiB |",
            each(self.sent),
            each(self.accepted.len()),
            each(self.refused.len()),
            self.sent - self.accepted.len() - self.refused.len(),
            millis(percentile(&self.accepted, 0.5)),
            millis(percentile(&self.accepted, 0.99)),
            millis(percentile(&self.refused, 0.99)),
            service.resident() >> 20,
        );
    }

    fn faults(&self, capacity: f64, usual: &Self) -> Vec<String> {
        let rate = self.asked().unwrap_or_default();
        let goodput = self.goodput() / capacity;
        let tail = |told: &Self| percentile(&told.accepted, 0.99).as_secs_f64();
        let slower = tail(self) / tail(usual);
        let refusal = percentile(&self.refused, 0.99);
        println!(
            "{rate:.0}/s asked for: goodput is {:.0} % of the peak, the 99th percentile {slower:.1} times that at 70 %",
            goodput * 100.0
        );
        let mut faults = Vec::new();
        if goodput < GOODPUT {
            faults.push(format!(
                "{rate:.0}/s: goodput is below {GOODPUT} of the peak"
            ));
        }
        if slower > TAIL {
            faults.push(format!("{rate:.0}/s: what is accepted is too slow"));
        }
        if refusal >= REFUSAL {
            faults.push(format!("{rate:.0}/s: refusals take {}", millis(refusal)));
        }
        faults
    }
}

/// A load while it goes on.
struct Load {
    address: SocketAddr,
    request: Vec<u8>,
    /// Where the id stands in it.
    place: usize,
    pace: Pace,
    time: Duration,
    watch: Stopwatch,
    idle: RefCell<Vec<Rc<Connection>>>,
    connections: Cell<usize>,
    sent: Cell<usize>,
    /// Whether a closed loop goes on no longer.
    ended: Cell<bool>,
    accepted: RefCell<Vec<Duration>>,
    refused: RefCell<Vec<Duration>>,
}

struct Connection {
    stream: TcpStream,
    /// When what is under way should have been sent, since the load began.
    due: Cell<Duration>,
    /// Whether the service has closed it.
    gone: Cell<bool>,
}

impl Load {
    fn new(address: SocketAddr, template: &str, pace: Pace, time: Duration) -> Rc<Self> {
        let head = format!(
            "POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            template.len()
        );
        let place = head.len() + template.find(ID).expect("the id is there");
        Rc::new(Self {
            address,
            request: format!("{head}{template}").into_bytes(),
            place,
            pace,
            time,
            watch: Stopwatch::start(),
            idle: RefCell::default(),
            connections: Cell::new(0),
            sent: Cell::new(0),
            ended: Cell::new(false),
            accepted: RefCell::default(),
            refused: RefCell::default(),
        })
    }

    async fn run(self: Rc<Self>) -> Told {
        let connections = self.pace.connections();
        (0..connections).for_each(|_| self.connect(None));
        while self.idle.borrow().len() < connections {
            sleep(TICK).await;
        }
        let began = self.watch.elapsed();
        match self.pace {
            Pace::Closed(_) => {
                (0..connections).for_each(|_| self.offer(began));
                sleep(self.time).await;
            }
            Pace::Open(rate, _) => self.keep_to_schedule(began, rate).await,
        }
        self.ended.set(true);
        let took = self.watch.elapsed().saturating_sub(began);
        // What is under way is answered.
        sleep(Duration::from_millis(500)).await;
        let sorted = |times: &RefCell<Vec<Duration>>| {
            let mut times = times.take();
            times.sort_unstable();
            times
        };
        Told {
            pace: self.pace,
            sent: self.sent.get(),
            took,
            accepted: sorted(&self.accepted),
            refused: sorted(&self.refused),
        }
    }

    async fn keep_to_schedule(self: &Rc<Self>, began: Duration, rate: f64) {
        let mut number = 0_u64;
        loop {
            let now = self.watch.elapsed();
            if now.saturating_sub(began) >= self.time {
                return;
            }
            loop {
                let due = began + Duration::from_secs_f64(number as f64 / rate);
                if due > now {
                    break;
                }
                number += 1;
                // Nobody is served by what comes too late: it is left out, and told as not sent.
                if now.saturating_sub(due) <= LATE {
                    self.offer(due);
                }
            }
            sleep(TICK).await;
        }
    }

    /// Sends a declaration over a connection that is idle, or a new one where the service has closed some.
    fn offer(self: &Rc<Self>, due: Duration) {
        let more = self.connections.get() < self.pace.connections();
        loop {
            let idle = self.idle.borrow_mut().pop();
            match idle {
                Some(connection) if connection.gone.get() => {}
                Some(connection) => return self.send(&connection, due),
                None if more => return self.connect(Some(due)),
                None => return,
            }
        }
    }

    /// Makes a connection for what is due, or for what may come.
    fn connect(self: &Rc<Self>, due: Option<Duration>) {
        self.connections.set(self.connections.get() + 1);
        let load = Rc::clone(self);
        spawn_local(async move {
            let stream = TcpStream::connect(load.address).await.expect("it listens");
            stream.set_nodelay(true).expect("a socket");
            let connection = Rc::new(Connection {
                stream,
                due: Cell::default(),
                gone: Cell::new(false),
            });
            match due {
                Some(due) => load.send(&connection, due),
                None => load.idle.borrow_mut().push(Rc::clone(&connection)),
            }
            load.listen(&connection).await;
            connection.gone.set(true);
            load.connections.set(load.connections.get() - 1);
        });
    }

    fn send(&self, connection: &Connection, due: Duration) {
        let number = SENT.with(|sent| sent.replace(sent.get() + 1));
        let id = format!("{number:018}");
        let mut request = self.request.clone();
        request[self.place..self.place + ID.len()].copy_from_slice(id.as_bytes());
        connection.due.set(due);
        let mut written = 0;
        while written < request.len() {
            match connection.stream.try_write(&request[written..]) {
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::yield_now(),
                Err(_) => return,
            }
        }
        self.sent.set(self.sent.get() + 1);
    }

    /// Takes the answers of a connection as long as it lasts.
    async fn listen(&self, connection: &Rc<Connection>) {
        let (mut read, mut filled) = (vec![0; 1 << 20], 0);
        while connection.stream.readable().await.is_ok() {
            match connection.stream.try_read(&mut read[filled..]) {
                Ok(0) => return,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(_) => return,
            }
            let Some(accepted) = is_decision(&read[..filled]) else {
                continue;
            };
            filled = 0;
            let took = self.watch.elapsed().saturating_sub(connection.due.get());
            let times = if accepted {
                &self.accepted
            } else {
                &self.refused
            };
            times.borrow_mut().push(took);
            let closed = matches!(self.pace, Pace::Closed(_)) && !self.ended.get();
            if closed && !accepted {
                sleep(PAUSE).await;
            }
            match closed {
                true => self.send(connection, self.watch.elapsed()),
                false => self.idle.borrow_mut().push(Rc::clone(connection)),
            }
        }
    }
}

/// Whether an answer that has come whole is a decision; it is a refusal else.
fn is_decision(read: &[u8]) -> Option<bool> {
    let (head, _) = answer(read)?;
    let status = &head["HTTP/1.1 ".len()..][..3];
    assert!(["200", "503"].contains(&status), "{head}");
    Some(status == "200")
}
