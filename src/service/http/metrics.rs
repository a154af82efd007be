//! What the service counts, in the text format of Prometheus.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::journal::Notice;
use crate::policy::Verdict;
use crate::service::Shadowed;

const DECISIONS: &str = "greenlane_decisions_total";
const SHADOWED: &str = "greenlane_shadow_decisions_total";
const OVERDUE: &str = "greenlane_monitoring_overdue";
const GROUP: &str = "greenlane_journal_group_records";

/// See the module.
pub(super) struct Metrics {
    handle: PrometheusHandle,
    /// In the order of [`Verdict::ALL`].
    decisions: Vec<Counter>,
    /// By verdict, then by the candidate's.
    shadowed: Vec<Counter>,
    group: Histogram,
    overdue: Gauge,
    durable: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&[1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0])
            // The list is not empty.
            .unwrap_or_else(|_| PrometheusBuilder::new())
            .build_recorder();
        let name = |name: &'static str| KeyName::from_const_str(name);
        let text = |text: &'static str| SharedString::const_str(text);
        recorder.describe_counter(
            name(DECISIONS),
            None,
            text("Declarations decided and durable, by verdict."),
        );
        recorder.describe_counter(
            name(SHADOWED),
            None,
            text("Declarations decided by a candidate policy, too, by verdict and its verdict."),
        );
        recorder.describe_gauge(
            name(OVERDUE),
            Some(Unit::Count),
            text("Samples of monitoring whose period has ended without a result."),
        );
        recorder.describe_histogram(
            name(GROUP),
            Some(Unit::Count),
            text("Records that became durable together."),
        );
        Self {
            decisions: Verdict::ALL
                .iter()
                .map(|verdict| counter(&recorder, verdict.as_str()))
                .collect(),
            shadowed: pairs().map(|pair| shadowed(&recorder, pair)).collect(),
            group: recorder.register_histogram(&Key::from_name(GROUP), &metadata()),
            overdue: recorder.register_gauge(&Key::from_name(OVERDUE), &metadata()),
            handle: recorder.handle(),
            durable: AtomicU64::new(0),
        }
    }
}

fn metadata() -> Metadata<'static> {
    Metadata::new(module_path!(), Level::INFO, None)
}

fn counter(recorder: &PrometheusRecorder, verdict: &'static str) -> Counter {
    let labels = vec![Label::new("verdict", verdict)];
    recorder.register_counter(&Key::from_parts(DECISIONS, labels), &metadata())
}

fn pairs() -> impl Iterator<Item = (Verdict, Verdict)> {
    let all = Verdict::ALL.iter().copied();
    all.flat_map(|live| Verdict::ALL.iter().map(move |shadow| (live, *shadow)))
}

fn shadowed(recorder: &PrometheusRecorder, (live, shadow): (Verdict, Verdict)) -> Counter {
    let labels = vec![
        Label::new("verdict", live.as_str()),
        Label::new("shadow_verdict", shadow.as_str()),
    ];
    recorder.register_counter(&Key::from_parts(SHADOWED, labels), &metadata())
}

impl Metrics {
    /// Notes how often a candidate's verdicts met those that were told.
    pub(super) fn shadowed(&self, found: &Shadowed) {
        for (counter, (_, _, count)) in self.shadowed.iter().zip(found.pairs()) {
            counter.absolute(count);
        }
    }

    /// Counts an answer that is durable.
    pub(super) fn decided(&self, verdict: Verdict) {
        if let Some(counter) = self.decisions.get(verdict as usize) {
            counter.increment(1);
        }
    }

    /// Notes how many samples of monitoring are overdue.
    pub(super) fn overdue(&self, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.overdue.set(f64::from(count));
    }

    /// Hears what the journal says.
    pub(super) fn hear(&self, notice: &Notice) {
        if let Notice::Durable(sequence) = notice {
            let before = self.durable.swap(sequence.get(), Ordering::Relaxed);
            // The first notice says what was there before.
            if before > 0 && sequence.get() > before {
                let records = u32::try_from(sequence.get() - before);
                self.group.record(f64::from(records.unwrap_or(u32::MAX)));
            }
        }
    }

    /// What `/metrics` says, with what others know.
    pub(super) fn text(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}
