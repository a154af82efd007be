//! Made-up input for load tests: a registry, a policy and a stream of declarations with the skew of real trade,
//! from a seed. The same plan gives the same bytes on every platform, and the declaration of a number needs only
//! seed and size, so any part of a stream can be made alone, in parallel and in memory. Nothing here writes files.

mod chapters;
mod declaration;
mod nomenclature;
mod party;
mod place;
mod policy;
mod random;
mod registry;
mod text;
mod world;

use std::io::{self, Write};
use std::ops::RangeInclusive;

pub use registry::RegistryFile;

use crate::limits::{
    GENERATED_DECLARATIONS_MAX, GENERATED_ENTERPRISES_MAX, GENERATED_ENTERPRISES_MIN,
    GENERATED_RULES_MAX, GENERATED_RULES_MIN,
};
use crate::policy::{PolicySource, SourceError};
use crate::registry::{RegistryErrors, RegistrySource};
use world::World;

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Enterprises of the registry.
    pub enterprises: u64,
    /// Declarations of the stream.
    pub declarations: u64,
    /// Rules of the policy, over all its books.
    pub rules: u64,
    /// Where all randomness comes from.
    pub seed: u64,
}

/// Why a plan cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// A number is outside its bounds.
    #[error("{asked} {what} were asked for; there can be {low} to {high}")]
    Bounds {
        /// Of what.
        what: &'static str,
        /// How many were asked for.
        asked: u64,
        /// The fewest.
        low: u64,
        /// The most.
        high: u64,
    },
}

/// Makes what a plan asks for.
#[derive(Debug)]
pub struct Generator {
    plan: Plan,
    world: World,
}

impl Generator {
    /// Checks a plan and prepares what its parts share.
    ///
    /// # Errors
    /// [`GenerateError::Bounds`] for the first number outside its bounds.
    pub fn new(plan: Plan) -> Result<Self, GenerateError> {
        let enterprises = GENERATED_ENTERPRISES_MIN..=GENERATED_ENTERPRISES_MAX;
        bounded("enterprises", plan.enterprises, enterprises)?;
        bounded(
            "declarations",
            plan.declarations,
            0..=GENERATED_DECLARATIONS_MAX,
        )?;
        bounded(
            "rules",
            plan.rules,
            GENERATED_RULES_MIN..=GENERATED_RULES_MAX,
        )?;
        Ok(Self {
            plan,
            world: World::new(plan.seed, plan.enterprises),
        })
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> Plan {
        self.plan
    }

    /// The registry's files, which write themselves.
    pub fn registry_files(&self) -> impl Iterator<Item = RegistryFile<'_>> {
        registry::files(&self.world)
    }

    /// The policy's files: path and text.
    #[must_use]
    pub fn policy_files(&self) -> Vec<(String, String)> {
        policy::files(&self.world, self.plan.rules)
    }

    /// Appends the declaration of a number as one line of JSON with its line end. The number may be beyond the plan's count.
    pub fn declaration(&self, number: u64, out: &mut Vec<u8>) {
        declaration::push(&self.world, number, out);
    }

    /// Writes the plan's declarations as NDJSON, rendered in parallel; `progress` hears from time to time how many are written.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_declarations(
        &self,
        out: &mut dyn Write,
        progress: impl FnMut(u64),
    ) -> io::Result<()> {
        let render = |number, bytes: &mut Vec<u8>| self.declaration(number, bytes);
        text::write_in_order(out, self.plan.declarations, render, progress)
    }

    /// The registry in memory.
    ///
    /// # Errors
    /// None that a test has not excluded: names of tables that no registry has.
    pub fn registry_source(&self) -> Result<RegistrySource, RegistryErrors> {
        let files = self.registry_files().map(|file| {
            let mut bytes = Vec::new();
            let written = file.write_to(&mut bytes);
            debug_assert!(written.is_ok(), "memory takes every write");
            (file.name(), bytes)
        });
        RegistrySource::from_files(files)
    }

    /// The policy in memory.
    ///
    /// # Errors
    /// None that a test has not excluded: one path twice.
    pub fn policy_source(&self) -> Result<PolicySource, SourceError> {
        PolicySource::from_files(self.policy_files())
    }
}

fn bounded(
    what: &'static str,
    asked: u64,
    bounds: RangeInclusive<u64>,
) -> Result<(), GenerateError> {
    let (low, high) = bounds.into_inner();
    if (low..=high).contains(&asked) {
        return Ok(());
    }
    Err(GenerateError::Bounds {
        what,
        asked,
        low,
        high,
    })
}
