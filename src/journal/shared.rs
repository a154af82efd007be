//! What the threads of a journal share: what waits to be written, and how far the log is durable.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use super::error::JournalError;
use super::sequence::Sequence;
use super::waiting::{Most, Waiting};

/// What a subscriber is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Every record up to this one is durable.
    Durable(Sequence),
    /// The journal has stopped, and why; no later record is acknowledged.
    Stopped(Arc<str>),
}

/// How often the writer lets others go first before it sleeps.
const YIELDS: usize = 2;

/// Wakes the writer, which sleeps, when it is dropped.
#[must_use]
pub struct Wake<'j>(&'j Condvar);

impl Drop for Wake<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

type Hook = Box<dyn Fn(&Notice) + Send>;

pub(super) struct Shared {
    open: Line<Mutex<Open>>,
    most: Most,
    arrived: Condvar,
    /// Why the journal has stopped, if it has.
    why: OnceLock<Arc<str>>,
    /// The durable sequence, for those who need not wait.
    durable: AtomicU64,
    /// Whether `open` has stopped, for those who only ask.
    has_stopped: AtomicBool,
    progress: Mutex<Progress>,
    moved: Condvar,
    hooks: Mutex<Vec<Hook>>,
}

struct Open {
    waiting: Waiting,
    /// Whether the writer sleeps; waking it costs a system call.
    idle: bool,
    closing: bool,
    stopped: bool,
}

/// A line of memory of its own: whoever appends and the writer take it from each other, and nothing else with it.
#[repr(align(64))]
struct Line<T>(T);

const _: () = assert!(size_of::<Line<Mutex<Open>>>() == 64, "it is one line");

struct Progress {
    notice: Notice,
    closed: bool,
    waiters: usize,
}

impl Shared {
    pub(super) fn new(waiting: Waiting, most: Most) -> Self {
        let durable = waiting.next().previous();
        Self {
            open: Line(Mutex::new(Open {
                waiting,
                idle: false,
                closing: false,
                stopped: false,
            })),
            most,
            why: OnceLock::new(),
            arrived: Condvar::new(),
            durable: AtomicU64::new(durable.get()),
            has_stopped: AtomicBool::new(false),
            progress: Mutex::new(Progress {
                notice: Notice::Durable(durable),
                closed: false,
                waiters: 0,
            }),
            moved: Condvar::new(),
            hooks: Mutex::new(Vec::new()),
        }
    }

    /// Brings where the next record goes into this processor's cache.
    pub(super) fn ready(&self) {
        lock(&self.open.0).waiting.ready();
    }

    pub(super) fn append(
        &self,
        payload: &mut Vec<u8>,
    ) -> Result<(Sequence, Option<Wake<'_>>), JournalError> {
        let mut open = lock(&self.open.0);
        if open.stopped {
            return Err(JournalError::Poisoned(self.stopped().unwrap_or_default()));
        }
        if open.closing {
            return Err(JournalError::Closed);
        }
        let sequence = open.waiting.push(payload, self.most)?;
        let asleep = mem::take(&mut open.idle);
        let wake = asleep.then_some(Wake(&self.arrived));
        Ok((sequence, wake))
    }

    /// What has arrived, as soon as there is something; false when nothing will come any more.
    pub(super) fn gather(&self, written: &mut Waiting) -> bool {
        let mut open = lock(&self.open.0);
        // Where others wait for the processor they may have something by then, and need not wake the writer.
        for _ in 0..YIELDS {
            if !open.waiting.is_empty() || open.closing || open.stopped {
                break;
            }
            drop(open);
            thread::yield_now();
            open = lock(&self.open.0);
        }
        while open.waiting.is_empty() && !open.closing && !open.stopped {
            open.idle = true;
            open = self
                .arrived
                .wait(open)
                .unwrap_or_else(PoisonError::into_inner);
        }
        open.idle = false;
        if open.waiting.is_empty() || open.stopped {
            return false;
        }
        open.waiting.hand_over(written);
        true
    }

    /// No more records; what was appended is still written.
    pub(super) fn begin_close(&self) {
        lock(&self.open.0).closing = true;
        self.arrived.notify_one();
    }

    pub(super) fn end_close(&self) {
        lock(&self.progress).closed = true;
        self.moved.notify_all();
    }

    /// Why the journal has stopped, if it has.
    pub(super) fn stopped(&self) -> Option<Arc<str>> {
        self.why.get().cloned()
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.has_stopped.load(Ordering::Acquire)
    }

    pub(super) fn durable(&self) -> Sequence {
        Sequence::new(self.durable.load(Ordering::Acquire))
    }

    pub(super) fn publish(&self, durable: Sequence) {
        self.move_to(Notice::Durable(durable));
    }

    /// Stops the journal. The first reason stays.
    pub(super) fn poison(&self, why: &str) {
        let why = self.why.get_or_init(|| why.into());
        let mut open = lock(&self.open.0);
        open.stopped = true;
        // Before an append can be refused for it.
        self.has_stopped.store(true, Ordering::Release);
        drop(open);
        self.arrived.notify_one();
        self.move_to(Notice::Stopped(Arc::clone(why)));
    }

    fn move_to(&self, notice: Notice) {
        // INVARIANT: hooks before progress, here and in `subscribe`, so that nobody is told of a later state first.
        let hooks = lock(&self.hooks);
        let mut progress = lock(&self.progress);
        if matches!(progress.notice, Notice::Stopped(_)) {
            return;
        }
        if let Notice::Durable(sequence) = &notice {
            self.durable.store(sequence.get(), Ordering::Release);
        }
        progress.notice = notice.clone();
        let waiters = progress.waiters;
        drop(progress);
        if waiters > 0 {
            self.moved.notify_all();
        }
        for hook in hooks.iter() {
            hook(&notice);
        }
    }

    pub(super) fn wait(&self, sequence: Sequence) -> Result<(), JournalError> {
        if self.durable() >= sequence {
            return Ok(());
        }
        let mut progress = lock(&self.progress);
        loop {
            // What was durable before the journal stopped still is.
            if self.durable() >= sequence {
                return Ok(());
            }
            if let Notice::Stopped(why) = &progress.notice {
                return Err(JournalError::Poisoned(Arc::clone(why)));
            }
            if progress.closed {
                return Err(JournalError::Closed);
            }
            progress.waiters += 1;
            progress = self
                .moved
                .wait(progress)
                .unwrap_or_else(PoisonError::into_inner);
            progress.waiters -= 1;
        }
    }

    /// Waits until nothing is written any more.
    pub(super) fn wait_closed(&self) -> Result<(), JournalError> {
        let mut progress = lock(&self.progress);
        while !progress.closed {
            progress.waiters += 1;
            progress = self
                .moved
                .wait(progress)
                .unwrap_or_else(PoisonError::into_inner);
            progress.waiters -= 1;
        }
        match &progress.notice {
            Notice::Stopped(why) => Err(JournalError::Poisoned(Arc::clone(why))),
            Notice::Durable(_) => Ok(()),
        }
    }

    pub(super) fn subscribe(&self, hook: Hook) {
        let mut hooks = lock(&self.hooks);
        let notice = lock(&self.progress).notice.clone();
        hook(&notice);
        hooks.push(hook);
    }
}

/// No code of ours that holds one of these locks can stop half-way; a hook may, and leaves nothing half-done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
