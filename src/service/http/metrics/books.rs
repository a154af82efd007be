//! What each book said: a declaration counts once for each book that spoke of one of its items, by the strictest verdict
//! that the book gave it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use prometheus::{IntCounter, IntCounterVec, Registry};

use super::{counters, pairs, place};
use crate::policy::Policy;
use crate::service::Decided;

/// See the module.
pub(super) struct Books {
    all: IntCounterVec,
    /// Those of the policy that decided last, so that nothing is looked up by its name.
    last: ArcSwap<Counters>,
}

/// The counters of a policy's books.
#[derive(Default)]
struct Counters {
    policy: Option<Arc<Policy>>,
    /// By book, then by verdict and direction.
    books: Vec<Vec<IntCounter>>,
}

impl Books {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let all = counters(
            registry,
            "greenlane_book_decisions_total",
            "Declarations decided and answered of which a book spoke: by the book, the strictest verdict that it gave, and direction.",
            &["book", "verdict", "direction"],
        )?;
        Ok(Self {
            all,
            last: ArcSwap::default(),
        })
    }

    /// So that what no book has said yet is told as nothing.
    pub(super) fn begin(&self, policy: &Arc<Policy>) {
        self.take(policy);
    }

    /// Takes the books of a policy.
    fn take(&self, policy: &Arc<Policy>) -> Arc<Counters> {
        let counter = |book: &str| {
            let each = pairs().map(|(verdict, direction)| {
                let labels = [book, verdict.as_str(), direction.as_str()];
                self.all.with_label_values(&labels)
            });
            each.collect()
        };
        let books = policy.books.iter().map(|book| counter(&book.id));
        let counters = Arc::new(Counters {
            policy: Some(Arc::clone(policy)),
            books: books.collect(),
        });
        self.last.store(Arc::clone(&counters));
        counters
    }

    pub(super) fn count(&self, decided: &Decided) {
        let last = self.last.load();
        let same = |policy: &Arc<Policy>| Arc::ptr_eq(policy, &decided.policy);
        match last.policy.as_ref().is_some_and(same) {
            true => last.count(decided),
            false => self.take(&decided.policy).count(decided),
        }
    }
}

impl Counters {
    fn count(&self, decided: &Decided) {
        for (book, verdict) in decided.books() {
            let place = place(verdict, decided.direction);
            if let Some(counter) = self.books.get(book).and_then(|of| of.get(place)) {
                counter.inc();
            }
        }
    }
}
