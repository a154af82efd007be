//! The tail: a thread that follows the journal with a state of its own, decides every decision again, archives it, and
//! stops at the first that comes out otherwise. It holds up no request: it takes records on threads that run when nobody
//! else would, and falls behind under load (`TailProgress` tells how far). Once it is far behind, or late, and whenever
//! a file is due, it is no more patient.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

use super::shadow::{Shadow, Shadowed};
use crate::analysis::rows::{RowsError, append_rows};
use crate::archive::{
    ArchiveError, Batch, BatchBuilder, History, HistoryError, Journaled, RollingWriter,
};
use crate::clock::Stopwatch;
use crate::declaration::Moment;
use crate::engine::Decision;
use crate::journal::{Disk, Folders, Journal, JournalError, Notice, Reader, Sequence};
use crate::limits::ARCHIVE_FILE_ROWS;
use crate::supervision::{
    Clock, DataFolder, Event, FoldError, Matcher, Record, State, read_checkpoint, write_checkpoint,
};

/// How long rows wait for company before they are encoded, and how often it is looked whether a file is due.
const TICK: Duration = Duration::from_secs(1);

/// How many records it falls behind before it works at the priority of everybody else: about those of a file of the
/// archive, whose records the journal keeps until it is sealed as well. It does so, too, when what it took last is half as
/// old as such a file may become, which is promised to hold all that is older.
const PATIENCE: u64 = ARCHIVE_FILE_ROWS;
/// Records after which it is looked again how far it is behind, and those whose rows are done are told.
const PIECE: usize = 128;

/// Why the archive does not go on.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// The journal cannot be read.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The archive cannot be written.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// Records that were archived cannot be read.
    #[error("{0}")]
    History(#[from] HistoryError),
    /// A checkpoint cannot be read.
    #[error("{0}")]
    Begin(FoldError),
    /// A checkpoint cannot be written.
    #[error("a checkpoint cannot be written: {0}")]
    Checkpoint(std::io::Error),
    /// A record cannot be folded.
    #[error("record {sequence}: {error}")]
    Fold {
        /// Its place.
        sequence: Sequence,
        /// Why.
        error: FoldError,
    },
    /// A decision comes out otherwise when it is made again.
    #[error("record {0}: decided again, the outcome is another")]
    Otherwise(Sequence),
    /// The thread died.
    #[error("the archive's thread has died")]
    Died,
}

/// How far the tail has come.
#[derive(Debug, Default)]
pub struct TailProgress {
    /// The last record that it took.
    pub taken: AtomicU64,
    /// The last record whose rows are all published.
    pub archived: AtomicU64,
    /// When the last record that it took was settled, and when nothing was left to take last; in microseconds.
    taken_at: AtomicI64,
    caught_up_at: AtomicI64,
    /// What the candidate policy says of the records that it took.
    pub shadow: Arc<Shadowed>,
    stopped: Mutex<Option<String>>,
}

impl TailProgress {
    /// For how long the oldest record that is durable has waited at most to be taken, since the start, in microseconds;
    /// 0 where there is none.
    #[must_use]
    pub fn lag_us(&self, taken: Sequence, durable: Sequence, now: Moment) -> u64 {
        if taken >= durable {
            return 0;
        }
        // It came after both.
        let (taken, caught_up) = (&self.taken_at, &self.caught_up_at);
        let since = taken
            .load(Ordering::Relaxed)
            .max(caught_up.load(Ordering::Relaxed));
        u64::try_from(now.micros().saturating_sub(since)).unwrap_or(0)
    }

    /// What comes from now on is no older.
    fn caught_up(&self, now: Moment) {
        self.caught_up_at.store(now.micros(), Ordering::Relaxed);
    }

    /// Why it has stopped, if it has.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.clone()
    }
}

/// The thread. Dropping it lets it end without sealing.
pub struct Tail {
    bell: Arc<Bell>,
    progress: Arc<TailProgress>,
    thread: Option<JoinHandle<Result<(), TailError>>>,
}

/// Rings when there is something to do.
#[derive(Debug, Default)]
struct Bell {
    durable: Mutex<u64>,
    rung: Condvar,
    closing: AtomicBool,
    sealing: AtomicBool,
}

impl Bell {
    fn ring(&self, durable: u64) {
        let mut known = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        *known = durable.max(*known);
        drop(known);
        self.rung.notify_one();
    }

    /// Under the lock, so that whoever has just looked and is about to wait is woken too.
    fn close(&self) {
        let known = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        self.closing.store(true, Ordering::Release);
        drop(known);
        self.rung.notify_one();
    }

    /// Waits, a tick at most, until there is a record behind this one; the last durable.
    fn wait(&self, taken: u64) -> u64 {
        let known = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if *known > taken || self.closing.load(Ordering::Acquire) {
            return *known;
        }
        let waited = self.rung.wait_timeout(known, TICK);
        let (known, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *known
    }
}

impl Tail {
    /// Begins to follow.
    ///
    /// # Errors
    /// Where there is no thread.
    pub fn follow(parts: TailParts, writer: RollingWriter) -> std::io::Result<Self> {
        let (bell, progress) = (Arc::new(Bell::default()), Arc::new(TailProgress::default()));
        progress.caught_up((parts.clock)());
        let rings = Arc::clone(&bell);
        parts.journal.subscribe(move |notice| {
            if let Notice::Durable(sequence) = notice {
                rings.ring(sequence.get());
            }
        });
        let follower = Follower {
            state: State::new(Arc::clone(&parts.folder)),
            shadow: Shadow::new(Arc::clone(&parts.folder), Arc::clone(&progress.shadow)),
            parts,
            matcher: Matcher::default(),
            hurries: false,
            builder: BatchBuilder::new(),
            writer,
            ticked: None,
            checkpointed: Sequence::ZERO,
            progress: Arc::clone(&progress),
        };
        let heard = Arc::clone(&bell);
        let patient = patient_threads()?;
        let thread = thread::Builder::new()
            .name("archive".to_owned())
            .spawn(move || follower.run(&heard, &patient))?;
        Ok(Self {
            bell,
            progress,
            thread: Some(thread),
        })
    }

    /// How far it has come.
    #[must_use]
    pub const fn progress(&self) -> &Arc<TailProgress> {
        &self.progress
    }

    /// Takes what is durable, seals it and ends.
    ///
    /// # Errors
    /// What stopped it before, or the disk now.
    pub fn close(mut self) -> Result<(), TailError> {
        self.bell.sealing.store(true, Ordering::Release);
        self.end().unwrap_or(Err(TailError::Died))
    }

    fn end(&mut self) -> Option<Result<(), TailError>> {
        self.bell.close();
        let ended = self.thread.take()?.join();
        Some(ended.unwrap_or(Err(TailError::Died)))
    }
}

/// Threads that leave the processors to whoever answers.
fn patient_threads() -> std::io::Result<ThreadPool> {
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let pool = ThreadPoolBuilder::new()
        .thread_name(|number| format!("archive-{number}"))
        .start_handler(move |_| {
            let this = thread_native_id();
            // Where the system does not allow it, they are like the others.
            let _ = set_thread_priority_and_policy(this, ThreadPriority::Min, idle);
        });
    pool.build().map_err(std::io::Error::other)
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.end();
    }
}

/// What the tail follows, and where it writes.
pub struct TailParts {
    /// The journal.
    pub journal: Arc<Journal>,
    /// The data folder.
    pub folder: Arc<DataFolder>,
    /// The archive's folders.
    pub archive: Arc<dyn Folders>,
    /// Seconds after which what is taken is sealed: half of them it may be late.
    pub max_age_s: u32,
    /// The folder of the checkpoints.
    pub checkpoints: Arc<dyn Disk>,
    /// Tells the time.
    pub clock: Clock,
}

struct Follower {
    parts: TailParts,
    state: State,
    matcher: Matcher,
    /// Decides by the candidate policy, too.
    shadow: Shadow,
    /// Whether there is no time for that.
    hurries: bool,
    builder: BatchBuilder,
    writer: RollingWriter,
    /// When it was last looked whether a file is due.
    ticked: Option<Stopwatch>,
    /// The record behind which the last checkpoint was made.
    checkpointed: Sequence,
    progress: Arc<TailProgress>,
}

impl Follower {
    fn run(mut self, bell: &Bell, patient: &ThreadPool) -> Result<(), TailError> {
        let work = || self.begin().and_then(|()| self.follow(bell, patient));
        let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(TailError::Died));
        if let Err(error) = &done {
            let stopped = &self.progress.stopped;
            let mut stopped = stopped.lock().unwrap_or_else(PoisonError::into_inner);
            *stopped = Some(error.to_string());
            tracing::error!(%error, "the archive has stopped");
        }
        done
    }

    /// Comes to where the archive ends: what is archived is only folded.
    fn begin(&mut self) -> Result<(), TailError> {
        let (parts, archived) = (&self.parts, self.writer.archived());
        let disk = parts.checkpoints.as_ref();
        let read = read_checkpoint(disk, &parts.folder, archived, |_| ());
        if let Some(state) = read.map_err(TailError::Begin)? {
            self.checkpointed = state.ledger.last;
            self.state = state;
        }
        let from = self.state.ledger.last.next();
        let mut history = History::open(parts.journal.as_ref(), Arc::clone(&parts.archive), from)?;
        while let Some((sequence, payload)) = history.next_record()? {
            self.take(sequence, payload)?;
        }
        self.tell();
        Ok(())
    }

    fn follow(&mut self, bell: &Bell, patient: &ThreadPool) -> Result<(), TailError> {
        let mut reader = self.parts.journal.read(self.state.ledger.last.next())?;
        loop {
            let closing = bell.closing.load(Ordering::Acquire);
            let taken = self.state.ledger.last.get();
            // The journal knows before it tells: at the end nothing that it knows may be passed over.
            let durable = bell.wait(taken).max(self.parts.journal.durable().get());
            let behind = durable - taken;
            if behind == 0 {
                self.progress.caught_up((self.parts.clock)());
            }
            let ending = closing && behind == 0;
            let sealing = bell.sealing.load(Ordering::Acquire);
            if ending && !sealing {
                // What is not sealed is made again from the journal.
                return Ok(());
            }
            let hurries = closing || behind > PATIENCE || (behind > 0 && self.is_late());
            self.hurries = behind > PATIENCE;
            let ticks = ending || self.is_tick();
            // Patient threads may get no time at all for long: whoever ends does not wait for the rest of a piece.
            let goes_on = || closing || !bell.closing.load(Ordering::Acquire);
            let mut work = || {
                if behind > 0 {
                    self.take_piece(&mut reader, goes_on)?;
                }
                match ticks && goes_on() {
                    true => self.encode(),
                    false => Ok(()),
                }
            };
            match hurries {
                true => work()?,
                false => patient.install(work)?,
            }
            if ticks {
                // Short, and promised by a time.
                self.seal(ending)?;
            }
            if ending {
                return Ok(());
            }
        }
    }

    /// Whether the record that it took last is so old that the next may be sealed too late.
    fn is_late(&self) -> bool {
        let (now, last) = ((self.parts.clock)(), self.state.ledger.last_at);
        now.micros().saturating_sub(last.micros()) > i64::from(self.parts.max_age_s) * 500_000
    }

    fn take_piece(
        &mut self,
        reader: &mut Reader,
        goes_on: impl Fn() -> bool,
    ) -> Result<(), TailError> {
        reader.follow(&self.parts.journal);
        for _ in 0..PIECE {
            if !goes_on() {
                break;
            }
            let Some(record) = reader.next_record()? else {
                break;
            };
            self.take(record.sequence, record.payload)?;
        }
        self.tell();
        Ok(())
    }

    /// Whether it is time to look what is due.
    fn is_tick(&mut self) -> bool {
        let due = |ticked: Stopwatch| ticked.elapsed() >= TICK;
        let ticks = self.ticked.is_none_or(due);
        if ticks {
            self.ticked = Some(Stopwatch::start());
        }
        ticks
    }

    /// Encodes rows that wait for company.
    fn encode(&mut self) -> Result<(), TailError> {
        match self.builder.finish()? {
            Some(batch) => Ok(self.writer.append(&batch)?),
            None => Ok(()),
        }
    }

    /// Seals what is due, or everything, and makes a checkpoint when all that was taken is sealed.
    fn seal(&mut self, all: bool) -> Result<(), TailError> {
        if all {
            self.writer.seal_now()?;
        } else {
            self.writer.tick((self.parts.clock)())?;
        }
        self.tell();
        let last = self.state.ledger.last;
        if last > self.checkpointed && self.writer.archived() == last {
            self.checkpoint()?;
        }
        Ok(())
    }

    /// Makes a checkpoint, behind which the journal's segments are not needed.
    fn checkpoint(&mut self) -> Result<(), TailError> {
        let disk = self.parts.checkpoints.as_ref();
        let oldest = write_checkpoint(disk, &self.state).map_err(TailError::Checkpoint)?;
        self.checkpointed = self.state.ledger.last;
        self.parts.journal.remove_before(oldest.next())?;
        Ok(())
    }

    fn take(&mut self, sequence: Sequence, payload: &[u8]) -> Result<(), TailError> {
        let fold = |error| TailError::Fold { sequence, error };
        let (record, event) = self.state.read(payload).map_err(fold)?;
        if sequence >= self.writer.next() {
            let archived = self.archive(sequence, payload, (&record, event.as_ref()))?;
            if let Some(batch) = archived {
                self.writer.append(&batch)?;
            }
        }
        let applied = self.state.apply(sequence, &record, event.as_ref());
        applied.map_err(fold)
    }

    /// Decides a record again, by the policy and by the candidate, and makes rows of it.
    fn archive(
        &mut self,
        sequence: Sequence,
        payload: &[u8],
        (record, event): (&Record<'_>, Option<&Event>),
    ) -> Result<Option<Batch>, TailError> {
        let decided = record.revision.as_ref();
        let decided = decided.filter(|revision| revision.is_decided());
        let shadow = match decided {
            Some(revision) => self.shadow.decide(&mut self.state, revision, self.hurries),
            None => Vec::new(),
        };
        let journaled = Journaled {
            sequence,
            payload,
            record,
            event,
            zone: self.state.zone(),
            shadow: &shadow,
        };
        let (seen, made_by) = (&self.shadow, (&mut self.state, &mut self.matcher));
        let seen = |decision: &Decision<'_>| seen.compare(decision, &shadow);
        let appended = append_rows(&mut self.builder, made_by, &journaled, seen);
        appended.map_err(|error| match error {
            RowsError::Fold(error) => TailError::Fold { sequence, error },
            RowsError::Archive(error) => error.into(),
            RowsError::Otherwise => TailError::Otherwise(sequence),
        })
    }

    fn tell(&self) {
        let (taken, archived) = (self.state.ledger.last, self.writer.archived());
        let taken_at = self.state.ledger.last_at.micros();
        self.progress.taken_at.store(taken_at, Ordering::Relaxed);
        self.progress.taken.store(taken.get(), Ordering::Relaxed);
        let told = &self.progress.archived;
        told.store(archived.get(), Ordering::Relaxed);
    }
}
