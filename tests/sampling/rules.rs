//! Plans in rules: what may be written, what the books' plans add up to, and what is recorded of it.

use std::sync::Arc;

use greenlane::declaration::{CurrencyTable, read_json};
use greenlane::engine::sampling::{LotPlan, Severity};
use greenlane::engine::{FixedDraw, Outcome, Program, Scratch};
use greenlane::policy::{Aql, Diagnostic, InspectionLevel, Mode, Policy, PolicySource, read};
use greenlane::registry::Registry;
use greenlane::supervision::encode_outcome;

const HEADER: &str =
    "[policy]\nid = \"p\"\ntimezone = \"+08:00\"\nbase_currency = \"CNY\"\nparty_ids = \"any\"\n";

/// A policy of books with one rule each, of which only what follows is given.
fn policy(thens: &[&str]) -> Result<Policy, Vec<Diagnostic>> {
    let mut text = HEADER.to_owned();
    for (at, then) in thens.iter().enumerate() {
        text += &format!("[[book]]\nid = \"b{at}\"\n[[book.rule]]\nid = \"r\"\nwhen = 'true'\n");
        text += &format!("then = {{ {then} }}\n");
    }
    let source = PolicySource::from_files([("p.toml".to_owned(), text)]).unwrap();
    read(&source).map_err(|errors| errors.0)
}

/// What becomes of an item of a quantity, and its outcome's bytes.
fn decided(thens: &[&str], quantity: Option<u32>) -> (Outcome, Vec<u8>) {
    let policy = policy(thens).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let quantity = quantity.map_or("null".to_owned(), |quantity| quantity.to_string());
    let json = format!(
        r#"{{ "declaration_id": "D-1", "version": 1, "direction": "export", "declared_at": "2016-11-02T09:30:00+08:00",
        "country": "DE", "trader_id": "T-1", "items": [{{ "item_no": 1, "hs_code": "940511", "value": "1", "quantity": {quantity} }}] }}"#
    );
    let currencies = CurrencyTable::default();
    let declaration = read_json(json.as_bytes(), &policy.profile, &currencies).unwrap();
    let program = Program::compile(Arc::new(policy), Arc::new(Registry::default())).unwrap();
    let mut outcome = Outcome::default();
    let (draw, day) = (FixedDraw(0), declaration.day);
    program.decide(
        &declaration,
        day,
        &draw,
        &mut Scratch::default(),
        &mut outcome,
    );
    let mut bytes = Vec::new();
    encode_outcome(&program, &outcome, &mut bytes);
    (outcome, bytes)
}

fn plan(outcome: &Outcome) -> Option<LotPlan> {
    outcome.items[0].obligations.plan
}

const LEVEL_1: &str =
    "verdict = \"sample\", mode = \"physical\", sampling_plan = { level = \"I\", aql = 0.65 }";
const LEVEL_2: &str =
    "verdict = \"sample\", mode = \"physical\", sampling_plan = { level = \"II\", aql = 2.5 }";
const NO_PLAN: &str = "verdict = \"sample\", mode = \"laboratory\"";

#[test]
fn a_rules_plan_goes_with_its_verdict() {
    let (outcome, _) = decided(&[LEVEL_2], Some(1_200));
    let plan = plan(&outcome).unwrap();
    assert_eq!(plan.plan.level, InspectionLevel::II);
    assert_eq!(plan.plan.aql, Aql::A2_5);
    assert_eq!(plan.severity, Severity::Normal);
    let sample = plan.sample.unwrap();
    assert_eq!((sample.size, sample.acceptance_number), (80, 5));
}

#[test]
fn the_strictest_plan_and_the_strictest_mode_add_up_in_whatever_order() {
    // Level I with AQL 0.65 asks for 20 units of each of these lots, none of which may fail.
    for (quantity, aql, numbers) in [
        (1_200, Aql::A2_5, (80, 5)),
        (150, Aql::A0_65, (20, 0)),
        (20, Aql::A0_65, (20, 0)),
    ] {
        for books in [[LEVEL_1, NO_PLAN, LEVEL_2], [LEVEL_2, NO_PLAN, LEVEL_1]] {
            let (outcome, _) = decided(&books, Some(quantity));
            let plan = plan(&outcome).unwrap();
            let sample = plan.sample.unwrap();
            let found = (plan.plan.aql, (sample.size, sample.acceptance_number));
            assert_eq!(found, (aql, numbers), "{quantity}");
            let mode = outcome.items[0].obligations.mode;
            assert_eq!(mode, Some(Mode::Laboratory));
        }
    }
}

#[test]
fn a_rule_that_is_not_selected_brings_no_plan() {
    let unselected = LEVEL_2.replace("\"sample\",", "\"sample\", rate = 0, otherwise = \"hold\",");
    let (outcome, _) = decided(&[&unselected], Some(1_200));
    assert_eq!(plan(&outcome), None);
}

#[test]
fn the_bytes_of_an_outcome_without_plans_are_what_they_were_and_a_plan_stands_behind_them() {
    let without = LEVEL_2.split(", sampling_plan").next().unwrap();
    let (_, before) = decided(&[without], Some(1_200));
    let mut seen = vec![before.clone()];
    for (rule, quantity) in [
        (LEVEL_2, Some(1_200)),
        (LEVEL_2, Some(1_201)),
        (LEVEL_2, None),
        (LEVEL_1, None),
    ] {
        let (_, bytes) = decided(&[rule], quantity);
        assert_eq!(bytes[..before.len()], before);
        assert!(!seen.contains(&bytes), "{rule} on {quantity:?}");
        seen.push(bytes);
    }
}

/// The messages, with what would be right, of a rule that samples.
fn faults(then: &str) -> Vec<String> {
    let faults = policy(&[&format!("verdict = \"sample\", {then}")]).err();
    let told = faults.into_iter().flatten().map(|fault| {
        let help = fault.help.unwrap_or_default();
        format!("{} {help}", fault.message)
    });
    told.collect()
}

#[test]
fn every_level_and_aql_can_be_written() {
    for level in InspectionLevel::WORDS {
        for aql in Aql::WORDS {
            let plan = format!("{{ level = \"{level}\", aql = {aql} }}");
            let told = faults(&format!("mode = \"physical\", sampling_plan = {plan}"));
            assert_eq!(told, Vec::<String>::new(), "{plan}");
        }
    }
    // However the number is written.
    for aql in ["4", "4.00", "0.1", "0.4000"] {
        let plan = format!("{{ level = \"II\", aql = {aql} }}");
        let told = faults(&format!("mode = \"physical\", sampling_plan = {plan}"));
        assert_eq!(told, Vec::<String>::new(), "{plan}");
    }
}

#[test]
fn a_plan_needs_an_inspection_in_which_the_goods_are_looked_at() {
    let plan = "sampling_plan = { level = \"II\", aql = 2.5 }";
    for mode in ["document", "joint", "laboratory", "requirement"] {
        let told = faults(&format!("mode = \"{mode}\", {plan}"));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("needs `mode = \"physical\"`"), "{told:?}");
    }
    let told = faults(plan);
    assert_eq!(told.len(), 1, "{told:?}");
    // A mode that is none is one mistake, not two.
    let told = faults(&format!("mode = \"phisical\", {plan}"));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("did you mean `physical`?"), "{told:?}");
}

#[test]
fn what_is_wrong_with_a_plan_is_told_at_once_with_what_would_be_right() {
    for (plan, expected) in [
        ("level = \"IV\", aql = 2.5", vec!["`IV` is none of"]),
        ("level = \"S-5\", aql = 2.5", vec!["did you mean `S-1`?"]),
        ("level = 2, aql = 2.5", vec!["a text is needed"]),
        (
            "level = \"II\", aql = 3",
            vec!["`3` is no AQL of ISO 2859-1 the nearest valid: `2.5` and `4.0`"],
        ),
        (
            "level = \"II\", aql = -1",
            vec!["`-1` is no AQL of ISO 2859-1 the nearest valid: `0.065`"],
        ),
        (
            "level = \"II\", aql = 10",
            vec![
                "the AQL `10` is not carried out: its table is not certain those that are: `0.065`, `0.10`, `0.15`, `0.25`, `0.40`, `0.65`, `1.0`, `1.5`, `2.5`, `4.0`, `6.5`",
            ],
        ),
        (
            "level = \"II\", aql = 0.04",
            vec!["the AQL `0.040` is not carried out: its table is not certain those that are: "],
        ),
        ("level = \"II\", aql = \"2.5\"", vec!["a number is needed"]),
        ("level = \"II\"", vec!["`aql` is missing"]),
        ("aql = 2.5", vec!["`level` is missing"]),
        ("", vec!["`level` is missing", "`aql` is missing"]),
        (
            "level = \"V\", aql = 0, severity = \"tightened\"",
            vec![
                "`V` is none of",
                "`0` is no AQL",
                "unknown member `severity`",
            ],
        ),
    ] {
        let told = faults(&format!(
            "mode = \"physical\", sampling_plan = {{ {plan} }}"
        ));
        assert_eq!(told.len(), expected.len(), "{plan}: {told:?}");
        for expected in expected {
            assert!(
                told.iter().any(|told| told.contains(expected)),
                "{plan}: {told:?}"
            );
        }
    }
    let told = faults("mode = \"physical\", sampling_plan = \"II\"");
    assert!(told[0].contains("a table is needed"), "{told:?}");
}
