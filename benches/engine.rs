//! From a declaration to its outcome, single item, at 200, 2,000 and 10,000 rules: from coded facts, from a
//! typed declaration with all joins, from JSON; with 100,000 and 1,000,000 enterprises; beside a plain loop over
//! the rules and the interpreter of `cel`.

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use greenlane::declaration::{Declaration, read_json};
use greenlane::engine::{Bound, DrawKey, FixedDraw, HeaderJoin, Outcome, Program, Scratch};
use support::{DECLARATIONS, World, declarations, policy, program, world};

const ENTERPRISES: u64 = 100_000;

fn outcomes(c: &mut Criterion) {
    let mut world = world(ENTERPRISES, 2_000);
    let lines = world.lines(DECLARATIONS as usize);
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
    let mean = |count: usize| count as f64 / typed.len() as f64;
    println!(
        "{rules} rules: {:?}; rules tried {:.2}, draws {:.2} a declaration",
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
    let lines = world.lines(DECLARATIONS as usize);
    let typed = declarations(&lines, &world);
    joined(
        c,
        "2000 rules/1,000,000 enterprises/declaration to outcome",
        &program(&world.policy, &world.registry),
        &typed,
    );
}

criterion_group!(benches, outcomes, million);
criterion_main!(benches);
