//! Requests: how many were answered with which status, and how long each route took.

use std::sync::OnceLock;
use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Registry};

use super::{SECONDS, counters};
use crate::service::http::routes::ROUTES;

/// Statuses that the service gives; others, that a library may give, are counted, too.
const STATUSES: [u16; 15] = [
    200, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503,
];

/// See the module.
pub(super) struct Requests {
    seconds: HistogramVec,
    /// By the place of the route, from its first request on.
    routes: Vec<OnceLock<Histogram>>,
    answers: IntCounterVec,
    statuses: [IntCounter; STATUSES.len()],
}

impl Requests {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let options = HistogramOpts::new(
            "greenlane_request_seconds",
            "How long a request took until its answer, or the first of a stream, was handed to the connection: by route.",
        );
        let options = options.buckets(SECONDS.to_vec());
        let seconds = HistogramVec::new(options, &["method", "route"])?;
        registry.register(Box::new(seconds.clone()))?;
        let answers = counters(
            registry,
            "greenlane_requests_total",
            "Requests answered: by status.",
            &["status"],
        )?;
        let of_status = |status: u16| answers.with_label_values(&[&status.to_string()]);
        Ok(Self {
            seconds,
            routes: ROUTES.iter().map(|_| OnceLock::new()).collect(),
            statuses: STATUSES.map(of_status),
            answers,
        })
    }

    pub(super) fn answered(&self, route: Option<usize>, status: u16, took: Duration) {
        let known = STATUSES.binary_search(&status).ok();
        match known.and_then(|at| self.statuses.get(at)) {
            Some(counter) => counter.inc(),
            None => self.answers.with_label_values(&[&status.to_string()]).inc(),
        }
        if let Some(seconds) = route.and_then(|route| self.route(route)) {
            seconds.observe(took.as_secs_f64());
        }
    }

    fn route(&self, at: usize) -> Option<&Histogram> {
        let (histogram, entry) = (self.routes.get(at)?, ROUTES.get(at)?);
        Some(histogram.get_or_init(|| {
            let method = entry.method.to_ascii_uppercase();
            self.seconds.with_label_values(&[&method, entry.path])
        }))
    }
}
