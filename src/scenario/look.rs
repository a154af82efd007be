//! What a story looks at as officers do: reports, pass rates of tests, an enterprise, its quality file, a zone, a lot. Each
//! is rows, of which those are meant that have the cells that are named.

use serde_json::{Map, Value};

use super::file::Members;
use super::runner::cell;
use super::story::Story;
use crate::analysis::report::{Asked, By, report};
use crate::service::{FileParts, Part, Refusal};
use crate::supervision::DataFolder;

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// The rows of a report.
    Report(By),
    /// The rows of its tests.
    Tests(By),
    /// An enterprise: a row, its standing.
    Enterprise(String),
    /// The months of its quality file.
    File(String),
    /// The product lots of its diary.
    Diary(String),
    /// A zone: a row, that of the day.
    Zone(String),
    /// A lot of raw material: a row.
    Lot(String),
}

impl Look {
    /// Words of `state` that it stands for.
    pub(super) const KINDS: [&str; 7] = [
        "report",
        "tests",
        "enterprise",
        "file",
        "diary",
        "zone",
        "lot",
    ];

    /// Of one of those words and what it is of; none of another word.
    pub(super) fn read(kind: &str, of: &str) -> Option<Result<Self, String>> {
        let by = || {
            let known = || By::WORDS.join(", ");
            By::parse(of).ok_or_else(|| format!("there is no {kind} by `{of}`: {}", known()))
        };
        let of = of.to_owned();
        Some(match kind {
            "report" => by().map(Self::Report),
            "tests" => by().map(Self::Tests),
            "enterprise" => Ok(Self::Enterprise(of)),
            "file" => Ok(Self::File(of)),
            "diary" => Ok(Self::Diary(of)),
            "zone" => Ok(Self::Zone(of)),
            "lot" => Ok(Self::Lot(of)),
            _ => return None,
        })
    }

    /// What a failure says of it.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Report(by) => format!("report by {}", by.as_str()),
            Self::Tests(by) => format!("tests by {}", by.as_str()),
            Self::Enterprise(id) => format!("enterprise {id}"),
            Self::File(id) => format!("file of {id}"),
            Self::Diary(id) => format!("diary of {id}"),
            Self::Zone(id) => format!("zone {id}"),
            Self::Lot(id) => format!("lot {id}"),
        }
    }
}

impl Story<'_> {
    /// The rows that have some cells.
    pub(super) fn look(&self, look: &Look, cells: &Members) -> Result<Vec<Members>, String> {
        let refused = |why: Refusal| why.to_string();
        let file = |id| {
            let parts = FileParts::default();
            self.desk.quality_file(id, None, &parts).map_err(refused)
        };
        let rows = match look {
            Look::Report(by) => listed(self.report(*by)?, "rows"),
            Look::Tests(by) => listed(self.report(*by)?, "tests"),
            Look::File(id) => listed(file(id)?, "months"),
            Look::Diary(id) => listed(file(id)?, "diary"),
            Look::Enterprise(id) => {
                let found = self.desk.enterprise(id, None).map_err(refused)?;
                vec![found.get("standing").cloned().unwrap_or_default()]
            }
            Look::Zone(id) => {
                let zone = self.desk.zone(id, None, None, &Part::default());
                vec![zone_row(zone.map_err(refused)?)]
            }
            Look::Lot(id) => {
                let lot = self.desk.lot(id, None, &Part::default());
                vec![lot.map_err(refused)?]
            }
        };
        let rows = rows.into_iter().filter_map(|row| match row {
            Value::Object(row) => Some(row),
            _ => None,
        });
        having(rows.collect(), cells)
    }

    fn report(&self, by: By) -> Result<Value, String> {
        let held = self.desk.settle().hold();
        let last = held.map_err(|why| Refusal::from(why).to_string())?;
        let last = last.ledger().last;
        let durable = self.desk.wait_durable(last);
        durable.map_err(|why| why.to_string())?;
        let folder = DataFolder::read(self.desk.folder().path());
        let folder = folder.map_err(|why| why.to_string())?;
        let asked = Asked {
            by,
            from: None,
            to: None,
        };
        let made = report(folder, asked, |_, _| ());
        made.map(|report| report.json())
            .map_err(|why| why.to_string())
    }
}

fn listed(mut value: Value, list: &str) -> Vec<Value> {
    let list = value.get_mut(list).map(Value::take);
    match list {
        Some(Value::Array(rows)) => rows,
        _ => Vec::new(),
    }
}

/// The row of a zone that is in force, with how many members there are in each state.
fn zone_row(mut zone: Value) -> Value {
    let mut taken = |name: &str| match zone.get_mut(name).map(Value::take) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let (mut row, states) = (taken("now"), taken("members_by_state"));
    row.extend(states);
    Value::Object(row)
}

/// The rows that have some cells, all of which some row must have.
fn having(rows: Vec<Members>, cells: &Members) -> Result<Vec<Members>, String> {
    let is_known = |name: &String| rows.is_empty() || rows.iter().any(|row| row.contains_key(name));
    if let Some(unknown) = cells.keys().find(|name| !is_known(name)) {
        return Err(format!("no row has a cell `{unknown}`"));
    }
    let has = |row: &Members| {
        let of = |name: &String| row.get(name).map(cell).unwrap_or_default();
        cells.iter().all(|(name, value)| of(name) == cell(value))
    };
    Ok(rows.into_iter().filter(has).collect())
}
