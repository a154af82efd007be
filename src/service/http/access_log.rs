//! A line of the log for each request: who asked for which route, with which status, and how long it took. Never what was
//! sent: neither a path nor a header nor a body is in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::{HttpMessage as _, HttpRequest};
use tracing::Level;
use tracing::level_filters::LevelFilter;

use super::request_id::RequestId;
use super::routes::ROUTES;
use super::settings::LogSettings;
use crate::journal::Sequence;
use crate::limits::LOG_REFUSALS_PER_S;
use crate::service::access::{Known, Pace};

/// The log that has begun.
#[derive(Clone)]
pub struct Logged {
    /// From now on what is less than this is left out.
    pub set_level: Arc<dyn Fn(LevelFilter) + Send + Sync>,
    /// How many lines were left out since nobody took them.
    pub dropped: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl Default for Logged {
    /// None: nothing is left out.
    fn default() -> Self {
        Self {
            set_level: Arc::new(|_| ()),
            dropped: Arc::new(|| 0),
        }
    }
}

/// See the module.
pub(super) struct AccessLog {
    logged: Logged,
    /// See [`LogSettings::requests_every`].
    requests_every: AtomicU64,
    /// Requests that went well, and might be told.
    well: AtomicU64,
    /// How many refusals are told in a second.
    pace: Pace,
    passed: AtomicU64,
}

/// An answer that is told.
pub(super) struct Answered<'a> {
    pub(super) id: &'a RequestId,
    pub(super) method: &'a Method,
    /// None where something around the routes answered.
    pub(super) request: Option<&'a HttpRequest>,
    /// The place of its route.
    pub(super) route: Option<usize>,
    pub(super) status: u16,
    pub(super) took: Duration,
}

impl AccessLog {
    /// Over a log that has begun at its level.
    pub(super) fn new(logged: Logged, settings: LogSettings) -> Self {
        Self {
            logged,
            requests_every: AtomicU64::new(settings.requests_every),
            well: AtomicU64::new(0),
            pace: Pace::per_second(LOG_REFUSALS_PER_S),
            passed: AtomicU64::new(0),
        }
    }

    /// Logs by these from now on.
    pub(super) fn follow(&self, settings: LogSettings) {
        self.requests_every
            .store(settings.requests_every, Ordering::Relaxed);
        (self.logged.set_level)(settings.level);
    }

    /// Lines that nobody took, and refusals that came too fast to be told.
    pub(super) fn left_out(&self) -> (u64, u64) {
        ((self.logged.dropped)(), self.passed.load(Ordering::Relaxed))
    }

    pub(super) fn tell(&self, answered: &Answered<'_>) {
        let level = match answered.status {
            503 | 429 | 401 | 403 => Level::WARN,
            500.. => Level::ERROR,
            _ if self.is_sample() => Level::INFO,
            _ => Level::DEBUG,
        };
        if level <= Level::WARN && self.pace.take().is_err() {
            self.passed.fetch_add(1, Ordering::Relaxed);
            return;
        }
        answered.tell(level);
    }

    fn is_sample(&self) -> bool {
        let every = self.requests_every.load(Ordering::Relaxed);
        every > 0
            && self
                .well
                .fetch_add(1, Ordering::Relaxed)
                .is_multiple_of(every)
    }
}

/// A line; the level must be known where it is compiled.
macro_rules! line {
    ($level:expr, $of:ident, $caller:ident, $sequence:ident) => {
        tracing::event!(
            $level,
            request_id = $of.id.as_str(),
            caller = $caller,
            method = $of.method.as_str(),
            route = $of.route_path(),
            status = $of.status,
            nanos = u64::try_from($of.took.as_nanos()).unwrap_or(u64::MAX),
            sequence = $sequence,
            "request"
        )
    };
}

impl Answered<'_> {
    fn tell(&self, level: Level) {
        let extensions = self.request.map(|request| request.extensions());
        let extensions = extensions.as_deref();
        let known = extensions.and_then(|of| of.get::<Arc<Known>>());
        let caller = known.map(|known| known.name.as_str());
        let sequence = extensions.and_then(|of| of.get::<Sequence>());
        let sequence = sequence.map(|sequence| sequence.get());
        match level {
            Level::ERROR => line!(Level::ERROR, self, caller, sequence),
            Level::WARN => line!(Level::WARN, self, caller, sequence),
            Level::INFO => line!(Level::INFO, self, caller, sequence),
            _ => line!(Level::DEBUG, self, caller, sequence),
        }
    }

    fn route_path(&self) -> Option<&'static str> {
        let entry = self.route.and_then(|at| ROUTES.get(at));
        entry.map(|entry| entry.path)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderMap;

    use super::*;

    #[test]
    fn of_a_flood_of_refusals_some_are_told_and_the_rest_are_counted() {
        let log = AccessLog::new(Logged::default(), LogSettings::default());
        let id = RequestId::of(&HeaderMap::new());
        for status in [401, 200].repeat(1_000) {
            log.tell(&Answered {
                id: &id,
                method: &Method::GET,
                request: None,
                route: None,
                status,
                took: Duration::ZERO,
            });
        }
        let (_, passed) = log.left_out();
        assert!((500..=900).contains(&passed), "{passed}");
    }
}
