//! Whether an adverse event leads to what an item cites.

use super::join::ItemJoin;

impl ItemJoin<'_> {
    /// Whether a product lot or lot of raw material that the item cites, or one that shares raw material with it, is
    /// named by a notification or recall that is open on the decision's day.
    #[must_use]
    pub fn trace_affected(&self) -> bool {
        let (header, item) = (self.header, self.item);
        let (traced, day) = (header.registry.traced(), header.decision_day);
        if traced.is_empty() {
            return false;
        }
        let mut products = item.product_lots.iter();
        let mut materials = item.material_lots.iter();
        products.any(|lot| traced.reaches_product(lot, day))
            || materials.any(|lot| traced.reaches_material(&lot.lot_id, day))
    }
}
