//! The service is killed again and again while many send to it, at random moments and at named points, and started
//! again on the same data folder: what was acknowledged is there, with the same answer, and nothing is there twice.
//!
//! `GREENLANE_CRASH_CYCLES=1000` kills more often. A failure names its seed, which `GREENLANE_CRASH_SEED` takes, and
//! leaves the folder.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "crash/actor.rs"]
mod actor;
#[path = "crash/cycle.rs"]
mod cycle;
#[path = "crash/folder.rs"]
mod folder;
#[path = "support/http.rs"]
#[expect(dead_code, reason = "the tests of the contract use the rest")]
mod http;
#[path = "crash/recalled.rs"]
mod recalled;
#[path = "support/server.rs"]
#[expect(dead_code, reason = "the tests of the contract use the rest")]
mod server;
#[path = "support/world.rs"]
#[expect(dead_code, reason = "the tests of journal and archive use the rest")]
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use actor::Actor;
use cycle::{ARGUMENTS, End, POINTS, is_archived, live};
use recalled::{RECALLED, Recalled};
use server::Server;
use world::Random;

const CYCLES: usize = 30;
/// Cycles on one folder: each start reads all that the ones before it wrote.
const CYCLES_OF_FOLDER: usize = 15;
const ACTORS: usize = 8;

#[test]
fn what_was_acknowledged_before_a_kill_is_there_after_it_and_nothing_is_there_twice() {
    let cycles = number("GREENLANE_CRASH_CYCLES").map_or(CYCLES, |cycles| cycles as usize);
    let seed = number("GREENLANE_CRASH_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let mut random = Random(seed);
    let (mut reached, mut records) = (BTreeMap::new(), 0);
    for from in (0..cycles).step_by(CYCLES_OF_FOLDER) {
        let story = Story {
            seed: if from == 0 { seed } else { random.next() },
            data: Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crash-{from}")),
        };
        records += story.tell(from..cycles.min(from + CYCLES_OF_FOLDER), &mut reached);
    }
    let told = format!("{cycles} kills, {records} records; points that were come to: {reached:?}");
    writeln!(io::stderr(), "{told}").unwrap();
    let all = cycles < CYCLES || POINTS.iter().all(|(point, _)| reached.contains_key(point));
    assert!(all, "{told}");
}

#[test]
fn a_beginning_that_is_interrupted_anywhere_is_taken_up_by_the_next_start() {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crash-begin");
    let mut interrupted = 0;
    for point in ["after_write", "before_sync", "after_sync", "roll_over"] {
        for count in 1..=12 {
            let _ = fs::remove_dir_all(&data);
            let crash = format!("{point}:{count}");
            let variables = [
                ("GREENLANE_CRASH", crash.as_str()),
                ("GREENLANE_SEGMENT_BYTES", "65536"),
            ];
            let mut server = Server::spawn(&data, &ARGUMENTS, &variables);
            interrupted += usize::from(!server.is_ready());
            server.kill();
            server.wait();
            // Also where there is no record yet, nor a segment for it.
            folder::check(&data, &[], false);
            Server::start(&data, &ARGUMENTS).stop();
            folder::check(&data, &[], true);
        }
    }
    assert!(interrupted > 20, "{interrupted}");
}

#[test]
fn a_redecision_that_is_interrupted_anywhere_is_carried_out_once_by_the_next_start() {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crash-redecision");
    let mut interrupted = 0;
    for count in 1.. {
        let _ = fs::remove_dir_all(&data);
        let crash = format!("redecision:{count}");
        let mut server = Server::spawn(&data, &ARGUMENTS, &[("GREENLANE_CRASH", &crash)]);
        assert!(server.is_ready(), "{}", server.said());
        let recalled = Recalled::declare(&mut server.client());
        Recalled::tell(&mut server.client());
        let died = Recalled::ends(&mut server);
        interrupted += usize::from(died);
        server.kill();
        server.wait();
        let between = Recalled::redecisions(&data);
        let mut server = Server::start(&data, &ARGUMENTS);
        assert!(!Recalled::ends(&mut server), "{crash}");
        server.stop();
        folder::check(&data, &[], true);
        // What was carried out before stands, the rest was carried out, and nothing twice.
        let all = Recalled::redecisions(&data);
        let mut released = recalled.released.iter();
        assert!(released.all(|id| all.contains(id)), "{crash}");
        assert!(between.is_subset(&all), "{crash}");
        assert!(!died || between.len() < count, "{crash}: {between:?}");
        if !died {
            assert_eq!(between, all);
            break;
        }
    }
    // Behind the event's record, and behind each of the declarations.
    assert!(interrupted > RECALLED, "{interrupted}");
    fs::remove_dir_all(&data).unwrap();
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// What happens to one data folder.
struct Story {
    seed: u64,
    data: PathBuf,
}

impl Story {
    fn tell(
        &self,
        cycles: std::ops::Range<usize>,
        reached: &mut BTreeMap<&'static str, usize>,
    ) -> usize {
        let _ = fs::remove_dir_all(&self.data);
        let mut random = Random(self.seed);
        let name = |number| format!("{:x}-{number}", self.seed as u32);
        let actors = (0..ACTORS).map(|number| Actor::new(name(number), random.next()));
        let mut actors: Vec<Actor> = actors.collect();
        let mut archived = 0;
        for cycle in cycles {
            let end = End::draw(cycle, &mut random);
            if live(&self.data, &mut actors, end, &mut archived, &mut random) {
                *reached.entry(end.name()).or_default() += 1;
            }
            if random.below(5) == 0 {
                folder::check(&self.data, &actors, false);
            }
        }
        let records = self.end(&mut actors);
        fs::remove_dir_all(&self.data).unwrap();
        records
    }

    /// Looks at everything once more, and stops the service cleanly; how many records there are.
    fn end(&self, actors: &mut [Actor]) -> usize {
        let server = Server::start(&self.data, &ARGUMENTS);
        let address = server.address().unwrap();
        thread::scope(|scope| {
            for actor in &mut *actors {
                scope.spawn(move || {
                    let mut client = http::Client::new(address);
                    actor.look(&mut client, true).unwrap();
                });
            }
        });
        let told = actors.iter().map(Actor::last).max().unwrap();
        assert!(is_archived(&mut server.client(), told).unwrap());
        server.stop();
        folder::check(&self.data, actors, true)
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        if thread::panicking() {
            let (seed, data) = (self.seed, self.data.display());
            let told = format!("GREENLANE_CRASH_SEED={seed}, the folder is {data}");
            // The panic says the rest.
            let _ = writeln!(io::stderr(), "{told}");
        }
    }
}
