//! The strictest sampling plan of the rules that spoke. The tables are the engine's, which a test of their own holds
//! against the standard's; lots, whole lots and strictness are worked out here.

use std::cmp::Ordering;

use greenlane::engine::sampling::{CodeLetter, Severity, single_plan};
use greenlane::engine::{Facts, Value};
use greenlane::policy::schema::Fact;
use greenlane::policy::{Rule, SamplingPlan};

use super::seen::SeenPlan;

const LEVELS: [&str; 7] = ["S-1", "S-2", "S-3", "S-4", "I", "II", "III"];
const UNITS_IN_ONE: i64 = 10_000;

/// The plans of rules, each worked out for the lot, the strictest first.
pub(crate) fn plans(spoke: &[&Rule], facts: &Facts<'_>) -> Vec<SeenPlan> {
    let lot = match facts.value(Fact::ItemQuantity) {
        Value::Number(units) if units > 0 => Some((units + UNITS_IN_ONE - 1) / UNITS_IN_ONE),
        _ => None,
    };
    let named = spoke
        .iter()
        .filter_map(|rule| rule.then.obligations.sampling_plan);
    // Which follows from all results of the file, another test says.
    let severity = facts.item.severity();
    let mut plans: Vec<SeenPlan> = named.map(|plan| seen(plan, severity, lot)).collect();
    plans.sort_by(stricter_first);
    plans
}

fn seen(plan: SamplingPlan, severity: Severity, lot: Option<i64>) -> SeenPlan {
    let sample = lot.map(|lot| {
        let letter = CodeLetter::of(lot.unsigned_abs(), plan.level).unwrap();
        let single = single_plan(letter, plan.aql, severity).unwrap();
        let size = i64::from(single.sample_size);
        // A sample as large as the lot is the lot.
        let drawn = if size >= lot { lot } else { size };
        (drawn, i64::from(single.acceptance_number))
    });
    SeenPlan {
        level: plan.level.as_str(),
        aql: plan.aql.as_str(),
        severity: severity.as_str(),
        sample,
    }
}

fn stricter_first(one: &SeenPlan, other: &SeenPlan) -> Ordering {
    let level = |plan: &SeenPlan| LEVELS.iter().position(|level| *level == plan.level);
    let aql = |plan: &SeenPlan| plan.aql.parse::<f64>().unwrap();
    let by_sample = match (one.sample, other.sample) {
        (Some((one_size, one_number)), Some((other_size, other_number))) => other_size
            .cmp(&one_size)
            .then(one_number.cmp(&other_number)),
        // One lot: its size is known for both or for neither.
        _ => Ordering::Equal,
    };
    by_sample
        .then(level(other).cmp(&level(one)))
        .then(aql(one).total_cmp(&aql(other)))
}
