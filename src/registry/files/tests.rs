//! Files against a plain list of everything that happened.

use proptest::prelude::*;

use super::{Counted, Files, Heading, Mark, Switching, Windows};
use crate::declaration::{Country, Day};

const TESTS: [&str; 3] = ["azo", "formaldehyde", "ph"];

/// Something that happened: whose, the heading, the country, the day, what, and the value or a test.
type Happened = (usize, u16, usize, i32, usize, i64);

fn mark(happened: &Happened) -> Mark<'static> {
    let (enterprise, heading, country, day, what, number) = *happened;
    let counted = *Counted::ALL.get(what).unwrap();
    let declared = counted == Counted::Declared;
    let test = *TESTS.get(number as usize % 3).unwrap();
    Mark {
        enterprise: ["", "E1", "E2"].get(enterprise).unwrap(),
        heading: Heading::from_number(heading),
        country: [Country::parse("DE").ok(), Country::parse("US").ok(), None][country],
        day: Day::from_number(day),
        counted,
        value: if declared { number } else { 0 },
        quantity: if declared { 2 * number } else { 0 },
        failed_tests: if counted == Counted::Failed {
            vec![test]
        } else {
            vec![]
        },
    }
}

/// The days of a window, counted back one by one.
fn within(day: Day, last: Day, first: Day) -> bool {
    first < day && day <= last
}

fn plain(all: &[Mark<'_>], enterprise: &str, heading: Heading, day: Day) -> Windows {
    let own: Vec<&Mark<'_>> = all
        .iter()
        .filter(|mark| mark.enterprise == enterprise && mark.heading == heading)
        .collect();
    let before = Day::from_number(day.number() - 1);
    let year = |mark: &&&Mark<'_>| within(mark.day, day, day.year_before());
    let count = |what| {
        own.iter()
            .filter(year)
            .filter(|mark| mark.counted == what)
            .count() as u32
    };
    let month = |mark: &&&Mark<'_>| {
        mark.counted == Counted::Declared
            && within(mark.day, before, Day::from_number(day.number() - 31))
    };
    let cancelled = own.iter().filter(|mark| mark.counted == Counted::Cancelled);
    let mut results: Vec<&&Mark<'_>> = own
        .iter()
        .filter(|mark| matches!(mark.counted, Counted::Passed | Counted::Failed) && mark.day <= day)
        .collect();
    results.sort_by_key(|mark| mark.day);
    // In the order in which they came.
    let came = own
        .iter()
        .filter(|mark| matches!(mark.counted, Counted::Passed | Counted::Failed));
    let switching = came.fold(Switching::START, |state, mark| {
        state.after(mark.counted == Counted::Passed)
    });
    let passed = results
        .iter()
        .rev()
        .take_while(|mark| mark.counted == Counted::Passed);
    Windows {
        severity: switching.severity(),
        passes_in_a_row: passed.count() as u32,
        inspections: count(Counted::Passed) + count(Counted::Failed),
        failures: count(Counted::Failed),
        notifications: count(Counted::Notified),
        returns: count(Counted::Returned),
        complaints: count(Counted::Complained),
        cancelled: cancelled
            .filter(|mark| within(mark.day, before, before.year_before()))
            .count() as u32,
        declarations: own.iter().filter(month).count() as u32,
        value: own.iter().filter(month).map(|mark| mark.value).sum(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn windows_are_those_of_a_plain_list(
        happened in prop::collection::vec((0..3usize, 9405..9407u16, 0..3usize, 20_000..20_400i32, 0..10usize, 0..1_000i64), 1..60),
        days in prop::collection::vec(19_990..20_420i32, 60),
    ) {
        let (files, mut all) = (Files::default(), Vec::new());
        for (happened, day) in happened.iter().zip(days) {
            let (new, day) = (mark(happened), Day::from_number(day));
            files.note(&new);
            all.push(new);
            for enterprise in ["E1", "E2", "E3"] {
                for heading in [9405, 9406].map(Heading::from_number) {
                    let found = files.windows(enterprise, heading, day);
                    prop_assert_eq!(found, plain(&all, enterprise, heading, day));
                    prop_assert_eq!(files.windows(enterprise, heading, day), found, "read again");
                    let failed = all.iter().filter(|mark| {
                        mark.enterprise == enterprise && mark.heading == heading && within(mark.day, day, day.year_before())
                    });
                    let mut tests: Vec<&str> = failed.flat_map(|mark| mark.failed_tests.clone()).collect();
                    tests.sort_unstable();
                    tests.dedup();
                    prop_assert_eq!(files.failed_tests(enterprise, heading, day), tests.into_iter().map(Box::from).collect::<Vec<Box<str>>>());
                }
            }
            let told = |what| all.iter().filter(|mark| {
                mark.counted == what && mark.country == new_country(&all) && mark.heading == all.last().unwrap().heading
                    && within(mark.day, day, day.year_before())
            }).count() as u32;
            let market = files.market(all.last().unwrap().heading, new_country(&all), day);
            let expected = match new_country(&all) {
                None => (0, 0),
                Some(_) => (told(Counted::Notified), told(Counted::Returned)),
            };
            prop_assert_eq!(market, expected);
        }
        for enterprise in ["E1", "E2"] {
            let own = || all.iter().filter(|mark| mark.enterprise == enterprise);
            let (mut count, mut value, mut quantity) = (0, 0, 0);
            files.of(enterprise, |headings| for row in headings.iter().flat_map(|file| &file.months) {
                count += row.counts.iter().sum::<u32>();
                value += row.value;
                quantity += row.quantity;
            });
            prop_assert_eq!(count as usize, own().count());
            prop_assert_eq!(value, own().map(|mark| mark.value).sum::<i64>());
            prop_assert_eq!(quantity, own().map(|mark| mark.quantity).sum::<i64>());
        }
    }
}

fn new_country(all: &[Mark<'_>]) -> Option<Country> {
    all.last().and_then(|mark| mark.country)
}

#[test]
fn days_long_past_are_only_in_the_months_and_passes_in_a_row_go_on() {
    let files = Files::default();
    let happened = |day, what| mark(&(1, 9405, 0, day, what, 0));
    let passed = Counted::Passed as usize;
    for day in (20_000..21_000).step_by(10) {
        files.note(&happened(day, passed));
    }
    let windows = files.windows("E1", Heading::from_number(9405), Day::from_number(21_000));
    assert_eq!((windows.passes_in_a_row, windows.inspections), (100, 36));
    files.of("E1", |headings| {
        let file = headings.first().unwrap();
        assert_eq!(file.days.len(), 41, "days");
        assert_eq!(file.months.len(), 33, "months");
    });
    files.note(&happened(20_995, Counted::Failed as usize));
    let windows = files.windows("E1", Heading::from_number(9405), Day::from_number(21_000));
    assert_eq!((windows.passes_in_a_row, windows.failures), (0, 1));
}

#[test]
fn a_failed_test_that_comes_long_after_its_day_is_known_no_longer_than_the_day() {
    let files = Files::default();
    let failed = Counted::Failed as usize;
    files.note(&mark(&(1, 9405, 0, 20_500, failed, 0)));
    files.note(&mark(&(1, 9405, 0, 20_000, failed, 1)));
    let (heading, day) = (Heading::from_number(9405), Day::from_number(20_010));
    assert_eq!(files.windows("E1", heading, day).failures, 0);
    assert!(files.failed_tests("E1", heading, day).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_was_withdrawn_never_happened(
        happened in prop::collection::vec((0..3usize, 9405..9407u16, 0..3usize, 20_000..20_400i32, 0..10usize, 0..1_000i64, any::<bool>()), 1..40),
    ) {
        let (files, without) = (Files::default(), Files::default());
        let day = Day::from_number(20_390);
        for (enterprise, heading, country, on, what, number, mistaken) in happened {
            let new = mark(&(enterprise, heading, country, on, what, number));
            // Adverse events alone are voided.
            let mistaken = mistaken && new.counted as usize >= Counted::Notified as usize;
            files.note(&new);
            // What was read last is kept.
            prop_assert!(files.windows("E1", new.heading, day).value >= 0);
            match mistaken {
                true => files.withdraw(&new),
                false => without.note(&new),
            }
            for enterprise in ["E1", "E2"] {
                let read = |files: &Files| files.windows(enterprise, new.heading, day);
                prop_assert_eq!(read(&files), read(&without));
            }
            let told = |files: &Files| files.market(new.heading, new.country, day);
            prop_assert_eq!(told(&files), told(&without));
        }
    }
}

#[test]
fn tests_are_counted_by_month_of_the_heading_that_was_inspected() {
    let files = Files::default();
    let passed = Counted::Passed as usize;
    // The last day of a month, and days of the next.
    for (day, test, is_passed) in [
        (19_996, "ph", true),
        (19_997, "ph", false),
        (20_000, "azo", true),
        (20_026, "ph", true),
    ] {
        let mark = mark(&(1, 9405, 0, day, passed, 0));
        files.note(&mark);
        files.note_test(&mark, test, is_passed);
    }
    let rows = files.of("E1", |headings| {
        let tests = headings.iter().flat_map(|file| &file.tests);
        let row = |row: &super::TestRow| {
            let month = row.month.to_string();
            (month, row.test.to_string(), row.passed, row.failed)
        };
        tests.map(row).collect::<Vec<_>>()
    });
    let row = |month: &str, test: &str, passed, failed| {
        (month.to_owned(), test.to_owned(), passed, failed)
    };
    let expected = [
        row("2024-09-01", "ph", 1, 0),
        row("2024-10-01", "azo", 1, 0),
        row("2024-10-01", "ph", 1, 1),
    ];
    assert_eq!(rows, expected);
}
