//! Guards: conditions of the policy under which an event is refused, each asked of every row that the event brings.

use super::eval;
use super::person::{Person, bureau_of};
use crate::declaration::{Day, FaultCode, Faults};
use crate::engine::Value;
use crate::policy::{Guard, PersonFact, Policy};
use crate::registry::{Change, LiveRegistry, ZoneLevel, owner_column};
use crate::supervision::accountability::{Row, cell, day_of};
use crate::supervision::event::{Event, EventErrors, What};

/// What an event is about: a row that it brings, whose it is, and the zone that it names.
struct Subject<'e> {
    event: &'e Event,
    /// The event's day.
    day: Day,
    row: Row,
    party: Person,
    zone: Option<SubjectZone>,
}

struct SubjectZone {
    rows: Vec<Row>,
    assessments: Vec<Row>,
    office: Option<String>,
    bureau: Option<String>,
}

/// Refuses an event that a guard refuses.
///
/// # Errors
/// Each guard that refuses it.
pub(in crate::supervision) fn refuse(
    event: &Event,
    known: &LiveRegistry,
    policy: &Policy,
) -> Result<(), EventErrors> {
    let day = event.at.day(policy.profile.zone);
    let guards = policy.guards.iter();
    let guards = guards.filter(|guard| guard.on.contains(&event.kind) && guard.validity.holds(day));
    let mut guards = guards.peekable();
    if guards.peek().is_none() {
        return Ok(());
    }
    let subjects: Vec<Subject<'_>> = rows(event, known)
        .into_iter()
        .map(|row| Subject::new(event, day, row, (known, policy)))
        .collect();
    let mut faults = Faults::default();
    for guard in guards {
        if subjects.iter().any(|subject| subject.is_refused(guard)) {
            faults.push("/type", FaultCode::Guard, told(guard));
        }
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(EventErrors(faults.into_vec())),
    }
}

/// What the sender is told.
fn told(guard: &Guard) -> String {
    let why = guard.reason.told().unwrap_or(&guard.reason.code);
    match &guard.basis {
        Some(basis) => format!("the guard `{}` refuses it: {why} ({basis})", guard.id),
        None => format!("the guard `{}` refuses it: {why}", guard.id),
    }
}

/// The rows that an event brings; of those that replace others the new ones. An event that brings none is about an
/// enterprise, or about nothing that is known.
fn rows(event: &Event, known: &LiveRegistry) -> Vec<Row> {
    let party = |id: Option<&str>| {
        let cell = id.map(|id| ("enterprise_id".to_owned(), id.to_owned()));
        vec![cell.into_iter().collect()]
    };
    match &event.what {
        What::Registry(changes) => changes
            .iter()
            .flat_map(|change| brought(change, known))
            .collect(),
        What::CauseFound(found) => party(known.enterprise_of_case(&found.case_id)),
        What::CaseClosed(closed) => party(known.enterprise_of_case(&closed.case_id)),
        _ => party(event.enterprise_id()),
    }
}

fn brought(change: &Change, known: &LiveRegistry) -> Vec<Row> {
    match change {
        Change::Put { row, .. } | Change::End { row, .. } => vec![trimmed(row)],
        Change::Replace { table, owner, rows } => {
            let there = known.rows(table, owner);
            let is_new = |row: &Row| {
                let is = |other: &Row| row.iter().all(|cell| other.contains(cell));
                !there.iter().any(is)
            };
            let rows = rows.iter().map(|row| {
                let said = trimmed(row).into_iter();
                said.filter(|(_, value)| !value.is_empty()).collect()
            });
            let new: Vec<Row> = rows.filter(is_new).collect();
            match new.is_empty() {
                false => new,
                true => vec![
                    owner_column(table)
                        .map(|column| (column.to_owned(), owner.clone()))
                        .into_iter()
                        .collect(),
                ],
            }
        }
    }
}

fn trimmed(row: &[(String, String)]) -> Row {
    let cells = row.iter();
    let cells = cells.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    cells.collect()
}

impl<'e> Subject<'e> {
    fn new(
        event: &'e Event,
        day: Day,
        row: Row,
        (known, policy): (&LiveRegistry, &Policy),
    ) -> Self {
        let id = cell(&row, "enterprise_id").unwrap_or_default();
        let party = Person::of(known, id, policy);
        let zone = cell(&row, "zone_id").map(|id| SubjectZone::new(id, &row, day, known));
        Self {
            event,
            day,
            row,
            party,
            zone,
        }
    }

    fn is_refused(&self, guard: &Guard) -> bool {
        let zone = self.zone.as_ref();
        let zone = zone.map(|zone| (zone.office.as_deref(), zone.bureau.as_deref()));
        let party = Some(self.party.place()).filter(|_| self.party.is_known());
        let bureaus = [party, zone].into_iter().flatten();
        let is_there = |bureau: &String| {
            let mut bureaus = bureaus.clone();
            bureaus.any(|(_, own)| own == Some(bureau))
        };
        let place = party.or(zone).unwrap_or_default();
        guard.bureau.as_ref().is_none_or(is_there)
            && eval::holds(&guard.when, place, |fact| self.value(fact))
    }

    fn value(&self, fact: PersonFact) -> Value<'_> {
        let zone = self.zone.as_ref();
        match fact {
            PersonFact::EventType => Value::text(&self.event.kind),
            PersonFact::EventAuthority => {
                Value::text(self.event.authority.as_deref().unwrap_or_default())
            }
            PersonFact::EventDocument => {
                Value::text(self.event.document.as_deref().unwrap_or_default())
            }
            PersonFact::EventLevel => Value::optional(cell(&self.row, "level")),
            PersonFact::EventState => Value::optional(cell(&self.row, "state")),
            PersonFact::ZoneLevel => {
                Value::text(zone.and_then(|zone| zone.level(self.day)).unwrap_or("none"))
            }
            PersonFact::ZoneWasProvincial => {
                let from = day_of(&self.row, "from").unwrap_or(self.day);
                Value::Bool(zone.is_some_and(|zone| zone.was_provincial(from)))
            }
            PersonFact::ZoneAssessed => {
                let level = |zone: &SubjectZone| {
                    let asked = cell(&self.row, "level").or_else(|| zone.level(self.day));
                    asked.is_some_and(|level| zone.passed(level, self.day))
                };
                Value::Bool(zone.is_some_and(level))
            }
            fact => self.party.value(fact, self.day),
        }
    }
}

impl SubjectZone {
    /// A zone as it is known, and where a row of it says so its resident office.
    fn new(id: &str, row: &Row, day: Day, known: &LiveRegistry) -> Self {
        let rows = known.rows("zones", id);
        let own = cell(row, "resident_office");
        let of_day = || cell(on(&rows, day)?, "resident_office");
        let office = own.or_else(of_day).map(str::to_owned);
        let bureau = office
            .as_deref()
            .and_then(|office| bureau_of(known.current(), office));
        Self {
            bureau: bureau.map(str::to_owned),
            assessments: known.rows("zone_assessments", id),
            office,
            rows,
        }
    }

    fn level(&self, day: Day) -> Option<&str> {
        cell(on(&self.rows, day)?, "level")
    }

    /// Whether it was provincial on a day before one.
    fn was_provincial(&self, day: Day) -> bool {
        self.rows.iter().any(|row| {
            let from = day_of(row, "from").unwrap_or(Day::MIN);
            cell(row, "level") == Some(ZoneLevel::Provincial.as_str()) && from < day
        })
    }

    /// Whether its last assessment for a level, until a day, was passed; of several on one day all must be.
    fn passed(&self, level: &str, day: Day) -> bool {
        let on = |row: &&Row| day_of(row, "assessed_on").unwrap_or(Day::MIN);
        let rows = self.assessments.iter();
        let of_level = rows.filter(|row| cell(row, "level") == Some(level) && on(row) <= day);
        let of_level: Vec<&Row> = of_level.collect();
        let last = of_level.iter().map(on).max();
        let mut last = of_level.iter().filter(|row| Some(on(row)) == last);
        last.clone().next().is_some() && last.all(|row| cell(row, "result") == Some("passed"))
    }
}

/// The row that holds on a day.
fn on(rows: &[Row], day: Day) -> Option<&Row> {
    rows.iter().find(|row| {
        let from = day_of(row, "from").unwrap_or(Day::MIN);
        let to = day_of(row, "to").unwrap_or(Day::MAX);
        from <= day && day < to
    })
}
