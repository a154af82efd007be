//! The rolling writer of the archive beside the parquet crate's bare `ArrowWriter` on the same batches in the same
//! run: rows a second of all four tables, and bytes a row. The bare writer compresses alike, but has no bloom filters,
//! hashes, syncs or names.

#![expect(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

#[path = "../tests/support/revision.rs"]
mod revision;
mod support;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use greenlane::archive::{
    Batch, BatchBuilder, Event, Record, RollOptions, RollingWriter, Table, TestResult,
};
use greenlane::clock::Stopwatch;
use greenlane::declaration::{Declaration, Moment};
use greenlane::engine::{Decision, DecisionMeta, DrawKey, HeaderJoin, Outcome, Program, Scratch};
use greenlane::journal::{LocalFolders, Sequence};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use revision::RevisionText;
use support::world;

const RECORDS: u64 = 60_000;
const ROUNDS: usize = 5;
/// Bytes of the journal's record of a decision.
const RECORD_BYTES: usize = 1_200;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("bench-archive")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn batches() -> Vec<Batch> {
    let world = world(20_000, 1_000);
    let program = world.program();
    let (profile, currencies) = (&world.policy.profile, world.registry.currencies());
    let lines: Vec<Vec<u8>> = (0..RECORDS)
        .map(|no| {
            let mut line = Vec::new();
            world.generator.declaration(no, &mut line);
            line
        })
        .collect();
    let (mut builder, mut batches) = (BatchBuilder::new(), Vec::new());
    for (sequence, line) in (1..).zip(&lines) {
        let declaration = greenlane::declaration::read_json(line, profile, currencies).unwrap();
        append(&program, &declaration, sequence, &mut |record| {
            batches.extend(builder.append(record).unwrap());
        });
    }
    batches.extend(builder.finish().unwrap());
    batches
}

/// A decision; every tenth is also an event with two tests.
fn append(
    program: &Program,
    declaration: &Declaration<'_>,
    sequence: u64,
    push: &mut dyn FnMut(&Record<'_>),
) {
    let at = Moment::from_micros(1_478_044_800_000_000 + sequence as i64 * 20_000);
    let header = HeaderJoin::new(program.registry(), declaration, declaration.day);
    let mut outcome = Outcome::default();
    program.decide_joined(
        &header,
        &DrawKey::TEST,
        &mut Scratch::default(),
        &mut outcome,
    );
    let decision = Decision {
        program,
        header: &header,
        outcome: &outcome,
        cause: None,
        meta: DecisionMeta {
            sequence,
            revision: 1,
            kind: "initial",
            decided_at: at,
            registry_revision: 1,
            engine_ns: Some(900),
        },
    };
    let text = RevisionText::new(&decision);
    // Facts and draws do not compress as zeros would.
    let mut bytes = [0; RECORD_BYTES];
    blake3::Hasher::new()
        .update(&sequence.to_le_bytes())
        .finalize_xof()
        .fill(&mut bytes[..RECORD_BYTES / 4]);
    let id = format!("E-{sequence}");
    let event = event(&id, at, declaration.id.as_str(), &bytes);
    let tests = [
        test(&id, declaration.id.as_str()),
        test(&id, declaration.id.as_str()),
    ];
    let inspected = sequence.is_multiple_of(10);
    push(&Record {
        decision: Some(&decision),
        revision: Some(&text.initial(&decision, &bytes)),
        event: inspected.then_some(&event),
        tests: if inspected { &tests } else { &[] },
        ..Record::new(Sequence::new(sequence), at)
    });
}

fn event<'a>(
    event_id: &'a str,
    at: Moment,
    declaration_id: &'a str,
    record: &'a [u8],
) -> Event<'a> {
    Event {
        event_id,
        kind: "inspection_result",
        at,
        authority: Some("inspection and quarantine"),
        document: None,
        declaration_id: Some(declaration_id),
        enterprise_id: None,
        body: "{\"conclusion\":\"passed\"}",
        record,
        registry_revision: 1,
        by: None,
    }
}

fn test<'a>(event_id: &'a str, declaration_id: &'a str) -> TestResult<'a> {
    TestResult {
        event_id,
        declaration_id,
        version: 1,
        item_no: 1,
        object: "product",
        test: "lead",
        value: Some("0.3"),
        unit: Some("mg/kg"),
        limit: Some("0.5"),
        passed: true,
        conclusion: Some("passed"),
        officer_id: Some("O-1"),
        started_at: None,
        finished_at: None,
    }
}

fn bare(batches: &[Batch]) -> PathBuf {
    let folder = folder("bare");
    let level = ZstdLevel::try_new(1).unwrap();
    for table in Table::ALL {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .build();
        let file = File::create(folder.join(table.name())).unwrap();
        let mut writer = ArrowWriter::try_new(file, table.schema(), Some(properties)).unwrap();
        for batch in batches {
            writer.write(batch.rows(table)).unwrap();
        }
        writer.close().unwrap();
    }
    folder
}

fn rolling(batches: &[Batch]) -> PathBuf {
    let folder = folder("rolling");
    let folders = Arc::new(LocalFolders::new(&folder));
    let mut writer = RollingWriter::open(folders, RollOptions::default()).unwrap();
    for batch in batches {
        writer.append(batch).unwrap();
    }
    writer.close().unwrap();
    folder
}

fn rows(batches: &[Batch], table: Table) -> u64 {
    let rows = batches.iter().map(|batch| batch.rows(table).num_rows());
    rows.sum::<usize>() as u64
}

fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => bytes(&entry.path()),
            false => entry.metadata().unwrap().len(),
        })
        .sum()
}

/// The writers in turn, so that both see the same disk; the rolling one on all cores and on one.
fn ratios(batches: &[Batch]) {
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let mut times = [(); 3].map(|()| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        let mut steps: [&mut dyn FnMut(); 3] = [
            &mut || drop(bare(batches)),
            &mut || drop(rolling(batches)),
            &mut || drop(one.install(|| rolling(batches))),
        ];
        for (step, times) in steps.iter_mut().zip(&mut times) {
            let watch = Stopwatch::start();
            step();
            times.push(watch.elapsed());
        }
    }
    let all: u64 = Table::ALL.map(|table| rows(batches, table)).iter().sum();
    let [bare, rolling, alone] = times.map(|times| all as f64 / median(times).as_secs_f64());
    println!(
        "{all} rows a round, rows a second: bare ArrowWriter {bare:.0} | rolling writer {rolling:.0} ({:.0} %), on one \
         core {alone:.0} ({:.0} %)",
        100.0 * rolling / bare,
        100.0 * alone / bare
    );
}

fn sizes(batches: &[Batch]) {
    let (rolling, bare) = (rolling(batches), bare(batches));
    for table in Table::ALL {
        let rows = rows(batches, table);
        let each = |bytes: u64| bytes as f64 / rows as f64;
        println!(
            "{table}: {rows} rows, {:.0} bytes a row, bare {:.0}",
            each(bytes(&rolling.join(table.name()))),
            each(fs::metadata(bare.join(table.name())).unwrap().len())
        );
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn writers(c: &mut Criterion) {
    let batches = batches();
    ratios(&batches);
    sizes(&batches);
    let mut bench = c.benchmark_group("archive");
    let all: u64 = Table::ALL.map(|table| rows(&batches, table)).iter().sum();
    bench.throughput(Throughput::Elements(all));
    bench.bench_function("bare ArrowWriter", |b| b.iter(|| bare(&batches)));
    bench.bench_function("rolling writer", |b| b.iter(|| rolling(&batches)));
    bench.finish();
}

criterion_group! {
    name = archive;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(5));
    targets = writers
}
criterion_main!(archive);
