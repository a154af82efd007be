//! What the benches share: generated worlds, compiled.

use std::sync::Arc;

use greenlane::engine::Program;
use greenlane::generate::{Generator, Plan};
use greenlane::policy::{Policy, read};
use greenlane::registry::Registry;

/// As in the binary: where memory lies decides how many look-ups miss.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The seed of every bench.
pub(crate) const SEED: u64 = 20_161_102;
/// Declarations that an engine bench goes round, so that caches and branch predictors see a mix.
pub(crate) const DECLARATIONS: u64 = 4_096;

/// A generated world.
pub(crate) struct World {
    pub(crate) generator: Generator,
    pub(crate) policy: Arc<Policy>,
    pub(crate) registry: Arc<Registry>,
}

/// Generates a world and reads it as the commands do.
pub(crate) fn world(enterprises: u64, rules: u64) -> World {
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

impl World {
    /// Compiles the policy against the registry.
    pub(crate) fn program(&self) -> Program {
        Program::compile(Arc::clone(&self.policy), Arc::clone(&self.registry))
            .expect("a generated policy is within limits")
    }
}
