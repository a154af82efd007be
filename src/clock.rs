//! The only wall clock. Whatever needs the time of day takes it from here, so that everything else is a
//! function of its inputs and can be run again.

/// The present moment: microseconds since 1970-01-01T00:00:00Z.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the module that may read the wall clock"
)]
pub fn now_micros() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// A stopwatch for progress lines and summaries; it never decides anything.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts to measure.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the module that may read the monotonic clock"
    )]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }
}
