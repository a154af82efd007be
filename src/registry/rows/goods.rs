//! Tables about goods: the statutory catalogue and what hangs on it, requirements of destinations, trade
//! remedies, assessments, alerts, accidents and price bands.

use super::table;
use crate::declaration::{Amount, Country, Day, Direction, HsScope};
use crate::registry::cell::{Countries, HsPrefix, Id, Whole};
use crate::registry::word::{CatalogueRegistration, InspectionMode};

table! {
    /// A row of the statutory catalogue.
    CatalogueRow = "catalogue" {
        /// For codes that begin with it.
        key hs_prefix: HsPrefix,
        /// For which direction; both where empty.
        optional direction: Option<Direction>,
        /// CIQ letters.
        optional categories: Box<[Id]>,
        /// 0 to 3.
        optional risk_level: Option<Whole<0, 3>>,
        /// Why registration is required, if it is.
        optional registration: Option<CatalogueRegistration>,
    } + validity;
    /// Facilitations that the law bars for goods.
    LegalExceptionRow = "legal_exceptions" {
        /// For which goods.
        key hs_scope: HsScope,
        /// For which direction; both where empty.
        optional direction: Option<Direction>,
        /// Which facilitations.
        optional facilitations: Box<[Id]>,
        /// The law.
        optional basis: Box<str>,
    } + validity;
    /// A group of goods; several rows of one group add up.
    CommodityGroupRow = "commodity_groups" {
        /// Which group.
        key group: Id,
        /// The goods.
        key hs_scope: HsScope,
    };
    /// What destinations ask of goods.
    RequirementRow = "requirements" {
        /// For which goods.
        key hs_scope: HsScope,
        /// For which direction; both where empty.
        optional direction: Option<Direction>,
        /// For which countries.
        optional countries: Countries,
        /// Tests.
        optional tests: Box<[Id]>,
        /// Their limits, as the source words them.
        optional limits: Box<str>,
        /// Documents.
        optional documents: Box<[Id]>,
        /// How to inspect.
        optional mode: Option<InspectionMode>,
        /// Safety, sanitary, environment or health.
        optional risk_type: Option<Id>,
    } + validity;
    /// A trade remedy.
    RemedyRow = "remedies" {
        /// Its id.
        key remedy_id: Id,
        /// Its kind.
        optional kind: Option<Id>,
        /// For which goods.
        optional hs_scope: HsScope,
        /// For which country; any where empty.
        optional country: Option<Country>,
        /// For which products; any where empty.
        optional product_codes: Box<[Id]>,
        /// Documents asked for.
        optional documents: Box<[Id]>,
    } + validity;
    /// A ruling that exempts from a remedy.
    RulingRow = "rulings" {
        /// Its id.
        key ruling_id: Id,
        /// Under which remedy.
        key remedy_id: Id,
        /// Whose goods; anyone's where empty.
        optional enterprise_id: Option<Id>,
        /// Which product; any where empty.
        optional product_code: Option<Id>,
        /// The document.
        optional document: Option<Id>,
    } + validity;
    /// A risk assessment of imports.
    RiskAssessmentRow = "risk_assessments" {
        /// For which goods.
        key hs_scope: HsScope,
        /// From which country; any where empty.
        optional country: Option<Country>,
        /// Whose goods; anyone's where empty.
        optional enterprise_id: Option<Id>,
        /// What was found.
        optional result: Option<Id>,
        /// When.
        optional assessed_on: Option<Day>,
    } + validity;
    /// An alert.
    AlertRow = "alerts" {
        /// Its id.
        key alert_id: Id,
        /// Its kind.
        key kind: Id,
        /// 0 to 3.
        key level: Whole<0, 3>,
        /// For which goods.
        optional hs_scope: HsScope,
        /// For which countries.
        optional countries: Countries,
        /// Whose goods; anyone's where empty.
        optional enterprise_id: Option<Id>,
        /// Safety, sanitary, environment or health.
        optional risk_type: Option<Id>,
        /// Where it comes from.
        optional source: Box<str>,
    } + validity;
    /// An accident, after which exports need a registration for a time.
    AccidentRow = "accidents" {
        /// Its id.
        key accident_id: Id,
        /// For which goods.
        key hs_scope: HsScope,
    } + validity;
    /// A reference band of prices for one unit, in the base currency.
    PriceBandRow = "price_bands" {
        /// For codes that begin with it.
        key hs_prefix: HsPrefix,
        /// For which country; any where empty.
        optional country: Option<Country>,
        /// The low end.
        optional low: Option<Amount>,
        /// The high end.
        optional high: Option<Amount>,
        /// The unit.
        optional unit: Option<Id>,
    } + validity;
}
