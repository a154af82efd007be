//! Obligations of an item in an answer: words, and the office by its code.

use crate::declaration::Item;
use crate::declaration::object::{Object, string};
use crate::engine::obligation::{self, follow_ups, objects, words};
use crate::engine::{Decision, ItemOutcome};
use crate::policy::Mode;

/// Writes what goes with an item's verdict to the end of `out`.
pub(super) fn write_obligations(
    decision: &Decision<'_>,
    item: &Item<'_>,
    outcome: &ItemOutcome,
    out: &mut Vec<u8>,
) {
    let of = &outcome.obligations;
    let office = of.office;
    let office = office.and_then(|kind| obligation::office(&decision.join(item), kind));
    let mut object = Object::open(out);
    object.nullable("mode", of.mode.map(Mode::as_str));
    object.list("tests", words(decision, &of.tests), string);
    object.list("documents", words(decision, &of.documents), string);
    let sample = of.plan.and_then(|plan| plan.sample);
    object.nullable_number("sample_size", sample.map(|sample| sample.size));
    object.nullable_number("specimens", of.specimens);
    object.list("objects", objects(of.objects), string);
    object.nullable("office", office);
    object.list("follow_up", follow_ups(of.follow_up), string);
    object.close();
}
