//! A decision: a declaration with what was joined, what came out, and what the run or service added. Whoever
//! writes answers and archives reads this.

use super::facts::Facts;
use super::join::{HeaderJoin, ItemJoin};
use super::outcome::Outcome;
use super::program::Program;
use std::cmp::Reverse;

use crate::declaration::{Declaration, Item, Moment, Role};
use crate::policy::{OfficeKind, Verdict};

/// What a run or service adds to an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionMeta {
    /// The place in the order of all decisions, from 1.
    pub sequence: u64,
    /// The revision of the version; 1 for the first decision.
    pub revision: u32,
    /// When it was decided.
    pub decided_at: Moment,
    /// The registry's revision.
    pub registry_revision: u64,
    /// Nanoseconds from typed declaration to outcome, where they were measured.
    pub engine_ns: Option<u32>,
}

/// A decided declaration.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The program that decided.
    pub program: &'a Program,
    /// The declaration with what was joined for its header.
    pub header: &'a HeaderJoin<'a>,
    /// What came out.
    pub outcome: &'a Outcome,
    /// What was added.
    pub meta: DecisionMeta,
}

impl<'a> Decision<'a> {
    /// The declaration.
    #[must_use]
    pub fn declaration(&self) -> &'a Declaration<'a> {
        self.header.declaration
    }

    /// The decision's id: a UUID (version 8, RFC 9562) made of declaration, version and revision, so that the
    /// same decision has the same id wherever it is made again.
    #[must_use]
    pub fn id(&self) -> String {
        let declaration = self.declaration();
        let mut hasher = blake3::Hasher::new();
        hasher.update(declaration.id.as_str().as_bytes());
        hasher.update(&declaration.version.to_be_bytes());
        hasher.update(&self.meta.revision.to_be_bytes());
        let mut id = u128::from_be_bytes(first_16(hasher.finalize().as_bytes()));
        id = id & !(0xf << 76) | 0x8 << 76;
        id = id & !(0x3 << 62) | 0x2 << 62;
        let hex = format!("{id:032x}");
        let part = |from, to| hex.get(from..to).unwrap_or_default();
        format!(
            "{}-{}-{}-{}-{}",
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32)
        )
    }

    /// The status that the verdict brings.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self.outcome.verdict {
            Verdict::Release => "released",
            Verdict::Sample => "selected",
            Verdict::Hold => "held",
        }
    }

    /// Until when it is due.
    #[must_use]
    pub fn due_at(&self) -> Option<Moment> {
        self.outcome
            .due_s
            .map(|seconds| self.meta.decided_at.plus_seconds(i64::from(seconds)))
    }

    /// The office that carries an item's obligations out: the declaring one, the enterprise's own, or the resident
    /// office of its zone of highest level.
    #[must_use]
    pub fn office(&self, join: &ItemJoin<'a>, kind: OfficeKind) -> Option<&'a str> {
        let registry = self.header.registry;
        let sym = match kind {
            OfficeKind::Declared => return self.declaration().office.as_deref(),
            OfficeKind::Origin => self.header.standing(Role::Enterprise)?.office,
            OfficeKind::Zone => {
                let zone = join
                    .zones_in_scope()
                    .max_by_key(|zone| (zone.level, Reverse(zone.zone)))?;
                registry
                    .zone(zone.zone)?
                    .on(self.header.decision_day)?
                    .resident_office
            }
        };
        Some(registry.symbols().name(sym)).filter(|office| !office.is_empty())
    }

    /// An item as it was joined.
    #[must_use]
    pub fn join(&self, item: &'a Item<'a>) -> ItemJoin<'a> {
        self.program.join_item(self.header, item)
    }

    /// The facts of a joined item, by its place in the declaration.
    #[must_use]
    pub fn facts<'j>(&'j self, join: &'j ItemJoin<'j>, at: usize) -> Facts<'j> {
        Facts {
            item: join,
            names: &self.program.fixed.policy.names,
            risk: self.outcome.risk_of(at),
        }
    }
}

fn first_16(bytes: &[u8; 32]) -> [u8; 16] {
    let mut first = [0; 16];
    first
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = *from);
    first
}
