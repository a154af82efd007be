//! What an event makes of the registry, where that depends on what is known: an adverse event opens a case against the
//! enterprise that it names and the trace of its product lots, the cause that is found has its consequence, a case is
//! closed and its trace ends, and a zone ends for good. The desk and the fold both ask here.

use super::event::{Adverse, CaseClosed, CauseFound, Event, EventErrors, What};
use crate::declaration::{Day, FaultCode, Faults};
use crate::policy::Policy;
use crate::registry::{CaseCause, Change, LiveRegistry};

/// The table of the events whose product lots are traced.
const TRACES: &str = "traces";

/// A row's cells as (column, value).
pub(super) type Row = Vec<(String, String)>;

/// The changes of the registry that an event brings; none where it brings none.
pub(super) fn changes(
    event: &Event,
    known: &LiveRegistry,
    policy: &Policy,
) -> Result<Vec<Change>, EventErrors> {
    match &event.what {
        What::Registry(changes) => said(event, changes, known),
        What::Adverse(adverse) => {
            let mut changes = opened(event, adverse, known)?;
            changes.extend(traced(event, adverse, known)?);
            Ok(changes)
        }
        What::CauseFound(found) => explained(event, found, known, policy),
        What::CaseClosed(closed) => ended(closed, known),
        _ => Ok(Vec::new()),
    }
}

/// What an event says of rows. A zone that ends does not begin again by what was to come of it, and no alert takes the
/// place of another by the id of its event.
fn said(
    event: &Event,
    changes: &[Change],
    known: &LiveRegistry,
) -> Result<Vec<Change>, EventErrors> {
    let mut all: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        all.push(by_authority(event, change, known));
        match change {
            Change::End { table, row, to } if table == "zones" => {
                let zone = cell(row, "zone_id").unwrap_or_default();
                let mut rows = known.rows(table, zone);
                end(&mut rows, *to, |_| true);
                all.push(replace(table, zone, rows));
            }
            Change::Put { .. } if event.raises_alert() => {
                let mut faults = Faults::default();
                if !known.rows("alerts", &event.id).is_empty() {
                    let why = format!("there is an alert `{}` already", event.id);
                    faults.push("/event_id", FaultCode::Registry, why);
                }
                none(faults)?;
            }
            _ => {}
        }
    }
    Ok(all)
}

/// An authority takes an enterprise off its own list: of the entries that are meant, the one that is its own.
fn by_authority(event: &Event, change: &Change, known: &LiveRegistry) -> Change {
    let (Change::End { table, row, to }, Some(authority)) = (change, &event.authority) else {
        return change.clone();
    };
    let mut own = row.clone();
    own.push(("authority".to_owned(), authority.clone()));
    match table == "list_entries" && !known.standing(table, &own, *to).is_empty() {
        true => Change::End {
            table: table.clone(),
            row: own,
            to: *to,
        },
        false => change.clone(),
    }
}

// ----- a case is opened -----

/// A foreign notification, recall, return or failed spot check opens a case (S3-31).
fn opened(
    event: &Event,
    adverse: &Adverse,
    known: &LiveRegistry,
) -> Result<Vec<Change>, EventErrors> {
    let Some(enterprise) = &adverse.enterprise_id else {
        return Ok(Vec::new());
    };
    let mut faults = Faults::default();
    if known.rows("enterprises", enterprise).is_empty() {
        let why = format!(
            "the registry does not know `{enterprise}`: leave it out where the enterprise is not known"
        );
        faults.push("/enterprise_id", FaultCode::Registry, why);
    }
    if adverse.kind.opens_case() && known.enterprise_of_case(&event.id).is_some() {
        let why = format!("there is a case `{}` already", event.id);
        faults.push("/event_id", FaultCode::Registry, why);
    }
    none(faults)?;
    if !adverse.kind.opens_case() {
        return Ok(Vec::new());
    }
    let row = [
        ("case_id", event.id.clone()),
        ("enterprise_id", enterprise.clone()),
        ("hs_scope", adverse.heading()),
        ("event_id", event.id.clone()),
        ("opened_on", adverse.day.to_string()),
    ];
    Ok(vec![put("cases", row)])
}

/// A notification or recall that names product lots leads to others from then on (S0-19). No case need be open: the
/// enterprise may not be known.
fn traced(
    event: &Event,
    adverse: &Adverse,
    known: &LiveRegistry,
) -> Result<Option<Change>, EventErrors> {
    let lots: Vec<&str> = adverse.traced_lots().collect();
    if lots.is_empty() {
        return Ok(None);
    }
    let mut faults = Faults::default();
    if !known.rows(TRACES, &event.id).is_empty() {
        let why = format!("there is a trace `{}` already", event.id);
        faults.push("/event_id", FaultCode::Registry, why);
    }
    none(faults)?;
    let row = [
        ("trace_id", event.id.clone()),
        ("product_lots", lots.join(";")),
        ("from", adverse.day.to_string()),
    ];
    Ok(Some(put(TRACES, row)))
}

// ----- its cause is found -----

/// What came from a foreign rule has no consequence (S3-32), a lack of capability tightens for a time (S3-33), and
/// malice ends titles, class and standing (S3-34).
fn explained(
    event: &Event,
    found: &CauseFound,
    known: &LiveRegistry,
    policy: &Policy,
) -> Result<Vec<Change>, EventErrors> {
    let (enterprise, mut row) = case(known, &found.case_id)?;
    let mut faults = Faults::default();
    if let Some(cause) = cell(&row, "cause") {
        let why = format!("the cause of `{}` was found: {cause}", found.case_id);
        faults.push("/case_id", FaultCode::Registry, why);
    }
    check_day(&row, found.day, &mut faults);
    none(faults)?;
    let months = policy.accountability.tightening_months;
    let until = match found.cause {
        CaseCause::Capability => found
            .measures_until
            .or_else(|| Some(found.day.plus_months(months))),
        CaseCause::ForeignRule | CaseCause::Malice => found.measures_until,
    };
    set(&mut row, "cause", found.cause.as_str().to_owned());
    if let Some(until) = until {
        set(&mut row, "measures_until", until.to_string());
    }
    let mut changes = vec![Change::Put {
        table: "cases".to_owned(),
        row,
    }];
    if found.cause == CaseCause::Malice {
        changes.extend(punished(event, found.day, enterprise, known));
    }
    Ok(changes)
}

/// From a day on an enterprise has no title, is of class 4 and on the black list. What was to begin later, be it a
/// title or a class, was granted before the finding and does not begin.
fn punished(event: &Event, day: Day, enterprise: &str, known: &LiveRegistry) -> Vec<Change> {
    let (authority, document) = (
        event.authority.clone().unwrap_or_default(),
        event.document.clone().unwrap_or_default(),
    );
    let row = |own: &[(&str, &str)]| {
        let said = [
            ("enterprise_id", enterprise),
            ("authority", &authority),
            ("document", &document),
            ("from", &day.to_string()),
        ]
        .map(owned);
        let own = own.iter().copied().map(owned);
        said.into_iter().chain(own).collect::<Row>()
    };
    let mut titles = known.rows("titles", enterprise);
    end(&mut titles, day, |_| true);
    let mut classes = known.rows("classes", enterprise);
    end(&mut classes, day, |_| true);
    classes.push(row(&[("class", "4"), ("assessed_on", &day.to_string())]));
    let mut entries = known.rows("list_entries", enterprise);
    end(&mut entries, day, |entry| {
        let alike = cell(entry, "authority").unwrap_or_default() == authority;
        alike && cell(entry, "list") == Some("black")
    });
    entries.push(row(&[("list", "black"), ("reason", "malice")]));
    let tables = [
        ("titles", titles),
        ("classes", classes),
        ("list_entries", entries),
    ];
    let tables = tables.into_iter();
    tables
        .map(|(table, rows)| replace(table, enterprise, rows))
        .collect()
}

/// Of the rows that are meant none holds on a day or later.
fn end(rows: &mut Vec<Row>, day: Day, is_meant: impl Fn(&Row) -> bool) {
    rows.retain_mut(|row| {
        if !is_meant(row) {
            return true;
        }
        if day_of(row, "from").unwrap_or(Day::MIN) >= day {
            return false;
        }
        if day_of(row, "to").unwrap_or(Day::MAX) > day {
            set(row, "to", day.to_string());
        }
        true
    });
}

// ----- it is closed -----

fn ended(closed: &CaseClosed, known: &LiveRegistry) -> Result<Vec<Change>, EventErrors> {
    let (_, mut row) = case(known, &closed.case_id)?;
    let mut faults = Faults::default();
    if cell(&row, "cause").is_none() {
        let why = format!("the cause of `{}` was not found yet", closed.case_id);
        faults.push("/case_id", FaultCode::Registry, why);
    }
    check_day(&row, closed.day, &mut faults);
    none(faults)?;
    set(&mut row, "closed_on", closed.day.to_string());
    let mut changes = vec![Change::Put {
        table: "cases".to_owned(),
        row,
    }];
    let mut rows = known.rows(TRACES, &closed.case_id);
    if !rows.is_empty() {
        end(&mut rows, closed.day, |_| true);
        changes.push(replace(TRACES, &closed.case_id, rows));
    }
    Ok(changes)
}

// ----- rows -----

/// Whose a case is, and its row.
fn case<'k>(known: &'k LiveRegistry, case_id: &str) -> Result<(&'k str, Row), EventErrors> {
    let enterprise = known.enterprise_of_case(case_id);
    let row = enterprise.and_then(|enterprise| {
        let mut rows = known.rows("cases", enterprise).into_iter();
        let row = rows.find(|row| cell(row, "case_id") == Some(case_id));
        Some((enterprise, row?))
    });
    row.ok_or_else(|| {
        let mut faults = Faults::default();
        let why = format!("there is no case `{case_id}`");
        faults.push("/case_id", FaultCode::Registry, why);
        EventErrors(faults.into_vec())
    })
}

pub(super) fn none(faults: Faults) -> Result<(), EventErrors> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(EventErrors(faults.into_vec()))
}

/// Something becomes of a case only while it is open.
fn check_day(row: &Row, day: Day, faults: &mut Faults) {
    if let Some(on) = cell(row, "closed_on") {
        let why = format!("the case was closed on {on}");
        faults.push("/case_id", FaultCode::Registry, why);
    }
    if let Some(on) = day_of(row, "opened_on").filter(|on| day < *on) {
        let why = format!("is before the case was opened, on {on}");
        faults.push("/at", FaultCode::Registry, why);
    }
}

pub(super) fn cell<'r>(row: &'r Row, column: &str) -> Option<&'r str> {
    let found = row.iter().find(|(name, _)| name == column);
    found
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

pub(super) fn day_of(row: &Row, column: &str) -> Option<Day> {
    Day::parse(cell(row, column)?).ok()
}

fn set(row: &mut Row, column: &str, value: String) {
    match row.iter_mut().find(|(name, _)| name == column) {
        Some((_, cell)) => *cell = value,
        None => row.push((column.to_owned(), value)),
    }
}

fn put<const N: usize>(table: &str, row: [(&str, String); N]) -> Change {
    Change::Put {
        table: table.to_owned(),
        row: row.map(|(name, value)| (name.to_owned(), value)).to_vec(),
    }
}

pub(super) fn replace(table: &str, owner: &str, rows: Vec<Row>) -> Change {
    Change::Replace {
        table: table.to_owned(),
        owner: owner.to_owned(),
        rows,
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
