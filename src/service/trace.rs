//! A product lot followed back to its raw material and forth to what else was made of it, with the declarations that
//! cited any of these and the events that lead to it.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::refusal::Refusal;
use crate::declaration::Day;
use crate::limits::MAX_TRACED;
use crate::registry::{LiveRegistry, Reach, Trace, Validity};
use crate::supervision::{Affected, Entry, Ledger, Record};

/// A row's cells as (column, value).
type Row = Vec<(String, String)>;

impl Desk {
    /// What is known of a product lot, as JSON.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where no diary has it, no event names it and no declaration in memory cites it;
    /// [`Refusal::Stopped`].
    pub fn trace(&self, product_lot: &str) -> Result<Value, Refusal> {
        let world = self.hold_world()?;
        let (registry, today) = (world.registry(), self.settle.snapshot().today);
        let diary = registry.rows("products", product_lot).pop();
        let reach = registry.reach([product_lot]);
        let events = open_events(registry, &reach, today);
        let materials = reach.materials.iter().map(|lot| material(registry, lot));
        let materials: Vec<Value> = materials.collect();
        drop(world);
        let (declarations, left_out) = self.citing(&reach)?;
        if diary.is_none() && events.is_empty() && declarations.is_empty() {
            let why = format!("nothing is known of a product lot `{product_lot}`");
            return Err(Refusal::NotFound(why));
        }
        let diary = diary.unwrap_or_default();
        let others = reach.products.iter().filter(|lot| &***lot != product_lot);
        Ok(json!({
            "product_lot": product_lot,
            "enterprise_id": cell(&diary, "enterprise_id"),
            "hs_code": cell(&diary, "hs_code"),
            "produced_on": cell(&diary, "produced_on"),
            "shift": cell(&diary, "shift"),
            "material_lots": materials,
            "other_product_lots": others.collect::<Vec<_>>(),
            "affected": !events.is_empty(),
            "open_events": events,
            "declarations": declarations,
            "declarations_left_out": left_out,
        }))
    }

    /// Declarations in memory that cite one of some lots, the latest first, and how many there are beyond the limit.
    fn citing(&self, reach: &Reach) -> Result<(Vec<Value>, usize), Refusal> {
        let (mut entries, lots): (Vec<Entry>, _) = (Vec::new(), Affected::by_lots(reach));
        for part in 0..Ledger::parts() {
            entries.extend(self.settle.hold()?.ledger().affected(part, &lots));
        }
        entries.sort_unstable_by_key(|entry| Reverse(entry.latest));
        let left_out = entries.len().saturating_sub(MAX_TRACED);
        if let Some(last) = entries.first() {
            self.wait_durable(last.latest)?;
        }
        let mut declarations = Vec::new();
        for entry in entries.iter().take(MAX_TRACED) {
            declarations.extend(self.cited(entry, reach)?);
        }
        Ok((declarations, left_out))
    }

    /// A declaration with the lots that it cites of some; none where it cites none.
    fn cited(&self, entry: &Entry, reach: &Reach) -> Result<Option<Value>, Refusal> {
        let broken = |why: &dyn std::fmt::Display| Refusal::Stopped(why.to_string());
        let payload = self.record(entry.latest)?;
        let record = Record::decode(&payload).map_err(|error| broken(&error))?;
        let revision = record.revision.as_ref();
        let revision = revision.ok_or_else(|| broken(&"a revision's record has none"))?;
        let body: Value = serde_json::from_str(revision.body).map_err(|error| broken(&error))?;
        let mut lots = Vec::new();
        let items = body.get("items").and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            let products = listed(item, "product_lots").filter_map(Value::as_str);
            lots.extend(products.filter(|lot| reach.products.contains(*lot)));
            let materials = listed(item, "material_lots").filter_map(|lot| lot.get("lot_id"));
            let materials = materials.filter_map(Value::as_str);
            lots.extend(materials.filter(|lot| reach.materials.contains(*lot)));
        }
        lots.sort_unstable();
        lots.dedup();
        Ok((!lots.is_empty()).then(|| {
            json!({
                "declaration_id": revision.declaration_id,
                "version": revision.version,
                "revision": revision.revision,
                "status": revision.status.as_str(),
                "lots": lots,
            })
        }))
    }
}

fn listed<'v>(item: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    let list = item.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// The events that are open on a day and lead to a lot, by all that shares raw material with it.
fn open_events(registry: &LiveRegistry, reach: &Reach, day: Day) -> Vec<Value> {
    let traces = registry.current().traced().all().iter();
    let open = traces.filter(|trace| trace.validity.holds(day));
    let leading = open.filter(|trace| {
        let mut named = trace.product_lots.iter();
        named.any(|lot| reach.products.contains(lot))
    });
    leading.map(event).collect()
}

fn event(trace: &Trace) -> Value {
    let Validity { from, to } = trace.validity;
    json!({
        "event_id": trace.id,
        "product_lots": trace.product_lots,
        "from": (from > Day::MIN).then(|| from.to_string()),
        "to": (to < Day::MAX).then(|| to.to_string()),
    })
}

/// A lot of raw material with its supplier, as it was filed last.
fn material(registry: &LiveRegistry, lot: &str) -> Value {
    let row = registry.rows("lots", lot).pop().unwrap_or_default();
    let supplier = cell(&row, "supplier_id").and_then(|id| registry.rows("suppliers", id).pop());
    let tests = cell(&row, "tests").unwrap_or_default().split(';');
    let tests = tests.map(str::trim).filter(|test| !test.is_empty());
    let mut told = members(
        &row,
        &[
            "enterprise_id",
            "material",
            "quantity",
            "unit",
            "purchased_on",
            "tested_on",
            "result",
        ],
    );
    told.insert("lot_id".to_owned(), lot.into());
    told.insert("tests".to_owned(), tests.collect::<Vec<_>>().into());
    let supplier = supplier.map(|row| {
        let columns = ["supplier_id", "kind", "last_monitored", "result"];
        Value::Object(members(&row, &columns))
    });
    told.insert("supplier".to_owned(), supplier.unwrap_or_default());
    Value::Object(told)
}

fn members(row: &Row, columns: &[&str]) -> Map<String, Value> {
    let member = |column: &&str| ((*column).to_owned(), json!(cell(row, column)));
    columns.iter().map(member).collect()
}

fn cell<'r>(row: &'r Row, column: &str) -> Option<&'r str> {
    let found = row.iter().find(|(name, _)| name == column);
    let value = found.map(|(_, value)| value.as_str());
    value.filter(|value| !value.is_empty())
}
