//! What a plan is on a lot: its size in whole units, the whole lot where it is small, and the stricter of two plans.

use greenlane::declaration::Amount;
use greenlane::engine::sampling::{LotPlan, LotSample, Severity, lot_size};
use greenlane::policy::{Aql, InspectionLevel, SamplingPlan};

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn on(level: InspectionLevel, aql: Aql, severity: Severity, quantity: &str) -> LotPlan {
    let plan = SamplingPlan { level, aql };
    LotPlan::new(plan, severity, Some(amount(quantity)))
}

/// Sample size, acceptance and rejection number.
fn numbers(plan: LotPlan) -> (u32, u32, u32) {
    let sample = plan.sample.unwrap();
    let rejected = LotSample::rejection_number(sample);
    (sample.size, sample.acceptance_number, rejected)
}

#[test]
fn a_lot_has_whole_units_and_a_part_of_one_counts_as_one() {
    for (quantity, lot) in [
        ("0", None),
        ("0.0001", Some(1)),
        ("1", Some(1)),
        ("1.0001", Some(2)),
        ("280", Some(280)),
        ("280.5", Some(281)),
        ("900000000000000", Some(900_000_000_000_000)),
    ] {
        assert_eq!(lot_size(amount(quantity)), lot, "{quantity}");
    }
    assert_eq!(lot_size(amount("-1")), None);
}

#[test]
fn the_sample_follows_from_lot_level_aql_and_severity() {
    use InspectionLevel::{I, II, III, S1};
    let (normal, tightened) = (Severity::Normal, Severity::Tightened);
    let all = [
        (on(II, Aql::A2_5, normal, "1200"), (80, 5, 6)),
        (on(II, Aql::A2_5, tightened, "1200"), (80, 3, 4)),
        (on(II, Aql::A2_5, normal, "1200.5"), (125, 7, 8)),
        (on(I, Aql::A2_5, normal, "1200"), (32, 2, 3)),
        (on(III, Aql::A2_5, normal, "1200"), (125, 7, 8)),
        (on(S1, Aql::A2_5, normal, "1200"), (5, 0, 1)),
        (
            on(III, Aql::A0_065, normal, "900000000000000"),
            (2_000, 3, 4),
        ),
    ];
    for (plan, expected) in all {
        assert_eq!(numbers(plan), expected, "{plan:?}");
    }
}

#[test]
fn a_plan_for_as_many_units_as_the_lot_has_takes_the_whole_lot() {
    let small = |quantity| {
        let plan = on(InspectionLevel::II, Aql::A0_10, Severity::Normal, quantity);
        numbers(plan)
    };
    // An arrow leads from the letters of small lots to a sample of 125.
    assert_eq!(small("1"), (1, 0, 1));
    assert_eq!(small("124"), (124, 0, 1));
    assert_eq!(small("125"), (125, 0, 1));
    assert_eq!(small("126"), (125, 0, 1));
}

#[test]
fn a_plan_without_a_quantity_stands_without_numbers() {
    let plan = SamplingPlan {
        level: InspectionLevel::I,
        aql: Aql::A4_0,
    };
    for quantity in [None, Some(Amount::ZERO)] {
        let plan = LotPlan::new(plan, Severity::Tightened, quantity);
        assert_eq!(plan.sample, None);
        assert_eq!(plan.severity, Severity::Tightened);
    }
}

/// Every plan on a lot of a quantity.
fn every(quantity: Option<&str>) -> Vec<LotPlan> {
    let levels = InspectionLevel::ALL.iter();
    let plans = levels.flat_map(|level| {
        let aqls = Aql::ALL.iter();
        aqls.map(|aql| SamplingPlan {
            level: *level,
            aql: *aql,
        })
    });
    let quantity = quantity.map(amount);
    plans
        .map(|plan| LotPlan::new(plan, Severity::Normal, quantity))
        .collect()
}

#[test]
fn the_stricter_of_two_plans_has_the_larger_sample_then_the_smaller_acceptance_number() {
    let mut ties = 0;
    for quantity in ["1", "9", "60", "280", "3000", "40000", "1000000"] {
        let plans = every(Some(quantity));
        for one in &plans {
            for other in &plans {
                let stricter = one.stricter(*other);
                assert_eq!(stricter, other.stricter(*one));
                let (own, one, other) = (numbers(stricter), numbers(*one), numbers(*other));
                let expected = if one.0 == other.0 {
                    ties += usize::from(one.1 != other.1);
                    (one.0, one.1.min(other.1))
                } else {
                    [one, other]
                        .into_iter()
                        .max()
                        .map(|it| (it.0, it.1))
                        .unwrap()
                };
                assert_eq!((own.0, own.1), expected);
            }
        }
    }
    assert!(ties > 100, "{ties} pairs with samples of one size");
}

#[test]
fn of_two_plans_without_numbers_the_larger_level_is_the_stricter_then_the_smaller_aql() {
    let plans = every(None);
    for (at, one) in plans.iter().enumerate() {
        for other in &plans[at + 1..] {
            let (own, later) = (one.plan, other.plan);
            let expected = if own.level == later.level { own } else { later };
            assert_eq!(one.stricter(*other).plan, expected);
            assert_eq!(other.stricter(*one).plan, expected);
        }
    }
}
