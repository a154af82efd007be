//! What the lots of raw material that an item cites say of it, and which supervision programmes name its enterprise.
//! A lot counts where it is known, the enterprise's own and in force on the declaration's day.

use super::join::ItemJoin;
use crate::declaration::{Amount, MaterialLot, Role};
use crate::registry::{ConsumptionNorm, Lot, Programme, TestResult};

/// The facts `source.*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Source {
    /// Every cited lot has passed its test or is of a filed supplier, and there is enough of them by the norms.
    pub covered: bool,
    /// The passed test of every cited lot holds all tests that the destination requires.
    pub covers_required_tests: bool,
    /// Every cited lot was bought of a filed supplier.
    pub filed_supplier: bool,
}

impl Source {
    /// A bit for each fact, in their order.
    pub(super) fn bits(self) -> u32 {
        u32::from(self.covered)
            | u32::from(self.covers_required_tests) << 1
            | u32::from(self.filed_supplier) << 2
    }
}

impl<'a> ItemJoin<'a> {
    /// What the cited lots say of the item; nothing where none is cited or one does not count.
    #[must_use]
    pub fn source(&self) -> Source {
        let (item, day) = (self.item, self.header.declaration.day);
        if item.material_lots.is_empty() {
            return Source::default();
        }
        let mut source = Source {
            covered: true,
            covers_required_tests: true,
            filed_supplier: true,
        };
        for cited in &item.material_lots {
            let Some(lot) = self.lot(cited) else {
                return Source::default();
            };
            let result = lot.result_on(day);
            let passed = result == Some(TestResult::Passed);
            source.covered &= passed || lot.filed && result.is_none();
            source.filed_supplier &= lot.filed;
            let mut required = self.requirements().flat_map(|row| row.tests.iter());
            source.covers_required_tests &= passed && required.all(|test| lot.tests.contains(test));
        }
        source.covered &= self.is_enough();
        source
    }

    /// A cited lot, where it counts.
    fn lot(&self, cited: &MaterialLot<'_>) -> Option<&'a Lot> {
        let header = self.header;
        let lot = header.registry.material().lot(&cited.lot_id)?;
        let own = lot.enterprise.is_some() && lot.enterprise == header.party(Role::Enterprise).no;
        (own && lot.validity.holds(header.declaration.day)).then_some(lot)
    }

    fn norms(&self) -> impl Iterator<Item = &'a ConsumptionNorm> {
        let (goods, day) = (self.header.registry.goods(), self.header.declaration.day);
        goods.norms(self.node, day)
    }

    /// Whether there is as much of every cited material as the norms of the goods ask for.
    fn is_enough(&self) -> bool {
        let cited = |norm: &&ConsumptionNorm| {
            let mut lots = self
                .item
                .material_lots
                .iter()
                .filter_map(|lot| self.lot(lot));
            lots.any(|lot| lot.material == norm.material)
        };
        self.norms().filter(cited).all(|norm| {
            let Some(needed) = self.needed(norm) else {
                return false;
            };
            let mut cited: i128 = 0;
            for lot in &self.item.material_lots {
                if self.lot(lot).is_some_and(|lot| is_of(norm, lot)) {
                    match lot.quantity {
                        Some(quantity) => cited += i128::from(quantity.units()),
                        // As much as the norm asks for.
                        None => return true,
                    }
                }
            }
            cited * SCALE >= needed
        })
    }

    /// What a norm asks for, in units of 10^-8; none where the quantity of the goods is not said.
    fn needed(&self, norm: &ConsumptionNorm) -> Option<i128> {
        if norm.per_unit_min == Amount::ZERO {
            return Some(0);
        }
        let quantity = i128::from(self.item.quantity?.units());
        Some(i128::from(norm.per_unit_min.units()) * quantity)
    }

    /// A cited lot with how much of it is used, in units of 1/10,000: what is cited, else what the norm of its material
    /// asks for, rounded up. None where the lot does not count, or nobody says how much.
    pub(super) fn used(&self, cited: &MaterialLot<'_>) -> Option<(&'a Lot, i64)> {
        let lot = self.lot(cited)?;
        if let Some(quantity) = cited.quantity {
            return Some((lot, quantity.units()));
        }
        let norms = self.norms().filter(|norm| is_of(norm, lot));
        let needed = norms.map(|norm| self.needed(norm)).max()??;
        Some((lot, i64::try_from((needed + SCALE - 1) / SCALE).ok()?))
    }

    /// The supervision programmes in force that name the enterprise, or a zone of which it is a member, and the goods.
    pub fn programmes(&self) -> impl Iterator<Item = &'a Programme> {
        let header = self.header;
        let enterprise = header.party(Role::Enterprise).no;
        let zones = header
            .standing(Role::Enterprise)
            .map_or(&[] as &[_], |standing| &standing.zones);
        let goods = header.registry.goods();
        goods
            .programmes(self.node, header.decision_day)
            .filter(move |row| {
                let anyone = row.zone.is_none() && row.enterprises.is_empty();
                let named = enterprise.is_some_and(|no| row.enterprises.contains(&no));
                let member = zones.iter().any(|zone| Some(zone.zone) == row.zone);
                anyone || named || member
            })
    }
}

const SCALE: i128 = Amount::SCALE as i128;

/// Whether a norm is of a lot's material.
fn is_of(norm: &ConsumptionNorm, lot: &Lot) -> bool {
    norm.material == lot.material && norm.unit == lot.unit
}
