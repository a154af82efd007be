//! What a change made of the rows of each owner that it touched: which went and which came.

use super::cells;
use super::shape::Shape;
use super::store::{self, OwnerRows, Row};

/// Rows of an owner that went and that came; each as cells that say something or must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsChanged {
    /// The table.
    pub table: String,
    /// Whose rows.
    pub owner: String,
    /// Those that went.
    pub gone: Vec<Vec<(String, String)>>,
    /// Those that came.
    pub come: Vec<Vec<(String, String)>>,
}

impl RowsChanged {
    /// What takes it back.
    #[must_use]
    pub fn undone(self) -> Self {
        Self {
            gone: self.come,
            come: self.gone,
            ..self
        }
    }

    /// Whether it changes rows of a key of which another change has rows, too.
    #[must_use]
    pub fn shares_a_key(&self, other: &Self) -> bool {
        let Some(shape) = Shape::of(&self.table) else {
            return false;
        };
        let own: Vec<Row<'_>> = self.rows(shape).collect();
        let theirs: Vec<Row<'_>> = other.rows(shape).collect();
        let same = |row: &Row<'_>| theirs.iter().any(|other| shape.same_key(row, other));
        (&self.table, &self.owner) == (&other.table, &other.owner) && own.iter().any(same)
    }

    /// Those that went and those that came, whole.
    fn rows(&self, shape: Shape) -> impl Iterator<Item = Row<'_>> {
        let rows = self.gone.iter().chain(&self.come);
        rows.map(move |cells| whole(shape, cells))
    }

    /// Of the rows that an owner had and those that it has; none where they are the same.
    pub(super) fn between(before: &OwnerRows, now: &str) -> Option<Self> {
        let shape = before.shape;
        let had: Vec<Row<'_>> = store::rows(&before.text).collect();
        let has: Vec<Row<'_>> = store::rows(now).collect();
        let only = |rows: &[Row<'_>], others: &[Row<'_>]| {
            let rows = rows.iter().filter(|row| !others.contains(row));
            rows.map(|row| cells(shape, row)).collect::<Vec<_>>()
        };
        let changed = Self {
            table: shape.table.to_owned(),
            owner: before.owner.to_string(),
            gone: only(&had, &has),
            come: only(&has, &had),
        };
        (!changed.gone.is_empty() || !changed.come.is_empty()).then_some(changed)
    }
}

/// All cells of a row, in the order of its table's columns.
fn whole(shape: Shape, cells: &[(String, String)]) -> Row<'_> {
    let cell = |name: &str| {
        let found = cells.iter().find(|(column, _)| column == name);
        found.map_or("", |(_, value)| value)
    };
    let columns = shape.columns.iter();
    columns.map(|column| cell(column.name).into()).collect()
}
