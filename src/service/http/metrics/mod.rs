//! What the service counts and measures, in the text format of Prometheus. What is counted while declarations are
//! decided costs some atomic additions, without a lock or an allocation, and takes no more room with time; all else is
//! looked up when somebody asks for it. The guide to operating says what each number means.

mod books;
mod now;
mod requests;
mod sheet;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, Opts, Registry, TextEncoder,
};

use self::books::Books;
use self::requests::Requests;
use super::shared::Shared;
use crate::declaration::Direction;
use crate::journal::Notice;
use crate::policy::{Policy, Verdict};
use crate::service::Decided;

/// Upper bounds of what is measured in seconds.
const SECONDS: [f64; 22] = [
    1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025,
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Upper bounds of what is counted in records.
const RECORDS: [f64; 7] = [1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0];
/// In their order.
const DIRECTIONS: [Direction; 2] = [Direction::Export, Direction::Import];

/// See the module.
pub(super) struct Metrics {
    registry: Registry,
    /// By verdict, then by direction.
    decisions: Vec<IntCounter>,
    books: Books,
    matched: Histogram,
    settled: Histogram,
    journal: Histogram,
    requests: Requests,
    group: Histogram,
    durable: AtomicU64,
}

impl Metrics {
    /// Everything at nothing.
    ///
    /// # Errors
    /// Where two have the same name.
    pub(super) fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let decisions = counters(
            &registry,
            "greenlane_decisions_total",
            "Declarations decided and answered, each once: by its verdict and direction.",
            &["verdict", "direction"],
        )?;
        let decisions = pairs().map(|(verdict, direction)| {
            decisions.with_label_values(&[verdict.as_str(), direction.as_str()])
        });
        let seconds = |name: &str, help: &str| histogram(&registry, name, help, &SECONDS);
        Ok(Self {
            decisions: decisions.collect(),
            books: Books::new(&registry)?,
            matched: seconds(
                "greenlane_match_seconds",
                "How long a declaration took to match, over all its tries.",
            )?,
            settled: seconds(
                "greenlane_settle_seconds",
                "How long a declaration took to settle, the wait for the ledger included.",
            )?,
            journal: seconds(
                "greenlane_journal_seconds",
                "How long a settled declaration waited until its record was durable.",
            )?,
            requests: Requests::new(&registry)?,
            group: histogram(
                &registry,
                "greenlane_journal_group_records",
                "Records that became durable together.",
                &RECORDS,
            )?,
            registry,
            durable: AtomicU64::new(0),
        })
    }

    /// So that what was not counted yet is told as nothing.
    pub(super) fn begin(&self, policy: &Arc<Policy>) {
        self.books.begin(policy);
    }

    /// Counts an answer that is durable, and was settled so long ago.
    pub(super) fn decided(&self, decided: &Decided, journal: Duration) {
        let place = place(decided.verdict, decided.direction);
        if let Some(counter) = self.decisions.get(place) {
            counter.inc();
        }
        self.books.count(decided);
        self.matched.observe(decided.took.matched.as_secs_f64());
        self.settled.observe(decided.took.settled.as_secs_f64());
        self.journal.observe(journal.as_secs_f64());
    }

    /// Counts an answer to a request to a route, if there is one, by its status.
    pub(super) fn answered(&self, route: Option<usize>, status: u16, took: Duration) {
        self.requests.answered(route, status, took);
    }

    /// Hears what the journal says.
    pub(super) fn hear(&self, notice: &Notice) {
        if let Notice::Durable(sequence) = notice {
            let before = self.durable.swap(sequence.get(), Ordering::Relaxed);
            // The first notice says what was there before.
            if before > 0 && sequence.get() > before {
                self.group.observe(sheet::real(sequence.get() - before));
            }
        }
    }

    /// Everything as a text, with what is looked up now.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn text(&self, shared: &Shared) -> prometheus::Result<String> {
        let mut families = self.registry.gather();
        families.extend(now::look(shared));
        families.sort_by(|one, other| one.name().cmp(other.name()));
        TextEncoder::new().encode_to_string(&families)
    }
}

/// Every verdict with every direction, in the order of their places.
fn pairs() -> impl Iterator<Item = (Verdict, Direction)> {
    let all = Verdict::ALL.iter().copied();
    all.flat_map(|verdict| DIRECTIONS.map(|direction| (verdict, direction)))
}

/// The place of a verdict and a direction among all of them.
const fn place(verdict: Verdict, direction: Direction) -> usize {
    verdict as usize * DIRECTIONS.len() + direction as usize
}

/// Counters by some labels.
fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntCounterVec> {
    let counters = IntCounterVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(counters.clone()))?;
    Ok(counters)
}

fn histogram(
    registry: &Registry,
    name: &str,
    help: &str,
    bounds: &[f64],
) -> prometheus::Result<Histogram> {
    let options = HistogramOpts::new(name, help).buckets(bounds.to_vec());
    let histogram = Histogram::with_opts(options)?;
    registry.register(Box::new(histogram.clone()))?;
    Ok(histogram)
}
