//! From files to programs: 2,000 rules from text and from checked conditions; a registry of 1,000,000 enterprises,
//! with its bytes for each; and one party of them, and one zone with its members, that change.

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
    one_zone(&mut group, &mut live);
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

/// A zone rises and falls: from its row to the next registry, with its members made anew.
fn one_zone(group: &mut BenchmarkGroup<'_, WallTime>, live: &mut LiveRegistry) {
    let zones = live.current().zones();
    let zone = zones.first().expect("a generated registry has zones").id;
    let zone = live.current().symbols().name(zone).to_owned();
    let cell = |column: &str, value: &str| (column.to_owned(), value.to_owned());
    let row = |level: &str| {
        [Change::Replace {
            table: "zones".to_owned(),
            owner: zone.clone(),
            rows: vec![vec![cell("zone_id", &zone), cell("level", level)]],
        }]
    };
    let files = live.export();
    let members = files.iter().find(|(name, _)| name == "memberships.csv");
    let of_zone = |row: &&str| row.split(',').next() == Some(&zone);
    let members = members.map_or(0, |(_, text)| text.lines().filter(of_zone).count());
    let mut rounds = [row("national"), row("provincial")].into_iter().cycle();
    let name = format!("one zone with {members} memberships changed, 1,000,000 enterprises");
    group.bench_function(name, |b| {
        b.iter(|| {
            let changes = rounds.next().expect("a cycle has no end");
            black_box(live.change(&changes)).expect("the rows are right")
        })
    });
}

criterion_group!(benches, policies, enterprises);
criterion_main!(benches);
