//! Events at a desk with 100,000 enterprises and 2,000 rules: how long one takes until the next decision sees it, by what
//! it changes, and how much 10,000 of them a second slow the decisions that are made beside them. What is asked for is
//! told beside what was measured.

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

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use criterion::Criterion;
use desk::{CALLER, begin, decide};
use greenlane::clock::Stopwatch;
use greenlane::generate::{Generator, Plan};
use greenlane::service::Desk;
use greenlane::supervision::Matcher;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 20_161_102;
/// Events in a second, beside which decisions are made.
const RATE: u32 = 10_000;
/// The share of its rate without events that is asked for.
const SHARE: f64 = 0.8;
/// How many of the kinds come beside decisions; those after them change goods, for which the policy is compiled again.
const POURED: usize = 4;
/// What an event brings beside its id, by what it changes; `{party}` is an enterprise, `{no}` a number of its own, and no
/// enterprise comes on a `{list}` twice.
const KINDS: [(&str, &str); 5] = [
    (
        "class_assessed",
        r#""enterprise_id": "{party}", "rows": [ { "class": {class}, "from": "2014-01-01" } ]"#,
    ),
    (
        "list_entered",
        r#""enterprise_id": "{party}", "list": "list-{list}""#,
    ),
    (
        "complaint",
        r#""enterprise_id": "{party}", "hs_code": "94054{class}""#,
    ),
    (
        "lot_tested",
        r#""lot_id": "L-{no}", "enterprise_id": "{party}", "result": "passed""#,
    ),
    (
        "alert_raised",
        r#""alert_id": "A-{no}", "kind": "fraud", "level": {class}, "hs_scope": "9405", "from": "2026-01-01""#,
    ),
];

/// Every event and declaration has an id of its own.
static NEXT: AtomicU64 = AtomicU64::new(1);

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let testing = std::env::args().any(|argument| argument == "--test");
    let enterprises = if testing { 1_000 } else { 100_000 };
    let generator = Generator::new(Plan {
        enterprises,
        declarations: 10_000_000,
        rules: if testing { 200 } else { 2_000 },
        seed: SEED,
    })
    .expect("the plan is within bounds");
    let data = std::env::temp_dir().join(format!("greenlane-events-{}", std::process::id()));
    let parties = parties(&generator);
    let begun = begin(&data, &generator);
    let desk = &begun.desk;
    // First, and not for long: where very much is behind, the archive's thread competes with those who decide.
    let rounds = if testing { 1 } else { 5 };
    let window = Duration::from_millis(if testing { 50 } else { 700 });
    for kind in KINDS.into_iter().take(POURED) {
        beside(desk, &generator, (kind, &parties), (rounds, window));
    }
    let mut group = criterion.benchmark_group("events");
    for (kind, members) in KINDS {
        // What changes goods takes long.
        group.sample_size(10);
        group.bench_function(kind, |bencher| {
            bencher.iter_custom(|count| {
                let mut spent = Duration::ZERO;
                for _ in 0..count {
                    let event = event(kind, members, &parties);
                    let watch = Stopwatch::start();
                    send(desk, &event);
                    spent += watch.elapsed();
                }
                spent
            });
        });
    }
    group.finish();
    drop(begun);
    let _ = std::fs::remove_dir_all(&data);
    criterion.final_summary();
}

/// The rate of decisions with events of a kind beside them and without, in turn; the median of the ratios.
fn beside(
    desk: &Desk,
    generator: &Generator,
    (kind, parties): ((&str, &str), &[String]),
    (rounds, window): (usize, Duration),
) {
    let mut ratios = Vec::new();
    let (mut sent, mut seen) = (0, 0);
    for _ in 0..rounds {
        let alone = decisions(desk, generator, window);
        let stop = AtomicBool::new(false);
        let both = thread::scope(|scope| {
            let sender = scope.spawn(|| pour(desk, kind, parties, &stop));
            let both = decisions(desk, generator, window);
            stop.store(true, Ordering::Relaxed);
            sent += sender.join().expect("events are taken");
            both
        });
        seen += both;
        ratios.push(both as f64 / alone as f64);
    }
    ratios.sort_by(f64::total_cmp);
    let seconds = window.as_secs_f64() * rounds as f64;
    println!(
        "events/beside {}: {:.0} decisions a second on one core with {:.0} events a second beside them: {:.0} % of those without (asked for: {:.0} % beside {RATE})",
        kind.0,
        seen as f64 / seconds,
        f64::from(sent) / seconds,
        ratios[rounds / 2] * 100.0,
        SHARE * 100.0
    );
}

/// Sends events of a kind at the rate until it is to stop; how many.
fn pour(desk: &Desk, (kind, members): (&str, &str), parties: &[String], stop: &AtomicBool) -> u32 {
    let watch = Stopwatch::start();
    let mut sent = 0;
    while !stop.load(Ordering::Relaxed) {
        let due = (watch.elapsed().as_secs_f64() * f64::from(RATE)) as u32;
        if sent >= due {
            thread::sleep(Duration::from_micros(200));
            continue;
        }
        send(desk, &event(kind, members, parties));
        sent += 1;
    }
    sent
}

/// How many declarations are decided in a window, on the calling thread.
fn decisions(desk: &Desk, generator: &Generator, window: Duration) -> u64 {
    let (mut matcher, mut line) = (Matcher::default(), Vec::new());
    let (mut count, mut spent) = (0, Duration::ZERO);
    while spent < window {
        line.clear();
        generator.declaration(NEXT.fetch_add(1, Ordering::Relaxed), &mut line);
        let watch = Stopwatch::start();
        decide(desk, &mut matcher, &line);
        spent += watch.elapsed();
        count += 1;
    }
    count
}

fn send(desk: &Desk, event: &str) {
    let before = desk.settle().snapshot().revision;
    desk.event(event.as_bytes(), CALLER)
        .unwrap_or_else(|error| panic!("{error}: {event}"));
    assert!(
        desk.settle().snapshot().revision > before,
        "the next decision sees it"
    );
}

fn event(kind: &str, members: &str, parties: &[String]) -> String {
    let no = NEXT.fetch_add(1, Ordering::Relaxed);
    let members = members
        .replace("{party}", &parties[no as usize * 7_919 % parties.len()])
        .replace("{class}", &(no % 3 + 1).to_string())
        .replace("{list}", &(no / parties.len() as u64).to_string())
        .replace("{no}", &no.to_string());
    format!(
        r#"{{ "event_id": "E-{no}", "type": "{kind}", "at": "2026-01-01T00:00:00Z", "authority": "bench", "document": "B-1", {members} }}"#
    )
}

/// The ids of the enterprises of a generated registry.
fn parties(generator: &Generator) -> Vec<String> {
    let source = generator.registry_source().expect("table names are right");
    let (_, bytes) = source
        .files()
        .find(|(table, _)| *table == "enterprises")
        .expect("there are enterprises");
    let text = String::from_utf8_lossy(bytes).into_owned();
    let rows = text.lines().skip(1);
    let ids = rows.filter_map(|row| row.split(',').next());
    ids.map(str::to_owned).collect()
}
