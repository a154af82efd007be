//! What the benches share: generated worlds, compiled.

#![allow(dead_code)]

use std::sync::Arc;

use greenlane::declaration::{Declaration, read_json};
use greenlane::engine::Program;
use greenlane::generate::{Generator, Plan};
use greenlane::policy::{Policy, read};
use greenlane::registry::Registry;

/// The seed of every bench.
pub const SEED: u64 = 20_161_102;
/// Declarations that an engine bench goes round, so that caches and branch predictors see a mix.
pub const DECLARATIONS: u64 = 4_096;

/// A generated world.
pub struct World {
    pub generator: Generator,
    pub policy: Arc<Policy>,
    pub registry: Arc<Registry>,
}

/// Generates a world and reads it as the commands do.
pub fn world(enterprises: u64, rules: u64) -> World {
    let plan = Plan {
        enterprises,
        declarations: DECLARATIONS,
        rules,
        seed: SEED,
    };
    let generator = Generator::new(plan).expect("the plan is within bounds");
    let policy = Arc::new(
        read(&generator.policy_source().expect("paths are unique"))
            .expect("a generated policy is right"),
    );
    let source = generator.registry_source().expect("table names are right");
    let registry = Registry::build(&source, Some(&policy.profile.party_ids))
        .expect("a generated registry is right");
    World {
        generator,
        policy,
        registry: Arc::new(registry),
    }
}

/// The same registry under a policy of another size.
pub fn policy(rules: u64, enterprises: u64) -> Arc<Policy> {
    let plan = Plan {
        enterprises,
        declarations: DECLARATIONS,
        rules,
        seed: SEED,
    };
    let generator = Generator::new(plan).expect("the plan is within bounds");
    Arc::new(
        read(&generator.policy_source().expect("paths are unique"))
            .expect("a generated policy is right"),
    )
}

impl World {
    /// Compiles the policy against the registry.
    pub fn program(&self) -> Program {
        program(&self.policy, &self.registry)
    }

    /// Generated declarations as lines of JSON, those of a single item only.
    pub fn lines(&self, count: usize) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        for number in 0.. {
            let mut line = Vec::new();
            self.generator.declaration(number, &mut line);
            if read_json(&line, &self.policy.profile, self.registry.currencies())
                .expect("a generated declaration is right")
                .items
                .len()
                == 1
            {
                lines.push(line);
            }
            if lines.len() == count {
                break;
            }
        }
        lines
    }
}

/// Compiles a policy against a registry.
pub fn program(policy: &Arc<Policy>, registry: &Arc<Registry>) -> Program {
    Program::compile(Arc::clone(policy), Arc::clone(registry))
        .expect("a generated policy is within limits")
}

/// Reads lines.
pub fn declarations<'l>(lines: &'l [Vec<u8>], world: &World) -> Vec<Declaration<'l>> {
    lines
        .iter()
        .map(|line| {
            read_json(line, &world.policy.profile, world.registry.currencies())
                .expect("a generated declaration is right")
        })
        .collect()
}
