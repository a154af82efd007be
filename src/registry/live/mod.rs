//! A registry that changes: it keeps every row as text and takes changes of any table, each list of them whole or not
//! at all, and makes the next snapshot. That shares with the one before what stays; where something that others may
//! cite goes, or a zone comes, all is built again from the text.
//!
//! What it says depends on its rows alone: reading what it exports gives a registry that answers alike.

mod change;
mod changed;
mod diary;
mod next;
mod shape;
mod store;
mod trace;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub use change::Change;
pub use changed::RowsChanged;
pub use shape::{key_columns, owner_column, table_columns};

use self::next::{Makers, NewRows};
use self::shape::{Part, Shape};
use self::store::{OwnerRows, Row, RowStore};
use super::fault::RegistryErrors;
use super::read::shown;
use super::text_rows::TextRows;
use super::{Files, Registry, RegistrySource, Tables};
use crate::declaration::{Day, PartyIds};
use crate::limits::MAX_PARTIES_OF_CHANGE;

/// The tables whose rows belong to one party each.
pub const PARTY_TABLES: [&str; 11] = [
    "enterprises",
    "classes",
    "list_entries",
    "titles",
    "certificates",
    "credit_assessments",
    "recommendations",
    "registrations",
    "exemptions",
    "memberships",
    "cases",
];

/// Tables that others cite: where one of their ids goes, all is checked again. Standings cite alerts.
const CITED: [&str; 6] = [
    "alerts",
    "country_groups",
    "enterprises",
    "lots",
    "suppliers",
    "zones",
];

/// The rows of an owner in a table, each as cells that say something or must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedRows {
    /// The table.
    pub table: &'static str,
    /// Whose rows they are.
    pub owner: String,
    /// The rows.
    pub rows: Vec<Vec<(String, String)>>,
}

/// A registry, its rows, and what it takes to make the next one.
#[derive(Debug)]
pub struct LiveRegistry {
    current: Arc<Registry>,
    party_ids: Option<PartyIds>,
    rows: RowStore,
    makers: Makers,
    /// The rows that the last change took the place of, and the revision before it.
    before: Option<(Vec<OwnerRows>, u64)>,
}

impl LiveRegistry {
    /// Reads, checks and builds a registry and keeps its rows; `party_ids` as in [`Registry::build`].
    ///
    /// # Errors
    /// Every fault of every table.
    pub fn open(
        source: &RegistrySource,
        party_ids: Option<PartyIds>,
    ) -> Result<Self, RegistryErrors> {
        // Built from the canonical text, as every later one, so that the order of a file's rows decides nothing.
        let opened = RowStore::read(source).and_then(|rows| {
            let registry = Registry::build(&rows.source(), party_ids.as_ref())?;
            Ok((rows, registry))
        });
        match opened {
            Ok((rows, registry)) => Ok(Self {
                makers: Makers::new(&registry),
                current: Arc::new(registry),
                party_ids,
                rows,
                before: None,
            }),
            // Faults are told with the lines that the source has.
            Err(errors) => match Registry::build(source, party_ids.as_ref()) {
                Err(told) => Err(told),
                Ok(_) => Err(errors),
            },
        }
    }

    /// The snapshot as of now.
    #[must_use]
    pub const fn current(&self) -> &Arc<Registry> {
        &self.current
    }

    /// The rows that an owner has in a table, as cells that say something or must be there; none where there is no
    /// such table.
    #[must_use]
    pub fn rows(&self, table: &str, owner: &str) -> Vec<Vec<(String, String)>> {
        let Some(shape) = Shape::of(table) else {
            return Vec::new();
        };
        let rows = store::rows(self.rows.text(shape.table, owner));
        rows.map(|row| cells(shape, &row)).collect()
    }

    /// The rows that changes would give those owners whose rows they touch, by table and owner; nothing is made, and
    /// whether the rows are right is not asked.
    ///
    /// # Errors
    /// Every change that cannot be made.
    pub fn drafted(&self, changes: &[Change]) -> Result<Vec<OwnedRows>, RegistryErrors> {
        let drafted = change::draft(&self.rows, changes)?.into_iter();
        let drafted = drafted.map(|OwnerRows { shape, owner, text }| OwnedRows {
            table: shape.table,
            owner: owner.into(),
            rows: store::rows(&text).map(|row| cells(shape, &row)).collect(),
        });
        Ok(drafted.collect())
    }

    /// The rows of a table that are in force on a day and have these cells, among which is the owner's.
    #[must_use]
    pub fn standing(
        &self,
        table: &str,
        row: &[(String, String)],
        day: Day,
    ) -> Vec<Vec<(String, String)>> {
        let Some(shape) = Shape::of(table) else {
            return Vec::new();
        };
        let owner = row.iter().find(|(column, _)| column == shape.owner());
        let owner = owner.map_or("", |(_, owner)| owner.trim());
        let rows = store::rows(self.rows.text(shape.table, owner));
        let rows = rows.filter(|known| change::is_meant(shape, known, row, day));
        rows.map(|row| cells(shape, &row)).collect()
    }

    /// Whether a classification, that of an earlier policy perhaps, has given an enterprise a row.
    #[must_use]
    pub fn has_given(&self, enterprise_id: &str) -> bool {
        let given = |(table, text): &(&str, Box<str>)| {
            let column = Shape::of(table).and_then(Shape::given);
            column.is_some_and(|at| store::rows(text).any(|row| store::says(&row, at)))
        };
        self.rows.texts(enterprise_id).iter().any(given)
    }

    /// What the last call of [`Self::change`] made of rows.
    #[must_use]
    pub fn changed(&self) -> Vec<RowsChanged> {
        let before = self.before.iter().flat_map(|(before, _)| before);
        let changed = before.filter_map(|before| {
            let now = self.rows.text(before.shape.table, &before.owner);
            RowsChanged::between(before, now)
        });
        changed.collect()
    }

    /// The owners of those rows of a table whose cell of a column is a value, or a list in which it stands, in their
    /// order; none where there is no such table.
    #[must_use]
    pub fn owners_with(&self, table: &str, column: &str, value: &str) -> Vec<Box<str>> {
        self.rows.owners_with(table, column, value)
    }

    /// Whose case an id is.
    #[must_use]
    pub fn enterprise_of_case(&self, case_id: &str) -> Option<&str> {
        self.rows.enterprise_of_case(case_id)
    }

    /// Sets how many changes it has behind it, as a checkpoint says of the one that it was opened from.
    pub fn set_revision(&mut self, revision: u64) {
        let mut next = Registry::clone(&self.current);
        next.revision = revision;
        self.current = Arc::new(next);
    }

    /// Takes over the quality files of another registry.
    pub fn set_files(&mut self, files: &Arc<Files>) {
        self.current = Arc::new(Registry::clone(&self.current).with_files(files));
    }

    /// Makes changes, one after the other, whole or not at all.
    ///
    /// # Errors
    /// Every change that cannot be made; where all can, every fault of the rows that they bring, among themselves
    /// and with what is known. Nothing has changed then.
    pub fn change(&mut self, changes: &[Change]) -> Result<Arc<Registry>, RegistryErrors> {
        let rows = change::draft(&self.rows, changes)?;
        let before = self.rows.swap(rows);
        let made = match self.parties_in(&before) {
            Some(parties) => self.make_next(&before, &parties),
            None => self.build_again(),
        };
        match made {
            Ok(mut next) => {
                self.before = Some((before, self.current.revision));
                next.revision = self.current.revision + 1;
                self.current = Arc::new(next);
                Ok(Arc::clone(&self.current))
            }
            Err(errors) => {
                self.rows.swap(before);
                Err(errors)
            }
        }
    }

    /// Takes the last call of [`Self::change`] back: all is built again from the rows that there were.
    ///
    /// # Errors
    /// None, since those rows were right.
    pub fn take_back(&mut self) -> Result<(), RegistryErrors> {
        let Some((before, revision)) = self.before.take() else {
            return Ok(());
        };
        self.rows.swap(before);
        self.current = Arc::new(self.build_again()?);
        self.set_revision(revision);
        Ok(())
    }

    /// The parties that a change touches, by the rows that were there before; none where all is built again.
    fn parties_in(&self, before: &[OwnerRows]) -> Option<BTreeSet<Box<str>>> {
        let mut parties = BTreeSet::new();
        for OwnerRows { shape, owner, text } in before {
            let now = self.rows.text(shape.table, owner);
            let goes = now.is_empty() && !text.is_empty();
            // Zones are numbered in order of their ids, on which it depends which of them comes first.
            let comes = text.is_empty() && shape.table == "zones";
            if comes || goes && CITED.contains(&shape.table) {
                return None;
            }
            // Standings hold the alerts that name their parties, the terms of their zones, and the countries of
            // their exemptions.
            match shape.table {
                _ if shape.part() == Part::Party => drop(parties.insert(owner.clone())),
                "alerts" => {
                    let alerts = store::rows(text).chain(store::rows(now));
                    let named = alerts.map(|row| Box::from(shape.cell(&row, "enterprise_id")));
                    parties.extend(named.filter(|id| !str::is_empty(id)));
                }
                "zones" => parties.extend(self.rows.owners_with("memberships", "zone_id", owner)),
                "country_groups" => {
                    parties.extend(self.rows.owners_with("exemptions", "countries", owner));
                }
                _ => {}
            }
        }
        (parties.len() <= MAX_PARTIES_OF_CHANGE).then_some(parties)
    }

    fn make_next(
        &mut self,
        before: &[OwnerRows],
        parties: &BTreeSet<Box<str>>,
    ) -> Result<Registry, RegistryErrors> {
        let is_in = |part| before.iter().any(|rows| rows.shape.part() == part);
        let (joined, material) = (is_in(Part::Joined), is_in(Part::Material));
        let (lots, suppliers) = self.material_in(before);
        let mut texts = TextRows::default();
        for id in owners(parties) {
            for (table, text) in self.rows.texts(id) {
                texts.add(table, text);
            }
        }
        let mut add = |table, owner: &str| texts.add(table, self.rows.text(table, owner));
        let is_kept = |rows: &&OwnerRows| rows.shape.part() == Part::Kept;
        for rows in before.iter().filter(is_kept) {
            add(rows.shape.table, &rows.owner);
        }
        owners(&lots).for_each(|lot| add("lots", lot));
        owners(&suppliers).for_each(|supplier| add("suppliers", supplier));
        if joined {
            let shapes = Shape::all().filter(|shape| shape.part() == Part::Joined);
            for shape in shapes {
                for (_, text) in self.rows.sorted(shape.table) {
                    texts.add(shape.table, text);
                }
            }
        }
        let rows = NewRows {
            texts,
            joined,
            material,
            has: &|table, owner| !self.rows.text(table, owner).is_empty(),
            party_ids: self.party_ids.as_ref(),
        };
        let made = self.makers.make(&self.current, &rows);
        let mut next =
            made.map_err(|errors| with_rows(errors, |table| rows.texts.lines(table).collect()))?;
        if self.leads_elsewhere(before) {
            next.traced = Arc::new(self.trace());
        }
        Ok(next)
    }

    /// The lots that a change touches, by themselves or by their suppliers, and all suppliers of theirs.
    fn material_in(&self, before: &[OwnerRows]) -> (BTreeSet<Box<str>>, BTreeSet<Box<str>>) {
        let of = |table| before.iter().filter(move |rows| rows.shape.table == table);
        let mut lots: BTreeSet<Box<str>> = of("lots").map(|rows| rows.owner.clone()).collect();
        let mut suppliers = BTreeSet::new();
        for OwnerRows { owner, .. } in of("suppliers") {
            lots.extend(self.rows.owners_with("lots", "supplier_id", owner));
            suppliers.insert(owner.clone());
        }
        for (column, cell) in lots.iter().flat_map(|lot| self.rows("lots", lot)).flatten() {
            if column == "supplier_id" {
                suppliers.insert(cell.into());
            }
        }
        (lots, suppliers)
    }

    fn build_again(&mut self) -> Result<Registry, RegistryErrors> {
        let source = self.rows.source();
        let registry = Registry::build(&source, self.party_ids.as_ref())
            .map_err(|errors| with_rows(errors, |table| source.lines(table).collect()))?
            .with_files(self.current.files());
        self.makers = Makers::new(&registry);
        Ok(registry)
    }

    /// Every table that has rows as a file: its name (`classes.csv`) and its text, in order of the names. Equal
    /// registries give equal text, and [`LiveRegistry::open`] reads it back.
    #[must_use]
    pub fn export(&self) -> Vec<(String, String)> {
        let files = self.rows.files();
        files
            .map(|(table, text)| (format!("{table}.csv"), text))
            .collect()
    }

    /// The changes that make this registry what a source says, in order of tables and owners. Tables of which the
    /// source says nothing stay, or with `replace` become empty; without it, what rules gave stays where its table's
    /// file has no column that says so.
    ///
    /// # Errors
    /// Every fault of the source's own rows; what they cite is checked when the changes are made.
    pub fn difference(
        &self,
        source: &RegistrySource,
        replace: bool,
    ) -> Result<Vec<Change>, RegistryErrors> {
        Tables::of(source)?;
        let theirs = RowStore::read(source)?;
        let mut changes = Vec::new();
        let parties = source.has("enterprises");
        for shape in Shape::all().filter(|shape| replace || source.has(shape.table)) {
            let given = shape.given();
            let given = given.filter(|column| !store::names(source, shape, *column));
            let mut owners: BTreeSet<&str> = self.rows.owners(shape.table).collect();
            owners.extend(theirs.owners(shape.table));
            for owner in owners {
                let (text, own) = (
                    theirs.text(shape.table, owner),
                    self.rows.text(shape.table, owner),
                );
                let stays = !replace && (!parties || !theirs.text("enterprises", owner).is_empty());
                let text = match given.filter(|_| stays) {
                    Some(column) => store::with_those(text, own, column),
                    None => Cow::Borrowed(text),
                };
                if text != own {
                    changes.push(Change::Replace {
                        table: shape.table.to_owned(),
                        owner: owner.to_owned(),
                        rows: store::rows(&text).map(|row| cells(shape, &row)).collect(),
                    });
                }
            }
        }
        Ok(changes)
    }
}

fn owners(of: &BTreeSet<Box<str>>) -> impl Iterator<Item = &str> {
    of.iter().map(|id| &**id)
}

/// A row as a change brings it: the cells that say something, and those that must be there.
fn cells(shape: Shape, row: &Row<'_>) -> Vec<(String, String)> {
    let cells = shape.columns.iter().zip(row);
    let said = cells.filter(|(column, value)| column.key || !value.is_empty());
    said.map(|(column, value)| (column.name.to_owned(), value.to_string()))
        .collect()
}

/// The faults of rows that nobody has seen as lines, with the rows in the place of their lines.
fn with_rows<'l>(
    mut errors: RegistryErrors,
    lines_of: impl Fn(&str) -> Vec<&'l str>,
) -> RegistryErrors {
    let mut known: HashMap<String, Vec<&str>> = HashMap::new();
    for place in errors.places_mut() {
        let Some(line) = place.line.take() else {
            continue;
        };
        let table = place.table.clone();
        let lines = known
            .entry(table)
            .or_insert_with_key(|table| lines_of(table));
        place.row = lines.get(line.before()).map(|row| shown(row).into());
    }
    errors.sorted()
}
