//! What a candidate policy does to live answers, which should be nothing: declarations come at a steady pace to a desk,
//! and each waits until it is durable. In turn there is no candidate and one that decides alike; then one that takes so
//! long that its thread falls ever further behind. How much longer it takes is told.

#![expect(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

#[path = "support/desk.rs"]
mod desk;

use std::thread;
use std::time::Duration;

use desk::{CALLER, begin, decide};
use greenlane::clock::Stopwatch;
use greenlane::generate::{Generator, Plan};
use greenlane::policy::PolicySource;
use greenlane::service::{Desk, Started};
use greenlane::supervision::Matcher;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Between two declarations: half of what one thread could carry, or less.
const PACE: Duration = Duration::from_micros(500);
/// Rules of the slow candidate that match everything and select next to nothing of it: each draws.
const RULES: usize = 20_000;

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let (rounds, window) = match testing {
        true => (1, Duration::from_millis(50)),
        false => (5, Duration::from_secs(2)),
    };
    let generator = Generator::new(Plan {
        enterprises: if testing { 1_000 } else { 20_000 },
        declarations: 10_000_000,
        rules: 200,
        seed: 20_161_102,
    });
    let generator = generator.expect("the plan is within bounds");
    let data = std::env::temp_dir().join(format!("greenlane-shadow-{}", std::process::id()));
    let mut bench = Bench {
        begun: begin(&data, &generator),
        generator,
        matcher: Matcher::default(),
        next: 0,
    };
    let [mut none, mut alike, mut slow] = [const { Vec::new() }; 3];
    // In turn, so that both see the same machine.
    for _ in 0..rounds {
        none.push(bench.pour(window));
        let candidate = bench.put(1);
        alike.push(bench.pour(window));
        bench.tell("alike", candidate);
    }
    // Whoever comes after it would find its thread behind.
    let candidate = bench.put(if testing { 100 } else { RULES });
    slow.extend((0..rounds).map(|_| bench.pour(window)));
    bench.tell("slow", candidate);
    let [median, high] = figures(&none);
    println!("shadow/none: median {median:.0} µs, 99 % within {high:.0} µs");
    for (name, rounds) in [("alike", &alike), ("slow", &slow)] {
        let [with, with_high] = figures(rounds);
        println!(
            "shadow/{name}: median {with:.0} µs, {:.0} % of that without; 99 % within {with_high:.0} µs, {:.0} %",
            with / median * 100.0,
            with_high / high * 100.0
        );
    }
    drop(bench);
    let _ = std::fs::remove_dir_all(&data);
}

/// The medians, over the rounds, of the median and of the 99th percentile, in microseconds.
fn figures(rounds: &[Vec<f64>]) -> [f64; 2] {
    [50, 99].map(|percent| {
        let at = |round: &Vec<f64>| {
            let mut sorted = round.clone();
            sorted.sort_by(f64::total_cmp);
            sorted[(sorted.len() - 1) * percent / 100]
        };
        let mut each: Vec<f64> = rounds.iter().map(at).collect();
        each.sort_by(f64::total_cmp);
        each[each.len() / 2]
    })
}

struct Bench {
    begun: Started,
    generator: Generator,
    matcher: Matcher,
    next: u64,
}

impl Bench {
    fn desk(&self) -> &Desk {
        &self.begun.desk
    }

    /// Puts the live policy with so many rules more as the candidate, and waits until it decides; its record.
    fn put(&mut self, rules: usize) -> u64 {
        let mut files = self.generator.policy_files();
        let mut text = String::from("[[book]]\nid = \"slow\"\n");
        for rule in 0..rules {
            let when =
                "'declaration.direction == \"export\" || declaration.direction == \"import\"'";
            let then = "{ verdict = \"sample\", rate = 0.0001, mode = \"physical\" }";
            let rule = format!("[[book.rule]]\nid = \"r{rule}\"\nwhen = {when}\nthen = {then}\n");
            text.push_str(&rule);
        }
        files.push(("slow.toml".to_owned(), text));
        let source = PolicySource::from_files(files).expect("paths are unique");
        let told = self.desk().put_candidate(&source, CALLER);
        let told = told.unwrap_or_else(|error| panic!("{error}"));
        let candidate = told["sequence"].as_u64().expect("a record");
        while self.decided(candidate) == 0 {
            self.declare();
            thread::sleep(Duration::from_millis(1));
        }
        candidate
    }

    fn decided(&self, candidate: u64) -> u64 {
        let shadow = self.begun.tail.progress().shadow.told(candidate);
        assert!(shadow["stopped"].is_null(), "{shadow}");
        shadow["decided"].as_u64().expect("a count")
    }

    /// Declares at the pace; how long each took until it was durable, in microseconds.
    fn pour(&mut self, window: Duration) -> Vec<f64> {
        let (watch, mut waits) = (Stopwatch::start(), Vec::new());
        let mut due = Duration::ZERO;
        while due < window {
            thread::sleep(due.saturating_sub(watch.elapsed()));
            let spent = self.declare();
            waits.push(spent.as_nanos() as f64 / 1_000.0);
            due += PACE;
        }
        waits
    }

    fn declare(&mut self) -> Duration {
        let mut line = Vec::new();
        self.generator.declaration(self.next, &mut line);
        self.next += 1;
        let watch = Stopwatch::start();
        let desk = &self.begun.desk;
        let settled = decide(desk, &mut self.matcher, &line);
        let durable = desk.wait_durable(settled.sequence);
        durable.expect("the journal takes it");
        watch.elapsed()
    }

    /// Tells what a candidate has done, and how much longer than the live policy it takes; then it is withdrawn.
    fn tell(&mut self, name: &str, candidate: u64) {
        let (mut line, mut took) = (Vec::new(), [Duration::ZERO; 2]);
        for number in 0..10 {
            line.clear();
            self.generator.declaration(self.next + number, &mut line);
            for (by_candidate, took) in [false, true].into_iter().zip(&mut took) {
                let watch = Stopwatch::start();
                let told = self.desk().preview(&line, by_candidate);
                told.unwrap_or_else(|error| panic!("{error}"));
                *took += watch.elapsed();
            }
        }
        let shadow = self.begun.tail.progress().shadow.told(candidate);
        println!(
            "the candidate `{name}` takes {:.1} times as long, and has decided {} declarations; {} passed",
            took[1].as_secs_f64() / took[0].as_secs_f64(),
            shadow["decided"],
            shadow["passed"]
        );
        let withdrawn = self.desk().withdraw_candidate(CALLER);
        withdrawn.unwrap_or_else(|error| panic!("{error}"));
    }
}
