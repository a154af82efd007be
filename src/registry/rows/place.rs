//! Tables about countries, offices, bodies, projects and currencies.

use super::table;
use crate::declaration::{Country, Currency, Day, ExchangeRate, HsScope};
use crate::registry::cell::Id;
use crate::registry::word::OfficeKind;

table! {
    /// A group of countries; several rows of one group add up.
    CountryGroupRow = "country_groups" {
        /// Which group.
        key group: Id,
        /// The countries.
        key countries: Box<[Country]>,
    };
    /// An accredited third-party body.
    BodyRow = "bodies" {
        /// Its id.
        key body_id: Id,
        /// For which goods.
        optional hs_scope: HsScope,
    } + validity;
    /// A key project.
    ProjectRow = "projects" {
        /// Its id.
        key project_id: Id,
        /// Its name.
        optional name: Box<str>,
    } + validity;
    /// An office.
    OfficeRow = "offices" {
        /// Its id.
        key office: Id,
        /// Its bureau.
        optional bureau: Option<Id>,
        /// What it is.
        optional kind: Option<OfficeKind>,
    };
    /// The rate of a currency from a day on.
    CurrencyRow = "currencies" {
        /// Which currency.
        key currency: Currency,
        /// Base units for one unit.
        key rate: ExchangeRate,
        /// From which day on.
        key from: Day,
    };
}
