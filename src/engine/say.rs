//! What rules had to say of an item: those that ended the walk of their books, and those that matched without
//! being selected.

use super::answer::Said;
use super::decision::Decision;
use super::outcome::{BookOutcome, RuleNo};
use crate::policy::{Book, Rule, Verdict};

/// A rule that matched an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Say<'d> {
    pub(crate) book: &'d Book,
    pub(crate) rule: &'d Rule,
    /// What an answer says of it.
    pub(super) said: &'d Said,
    /// The verdict that it gave its book, itself or by its `otherwise`; none where it was not selected and said
    /// nothing.
    pub(crate) verdict: Option<Verdict>,
    /// Whether it spoke itself.
    pub(crate) spoke: bool,
}

/// What rules had to say of an item, book after book; in each the rule that ended its walk comes first.
pub(crate) fn says<'d>(decision: &'d Decision<'d>, at: usize) -> impl Iterator<Item = Say<'d>> {
    let books = decision.outcome.books_of(at).iter();
    books.flat_map(move |book| {
        let unselected = decision.outcome.unselected_of(book).iter().copied();
        let others = unselected.filter(|no| Some(*no) != book.rule);
        book.rule
            .into_iter()
            .chain(others)
            .filter_map(|no| say(decision, book, no))
    })
}

fn say<'d>(decision: &'d Decision<'d>, said: &BookOutcome, no: RuleNo) -> Option<Say<'d>> {
    let (book, rule) = decision.program.rule(no)?;
    let ended = said.rule == Some(no);
    Some(Say {
        book,
        rule,
        said: decision.program.said(no)?,
        verdict: said.verdict.filter(|_| ended),
        spoke: ended && said.spoke,
    })
}
