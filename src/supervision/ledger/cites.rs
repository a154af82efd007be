//! The lots that declarations cite, by the first 64 bits of their digests. Whoever finds a declaration by them reads its
//! record.

use std::borrow::Cow;

use serde::Deserialize;

use super::digest;
use crate::registry::Reach;

/// What a product lot is known by.
pub(super) fn product_lot(id: &str) -> u64 {
    lot(b'p', id)
}

/// What a lot of raw material is known by.
pub(super) fn material_lot(id: &str) -> u64 {
    lot(b'm', id)
}

fn lot(kind: u8, id: &str) -> u64 {
    let mut bytes = Vec::with_capacity(id.len() + 1);
    bytes.push(kind);
    bytes.extend_from_slice(id.as_bytes());
    digest(&bytes) as u64
}

/// What of a declaration is looked at here.
#[derive(Deserialize)]
struct Body<'b> {
    #[serde(borrow)]
    items: Vec<BodyItem<'b>>,
}

#[derive(Deserialize)]
struct BodyItem<'b> {
    #[serde(borrow, default)]
    material_lots: Vec<BodyLot<'b>>,
    #[serde(borrow, default)]
    product_lots: Vec<Cow<'b, str>>,
}

#[derive(Deserialize)]
struct BodyLot<'b> {
    #[serde(borrow)]
    lot_id: Cow<'b, str>,
}

/// The lots that a canonical declaration cites.
pub(super) fn cited(body: &str) -> Box<[u64]> {
    // Few cite any, and these have one of the names in their text.
    if !body.contains("_lots\"") {
        return Box::default();
    }
    let Ok(body) = serde_json::from_str::<Body<'_>>(body) else {
        return Box::default();
    };
    let items = || body.items.iter();
    let products = items().flat_map(|item| item.product_lots.iter());
    let materials = items().flat_map(|item| item.material_lots.iter());
    let products = products.map(|lot| product_lot(lot));
    let materials = materials.map(|cited| material_lot(&cited.lot_id));
    let mut lots: Vec<u64> = products.chain(materials).collect();
    lots.sort_unstable();
    lots.dedup();
    lots.into_boxed_slice()
}

/// What lots are known by, ascending.
pub(super) fn lots_of(reach: &Reach) -> Vec<u64> {
    let products = reach.products.iter().map(|lot| product_lot(lot));
    let materials = reach.materials.iter().map(|lot| material_lot(lot));
    let mut lots: Vec<u64> = products.chain(materials).collect();
    lots.sort_unstable();
    lots
}

/// Whether two ascending lists share a member, the first being short.
pub(super) fn share(few: &[u64], many: &[u64]) -> bool {
    few.iter().any(|lot| many.binary_search(lot).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_read_of_all_items_and_told_apart_by_kind() {
        let body = r#"{"items":[{"item_no":1,"material_lots":[{"lot_id":"L","quantity":"1"}],"product_lots":["P","Q\n"]},{"item_no":2,"product_lots":["P"]},{"item_no":3}]}"#;
        let mut lots = vec![material_lot("L"), product_lot("P"), product_lot("Q\n")];
        lots.sort_unstable();
        assert_eq!(&*cited(body), lots);
        assert_ne!(material_lot("L"), product_lot("L"));
        assert!(cited(r#"{"items":[{"item_no":1}],"attributes":{"a_lots":"x"}}"#).is_empty());
        assert!(share(&[1, 5], &[4, 5]) && !share(&[1, 6], &[4, 5]));
    }
}
