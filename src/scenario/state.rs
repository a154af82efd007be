//! What is known, without anybody's act: what became of a declaration, rows of the registry, feeds.

use serde_json::{Map, Value};

use super::file::Members;
use super::runner::cell;
use super::step::{Act, StateOf};
use super::story::{CALLER, Came, Story};
use crate::journal::Sequence;
use crate::service::Refusal;

impl Story<'_> {
    pub(super) fn state(&self, of: &StateOf) -> Result<Came, String> {
        match of {
            StateOf::Declaration { name, version } => {
                let id = &self.known(name)?.id;
                match self.desk.latest(id, *version) {
                    Ok(sequence) => self.answer(sequence),
                    Err(Refusal::NotFound(why)) => Ok(Came::Refused(["not_found"].into(), why)),
                    Err(other) => Err(other.to_string()),
                }
            }
            StateOf::Registry { table, cells } => self.rows(table, cells).map(Came::Rows),
            StateOf::Proposals(id) => self.proposals(id).map(Came::Rows),
            StateOf::Look { at, cells } => self.look(at, cells).map(Came::Rows),
            StateOf::Events => self.events().map(Came::Rows),
            StateOf::Changes => self.changes().map(Came::Rows),
        }
    }

    /// The rows of a table that have these cells, in order of their first days.
    fn rows(&self, table: &str, cells: &Members) -> Result<Vec<Members>, String> {
        let files = self.desk.export().map_err(|why| why.to_string())?;
        let name = format!("{table}.csv");
        let file = files.iter().find(|(known, _)| *known == name);
        let (_, text) = file.ok_or_else(|| format!("the registry has no rows of `{table}`"))?;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader.headers().map_err(|error| error.to_string())?.clone();
        let mut unknown = cells.keys();
        let unknown = unknown.find(|name| !columns.iter().any(|column| column == name.as_str()));
        if let Some(unknown) = unknown {
            return Err(format!("`{table}` has no column `{unknown}`"));
        }
        let mut found = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| error.to_string())?;
            let row = columns.iter().zip(&record);
            let row = row.map(|(column, cell)| (column.to_owned(), Value::from(cell)));
            let row: Members = row.collect();
            let has =
                |(name, value): (&String, &Value)| row.get(name).map(cell) == Some(cell(value));
            if cells.iter().all(has) {
                found.push(row);
            }
        }
        found.sort_by_key(|row| row.get("from").map(cell));
        Ok(found)
    }

    /// What is proposed of an enterprise.
    fn proposals(&self, id: &str) -> Result<Vec<Members>, String> {
        let proposals = self.desk.proposals(id).map_err(|why| why.to_string())?;
        let rows = proposals
            .iter()
            .map(|proposal| object(proposal.json().to_string().as_bytes()));
        rows.collect()
    }

    /// The events of the feed that the steps sent.
    fn events(&self) -> Result<Vec<Members>, String> {
        let mut lines = Vec::new();
        let mut read = || -> Result<(), Refusal> {
            let last = self.desk.settle().hold()?.ledger().last;
            self.desk.wait_durable(last)?;
            let line = |line: &str| lines.push(line.to_owned());
            self.desk.events_after(Sequence::ZERO, usize::MAX, line)
        };
        read().map_err(|why| why.to_string())?;
        let mut events = Vec::new();
        for line in &lines {
            let event = object(line.as_bytes())?;
            if event.get("by").and_then(Value::as_str) == Some(CALLER) {
                events.push(self.with_name(event));
            }
        }
        Ok(events)
    }

    /// The feed of changes.
    fn changes(&self) -> Result<Vec<Members>, String> {
        let held = self.desk.settle().hold();
        let held = held.map_err(|why| Refusal::from(why).to_string())?;
        let changes = held.ledger().changes_after(Sequence::ZERO).to_vec();
        drop(held);
        let rows = changes.into_iter().map(|sequence| {
            let answer = object(&self.answer_bytes(sequence)?)?;
            Ok(self.with_name(answer))
        });
        rows.collect()
    }

    /// With the name that a declaration has in the story.
    fn with_name(&self, mut row: Members) -> Members {
        let id = row.get("declaration_id").and_then(Value::as_str);
        let name = id.and_then(|id| self.name(id));
        if let Some(name) = name.map(Value::from) {
            row.insert("declaration".to_owned(), name);
        }
        row
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

impl Act {
    /// What a failure says of it.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Declare { name, .. } => format!("declare {name}"),
            Self::Amend { of, .. } => format!("amend {of}"),
            Self::Event { of, members } => {
                let kind = members.get("type").and_then(Value::as_str);
                let of = of.as_ref().map_or(String::new(), |of| format!(" of {of}"));
                format!("event {}{of}", kind.unwrap_or("without a type"))
            }
            Self::Day(_) => "day".to_owned(),
            Self::Cancel { of, .. } => format!("cancel {of}"),
            Self::Override { of, .. } => format!("override {of}"),
            Self::State(StateOf::Declaration { name, .. }) => format!("state of {name}"),
            Self::State(StateOf::Registry { table, .. }) => format!("state of {table}"),
            Self::State(StateOf::Proposals(id)) => format!("proposals of {id}"),
            Self::State(StateOf::Look { at, .. }) => at.told(),
            Self::State(StateOf::Events) => "feed of events".to_owned(),
            Self::State(StateOf::Changes) => "feed of changes".to_owned(),
        }
    }
}
