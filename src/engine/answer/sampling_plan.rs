//! The sampling plan of an item as officers see it: by what it was chosen, and how many units may not conform.

use crate::declaration::object::Object;
use crate::engine::sampling::{LotPlan, LotSample};

/// Writes a plan, or `null`. Its numbers are `null` where the lot's size is not known.
pub(super) fn write_sampling_plan(plan: Option<LotPlan>, out: &mut Vec<u8>) {
    let Some(plan) = plan else {
        out.extend_from_slice(b"null");
        return;
    };
    let accepted = plan.sample.map(|sample| sample.acceptance_number);
    let rejected = plan.sample.map(LotSample::rejection_number);
    let mut object = Object::open(out);
    object.text("level", plan.plan.level.as_str());
    object.text("aql", plan.plan.aql.as_str());
    object.text("severity", plan.severity.as_str());
    object.nullable_number("acceptance_number", accepted);
    object.nullable_number("rejection_number", rejected);
    object.close();
}
