//! Columns of the declaration's header fields: a table.

use crate::archive::column::Kind::{Decimal, Text};
use crate::archive::column::{Column, optional, required};
use crate::declaration::PartyId;

/// The columns, in order.
pub(super) const COLUMNS: &[Column] = &[
    required(
        "direction",
        "`export` or `import`.",
        Text(|row| Some(row.declaration.direction.as_str())),
    ),
    optional(
        "office",
        "Declaring office (WCO 065).",
        Text(|row| row.declaration.office.as_deref()),
    ),
    optional(
        "trade_mode",
        "Trade mode (监管方式), four digits.",
        Text(|row| row.declaration.trade_mode.as_deref()),
    ),
    optional(
        "transport_mode",
        "Mode of transport, as the single window codes it.",
        Text(|row| row.declaration.transport_mode.as_deref()),
    ),
    required(
        "country",
        "Destination of an export (WCO 465), country of dispatch of an import; ISO 3166-1 alpha-2, `ZZ` unknown.",
        Text(|row| Some(row.declaration.country.alpha_2())),
    ),
    required(
        "trader_id",
        "Exporter or importer (收发货人).",
        Text(|row| Some(row.declaration.trader.as_str())),
    ),
    optional(
        "producer_id",
        "Producer of the goods, where named.",
        Text(|row| row.declaration.producer.as_ref().map(PartyId::as_str)),
    ),
    optional(
        "declarant_id",
        "Filing agent, where named.",
        Text(|row| row.declaration.declarant.as_ref().map(PartyId::as_str)),
    ),
    optional(
        "counterparty_id",
        "The overseas party, where named; free text.",
        Text(|row| row.declaration.counterparty.as_ref().map(PartyId::as_str)),
    ),
    optional(
        "project_id",
        "The project that the declaration belongs to.",
        Text(|row| row.declaration.project.as_deref()),
    ),
    required(
        "currency",
        "Currency of value_declared, ISO 4217.",
        Text(|row| Some(row.declaration.currency.as_str())),
    ),
    required(
        "exchange_rate",
        "Base units for one unit of currency on declaration_day.",
        Decimal(18, 10, |row| {
            Some(i128::from(row.declaration.exchange_rate.units()))
        }),
    ),
];
