//! Whoever waits for a record to be durable, without a thread: told by the journal's thread, group by group. That wakes
//! one waiter of each thread, who wakes the others there: to wake across threads costs a system call.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread::{self, ThreadId};

use dashmap::DashMap;

use super::refusal::Refusal;
use crate::journal::{Notice, Sequence};

/// A waiter's place in its line: the record that it waits for, and a number of its own, since several may wait for one
/// record: the sender of a declaration, and of its duplicates.
type Place = (u64, u64);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    /// Those of each thread.
    lines: DashMap<ThreadId, BTreeMap<Place, Waker>>,
    tickets: AtomicU64,
    durable: AtomicU64,
    stopped: AtomicBool,
}

impl Waiters {
    /// Hears what the journal says. Groups are told in their order, by one thread.
    pub(super) fn hear(&self, notice: &Notice) {
        match notice {
            Notice::Durable(sequence) => self.durable.store(sequence.get(), Ordering::SeqCst),
            Notice::Stopped(_) => self.stopped.store(true, Ordering::SeqCst),
        }
        let due = self.due();
        for line in &self.lines {
            if let Some(((sequence, _), waker)) = line.first_key_value()
                && *sequence <= due
            {
                // It stays in the line until it comes, or goes away, and sees to the others then.
                waker.wake_by_ref();
            }
        }
    }

    /// Waits until a record is durable.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub(super) const fn durable(&self, sequence: Sequence) -> Durable<'_> {
        Durable {
            waiters: self,
            sequence: sequence.get(),
            place: None,
        }
    }

    /// How many wait now.
    pub(super) fn count(&self) -> usize {
        self.lines.iter().map(|line| line.len()).sum()
    }

    /// Up to which record nobody need wait any longer.
    fn due(&self) -> u64 {
        match self.stopped.load(Ordering::SeqCst) {
            true => u64::MAX,
            false => self.durable.load(Ordering::SeqCst),
        }
    }
}

/// Waits for a record.
#[derive(Debug)]
pub(super) struct Durable<'w> {
    waiters: &'w Waiters,
    sequence: u64,
    place: Option<(ThreadId, Place)>,
}

impl Durable<'_> {
    /// What there is to say by now.
    fn said(&self) -> Option<Result<(), Refusal>> {
        if self.waiters.durable.load(Ordering::SeqCst) >= self.sequence {
            return Some(Ok(()));
        }
        let stopped = self.waiters.stopped.load(Ordering::SeqCst);
        stopped.then(|| {
            let why = "the journal has stopped: nothing is acknowledged any more";
            Err(Refusal::Stopped(why.to_owned()))
        })
    }

    /// Takes a place in the line of this thread, or keeps the one that it has.
    fn line_up(&mut self, waker: &Waker) {
        let (thread, place) = *self.place.get_or_insert_with(|| {
            let ticket = self.waiters.tickets.fetch_add(1, Ordering::Relaxed);
            (thread::current().id(), (self.sequence, ticket))
        });
        let mut line = self.waiters.lines.entry(thread).or_default();
        let earlier = line.insert(place, waker.clone());
        // Whatever ends with a waker must not find its line held.
        drop(line);
        drop(earlier);
    }

    /// Leaves the line and wakes all in it who need not wait any longer: it may be the one who was woken for them.
    fn leave(&mut self) {
        let Some((thread, place)) = self.place.take() else {
            return;
        };
        let Some(mut line) = self.waiters.lines.get_mut(&thread) else {
            return;
        };
        let own = line.remove(&place);
        let due = self.waiters.due();
        let mut woken = Vec::new();
        while let Some(first) = line.first_entry().filter(|first| first.key().0 <= due) {
            woken.push(first.remove());
        }
        drop(line);
        drop(own);
        woken.into_iter().for_each(Waker::wake);
    }
}

impl Future for Durable<'_> {
    type Output = Result<(), Refusal>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.said().is_none() {
            self.line_up(context.waker());
        }
        // The group may have been told in between.
        match self.said() {
            Some(said) => {
                self.leave();
                Poll::Ready(said)
            }
            None => Poll::Pending,
        }
    }
}

impl Drop for Durable<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Count {
        fn get(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }

    fn poll(durable: &mut Durable<'_>, count: &Arc<Count>) -> Poll<Result<(), Refusal>> {
        let waker = Waker::from(Arc::clone(count));
        Pin::new(durable).poll(&mut Context::from_waker(&waker))
    }

    fn told(waiters: &Waiters, sequence: u64) {
        waiters.hear(&Notice::Durable(Sequence::new(sequence)));
    }

    #[test]
    fn one_of_a_thread_is_woken_and_wakes_those_who_are_due() {
        let waiters = Waiters::default();
        let counts: [Arc<Count>; 4] = std::array::from_fn(|_| Arc::default());
        let mut all = [1, 2, 2, 3].map(|sequence| waiters.durable(Sequence::new(sequence)));
        for (durable, count) in all.iter_mut().zip(&counts) {
            assert_eq!(poll(durable, count), Poll::Pending);
        }
        told(&waiters, 2);
        let woken = || counts.each_ref().map(|count| count.get());
        assert_eq!((woken(), waiters.count()), ([1, 0, 0, 0], 4));
        let [first, second, third, fourth] = &mut all;
        assert_eq!(poll(first, &counts[0]), Poll::Ready(Ok(())));
        assert_eq!(woken(), [1, 1, 1, 0]);
        assert_eq!(poll(second, &counts[1]), Poll::Ready(Ok(())));
        assert_eq!(poll(third, &counts[2]), Poll::Ready(Ok(())));
        assert_eq!(poll(fourth, &counts[3]), Poll::Pending);
        told(&waiters, 3);
        assert_eq!(woken(), [1, 1, 1, 1]);
        assert_eq!(poll(fourth, &counts[3]), Poll::Ready(Ok(())));
        assert_eq!(waiters.count(), 0);
    }

    #[test]
    fn one_who_was_woken_and_goes_away_wakes_the_others() {
        let waiters = Waiters::default();
        let (gone, stays) = (Arc::default(), Arc::default());
        let mut first = waiters.durable(Sequence::new(1));
        let mut second = waiters.durable(Sequence::new(1));
        assert_eq!(poll(&mut first, &gone), Poll::Pending);
        assert_eq!(poll(&mut second, &stays), Poll::Pending);
        told(&waiters, 1);
        assert_eq!((gone.get(), stays.get()), (1, 0));
        drop(first);
        assert_eq!(stays.get(), 1);
        assert_eq!(poll(&mut second, &stays), Poll::Ready(Ok(())));
    }

    #[test]
    fn a_stop_is_told_to_all_but_those_whose_record_is_durable() {
        let waiters = Waiters::default();
        let count = Arc::default();
        let mut durable = waiters.durable(Sequence::new(1));
        let mut lost = waiters.durable(Sequence::new(2));
        assert_eq!(poll(&mut durable, &count), Poll::Pending);
        assert_eq!(poll(&mut lost, &count), Poll::Pending);
        told(&waiters, 1);
        waiters.hear(&Notice::Stopped("a test".into()));
        assert_eq!(poll(&mut durable, &count), Poll::Ready(Ok(())));
        assert!(matches!(poll(&mut lost, &count), Poll::Ready(Err(_))));
        let mut late = waiters.durable(Sequence::new(3));
        assert!(matches!(poll(&mut late, &count), Poll::Ready(Err(_))));
    }
}
