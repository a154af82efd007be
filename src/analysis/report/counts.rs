//! What a report counts, and its columns in their order: a table. Sums are exact; ratios are rounded, half up, when they
//! are told.

use serde_json::Value;

use crate::engine::SelectedBy;
use crate::supervision::event::AdverseKind;

/// Units of an amount in one.
const UNITS: i128 = 10_000;
const HOUR_US: i128 = 3_600_000_000;

/// Decisions and outcomes of a group. Each is counted when it happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Declarations, in their first version.
    pub declarations: u64,
    /// Their value, in 1/10,000 of the base currency.
    pub value: i128,
    /// Those that were released by the first decision.
    pub released: u64,
    /// Those that were selected by it.
    pub selected: u64,
    /// Those that were held by it.
    pub held: u64,
    /// Items that the first decision did not release, by what selected them, in order of [`SelectedBy::ALL`].
    pub selected_by: [u64; SelectedBy::ALL.len()],
    /// Inspections of items that came back with a result.
    pub inspected: u64,
    /// Those that found the item not to conform.
    pub nonconforming: u64,
    /// Declarations that were released after they had been selected or held.
    pub released_later: u64,
    /// Microseconds from the first decision until then, of all of them together.
    pub waited_us: i128,
    /// How many of them that is the time of.
    pub waited: u64,
    /// Declarations that an officer rejected.
    pub rejected: u64,
    /// Declarations that were withdrawn.
    pub cancelled: u64,
    /// Holds that nobody ended.
    pub expired: u64,
    /// Later versions.
    pub amended: u64,
    /// Decisions that an officer took otherwise.
    pub overridden: u64,
    /// Declarations that were still selected or held when they were due.
    pub overdue: u64,
    /// Declarations that are selected or held at the end of what was read.
    pub open: u64,
    /// Slots of monitoring whose period has ended without a result.
    pub monitoring_missing: u64,
    /// What went wrong with goods, in order of [`AdverseKind::ALL`].
    pub adverse: [u64; AdverseKind::ALL.len()],
}

/// A cell of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// A number.
    Count(u64),
    /// An amount, in 1/10,000.
    Amount(i128),
    /// How many of how many; nothing where there are none. Told with four decimals.
    Share(u64, u64),
    /// Hours on average: microseconds, and of how many; nothing where there are none. Told with two decimals.
    Hours(i128, u64),
}

impl Counts {
    /// Another count of the adverse events of a kind.
    pub(super) fn adverse(&mut self, kind: AdverseKind, then: impl FnOnce(u64) -> u64) {
        if let Some(count) = self.adverse.get_mut(kind as usize) {
            *count = then(*count);
        }
    }

    /// The columns with their cells, in order.
    #[must_use]
    pub fn cells(&self) -> Vec<(String, Cell)> {
        let count = |name: &str, count: u64| (name.to_owned(), Cell::Count(count));
        let mut cells = vec![
            count("declarations", self.declarations),
            ("value".to_owned(), Cell::Amount(self.value)),
            count("released", self.released),
            count("selected", self.selected),
            count("held", self.held),
        ];
        let by = SelectedBy::ALL.iter().zip(self.selected_by);
        cells.extend(by.map(|(by, items)| count(&format!("selected_by_{}", by.as_str()), items)));
        cells.extend([
            count("inspected", self.inspected),
            count("nonconforming", self.nonconforming),
            (
                "hit_rate".to_owned(),
                Cell::Share(self.nonconforming, self.inspected),
            ),
            count("released_later", self.released_later),
            (
                "hours_to_release".to_owned(),
                Cell::Hours(self.waited_us, self.waited),
            ),
            count("rejected", self.rejected),
            count("cancelled", self.cancelled),
            count("expired", self.expired),
            count("amended", self.amended),
            count("overridden", self.overridden),
            count("overdue", self.overdue),
            count("open", self.open),
            count("monitoring_missing", self.monitoring_missing),
            count("adverse", self.adverse.iter().sum()),
        ]);
        let adverse = AdverseKind::ALL.iter().zip(self.adverse);
        cells.extend(adverse.map(|(kind, events)| count(kind.as_str(), events)));
        cells
    }
}

impl Cell {
    /// As text; empty where there is nothing to tell.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Amount(units) => amount(units),
            Self::Share(_, 0) | Self::Hours(_, 0) => String::new(),
            Self::Share(part, whole) => decimal(part.into(), whole.into(), 4),
            Self::Hours(us, count) => decimal(us, i128::from(count) * HOUR_US, 2),
        }
    }

    /// As JSON: amounts are texts, as everywhere.
    #[must_use]
    pub fn json(self) -> Value {
        match self {
            Self::Count(count) => count.into(),
            Self::Amount(units) => amount(units).into(),
            // A decimal of a few digits is the same number again when it is read.
            Self::Share(..) | Self::Hours(..) => self.text().parse::<f64>().ok().into(),
        }
    }
}

/// An amount without zeros at its end.
fn amount(units: i128) -> String {
    let (sign, units) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
    let (whole, rest) = (units / UNITS as u128, units % UNITS as u128);
    let text = format!("{sign}{whole}.{rest:04}");
    let text = text.trim_end_matches('0');
    text.strip_suffix('.').unwrap_or(text).to_owned()
}

/// A ratio that is not negative with so many decimals, half up.
fn decimal(part: i128, whole: i128, decimals: u32) -> String {
    let scale = 10_i128.pow(decimals);
    let rounded = (2 * part * scale + whole) / (2 * whole);
    let width = decimals as usize;
    format!("{}.{:0width$}", rounded / scale, rounded % scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_rounded_half_up_and_say_nothing_of_nothing() {
        assert_eq!(Cell::Share(1, 3).text(), "0.3333");
        assert_eq!(Cell::Share(2, 3).text(), "0.6667");
        assert_eq!(Cell::Share(1, 20_000).text(), "0.0001");
        assert_eq!(Cell::Share(7, 7).text(), "1.0000");
        assert_eq!(Cell::Share(0, 0).json(), Value::Null);
        assert_eq!(Cell::Hours(HOUR_US * 5, 2).text(), "2.50");
        assert_eq!(Cell::Hours(HOUR_US, 200).text(), "0.01");
        assert_eq!(Cell::Hours(0, 0).text(), "");
    }

    #[test]
    fn amounts_beyond_what_one_declaration_may_have_are_exact() {
        assert_eq!(Cell::Amount(0).text(), "0");
        assert_eq!(Cell::Amount(960_000_000).text(), "96000");
        assert_eq!(Cell::Amount(12_345_678).text(), "1234.5678");
        assert_eq!(Cell::Amount(-5_000).text(), "-0.5");
        let large = i128::from(i64::MAX) * 1_000;
        assert_eq!(Cell::Amount(large).text(), "922337203685477580.7");
    }
}
