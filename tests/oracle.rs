//! The engine against an oracle: for generated policies, registries and declarations, the compiled program and a
//! plain walk over books and rules with the interpreter of the `cel` crate give the same outcome.
//!
//! `GREENLANE_ORACLE_COMPARISONS` sets how many items are decided twice (200,000 where it is not set),
//! `GREENLANE_ORACLE_SEED` another seed than the usual one.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::cell::{Cell, RefCell};
use std::io::{self, Write as _};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use case::{Cases, ITEMS};
use check::{Wrong, check};
use coverage::Coverage;

#[path = "oracle/case.rs"]
mod case;
#[path = "oracle/check.rs"]
mod check;
#[path = "oracle/check_can_fail.rs"]
mod check_can_fail;
#[path = "oracle/condition.rs"]
mod condition;
#[path = "oracle/coverage.rs"]
mod coverage;
#[path = "oracle/declaration.rs"]
mod declaration;
#[path = "oracle/declare.rs"]
mod declare;
#[path = "oracle/evaluate.rs"]
mod evaluate;
#[path = "oracle/features.rs"]
mod features;
#[path = "oracle/found.rs"]
mod found;
#[path = "oracle/goods.rs"]
mod goods;
#[path = "oracle/grown.rs"]
mod grown;
#[path = "oracle/large.rs"]
mod large;
#[path = "oracle/obligations.rs"]
mod obligations;
#[path = "oracle/past.rs"]
mod past;
#[path = "oracle/policy.rs"]
mod policy;
#[path = "oracle/pool.rs"]
mod pool;
#[path = "oracle/rate.rs"]
mod rate;
#[path = "oracle/registry.rs"]
mod registry;
#[path = "oracle/rules.rs"]
mod rules;
#[path = "oracle/sampling.rs"]
mod sampling;
#[path = "oracle/seen.rs"]
mod seen;
#[path = "oracle/stocks.rs"]
mod stocks;

const COMPARISONS: u64 = 200_000;
const SEED: u64 = 0x6772_6565_6e6c_616e;
/// Cases come in so many independent streams, whatever the machine, so that a seed means the same everywhere.
const STREAMS: u64 = 8;
/// A shortfall of 1 % says something about the generators only where there are enough policies.
const MEASURED: u64 = 100_000;

fn variable(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a whole number"))
}

/// One stream of cases, with what occurred in it and how many comparisons were made.
fn stream(seed: u64, no: u64, cases: u32) -> Result<(Coverage, u64), String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&no.to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let (coverage, comparisons) = (RefCell::new(Coverage::default()), Cell::new(0));
    let first: RefCell<Option<std::mem::Discriminant<Wrong>>> = RefCell::new(None);
    let result = runner.run(&Cases, |case| {
        match check(&case, &mut coverage.borrow_mut()) {
            Ok(count) => {
                comparisons.set(comparisons.get() + count);
                Ok(())
            }
            Err(wrong) => {
                // A case that is cut down must fail in the same way as at first.
                let kind = std::mem::discriminant(&wrong);
                let same = *first.borrow_mut().get_or_insert(kind) == kind;
                let (Wrong::Invalid(why) | Wrong::Differs(why)) = wrong;
                if same {
                    Err(TestCaseError::fail(why))
                } else {
                    Ok(())
                }
            }
        }
    });
    match result {
        Ok(()) => Ok((coverage.into_inner(), comparisons.get())),
        Err(TestError::Fail(reason, _)) => Err(format!("seed {seed}, stream {no}: {reason}")),
        Err(TestError::Abort(reason)) => {
            Err(format!("seed {seed}, stream {no}: aborted: {reason}"))
        }
    }
}

#[test]
fn engine_and_oracle_agree_on_generated_policies_registries_and_declarations() -> io::Result<()> {
    let seed = variable("GREENLANE_ORACLE_SEED", SEED);
    let wanted = variable("GREENLANE_ORACLE_COMPARISONS", COMPARISONS);
    let cases = wanted.div_ceil(STREAMS * ITEMS as u64) as u32;
    let watch = greenlane::clock::Stopwatch::start();
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let results: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers.min(STREAMS))
            .map(|worker| {
                let own = (worker..STREAMS).step_by(workers as usize);
                scope.spawn(move || own.map(|no| stream(seed, no, cases)).collect::<Vec<_>>())
            })
            .collect();
        let joined = workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no stream panics"));
        joined.collect()
    });
    let (mut coverage, mut comparisons) = (Coverage::default(), 0);
    for result in results {
        let (counted, made) = result.unwrap_or_else(|why| panic!("{why}"));
        coverage.add(&counted);
        comparisons += made;
    }
    let seconds = watch.elapsed().as_secs().max(1);
    writeln!(
        io::stderr(),
        "seed {seed}: {comparisons} comparisons, 0 differences, {seconds} s, {} a second\n{}",
        comparisons / seconds,
        coverage.table()
    )?;
    assert!(
        comparisons >= wanted,
        "{comparisons} comparisons of {wanted}"
    );
    let thin = coverage.thin();
    assert!(
        comparisons < MEASURED || thin.is_empty(),
        "the generators make too little of\n{}",
        thin.join("\n")
    );
    Ok(())
}
