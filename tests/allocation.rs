//! From a typed declaration to its outcome nothing is allocated, once the caller's room has grown.

use std::sync::Arc;

use greenlane::declaration::{Declaration, read_json};
use greenlane::engine::{DrawKey, Outcome, Program, Scratch};
use greenlane::generate::{Generator, Plan};
use greenlane::policy::read;
use greenlane::registry::Registry;

type Failure = Box<dyn std::error::Error>;

#[test]
fn deciding_allocates_nothing() -> Result<(), Failure> {
    let generator = Generator::new(Plan {
        enterprises: 2_000,
        declarations: 2_000,
        rules: 1_000,
        seed: 7,
    })?;
    let policy = Arc::new(read(&generator.policy_source()?)?);
    let registry = Arc::new(Registry::build(
        &generator.registry_source()?,
        Some(&policy.profile.party_ids),
    )?);
    let program = Program::compile(Arc::clone(&policy), Arc::clone(&registry))
        .map_err(|errors| format!("{errors:?}"))?;
    assert!(
        !program.residuals().is_empty(),
        "the policy compares no facts with each other, so that way is not walked"
    );
    let lines: Vec<Vec<u8>> = (0..2_000)
        .map(|number| {
            let mut line = Vec::new();
            generator.declaration(number, &mut line);
            line
        })
        .collect();
    let typed = lines
        .iter()
        .map(|line| read_json(line, &policy.profile, registry.currencies()));
    let typed: Vec<Declaration<'_>> = typed
        .collect::<Result<_, _>>()
        .map_err(|faults| format!("{faults:?}"))?;

    let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
    let mut decide_all = || {
        let mut matched = 0;
        for declaration in &typed {
            program.decide(
                declaration,
                declaration.day,
                &DrawKey::TEST,
                &mut scratch,
                &mut outcome,
            );
            matched += outcome.unselected.len() + outcome.words.len();
        }
        matched
    };
    assert!(decide_all() > 0, "nothing matched");
    let counted = allocation_counter::measure(|| {
        decide_all();
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
    let counted = allocation_counter::measure(|| drop(vec![1u8; 100]));
    assert_eq!(counted.count_total, 1, "the counter counts");
    Ok(())
}
