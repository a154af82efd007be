//! Accountability cases of a party, by day; and that a case stays whose it is.

use super::{code, registry, source, standing};
use crate::registry::{CaseCause, Change, LiveRegistry, PartyCase, Registry};

const FIRMS: (&str, &str) = ("enterprises", "enterprise_id\nA\nB\n");

fn cases<'r>(registry: &'r Registry, id: &str, on: &str) -> &'r [PartyCase] {
    &standing(registry, id, on).cases
}

#[test]
fn a_case_is_open_from_its_first_day_until_it_is_closed_and_its_measures_last_until_their_day() {
    let r = registry(&[
        FIRMS,
        (
            "cases",
            "case_id,enterprise_id,hs_scope,opened_on,cause,measures_until,closed_on\n\
             C,A,9405,2016-01-10,capability,2016-07-01,2016-02-01\n",
        ),
    ]);
    let seen = |on| {
        let mut cases = cases(&r, "A", on).iter();
        cases.next().map(|case| (case.open, case.in_force))
    };
    assert_eq!(
        [
            "2016-01-09",
            "2016-01-10",
            "2016-01-31",
            "2016-02-01",
            "2016-06-30",
            "2016-07-01"
        ]
        .map(seen),
        [
            None,
            Some((true, true)),
            Some((true, true)),
            Some((false, true)),
            Some((false, true)),
            None
        ]
    );
    let case = cases(&r, "A", "2016-03-01")[0];
    assert_eq!(case.cause, Some(CaseCause::Capability));
    let scope = r.scope(case.scope).unwrap();
    assert!(scope.holds(code("940511")) && !scope.holds(code("853950")));
    assert!(cases(&r, "B", "2016-03-01").is_empty());
}

#[test]
fn measures_without_an_end_last_as_long_as_the_case_is_open() {
    let r = registry(&[
        FIRMS,
        (
            "cases",
            "case_id,enterprise_id,opened_on,cause,closed_on\nC,A,2016-01-10,capability,2016-02-01\nD,B,2016-01-10,malice,\n",
        ),
    ]);
    assert!(cases(&r, "A", "2016-01-31")[0].in_force);
    assert!(cases(&r, "A", "2016-02-01").is_empty());
    assert!(cases(&r, "B", "2036-02-01")[0].open);
}

#[test]
fn more_cases_on_a_day_than_a_decision_may_join_are_refused() {
    let table = |count: usize| {
        let rows: String = (0..count)
            .map(|no| format!("C{no},A,2016-01-10\n"))
            .collect();
        format!("case_id,enterprise_id,opened_on\n{rows}")
    };
    let built = |count| Registry::build(&source(&[FIRMS, ("cases", &table(count))]), None);
    // Alike ones are one to whoever asks.
    assert_eq!(cases(&built(256).unwrap(), "A", "2016-01-10").len(), 1);
    let told = built(257).unwrap_err().to_string();
    assert!(
        told.contains("cases of one enterprise: 257 on 2016-01-10, at most 256"),
        "{told}"
    );
}

fn put(case: &str, enterprise: &str) -> Change {
    let row = [
        ("case_id", case),
        ("enterprise_id", enterprise),
        ("opened_on", "2016-01-10"),
    ];
    Change::Put {
        table: "cases".to_owned(),
        row: row
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .to_vec(),
    }
}

fn none_of(enterprise: &str) -> Change {
    Change::Replace {
        table: "cases".to_owned(),
        owner: enterprise.to_owned(),
        rows: Vec::new(),
    }
}

#[test]
fn a_case_stays_whose_it_is_unless_it_leaves_there_by_the_same_change() {
    let mut live = LiveRegistry::open(&source(&[FIRMS]), None).unwrap();
    live.change(&[put("C", "A")]).unwrap();
    assert_eq!(live.enterprise_of_case("C"), Some("A"));
    let told = live.change(&[put("C", "B")]).unwrap_err().to_string();
    assert!(told.contains("`C` is a case of `A`"), "{told}");
    // In one change it may not be both's either.
    let told = live
        .change(&[put("C", "B"), put("D", "A")])
        .unwrap_err()
        .to_string();
    assert!(told.contains("comes a second time"), "{told}");
    assert_eq!(live.enterprise_of_case("C"), Some("A"));
    live.change(&[put("C", "B"), none_of("A")]).unwrap();
    assert_eq!(live.enterprise_of_case("C"), Some("B"));
    live.take_back().unwrap();
    assert_eq!(live.enterprise_of_case("C"), Some("A"));
    live.change(&[none_of("A")]).unwrap();
    assert_eq!(live.enterprise_of_case("C"), None);
    assert!(live.rows("cases", "A").is_empty() && live.rows("nothing", "A").is_empty());
}
