//! From files to programs: 2,000 rules from text and from checked conditions; a registry of 1,000,000 enterprises,
//! with its bytes for each; and one party of them that changes.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

mod support;

use std::hint::black_box;
use std::sync::Arc;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use greenlane::engine::Program;
use greenlane::generate::{Generator, Plan};
use greenlane::policy::read;
use greenlane::registry::{Change, LiveRegistry, PartyNo, Registry};
use support::{DECLARATIONS, SEED, World, world};

fn policies(c: &mut Criterion) {
    let world = world(100_000, 2_000);
    let source = world.generator.policy_source().expect("paths are unique");
    let mut group = c.benchmark_group("compile");
    group.sample_size(10);
    group.bench_function("2000 rules from text to checked conditions", |b| {
        b.iter(|| black_box(read(&source)))
    });
    group.bench_function("2000 rules from checked conditions to a program", |b| {
        b.iter(|| black_box(world.program()))
    });
}

fn enterprises(c: &mut Criterion) {
    let plan = Plan {
        enterprises: 1_000_000,
        declarations: DECLARATIONS,
        rules: 2_000,
        seed: SEED,
    };
    let generator = Generator::new(plan).expect("the plan is within bounds");
    let policy = Arc::new(
        read(&generator.policy_source().expect("paths are unique"))
            .expect("a generated policy is right"),
    );
    let source = generator.registry_source().expect("table names are right");
    let build = || {
        Registry::build(&source, Some(&policy.profile.party_ids))
            .expect("a generated registry is right")
    };
    let registry = Arc::new(build());
    let parties = registry.parties();
    let bytes = parties.bytes() / parties.len();
    println!(
        "{} parties, {} standings, {bytes} bytes for each enterprise",
        parties.len(),
        parties.standing_count()
    );
    let world = World {
        generator: Generator::new(plan).expect("the plan is within bounds"),
        policy: Arc::clone(&policy),
        registry,
    };
    let mut group = c.benchmark_group("compile");
    group.sample_size(10);
    group.bench_function("1,000,000 enterprises from CSV to a registry", |b| {
        b.iter(|| black_box(build()))
    });
    group.bench_function("2000 rules against 1,000,000 enterprises", |b| {
        b.iter(|| black_box(world.program()))
    });
    let mut live = LiveRegistry::open(&source, Some(policy.profile.party_ids.clone()))
        .expect("a generated registry is right");
    one_party(&mut group, &world, &mut live);
}

/// An enterprise is entered on the black list and taken off again: from its rows to the next registry and program.
fn one_party(group: &mut BenchmarkGroup<'_, WallTime>, world: &World, live: &mut LiveRegistry) {
    let first = world.registry.parties().id(PartyNo(0)).to_owned();
    let list = |rows: Vec<Vec<(String, String)>>| {
        [Change::Replace {
            table: "list_entries".to_owned(),
            owner: first.clone(),
            rows,
        }]
    };
    let cell = |column: &str, value: &str| (column.to_owned(), value.to_owned());
    let black = vec![cell("enterprise_id", &first), cell("list", "black")];
    let mut rounds = [list(vec![black]), list(Vec::new())].into_iter().cycle();
    let mut program = Program::compile(Arc::clone(&world.policy), Arc::clone(live.current()))
        .expect("a generated policy is within limits");
    group.bench_function("one party of 1,000,000 recompiled, 2000 rules", |b| {
        b.iter(|| {
            let changes = rounds.next().expect("a cycle has no end");
            let registry = live.change(&changes).expect("the rows are right");
            program = program.follow(registry).expect("a later snapshot");
        })
    });
}

criterion_group!(benches, policies, enterprises);
criterion_main!(benches);
