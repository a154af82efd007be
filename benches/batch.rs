//! NDJSON to Parquet on all cores, beside its three steps alone on all cores: what the whole run reaches of
//! 1 / (1/parse + 1/decide + 1/write).

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

mod support;

use std::io::Cursor;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use greenlane::analysis::batch::{self, AsOf, Settings, Source};
use greenlane::analysis::sink::ParquetSink;
use greenlane::archive::{DecisionsBuilder, DecisionsWriter};
use greenlane::declaration::{Declaration, NdjsonReader, read_json};
use greenlane::engine::{Decision, DecisionMeta, DrawKey, HeaderJoin, Outcome, Program, Scratch};
use rayon::prelude::*;
use support::{World, world};

const COUNT: u64 = 200_000;
const PIECE: usize = 1_024;

fn path() -> PathBuf {
    std::env::temp_dir().join(format!("greenlane-bench-{}.parquet", std::process::id()))
}

fn writer() -> DecisionsWriter {
    DecisionsWriter::create(&path(), &[]).expect("the temporary folder can be written")
}

fn whole(program: &Program, bytes: &[u8]) {
    let mut source = Source::Ndjson(NdjsonReader::new(Cursor::new(bytes)));
    let settings = Settings {
        program,
        as_of: AsOf::Declaration,
        draw_key: DrawKey::TEST,
    };
    let mut sink =
        ParquetSink::create(&path(), program).expect("the temporary folder can be written");
    let refuse = |line, faults| panic!("line {line}: {faults:?}");
    let Ok(summary) = batch::run(&mut source, &settings, &mut sink, refuse) else {
        panic!("the run fails")
    };
    assert_eq!(summary.decided, COUNT);
    sink.finish().expect("the file can be finished");
}

fn parse<'l>(world: &World, lines: &[&'l [u8]]) -> Vec<Declaration<'l>> {
    let (profile, currencies) = (&world.policy.profile, world.registry.currencies());
    lines
        .par_iter()
        .map(|line| read_json(line, profile, currencies).expect("a generated declaration is right"))
        .collect()
}

fn decide<'d>(
    program: &'d Program,
    typed: &'d [Declaration<'d>],
) -> Vec<(HeaderJoin<'d>, Outcome)> {
    let pieces = typed
        .par_chunks(PIECE)
        .map_init(Scratch::default, |scratch, declarations| {
            let one = |declaration: &'d Declaration<'d>| {
                let header = HeaderJoin::new(program.registry(), declaration, declaration.day);
                let mut outcome = Outcome::default();
                program.decide_joined(&header, &DrawKey::TEST, scratch, &mut outcome);
                (header, outcome)
            };
            declarations.iter().map(one).collect::<Vec<_>>()
        });
    pieces.flatten_iter().collect()
}

fn write(program: &Program, decided: &[(HeaderJoin<'_>, Outcome)]) {
    let mut writer = writer();
    for round in decided.chunks(PIECE * 16) {
        let batches: Vec<RecordBatch> = round
            .par_chunks(PIECE)
            .map(|piece| {
                let mut builder = DecisionsBuilder::new();
                for (header, outcome) in piece {
                    let meta = DecisionMeta {
                        sequence: 1,
                        revision: 1,
                        kind: "initial",
                        decided_at: header.declaration.declared_at,
                        registry_revision: 0,
                        engine_ns: None,
                    };
                    builder.append(&Decision {
                        program,
                        header,
                        outcome,
                        meta,
                        cause: None,
                    });
                }
                builder.finish().expect("a batch can be closed")
            })
            .collect();
        batches
            .iter()
            .for_each(|batch| writer.write(batch).expect("a batch can be written"));
    }
    writer.finish().expect("the file can be finished");
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn timed<T>(run: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = run();
    (start.elapsed(), result)
}

fn batches(c: &mut Criterion) {
    let world = world(100_000, 2_000);
    let program = world.program();
    let mut bytes = Vec::new();
    (0..COUNT).for_each(|number| world.generator.declaration(number, &mut bytes));
    let lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .collect();

    let round = || {
        let (parsing, typed) = timed(|| parse(&world, &lines));
        let (deciding, decided) = timed(|| decide(&program, &typed));
        let (writing, ()) = timed(|| write(&program, &decided));
        drop(decided);
        drop(typed);
        let (whole, ()) = timed(|| whole(&program, &bytes));
        [parsing, deciding, writing, whole]
    };
    round();
    let [parsing, deciding, writing, whole_run] = round();
    let sum = parsing + deciding + writing;
    println!(
        "{COUNT} declarations: parse {parsing:.2?}, decide {deciding:.2?}, write {writing:.2?}; the whole run {whole_run:.2?} reaches {:.0} % of its steps' {sum:.2?}",
        100.0 * sum.as_secs_f64() / whole_run.as_secs_f64()
    );

    let mut group = c.benchmark_group("batch");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(COUNT));
    group.bench_function("NDJSON to Parquet", |b| b.iter(|| whole(&program, &bytes)));
    group.finish();
    std::fs::remove_file(path()).expect("the bench's file can be removed");
}

criterion_group!(benches, batches);
criterion_main!(benches);
