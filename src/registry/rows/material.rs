//! Tables about raw material, diaries and programmes: who supplied what, what was made of it, what is asked
//! of whom, and which product lots an adverse event names.

use super::table;
use crate::declaration::{Amount, Day, HsCode, HsScope};
use crate::registry::cell::{Id, Whole};
use crate::registry::validity::Validity;
use crate::registry::word::{CaseCause, TestResult};

table! {
    /// An accountability case.
    CaseRow = "cases" {
        /// Its id.
        key case_id: Id,
        /// Against whom.
        key enterprise_id: Id,
        /// For which goods.
        optional hs_scope: HsScope,
        /// The event that opened it.
        optional event_id: Option<Id>,
        /// When it was opened.
        key opened_on: Day,
        /// What it was found to come from.
        optional cause: Option<CaseCause>,
        /// The day from which measures no longer apply.
        optional measures_until: Option<Day>,
        /// When it was closed.
        optional closed_on: Option<Day>,
    };
    /// A filed supplier of raw material (a dyehouse).
    SupplierRow = "suppliers" {
        /// Its id.
        key supplier_id: Id,
        /// What it does.
        optional kind: Option<Id>,
        /// When it was last monitored.
        optional last_monitored: Option<Day>,
        /// What monitoring found.
        optional result: Option<TestResult>,
    } + validity;
    /// A lot of raw material.
    LotRow = "lots" {
        /// Its id.
        key lot_id: Id,
        /// Whose.
        key enterprise_id: Id,
        /// From which filed supplier.
        optional supplier_id: Option<Id>,
        /// What it is.
        optional material: Option<Id>,
        /// How much there was.
        optional quantity: Option<Amount>,
        /// In which unit.
        optional unit: Option<Id>,
        /// When it was bought.
        optional purchased_on: Option<Day>,
        /// When it was tested.
        optional tested_on: Option<Day>,
        /// For what.
        optional tests: Box<[Id]>,
        /// What was found.
        optional result: Option<TestResult>,
    } + validity;
    /// How much material goods take at the least.
    ConsumptionNormRow = "consumption_norms" {
        /// For which goods.
        key hs_scope: HsScope,
        /// Of which material.
        key material: Id,
        /// In which unit.
        optional unit: Option<Id>,
        /// For one unit of goods.
        optional per_unit_min: Option<Amount>,
    } + validity;
    /// A product lot of an enterprise's diary.
    ProductRow = "products" {
        /// Its id.
        key product_lot: Id,
        /// Whose.
        key enterprise_id: Id,
        /// What it is.
        optional hs_code: Option<HsCode>,
        /// When it was made.
        optional produced_on: Option<Day>,
        /// On which shift.
        optional shift: Box<str>,
        /// Of which lots of raw material.
        optional material_lots: Box<[Id]>,
    };
    /// An adverse event that names product lots.
    TraceRow = "traces" {
        /// The event's id.
        key trace_id: Id,
        /// The lots.
        key product_lots: Box<[Id]>,
    } + validity;
    /// A supervision programme.
    ProgrammeRow = "programmes" {
        /// Its id.
        key programme_id: Id,
        /// For which goods.
        optional hs_scope: HsScope,
        /// For which zone's members.
        optional zone_id: Option<Id>,
        /// For which enterprises.
        optional enterprises: Box<[Id]>,
        /// How many samples.
        optional samples: Option<Whole<0, 1_000_000>>,
        /// For what.
        optional tests: Box<[Id]>,
    } + validity;
}

impl CaseRow {
    /// When it is open.
    pub(in crate::registry) fn open(&self) -> Validity {
        Validity {
            from: self.opened_on,
            to: self.closed_on.unwrap_or(Day::MAX),
        }
    }

    /// When its measures are in force; where no end of theirs is named, as long as it is open.
    pub(in crate::registry) fn measures(&self) -> Validity {
        Validity {
            from: self.opened_on,
            to: self.measures_until.unwrap_or(self.open().to),
        }
    }

    /// When it is the one or the other.
    pub(in crate::registry) fn effective(&self) -> Validity {
        Validity {
            from: self.opened_on,
            to: self.open().to.max(self.measures().to),
        }
    }
}
