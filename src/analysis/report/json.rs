//! A report as JSON: what it is by, its span, the last record that was read, and rows with a member for each column.

use serde_json::{Map, Value, json};

use super::{Counts, Report, TestCounts};

impl Report {
    /// See the module: `rows` by group, `tests` by group, heading and test, `all`, and by zone `members`.
    #[must_use]
    pub fn json(&self) -> Value {
        let by = self.asked.by.as_str();
        let group = |name: &Option<String>| (by.to_owned(), Value::from(name.clone()));
        let row = |(name, counts): &(Option<String>, Counts)| {
            let mut row = Map::from_iter([group(name)]);
            row.extend(members(counts));
            Value::Object(row)
        };
        let test = |counts: &TestCounts| {
            let mut row = Map::from_iter([group(&counts.group)]);
            row.insert("heading".to_owned(), counts.heading.to_string().into());
            row.insert("test".to_owned(), counts.test.clone().into());
            let cells = counts.cells().into_iter();
            row.extend(cells.map(|(column, cell)| (column.to_owned(), cell.json())));
            Value::Object(row)
        };
        let mut told = json!({
            "report": by,
            "from": self.asked.from.map(|day| day.to_string()),
            "to": self.asked.to.map(|day| day.to_string()),
            "through": self.through.get(),
            "rows": self.groups.iter().map(row).collect::<Vec<_>>(),
            "tests": self.tests.iter().map(test).collect::<Vec<_>>(),
            "all": members(&self.all),
        });
        if let (Some(counts), Some(told)) = (&self.members, told.as_object_mut()) {
            told.insert("members".to_owned(), members(counts).into());
        }
        told
    }
}

fn members(counts: &Counts) -> Map<String, Value> {
    let cells = counts.cells().into_iter();
    cells.map(|(column, cell)| (column, cell.json())).collect()
}
