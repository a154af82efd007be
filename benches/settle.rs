//! Settle: what a declaration costs in the section in which everything that has an order happens, from the moment the
//! ledger is held. Beside it what it costs before that to make the places ready that are touched in it, for which nobody
//! else waits, and the share of decisions that were made again since what they had assumed was not so. `plain` are rules
//! without a selector of settle's; `stateful` add monitoring, a programme, write-off, cited lots and the control of
//! selections, each of which many declarations meet.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use greenlane::clock::Stopwatch;
use greenlane::declaration::{Amount, Day, Declaration, MaterialLot, Moment, read_json};
use greenlane::engine::{DrawKey, Hints, Program};
use greenlane::generate::{Generator, Plan};
use greenlane::journal::{Durability, Journal, LocalDisk, Options};
use greenlane::policy::{PolicySource, read};
use greenlane::registry::Registry;
use greenlane::supervision::{
    AsOf, Cause, Keys, Known, Ledger, Matcher, Prior, Settle, Snapshot, Unsettled,
};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 20_161_102;
/// More declarations than any run comes to.
const DECLARATIONS: u64 = 10_000_000;
/// What is asked of a declaration, in nanoseconds.
const ASKED_NS: u128 = 500;
const DAY: &str = "2016-11-02";
const AT: &str = "2016-11-02T01:00:00Z";

const STATEFUL: &str = r#"
[selection]
forced_after = 50
[[selection.expected]]
rate = 0.4

[[book]]
id = "programmes"
[[book.rule]]
id = "programme"
when = 'programme.open'
then = { verdict = "sample", programme = true, mode = "laboratory" }

[[book]]
id = "monitoring"
[[book.rule]]
id = "monthly"
when = 'declaration.direction == "export"'
then = { verdict = "sample", monitor = { every = "month", per = ["trader"] }, mode = "laboratory" }

[[book]]
id = "material"
[[book.rule]]
id = "written-off"
when = 'source.covered'
then = { verdict = "release", write_off = true }
"#;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("settle");
    group.throughput(Throughput::Elements(1)).sample_size(20);
    for (name, stateful) in [("plain", false), ("stateful", true)] {
        let world = World::new(stateful);
        let mut bench = Bench::new(&world, name);
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|count| bench.run(&world, count));
        });
        bench.tell(name);
    }
    group.finish();
    criterion.final_summary();
}

/// A generated world, its policy compiled.
struct World {
    generator: Generator,
    program: Arc<Program>,
    stateful: bool,
}

impl World {
    fn new(stateful: bool) -> Self {
        let generator = Generator::new(Plan {
            enterprises: 20_000,
            declarations: DECLARATIONS,
            rules: 500,
            seed: SEED,
        })
        .expect("the plan is within bounds");
        let mut files = generator.policy_files();
        let mut source = generator.registry_source().expect("table names are right");
        if stateful {
            files.push(("stateful.toml".to_owned(), STATEFUL.to_owned()));
            let (_, bytes) = source
                .files()
                .find(|(table, _)| *table == "enterprises")
                .expect("there are enterprises");
            let text = String::from_utf8_lossy(bytes).into_owned();
            let parties = text.lines().skip(1).filter_map(|row| row.split(',').next());
            let parties: Vec<&str> = parties.collect();
            let lots = parties.iter().map(|party| lot_row(party)).collect();
            source.add_rows("lots", lots).expect("lots are right");
            let programme = [
                ("programme_id", "P-1".to_owned()),
                ("enterprises", parties[..1_000].join(";")),
                ("samples", "1000000".to_owned()),
            ];
            let programme = programme.map(|(name, cell)| (name.to_owned(), cell));
            source
                .add_rows("programmes", vec![programme.to_vec()])
                .expect("it is right");
        }
        let policy = PolicySource::from_files(files).expect("paths are unique");
        let policy = Arc::new(read(&policy).expect("the policy is right"));
        let registry = Registry::build(&source, Some(&policy.profile.party_ids));
        let registry = Arc::new(registry.expect("the registry is right"));
        let program = Program::compile(policy, registry).expect("it is within limits");
        Self {
            generator,
            program: Arc::new(program),
            stateful,
        }
    }

    /// The declaration of a number, with the selectors each item of which cites the lot of its enterprise.
    fn declaration<'l>(&self, number: u64, line: &'l mut Vec<u8>) -> Declaration<'l> {
        line.clear();
        self.generator.declaration(number, line);
        let policy = self.program.policy();
        let currencies = self.program.registry().currencies();
        let typed = read_json(line, &policy.profile, currencies);
        let mut typed = typed.expect("what is generated is right");
        if self.stateful {
            let lot = format!("L-{}", typed.enterprise().as_str());
            for item in &mut typed.items {
                item.material_lots.push(MaterialLot {
                    lot_id: Cow::Owned(lot.clone()),
                    quantity: Some(Amount::parse("1").expect("an amount")),
                });
            }
        }
        typed
    }
}

fn lot_row(party: &str) -> Vec<(String, String)> {
    let row = [
        ("lot_id", format!("L-{party}")),
        ("enterprise_id", party.to_owned()),
        ("quantity", "100000000000".to_owned()),
        ("result", "passed".to_owned()),
    ];
    row.map(|(name, cell)| (name.to_owned(), cell)).to_vec()
}

struct Bench {
    settle: Settle,
    folder: std::path::PathBuf,
    day: Day,
    matcher: Matcher,
    hints: Arc<Hints>,
    next: u64,
    /// Of all that was settled: how many, how many had to be matched again, and how long it took.
    settled: u64,
    again: u64,
    spent: Duration,
    /// How long it took to make places ready.
    readied: Duration,
    /// How long each try took, in nanoseconds: whoever is interrupted in between spoils a mean, not the median.
    tries: Vec<u32>,
}

impl Bench {
    fn new(world: &World, name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-settle-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        let options = Options {
            durability: Durability::Buffered,
            ..Options::default()
        };
        let disk = LocalDisk::open(&folder).expect("a folder");
        let journal = Journal::open(Arc::new(disk), options).expect("a journal");
        let day = Day::parse(DAY).expect("a day");
        let at = Moment::parse(AT).expect("a moment");
        let mut keys = Keys::new(folder.join("keys"));
        keys.enter(day, DrawKey::TEST);
        let snapshot = Snapshot {
            program: Arc::clone(&world.program),
            revision: 0,
            today: day,
            as_of: AsOf::Declaration,
            policy: world.program.policy().version().into(),
            keys: Arc::new(keys),
            noted: 0,
        };
        let mut ledger = Ledger::default();
        ledger.today = day;
        Self {
            settle: Settle::new(Arc::new(journal.0), Arc::new(move || at), ledger, snapshot),
            folder,
            day,
            matcher: Matcher::default(),
            hints: Arc::default(),
            next: 0,
            settled: 0,
            again: 0,
            spent: Duration::ZERO,
            readied: Duration::ZERO,
            tries: Vec::new(),
        }
    }

    /// Settles so many declarations; how long they were alone with the ledger.
    fn run(&mut self, world: &World, count: u64) -> Duration {
        let mut line = Vec::new();
        let begun = self.spent;
        for _ in 0..count {
            self.next += 1;
            let declaration = world.declaration(self.next, &mut line);
            self.one(&declaration);
        }
        self.spent.saturating_sub(begun)
    }

    fn one(&mut self, declaration: &Declaration<'_>) {
        let snapshot = self.settle.snapshot();
        let known = self.matcher.digest(declaration, &snapshot.program);
        let mut inputs = Known::default();
        loop {
            let prior: Option<&Prior> = None;
            let hints = Some(&self.hints);
            self.matcher.assume(&inputs.taken, &inputs.asks, hints);
            let mut draft = self.matcher.draft(
                &snapshot,
                declaration,
                known,
                prior,
                (self.day, &DrawKey::TEST),
                Cause::declared(false),
            );
            let watch = Stopwatch::start();
            self.settle.ready(&mut draft);
            self.readied += watch.elapsed();
            let mut held = self.settle.hold().expect("nobody died");
            let watch = Stopwatch::start();
            let settled = held.declare(&mut draft);
            let elapsed = watch.elapsed();
            drop(held);
            let place = settled.as_ref().ok().copied();
            self.matcher.settled(draft, place);
            self.spent += elapsed;
            self.tries.push(elapsed.as_nanos() as u32);
            match settled {
                Ok(_) => break,
                Err(Unsettled::Inputs(actual)) => {
                    actual.tell(&self.hints);
                    inputs.learn(actual);
                }
                Err(Unsettled::Full) => thread::sleep(Duration::from_millis(1)),
                Err(other) => panic!("{other:?}"),
            }
            self.again += 1;
        }
        self.matcher.tell(&self.hints);
        self.settled += 1;
    }

    fn tell(&mut self, name: &str) {
        // Whoever asks for the other one only has nothing to be told here.
        if self.tries.is_empty() {
            return;
        }
        self.tries.sort_unstable();
        let at = |percent: usize| self.tries[(self.tries.len() - 1) * percent / 100];
        let each = |spent: Duration| spent.as_nanos() / u128::from(self.settled.max(1));
        println!(
            "settle/{name}: median {} ns, 99 % within {} ns, mean {} ns a declaration (asked for: {ASKED_NS}); {} ns before that to make places ready; {} % were matched again",
            at(50),
            at(99),
            each(self.spent),
            each(self.readied),
            self.again * 100 / self.settled.max(1)
        );
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
