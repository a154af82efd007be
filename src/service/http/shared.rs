//! What all workers share: the phase of the service, and the desk once it is ready.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::rt;
use arc_swap::ArcSwap;

use super::access_log::{AccessLog, Logged};
use super::admission::{Admission, Kind};
use super::connection::Open;
use super::metrics::Metrics;
use super::panics;
use super::problem::Problem;
use super::request_id::carried;
use super::settings::{Limits, Settings};
use crate::service::crash::{self, Point};
use crate::service::{Desk, Refusal, TailProgress};

/// Where in its life the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// It reads what it knew.
    Recovering,
    /// It answers.
    Ready,
    /// It finishes what it has begun.
    Draining,
    /// Nothing is acknowledged any more.
    Stopped,
}

impl Phase {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Recovering => "recovering",
            Self::Ready => "ready",
            Self::Draining => "draining",
            Self::Stopped => "stopped",
        }
    }
}

/// See the module.
pub(super) struct Shared {
    phase: AtomicU8,
    desk: OnceLock<Arc<Desk>>,
    pub(super) tail: OnceLock<Arc<TailProgress>>,
    /// Records that recovery has folded, of how many.
    pub(super) recovered: AtomicU64,
    pub(super) to_recover: AtomicU64,
    /// Microseconds until it was ready.
    pub(super) recovery_us: AtomicU64,
    pub(super) metrics: Metrics,
    pub(super) log: AccessLog,
    pub(super) settings: ArcSwap<Settings>,
    pub(super) admission: Admission,
    pub(super) open: Open,
}

impl Shared {
    /// As it is before it recovers.
    ///
    /// # Errors
    /// Where its metrics contradict one another.
    pub(super) fn new(settings: Settings, work: usize, logged: Logged) -> prometheus::Result<Self> {
        Ok(Self {
            phase: AtomicU8::default(),
            desk: OnceLock::new(),
            tail: OnceLock::new(),
            recovered: AtomicU64::default(),
            to_recover: AtomicU64::default(),
            recovery_us: AtomicU64::default(),
            metrics: Metrics::new()?,
            log: AccessLog::new(logged, settings.log),
            settings: ArcSwap::from_pointee(settings),
            admission: Admission::new(work),
            open: Open::default(),
        })
    }

    /// Whether it finishes what it has begun.
    pub(super) fn is_draining(&self) -> bool {
        self.phase.load(Ordering::Acquire) == Phase::Draining as u8
    }

    pub(super) fn phase(&self) -> Phase {
        let has_stopped = |desk: &Arc<Desk>| desk.settle().journal().has_stopped();
        if self.desk.get().is_some_and(has_stopped) {
            return Phase::Stopped;
        }
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Recovering,
            1 => Phase::Ready,
            2 => Phase::Draining,
            _ => Phase::Stopped,
        }
    }

    /// A phase that never goes back: what has stopped stays so.
    pub(super) fn enter(&self, phase: Phase) {
        self.phase.fetch_max(phase as u8, Ordering::AcqRel);
    }

    pub(super) fn limits(&self) -> Limits {
        self.settings.load().limits
    }

    pub(super) fn ready(&self, desk: Arc<Desk>, tail: Arc<TailProgress>, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.recovery_us.store(us, Ordering::Relaxed);
        self.metrics
            .begin(desk.settle().snapshot().program.policy());
        // Nobody else does, so that neither is there.
        let _ = (self.desk.set(desk), self.tail.set(tail));
        self.enter(Phase::Ready);
    }

    /// The desk, once there is one, whether it takes requests or not.
    pub(super) fn known_desk(&self) -> Option<&Desk> {
        self.desk.get().map(Arc::as_ref)
    }

    /// The desk, where it takes requests. Draining, it still does: what has come in is finished.
    pub(super) fn desk(&self) -> Result<&Arc<Desk>, Problem> {
        let detail = match (self.phase(), self.desk.get()) {
            (Phase::Ready | Phase::Draining, Some(desk)) => return Ok(desk),
            (Phase::Stopped, _) => "the journal has stopped: nothing is acknowledged any more",
            _ => "the service is recovering",
        };
        Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail))
    }
}

/// Does what reads the disk, away from the worker.
pub(super) async fn elsewhere<T: Send + 'static>(
    shared: &Shared,
    kind: Kind,
    work: impl FnOnce(&Desk) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Problem> {
    let desk = Arc::clone(shared.desk()?);
    let working = shared.admission.work(kind).await?;
    let done = rt::task::spawn_blocking(carried(move || {
        let _working = working;
        crash::reach(Point::Elsewhere);
        work(&desk)
    }));
    match done.await {
        Ok(done) => Ok(done?),
        Err(error) if error.is_panic() => Err(panics::died(shared)),
        Err(_) => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the service is stopping",
        )),
    }
}
