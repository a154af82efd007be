//! What inspections of an enterprise's raw material found, day by day.

use super::heading::KEPT_DAYS;
use crate::declaration::Day;
use crate::registry::word::TestResult;

/// A day, and what an inspection found on it.
pub type MaterialDay = (Day, TestResult);

/// Notes a day in those of an enterprise, which are in their order, each with each result once. Those long past are let go.
pub(super) fn note(days: &mut Vec<MaterialDay>, found: MaterialDay) {
    if let Err(at) = days.binary_search(&found) {
        days.insert(at, found);
    }
    let newest = days.last().map_or(found.0, |(day, _)| *day);
    let first = Day::from_number(newest.number().saturating_sub(KEPT_DAYS));
    days.retain(|(day, _)| *day >= first);
}

/// The latest, up to a day, of tests in their order; of one day the graver.
#[must_use]
pub fn latest_test(days: &[MaterialDay], day: Day) -> Option<MaterialDay> {
    let past = days.partition_point(|(found, _)| *found <= day);
    days.get(past.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_result_up_to_a_day_is_read_and_of_one_day_the_graver() {
        let day = Day::from_number;
        let mut days = Vec::new();
        for found in [
            (day(20), TestResult::Failed),
            (day(10), TestResult::Passed),
            (day(20), TestResult::Passed),
            (day(20), TestResult::Failed),
        ] {
            note(&mut days, found);
        }
        assert_eq!(days.len(), 3);
        assert_eq!(latest_test(&days, day(9)), None);
        assert_eq!(
            latest_test(&days, day(19)),
            Some((day(10), TestResult::Passed))
        );
        assert_eq!(
            latest_test(&days, day(20)),
            Some((day(20), TestResult::Failed))
        );
        note(&mut days, (day(21 + KEPT_DAYS), TestResult::Passed));
        assert_eq!(days.len(), 1);
    }
}
