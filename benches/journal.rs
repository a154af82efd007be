//! Groups of 1 to 1,024 records of 300 bytes made durable, beside a bare write and fdatasync of the same bytes in the
//! same run: by the log itself (`Writer`), by one client of the journal's thread, and by many that wait at once.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use greenlane::clock::Stopwatch;
use greenlane::journal::{Group, Journal, LocalDisk, Options, Sequence, Writer};

const RECORD: [u8; 300] = [0x5a; 300];
/// The record in its frame.
const FRAME_BYTES: usize = 328;
const GROUPS: [usize; 5] = [1, 16, 64, 256, 1_024];
const ROUNDS: usize = 400;
/// Holds all that is written without threads, so that no segment is made within a measurement.
const LONG_SEGMENT_BYTES: u64 = 512 << 20;

/// A pre-zeroed file, written in turn like a segment, from its start again when it is full.
struct Bare {
    file: File,
    length: u64,
    offset: u64,
}

impl Bare {
    fn new() -> Self {
        let file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .open(folder("bare").join("zeros"))
            .unwrap();
        let zeros = vec![0; 1 << 20];
        for at in 0..64 {
            file.write_all_at(&zeros, at << 20).unwrap();
        }
        file.sync_all().unwrap();
        let length = 64 << 20;
        Self {
            file,
            length,
            offset: 0,
        }
    }

    fn commit(&mut self, bytes: &[u8]) {
        if self.offset + bytes.len() as u64 > self.length {
            self.offset = 0;
        }
        self.file.write_all_at(bytes, self.offset).unwrap();
        self.offset += bytes.len() as u64;
        self.file.sync_data().unwrap();
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("bench-journal")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn writer() -> (Writer, Group) {
    let options = Options {
        segment_bytes: LONG_SEGMENT_BYTES,
        ..Options::default()
    };
    let disk = LocalDisk::open(folder("writer")).unwrap();
    let (writer, _) = Writer::open(Arc::new(disk), options).unwrap();
    let group = writer.group();
    (writer, group)
}

fn journal() -> Journal {
    let disk = LocalDisk::open(folder("journal")).unwrap();
    Journal::open(Arc::new(disk), Options::default()).unwrap().0
}

fn write(writer: &mut Writer, group: &mut Group, records: usize) {
    for _ in 0..records {
        group.push(&RECORD).unwrap();
    }
    writer.commit(group).unwrap();
}

fn append(journal: &Journal, records: usize) {
    let last = (0..records).fold(Sequence::ZERO, |_, _| journal.append(&RECORD).unwrap());
    journal.wait_durable(last).unwrap();
}

/// The three in turn, so that all see the same disk.
fn ratios() {
    let (mut bare, (mut log, mut group), journal) = (Bare::new(), writer(), journal());
    println!(
        "median of {ROUNDS} rounds, µs: bare write + fdatasync | log | journal with one client"
    );
    for records in GROUPS {
        let bytes = vec![0x5a; records * FRAME_BYTES];
        let mut times = [(); 3].map(|()| Vec::with_capacity(ROUNDS));
        for _ in 0..ROUNDS {
            let mut steps: [&mut dyn FnMut(); 3] = [
                &mut || bare.commit(&bytes),
                &mut || write(&mut log, &mut group, records),
                &mut || append(&journal, records),
            ];
            for (step, times) in steps.iter_mut().zip(&mut times) {
                let watch = Stopwatch::start();
                step();
                times.push(watch.elapsed());
            }
        }
        let [bare, log, journal] = times.map(|times| median(times).as_secs_f64() * 1e6);
        println!(
            "{records:>5} records: {bare:>6.0} | {log:>6.0} ({:>3.0} %) | {journal:>6.0} ({:>3.0} %)",
            100.0 * bare / log,
            100.0 * bare / journal
        );
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Clients that each append a record and wait for it, again and again.
fn clients() {
    let journal = journal();
    for clients in [1, 16, 64, 256] {
        let each = (40_000 / clients).min(4_000);
        let watch = Stopwatch::start();
        thread::scope(|scope| {
            for _ in 0..clients {
                scope.spawn(|| (0..each).for_each(|_| append(&journal, 1)));
            }
        });
        let records = f64::from(clients * each);
        let rate = records / watch.elapsed().as_secs_f64();
        println!("{clients:>5} clients: {rate:>8.0} durable records a second");
    }
}

fn groups(c: &mut Criterion) {
    ratios();
    clients();
    let (mut bare, journal) = (Bare::new(), journal());
    let mut bench = c.benchmark_group("journal");
    for records in GROUPS {
        bench.throughput(Throughput::Elements(records as u64));
        let bytes = vec![0x5a; records * FRAME_BYTES];
        bench.bench_function(BenchmarkId::new("bare write + fdatasync", records), |b| {
            b.iter(|| bare.commit(&bytes));
        });
        bench.bench_function(BenchmarkId::new("append and wait", records), |b| {
            b.iter(|| append(&journal, records));
        });
    }
    bench.finish();
}

criterion_group! {
    name = journal_groups;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = groups
}
criterion_main!(journal_groups);
