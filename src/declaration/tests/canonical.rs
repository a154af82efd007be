//! The canonical form reads back to an equal declaration, and equal declarations have equal bytes.

use std::borrow::Cow;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{LEAST, currencies, profile};
use crate::declaration::{read_json, write_json};

fn text() -> impl Strategy<Value = String> {
    r#"[a-zA-Z0-9"\\/{}é中😀-]{1,20}"#
}

fn amount() -> impl Strategy<Value = Value> {
    prop_oneof![
        "(0|[1-9][0-9]{0,9})(\\.[0-9]{1,4})?".prop_map(Value::from),
        (0u32..1_000_000).prop_map(Value::from),
    ]
}

fn day() -> impl Strategy<Value = String> {
    (1900..2100u32, 1..=12u32, 1..=28u32).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"))
}

fn attributes() -> impl Strategy<Value = Value> {
    (option::of(text()), option::of(any::<i64>()), option::of(amount()))
        .prop_map(|(tax, packages, rate)| json!({"tax_type": tax, "packages": packages, "tax_rate": rate}))
}

fn item() -> impl Strategy<Value = Map<String, Value>> {
    let codes = (option::of(text()), option::of(text()), option::of(text()));
    let amounts = (amount(), option::of(amount()), option::of(amount()));
    let origin = option::of(prop_oneof![Just("CN"), Just("DEU"), Just("004")]);
    let document = (
        text(),
        option::of(text()),
        option::of(day()),
        option::of(day()),
    );
    let lots = (vec((text(), option::of(amount())), 0..3), vec(text(), 0..3));
    (codes, amounts, origin, vec(document, 0..3), lots, attributes()).prop_map(
        |((product, unit, end_use), (value, quantity, mass), origin, documents, lots, attributes)| {
            let document = |(kind, number, from, to)| {
                json!({"kind": kind, "number": number, "issuer_id": number, "issued_on": from, "expires_on": to})
            };
            let lot = |(id, quantity)| json!({"lot_id": id, "quantity": quantity});
            let documents: Vec<_> = documents.into_iter().map(document).collect();
            let material: Vec<_> = lots.0.into_iter().map(lot).collect();
            let item = json!({"hs_code": "9405110000", "product_code": product, "quantity": quantity, "unit": unit,
                "net_mass_kg": mass, "value": value, "end_use": end_use, "origin": origin, "documents": documents,
                "material_lots": material, "product_lots": lots.1, "attributes": attributes});
            item.as_object().cloned().unwrap_or_default()
        },
    )
}

fn declaration() -> impl Strategy<Value = String> {
    let party = || option::of(Just("91350200776049653A"));
    let parties = (party(), party(), option::of(text()), option::of(text()));
    let codes = (
        option::of(text()),
        option::of("[0-9]{4}"),
        option::of(text()),
    );
    let currency = option::of(prop_oneof![Just("CNY"), Just("USD")]);
    let at = (
        "20(1[6-9]|[2-9][0-9])-0[1-9]-[12][0-8]T[01][0-9]:[0-5][0-9]:[0-5][0-9]",
        "(\\.[0-9]{1,9})?(Z|[+-]0[0-9]:[0-5]0)",
    )
        .prop_map(|(time, rest)| time + &rest);
    (text(), 1..=u32::MAX, any::<bool>(), at, parties, codes, currency, attributes(), vec(item(), 1..4)).prop_map(
        |(id, version, export, at, parties, codes, currency, attributes, items)| {
            let number = |(item, no): (Map<String, Value>, u32)| {
                let mut item = item;
                item.insert("item_no".to_owned(), no.into());
                item
            };
            let items: Vec<_> = items.into_iter().zip((5..900).rev()).map(number).collect();
            json!({"declaration_id": id, "version": version, "direction": if export { "export" } else { "import" },
                "declared_at": at, "office": codes.0, "trade_mode": codes.1, "country": "ZZ",
                "trader_id": "91350200776049653A", "producer_id": parties.0, "declarant_id": parties.1,
                "counterparty_id": parties.2, "project_id": parties.3, "transport_mode": codes.2,
                "currency": currency, "attributes": attributes, "items": items})
            .to_string()
        },
    )
}

proptest! {
    #[test]
    fn the_canonical_form_reads_back_to_an_equal_declaration(text in declaration()) {
        let (profile, currencies) = (profile().unwrap(), currencies().unwrap());
        let first = read_json(text.as_bytes(), &profile, &currencies);
        let first = first.map_err(|faults| TestCaseError::fail(format!("{faults:?}\n{text}")))?;
        let mut canonical = Vec::new();
        write_json(&first, &profile, &mut canonical);
        let second = read_json(&canonical, &profile, &currencies);
        let shown = String::from_utf8_lossy(&canonical);
        let second = second.map_err(|faults| TestCaseError::fail(format!("{faults:?}\n{shown}")))?;
        prop_assert_eq!(&first, &second);
        let mut again = Vec::new();
        write_json(&second, &profile, &mut again);
        prop_assert_eq!(Cow::Borrowed(&canonical), Cow::Borrowed(&again));
    }
}

#[test]
fn the_canonical_form_leaves_out_what_is_absent() {
    let (profile, currencies) = (profile().unwrap(), currencies().unwrap());
    let declaration = read_json(LEAST.as_bytes(), &profile, &currencies).unwrap();
    let mut canonical = Vec::new();
    write_json(&declaration, &profile, &mut canonical);
    let expected = r#"{"declaration_id":"D1","version":1,"direction":"import","declared_at":"2016-11-02T01:30:00Z","country":"DE","trader_id":"91350200776049653A","currency":"CNY","items":[{"item_no":1,"hs_code":"940511","value":"1"}]}"#;
    assert_eq!(String::from_utf8_lossy(&canonical), expected);
}
