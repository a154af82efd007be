//! Lots of raw material as declarations are joined with them: whose each is, how much there was, what its test found
//! and whether it was bought of a filed supplier. What is left of a lot is settle's to know. Snapshots share what does
//! not change.

use std::collections::HashMap;
use std::sync::Arc;

use rpds::HashTrieMapSync;

use super::check::{Cites, NOBODY};
use super::files::{MaterialDay, latest_test};
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
#[derive(Debug, Default, Clone)]
pub struct Material {
    lots: HashTrieMapSync<Arc<str>, Arc<Lot>>,
    /// Of each enterprise the days on which its lots were tested, ascending, with what was found.
    tested: HashTrieMapSync<PartyNo, Arc<[MaterialDay]>>,
}

impl Material {
    /// Enters lots in the place of those of the same ids, with the suppliers that they name.
    pub(super) fn enter(&mut self, t: &Tables, cites: &Cites, symbols: &Symbols) {
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
        let mut tested = Retested::default();
        for (row, lot) in t.lots.iter().zip(lots) {
            if let Some(before) = self.lots.get(&*row.lot_id) {
                tested.of(before, &self.tested, |tests, test| {
                    let at = tests.iter().position(|known| *known == test);
                    at.map(|at| tests.remove(at));
                });
            }
            tested.of(&lot, &self.tested, Vec::push);
            self.lots.insert_mut(Arc::from(&*row.lot_id), Arc::new(lot));
        }
        for (party, mut tests) in tested.0 {
            tests.sort_unstable();
            self.tested.insert_mut(party, tests.into());
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
        self.tested.get(&party).map_or(&[], |tests| tests)
    }

    /// A lot by its id.
    #[must_use]
    pub fn lot(&self, id: &str) -> Option<&Lot> {
        self.lots.get(id).map(|lot| &**lot)
    }
}

/// The tests of those enterprises of which one comes or goes.
#[derive(Default)]
struct Retested(HashMap<PartyNo, Vec<MaterialDay>>);

impl Retested {
    /// Changes the tests of a lot's enterprise by the lot's own, where it was tested.
    fn of(
        &mut self,
        lot: &Lot,
        known: &HashTrieMapSync<PartyNo, Arc<[MaterialDay]>>,
        change: impl FnOnce(&mut Vec<MaterialDay>, MaterialDay),
    ) {
        if let (Some(party), Some(day), Some(result)) = (lot.enterprise, lot.tested_on, lot.result)
        {
            let own = || known.get(&party).map_or_else(Vec::new, |own| own.to_vec());
            change(self.0.entry(party).or_insert_with(own), (day, result));
        }
    }
}
