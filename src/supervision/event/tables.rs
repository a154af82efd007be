//! Events of the registry's tables. Each type changes one table: it brings a row, ends one, or brings every row of an
//! owner in `rows`.

use serde_json::{Map, Value};

use super::cells::{cell, is_of, told};
use super::reader::Reader;
use crate::declaration::{Day, FaultCode};
use crate::registry::{CaseCause, CellKind, Change, owner_column, table_columns};

/// What a type of event does to its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableOp {
    /// A row comes; it ends what was open under its key.
    Put,
    /// A row ends.
    End,
    /// An alert of this kind comes, under the event's id.
    Raise(&'static str),
}

/// A type of event that changes a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableEvent {
    /// The type.
    pub kind: &'static str,
    /// The table.
    pub table: &'static str,
    /// What it does.
    pub op: TableOp,
}

const fn put(kind: &'static str, table: &'static str) -> TableEvent {
    TableEvent {
        kind,
        table,
        op: TableOp::Put,
    }
}

const fn end(kind: &'static str, table: &'static str) -> TableEvent {
    TableEvent {
        kind,
        table,
        op: TableOp::End,
    }
}

const fn raise(kind: &'static str, alert: &'static str) -> TableEvent {
    TableEvent {
        kind,
        table: "alerts",
        op: TableOp::Raise(alert),
    }
}

/// Tables of what authorities say of zones and enterprises: whoever changes them names the authority and the document
/// of the act (S0-34).
const BY_DOCUMENT: [&str; 10] = [
    "classes",
    "list_entries",
    "titles",
    "certificates",
    "credit_assessments",
    "registrations",
    "exemptions",
    "zones",
    "zone_assessments",
    "memberships",
];

/// Tables whose rows have life cycles.
pub const CYCLES: [&str; 6] = [
    "zones",
    "memberships",
    "titles",
    "certificates",
    "registrations",
    "list_entries",
];

impl TableEvent {
    /// Of a type of events.
    #[must_use]
    pub fn of(kind: &str) -> Option<Self> {
        let mut all = TABLE_EVENTS.iter().copied();
        all.find(|known| known.kind == kind)
    }

    /// Whether it may bring every row of an owner instead: where rows have life cycles each change is an event.
    #[must_use]
    pub fn brings_rows(&self) -> bool {
        self.op == TableOp::Put && !CYCLES.contains(&self.table)
    }

    /// Whether it names the authority and the document of the act.
    #[must_use]
    pub fn is_by_document(&self) -> bool {
        BY_DOCUMENT.contains(&self.table)
    }
}

/// The level of an alert that an event raises by what it is, unless it says another.
const RAISED_LEVEL: &str = "3";

/// All types, table by table.
pub const TABLE_EVENTS: &[TableEvent] = &[
    put("enterprise_changed", "enterprises"),
    put("class_assessed", "classes"),
    put("list_entered", "list_entries"),
    end("list_left", "list_entries"),
    put("title_granted", "titles"),
    end("title_cancelled", "titles"),
    put("certificate_granted", "certificates"),
    end("certificate_ended", "certificates"),
    put("credit_assessed", "credit_assessments"),
    put("enterprise_recommended", "recommendations"),
    end("recommendation_withdrawn", "recommendations"),
    put("zone_designated", "zones"),
    put("zone_level_changed", "zones"),
    put("zone_changed", "zones"),
    end("zone_revoked", "zones"),
    put("zone_assessed", "zone_assessments"),
    put("member_state_changed", "memberships"),
    put("registration_changed", "registrations"),
    end("registration_ended", "registrations"),
    put("exemption_changed", "exemptions"),
    put("catalogue_changed", "catalogue"),
    put("legal_exception_changed", "legal_exceptions"),
    put("commodity_group_changed", "commodity_groups"),
    put("country_group_changed", "country_groups"),
    put("requirement_changed", "requirements"),
    put("remedy_imposed", "remedies"),
    end("remedy_lifted", "remedies"),
    put("ruling_granted", "rulings"),
    put("risk_assessed", "risk_assessments"),
    put("alert_raised", "alerts"),
    end("alert_lifted", "alerts"),
    raise("counterfeit_found", "counterfeit"),
    raise("violation_found", "violation"),
    raise("tbt_notified", "tbt"),
    put("accident_declared", "accidents"),
    put("case_changed", "cases"),
    put("supplier_filed", "suppliers"),
    put("supplier_monitored", "suppliers"),
    put("lot_tested", "lots"),
    put("product_recorded", "products"),
    put("trace_changed", "traces"),
    end("trace_ended", "traces"),
    put("programme_changed", "programmes"),
    put("consumption_norm_changed", "consumption_norms"),
    put("price_band_changed", "price_bands"),
    put("body_changed", "bodies"),
    put("project_changed", "projects"),
    put("office_changed", "offices"),
    put("rate_changed", "currencies"),
];

/// What an event says of itself, for cells that it does not name.
pub(super) struct Said<'e> {
    pub(super) id: Option<&'e str>,
    /// The day of `at`.
    pub(super) day: Day,
    pub(super) authority: Option<&'e str>,
    pub(super) document: Option<&'e str>,
    /// Whether somebody sends it now.
    pub(super) sent: bool,
}

/// The changes of an event: those of its row, or of its `rows`.
pub(super) fn changes(
    event: &TableEvent,
    said: &Said<'_>,
    reader: &mut Reader,
) -> Option<Vec<Change>> {
    let table = event.table.to_owned();
    if let TableOp::Raise(kind) = event.op {
        return raised(event.table, kind, said, reader);
    }
    if let Some(rows) = reader.take("rows") {
        let owner = owner_column(event.table)?;
        let columns = table_columns(event.table)?;
        let column = columns.iter().find(|column| column.name == owner)?;
        let owner = match (said.sent, column.kind) {
            (true, CellKind::Id) => reader.id(owner)?,
            (true, kind) => reader.cell(owner, Some(kind))?,
            // As it was read before a type was asked.
            (false, _) => reader.cell(owner, None)?,
        };
        let rows = replaced(event, &owner, (rows, said.sent), reader)?;
        return Some(vec![Change::Replace { table, owner, rows }]);
    }
    let to = match event.op {
        TableOp::End => Some(end_day(said, reader)?),
        TableOp::Put | TableOp::Raise(_) => None,
    };
    let rest = reader.rest();
    let mut row = cells(event.table, rest, ("", said.sent), reader)?;
    Some(vec![match to {
        Some(to) => Change::End { table, row, to },
        None => {
            not_given(&row, reader)?;
            complete(event.table, said, &mut row);
            Change::Put { table, row }
        }
    }])
}

/// The alert that an event raises: its members are the columns, but for those that the event itself says.
fn raised(table: &str, kind: &str, said: &Said<'_>, reader: &mut Reader) -> Option<Vec<Change>> {
    let id = said.id.unwrap_or_default();
    let own = [("alert_id", id), ("kind", kind)];
    let mut named = reader.rest();
    for (name, _) in own {
        if named.remove(name).is_some() {
            let why = "is not for this event to say";
            reader.fault(&format!("/{name}"), FaultCode::UnknownMember, why);
        }
    }
    let mut row = cells(table, named, ("", said.sent), reader)?;
    const ABOUT: [&str; 3] = ["hs_scope", "countries", "enterprise_id"];
    let says =
        |(name, value): &(String, String)| ABOUT.contains(&name.as_str()) && !value.is_empty();
    if !row.iter().any(says) {
        let why = "goods, countries or an enterprise are required: else it would be of everything";
        reader.fault("/hs_scope", FaultCode::Required, why);
        return None;
    }
    row.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    if !row.iter().any(|(name, _)| name == "level") {
        row.push(("level".to_owned(), RAISED_LEVEL.to_owned()));
    }
    if let (Some(authority), false) = (said.authority, row.iter().any(|(name, _)| name == "source"))
    {
        row.push(("source".to_owned(), authority.to_owned()));
    }
    complete(table, said, &mut row);
    let table = table.to_owned();
    Some(vec![Change::Put { table, row }])
}

/// The column that names the policy's rule that gave a row: no sender says it.
pub(super) const GIVEN_BY: &str = "rule";

/// Which rule gave a row, the policy's rules say and no sender.
fn not_given(row: &[(String, String)], reader: &mut Reader) -> Option<()> {
    let named = |(name, value): &(String, String)| name == GIVEN_BY && !value.is_empty();
    if row.iter().any(named) {
        let why = "is for the policy's rules to say";
        reader.fault("/rule", FaultCode::UnknownMember, why);
        return None;
    }
    Some(())
}

fn end_day(said: &Said<'_>, reader: &mut Reader) -> Option<Day> {
    match reader.take("to") {
        None => Some(said.day),
        Some(Value::String(text)) if Day::parse(&text).is_ok() => Day::parse(&text).ok(),
        Some(_) => {
            reader.fault("/to", FaultCode::Format, "a day is expected, as 2016-11-02");
            None
        }
    }
}

fn replaced(
    event: &TableEvent,
    owner: &str,
    (rows, sent): (Value, bool),
    reader: &mut Reader,
) -> Option<Vec<Vec<(String, String)>>> {
    let Value::Array(rows) = rows else {
        reader.fault("/rows", FaultCode::Type, "a list of rows is expected");
        return None;
    };
    let owner_column = owner_column(event.table)?;
    let (mut all, count) = (Vec::new(), rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let place = format!("/rows/{index}");
        let Value::Object(mut members) = row else {
            reader.fault(&place, FaultCode::Type, "a row as an object is expected");
            continue;
        };
        members.insert(owner_column.to_owned(), Value::String(owner.to_owned()));
        all.extend(cells(event.table, members, (&place, sent), reader));
    }
    (all.len() == count).then_some(all)
}

/// The cells of members, each of which must be a column.
fn cells(
    table: &str,
    members: Map<String, Value>,
    (place, sent): (&str, bool),
    reader: &mut Reader,
) -> Option<Vec<(String, String)>> {
    let columns = table_columns(table)?;
    let (mut row, mut whole) = (Vec::new(), true);
    for (name, value) in members {
        let pointer = format!("{place}/{name}");
        let Some(column) = columns.iter().find(|column| column.name == name) else {
            let why = format!("`{table}` has no such column");
            reader.fault(&pointer, FaultCode::UnknownMember, why);
            whole = false;
            continue;
        };
        // What was recorded before this was asked stays as it was read then.
        let taken = !sent || is_of(&value, column.kind);
        match cell(&value).filter(|_| taken) {
            Some(cell) => row.push((name, cell)),
            None => {
                reader.fault(&pointer, FaultCode::Type, told(column.kind));
                whole = false;
            }
        }
    }
    whole.then_some(row)
}

/// Fills columns that the event's own members say: its authority, its document, the day from which it holds.
fn complete(table: &str, said: &Said<'_>, row: &mut Vec<(String, String)>) {
    let columns = table_columns(table).unwrap_or_default();
    let day = said.day.to_string();
    let own = [
        ("authority", said.authority),
        ("document", said.document),
        ("from", Some(day.as_str())),
    ];
    for (name, value) in own {
        let named = row.iter().any(|(column, _)| column == name);
        if let (Some(value), false) = (value, named)
            && columns.iter().any(|column| column.name == name)
        {
            row.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// Whether a type of events names the authority and the document of the act: those that change what authorities say of
/// zones and enterprises do, as a finding of malice does, and what undoes another event.
pub(super) fn is_by_document(kind: &str, reader: &Reader) -> bool {
    let malice = || reader.has("cause", CaseCause::Malice.as_str());
    match kind {
        super::VOIDED => true,
        "case_cause_found" => malice(),
        _ => TableEvent::of(kind).is_some_and(|event| event.is_by_document()),
    }
}
