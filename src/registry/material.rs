//! Lots of raw material as declarations are joined with them: whose each is, how much there was, what its test found
//! and whether it was bought of a filed supplier. What is left of a lot is settle's to know.

use std::collections::HashMap;

use super::check::{Cites, NOBODY};
use super::files::{MaterialDay, latest_test};
use super::id_index::IdIndex;
use super::parties::PartyNo;
use super::rows::{LotRow, SupplierRow};
use super::symbol::{Sym, Symbols};
use super::tables::Tables;
use super::validity::Validity;
use super::word::TestResult;
use crate::declaration::{Amount, Day};

/// A lot of raw material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Whose it is.
    pub enterprise: Option<PartyNo>,
    /// What it is; empty where not said.
    pub material: Sym,
    /// In which unit it is counted; empty where not said.
    pub unit: Sym,
    /// How much there was.
    pub quantity: Amount,
    /// Whether its supplier was filed, and had not failed, on the day of purchase.
    pub filed: bool,
    /// What it was tested for, ascending.
    pub tests: Box<[Sym]>,
    /// When it was tested.
    pub tested_on: Option<Day>,
    /// What was found.
    pub result: Option<TestResult>,
    /// On which days it counts.
    pub validity: Validity,
}

impl Lot {
    /// What its test found, as known on a day.
    #[must_use]
    pub fn result_on(&self, day: Day) -> Option<TestResult> {
        let done = self.tested_on.is_none_or(|tested| tested <= day);
        self.result.filter(|_| done)
    }
}

/// All lots.
#[derive(Debug, Default)]
pub struct Material {
    index: IdIndex,
    lots: Vec<Lot>,
    /// Of each enterprise the days on which its lots were tested, ascending, with what was found.
    tested: HashMap<PartyNo, Vec<MaterialDay>>,
}

impl Material {
    /// From the tables of lots and suppliers, whole.
    pub(super) fn new(t: &Tables, cites: &Cites, symbols: &Symbols) -> Self {
        let mut suppliers: HashMap<&str, Vec<&SupplierRow>> = HashMap::new();
        for row in &t.suppliers {
            suppliers.entry(&row.supplier_id).or_default().push(row);
        }
        let filed = |row: &LotRow| {
            let terms = row.supplier_id.as_deref().and_then(|id| suppliers.get(id));
            row.purchased_on.is_some_and(|day| {
                let mut terms = terms.into_iter().flatten();
                let term = terms.find(|term| term.validity.holds(day));
                term.is_some_and(|term| term.result != Some(TestResult::Failed))
            })
        };
        let name = |id: Option<&str>| id.map_or(Sym::EMPTY, |id| symbols.get(id));
        let lots = t.lots.iter().zip(&cites.lots).map(|(row, party)| Lot {
            enterprise: (*party != NOBODY).then_some(PartyNo(*party)),
            material: name(row.material.as_deref()),
            unit: name(row.unit.as_deref()),
            quantity: row.quantity.unwrap_or(Amount::ZERO),
            filed: filed(row),
            tests: symbols.get_all(row.tests.iter().map(|test| &**test)),
            tested_on: row.tested_on,
            result: row.result,
            validity: row.validity,
        });
        let lots: Vec<Lot> = lots.collect();
        let mut tested: HashMap<PartyNo, Vec<MaterialDay>> = HashMap::new();
        for lot in &lots {
            if let (Some(party), Some(day), Some(result)) =
                (lot.enterprise, lot.tested_on, lot.result)
            {
                tested.entry(party).or_default().push((day, result));
            }
        }
        tested.values_mut().for_each(|tests| tests.sort_unstable());
        Self {
            lots,
            tested,
            index: IdIndex::build(t.lots.iter().map(|row| &*row.lot_id)).0,
        }
    }

    /// The latest test, up to a day, of an enterprise's lots, whether they are in force or used up; of one day the test
    /// that failed.
    #[must_use]
    pub fn latest_test(&self, party: PartyNo, day: Day) -> Option<MaterialDay> {
        latest_test(self.tests(party), day)
    }

    /// The tests of an enterprise's lots: the days, ascending, with what was found.
    #[must_use]
    pub fn tests(&self, party: PartyNo) -> &[MaterialDay] {
        self.tested.get(&party).map_or(&[], Vec::as_slice)
    }

    /// A lot by its id.
    #[must_use]
    pub fn lot(&self, id: &str) -> Option<&Lot> {
        self.lots.get(self.index.find(id)? as usize)
    }
}
