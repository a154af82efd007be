//! One life of the service: started, sent to by everybody, and killed.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use greenlane::clock::Stopwatch;

use crate::actor::Actor;
use crate::http::Client;
use crate::server::Server;
use crate::world::Random;

/// Files of the archive are sealed often, so that kills meet it.
pub(crate) const ARGUMENTS: [&str; 2] = ["--archive-age-s", "1"];

/// The named points, and by which time the service comes to them at the most.
pub(crate) const POINTS: [(&str, usize); 10] = [
    ("before_write", 100),
    ("within_write", 100),
    ("after_write", 100),
    ("before_sync", 100),
    ("after_sync", 100),
    ("roll_over", 24),
    ("archive_write", 12),
    ("archive_rename", 8),
    ("checkpoint", 8),
    ("before_answer", 250),
];

const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(5);
/// How long everybody sends, where no point is come to before.
const SENDING_MS: usize = 1_000;
/// Files of the archive and checkpoints come every second or so, where the machine is not busy; no longer than until
/// the point is come to.
const SENDING_TO_POINT: Duration = Duration::from_secs(8);
/// How long the archive may take for all that a folder's lives left it: a debug build, on a machine that is busy.
const ARCHIVING: Duration = Duration::from_mins(5);
const ENDING: Duration = Duration::from_secs(20);
/// A start takes about as long.
const STARTING_MS: usize = 700;

const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;

/// How a life ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// At a point, when it is come to for the so-many-th time.
    At(&'static str, usize),
    /// At some moment while everybody sends.
    Within(Duration),
    /// At some moment while it starts.
    Starting(Duration),
}

impl End {
    pub(crate) fn draw(cycle: usize, random: &mut Random) -> Self {
        let after = |most: usize, random: &mut Random| {
            let micros = random.below(most * 1_000) as u64;
            Duration::from_micros(micros)
        };
        match cycle % (POINTS.len() + 4) {
            kind if kind < POINTS.len() => {
                let (point, most) = POINTS[kind];
                Self::At(point, 1 + random.below(most))
            }
            kind if kind == POINTS.len() => Self::Starting(after(STARTING_MS, random)),
            _ => Self::Within(after(SENDING_MS, random)),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::At(point, _) => point,
            Self::Within(_) => "sending",
            Self::Starting(_) => "starting",
        }
    }
}

/// Lives once; whether it ended where it was to.
pub(crate) fn live(
    data: &Path,
    actors: &mut [Actor],
    end: End,
    archived: &mut u64,
    random: &mut Random,
) -> bool {
    let segment = ((64 << random.below(4)) << 10).to_string();
    let mut variables = vec![("GREENLANE_SEGMENT_BYTES", segment.as_str())];
    let point = match end {
        End::At(point, count) => format!("{point}:{count}"),
        _ => String::new(),
    };
    if !point.is_empty() {
        variables.push(("GREENLANE_CRASH", &point));
    }
    let mut server = Server::spawn(data, &ARGUMENTS, &variables);
    match end {
        End::Starting(time) => thread::sleep(time),
        _ if server.is_ready() => all_send(&mut server, actors, end, archived),
        _ => {}
    }
    // No point is come to after that.
    let ended = server.ended();
    server.kill();
    let signal = ended.unwrap_or_else(|| server.wait()).signal();
    match signal {
        Some(SIGABRT) => true,
        Some(SIGKILL) => !matches!(end, End::At(..)),
        _ => panic!("{end:?}: it stopped by itself: {}", server.said()),
    }
}

fn all_send(server: &mut Server, actors: &mut [Actor], end: End, archived: &mut u64) {
    let address = server.address().unwrap();
    let (stop, looked, count) = (AtomicBool::new(false), AtomicUsize::new(0), actors.len());
    thread::scope(|scope| {
        for actor in actors {
            let (stop, looked) = (&stop, &looked);
            scope.spawn(move || {
                let mut client = Client::new(address);
                let found = actor.look(&mut client, false);
                looked.fetch_add(1, Ordering::Relaxed);
                let goes_on = || !stop.load(Ordering::Relaxed);
                let sent = found.and_then(|()| actor.send(&mut client, &goes_on));
                let alone = sent.err().filter(|_| !is_gone(address));
                assert!(alone.is_none(), "the service lives: {alone:?}");
            });
        }
        let watch = Stopwatch::start();
        while looked.load(Ordering::Relaxed) < count && watch.elapsed() < PATIENCE {
            thread::sleep(PAUSE);
        }
        let time = match end {
            End::Within(time) => time,
            _ => SENDING_TO_POINT,
        };
        let ended = server.ends_within(time);
        // The service may be gone at any moment.
        let moved = archive_goes_on(&mut Client::new(address), *archived);
        if let Ok(moved) = moved {
            *archived = moved;
        } else {
            assert!(ended.or_else(|| server.ends_within(PATIENCE)).is_some());
        }
        stop.store(!matches!(end, End::Within(_)), Ordering::Relaxed);
        server.kill();
    });
}

/// Whether nobody listens any more; a process that is ending may do so for a while, where the machine is busy.
fn is_gone(address: SocketAddr) -> bool {
    let watch = Stopwatch::start();
    loop {
        thread::sleep(PAUSE);
        if TcpStream::connect(address).is_err() {
            return true;
        }
        if watch.elapsed() > ENDING {
            return false;
        }
    }
}

/// How far the archive has come: not less far than before.
fn archive_goes_on(client: &mut Client, before: u64) -> io::Result<u64> {
    let watch = Stopwatch::start();
    loop {
        let ready = client.get("/readyz")?.json();
        assert_eq!(ready["archive_stopped"], serde_json::Value::Null);
        let archived = ready["archived"].as_u64().unwrap();
        if archived >= before {
            return Ok(archived);
        }
        assert!(watch.elapsed() < ARCHIVING, "{ready}: it was at {before}");
        thread::sleep(PAUSE);
    }
}

/// Waits until everything up to a record is archived.
pub(crate) fn is_archived(client: &mut Client, sequence: u64) -> io::Result<bool> {
    archive_goes_on(client, sequence).map(|archived| archived >= sequence)
}
