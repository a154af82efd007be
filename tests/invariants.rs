//! What must always hold of the shipped policy, whatever is declared: the stateless invariants of the law, as
//! properties of random declarations over variants of the shipped registry.

#[path = "invariants/world.rs"]
mod world;

use std::sync::LazyLock;

use greenlane::declaration::Day;
use greenlane::engine::{SelectedBy, Value};
use greenlane::policy::{Fact, Verdict};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use world::{Draft, Failure, Table, World, draft};

/// The registry's variants, compiled once.
struct Variants {
    shipped: World,
    /// Nobody is a member of anything.
    no_members: World,
    /// Every enterprise is an announced member of every zone, always.
    all_members: World,
    /// Every enterprise is approved everywhere, but never announced.
    approved_only: World,
    /// Every enterprise is on the black list.
    all_black: World,
    /// Every enterprise has this class: 1 to 4.
    classes: [World; 4],
    /// Every enterprise has class 1 and is on the red list.
    all_red: World,
}

static VARIANTS: LazyLock<Result<Variants, String>> =
    LazyLock::new(|| variants().map_err(|error| error.to_string()));

fn variants() -> Result<Variants, Failure> {
    let shipped = Table::shipped()?;
    let ids = shipped.column("enterprises", "enterprise_id");
    let zones = shipped.column("zones", "zone_id");
    let with = |table: &str, header: &str, rows: Vec<String>| {
        World::new(&shipped.replace(table, header, &rows))
    };
    let everywhere = |state: &str| {
        zones
            .iter()
            .flat_map(|zone| {
                ids.iter()
                    .map(move |id| format!("{zone},{id},{state},1,2000-01-01,"))
            })
            .collect()
    };
    let members = "zone_id,enterprise_id,state,batch,from,to";
    let class = |class: u8| {
        let rows = ids
            .iter()
            .map(|id| format!("{id},{class},2000,x,x,2000-01-01,2000-01-01,"))
            .collect::<Vec<_>>();
        shipped
            .replace(
                "classes",
                "enterprise_id,class,period,authority,document,assessed_on,from,to",
                &rows,
            )
            .replace("list_entries", LISTS, &[])
    };
    let listed = |list: &str| {
        ids.iter()
            .map(|id| format!("{id},{list},x,x,x,2000-01-01,"))
            .collect::<Vec<_>>()
    };
    Ok(Variants {
        no_members: with("memberships", members, Vec::new())?,
        all_members: with("memberships", members, everywhere("announced"))?,
        approved_only: with("memberships", members, everywhere("approved"))?,
        all_black: with("list_entries", LISTS, listed("black"))?,
        classes: [
            World::new(&class(1))?,
            World::new(&class(2))?,
            World::new(&class(3))?,
            World::new(&class(4))?,
        ],
        all_red: World::new(&class(1).replace("list_entries", LISTS, &listed("red")))?,
        shipped: World::new(&shipped)?,
    })
}

const LISTS: &str = "enterprise_id,list,reason,authority,document,from,to";

fn of() -> Result<&'static Variants, TestCaseError> {
    VARIANTS
        .as_ref()
        .map_err(|error| TestCaseError::fail(error.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, rng_seed: RngSeed::Fixed(20_161_102), ..ProptestConfig::default() })]

    /// S0-10: being a member adds no burden, declaration by declaration, since draws are nested.
    #[test]
    fn membership_never_makes_the_outcome_stricter(draft in draft()) {
        let variants = of()?;
        let without = variants.no_members.verdicts(&draft)?;
        for world in [&variants.shipped, &variants.all_members] {
            let with = world.verdicts(&draft)?;
            prop_assert!(with.iter().zip(&without).all(|(with, without)| with <= without), "{with:?} with, {without:?} without");
        }
    }

    /// S0-04, S0-07: only an announced member is a member.
    #[test]
    fn approved_but_not_announced_counts_for_nothing(draft in draft()) {
        let variants = of()?;
        prop_assert_eq!(variants.approved_only.verdicts(&draft)?, variants.no_members.verdicts(&draft)?);
    }

    /// S4-12: the black list dominates every benefit.
    #[test]
    fn a_black_listed_enterprise_is_always_held(draft in draft()) {
        let variants = of()?;
        if draft.trader_is_known() {
            prop_assert!(variants.all_black.verdicts(&draft)?.iter().all(|verdict| *verdict == Verdict::Hold));
        }
    }

    /// S4-10 to S4-13: red list ≤ class 1 ≤ class 2 ≤ class 3 ≤ class 4, in every draw.
    #[test]
    fn rates_are_ordered_by_class_and_nested(draft in draft()) {
        let variants = of()?;
        let mut milder = variants.all_red.verdicts(&draft)?;
        for world in &variants.classes {
            let stricter = world.verdicts(&draft)?;
            prop_assert!(milder.iter().zip(&stricter).all(|(a, b)| a <= b), "{milder:?} before {stricter:?}");
            milder = stricter;
        }
    }

    /// `[random]` and draws only ever make a release a sample.
    #[test]
    fn chance_never_makes_milder_and_says_so(draft in draft()) {
        let variants = of()?;
        let decided = variants.shipped.selected_by(&draft)?;
        for (verdict, by) in decided {
            prop_assert_eq!(verdict == Verdict::Release, by.is_none());
            prop_assert!(by != Some(SelectedBy::Random) || verdict == Verdict::Sample);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, rng_seed: RngSeed::Fixed(20_161_102), ..ProptestConfig::default() })]

    /// A backdated declaration revives nothing: what ended before the decision's day is as if it had never been.
    #[test]
    fn a_backdated_declaration_revives_nothing(draft in draft(), later in 0i32..1_500) {
        let variants = of()?;
        let day = Day::from_number(draft.day.number() + later);
        let ended = Table::shipped().and_then(|table| World::new(&table.persons_on(day))).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(variants.shipped.outcome_on(&draft, day)?, ended.outcome_on(&draft, day)?);
    }
}

/// S0-26: lamps declared on 2013-08-14 meet the catalogue, on 2013-08-15 they don't.
#[test]
fn lamps_leave_the_catalogue_between_the_two_august_days() -> Result<(), Failure> {
    let variants = VARIANTS.as_ref().map_err(Clone::clone)?;
    let mut seen = 0;
    for hs_code in ["9405100000", "9405409000", "8539310000"] {
        for (day, expected) in [("2013-08-14", true), ("2013-08-15", false)] {
            let draft = Draft {
                day: Day::parse(day)?,
                hs_codes: vec![hs_code],
                direction: "export",
                ..Draft::plain()
            };
            let statutory = variants
                .shipped
                .facts(&draft, Fact::CommodityStatutory)
                .map_err(|error| error.to_string())?;
            assert_eq!(statutory, [Value::Bool(expected)], "{hs_code} on {day}");
            seen += 1;
        }
    }
    assert_eq!(seen, 6);
    Ok(())
}
