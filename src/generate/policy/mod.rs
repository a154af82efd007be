//! The policy: a header with parameters, rate table, random chance and deadlines, two score groups, and six books
//! of rules. In each book narrow rules for certain goods stand before a few broad ones for certain traders.

mod condition;
mod goods;
mod header;
mod rule;
mod score;

use super::random::{Purpose, Random};
use super::world::World;

/// A book: its id, who speaks in it, and what its conditions are mostly about.
struct Book {
    file: &'static str,
    id: &'static str,
    authority: &'static str,
}

const BOOKS: &[Book] = &[
    Book {
        file: "10-admissibility.toml",
        id: "admissibility",
        authority: "licensing authority",
    },
    Book {
        file: "20-integrity.toml",
        id: "integrity",
        authority: "credit supervision",
    },
    Book {
        file: "30-destination.toml",
        id: "destination",
        authority: "market access",
    },
    Book {
        file: "40-inspection.toml",
        id: "inspection",
        authority: "inspection and quarantine",
    },
    Book {
        file: "50-revenue.toml",
        id: "revenue",
        authority: "customs valuation",
    },
    Book {
        file: "60-risk.toml",
        id: "risk",
        authority: "risk control",
    },
];
/// Broad rules of each book, whatever the policy's size is.
const BROAD_RULES_PER_BOOK: u64 = 8;
/// Rules that compare a price with its band; each costs a check of its own.
const PRICE_RULES: u64 = 12;

/// All files of a policy of so many rules.
pub(super) fn files(world: &World, rules: u64) -> Vec<(String, String)> {
    let mut files = header::files();
    files.extend(score::files(world));
    let books = BOOKS.len() as u64;
    for (at, book) in BOOKS.iter().enumerate() {
        let at = at as u64;
        let count = rules / books + u64::from(at < rules % books);
        files.push((book.file.to_owned(), book_text(world, book, at, count)));
    }
    files
}

fn book_text(world: &World, book: &Book, at: u64, count: u64) -> String {
    let mut text = format!(
        "# Made up by `greenlane generate` for load tests; no authority ever asked for this.\n\n[[book]]\nid = \"{}\"\nauthority = \"{}\"\n",
        book.id, book.authority
    );
    for no in 0..count {
        let mut random = Random::new(world.seed, Purpose::Rule, at << 32 | no);
        let when = match (no + BROAD_RULES_PER_BOOK >= count, book.id) {
            (true, _) => condition::broad(&mut random),
            (false, "revenue") if no < PRICE_RULES => condition::price(&mut random, world),
            (false, _) => condition::narrow(&mut random, world),
        };
        text.push_str(&rule::text(&mut random, world, book.id, no, &when));
    }
    text
}
