//! What registry, policy and declarations of one plan share: seed, size, nomenclature and places.

use super::nomenclature::Nomenclature;
use super::place::Places;

/// The days that declarations and changes of the registry fall on: two years from here.
pub(super) const FIRST_DAY: &str = "2015-01-01";
/// How many days there are.
pub(super) const DAYS: u64 = 731;

/// The world of one seed and size.
#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) enterprises: u64,
    pub(super) nomenclature: Nomenclature,
    pub(super) places: Places,
    /// For each day its text, `2015-01-01` and on.
    days: Vec<String>,
}

impl World {
    /// The world of a seed with so many enterprises.
    pub(super) fn new(seed: u64, enterprises: u64) -> Self {
        let nomenclature = Nomenclature::new(seed);
        let places = Places::new(seed, enterprises, &nomenclature);
        let first = crate::declaration::Day::parse(FIRST_DAY).map_or(0, |day| day.number());
        let days = (first..first + DAYS as i32)
            .map(|day| crate::declaration::Day::from_number(day).to_string())
            .collect();
        Self {
            seed,
            enterprises,
            nomenclature,
            places,
            days,
        }
    }

    /// The text of a day below [`DAYS`].
    pub(super) fn day(&self, no: u64) -> &str {
        self.days.get(no as usize).map_or(FIRST_DAY, String::as_str)
    }
}
