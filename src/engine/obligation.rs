//! Obligations as they are told: words instead of numbers, and the office that is meant by `declared`, `origin`
//! or `zone`.

use std::cmp::Reverse;
use std::ops::Range;

use super::decision::Decision;
use super::join::ItemJoin;
use crate::declaration::Role;
use crate::policy::{FollowUp, Object, OfficeKind};
use crate::registry::Sym;

/// Tests or documents of a range.
pub(crate) fn words<'d>(
    decision: &'d Decision<'d>,
    range: &Range<usize>,
) -> impl Iterator<Item = &'d str> {
    let words = decision.outcome.words_of(range).iter();
    words.map(|no| decision.program.word(*no))
}

/// The objects of the bits.
pub(crate) fn objects(bits: u8) -> impl Iterator<Item = &'static str> {
    chosen(bits, Object::WORDS)
}

/// The follow-ups of the bits.
pub(crate) fn follow_ups(bits: u8) -> impl Iterator<Item = &'static str> {
    chosen(bits, FollowUp::WORDS)
}

fn chosen(bits: u8, words: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    let set = move |at: usize| bits >> at & 1 == 1;
    let words = words.iter().enumerate();
    words.filter_map(move |(at, word)| set(at).then_some(*word))
}

/// The office that carries an obligation out; none where neither declaration nor registry names it. Of several
/// zones whose scope holds the goods it is that of the highest level that has a resident office.
pub(crate) fn office<'j>(item: &ItemJoin<'j>, kind: OfficeKind) -> Option<&'j str> {
    let header = item.header;
    let sym = match kind {
        OfficeKind::Declared => return header.declaration.office.as_deref(),
        OfficeKind::Origin => header.standing(Role::Enterprise)?.office,
        OfficeKind::Zone => {
            let offices = item.zones_in_scope().filter_map(|membership| {
                let zone = header.registry.zone(membership.zone)?;
                let office = zone.on(header.decision_day)?.resident_office;
                (office != Sym::EMPTY).then_some((membership.level, office))
            });
            offices.min_by_key(|(level, _)| Reverse(*level))?.1
        }
    };
    (sym != Sym::EMPTY).then(|| header.registry.symbols().name(sym))
}
