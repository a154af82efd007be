//! What is counted of a declaration that was just decided.

use std::sync::Arc;

use crate::declaration::Direction;
use crate::limits::MAX_BOOKS;
use crate::policy::{Policy, Verdict};
use crate::supervision::{Matcher, Took};

/// See the module.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The declaration's verdict.
    pub verdict: Verdict,
    /// Where its goods go.
    pub direction: Direction,
    /// By which policy.
    pub policy: Arc<Policy>,
    /// How long it took.
    pub took: Took,
    /// Of each book the strictest verdict that it gave.
    books: [Option<Verdict>; MAX_BOOKS],
}

impl Decided {
    /// What was decided last; none before the first.
    #[must_use]
    pub fn of(matcher: &Matcher) -> Option<Self> {
        let (policy, direction) = matcher.last()?;
        let outcome = matcher.outcome();
        let mut books = [None; MAX_BOOKS];
        for item in 0..outcome.items.len() {
            for (strictest, book) in books.iter_mut().zip(outcome.books_of(item)) {
                *strictest = book.verdict.max(*strictest);
            }
        }
        Some(Self {
            verdict: outcome.verdict,
            direction: *direction,
            policy: Arc::clone(policy),
            took: matcher.took,
            books,
        })
    }

    /// The books that spoke, by their places in the policy, each with the strictest verdict that it gave.
    pub fn books(&self) -> impl Iterator<Item = (usize, Verdict)> {
        let books = self.books.iter().enumerate();
        books.filter_map(|(at, verdict)| Some((at, (*verdict)?)))
    }
}
