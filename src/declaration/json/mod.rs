//! Declarations as JSON: one pass from bytes to the domain type, texts borrowed from the bytes.
//! Every place takes any JSON type, notes what is wrong with it and goes on, so that all faults of a declaration
//! come at once; only what is no JSON at all ends the reading.

mod members;
pub(crate) mod object;
mod place;
mod reader;
mod scan;
mod write;

use serde::de::IgnoredAny;

use super::build::{HeaderField, ItemField, Members, Places};
use super::currency::CurrencyTable;
use super::day::Day;
use super::fault::{Fault, FaultCode, Faults};
use super::model::Declaration;
use super::profile::Profile;
use crate::limits::MAX_DECLARATION_BYTES;

use self::reader::Reader;
use self::scan::Scanner;

pub use self::write::write_json;

/// Reads one declaration from the bytes of a JSON object.
///
/// Values are converted by the currency table's rate of the declaration's day, in the profile's zone; parties and
/// attributes are checked by the profile.
///
/// ```
/// use greenlane::declaration::{
///     AttributeSchema, Currency, CurrencyTable, PartyIds, Profile, Zone, read_json,
/// };
///
/// let profile = Profile {
///     party_ids: PartyIds::Uscc { exceptions: vec![] },
///     attributes: AttributeSchema::default(),
///     zone: Zone::parse("+08:00")?,
///     base_currency: Currency::parse("CNY")?,
/// };
/// let body = br#"{ "declaration_id": "530120161234567890", "version": 1, "direction": "export",
///   "declared_at": "2016-11-02T09:30:00+08:00", "office": "5720", "trade_mode": "0110", "country": "DE",
///   "trader_id": "91350200776049653A", "producer_id": null, "declarant_id": null, "counterparty_id": null, "project_id": null,
///   "transport_mode": "2", "currency": "CNY", "attributes": {},
///   "items": [ { "item_no": 1, "hs_code": "9405110000", "product_code": null, "quantity": "1200", "unit": "PCE", "net_mass_kg": "840", "value": "96000.00",
///       "end_use": "sale", "origin": "CN", "documents": [ { "kind": "self_declaration", "number": "SD-1", "issuer_id": null, "issued_on": "2016-10-30", "expires_on": null } ],
///       "material_lots": [ { "lot_id": "L-2016-0917", "quantity": "12.5" } ], "product_lots": ["P-2016-1101-2"], "attributes": {} } ] }"#;
///
/// let declaration = read_json(body, &profile, &CurrencyTable::default()).map_err(|faults| format!("{faults:?}"))?;
/// assert_eq!(declaration.id.as_str(), "530120161234567890");
/// assert_eq!(declaration.day.to_string(), "2016-11-02");
/// assert_eq!(declaration.value.to_string(), "96000");
/// assert_eq!(declaration.items[0].hs_code.to_string(), "9405110000");
/// assert_eq!(declaration.items[0].documents[0].kind, "self_declaration");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Every fault with a JSON pointer, in the order of the text; what concerns several members comes last.
pub fn read_json<'a>(
    bytes: &'a [u8],
    profile: &Profile,
    currencies: &CurrencyTable,
) -> Result<Declaration<'a>, Vec<Fault>> {
    let text = text(bytes).map_err(|fault| vec![fault])?;
    let mut reader = Reader {
        json: Scanner::new(text),
        profile,
        faults: Faults::default(),
    };
    let mut declaration = Declaration::blank(profile.base_currency);
    let good = reader
        .declaration(&mut declaration)
        .and_then(|good| reader.json.end().map(|()| good));
    let mut faults = reader.faults;
    match good {
        Ok(Some(good)) => declaration.close(good, (profile, currencies), &Pointers, &mut faults),
        Ok(None) => faults.push("", FaultCode::Type, "an object is expected, not null"),
        Err(_) => faults.push("", FaultCode::Syntax, syntax_error(text)),
    }
    if faults.is_empty() {
        Ok(declaration)
    } else {
        Err(faults.into_vec())
    }
}

impl Declaration<'_> {
    /// Makes it one of another day: later versions of a declaration keep the day of the first.
    ///
    /// # Errors
    /// Where its values have no rate on that day.
    pub fn set_day(
        &mut self,
        day: Day,
        profile: &Profile,
        currencies: &CurrencyTable,
    ) -> Result<(), Vec<Fault>> {
        if self.day == day {
            return Ok(());
        }
        self.day = day;
        let mut faults = Faults::default();
        let good = HeaderField::DeclaredAt.bit();
        self.close(good, (profile, currencies), &Pointers, &mut faults);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults.into_vec())
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.len() > MAX_DECLARATION_BYTES {
        return Err(Fault {
            pointer: String::new(),
            code: FaultCode::Range,
            detail: format!("more than {MAX_DECLARATION_BYTES} bytes"),
        });
    }
    std::str::from_utf8(bytes).map_err(|why| Fault {
        pointer: String::new(),
        code: FaultCode::Syntax,
        detail: format!("no UTF-8 at byte {}", why.valid_up_to()),
    })
}

/// What is wrong with a text that is no JSON, with its line and column.
#[cold]
fn syntax_error(text: &str) -> String {
    match serde_json::from_str::<IgnoredAny>(text) {
        Err(why) => why.to_string(),
        Ok(_) => "no JSON".to_owned(),
    }
}

/// Places as JSON pointers.
struct Pointers;

impl Places for Pointers {
    fn header(&self, field: HeaderField) -> String {
        format!("/{}", field.name())
    }

    fn item(&self, index: usize, field: ItemField) -> String {
        format!("/items/{index}/{}", field.name())
    }
}
