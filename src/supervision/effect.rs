//! What an act did, as its record keeps it: the rows of the registry that went and came, and the marks that no longer
//! count. By it a mistaken event can be undone later, and what undoes one is folded as it was carried out.
//!
//! As bytes: the number of owners, for each its table, its id, the rows that went and those that came, then the marks
//! behind their length. Rows stand behind their number, and cells, each a column and a text, behind theirs.

use super::bytes::{Put, Take};
use super::event::EventErrors;
use super::record::marks;
use crate::declaration::{FaultCode, Faults};
use crate::limits::MAX_EFFECT_BYTES;
use crate::registry::{Change, LiveRegistry, RowsChanged};

/// A row's cells as (column, value).
type Row = Vec<(String, String)>;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effect {
    /// What it made of rows, owner by owner.
    pub rows: Vec<RowsChanged>,
    /// Marks of a quality file that no longer count, as [`marks`] reads them.
    pub withdrawn: Vec<u8>,
}

impl Effect {
    /// As bytes; none where they would be too many to keep: what did so much is not undone.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut put = Put(&mut out);
        put.u32(self.rows.len() as u32);
        for changed in &self.rows {
            put.text(&changed.table);
            put.text(&changed.owner);
            put_rows(&changed.gone, &mut put);
            put_rows(&changed.come, &mut put);
        }
        put.bytes(&self.withdrawn);
        if out.len() > MAX_EFFECT_BYTES {
            out.clear();
        }
        out
    }

    /// From bytes; none where they are not what [`Self::encode`] writes.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut take = Take(bytes);
        let count = take.u32()?;
        let rows = (0..count).map(|_| {
            Some(RowsChanged {
                table: take.text()?.to_owned(),
                owner: take.text()?.to_owned(),
                gone: take_rows(&mut take)?,
                come: take_rows(&mut take)?,
            })
        });
        let rows = rows.collect::<Option<_>>()?;
        let withdrawn = take.bytes()?.to_vec();
        let known = marks(&withdrawn).all(|mark| mark.is_some());
        (known && take.0.is_empty()).then_some(Self { rows, withdrawn })
    }

    /// What undoes it, and what its record added to quality files.
    #[must_use]
    pub fn undone(self, added: &[u8]) -> Self {
        let rows = self.rows.into_iter().rev();
        Self {
            rows: rows.map(RowsChanged::undone).collect(),
            withdrawn: added.to_vec(),
        }
    }

    /// The changes that carry it out.
    ///
    /// # Errors
    /// Rows that are no longer there.
    pub(super) fn changes(&self, known: &LiveRegistry) -> Result<Vec<Change>, EventErrors> {
        let mut faults = Faults::default();
        let changes = self.rows.iter().map(|changed| {
            let mut rows = known.rows(&changed.table, &changed.owner);
            for gone in &changed.gone {
                match rows.iter().position(|row| row == gone) {
                    Some(at) => drop(rows.remove(at)),
                    None => {
                        let why = format!(
                            "what it made of `{}` in `{}` was changed since",
                            changed.owner, changed.table
                        );
                        faults.push("/voided_event_id", FaultCode::Registry, why);
                    }
                }
            }
            rows.extend(changed.come.iter().cloned());
            Change::Replace {
                table: changed.table.clone(),
                owner: changed.owner.clone(),
                rows,
            }
        });
        let changes = changes.collect();
        match faults.is_empty() {
            true => Ok(changes),
            false => Err(EventErrors(faults.into_vec())),
        }
    }
}

fn put_rows(rows: &[Row], put: &mut Put<'_>) {
    put.u32(rows.len() as u32);
    for row in rows {
        put.u32(row.len() as u32);
        for (column, value) in row {
            put.text(column);
            put.text(value);
        }
    }
}

fn take_rows(take: &mut Take<'_>) -> Option<Vec<Row>> {
    let count = take.u32()?;
    (0..count).map(|_| take_row(take)).collect()
}

fn take_row(take: &mut Take<'_>) -> Option<Row> {
    let count = take.u32()?;
    let cells = (0..count).map(|_| Some((take.text()?.to_owned(), take.text()?.to_owned())));
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect() -> Effect {
        let row = |class: &str| {
            let cells = [("enterprise_id", "E-1"), ("class", class)];
            cells
                .map(|(column, value)| (column.to_owned(), value.to_owned()))
                .to_vec()
        };
        let rows = ["classes", "titles"].map(|table| RowsChanged {
            table: table.to_owned(),
            owner: "E-1".to_owned(),
            gone: vec![row("1"), row("2")],
            come: vec![row("3")],
        });
        Effect {
            rows: rows.to_vec(),
            withdrawn: Vec::new(),
        }
    }

    #[test]
    fn an_effect_is_read_as_it_was_written_and_no_part_of_it() {
        for effect in [effect(), Effect::default()] {
            let bytes = effect.encode();
            assert_eq!(Effect::decode(&bytes), Some(effect));
            for length in 0..bytes.len() {
                assert_eq!(Effect::decode(&bytes[..length]), None, "{length}");
            }
            assert_eq!(Effect::decode(&[&bytes[..], &[0]].concat()), None);
        }
    }

    #[test]
    fn what_undoes_what_undoes_an_effect_is_the_effect() {
        let (first, effect) = (effect(), effect());
        assert_ne!(effect.clone().undone(&[]), first);
        assert_eq!(effect.undone(&[]).undone(&[]), first);
    }

    #[test]
    fn an_effect_beyond_its_limit_is_not_kept() {
        let mut effect = effect();
        effect.rows[0].owner = "E".repeat(MAX_EFFECT_BYTES);
        assert!(effect.encode().is_empty());
    }
}
