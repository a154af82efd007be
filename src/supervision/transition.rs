//! Life cycles: which change of a zone, a membership, a title, a certificate, a registration or a list entry may follow
//! what is known (S0-07, S3-06). The desk asks before it takes an event; what was taken is folded as it is.

use super::accountability::{Row, cell, day_of, none};
use super::event::{CYCLES, Event, EventErrors, What};
use crate::declaration::{Day, FaultCode, Faults};
use crate::registry::{Change, LiveRegistry, MemberState, RegistrationState, table_columns};

/// Asks whether what an event says of rows may follow what is known on its day.
pub(super) fn check(event: &Event, known: &LiveRegistry) -> Result<(), EventErrors> {
    let What::Registry(changes) = &event.what else {
        return Ok(());
    };
    let mut faults = Faults::default();
    let mut asked = Asked {
        kind: &event.kind,
        known,
        faults: &mut faults,
    };
    for change in changes {
        match change {
            Change::Put { table, row } if CYCLES.contains(&table.as_str()) => {
                asked.put(table, &trimmed(row));
            }
            Change::End { table, row, to } if table == "list_entries" => {
                asked.left(row, *to, event.authority.as_deref());
            }
            Change::Replace { table, .. } if CYCLES.contains(&table.as_str()) => {
                let why = format!(
                    "each change of `{table}` is an event of its own; a whole table is imported"
                );
                asked.wrong("/rows", why);
            }
            _ => {}
        }
    }
    none(faults)
}

struct Asked<'a> {
    kind: &'a str,
    known: &'a LiveRegistry,
    faults: &'a mut Faults,
}

impl Asked<'_> {
    fn wrong(&mut self, pointer: &str, why: String) {
        self.faults.push(pointer, FaultCode::Registry, why);
    }

    /// Rows of a table that are in force on a day and have the same cells as a row.
    fn alike(&self, table: &str, row: &Row, columns: &[&str], day: Day) -> Vec<Row> {
        let cells = columns.iter().map(|column| {
            let value = cell(row, column).unwrap_or_default();
            ((*column).to_owned(), value.to_owned())
        });
        self.known.standing(table, &cells.collect::<Row>(), day)
    }

    /// A row that comes. What is no day, no state or no zone, the registry tells.
    fn put(&mut self, table: &str, row: &Row) {
        // What names no first day holds from the first that there is.
        let day = match cell(row, "from") {
            None => Day::MIN,
            Some(text) => match Day::parse(text) {
                Ok(day) => day,
                Err(_) => return,
            },
        };
        match self.kind {
            "zone_designated" => self.designated(row, day),
            "zone_level_changed" | "zone_changed" => self.zone_changed(row, day),
            "member_state_changed" => self.member(row, day),
            "registration_changed" => self.registered(row, day),
            "list_entered" => {
                let key = ["enterprise_id", "list", "authority"];
                self.not_twice(table, row, (&key, "/list", "is on the list"), day);
            }
            _ => {
                let key = ["enterprise_id", "kind", "number"];
                self.not_twice(table, row, (&key, "/number", "has it"), day);
            }
        }
    }

    /// What is granted does not stand already.
    fn not_twice(
        &mut self,
        table: &str,
        row: &Row,
        (key, pointer, stands): (&[&str], &str, &str),
        day: Day,
    ) {
        if let Some(known) = self.alike(table, row, key, day).first() {
            let (whose, until) = (cell(row, "enterprise_id").unwrap_or_default(), until(known));
            self.wrong(
                pointer,
                format!("`{whose}` {stands} on {day} already{until}"),
            );
        }
    }

    // ----- zones -----

    fn designated(&mut self, row: &Row, day: Day) {
        if let Some(known) = self.alike("zones", row, &["zone_id"], day).first() {
            let (zone, until) = (cell(row, "zone_id").unwrap_or_default(), until(known));
            let why = format!(
                "`{zone}` stands on {day}{until}: `zone_level_changed` and `zone_changed` change it"
            );
            self.wrong("/zone_id", why);
        }
    }

    /// Another level, or everything else of a zone; what it does not name would be gone, and all goods be in its scope.
    fn zone_changed(&mut self, row: &Row, day: Day) {
        let zone = cell(row, "zone_id").unwrap_or_default();
        let standing = self.alike("zones", row, &["zone_id"], day);
        let Some(known) = standing.first() else {
            self.wrong("/zone_id", format!("there is no zone `{zone}` on {day}"));
            return;
        };
        let level = cell(known, "level").unwrap_or_default();
        let (same, other) = (
            cell(row, "level") == Some(level),
            self.kind == "zone_level_changed",
        );
        match (same, other) {
            (true, true) => {
                self.wrong(
                    "/level",
                    format!("`{zone}` is {level} on {day}; another level is expected"),
                );
            }
            (false, false) if cell(row, "level").is_some() => {
                let why =
                    format!("`{zone}` is {level} on {day}; `zone_level_changed` changes that");
                self.wrong("/level", why);
            }
            _ => {}
        }
        let columns = table_columns("zones").unwrap_or_default().iter();
        let named = |name: &str| row.iter().any(|(column, _)| column == name);
        let kept = columns.filter(|column| !column.key && !["from", "to"].contains(&column.name));
        for column in kept.filter(|column| !named(column.name)) {
            if let Some(value) = cell(known, column.name) {
                let why =
                    format!("is `{value}`, and would be gone: it is named, or \"\" takes it away");
                let pointer = format!("/{}", column.name);
                self.faults.push(pointer, FaultCode::Required, why);
            }
        }
    }

    // ----- members -----

    /// Applied, reviewed, visited, approved, announced, one after the other; whoever is any of that may leave (S0-07).
    fn member(&mut self, row: &Row, day: Day) {
        let (zone, enterprise) = (
            cell(row, "zone_id").unwrap_or_default(),
            cell(row, "enterprise_id").unwrap_or_default(),
        );
        let Some(next) = cell(row, "state").and_then(MemberState::parse) else {
            return;
        };
        let zones = self.known.rows("zones", zone);
        let Some(since) = stands_since(&zones, day) else {
            self.wrong("/zone_id", format!("there is no zone `{zone}` on {day}"));
            return;
        };
        let mut own = self.known.rows("memberships", enterprise);
        own.retain(|row| cell(row, "zone_id") == Some(zone));
        let later = own
            .iter()
            .filter_map(|row| Some((day_of(row, "from")?, row)));
        if let Some((from, later)) = later
            .filter(|(from, _)| *from > day)
            .min_by_key(|(from, _)| *from)
        {
            let state = cell(later, "state").unwrap_or_default();
            self.wrong(
                "/at",
                format!("`{enterprise}` is {state} from {from} on: no state comes before on {day}"),
            );
        }
        let known = self.alike("memberships", row, &["zone_id", "enterprise_id"], day);
        let known = known.first().filter(|row| {
            // What ended with the zone is not known of the one that was designated anew.
            let from = day_of(row, "from").unwrap_or(Day::MIN);
            from >= since || !ended_between(&zones, from, since)
        });
        let state = known.and_then(|row| MemberState::parse(cell(row, "state")?));
        if let Some(why) = not_next(state, next) {
            self.wrong(
                "/state",
                format!("`{enterprise}` {why}, not {}", next.as_str()),
            );
        } else if known.is_some_and(|row| day_of(row, "from") == Some(day)) {
            let state = state.map_or("", MemberState::as_str);
            self.wrong(
                "/at",
                format!("`{enterprise}` is {state} since {day}: a state lasts a day at least"),
            );
        }
    }

    // ----- registrations -----

    /// A provisional registration is prolonged or becomes a full one; a full one is prolonged.
    fn registered(&mut self, row: &Row, day: Day) {
        let Some(next) = cell(row, "state").and_then(RegistrationState::parse) else {
            return;
        };
        let standing = self.alike("registrations", row, &["enterprise_id", "hs_scope"], day);
        let Some(known) = standing.first() else {
            return;
        };
        let (state, until) = (
            cell(known, "state").and_then(RegistrationState::parse),
            until(known),
        );
        match state {
            Some(RegistrationState::Full) if next == RegistrationState::Provisional => {
                let why =
                    format!("it is full on {day}{until}, and does not become provisional again");
                self.wrong("/state", why);
            }
            Some(state) if state == next && cell(known, "to") == cell(row, "to") => {
                self.wrong(
                    "/state",
                    format!("it is {} on {day}{until} already", state.as_str()),
                );
            }
            _ => {}
        }
    }

    // ----- lists -----

    /// An authority takes off its list whom it put there, and no other authority does; where an entry names none, any.
    fn left(&mut self, row: &Row, day: Day, authority: Option<&str>) {
        let standing = self.known.standing("list_entries", row, day);
        let mut whose: Vec<&str> = standing
            .iter()
            .filter_map(|row| cell(row, "authority"))
            .collect();
        whose.sort_unstable();
        let own = authority.is_none_or(|authority| whose.contains(&authority.trim()));
        if !own && !whose.is_empty() {
            let why = whose.join(" and by ");
            let why = format!("it was entered by {why}: who enters takes off");
            self.wrong("/authority", why);
        }
    }
}

/// A row as the registry reads it.
fn trimmed(row: &Row) -> Row {
    let cells = row.iter();
    cells
        .map(|(column, value)| (column.clone(), value.trim().to_owned()))
        .collect()
}

/// Why a state of a membership does not follow another, as what follows instead.
fn not_next(state: Option<MemberState>, next: MemberState) -> Option<String> {
    use MemberState::{Announced, Applied, Approved, Exited, Reviewed, Visited};
    let follows = match state {
        None | Some(Exited) => Applied,
        Some(Applied) => Reviewed,
        Some(Reviewed) => Visited,
        Some(Visited) => Approved,
        Some(Approved) => Announced,
        Some(Announced) => Exited,
    };
    let is_in = !matches!(state, None | Some(Exited));
    if next == follows || next == Exited && is_in {
        return None;
    }
    let follows = follows.as_str();
    Some(match state {
        None => format!("did not apply there, and becomes {follows} first"),
        Some(state @ (Exited | Announced)) => {
            format!("is {}, and becomes {follows}", state.as_str())
        }
        Some(state) => format!("is {}, and becomes {follows} or exited", state.as_str()),
    })
}

/// The first day of those on which a zone stands without an end, up to a day on which it does.
fn stands_since(zones: &[Row], day: Day) -> Option<Day> {
    let mut terms: Vec<(Day, Day)> = zones.iter().map(term).collect();
    terms.sort_unstable();
    let at = terms
        .iter()
        .position(|(from, to)| *from <= day && day < *to)?;
    let mut since = terms.get(at)?.0;
    for (from, to) in terms.iter().take(at).rev() {
        if *to == since {
            since = *from;
        }
    }
    Some(since)
}

/// Whether a term of a zone ended behind a day, and no later than another.
fn ended_between(zones: &[Row], behind: Day, last: Day) -> bool {
    let mut terms = zones.iter().map(term);
    terms.any(|(_, to)| behind < to && to <= last)
}

fn term(row: &Row) -> (Day, Day) {
    (
        day_of(row, "from").unwrap_or(Day::MIN),
        day_of(row, "to").unwrap_or(Day::MAX),
    )
}

/// Until when a row holds, as words after a day.
fn until(row: &Row) -> String {
    cell(row, "to").map_or(String::new(), |to| format!(", until {to}"))
}
