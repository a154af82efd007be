//! Admission: what is under way at the same time is bounded, so that what was let in is answered soon; what is past a
//! bound is told at once to come again. Health, readiness and metrics are never refused.
//!
//! A declaration is decided by the worker that reads it, so whatever waits does so in the worker's own queue, unseen.
//! A turn of that queue is timed instead: from its first declaration until a task that is put behind all that was ready
//! then. A declaration that is reached when the turn has gone on for too long has waited as long, and is refused. That
//! holds however much a declaration costs, and however many connections there are.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::rt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::yield_now;

use super::problem::Problem;
use super::settings::Limits;
use crate::clock::Stopwatch;
use crate::limits::{RECALLS, TURN_SLICE, WORK_WAITING};

thread_local! {
    /// When the present turn of this worker began, if a declaration was decided in it.
    static TURN: Cell<Option<Stopwatch>> = const { Cell::new(None) };
}

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It has waited its turn for too long.
    Queue,
    /// As many declarations are decided as may be.
    Decisions,
    /// There are as many streams as there may be.
    Streams,
    /// As much work as may waits already.
    Work,
    /// The bodies that are held have as many bytes as they may.
    Bodies,
}

impl Reason {
    pub(super) const ALL: [Self; 5] = [
        Self::Queue,
        Self::Decisions,
        Self::Streams,
        Self::Work,
        Self::Bodies,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Decisions => "decisions",
            Self::Streams => "streams",
            Self::Work => "work",
            Self::Bodies => "bodies",
        }
    }
}

/// What is done away from the workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reads what a declaration that is decided needs: whoever asks has been let in.
    Recall,
    /// Acts, events, look-ups.
    Work,
}

/// See the module.
pub(super) struct Admission {
    decisions: Lane,
    streams: Lane,
    work: Lane,
    /// Bytes of bodies that are held.
    bodies: Lane,
    working: Arc<Semaphore>,
    recalling: Arc<Semaphore>,
    /// In the order of [`Reason::ALL`].
    refused: [AtomicU64; Reason::ALL.len()],
}

/// How many there are of something.
#[derive(Debug, Clone, Default)]
struct Lane(Arc<AtomicUsize>);

/// A place in a lane, or several, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    lane: Lane,
    places: usize,
}

impl Lane {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes a place, where there are no more than so many.
    fn enter(&self, most: usize) -> Option<Slot> {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        let slot = Slot {
            lane: self.clone(),
            places: 1,
        };
        (before < most).then_some(slot)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.lane.0.fetch_sub(self.places, Ordering::Relaxed);
    }
}

impl Admission {
    /// So much work is done at once.
    pub(super) fn new(work: usize) -> Self {
        Self {
            decisions: Lane::default(),
            streams: Lane::default(),
            work: Lane::default(),
            bodies: Lane::default(),
            working: Arc::new(Semaphore::new(work)),
            recalling: Arc::new(Semaphore::new(RECALLS)),
            refused: Default::default(),
        }
    }

    /// Lets a declaration in that has come whole.
    pub(super) fn decision(&self, limits: &Limits) -> Result<Slot, Problem> {
        if waited() > limits.queue {
            return Err(self.refuse(Reason::Queue));
        }
        let slot = self.decisions.enter(limits.decisions);
        slot.ok_or_else(|| self.refuse(Reason::Decisions))
    }

    /// Whether a declaration that comes now might be let in: asked before a long body is read.
    pub(super) fn expects(&self, limits: &Limits) -> Result<(), Problem> {
        match self.decisions.count() < limits.decisions {
            true => Ok(()),
            false => Err(self.refuse(Reason::Decisions)),
        }
    }

    /// Lets a stream in.
    pub(super) fn stream(&self, limits: &Limits) -> Result<Slot, Problem> {
        let slot = self.streams.enter(limits.streams);
        slot.ok_or_else(|| self.refuse(Reason::Streams))
    }

    /// Waits until something may be done away from the workers.
    pub(super) async fn work(&self, kind: Kind) -> Result<Working, Problem> {
        let (slot, permits) = match kind {
            Kind::Recall => (None, &self.recalling),
            Kind::Work => (Some(self.waits()?), &self.working),
        };
        let permit = Arc::clone(permits).acquire_owned().await;
        Ok(Working {
            _slot: slot,
            _permit: permit.map_err(|_| self.refuse(Reason::Work))?,
        })
    }

    fn waits(&self) -> Result<Slot, Problem> {
        let slot = self.work.enter(WORK_WAITING);
        slot.ok_or_else(|| self.refuse(Reason::Work))
    }

    /// Room for a body of which nothing has come.
    pub(super) fn body(&self) -> Slot {
        Slot {
            lane: self.bodies.clone(),
            places: 0,
        }
    }

    /// Holds more bytes of a body.
    pub(super) fn hold(
        &self,
        body: &mut Slot,
        bytes: usize,
        limits: &Limits,
    ) -> Result<(), Problem> {
        body.places += bytes;
        let before = self.bodies.0.fetch_add(bytes, Ordering::Relaxed);
        match before.saturating_add(bytes) <= limits.body_bytes {
            true => Ok(()),
            false => Err(self.refuse(Reason::Bodies)),
        }
    }

    fn refuse(&self, reason: Reason) -> Problem {
        if let Some(count) = self.refused.get(reason as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let detail = "too much comes at once; nothing was done";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }
}

impl Admission {
    /// How often something was refused, by reason.
    pub(super) fn refused(&self) -> impl Iterator<Item = (Reason, u64)> {
        let counts = self.refused.iter();
        let counts = counts.map(|count| count.load(Ordering::Relaxed));
        Reason::ALL.into_iter().zip(counts)
    }

    /// How much is under way: declarations, streams, and work that is done or waits.
    pub(super) fn under_way(&self) -> [(&'static str, usize); 3] {
        [
            ("decisions", self.decisions.count()),
            ("streams", self.streams.count()),
            ("work", self.work.count()),
        ]
    }
}

/// Leave to do something away from the workers: it is given back by whoever does it, since whoever asked may be gone.
pub(super) struct Working {
    _slot: Option<Slot>,
    _permit: OwnedSemaphorePermit,
}

/// How long a declaration that is reached now has waited in this turn.
fn waited() -> Duration {
    TURN.with(|turn| match turn.get() {
        Some(began) => began.elapsed(),
        None => {
            turn.set(Some(Stopwatch::start()));
            // It comes behind all that is ready by now.
            rt::spawn(async { TURN.set(None) });
            Duration::ZERO
        }
    })
}

/// Lets others go first where this turn has gone on for a while: so a stream takes its turn line by line, and is not
/// refused.
pub(super) async fn take_turns() {
    if waited() > TURN_SLICE {
        yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_ends_when_all_that_was_ready_is_done() {
        rt::System::new().block_on(async {
            assert_eq!(waited(), Duration::ZERO);
            let next = rt::spawn(async { waited() });
            assert!(waited() > Duration::ZERO);
            // It comes behind the end of the turn.
            assert_eq!(next.await.unwrap(), Duration::ZERO);
            yield_now().await;
            assert_eq!(waited(), Duration::ZERO);
        });
    }

    #[test]
    fn a_place_that_was_refused_or_is_left_is_free() {
        let (admission, mut limits) = (Admission::new(1), Limits::default());
        limits.streams = 1;
        let first = admission.stream(&limits).unwrap();
        assert!(admission.stream(&limits).is_err());
        assert!(admission.stream(&limits).is_err());
        drop(first);
        let again = admission.stream(&limits).unwrap();
        assert_eq!(admission.streams.count(), 1);
        drop(again);
        assert_eq!(admission.streams.count(), 0);
        let refused = admission.refused().map(|(_, count)| count).sum::<u64>();
        assert_eq!(refused, 2);
    }

    #[test]
    fn a_body_gives_back_all_that_it_held() {
        let (admission, mut limits) = (Admission::new(1), Limits::default());
        limits.body_bytes = 10;
        let (mut first, mut second) = (admission.body(), admission.body());
        admission.hold(&mut first, 4, &limits).unwrap();
        admission.hold(&mut first, 4, &limits).unwrap();
        assert!(admission.hold(&mut second, 4, &limits).is_err());
        drop(second);
        admission.hold(&mut first, 2, &limits).unwrap();
        drop(first);
        assert_eq!(admission.bodies.count(), 0);
    }
}
