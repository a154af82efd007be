//! What the oracle found, each as the smallest policy that shows it.

use std::sync::Arc;

use greenlane::engine::{FixedDraw, Outcome, Program, Scratch, SelectedBy};
use greenlane::policy::{PolicySource, Verdict, read};
use greenlane::registry::{Registry, RegistrySource};

use super::check::read_declaration;

const DECLARATION: &str = r#"{"declaration_id":"D-1","version":1,"direction":"export",
    "declared_at":"2013-08-15T10:00:00+08:00","country":"DE","trader_id":"E01","trade_mode":"0110",
    "items":[{"item_no":1,"hs_code":"9405110000","value":"100"}]}"#;

/// The outcome of the declaration under the rest of a policy and its tables, every draw being the highest.
fn decided(toml: &str, tables: &[(&str, &str)]) -> Outcome {
    let header = "[policy]\nid = \"found\"\ntimezone = \"+08:00\"\nbase_currency = \"CNY\"\nparty_ids = \"any\"\n";
    let mut files = vec![("policy.toml".to_owned(), format!("{header}{toml}"))];
    files.extend(
        tables
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned())),
    );
    let source = PolicySource::from_files(files).unwrap();
    let policy = read(&source).unwrap_or_else(|errors| panic!("{errors}"));
    let registry = Registry::build(&RegistrySource::default(), None).unwrap();
    let program = Program::compile(Arc::new(policy), Arc::new(registry)).unwrap();
    let declaration = read_declaration(DECLARATION, &program).unwrap();
    let mut outcome = Outcome::default();
    let draws = FixedDraw(u64::MAX);
    program.decide(
        &declaration,
        declaration.day,
        &draws,
        &mut Scratch::default(),
        &mut outcome,
    );
    outcome
}

#[test]
fn points_saturate_once_whatever_the_order_of_tables_and_conditions() {
    let toml = r#"
[[score]]
id = "fraud"
tables = ["one.csv", "two.csv"]
when = [{ if = 'item.value == 100', points = -20 }]
"#;
    let outcome = decided(
        toml,
        &[
            (
                "one.csv",
                "declaration.trade_mode,points\n0110,2147483647\n",
            ),
            ("two.csv", "declaration.country,points\nDE,10\n"),
        ],
    );
    assert_eq!(outcome.risk, [i32::MAX - 10]);
}

#[test]
fn a_verdict_of_otherwise_is_selected_by_the_rule_not_by_the_draw() {
    let toml = r#"
[[book]]
id = "inspection"
[[book.rule]]
id = "seldom"
when = 'true'
then = { verdict = "hold", rate = 0.5, otherwise = "sample" }
"#;
    let outcome = decided(toml, &[]);
    let item = &outcome.items[0];
    assert_eq!(item.verdict, Verdict::Sample);
    assert_eq!(item.selected_by, Some(SelectedBy::Rule));
    assert_eq!(item.draw, Some(u64::MAX));
}

#[test]
fn the_end_of_a_prefix_stands_for_the_codes_behind_it_in_their_order() {
    // `item.hs <= "8"` held for 9405…, since the part of the codes behind `8…` was sampled by a code without digits.
    for (when, matches) in [
        (r#"item.hs <= "8""#, false),
        (r#"item.hs > "8""#, true),
        (r#"item.hs.startsWith("9404") || item.hs < "9405""#, false),
    ] {
        let toml = format!(
            "[[book]]\nid = \"order\"\n[[book.rule]]\nid = \"order\"\nwhen = '{when}'\nthen = {{ verdict = \"hold\" }}\n"
        );
        let expected = if matches {
            Verdict::Hold
        } else {
            Verdict::Release
        };
        assert_eq!(decided(&toml, &[]).verdict, expected, "{when}");
    }
}
