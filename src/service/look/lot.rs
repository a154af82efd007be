//! A lot of raw material: its row, its supplier, what its test found, how much is taken of it, and what was made of it.

use serde_json::{Value, json};

use super::file::supplier;
use super::part::Part;
use super::row;
use crate::declaration::{Amount, Day};
use crate::engine::StockKey;
use crate::service::{Desk, Refusal};

impl Desk {
    /// A lot on a day, or else today. `taken` and `left` are those of now, whatever the day, in the lot's unit; a part
    /// of its product lots, by their ids.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Stopped`].
    pub fn lot(&self, id: &str, on: Option<Day>, part: &Part) -> Result<Value, Refusal> {
        let taken = {
            let held = self.settle.hold()?;
            held.ledger().stocks().taken(StockKey::of_lot(id))
        };
        self.look(on, |world, on| {
            let registry = world.registry();
            let Some(mut lot) = row::of_owner(registry, "lots", id, on).pop() else {
                return Err(Refusal::NotFound(format!("the registry has no lot `{id}`")));
            };
            let supplier = supplier(registry, &lot, on);
            let known = registry.current().material().lot(id);
            let whole = known.map_or(0, |lot| lot.quantity.units());
            let made = registry.owners_with("products", "material_lots", id);
            let (made, next) = part.of(made.into_iter(), |product| product.to_string());
            let result = known.and_then(|lot| lot.result_on(on));
            let amount = |units| Amount::from_units(units).map(|amount| amount.to_string());
            lot.extend([
                ("supplier".to_owned(), supplier),
                (
                    "supplier_filed".to_owned(),
                    known.is_some_and(|lot| lot.filed).into(),
                ),
                (
                    "result_known".to_owned(),
                    result.map(|result| result.as_str()).into(),
                ),
                ("taken".to_owned(), amount(taken).ok().into()),
                (
                    "left".to_owned(),
                    amount(whole.saturating_sub(taken)).ok().into(),
                ),
                ("product_lots".to_owned(), json!(made)),
                ("product_lots_next".to_owned(), next.into()),
            ]);
            Ok(Value::Object(lot))
        })
    }
}
