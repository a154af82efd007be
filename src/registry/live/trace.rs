//! Where adverse events lead, by the rows that there are now. It is found again only where an event's row changes, or
//! the diary of a lot that one of them reaches.

use super::diary::{PRODUCTS, citations};
use super::store::OwnerRows;
use super::{LiveRegistry, RowStore};
use crate::registry::read::TableSource;
use crate::registry::rows::TraceRow;
use crate::registry::text_rows::TextRows;
use crate::registry::trace::{Diary, Reach, Traced};

/// The table of the events that name product lots.
const TRACES: &str = "traces";

impl Diary for RowStore {
    fn materials_of(&self, product: &str) -> Vec<Box<str>> {
        let cited = citations(self.text(PRODUCTS, product));
        cited.map(|(_, material)| material).collect()
    }

    fn products_of(&self, material: &str) -> Vec<Box<str>> {
        self.made_of(material).to_vec()
    }
}

impl LiveRegistry {
    /// The lots that some product lots lead to.
    #[must_use]
    pub fn reach<'l>(&self, product_lots: impl IntoIterator<Item = &'l str>) -> Reach {
        Reach::of(product_lots, &self.rows)
    }

    /// Where all events lead.
    pub(super) fn trace(&self) -> Traced {
        let mut texts = TextRows::default();
        for (_, text) in self.rows.sorted(TRACES) {
            texts.add(TRACES, text);
        }
        let (rows, _) = texts.read::<TraceRow>();
        Traced::new(&rows, &self.rows)
    }

    /// Whether events may lead elsewhere than they did, by the rows that were there before.
    pub(super) fn leads_elsewhere(&self, before: &[OwnerRows]) -> bool {
        let traced = self.current.traced();
        let is_reached = |product: &str, text: &str| {
            let mut cited = citations(text);
            traced.knows_product(product) || cited.any(|(_, lot)| traced.knows_material(&lot))
        };
        before.iter().any(|OwnerRows { shape, owner, text }| {
            let now = self.rows.text(shape.table, owner);
            match shape.table {
                TRACES => true,
                PRODUCTS if !traced.is_empty() => is_reached(owner, text) || is_reached(owner, now),
                _ => false,
            }
        })
    }
}
