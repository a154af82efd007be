//! A panic is a mistake of the service's own: whoever asked is told so, and everything else goes on, unless it left half
//! changed what has an order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use actix_web::http::StatusCode;
use futures_util::FutureExt as _;

use super::problem::Problem;
use super::shared::Shared;

/// What a request makes of itself, or the problem that it has died.
pub(super) async fn caught<T>(
    shared: &Shared,
    work: impl Future<Output = T>,
) -> Result<T, Problem> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.map_err(|_| died(shared))
}

/// The same of what does not wait.
pub(super) fn caught_now<T>(shared: &Shared, work: impl FnOnce() -> T) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| died(shared))
}

/// The problem of a request that has died.
pub(super) fn died(shared: &Shared) -> Problem {
    if let Ok(desk) = shared.desk() {
        desk.look_after_panic();
    }
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the service has made a mistake; whoever asks again is told what was recorded",
    )
}
