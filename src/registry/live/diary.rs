//! The diaries of enterprises backwards: which product lots were made of each lot of raw material.

use std::collections::HashMap;

use super::shape::Shape;
use super::store::rows;

/// The table of the diaries.
pub(super) const PRODUCTS: &str = "products";

/// See the module.
#[derive(Debug, Default)]
pub(super) struct MadeOf {
    /// By the lot of raw material, the product lots in order.
    products: HashMap<Box<str>, Vec<Box<str>>>,
}

impl MadeOf {
    /// Takes rows of the diaries in.
    pub(super) fn enter(&mut self, text: &str) {
        for (product, material) in citations(text) {
            let products = self.products.entry(material).or_default();
            if let Err(place) = products.binary_search(&product) {
                products.insert(place, product);
            }
        }
    }

    /// Takes rows out that were taken in.
    pub(super) fn remove(&mut self, text: &str) {
        for (product, material) in citations(text) {
            let Some(products) = self.products.get_mut(&material) else {
                continue;
            };
            if let Ok(place) = products.binary_search(&product) {
                products.remove(place);
            }
            if products.is_empty() {
                self.products.remove(&material);
            }
        }
    }

    /// The product lots that were made of a lot of raw material, in order.
    pub(super) fn of(&self, material: &str) -> &[Box<str>] {
        self.products.get(material).map_or(&[], Vec::as_slice)
    }
}

/// The product lots in some rows, each with every lot of raw material that it was made of.
pub(super) fn citations(text: &str) -> impl Iterator<Item = (Box<str>, Box<str>)> {
    let shape = Shape::of(PRODUCTS);
    let rows = rows(text).filter_map(move |row| {
        let shape = shape?;
        let product = shape.cell(&row, shape.owner()).to_owned();
        let listed = shape.cell(&row, "material_lots").split(';').map(str::trim);
        let listed = listed.filter(|lot| !lot.is_empty());
        Some(
            listed
                .map(|lot| (Box::from(&*product), Box::from(lot)))
                .collect::<Vec<_>>(),
        )
    });
    rows.flatten()
}
