//! What is looked up when somebody asks: how far the journal and the archive are, what the ledger holds, which policy
//! decides.

use std::sync::atomic::Ordering;

use prometheus::proto::MetricFamily;

use super::sheet::{Sheet, real};
use crate::journal::Sequence;
use crate::service::http::shared::{Phase, Shared};
use crate::service::{Desk, Standing, TailProgress};
use crate::supervision::AsOf;

/// Looks it up.
pub(super) fn look(shared: &Shared) -> Vec<MetricFamily> {
    let mut sheet = Sheet::default();
    sheet.info(
        "greenlane_build_info",
        "The version that runs.",
        &[("version", env!("CARGO_PKG_VERSION"))],
    );
    let phase = shared.phase();
    let is_ready = phase == Phase::Ready;
    sheet.flag("greenlane_ready", "Whether it takes requests.", is_ready);
    recovery(&mut sheet, shared);
    admission(&mut sheet, shared);
    log(&mut sheet, shared);
    let standing = shared.known_desk().map(|desk| desk.standing());
    if let Some(Ok(standing)) = standing {
        desk(&mut sheet, &standing);
    }
    if let (Some(desk), Some(progress)) = (shared.known_desk(), shared.tail.get()) {
        archive(&mut sheet, desk, progress);
        shadow(&mut sheet, progress);
    }
    sheet.0
}

fn recovery(sheet: &mut Sheet, shared: &Shared) {
    sheet.gauge(
        "greenlane_recovery_records",
        "Records that the last start has folded.",
        real(shared.recovered.load(Ordering::Relaxed)),
    );
    sheet.gauge(
        "greenlane_recovery_seconds",
        "How long the last start took until it was ready; 0 before.",
        real(shared.recovery_us.load(Ordering::Relaxed)) / 1e6,
    );
}

fn admission(sheet: &mut Sheet, shared: &Shared) {
    sheet.gauge(
        "greenlane_connections",
        "Connections that there are.",
        real(shared.open.count() as u64),
    );
    let under_way = shared.admission.under_way().into_iter();
    sheet.gauges(
        "greenlane_under_way",
        "What is done now, or waits for it.",
        under_way.map(|(kind, count)| (("kind", kind), count as u64)),
    );
    let refused = shared.admission.refused();
    sheet.counters(
        "greenlane_refused_total",
        "What was refused since too much came at once.",
        refused.map(|(reason, count)| ([("reason", reason.as_str())], count)),
    );
}

fn log(sheet: &mut Sheet, shared: &Shared) {
    let (dropped, passed) = shared.log.left_out();
    let counts = [("not_taken", dropped), ("too_many", passed)];
    sheet.counters(
        "greenlane_log_left_out_total",
        "Lines of the log that were left out, since nobody took them or too many requests were refused: by reason.",
        counts.into_iter().map(|(reason, count)| ([("reason", reason)], count)),
    );
}

fn desk(sheet: &mut Sheet, standing: &Standing) {
    let as_of = match standing.as_of {
        AsOf::Declaration => "declaration",
        AsOf::Decision => "decision",
    };
    sheet.info(
        "greenlane_policy_info",
        "The policy that decides.",
        &[("policy", &standing.policy), ("as_of", as_of)],
    );
    let mut gauge = |name: &str, help: &str, value: u64| sheet.gauge(name, help, real(value));
    gauge(
        "greenlane_registry_revision",
        "Changes of the registry, the policy and the day so far.",
        standing.registry_revision,
    );
    gauge(
        "greenlane_ledger_declarations",
        "Declarations that are known in memory.",
        standing.declarations,
    );
    gauge(
        "greenlane_ledger_open",
        "Declarations that are selected or held.",
        standing.open,
    );
    gauge(
        "greenlane_overdue",
        "Samples of monitoring whose period has ended without a result.",
        standing.overdue,
    );
    gauge(
        "greenlane_journal_queued_records",
        "Records that are settled and not durable yet.",
        standing.queued,
    );
    gauge(
        "greenlane_journal_waiters",
        "Requests that wait until a record is durable.",
        standing.waiting,
    );
}

fn archive(sheet: &mut Sheet, desk: &Desk, progress: &TailProgress) {
    let journal = desk.settle().journal();
    let stopped = journal.has_stopped();
    sheet.flag(
        "greenlane_journal_stopped",
        "Whether the journal has stopped, so that nothing is acknowledged any more.",
        stopped,
    );
    // What it has come to first: it goes on meanwhile.
    let (taken, sealed) = (&progress.taken, &progress.archived);
    let (taken, sealed) = (
        taken.load(Ordering::Relaxed),
        sealed.load(Ordering::Relaxed),
    );
    let durable = journal.durable();
    let behind = |at: u64| real(durable.get().saturating_sub(at));
    sheet.gauge(
        "greenlane_archive_lag_records",
        "Durable records that the archive's thread has not taken yet.",
        behind(taken),
    );
    let lag = progress.lag_us(Sequence::new(taken), durable, desk.now());
    sheet.gauge(
        "greenlane_archive_lag_seconds",
        "For how long the oldest of these has waited at most, since the start.",
        real(lag) / 1e6,
    );
    sheet.gauge(
        "greenlane_archive_unsealed_records",
        "Durable records that are in no sealed file yet.",
        behind(sealed),
    );
    sheet.flag(
        "greenlane_archive_stopped",
        "Whether the archive's thread has stopped.",
        progress.stopped().is_some(),
    );
}

fn shadow(sheet: &mut Sheet, progress: &TailProgress) {
    let pairs = progress.shadow.pairs().map(|(live, shadow, count)| {
        let labels = [
            ("shadow_verdict", shadow.as_str()),
            ("verdict", live.as_str()),
        ];
        (labels, count)
    });
    sheet.counters(
        "greenlane_shadow_decisions_total",
        "Declarations decided by a candidate policy, too: by verdict and its verdict.",
        pairs,
    );
    let (passed, undecided, stopped) = progress.shadow.left_out();
    sheet.gauge(
        "greenlane_shadow_passed_records",
        "Records that passed without the last candidate, since there was no time.",
        real(passed),
    );
    sheet.gauge(
        "greenlane_shadow_undecided_records",
        "Records that the last candidate could not decide.",
        real(undecided),
    );
    sheet.flag(
        "greenlane_shadow_stopped",
        "Whether the last candidate decides no more, since it panicked or cannot be compiled.",
        stopped,
    );
}
