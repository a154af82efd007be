//! Where product lots lead that adverse events name.

use proptest::prelude::*;

use super::{day, messages, registry, source};
use crate::registry::{Change, LiveRegistry};

const ENTERPRISES: (&str, &str) = ("enterprises", "enterprise_id\nA\nB\n");
const LOTS: (&str, &str) = ("lots", "lot_id,enterprise_id\nSTEEL,A\nGLASS,A\nYARN,B\n");
/// Two lamps share their steel, a third shares glass with the second, and socks share nothing with any.
const PRODUCTS: (&str, &str) = (
    "products",
    "product_lot,enterprise_id,material_lots\nLAMP-1,A,STEEL\nLAMP-2,A,STEEL;GLASS\nLAMP-3,A,GLASS\nSOCKS,B,YARN\n",
);

fn reached(traces: &str, on: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let registry = registry(&[ENTERPRISES, LOTS, PRODUCTS, ("traces", traces)]);
    let (traced, on) = (registry.traced(), day(on));
    let products = ["LAMP-1", "LAMP-2", "LAMP-3", "SOCKS", "STRANGER"];
    let materials = ["STEEL", "GLASS", "YARN"];
    (
        products
            .into_iter()
            .filter(|lot| traced.reaches_product(lot, on))
            .collect(),
        materials
            .into_iter()
            .filter(|lot| traced.reaches_material(lot, on))
            .collect(),
    )
}

#[test]
fn a_lot_leads_to_its_material_and_to_what_else_was_made_of_it_and_no_further() {
    let one = "trace_id,product_lots\nN,LAMP-1\n";
    assert_eq!(
        reached(one, "2016-03-10"),
        (vec!["LAMP-1", "LAMP-2"], vec!["STEEL"])
    );
    let two = "trace_id,product_lots\nN,LAMP-2;SOCKS\n";
    assert_eq!(
        reached(two, "2016-03-10"),
        (
            vec!["LAMP-1", "LAMP-2", "LAMP-3", "SOCKS"],
            vec!["STEEL", "GLASS", "YARN"]
        )
    );
    let stranger = "trace_id,product_lots\nN,STRANGER\n";
    assert_eq!(
        reached(stranger, "2016-03-10"),
        (vec!["STRANGER"], Vec::new())
    );
}

#[test]
fn it_leads_there_from_its_first_day_until_the_day_before_it_ends() {
    let some =
        "trace_id,product_lots,from,to\nN,SOCKS,2016-03-10,2016-04-01\nM,SOCKS,2016-05-01,\n";
    for (on, is) in [
        ("2016-03-09", false),
        ("2016-03-10", true),
        ("2016-03-31", true),
        ("2016-04-01", false),
        ("2016-05-01", true),
    ] {
        let found = reached(some, on);
        assert_eq!(
            found == (vec!["SOCKS"], vec!["YARN"]),
            is,
            "{on}: {found:?}"
        );
    }
}

#[test]
fn an_event_that_names_no_lot_or_comes_twice_is_refused() {
    let traces = "trace_id,product_lots\nN,\nM,LAMP-1\nM,LAMP-2\n";
    assert_eq!(
        messages(&[("traces", traces)]),
        [
            "traces.csv:2: column product_lots: `` names no lot for the event `N`",
            "traces.csv:4: column trace_id: `M` comes a second time, first at traces.csv:3",
        ]
    );
}

/// Of each product lot the lots of raw material, and of each event the product lots and its days.
type World = (Vec<Vec<usize>>, Vec<(Vec<usize>, i32, i32)>);

const MATERIALS: usize = 4;

fn world() -> impl Strategy<Value = World> {
    let some = |of: usize| prop::collection::vec(0..of, 0..3);
    let products = prop::collection::vec(some(MATERIALS), 1..7);
    let trace = (prop::collection::vec(0..8usize, 1..3), 0..6i32, 1..6i32);
    (products, prop::collection::vec(trace, 0..4))
}

fn table(header: &str, rows: impl Iterator<Item = String>) -> String {
    rows.fold(format!("{header}\n"), |text, row| format!("{text}{row}\n"))
}

fn named(letter: &str, lots: &[usize]) -> String {
    let lots: Vec<String> = lots.iter().map(|lot| format!("{letter}{lot}")).collect();
    lots.join(";")
}

proptest! {
    /// By what the columns mean, over a registry that was read at once and one whose diaries came one by one.
    #[test]
    fn what_is_reached_is_what_a_plain_scan_of_the_rows_finds((products, traces) in world()) {
        let lots = table("lot_id,enterprise_id", (0..MATERIALS).map(|lot| format!("M{lot},A")));
        let diary = |(no, lots): (usize, &Vec<usize>)| format!("P{no},A,{}", named("M", lots));
        let diaries: Vec<String> = products.iter().enumerate().map(diary).collect();
        let events = traces.iter().enumerate().map(|(no, (lots, from, days))| {
            let [from, to] = [*from, from + days].map(crate::declaration::Day::from_number);
            format!("T{no},{},{from},{to}", named("P", lots))
        });
        let traces_csv = table("trace_id,product_lots,from,to", events);
        let known = [ENTERPRISES, ("lots", &lots), ("traces", &traces_csv)];
        let header = "product_lot,enterprise_id,material_lots";
        let all = table(header, diaries.iter().cloned());
        let whole = [known.as_slice(), &[("products", &all)]].concat();
        let whole = registry(&whole);
        let mut grown = LiveRegistry::open(&source(&known), None).unwrap();
        for (no, lots) in products.iter().enumerate() {
            let row = [("product_lot", format!("P{no}")), ("enterprise_id", "A".to_owned()), ("material_lots", named("M", lots))];
            let row = row.map(|(name, value)| (name.to_owned(), value)).to_vec();
            grown.change(&[Change::Put { table: "products".to_owned(), row }]).unwrap();
        }
        let made_of = |lot: usize| products.get(lot).map_or(&[] as &[usize], Vec::as_slice);
        for on in -1..13 {
            let open = || traces.iter().filter(|(_, from, days)| *from <= on && on < from + days);
            let on = crate::declaration::Day::from_number(on);
            for registry in [&whole, grown.current()] {
                for lot in 0..8 {
                    let shares = |other: usize| made_of(other).iter().any(|material| made_of(lot).contains(material));
                    let is = open().any(|(named, ..)| named.iter().any(|other| *other == lot || shares(*other)));
                    prop_assert_eq!(registry.traced().reaches_product(&format!("P{lot}"), on), is);
                }
                for material in 0..MATERIALS {
                    let is = open().any(|(named, ..)| named.iter().any(|lot| made_of(*lot).contains(&material)));
                    prop_assert_eq!(registry.traced().reaches_material(&format!("M{material}"), on), is);
                }
            }
        }
    }
}
