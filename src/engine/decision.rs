//! A decision: a declaration with what was joined, what came out, and what the run or service added. Whoever
//! writes answers and archives reads this.

use super::facts::Facts;
use super::join::{HeaderJoin, ItemJoin};
use super::outcome::Outcome;
use super::program::Program;
use crate::declaration::{Declaration, Item, Moment};
use crate::policy::Verdict;

/// What a run or service adds to an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionMeta {
    /// The place in the order of all decisions, from 1.
    pub sequence: u64,
    /// The revision of the version; 1 for the first decision.
    pub revision: u32,
    /// Why there is this revision, as the archive names it: `initial` for the first decision.
    pub kind: &'static str,
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
    /// The event that caused it; none where the declaration itself did.
    pub cause: Option<&'a str>,
}

impl<'a> Decision<'a> {
    /// The declaration.
    #[must_use]
    pub fn declaration(&self) -> &'a Declaration<'a> {
        self.header.declaration
    }

    /// The decision's id, see [`decision_id`].
    #[must_use]
    pub fn id(&self) -> String {
        let declaration = self.declaration();
        decision_id(
            declaration.id.as_str(),
            declaration.version,
            self.meta.revision,
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

/// A decision's id: a UUID (version 8, RFC 9562) made of declaration, version and revision, so that the same
/// decision has the same id wherever it is made again.
#[must_use]
pub fn decision_id(declaration_id: &str, version: u32, revision: u32) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(declaration_id.as_bytes());
    hasher.update(&version.to_be_bytes());
    hasher.update(&revision.to_be_bytes());
    let hash = hasher.finalize();
    let first = hash.as_bytes().first_chunk().copied();
    let mut id = first.map_or(0, u128::from_be_bytes);
    id = id & !(0xf << 76) | 0x8 << 76;
    id = id & !(0x3 << 62) | 0x2 << 62;
    let mut text = String::with_capacity(36);
    for (digit, nibble) in (0..32).map(|digit| (digit, id >> (124 - 4 * digit) & 0xf)) {
        if matches!(digit, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.extend(char::from_digit(nibble as u32, 16));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_id_is_a_uuid_of_version_8_made_of_declaration_version_and_revision() {
        for (version, revision) in [(1_u32, 1_u32), (1, 2), (2, 1), (u32::MAX, 7)] {
            let mut hashed = b"D-1".to_vec();
            hashed.extend(version.to_be_bytes());
            hashed.extend(revision.to_be_bytes());
            let hash = blake3::hash(&hashed).to_hex();
            let (one, two, three) = (&hash[..8], &hash[8..12], &hash[13..16]);
            let variant = u8::from_str_radix(&hash[16..17], 16).unwrap() & 0b0011 | 0b1000;
            let (four, five) = (&hash[17..20], &hash[20..32]);
            let id = format!("{one}-{two}-8{three}-{variant:x}{four}-{five}");
            assert_eq!(decision_id("D-1", version, revision), id);
        }
    }
}
