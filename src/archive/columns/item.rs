//! Columns of the item's fields: a table.

use std::fmt::Write as _;

use crate::archive::cells::{AMOUNT, Attributes, Documents, Lots};
use crate::archive::column::Kind::{self, Nested, Text, Texts, Written};
use crate::archive::column::{Column, Get, optional, required};
use crate::archive::row::DecisionRows;
use crate::declaration::Country;

/// The columns, in order.
pub(super) const COLUMNS: &[Column] = &[
    required(
        "hs_code",
        "Classification (WCO 145): 6, 8, 10 or 13 digits.",
        Written(|row, out| Some(out.write_str(row.item.hs_code.digits(&mut [0; 13])))),
    ),
    optional(
        "product_code",
        "The trader's code of the product.",
        Text(|row| row.item.product_code.as_deref()),
    ),
    optional(
        "quantity",
        "Quantity in unit.",
        amount(|row| Some(row.item.quantity?.units().into())),
    ),
    optional(
        "unit",
        "Unit of quantity (UN/ECE Recommendation 20).",
        Text(|row| row.item.unit.as_deref()),
    ),
    optional(
        "net_mass_kg",
        "Net mass in kilograms.",
        amount(|row| Some(row.item.net_mass_kg?.units().into())),
    ),
    required(
        "value",
        "Value in the base currency.",
        amount(|row| Some(row.item.value.units().into())),
    ),
    required(
        "value_declared",
        "Value as declared, in currency.",
        amount(|row| Some(row.item.value_declared.units().into())),
    ),
    optional(
        "end_use",
        "What the goods are for.",
        Text(|row| row.item.end_use.as_deref()),
    ),
    optional(
        "origin",
        "Country of origin (WCO 063), ISO 3166-1 alpha-2.",
        Text(|row| row.item.origin.map(Country::alpha_2)),
    ),
    required(
        "documents",
        "Documents attached (WCO D005, D006), valid or not.",
        Nested(Documents::boxed),
    ),
    required(
        "material_lots",
        "Raw-material lots cited.",
        Nested(Lots::boxed),
    ),
    required(
        "product_lots",
        "Product lots cited.",
        Texts(|row, push| row.item.product_lots.iter().for_each(|lot| push(lot))),
    ),
    required(
        "attributes",
        "Facts `attribute.*`: attributes of the item, else of the declaration, by name; numbers as decimal text.",
        Nested(Attributes::boxed),
    ),
];

const fn amount(get: Get<DecisionRows, i128>) -> Kind {
    Kind::<DecisionRows>::Decimal(AMOUNT.0, AMOUNT.1, get)
}
