//! A zone: its rows and assessments, what it is on a day, and its members by how far their membership has come.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::part::Part;
use super::row::{self, Row};
use crate::declaration::Day;
use crate::registry::{LiveRegistry, MemberState};
use crate::service::{Desk, Refusal};

impl Desk {
    /// A zone on a day, or else today: its rows, the one in force as `now`, how many memberships are in each state, and a
    /// part of the memberships in force, by enterprise; with `state` only those in it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Stopped`].
    pub fn zone(
        &self,
        id: &str,
        on: Option<Day>,
        state: Option<MemberState>,
        part: &Part,
    ) -> Result<Value, Refusal> {
        self.look(on, |world, on| {
            let registry = world.registry();
            let rows = row::of_owner(registry, "zones", id, on);
            if rows.is_empty() {
                return Err(Refusal::NotFound(format!(
                    "the registry has no zone `{id}`"
                )));
            }
            let assessments = row::of_owner(registry, "zone_assessments", id, on);
            let members = members(registry, id, on);
            let mut counts: BTreeMap<&str, u64> = MemberState::ALL
                .iter()
                .map(|state| (state.as_str(), 0))
                .collect();
            for member in &members {
                if let Some(count) = counts.get_mut(row::cell(member, "state")) {
                    *count += 1;
                }
            }
            let wanted = members.into_iter().filter(|member| {
                state.is_none_or(|state| row::cell(member, "state") == state.as_str())
            });
            let key = |member: &Row| row::cell(member, "enterprise_id").to_owned();
            let (members, next) = part.of(wanted, key);
            let now = rows.iter().find(|row| row::in_force("zones", row, on));
            Ok(json!({
                "zone_id": id,
                "now": now,
                "rows": rows,
                "assessments": assessments.into_iter().map(assessed).collect::<Vec<_>>(),
                "members_by_state": counts,
                "members": members,
                "members_next": next,
            }))
        })
    }
}

/// What an assessment says is of its day, not in force.
fn assessed(mut assessment: Row) -> Row {
    assessment.remove("in_force");
    assessment
}

/// The memberships of a zone that are in force on a day, one for each enterprise.
fn members(registry: &LiveRegistry, zone: &str, on: Day) -> Vec<Row> {
    let rows = row::naming(registry, "memberships", ("zone_id", zone), on).into_iter();
    let in_force = rows.filter(|row| row::in_force("memberships", row, on));
    let without = |mut row: Row| {
        row.remove("in_force");
        row.remove("zone_id");
        row
    };
    in_force.map(without).collect()
}
