//! What `greenlane generate` makes: the same bytes from the same seed, valid throughout, skewed as real trade is.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use greenlane::declaration::{AttributeSchema, Currency, PartyIds, Profile, Zone, read_json};
use greenlane::generate::{GenerateError, Generator, Plan};
use greenlane::policy::read;
use greenlane::registry::Registry;

const PLAN: Plan = Plan {
    enterprises: 10_000,
    declarations: 20_000,
    rules: 2_000,
    seed: 7,
};

fn all_bytes(plan: Plan) -> Vec<(String, Vec<u8>)> {
    let generator = Generator::new(plan).unwrap();
    let mut files: Vec<(String, Vec<u8>)> = generator
        .registry_files()
        .map(|file| {
            let mut bytes = Vec::new();
            file.write_to(&mut bytes).unwrap();
            (file.name(), bytes)
        })
        .collect();
    let policy = generator.policy_files().into_iter();
    files.extend(policy.map(|(path, text)| (path, text.into_bytes())));
    let mut declarations = Vec::new();
    generator
        .write_declarations(&mut declarations, |_| ())
        .unwrap();
    files.push(("declarations.ndjson".to_owned(), declarations));
    files
}

fn declarations(plan: Plan) -> Vec<serde_json::Value> {
    let generator = Generator::new(plan).unwrap();
    let mut bytes = Vec::new();
    generator.write_declarations(&mut bytes, |_| ()).unwrap();
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// The first column of `enterprises.csv`.
fn enterprise_ids(plan: Plan) -> BTreeSet<String> {
    let generator = Generator::new(plan).unwrap();
    let file = generator
        .registry_files()
        .find(|file| file.name() == "enterprises.csv")
        .unwrap();
    let mut bytes = Vec::new();
    file.write_to(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let ids = text.lines().skip(1);
    ids.map(|line| line.split(',').next().unwrap().to_owned())
        .collect()
}

#[test]
fn one_seed_gives_one_set_of_bytes_and_another_seed_another() {
    let small = Plan {
        enterprises: 1_000,
        declarations: 5_000,
        rules: 100,
        ..PLAN
    };
    let first = all_bytes(small);
    assert_eq!(first, all_bytes(small));
    let other = all_bytes(Plan { seed: 8, ..small });
    let same: Vec<&str> = first
        .iter()
        .zip(&other)
        .filter(|(one, two)| one == two)
        .map(|(one, _)| one.0.as_str())
        .collect();
    let constant = [
        "offices.csv",
        "projects.csv",
        "country_groups.csv",
        "commodity_groups.csv",
        "00-policy.toml",
        "lot_rate.csv",
        "70-scores.toml",
    ];
    assert_eq!(same, constant);
}

#[test]
fn a_declaration_needs_only_its_number() {
    let generator = Generator::new(PLAN).unwrap();
    let mut all = Vec::new();
    generator.write_declarations(&mut all, |_| ()).unwrap();
    let mut one = Vec::new();
    generator.declaration(12_345, &mut one);
    let line = all.split_inclusive(|byte| *byte == b'\n').nth(12_345);
    assert_eq!(line, Some(one.as_slice()));
}

#[test]
fn policies_of_every_size_are_read_without_a_mistake() {
    for rules in [100, 2_000, 10_000] {
        let generator = Generator::new(Plan { rules, ..PLAN }).unwrap();
        let policy = read(&generator.policy_source().unwrap());
        let policy = policy.unwrap_or_else(|errors| panic!("{rules} rules: {errors}"));
        let made: usize = policy.books.iter().map(|book| book.rules.len()).sum();
        assert_eq!((policy.books.len(), made as u64), (6, rules));
        assert_eq!(policy.scores.len(), 2);
        assert!(policy.scores.iter().all(|score| score.tables.len() == 3));
    }
}

#[test]
fn every_declaration_is_valid() {
    let profile = Profile {
        party_ids: PartyIds::Uscc {
            exceptions: Vec::new(),
        },
        attributes: AttributeSchema::default(),
        zone: Zone::parse("+08:00").unwrap(),
        base_currency: Currency::parse("CNY").unwrap(),
    };
    let generator = Generator::new(PLAN).unwrap();
    let registry = Registry::build(
        &generator.registry_source().unwrap(),
        Some(&profile.party_ids),
    )
    .unwrap_or_else(|errors| panic!("{errors}"));
    let mut bytes = Vec::new();
    generator.write_declarations(&mut bytes, |_| ()).unwrap();
    let mut read = 0;
    for line in bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let declaration = read_json(line, &profile, registry.currencies());
        assert!(declaration.is_ok(), "{declaration:?}");
        read += 1;
    }
    assert_eq!(read, PLAN.declarations);
}

#[test]
fn few_enterprises_file_most_declarations_and_one_in_a_hundred_is_unknown() {
    let known = enterprise_ids(PLAN);
    assert_eq!(known.len() as u64, PLAN.enterprises);
    let (mut filed, mut strangers) = (BTreeMap::new(), 0);
    let declarations = declarations(PLAN);
    for declaration in &declarations {
        let roles = ["trader_id", "producer_id", "declarant_id"];
        let parties: Vec<&str> = roles
            .iter()
            .filter_map(|role| declaration[role].as_str())
            .collect();
        *filed.entry(parties[0]).or_insert(0) += 1;
        strangers += usize::from(parties.iter().any(|id| !known.contains(*id)));
    }
    let mut counts: Vec<usize> = filed.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let top: usize = counts.iter().take(PLAN.enterprises as usize / 100).sum();
    let share = |count: usize| count * 1_000 / declarations.len();
    assert!(share(top) > 300, "{}", share(top));
    assert!((7..14).contains(&share(strangers)), "{}", share(strangers));
}

#[test]
fn a_plan_outside_its_bounds_is_refused_by_name() {
    for (plan, what) in [
        (
            Plan {
                enterprises: 10,
                ..PLAN
            },
            "enterprises",
        ),
        (
            Plan {
                declarations: 10_000_001,
                ..PLAN
            },
            "declarations",
        ),
        (Plan { rules: 99, ..PLAN }, "rules"),
    ] {
        let refused = Generator::new(plan).map(|_| ());
        assert!(matches!(refused, Err(GenerateError::Bounds { what: named, .. }) if named == what));
    }
}
