//! Product lots that an adverse event names, followed back and forth: to the lots of raw material that they were made
//! of, and to every other product lot made of one of those. The diaries of enterprises say which; a product lot that
//! none of them knows is followed no further than itself.

use std::collections::{BTreeSet, HashMap};

use super::rows::{ProductRow, TraceRow};
use super::tables::Tables;
use super::validity::Validity;
use crate::declaration::Day;

/// An event that names product lots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The event's id.
    pub id: Box<str>,
    /// The product lots that it names.
    pub product_lots: Box<[Box<str>]>,
    /// When it is open.
    pub validity: Validity,
}

/// Lots that product lots lead to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// The product lots themselves, and those that share raw material with one of them.
    pub products: BTreeSet<Box<str>>,
    /// The lots of raw material that they were made of.
    pub materials: BTreeSet<Box<str>>,
}

/// What was made of what.
pub(super) trait Diary {
    /// The lots of raw material that a product lot was made of.
    fn materials_of(&self, product: &str) -> Vec<Box<str>>;

    /// The product lots that were made of a lot of raw material.
    fn products_of(&self, material: &str) -> Vec<Box<str>>;
}

impl Reach {
    /// From some product lots on.
    pub(super) fn of<'l>(
        product_lots: impl IntoIterator<Item = &'l str>,
        diary: &impl Diary,
    ) -> Self {
        let mut reach = Self::default();
        for lot in product_lots {
            reach.materials.extend(diary.materials_of(lot));
            reach.products.insert(lot.into());
        }
        let made = reach.materials.iter();
        reach
            .products
            .extend(made.flat_map(|lot| diary.products_of(lot)));
        reach
    }
}

/// All events that name product lots, and where they lead.
#[derive(Debug, Default)]
pub struct Traced {
    traces: Vec<Trace>,
    /// On which days a product lot is reached.
    products: HashMap<Box<str>, Vec<Validity>>,
    /// On which days a lot of raw material is.
    materials: HashMap<Box<str>, Vec<Validity>>,
}

impl Traced {
    /// Of all rows, in their order.
    pub(super) fn new(rows: &[TraceRow], diary: &impl Diary) -> Self {
        let mut traced = Self::default();
        for row in rows {
            let product_lots: Box<[Box<str>]> = row
                .product_lots
                .iter()
                .map(|lot| Box::from(&**lot))
                .collect();
            let reach = Reach::of(product_lots.iter().map(|lot| &**lot), diary);
            for lot in reach.products {
                traced.products.entry(lot).or_default().push(row.validity);
            }
            for lot in reach.materials {
                traced.materials.entry(lot).or_default().push(row.validity);
            }
            traced.traces.push(Trace {
                id: Box::from(&*row.trace_id),
                product_lots,
                validity: row.validity,
            });
        }
        traced
    }

    /// From the tables, whole.
    pub(super) fn of(t: &Tables) -> Self {
        if t.traces.is_empty() {
            return Self::default();
        }
        Self::new(&t.traces, &Products::new(&t.products))
    }

    /// Every event that names product lots, open or not, in order of the rows.
    #[must_use]
    pub fn all(&self) -> &[Trace] {
        &self.traces
    }

    /// Whether there is none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty()
    }

    /// Whether an event that is open on a day reaches a product lot.
    #[must_use]
    pub fn reaches_product(&self, lot: &str, day: Day) -> bool {
        holds(self.products.get(lot), day)
    }

    /// Whether an event that is open on a day reaches a lot of raw material.
    #[must_use]
    pub fn reaches_material(&self, lot: &str, day: Day) -> bool {
        holds(self.materials.get(lot), day)
    }

    /// Whether any event, open or not, reaches a product lot.
    pub(super) fn knows_product(&self, lot: &str) -> bool {
        self.products.contains_key(lot)
    }

    /// Whether any event, open or not, reaches a lot of raw material.
    pub(super) fn knows_material(&self, lot: &str) -> bool {
        self.materials.contains_key(lot)
    }
}

fn holds(days: Option<&Vec<Validity>>, day: Day) -> bool {
    days.is_some_and(|days| days.iter().any(|days| days.holds(day)))
}

/// The diaries as a table.
struct Products<'t> {
    rows: HashMap<&'t str, &'t ProductRow>,
    made_of: HashMap<&'t str, Vec<&'t str>>,
}

impl<'t> Products<'t> {
    fn new(rows: &'t [ProductRow]) -> Self {
        let mut made_of: HashMap<&str, Vec<&str>> = HashMap::new();
        for row in rows {
            for lot in &row.material_lots {
                made_of.entry(lot).or_default().push(&row.product_lot);
            }
        }
        Self {
            rows: rows.iter().map(|row| (&*row.product_lot, row)).collect(),
            made_of,
        }
    }
}

impl Diary for Products<'_> {
    fn materials_of(&self, product: &str) -> Vec<Box<str>> {
        let lots = self.rows.get(product).map(|row| row.material_lots.iter());
        lots.into_iter()
            .flatten()
            .map(|lot| Box::from(&**lot))
            .collect()
    }

    fn products_of(&self, material: &str) -> Vec<Box<str>> {
        let lots = self.made_of.get(material).into_iter().flatten();
        lots.map(|lot| Box::from(*lot)).collect()
    }
}
