//! What a good declaration means.

use std::borrow::Cow;

use proptest::prelude::*;

use super::{Done, LEAST, currencies, profile};
use crate::declaration::{
    Amount, Direction, Fault, PartyIds, Role, attribute, check_uscc, read_json,
};

fn said(faults: Vec<Fault>) -> String {
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

#[test]
fn texts_are_borrowed_from_the_input_unless_it_escapes_them() -> Done {
    let text = LEAST.replacen(
        r#""country""#,
        r#""office":"5720","transport_mode":"\u0032","country""#,
        1,
    );
    let declaration = read_json(text.as_bytes(), &profile()?, &currencies()?).map_err(said)?;
    assert!(matches!(declaration.office, Some(Cow::Borrowed("5720"))));
    assert!(matches!(&declaration.transport_mode, Some(Cow::Owned(mode)) if mode == "2"));
    assert!(matches!(declaration.id.0, Cow::Borrowed("D1")));
    Ok(())
}

#[test]
fn members_come_in_any_order_with_any_blanks_and_nulls() -> Done {
    let text = "\n{ \"items\" : [ {\"value\":2.5, \"hs_code\" :\"940511\",\"item_no\":7,\"origin\":null } ] ,\t
        \"trader_id\":\"91350200776049653A\",\"\\u0063ountry\":\"276\",\"attributes\":null,\"producer_id\":null,
        \"declared_at\":\"2016-11-01T23:30:00Z\",\"direction\":\"export\",\"version\":3,\"declaration_id\":\"D\" }\r\n";
    let declaration = read_json(text.as_bytes(), &profile()?, &currencies()?).map_err(said)?;
    assert_eq!(declaration.country.alpha_2(), "DE");
    assert_eq!(declaration.direction, Direction::Export);
    assert_eq!(
        (declaration.version, declaration.day.to_string()),
        (3, "2016-11-02".to_owned())
    );
    assert_eq!(declaration.items[0].value, Amount::parse("2.5")?);
    assert_eq!(declaration.party(Role::Producer), None);
    assert_eq!(declaration.enterprise().as_str(), "91350200776049653A");
    Ok(())
}

#[test]
fn values_are_converted_and_added_up_and_items_put_in_order() -> Done {
    let text = LEAST.replacen(r#""country""#, r#""currency":"USD","country""#, 1).replacen(
        r#""1"}]"#,
        r#""0.0001"},{"item_no":3,"hs_code":"940511","value":10},{"item_no":2,"hs_code":"940511","value":1e1}]"#,
        1,
    );
    let declaration = read_json(text.as_bytes(), &profile()?, &currencies()?).map_err(said)?;
    let numbers: Vec<u16> = declaration.items.iter().map(|item| item.item_no).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(declaration.value, Amount::parse("134.0007")?);
    assert_eq!(declaration.items[0].value, Amount::parse("0.0007")?);
    assert_eq!(
        declaration.items[0].value_declared,
        Amount::parse("0.0001")?
    );
    Ok(())
}

#[test]
fn amounts_are_exact_where_floating_point_is_not() -> Done {
    for (written, units) in [
        ("899999999999999.9999", 8_999_999_999_999_999_999),
        ("\"899999999999999.9999\"", 8_999_999_999_999_999_999),
        ("0.1", 1_000),
        ("1.5E-3", 15),
        ("-0", 0),
    ] {
        let text = LEAST.replacen(r#""value":"1""#, &format!("\"value\":{written}"), 1);
        let declaration = read_json(text.as_bytes(), &profile()?, &currencies()?).map_err(said)?;
        assert_eq!(declaration.value.units(), units, "{written}");
    }
    Ok(())
}

#[test]
fn attributes_have_the_types_that_the_policy_declares() -> Done {
    let attributes = r#""attributes":{"tax_type":"FEU1","packages":-3,"tax_rate":"6.5"},"country""#;
    let text = LEAST.replacen(r#""country""#, attributes, 1);
    let profile = profile()?;
    let declaration = read_json(text.as_bytes(), &profile, &currencies()?).map_err(said)?;
    let read: Vec<String> = profile
        .attributes
        .iter()
        .filter_map(|(name, _)| profile.attributes.find(name))
        .filter_map(|(no, _)| attribute(&declaration.attributes, no))
        .map(|value| format!("{value:?}"))
        .collect();
    assert_eq!(
        read,
        ["Int(-3)", "Decimal(Amount(65000))", "Text(\"FEU1\")"]
    );
    Ok(())
}

#[test]
fn the_published_credit_codes_pass_both_check_digits() -> Done {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/data/uscc_test_vectors.txt"
    );
    let Ok(vectors) = std::fs::read_to_string(path) else {
        use std::io::Write;
        writeln!(std::io::stderr(), "skipped: {path} is not there")?;
        return Ok(());
    };
    let codes = |part: &str| -> Vec<String> {
        let lines = part.lines().map(str::trim);
        let codes = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        codes.map(str::to_owned).collect()
    };
    let (good, exceptions) = vectors
        .split_once("# known registry exception")
        .ok_or("no exceptions")?;
    let exceptions = exceptions.split_once('\n').map_or("", |(_, codes)| codes);
    let (good, exceptions) = (codes(good), codes(exceptions));
    assert_eq!((good.len(), exceptions.len()), (19, 1));
    for code in &good {
        assert_eq!(check_uscc(code), Ok(()), "{code}");
    }
    for code in &exceptions {
        assert!(check_uscc(code).is_err(), "{code}");
    }
    let listed = PartyIds::Uscc {
        exceptions: exceptions.clone(),
    };
    assert!(exceptions.iter().all(|code| listed.check(code).is_ok()));
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (profile, currencies) = (profile().unwrap(), currencies().unwrap());
        prop_assert!(read_json(&bytes, &profile, &currencies).is_err());
    }

    #[test]
    fn mutated_declarations_are_read_or_refused_as_serde_json_reads_them(
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), r#"[{}\[\]",:\\01a]|null|-1"#, 0..4usize), 1..4)
    ) {
        let (profile, currencies) = (profile().unwrap(), currencies().unwrap());
        let mut text = LEAST.to_owned();
        for (at, with, cut) in edits {
            let at = at.index(text.len());
            let to = (at + cut).min(text.len());
            text.replace_range(at..to, &with);
        }
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let read = read_json(text.as_bytes(), &profile, &currencies);
        let broken = read.err().is_some_and(|faults| faults.iter().any(|fault| fault.code.as_str() == "syntax"));
        prop_assert_eq!(broken, !is_json, "{}", text);
    }
}
