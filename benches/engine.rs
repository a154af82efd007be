//! From a declaration to its outcome, single item, at 200, 2,000 and 10,000 rules: from coded facts, from a
//! typed declaration with all joins, from JSON; with 100,000 and 1,000,000 enterprises; beside a plain loop over
//! the rules and the interpreter of `cel`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

mod support;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use greenlane::declaration::{Declaration, read_json};
use greenlane::engine::{Bound, DrawKey, FixedDraw, HeaderJoin, Outcome, Program, Scratch};
use greenlane::generate::{Generator, Plan};
use greenlane::policy::{Policy, read};
use support::{DECLARATIONS, World, world};

const ENTERPRISES: u64 = 100_000;

fn outcomes(c: &mut Criterion) {
    let mut world = world(ENTERPRISES, 2_000);
    let lines = lines(&world, DECLARATIONS as usize);
    for rules in [200, 2_000, 10_000] {
        world.policy = policy(rules, ENTERPRISES);
        let program = world.program();
        let typed = declarations(&lines, &world);
        describe(rules, &program, &typed);
        facts(
            c,
            &format!("{rules} rules/facts to outcome"),
            &program,
            &typed,
        );
        joined(
            c,
            &format!("{rules} rules/declaration to outcome"),
            &program,
            &typed,
        );
        json(
            c,
            &format!("{rules} rules/JSON to outcome"),
            &program,
            &lines,
            &world,
        );
    }
}

fn describe(rules: u64, program: &Program, typed: &[Declaration<'_>]) {
    let (mut scratch, mut out) = (Scratch::default(), Outcome::default());
    let (mut matched, mut drawn) = (0, 0);
    for declaration in typed {
        program.decide(
            declaration,
            declaration.day,
            &DrawKey::TEST,
            &mut scratch,
            &mut out,
        );
        matched += out.unselected.len() + out.books.iter().filter(|book| book.spoke).count();
        drawn += out.books.iter().filter(|book| book.draw.is_some()).count();
    }
    let mean = |count: usize| {
        format!(
            "{}.{:02}",
            count / typed.len(),
            count * 100 / typed.len() % 100
        )
    };
    println!(
        "{rules} rules: {:?}; rules tried {}, draws {} a declaration",
        program.size(),
        mean(matched),
        mean(drawn)
    );
}

/// What is left once every fact is a number: scores, bitmaps, books, obligations.
fn facts(c: &mut Criterion, name: &str, program: &Program, typed: &[Declaration<'_>]) {
    let headers: Vec<HeaderJoin<'_>> = typed
        .iter()
        .map(|declaration| HeaderJoin::new(program.registry(), declaration, declaration.day))
        .collect();
    let bound: Vec<Bound<'_>> = headers
        .iter()
        .filter_map(|header| {
            program
                .bind(header, header.declaration.items.first()?)
                .into()
        })
        .collect();
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(1));
    for (label, draws) in [("", false), (" without draws", true)] {
        let (mut scratch, mut out, mut at) = (Scratch::default(), Outcome::default(), 0);
        group.bench_function(format!("{name}{label}"), |b| {
            b.iter(|| {
                at = (at + 1) % bound.len();
                if draws {
                    program.decide_bound(&bound[at], &FixedDraw(u64::MAX), &mut scratch, &mut out);
                } else {
                    program.decide_bound(&bound[at], &DrawKey::TEST, &mut scratch, &mut out);
                }
                black_box(&out);
            });
        });
    }
}

fn joined(c: &mut Criterion, name: &str, program: &Program, typed: &[Declaration<'_>]) {
    let (mut scratch, mut out, mut at) = (Scratch::default(), Outcome::default(), 0);
    c.benchmark_group("engine")
        .throughput(Throughput::Elements(1))
        .bench_function(name, |b| {
            b.iter(|| {
                at = (at + 1) % typed.len();
                let declaration = &typed[at];
                program.decide(
                    declaration,
                    declaration.day,
                    &DrawKey::TEST,
                    &mut scratch,
                    &mut out,
                );
                black_box(&out);
            });
        });
}

fn json(c: &mut Criterion, name: &str, program: &Program, lines: &[Vec<u8>], world: &World) {
    let (mut scratch, mut out, mut at) = (Scratch::default(), Outcome::default(), 0);
    let (profile, currencies) = (&world.policy.profile, world.registry.currencies());
    c.benchmark_group("engine")
        .throughput(Throughput::Elements(1))
        .bench_function(name, |b| {
            b.iter(|| {
                at = (at + 1) % lines.len();
                if let Ok(declaration) = read_json(&lines[at], profile, currencies) {
                    program.decide(
                        &declaration,
                        declaration.day,
                        &DrawKey::TEST,
                        &mut scratch,
                        &mut out,
                    );
                }
                black_box(&out);
            });
        });
}

/// The same 2,000 rules with a million enterprises.
fn million(c: &mut Criterion) {
    let world = world(1_000_000, 2_000);
    let lines = lines(&world, DECLARATIONS as usize);
    let typed = declarations(&lines, &world);
    joined(
        c,
        "2000 rules/1,000,000 enterprises/declaration to outcome",
        &world.program(),
        &typed,
    );
}

/// The same registry under a policy of another size.
fn policy(rules: u64, enterprises: u64) -> Arc<Policy> {
    let plan = Plan {
        enterprises,
        declarations: DECLARATIONS,
        rules,
        seed: support::SEED,
    };
    let generator = Generator::new(plan).expect("the plan is within bounds");
    Arc::new(
        read(&generator.policy_source().expect("paths are unique"))
            .expect("a generated policy is right"),
    )
}

/// Generated declarations as lines of JSON, those of a single item only.
fn lines(world: &World, count: usize) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for number in 0.. {
        let mut line = Vec::new();
        world.generator.declaration(number, &mut line);
        if read_json(&line, &world.policy.profile, world.registry.currencies())
            .expect("a generated declaration is right")
            .items
            .len()
            == 1
        {
            lines.push(line);
        }
        if lines.len() == count {
            break;
        }
    }
    lines
}

/// Reads lines.
fn declarations<'l>(lines: &'l [Vec<u8>], world: &World) -> Vec<Declaration<'l>> {
    lines
        .iter()
        .map(|line| {
            read_json(line, &world.policy.profile, world.registry.currencies())
                .expect("a generated declaration is right")
        })
        .collect()
}

criterion_group!(benches, outcomes, million);
criterion_main!(benches);
