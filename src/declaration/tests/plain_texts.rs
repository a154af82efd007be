//! Texts, member names and numbers of JSON are read eight bytes at a time and in the contract's order; here they are
//! compared with `serde_json`, with characters one by one, and with themselves in another order.

use proptest::prelude::*;

use super::{LEAST, currencies, places, profile};
use crate::declaration::field::{self, Value};
use crate::declaration::{Amount, AttributeValue, Declaration, Fault, read_json};

fn read(text: &str) -> Result<Declaration<'_>, Vec<Fault>> {
    read_json(text.as_bytes(), &profile().unwrap(), &currencies().unwrap())
}

/// The smallest declaration with one more member or part.
fn with(more: &str) -> String {
    LEAST.replacen(r#""country""#, &format!(r#"{more},"country""#), 1)
}

/// A JSON text of this meaning, with escapes where a bit is set.
fn escaped(text: &str, bits: u32) -> String {
    let char = |(at, char): (u32, char)| {
        if bits >> at & 1 == 0 {
            char.to_string()
        } else {
            format!("\\u{:04X}", u32::from(char))
        }
    };
    (0..).zip(text.chars()).map(char).collect()
}

const BLANKS: &str = "[ \n\r\t]{0,2}";

/// The members of a declaration that has most kinds of them.
const MEMBERS: [(&str, &str); 12] = [
    ("declaration_id", r#""D1""#),
    ("version", "7"),
    ("direction", r#""export""#),
    ("declared_at", r#""2016-11-02T09:30:00+08:00""#),
    ("office", r#""5720""#),
    ("country", r#""DE""#),
    ("trader_id", r#""91350200776049653A""#),
    ("producer_id", "null"),
    ("transport_mode", r#""2""#),
    ("currency", r#""USD""#),
    ("attributes", r#"{"tax_type":"FEU1","packages":-3}"#),
    (
        "items",
        r#"[{"item_no":1,"hs_code":"940511","value":"1"},{"value":2.5,"hs_code":"9405110000","item_no":2}]"#,
    ),
];

fn written<'m>(members: impl Iterator<Item = (String, &'m str)>) -> String {
    let members: Vec<String> = members
        .map(|(name, value)| format!("{name}:{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_text_means_what_serde_json_means(
        body in r#"([a-zA-Z0-9 !#\[\]^~\x7f]{0,9}|é|灯|😀|\\["\\/bfnrt]|\\u00[2-7][0-9a-fA-F]|\\u706F|\\uD83D\\uDE00|\\uD83D|\\x|["\n\x01\\]){0,5}"#,
        after in "[a-z]{0,9}"
    ) {
        let literal = format!("\"{body}{after}\"");
        let text = with(&format!(r#""attributes":{{"tax_type":{literal}}}"#));
        let serde = serde_json::from_str::<String>(&literal).ok();
        let plain = serde.filter(|text| !text.chars().any(char::is_control));
        let ours = read(&text).ok().map(|declaration| match &declaration.attributes[0].1 {
            AttributeValue::Text(text) => text.to_string(),
            other => format!("{other:?}"),
        });
        prop_assert_eq!(ours, plain, "{}", literal);
    }

    #[test]
    fn a_number_means_what_its_text_means(number in r"-?(0|[1-9][0-9]{0,16})(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?", after in BLANKS) {
        let text = with(&format!(r#""attributes":{{"tax_rate":{number}{after}}}"#));
        let ours = read(&text).ok().map(|declaration| declaration.attributes[0].1.clone());
        prop_assert_eq!(ours, Amount::parse(&number).ok().map(AttributeValue::Decimal), "{}", number);
        let text = with(&format!(r#""attributes":{{"packages":{number}{after}}}"#));
        let ours = read(&text).ok().map(|declaration| declaration.attributes[0].1.clone());
        let whole = number.parse().ok().map(AttributeValue::Int);
        prop_assert_eq!(ours, whole, "{}", number);
    }

    #[test]
    fn members_mean_the_same_in_any_order_and_spelling(
        order in Just((0..MEMBERS.len()).collect::<Vec<_>>()).prop_shuffle(),
        spelling in proptest::collection::vec((BLANKS, BLANKS, prop_oneof![Just(0), any::<u32>()]), MEMBERS.len())
    ) {
        let plain = written(MEMBERS.iter().map(|(name, value)| (format!("\"{name}\""), *value)));
        let other = written(order.iter().zip(&spelling).map(|(at, (before, after, bits))| {
            let (name, value) = MEMBERS[*at];
            (format!("{before}\"{}\"{after}", escaped(name, *bits)), value)
        }));
        let plain = read(&plain);
        prop_assert!(plain.is_ok(), "{plain:?}");
        prop_assert_eq!(read(&other), plain, "{}", other);
    }

    #[test]
    fn a_name_that_is_no_member_is_unknown_wherever_it_stands(
        at in 0..=MEMBERS.len(), of in 0..MEMBERS.len(), cut in any::<proptest::sample::Index>(), tail in "[a-z_]{0,9}"
    ) {
        let (near, _) = MEMBERS[of];
        let name = format!("{}{tail}", &near[..cut.index(near.len() + 1)]);
        let known = ["trade_mode", "declarant_id", "counterparty_id", "project_id"];
        prop_assume!(!known.contains(&name.as_str()) && MEMBERS.iter().all(|(member, _)| *member != name));
        let mut members: Vec<(String, &str)> =
            MEMBERS.iter().map(|(name, value)| (format!("\"{name}\""), *value)).collect();
        members.insert(at, (format!("\"{name}\""), r#"["a",{"b":"]}"}]"#));
        let text = written(members.into_iter());
        let faults = read(&text).err().unwrap_or_default();
        let place = format!("/{name}");
        prop_assert_eq!(places(&faults), [(place.as_str(), "unknown_member")], "{}", text);
    }

    #[test]
    fn an_id_is_judged_character_by_character(
        text in prop_oneof![
            r"[ -~]{0,20}",
            r"[!-~]{0,24}[\x00-\xff]?[!-~]{0,9}",
            r"[a-zé]{60,68}",
            r"[a-z灯\x7f\u{85}\u{3000}]{0,12}",
        ]
    ) {
        let good = (1..=64).contains(&text.chars().count())
            && !text.chars().any(char::is_control)
            && !text.starts_with(char::is_whitespace)
            && !text.ends_with(char::is_whitespace);
        let read = field::id(Value::Text(text.as_str().into()));
        prop_assert_eq!(read.is_ok(), good, "{:?}", text);
    }
}
