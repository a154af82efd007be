//! Cases: each is decided by the policy against the registry with the case's rows on top, without a desk.

use serde_json::Value;

use super::compare::{Answer, compare, compare_refusal};
use super::draws::Drawn;
use super::file::{Case, Overlay, Scenario, slug};
use super::runner::Runner;
use crate::declaration::{Day, Fault, Moment, read_json};
use crate::engine::{
    Decision, DecisionMeta, HeaderJoin, Outcome, Program, Scratch, View, write_answer,
};

/// What does not hold of a case.
pub(super) fn run(
    runner: &Runner,
    scenario: &Scenario,
    case: &Case,
) -> Result<Vec<String>, String> {
    let own = runner.program_with(scenario, &case.registry)?;
    decide(scenario, case, own.as_ref().unwrap_or(runner.base()))
}

fn decide(scenario: &Scenario, case: &Case, program: &Program) -> Result<Vec<String>, String> {
    let profile = &program.policy().profile;
    let overlay = Overlay {
        declaration: &case.declaration,
        item: &case.item,
        items: case.items.as_deref(),
    };
    let body = Value::Object(scenario.body(&slug(&scenario.name, 64), &overlay)).to_string();
    let read = read_json(body.as_bytes(), profile, program.registry().currencies());
    let declaration = match (read, &case.expect.refused) {
        (Ok(declaration), None) => declaration,
        (Ok(_), Some(codes)) => {
            let why = format!("it should be refused with {codes:?}, but is not");
            return Ok(vec![why]);
        }
        (Err(faults), Some(codes)) => {
            let found = faults.iter().map(|fault| fault.code.as_str()).collect();
            return Ok(compare_refusal(&found, codes));
        }
        (Err(faults), None) => {
            let faults: Vec<String> = faults.iter().map(Fault::to_string).collect();
            return Err(faults.join("; "));
        }
    };
    let day = case.decision_day.as_ref();
    let day = match day.or(scenario.decision_day.as_ref()) {
        Some(day) => {
            Day::parse(day).map_err(|error| format!("decision_day: `{day}` is {error}"))?
        }
        None => declaration.day,
    };
    let draw = case.draw.as_ref().or(scenario.draw.as_ref());
    let draws = Drawn::read(draw, program.policy())?;
    let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
    let header = HeaderJoin::new(program.registry(), &declaration, day);
    program.decide_joined(&header, &draws, &mut scratch, &mut outcome);
    let decision = Decision {
        program,
        header: &header,
        outcome: &outcome,
        meta: DecisionMeta {
            sequence: 1,
            revision: 1,
            kind: "initial",
            decided_at: Moment::midnight(day, profile.zone),
            registry_revision: 0,
            engine_ns: None,
        },
        cause: None,
    };
    let mut answer = Vec::new();
    write_answer(&decision, View::Officer, &mut answer);
    Ok(compare(&case.expect, &Answer::read(&answer)?))
}
