//! From a declaration to its outcome, single item, at 200, 2,000 and 10,000 rules: from coded facts with and
//! without scores and draws, from a typed declaration with all joins, from JSON; with 100,000 and 1,000,000
//! enterprises; beside a plain loop over the rules and the oracle with the interpreter of `cel`. The ratios
//! are printed after the benches.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

#[expect(
    dead_code,
    reason = "the tests ask the oracle for more than the bench does"
)]
#[path = "../tests/oracle"]
mod oracle {
    pub(crate) mod evaluate;
    mod goods;
    mod obligations;
    mod pool;
    mod rate;
    pub(crate) mod registry;
    mod sampling;
    mod seen;
    pub(crate) mod stocks;
}
#[path = "support/plain.rs"]
mod plain;
mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use greenlane::declaration::{Declaration, read_json};
use greenlane::engine::{
    Bound, DrawKey, Draws, Facts, FixedDraw, HeaderJoin, ItemJoin, Outcome, Program, Scratch,
};
use greenlane::generate::{Generator, Plan};
use greenlane::policy::{Policy, read};
use oracle::evaluate::{Case, Oracle, Trace};
use oracle::registry::RegistryPlan;
use oracle::stocks::{Stocks, Taking};
use support::{DECLARATIONS, World, world};

const ENTERPRISES: u64 = 100_000;
/// Declarations whose coded facts are decided: few enough to stay in the cache, where facts are that have just been
/// coded. What is read of the registry does not, see [`DECLARATIONS`].
const CODED: usize = 512;
/// Declarations that are read at a time before they are decided: few enough to be in the cache still.
const JUST_READ: usize = 16;
/// Declarations that the slow ones decide for the ratios.
const COMPARED: u16 = 256;
/// Rounds of the ratios, of which the fastest counts: others use the machine too.
const ROUNDS: usize = 20;

fn outcomes(c: &mut Criterion) {
    let mut world = world(ENTERPRISES, 2_000);
    let lines = lines(&world, DECLARATIONS as usize);
    let mut programs = Vec::new();
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
            &lines,
        );
        json(
            c,
            &format!("{rules} rules/JSON to outcome"),
            &program,
            &lines,
            &world,
        );
        programs.push((rules, program));
    }
    // Last, since what they leave in memory slowed the rows above by half when it came first.
    for (rules, program) in programs {
        let typed = declarations(&lines, &world);
        ratios(rules, &program, &typed);
        bare(c, rules, &program, &typed);
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

/// The engine beside the plain loop and the oracle, all from joined facts, over the same declarations.
fn ratios(rules: u64, program: &Program, typed: &[Declaration<'_>]) {
    let policy = program.policy();
    let headers = headers(program, &typed[..usize::from(COMPARED)]);
    let joins: Vec<ItemJoin<'_>> = headers
        .iter()
        .map(|header| program.join_item(header, &header.declaration.items[0]))
        .collect();
    let oracle = Oracle::new(policy);
    // No rule takes anything.
    let nothing = RegistryPlan { tables: Vec::new() };
    let stocks = Stocks::new(&nothing, 0);
    let facts = |item| Facts {
        item,
        names: &policy.names,
        risk: &[],
    };
    let (mut scratch, mut out) = (Scratch::default(), Outcome::default());
    let engine = fastest(ROUNDS, || {
        for header in &headers {
            program.decide_joined(header, &DrawKey::TEST, &mut scratch, &mut out);
            black_box(&out);
        }
    });
    let plain = fastest(ROUNDS, || {
        for join in &joins {
            black_box(plain::verdict(policy, &facts(join)));
        }
    });
    let interpreted = fastest(1, || {
        for join in &joins {
            let case = Case {
                facts: facts(join),
                draws: &DrawKey::TEST,
            };
            let mut taking = Taking::new(&stocks);
            black_box(oracle.item(&case, &mut taking, &mut Trace::default()));
        }
    });
    println!(
        "{rules} rules, joined facts to outcome: the engine takes {engine:.0} ns, the plain loop {plain:.0} ns ({:.0} times), the oracle {interpreted:.0} ns ({:.0} times)",
        plain / engine,
        interpreted / engine
    );
}

/// Nanoseconds for one of the compared declarations, in the fastest round.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn fastest(rounds: usize, mut round: impl FnMut()) -> f64 {
    let times = (0..rounds).map(|_| {
        let start = Instant::now();
        round();
        start.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min) * 1e9 / f64::from(COMPARED)
}

fn headers<'d>(program: &'d Program, typed: &'d [Declaration<'d>]) -> Vec<HeaderJoin<'d>> {
    typed
        .iter()
        .map(|declaration| HeaderJoin::new(program.registry(), declaration, declaration.day))
        .collect()
}

/// What is left once every fact is a number: scores, bitmaps, books, obligations.
fn facts(c: &mut Criterion, name: &str, program: &Program, typed: &[Declaration<'_>]) {
    coded(c, name, program, typed, &DrawKey::TEST);
    let name = format!("{name} without draws");
    coded(c, &name, program, typed, &FixedDraw(u64::MAX));
}

/// The same without draws under the policy without its scores.
fn bare(c: &mut Criterion, rules: u64, program: &Program, typed: &[Declaration<'_>]) {
    let mut policy = Policy::clone(program.policy());
    policy.scores.clear();
    let bare = Program::compile(Arc::new(policy), Arc::clone(program.registry()))
        .expect("a generated policy is within limits");
    let name = format!("{rules} rules/facts to outcome without draws and scores");
    coded(c, &name, &bare, typed, &FixedDraw(u64::MAX));
}

fn coded(
    c: &mut Criterion,
    name: &str,
    program: &Program,
    typed: &[Declaration<'_>],
    draws: &impl Draws,
) {
    let headers = headers(program, &typed[..CODED]);
    let bound: Vec<Bound<'_>> = headers
        .iter()
        .map(|header| program.bind(header, &header.declaration.items[0]))
        .collect();
    let (mut scratch, mut out, mut at) = (Scratch::default(), Outcome::default(), 0);
    c.benchmark_group("engine")
        .throughput(Throughput::Elements(1))
        .bench_function(name, |b| {
            b.iter(|| {
                at = (at + 1) % bound.len();
                program.decide_bound(&bound[at], draws, &mut scratch, &mut out);
                black_box(&out);
            });
        });
}

/// What the typed declaration still needs: the joins and the decision. Each declaration has just been read, as it has
/// in the service; reading is not timed.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn joined(c: &mut Criterion, name: &str, program: &Program, lines: &[Vec<u8>]) {
    let (mut scratch, mut out, mut at) = (Scratch::default(), Outcome::default(), 0);
    let (profile, currencies) = (&program.policy().profile, program.registry().currencies());
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(1));
    group.bench_function(name, |b| {
        b.iter_custom(|count| {
            let (mut left, mut taken) = (count as usize, Duration::ZERO);
            while left > 0 {
                let some = &lines[at..][..JUST_READ.min(left).min(lines.len() - at)];
                let typed = some
                    .iter()
                    .map(|line| read_json(line, profile, currencies).unwrap());
                let typed: Vec<Declaration<'_>> = typed.collect();
                let start = Instant::now();
                for declaration in &typed {
                    let day = declaration.day;
                    program.decide(declaration, day, &DrawKey::TEST, &mut scratch, &mut out);
                    black_box(&out);
                }
                taken += start.elapsed();
                left -= some.len();
                at = (at + some.len()) % lines.len();
            }
            taken
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
    joined(
        c,
        "2000 rules/1,000,000 enterprises/declaration to outcome",
        &world.program(),
        &lines,
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
