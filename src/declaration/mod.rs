//! What arrives: declarations as domain types that are valid by construction, and the readers that make them
//! from JSON and from foreign tables. Every fault of a bad declaration is reported at once.

mod amount;
mod build;
mod country;
mod country_table;
mod currency;
mod day;
mod fault;
mod field;
mod hs;
mod json;
mod mapping;
mod model;
mod ndjson;
mod party_id;
mod profile;
#[cfg(test)]
mod tests;

pub use amount::{Amount, AmountError};
pub use country::{Country, CountryError};
pub use currency::{Currency, CurrencyError, CurrencyTable, ExchangeRate};
pub use day::{Day, DayError, Moment, Zone};
pub use fault::{Fault, FaultCode, Faults};
pub use hs::{HsCode, HsError, HsScope, key_digits, key_len, prefix_range, string_key};
pub(crate) use json::object;
pub use json::{read_json, write_json};
pub use mapping::{
    Columns, CsvChunk, CsvError, CsvReader, CsvRows, Mapping, MappingError, MappingFault,
};
pub use model::{
    AttributeValue, Declaration, DeclarationId, Direction, Document, Item, MaterialLot, PartyId,
    Role, Text, attribute,
};
pub use ndjson::{NdjsonChunk, NdjsonLine, NdjsonReader};
pub use party_id::{PartyIds, UsccError, check_uscc, complete_uscc};
pub use profile::{AttributeNo, AttributeSchema, AttributeType, Profile};
