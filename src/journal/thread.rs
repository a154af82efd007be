//! The journal's threads. All others wait for them, so they go before all others where the system allows it.

use std::thread::{Builder, JoinHandle};

use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

use super::error::JournalError;

/// Starts a thread of this name.
pub(super) fn start<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, JournalError> {
    let first = move || {
        let usual = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
        // Where the system does not allow it, it is like the others.
        let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Max, usual);
        work()
    };
    let builder = Builder::new().name(name.to_owned());
    let thread = builder.spawn(first);
    thread.map_err(JournalError::io("start a thread for", ".", 0))
}
