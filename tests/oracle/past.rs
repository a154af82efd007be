//! What happened before, in the quality files of a case's registry: little of each, near the days of declarations.

use greenlane::declaration::{Country, Day, HsCode};
use greenlane::registry::{Counted, Heading, Mark, Registry};

use super::pool::{COUNTRIES, DECLARED, Dice, ENTERPRISES, HS_CODES, STRANGERS, TESTS};

/// Marks of a case.
const MARKS: usize = 160;
/// Amounts that were declared, in 1/10,000.
const VALUES: [i64; 4] = [5_000, 10_000, 250_000_000, 1_000_000_000];

pub(crate) fn note(registry: &Registry, seed: u64) {
    let mut dice = Dice::new(seed ^ 0x5eed);
    let code = |text: &str| HsCode::parse(text).expect("a code of the pool");
    for _ in 0..dice.below(MARKS) {
        let counted = *dice.one_of(&Counted::ALL);
        let parties = if dice.percent(90) {
            ENTERPRISES
        } else {
            STRANGERS
        };
        let day = Day::parse(dice.pick(DECLARED)).expect("a day of the pool");
        let ago = match dice.below(3) {
            0 => dice.below(4),
            1 => dice.below(40),
            _ => dice.below(400),
        };
        let tests = match counted {
            Counted::Failed => vec![dice.pick(TESTS)],
            _ => Vec::new(),
        };
        let value = match counted {
            Counted::Declared => *dice.one_of(&VALUES),
            _ => 0,
        };
        registry.files().note(&Mark {
            enterprise: dice.maybe(95, parties).unwrap_or_default(),
            heading: Heading::from(code(dice.pick(HS_CODES))),
            country: Country::parse(dice.pick(COUNTRIES)).ok(),
            day: Day::from_number(day.number() + 3 - ago as i32),
            counted,
            value,
            quantity: value,
            failed_tests: tests,
        });
    }
}
