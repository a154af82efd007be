//! Declarations as JSON: one pass from bytes to the domain type, texts borrowed from the bytes.
//! Every visitor takes any JSON type, notes what is wrong with its place and goes on, so that all faults of a
//! declaration come at once; only what is no JSON at all ends the reading.

mod header;
mod item;
mod list;
mod object;
mod place;
mod scalar;
mod write;

use serde::de::DeserializeSeed;

use super::build::{HeaderField, ItemField, Members, Places};
use super::currency::CurrencyTable;
use super::fault::{Fault, FaultCode, Faults};
use super::model::Declaration;
use super::profile::Profile;
use crate::limits::MAX_DECLARATION_BYTES;

use self::header::Header;
use self::object::ObjectSeed;
use self::place::{Context, Place};

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
    let mut cx = Context {
        profile,
        faults: Faults::default(),
    };
    let mut header = Header {
        declaration: Declaration::blank(profile.base_currency),
        good: 0,
    };
    match text(bytes) {
        Ok(text) => read(text, &mut header, &mut cx, currencies),
        Err((code, detail)) => cx.faults.push("", code, detail),
    }
    if cx.faults.is_empty() {
        Ok(header.declaration)
    } else {
        Err(cx.faults.into_vec())
    }
}

fn text(bytes: &[u8]) -> Result<&str, (FaultCode, String)> {
    if bytes.len() > MAX_DECLARATION_BYTES {
        let detail = format!("more than {MAX_DECLARATION_BYTES} bytes");
        return Err((FaultCode::Range, detail));
    }
    std::str::from_utf8(bytes).map_err(|why| {
        let detail = format!("no UTF-8 at byte {}", why.valid_up_to());
        (FaultCode::Syntax, detail)
    })
}

fn read<'a>(
    text: &'a str,
    header: &mut Header<'a>,
    cx: &mut Context<'_>,
    currencies: &CurrencyTable,
) {
    let mut json = serde_json::Deserializer::from_str(text);
    let seed = ObjectSeed {
        into: header,
        cx,
        at: &Place::Root,
    };
    let given = seed
        .deserialize(&mut json)
        .and_then(|given| json.end().map(|()| given));
    match given {
        Ok(true) => {
            let known = (cx.profile, currencies);
            header
                .declaration
                .close(header.good, known, &Pointers, &mut cx.faults);
        }
        Ok(false) => cx.note(
            &Place::Root,
            FaultCode::Type,
            "an object is expected, not null",
        ),
        Err(why) => cx.note(&Place::Root, FaultCode::Syntax, why.to_string()),
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
