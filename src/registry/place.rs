//! Offices with their bureaus, listed projects and accredited bodies: small tables that are asked by id.

use super::id_index::IdIndex;
use super::symbol::Sym;
use super::validity::Validity;
use super::word::OfficeKind;
use crate::declaration::{Day, HsCode, HsScope};

/// The number of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficeNo(pub u32);

/// An office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Office {
    /// Its id.
    pub id: Sym,
    /// Its bureau; empty where not said.
    pub bureau: Sym,
    /// What it is, where said.
    pub kind: Option<OfficeKind>,
}

/// All offices.
#[derive(Debug, Default)]
pub struct Offices {
    pub(super) index: IdIndex,
    pub(super) rows: Vec<Office>,
}

impl Offices {
    /// The number of an office.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<OfficeNo> {
        self.index.find(id).map(OfficeNo)
    }

    /// An office of a number that this registry gave.
    #[must_use]
    pub fn get(&self, no: OfficeNo) -> Option<&Office> {
        self.rows.get(no.0 as usize)
    }

    /// All offices, in order of their numbers.
    #[must_use]
    pub fn all(&self) -> &[Office] {
        &self.rows
    }
}

/// Rows with validity under ids that may come several times.
#[derive(Debug)]
pub struct Listed<T> {
    pub(super) index: IdIndex,
    /// For each id its rows.
    pub(super) rows: Vec<Vec<(Validity, T)>>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self {
            index: IdIndex::default(),
            rows: Vec::new(),
        }
    }
}

impl<T> Listed<T> {
    /// The rows of an id in force on a day.
    pub fn on(&self, id: &str, day: Day) -> impl Iterator<Item = &T> {
        self.index
            .find(id)
            .and_then(|no| self.rows.get(no as usize))
            .into_iter()
            .flatten()
            .filter(move |(validity, _)| validity.holds(day))
            .map(|(_, row)| row)
    }

    pub(super) fn new<'a>(rows: impl Iterator<Item = (&'a str, Validity, T)>) -> Self {
        let rows: Vec<_> = rows.collect();
        let mut ids: Vec<&str> = rows.iter().map(|(id, ..)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let (index, _) = IdIndex::build(ids.into_iter());
        let mut lists: Vec<Vec<(Validity, T)>> = Vec::new();
        lists.resize_with(index.len(), Vec::new);
        for (id, validity, row) in rows {
            let list = index.find(id).and_then(|no| lists.get_mut(no as usize));
            if let Some(list) = list {
                list.push((validity, row));
            }
        }
        Self { index, rows: lists }
    }
}

/// Key projects; the row says nothing but that it is listed.
pub type Projects = Listed<()>;

/// Accredited third-party bodies, each row with the goods that it is accredited for.
pub type Bodies = Listed<HsScope>;

impl Projects {
    /// Whether a project is listed on a day.
    #[must_use]
    pub fn lists(&self, id: &str, day: Day) -> bool {
        self.on(id, day).next().is_some()
    }
}

impl Bodies {
    /// Whether a body is accredited for goods on a day.
    #[must_use]
    pub fn accredits(&self, id: &str, hs: HsCode, day: Day) -> bool {
        self.on(id, day).any(|scope| scope.holds(hs))
    }
}
