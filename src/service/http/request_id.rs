//! The id of a request, by which its answer, its problem and its line of the log are known together. A caller may bring
//! one: visible ASCII, not too long, and nothing that looks like a token; else it is made.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::limits::MAX_REQUEST_ID_BYTES;
use crate::service::access::Token;

/// The header that has it, of requests and of answers.
pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// By this the ids of one process differ from those of any other. Where the system gives no randomness, they differ
/// from one another only.
static PROCESS: LazyLock<u64> = LazyLock::new(|| {
    let mut bytes = [0; 8];
    let filled = getrandom::fill(&mut bytes);
    filled.map_or(0, |()| u64::from_le_bytes(bytes))
});
static NUMBER: AtomicU64 = AtomicU64::new(1);

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// The one that a request brings, or another one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut brought = headers.get_all(&REQUEST_ID);
        match (brought.next(), brought.next()) {
            (Some(value), None) if is_right(value.as_bytes()) => Self(value.clone()),
            _ => Self::make(),
        }
    }

    /// One that no other request has, always of the same length.
    fn make() -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:016x}{number:016x}", *PROCESS);
        // Hexadecimal digits are a header's value.
        Self(HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("0")))
    }

    pub(super) fn as_str(&self) -> &str {
        // Visible ASCII.
        self.0.to_str().unwrap_or_default()
    }

    /// As a header's value.
    pub(super) fn value(&self) -> HeaderValue {
        self.0.clone()
    }
}

thread_local! {
    /// The request that this thread works for now.
    static CURRENT: RefCell<Option<RequestId>> = const { RefCell::new(None) };
}

/// The id of the request that this thread works for now, for whoever logs a panic.
#[must_use]
pub fn current_request() -> Option<String> {
    // A panic may come while it is looked at.
    let current = CURRENT.try_with(|current| {
        let current = current.try_borrow().ok()?;
        current.as_ref().map(|id| id.as_str().to_owned())
    });
    current.ok().flatten()
}

/// What a thread works for, until it is dropped.
struct Working(Option<RequestId>);

impl Working {
    fn on(id: &RequestId) -> Self {
        Self(CURRENT.replace(Some(id.clone())))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Works for a request, wherever its work goes on.
pub(super) async fn work_on<T>(id: &RequestId, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        let _working = Working::on(id);
        work.as_mut().poll(context)
    })
    .await
}

/// Does what is done elsewhere for the request that this thread works for.
pub(super) fn carried<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let current = CURRENT.with_borrow(Clone::clone);
    move || {
        let _working = current.as_ref().map(Working::on);
        work()
    }
}

fn is_right(id: &[u8]) -> bool {
    let long = (1..=MAX_REQUEST_ID_BYTES).contains(&id.len());
    long && id.iter().all(u8::is_ascii_graphic) && !Token::is_within(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(brought: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for id in brought {
            headers.append(
                REQUEST_ID.clone(),
                HeaderValue::from_bytes(id.as_bytes()).unwrap(),
            );
        }
        RequestId::of(&headers).as_str().to_owned()
    }

    #[test]
    fn what_a_caller_brings_is_kept_where_it_is_well_formed() {
        let longest = "x".repeat(MAX_REQUEST_ID_BYTES);
        for id in [
            "a",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "!\"\\~",
            &longest,
        ] {
            assert_eq!(of(&[id]), id);
        }
        let longer = "x".repeat(MAX_REQUEST_ID_BYTES + 1);
        let token = Token::make().unwrap();
        for wrong in ["", "a b", "a\tb", "é", &longer, token.reveal()] {
            assert_ne!(of(&[wrong]), wrong);
        }
        assert!(!["a", "b"].contains(&of(&["a", "b"]).as_str()));
    }

    #[test]
    fn those_that_are_made_differ_and_are_of_one_length() {
        let made: Vec<String> = (0..100).map(|_| of(&[])).collect();
        let mut distinct = made.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), made.len());
        assert!(made.iter().all(|id| id.len() == 32));
    }
}
