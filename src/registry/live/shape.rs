//! The shape of each table: its columns, whose a row is, and by which key rows are told apart when they change: the
//! one of which a day may have one row, where the checks forbid more.

use std::sync::LazyLock;

use super::PARTY_TABLES;
use crate::declaration::{Country, HsScope};
use crate::registry::cell::{Cell, Countries};
use crate::registry::rows::Column;
use crate::registry::tables::{TABLES, columns};

/// A table as changes see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) table: &'static str,
    pub(super) columns: &'static [Column],
    pub(super) key: &'static [&'static str],
    /// Whether a new row ends the earlier ones of its key; it takes their place otherwise.
    pub(super) follows: bool,
    part: Part,
}

/// All of them, in order of their tables' names: an event asks for dozens.
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let shapes = TABLES.iter().filter_map(|table| Shape::new(table));
    let mut shapes: Vec<Shape> = shapes.collect();
    shapes.sort_unstable_by_key(|shape| shape.table);
    shapes
});

/// What a table is to a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Each row belongs to one party.
    Party,
    /// Joined with declarations, or checked over owners; made anew together.
    Joined,
    /// Lots of raw material and who supplied them; made anew together.
    Material,
    /// Kept and checked, an owner's rows by themselves and with what they cite. What adverse events reach by them is
    /// found again where it may be other lots.
    Kept,
}

const KEPT: [&str; 3] = ["products", "traces", "zone_assessments"];
const MATERIAL: [&str; 2] = ["lots", "suppliers"];

/// Tables whose rows of one key follow each other.
const FOLLOWING: [(&str, &[&str]); 19] = [
    ("bodies", &["body_id", "hs_scope"]),
    ("catalogue", &["hs_prefix", "direction"]),
    ("certificates", &["enterprise_id", "kind", "number"]),
    ("classes", &["enterprise_id"]),
    ("consumption_norms", &["hs_scope", "material"]),
    ("credit_assessments", &["enterprise_id"]),
    (
        "exemptions",
        &["enterprise_id", "hs_scope", "kind", "countries"],
    ),
    ("legal_exceptions", &["hs_scope", "direction", "basis"]),
    ("list_entries", &["enterprise_id", "list", "authority"]),
    ("memberships", &["enterprise_id", "zone_id"]),
    ("price_bands", &["hs_prefix", "country", "unit"]),
    ("projects", &["project_id"]),
    ("recommendations", &["enterprise_id", "authority"]),
    ("registrations", &["enterprise_id", "hs_scope"]),
    (
        "requirements",
        &["hs_scope", "direction", "countries", "tests", "documents"],
    ),
    (
        "risk_assessments",
        &["hs_scope", "country", "enterprise_id"],
    ),
    ("suppliers", &["supplier_id"]),
    ("titles", &["enterprise_id", "kind", "number"]),
    ("zones", &["zone_id"]),
];

/// Tables that have one row of a key, or all there is to say of it, at a time.
const REPLACED: [(&str, &[&str]); 15] = [
    ("accidents", &["accident_id"]),
    ("alerts", &["alert_id"]),
    ("cases", &["enterprise_id", "case_id"]),
    ("commodity_groups", &["group"]),
    ("country_groups", &["group"]),
    ("currencies", &["currency", "from"]),
    ("enterprises", &["enterprise_id"]),
    ("lots", &["lot_id"]),
    ("offices", &["office"]),
    ("products", &["product_lot"]),
    ("programmes", &["programme_id"]),
    ("remedies", &["remedy_id"]),
    ("rulings", &["ruling_id"]),
    ("traces", &["trace_id"]),
    ("zone_assessments", &["zone_id", "assessed_on"]),
];

impl Shape {
    /// Of a table by its name.
    pub(super) fn of(table: &str) -> Option<Self> {
        let place = SHAPES.binary_search_by(|shape| shape.table.cmp(table));
        place.ok().and_then(|at| SHAPES.get(at)).copied()
    }

    fn new(table: &str) -> Option<Self> {
        let find = |keys: &[(&'static str, &'static [&'static str])]| {
            keys.iter().find(|(known, _)| *known == table).copied()
        };
        let following = find(&FOLLOWING);
        let (table, key) = following.or_else(|| find(&REPLACED))?;
        Some(Self {
            table,
            columns: columns(table)?,
            key,
            follows: following.is_some(),
            part: part(table),
        })
    }

    /// Of all tables, in order of their names.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        SHAPES.iter().copied()
    }

    /// The column that says whose a row is.
    pub(super) fn owner(self) -> &'static str {
        if self.part() == Part::Party {
            "enterprise_id"
        } else {
            self.columns.first().map_or("", |column| column.name)
        }
    }

    /// What it is to a snapshot.
    pub(super) fn part(self) -> Part {
        self.part
    }

    /// The place of a column.
    pub(super) fn place(self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// The column that names the classification of the policy that gave a row, in tables whose rows one may give.
    pub(super) fn given(self) -> Option<usize> {
        self.place("rule")
    }

    /// A row's cell.
    pub(super) fn cell<'r>(self, row: &'r [impl AsRef<str>], column: &str) -> &'r str {
        let place = self.place(column);
        place.and_then(|at| row.get(at)).map_or("", AsRef::as_ref)
    }

    /// Whether two rows are of one key.
    pub(super) fn same_key(self, one: &[impl AsRef<str>], other: &[impl AsRef<str>]) -> bool {
        let mut key = self.key.iter();
        key.all(|column| same(column, self.cell(one, column), self.cell(other, column)))
    }
}

fn part(table: &str) -> Part {
    let is_of = |tables: &[&str]| tables.contains(&table);
    if is_of(&PARTY_TABLES) {
        Part::Party
    } else if is_of(&KEPT) {
        Part::Kept
    } else if is_of(&MATERIAL) {
        Part::Material
    } else {
        Part::Joined
    }
}

/// Whether two cells of a column mean the same: scopes and countries can be written in several ways.
pub(super) fn same(column: &str, one: &str, other: &str) -> bool {
    fn read_alike<T: PartialEq, E>(read: impl Fn(&str) -> Result<T, E>, pair: [&str; 2]) -> bool {
        let [one, other] = pair.map(|text| read(text).ok());
        one.is_some() && one == other
    }
    let pair = [one, other];
    one == other
        || match column {
            "hs_scope" => read_alike(HsScope::parse, pair),
            "country" => read_alike(Country::parse, pair),
            "countries" => read_alike(Countries::read, pair),
            _ => false,
        }
}

/// The columns of a table in their order; none where there is no such table.
#[must_use]
pub fn table_columns(table: &str) -> Option<&'static [Column]> {
    columns(table)
}

/// The column that says whose a row of a table is; its rows are replaced together.
#[must_use]
pub fn owner_column(table: &str) -> Option<&'static str> {
    Shape::of(table).map(Shape::owner)
}

/// The columns by which rows of a table are told apart: a row that is put ends or replaces those of its key.
#[must_use]
pub fn key_columns(table: &str) -> Option<&'static [&'static str]> {
    Shape::of(table).map(|shape| shape.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_a_shape_of_its_own_columns() {
        assert_eq!(Shape::all().count(), TABLES.len());
        assert_eq!(FOLLOWING.len() + REPLACED.len(), TABLES.len());
        for shape in Shape::all() {
            let table = shape.table;
            assert!(shape.place(shape.owner()).is_some(), "{table}");
            assert!(shape.key.contains(&shape.owner()), "{table}");
            for column in shape.key {
                assert!(shape.place(column).is_some(), "{table}: {column}");
            }
            // What follows needs an end.
            assert!(!shape.follows || shape.place("to").is_some(), "{table}");
        }
    }

    #[test]
    fn cells_that_mean_the_same_are_the_same() {
        assert!(same("hs_scope", "8539;9405", "9405;8539"));
        assert!(same("country", "DE", "DEU"));
        assert!(same("countries", "DE;EU", "EU;DEU"));
        assert!(!same("hs_scope", "8539", "9405"));
        assert!(!same("kind", "a;b", "b;a"));
    }
}
