//! How often a caller may ask: so many requests a second, and no more than a second's worth at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Stopwatch;

const SECOND_NS: u64 = 1_000_000_000;

/// See the module.
#[derive(Debug)]
pub struct Pace {
    /// Between two requests, in nanoseconds.
    each_ns: u64,
    began: Stopwatch,
    /// When, in nanoseconds since it began, all that was asked would have been asked evenly.
    even_ns: AtomicU64,
}

impl Pace {
    /// So many requests a second.
    #[must_use]
    pub fn per_second(requests: u32) -> Self {
        Self {
            each_ns: SECOND_NS / u64::from(requests.max(1)),
            began: Stopwatch::start(),
            even_ns: AtomicU64::new(0),
        }
    }

    /// Takes a request; where it is too early for it, in which time it may come again.
    ///
    /// # Errors
    /// The time to wait.
    pub fn take(&self) -> Result<(), Duration> {
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.take_at(now)
    }

    fn take_at(&self, now: u64) -> Result<(), Duration> {
        let next = |even: u64| {
            let after = even.max(now) + self.each_ns;
            (after <= now + SECOND_NS).then_some(after)
        };
        let taken = self
            .even_ns
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        match taken {
            Ok(_) => Ok(()),
            Err(even) => {
                let wait = even + self.each_ns - now - SECOND_NS;
                Err(Duration::from_nanos(wait.max(1)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_worth_what_was_allowed_and_no_more() {
        let pace = Pace::per_second(4);
        for _ in 0..4 {
            assert_eq!(pace.take_at(0), Ok(()));
        }
        let quarter = Duration::from_millis(250);
        assert_eq!(pace.take_at(0), Err(quarter));
        assert_eq!(pace.take_at(SECOND_NS / 4), Ok(()));
        assert_eq!(pace.take_at(SECOND_NS / 4), Err(quarter));
        // Whoever asked for nothing a long time has saved nothing.
        let later = 60 * SECOND_NS;
        assert_eq!((0..100).filter(|_| pace.take_at(later).is_ok()).count(), 4);
    }
}
