//! An enterprise: what every table of the registry says of it, and what that makes of it on a day.

use serde_json::{Map, Value, json};

use super::row::{self, Row};
use crate::declaration::Day;
use crate::limits::FEED_LIMIT;
use crate::registry::{LiveRegistry, PARTY_TABLES, Registry, Standing, Sym};
use crate::service::{Desk, Refusal};
use crate::supervision::Proposal;

/// Other tables that name enterprises, and the column in which they do.
const NAMING: [(&str, &str); 4] = [
    ("alerts", "enterprise_id"),
    ("programmes", "enterprises"),
    ("risk_assessments", "enterprise_id"),
    ("rulings", "enterprise_id"),
];

impl Desk {
    /// An enterprise on a day, or else today: `standing`, as decisions read it, `proposals` of the policy, and `rows` by
    /// table, of each at most [`FEED_LIMIT`], the last ones; how many more there are, `rows_left_out` says.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where no table has it; [`Refusal::Stopped`].
    pub fn enterprise(&self, id: &str, on: Option<Day>) -> Result<Value, Refusal> {
        self.look(on, |world, on| {
            let registry = world.registry();
            let standing = standing(registry.current(), id, on);
            let (mut rows, mut left_out) = (Map::new(), Map::new());
            for (table, mut found) in tables(registry, id, on) {
                let more = found.len().saturating_sub(FEED_LIMIT);
                if more > 0 {
                    left_out.insert(table.to_owned(), more.into());
                }
                found.drain(..more);
                rows.insert(table.to_owned(), found.into());
            }
            if standing.is_null() && rows.is_empty() {
                return Err(unknown(id));
            }
            let proposals = world.proposals(id, on);
            let proposals: Vec<Value> = proposals.iter().map(Proposal::json).collect();
            Ok(json!({
                "enterprise_id": id,
                "standing": standing,
                "proposals": proposals,
                "rows": rows,
                "rows_left_out": left_out,
            }))
        })
    }
}

pub(super) fn unknown(id: &str) -> Refusal {
    Refusal::NotFound(format!("the registry has no enterprise `{id}`"))
}

/// The rows of an enterprise, table by table, where it has any.
fn tables(
    registry: &LiveRegistry,
    id: &str,
    on: Day,
) -> impl Iterator<Item = (&'static str, Vec<Row>)> {
    let own = PARTY_TABLES.map(|table| (table, row::of_owner(registry, table, id, on)));
    let naming = NAMING.map(|(table, column)| {
        let rows = row::naming(registry, table, (column, id), on);
        (table, rows)
    });
    let all = own.into_iter().chain(naming);
    all.filter(|(_, rows)| !rows.is_empty())
}

/// What rules may know of an enterprise on a day.
fn standing(registry: &Registry, id: &str, on: Day) -> Value {
    let parties = registry.parties();
    let no = parties.find(id);
    let standing = no.and_then(|no| parties.get(parties.standing(no, on)));
    standing.map_or(Value::Null, |standing| told(registry, standing))
}

fn told(registry: &Registry, standing: &Standing) -> Value {
    let name = |sym: Sym| registry.symbols().name(sym);
    let named = |sym: Sym| Some(name(sym)).filter(|name| !name.is_empty());
    let names = |syms: &[Sym]| syms.iter().map(|sym| name(*sym)).collect::<Vec<_>>();
    let zones = standing.zones.iter().map(|membership| {
        let id = registry.zone(membership.zone).map(|zone| name(zone.id));
        json!({ "zone_id": id, "level": membership.level.as_str() })
    });
    let cases = standing.cases.iter();
    json!({
        "known": standing.known,
        "kind": standing.kind.map(|kind| kind.as_str()),
        "size": named(standing.size),
        "class": (standing.class > 0).then_some(standing.class),
        "standing": standing.colour.as_str(),
        "lists": names(&standing.lists),
        "titles": names(&standing.titles),
        "certificates": names(&standing.certificates),
        "credit": standing.credit.map(name),
        "quality_file": standing.quality_file,
        "office": named(standing.office),
        "zones": zones.collect::<Vec<_>>(),
        "registrations": standing.registrations.len(),
        "exemptions": standing.exemptions.len(),
        "alerts": standing.alerts.len(),
        "open_cases": cases.clone().filter(|case| case.open).count(),
        "tightened": cases.clone().any(|case| case.in_force),
    })
}
