//! Every kind of fault, one by one and all at once.

use super::{Done, LEAST, currencies, places, profile};
use crate::declaration::read_json;

/// A change to the smallest declaration, and the fault that it makes.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    // what is replaced, by what, where the fault is, its code
    (r#""D1""#, r#""""#, "/declaration_id", "format"),
    (r#""D1""#, r#"" D1""#, "/declaration_id", "format"),
    (r#""D1""#, r#""D\u0001""#, "/declaration_id", "format"),
    (r#""D1""#, r#""\ud800""#, "/declaration_id", "type"),
    (r#""D1""#, "17", "/declaration_id", "type"),
    (r#""D1""#, "1e999", "/declaration_id", "type"),
    (r#""D1""#, "null", "/declaration_id", "required"),
    (
        r#""declaration_id":"D1","#,
        "",
        "/declaration_id",
        "required",
    ),
    (
        r#""D1""#,
        r#""12345678901234567890123456789012345678901234567890123456789012345""#,
        "/declaration_id",
        "range",
    ),
    (r#""version":1"#, r#""version":0"#, "/version", "range"),
    (
        r#""version":1"#,
        r#""version":4294967296"#,
        "/version",
        "range",
    ),
    (r#""version":1"#, r#""version":1.0"#, "/version", "format"),
    (r#""version":1"#, r#""version":"1""#, "/version", "type"),
    (r#""import""#, r#""transit""#, "/direction", "format"),
    (r#""import""#, r#"["import"]"#, "/direction", "type"),
    (
        "2016-11-02T09:30:00+08:00",
        "2016-11-02",
        "/declared_at",
        "format",
    ),
    (
        "2016-11-02T09:30:00+08:00",
        "2016-02-30T09:30:00Z",
        "/declared_at",
        "format",
    ),
    (r#""DE""#, r#""Germany""#, "/country", "format"),
    (
        "91350200776049653A",
        "91350200776049653B",
        "/trader_id",
        "party_id",
    ),
    (
        r#""country""#,
        r#""\ud800":1,"country""#,
        r"/\ud800",
        "unknown_member",
    ),
    (
        r#""country""#,
        r#""project_id":true,"country""#,
        "/project_id",
        "type",
    ),
    (
        r#""country""#,
        r#""trade_mode":"110","country""#,
        "/trade_mode",
        "format",
    ),
    (
        r#""country""#,
        r#""currency":"usd","country""#,
        "/currency",
        "format",
    ),
    (
        r#""country""#,
        r#""currency":"EUR","country""#,
        "/currency",
        "no_rate",
    ),
    (
        r#""country""#,
        r#""contry":"DE","country""#,
        "/contry",
        "unknown_member",
    ),
    (
        r#""country""#,
        r#""a/b~c":{"x":[1]},"country""#,
        "/a~1b~0c",
        "unknown_member",
    ),
    (
        r#""country""#,
        r#""office":null,"office":"5720","country""#,
        "/office",
        "duplicate_member",
    ),
    (
        r#""country""#,
        r#""attributes":[],"country""#,
        "/attributes",
        "type",
    ),
    (
        r#""country""#,
        r#""attributes":{"x":1},"country""#,
        "/attributes/x",
        "undeclared_attribute",
    ),
    (
        r#""country""#,
        r#""attributes":{"packages":1.5},"country""#,
        "/attributes/packages",
        "format",
    ),
    (
        r#""country""#,
        r#""attributes":{"packages":"1"},"country""#,
        "/attributes/packages",
        "type",
    ),
    (
        r#""country""#,
        r#""attributes":{"packages":null,"packages":1},"country""#,
        "/attributes/packages",
        "duplicate_member",
    ),
    (
        r#""country""#,
        r#""attributes":{"tax_rate":0.12345},"country""#,
        "/attributes/tax_rate",
        "format",
    ),
    (r#"[{"item_no""#, r#"[null,{"item_no""#, "/items/0", "type"),
    (r#"[{"item_no""#, r#"[[],{"item_no""#, "/items/0", "type"),
    (
        r#""item_no":1"#,
        r#""item_no":1000"#,
        "/items/0/item_no",
        "range",
    ),
    (
        r#""hs_code":"940511""#,
        r#""hs_code":"94051""#,
        "/items/0/hs_code",
        "format",
    ),
    (r#""hs_code":"940511","#, "", "/items/0/hs_code", "required"),
    (
        r#""value":"1""#,
        r#""value":"-1""#,
        "/items/0/value",
        "range",
    ),
    (
        r#""value":"1""#,
        r#""value":1.00001"#,
        "/items/0/value",
        "format",
    ),
    (
        r#""value":"1""#,
        r#""value":"1 000""#,
        "/items/0/value",
        "format",
    ),
    (
        r#""value":"1""#,
        r#""value":9e14,"quantity":1e15"#,
        "/items/0/quantity",
        "range",
    ),
    (
        r#""value":"1""#,
        r#""value":false"#,
        "/items/0/value",
        "type",
    ),
    (
        r#""value":"1""#,
        r#""value":"1","documents":{}"#,
        "/items/0/documents",
        "type",
    ),
    (
        r#""value":"1""#,
        r#""value":"1","documents":[{}]"#,
        "/items/0/documents/0/kind",
        "required",
    ),
    (
        r#""value":"1""#,
        r#""value":"1","documents":[{"kind":"x","issued_on":"2016-13-01"}]"#,
        "/items/0/documents/0/issued_on",
        "format",
    ),
    (
        r#""value":"1""#,
        r#""value":"1","product_lots":["P",null]"#,
        "/items/0/product_lots/1",
        "type",
    ),
    (
        r#""value":"1""#,
        r#""value":"1","material_lots":[{"lot_id":"L","quantity":-1}]"#,
        "/items/0/material_lots/0/quantity",
        "range",
    ),
    (
        r#""1"}]"#,
        r#""1"},{"item_no":1,"hs_code":"940511","value":1}]"#,
        "/items/1/item_no",
        "format",
    ),
    (
        r#""1"}]"#,
        r#""9e14"},{"item_no":2,"hs_code":"940511","value":9e14}]"#,
        "/items",
        "range",
    ),
    (r#""1"}]}"#, r#""1"}]"#, "", "syntax"),
    (r#""1"}]}"#, r#""1"}]}}"#, "", "syntax"),
];

#[test]
fn each_fault_is_named_at_its_place() -> Done {
    let (profile, currencies) = (profile()?, currencies()?);
    for (from, to, place, code) in FAULTS {
        let text = LEAST.replacen(from, to, 1);
        assert_ne!(text, LEAST, "{from}");
        let Err(faults) = read_json(text.as_bytes(), &profile, &currencies) else {
            return Err(format!("`{to}` is read").into());
        };
        assert_eq!(places(&faults), [(*place, *code)], "{to}: {faults:?}");
    }
    Ok(())
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_text() -> Done {
    let text = r#"{"version":-1,"direction":"x","colour":"red","country":5,"trader_id":"9135","currency":"EUR",
      "attributes":{"none":1,"packages":"many"},
      "items":[{"item_no":2,"hs_code":"9405","value":0.00001,"value":1},{"item_no":2,"value":"x","documents":7}]}"#;
    let Err(faults) = read_json(text.as_bytes(), &profile()?, &currencies()?) else {
        return Err("a bad declaration is read".into());
    };
    let expected = [
        ("/version", "range"),
        ("/direction", "format"),
        ("/colour", "unknown_member"),
        ("/country", "type"),
        ("/trader_id", "party_id"),
        ("/attributes/none", "undeclared_attribute"),
        ("/attributes/packages", "type"),
        ("/items/0/hs_code", "format"),
        ("/items/0/value", "format"),
        ("/items/0/value", "duplicate_member"),
        ("/items/1/value", "format"),
        ("/items/1/documents", "type"),
        ("/items/1/hs_code", "required"),
        ("/declaration_id", "required"),
        ("/declared_at", "required"),
        ("/items/1/item_no", "format"),
    ];
    assert_eq!(places(&faults), expected);
    Ok(())
}

#[test]
fn a_declaration_has_its_bounds() -> Done {
    let (profile, currencies) = (profile()?, currencies()?);
    let item = r#"{"item_no":1,"hs_code":"940511","value":"1"}"#;
    let of = |items: &str| LEAST.replacen(&format!("[{item}]"), &format!("[{items}]"), 1);
    let read = |text: String| match read_json(text.as_bytes(), &profile, &currencies) {
        Ok(_) => String::new(),
        Err(faults) => format!("{:?}", places(&faults)),
    };
    let many = |n: u32| {
        let items = (1..=n).map(|no| item.replacen('1', &no.to_string(), 1));
        items.collect::<Vec<_>>().join(",")
    };
    assert_eq!(read(of("")), r#"[("/items", "range")]"#);
    assert_eq!(read(of(&many(999))), "");
    assert_eq!(read(of(&many(1000))), r#"[("/items", "range")]"#);
    assert_eq!(read(" ".repeat((1 << 20) + 1)), r#"[("", "range")]"#);
    let lots = vec!["\"P\""; 257].join(",");
    let lots = item.replacen('}', &format!(",\"product_lots\":[{lots}]}}"), 1);
    assert_eq!(read(of(&lots)), r#"[("/items/0/product_lots", "range")]"#);
    let unknown: String = (0..150).map(|n| format!("\"x{n}\":0,")).collect();
    let Err(faults) = read_json(
        LEAST.replacen('{', &format!("{{{unknown}"), 1).as_bytes(),
        &profile,
        &currencies,
    ) else {
        return Err("unknown members are read".into());
    };
    assert_eq!(faults.len(), 101);
    assert!(
        faults
            .last()
            .is_some_and(|last| last.detail == "50 more faults")
    );
    Ok(())
}

#[test]
fn what_is_no_json_is_a_syntax_fault_with_its_position() -> Done {
    let (profile, currencies) = (profile()?, currencies()?);
    for (bytes, detail) in [
        (
            &b"{\"version\":1\n,,}"[..],
            "key must be a string at line 2 column 2",
        ),
        (b"", "EOF while parsing a value at line 1 column 0"),
        (b"{\"version\":\"\xff\"}", "no UTF-8 at byte 12"),
    ] {
        let Err(faults) = read_json(bytes, &profile, &currencies) else {
            return Err("no JSON is read".into());
        };
        assert_eq!(
            faults.last().map(|fault| fault.detail.as_str()),
            Some(detail)
        );
    }
    let deep = "[".repeat(500_000);
    assert!(read_json(deep.as_bytes(), &profile, &currencies).is_err());
    Ok(())
}
