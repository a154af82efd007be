//! Changes of rows: what each asks for, and what several of them, one after the other, make of the rows of the owners
//! that they touch. Whether the rows are right in themselves and together is checked after.

use std::collections::BTreeMap;

use super::shape::{Shape, same};
use super::store::{self, CASES, OwnerRows, Row, RowStore, unknown_column};
use crate::declaration::Day;
use crate::registry::fault::{RegistryError, RegistryErrors};
use crate::registry::read::shown;
use crate::registry::rows::Column;

/// A change of a table; rows are cells as (column, value).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A row comes. Where rows of its key follow each other, those that began before it end on its first day; where
    /// a key has one row or, as a group has, one meaning at a time, it takes the place of those that are there.
    Put {
        /// The table.
        table: String,
        /// The row.
        row: Vec<(String, String)>,
    },
    /// A row that is in force on a day or later ends on that day.
    End {
        /// The table.
        table: String,
        /// Cells that the row has: the owner's, and as many others as tell it from other rows.
        row: Vec<(String, String)>,
        /// The first day on which it no longer holds.
        to: Day,
    },
    /// An owner has these rows from now on and no others.
    Replace {
        /// The table.
        table: String,
        /// The owner: the value of [`super::owner_column`].
        owner: String,
        /// The rows.
        rows: Vec<Vec<(String, String)>>,
    },
}

impl Change {
    /// Whose rows it touches; empty where it does not say.
    #[must_use]
    pub fn owner(&self) -> &str {
        match self {
            Self::Put { table, row } | Self::End { table, row, .. } => {
                let owner = Shape::of(table).and_then(|shape| given(row, shape.owner()));
                owner.unwrap_or_default()
            }
            Self::Replace { owner, .. } => owner.trim(),
        }
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &str {
        match self {
            Self::Put { table, .. } | Self::End { table, .. } | Self::Replace { table, .. } => {
                table
            }
        }
    }
}

/// Rows of some owners as changes make them.
struct Draft<'s> {
    store: &'s RowStore,
    owners: BTreeMap<(&'static str, String), (Shape, Vec<Row<'s>>)>,
}

/// What changes make of the rows of each owner that they touch.
pub(super) fn draft<'s>(
    store: &'s RowStore,
    changes: &'s [Change],
) -> Result<Vec<OwnerRows>, RegistryErrors> {
    let mut draft = Draft {
        store,
        owners: BTreeMap::new(),
    };
    let mut errors = RegistryErrors::default();
    for change in changes {
        let (Change::Put { table, .. } | Change::End { table, .. } | Change::Replace { table, .. }) =
            change;
        let made = match (Shape::of(table), change) {
            (None, _) => Err(vec![RegistryError::UnknownTable(shown(table))]),
            (Some(shape), Change::Put { row, .. }) => draft.put(shape, row),
            (Some(shape), Change::End { row, to, .. }) => draft.end(shape, row, *to),
            (Some(shape), Change::Replace { owner, rows, .. }) => draft.replace(shape, owner, rows),
        };
        for error in made.err().into_iter().flatten() {
            errors.push(table, None, error);
        }
    }
    errors.sorted().into_result()?;
    let mut errors = RegistryErrors::default();
    let owners = draft.owners.into_iter();
    let rows = owners.map(|((_, owner), (shape, rows))| OwnerRows {
        shape,
        owner: owner.into_boxed_str(),
        text: store::text(&rows),
    });
    let rows: Vec<OwnerRows> = rows.collect();
    check_cases(store, &rows, &mut errors);
    errors.sorted().into_result()?;
    Ok(rows)
}

/// A case stays whose it is, unless that enterprise's rows change too: then they are checked together.
fn check_cases(store: &RowStore, rows: &[OwnerRows], errors: &mut RegistryErrors) {
    let (table, column) = CASES;
    let of_cases = || rows.iter().filter(|rows| rows.shape.table == table);
    for OwnerRows { text, .. } in of_cases() {
        for id in store::case_ids(text) {
            let whose = store.enterprise_of_case(&id);
            if let Some(whose) = whose.filter(|whose| !of_cases().any(|own| &*own.owner == *whose))
            {
                let error = RegistryError::Cell {
                    column,
                    text: shown(&id),
                    expected: format!("is a case of `{}`", shown(whose)),
                };
                errors.push(table, None, error);
            }
        }
    }
}

impl<'s> Draft<'s> {
    fn rows(&mut self, shape: Shape, owner: &str) -> &mut Vec<Row<'s>> {
        let rows = self.owners.entry((shape.table, owner.to_owned()));
        let known = || store::rows(self.store.text(shape.table, owner)).collect();
        &mut rows.or_insert_with(|| (shape, known())).1
    }

    fn put(
        &mut self,
        shape: Shape,
        cells: &'s [(String, String)],
    ) -> Result<(), Vec<RegistryError>> {
        let row = whole_row(shape, cells)?;
        let rows = self.rows(shape, shape.cell(&row, shape.owner()));
        if rows.contains(&row) {
            return Err(vec![RegistryError::AlreadyThere(named(cells))]);
        }
        if shape.follows {
            let from = shape.cell(&row, "from").to_owned();
            if let Some(first) = day(&from, Day::MIN) {
                for earlier in rows.iter_mut().filter(|other| shape.same_key(other, &row)) {
                    if begins(shape, earlier) < first && ends(shape, earlier) > first {
                        set(shape, earlier, "to", &from);
                    }
                }
            }
        } else {
            rows.retain(|other| !shape.same_key(other, &row));
        }
        rows.push(row);
        Ok(())
    }

    fn end(
        &mut self,
        shape: Shape,
        cells: &[(String, String)],
        to: Day,
    ) -> Result<(), Vec<RegistryError>> {
        if shape.place("to").is_none() {
            return Err(vec![RegistryError::Endless]);
        }
        let needed = |column: &str| column == shape.owner();
        check_columns(shape, cells, needed)?;
        let owner = given(cells, shape.owner()).unwrap_or_default();
        let rows = self.rows(shape, owner);
        let mut meant: Vec<&mut Row<'_>> = rows
            .iter_mut()
            .filter(|row| is_meant(shape, row, cells, to))
            .collect();
        let (row, day) = (named(cells), to.to_string());
        match meant.as_mut_slice() {
            [row] => set(shape, row, "to", &day),
            [] => return Err(vec![RegistryError::NoneToEnd { row, day }]),
            several => {
                let count = several.len();
                return Err(vec![RegistryError::SeveralToEnd { row, day, count }]);
            }
        }
        Ok(())
    }

    fn replace(
        &mut self,
        shape: Shape,
        owner: &str,
        rows: &'s [Vec<(String, String)>],
    ) -> Result<(), Vec<RegistryError>> {
        let owner = owner.trim();
        let mut whole = Vec::with_capacity(rows.len());
        for cells in rows {
            let row = whole_row(shape, cells)?;
            let named = shape.cell(&row, shape.owner());
            if named != owner {
                return Err(vec![RegistryError::Cell {
                    column: shape.owner(),
                    text: shown(named),
                    expected: format!("is not `{}`, whose rows are replaced", shown(owner)),
                }]);
            }
            whole.push(row);
        }
        *self.rows(shape, owner) = whole;
        Ok(())
    }
}

/// Whether a row is in force on a day and has these cells.
pub(super) fn is_meant(shape: Shape, row: &Row<'_>, cells: &[(String, String)], day: Day) -> bool {
    let mut cells = cells.iter();
    begins(shape, row) <= day
        && ends(shape, row) > day
        && cells.all(|(column, value)| {
            let column = column.trim();
            same(column, shape.cell(row, column), value.trim())
        })
}

/// A cell as given.
fn given<'c>(cells: &'c [(String, String)], column: &str) -> Option<&'c str> {
    let found = cells.iter().find(|(known, _)| known.trim() == column);
    found.map(|(_, value)| value.trim())
}

/// Every column of a row must be the table's and come once, and those that are needed must be there.
fn check_columns(
    shape: Shape,
    cells: &[(String, String)],
    needed: impl Fn(&str) -> bool,
) -> Result<(), Vec<RegistryError>> {
    let mut wrong = Vec::new();
    for (at, (column, _)) in cells.iter().enumerate() {
        let column = column.trim();
        let mut earlier = cells.iter().take(at);
        if shape.place(column).is_none() {
            wrong.push(unknown_column(shape, &shown(column)));
        } else if earlier.any(|(earlier, _)| earlier.trim() == column) {
            wrong.push(RegistryError::RepeatedColumn(column.to_owned()));
        }
    }
    let names = shape.columns.iter().map(|column| column.name);
    let missing = names.filter(|name| needed(name) && given(cells, name).is_none());
    wrong.extend(missing.map(|name| RegistryError::MissingColumn(name.to_owned())));
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// All cells of a row, those not given empty.
fn whole_row(shape: Shape, cells: &[(String, String)]) -> Result<Row<'_>, Vec<RegistryError>> {
    let keys = shape.columns.iter().filter(|column| column.key);
    check_columns(shape, cells, |name| {
        keys.clone().any(|column| column.name == name)
    })?;
    let cell = |column: &Column| given(cells, column.name).unwrap_or_default().into();
    Ok(shape.columns.iter().map(cell).collect())
}

fn set(shape: Shape, row: &mut Row<'_>, column: &str, value: &str) {
    if let Some(cell) = shape.place(column).and_then(|at| row.get_mut(at)) {
        *cell = value.to_owned().into();
    }
}

/// The first day of a row that is kept, and so has been checked.
fn begins(shape: Shape, row: &Row<'_>) -> Day {
    day(shape.cell(row, "from"), Day::MIN).unwrap_or(Day::MIN)
}

/// The first day after a row that is kept.
fn ends(shape: Shape, row: &Row<'_>) -> Day {
    day(shape.cell(row, "to"), Day::MAX).unwrap_or(Day::MAX)
}

fn day(cell: &str, open: Day) -> Option<Day> {
    if cell.is_empty() {
        Some(open)
    } else {
        Day::parse(cell).ok()
    }
}

/// A row as a message names it.
fn named(cells: &[(String, String)]) -> String {
    let cells = cells.iter().filter(|(_, value)| !value.trim().is_empty());
    let cells: Vec<String> = cells
        .map(|(column, value)| format!("{} `{}`", column.trim(), shown(value.trim())))
        .collect();
    cells.join(", ")
}
