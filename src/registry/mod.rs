//! What is known: the registry of parties, zones, goods and places, read from CSV files, checked as a whole
//! and frozen into a snapshot that declarations are joined with. Persons are read for the decision's day and
//! goods for the declaration's; what is read is numbers, never text. A registry with a fault is refused whole.

mod build;
mod cell;
mod check;
mod country_groups;
mod country_set;
mod fault;
mod files;
mod goods;
mod grown;
mod id_index;
mod live;
mod material;
mod parties;
mod party_build;
mod party_rows;
mod place;
mod read;
mod records;
pub mod rows;
mod source;
mod standing;
mod symbol;
mod tables;
mod text_rows;
mod timeline;
mod trace;
mod validity;
mod vocabulary;
mod word;
mod zone;

pub use cell::{CellKind, Countries, HsPrefix, Id, Score, Whole};
pub use country_groups::CountryGroups;
pub use country_set::CountrySet;
pub use fault::{Line, Place, RegistryError, RegistryErrors, RegistryFault};
pub use files::{
    Counted, Counts, DayRow, Expected, Files, Heading, HeadingFile, Mark, MarketDay, MaterialDay,
    MonthRow, Switching, TestRow, Windows, latest_test,
};
pub use goods::{
    Alert, AlertNo, Commodity, CommodityNo, ConsumptionNorm, ConsumptionNormNo, Goods, NodeNo,
    Partition, PriceBand, PriceBandNo, Programme, ProgrammeNo, Remedy, RemedyNo, Requirement,
    RequirementNo, RiskAssessment, RiskAssessmentNo, Ruling,
};
pub(crate) use grown::Grown;
pub use id_index::{IdIndex, Repeated};
pub use live::{
    Change, LiveRegistry, OwnedRows, PARTY_TABLES, RowsChanged, key_columns, owner_column,
    table_columns,
};
pub use material::{Lot, Material};
pub use parties::{Parties, PartyNo};
pub use place::{Bodies, Listed, Office, OfficeNo, Offices, Projects};
pub use source::RegistrySource;
pub use standing::{Exemption, PartyCase, ScopeNo, Standing, StandingNo, ZoneMembership};
pub use symbol::{Sym, Symbols};
pub use tables::Tables;
pub use trace::{Reach, Trace, Traced};
pub use validity::Validity;
pub use word::{
    CaseCause, CatalogueRegistration, Colour, ExemptionKind, InspectionMode, MemberState,
    OfficeKind, PartyKind, RegistrationReason, RegistrationState, Severity, TestResult, ZoneLevel,
};
pub use zone::{Zone, ZoneNo, ZoneTerm};

use std::sync::Arc;

use crate::declaration::{Country, CurrencyTable, HsScope, PartyIds};

/// An immutable snapshot of a registry. The next one shares all of it that did not change.
#[derive(Debug, Default, Clone)]
pub struct Registry {
    symbols: Symbols,
    parties: Parties,
    scopes: Grown<HsScope>,
    frame: Arc<Frame>,
    /// What happened: shared by all snapshots, of which each is held against the revision.
    files: Arc<Files>,
    material: Arc<Material>,
    traced: Arc<Traced>,
    /// How many changes it has behind it.
    revision: u64,
}

/// What changes neither with a party nor with its raw material and what was made of it.
#[derive(Debug, Default)]
struct Frame {
    zones: Vec<Zone>,
    goods: Goods,
    country_groups: CountryGroups,
    offices: Offices,
    projects: Projects,
    bodies: Bodies,
    currencies: CurrencyTable,
    rows: Vec<(&'static str, usize)>,
}

impl Registry {
    /// Reads, checks and freezes a registry. The empty source is a valid registry.
    ///
    /// `party_ids` is how domestic parties must be named; without it any id is taken.
    ///
    /// # Errors
    /// Every fault of every table.
    pub fn build(
        source: &RegistrySource,
        party_ids: Option<&PartyIds>,
    ) -> Result<Self, RegistryErrors> {
        let (tables, mut errors, incomplete) = Tables::read(source);
        let cites = check::check(&tables, party_ids, &incomplete, None, &mut errors);
        // What is counted while building is noted beside the other faults, so that all are told at once.
        let registry = build::build(&tables, cites, &mut errors);
        errors.sorted().into_result()?;
        Ok(registry)
    }

    /// How many changes it has behind it since it was read.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether it is a snapshot of the same registry in which at most parties and their raw material differ.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.frame, &other.frame)
    }

    /// Whether it says the same of raw material as another snapshot, since nothing of it has changed.
    #[must_use]
    pub fn shares_material(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.material, &other.material)
    }

    /// Whether it is a snapshot of the same registry that says the same of all but some parties and raw material.
    #[must_use]
    pub fn is_of_but_for_parties_and_material(&self, other: &Self) -> bool {
        self.is_of(other)
            && Arc::ptr_eq(&self.traced, &other.traced)
            && self.parties.owns_as(&other.parties)
            && self.symbols.len() == other.symbols.len()
    }

    /// The quality files.
    #[must_use]
    pub const fn files(&self) -> &Arc<Files> {
        &self.files
    }

    /// Takes over the quality files of another snapshot.
    #[must_use]
    pub fn with_files(self, files: &Arc<Files>) -> Self {
        Self {
            files: Arc::clone(files),
            ..self
        }
    }

    /// The vocabulary.
    #[must_use]
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The parties.
    #[must_use]
    pub fn parties(&self) -> &Parties {
        &self.parties
    }

    /// The zones, in order of their numbers.
    #[must_use]
    pub fn zones(&self) -> &[Zone] {
        &self.frame.zones
    }

    /// A zone of a number that this registry gave.
    #[must_use]
    pub fn zone(&self, no: ZoneNo) -> Option<&Zone> {
        self.frame.zones.get(no.0 as usize)
    }

    /// A scope of a number that this registry gave.
    #[must_use]
    pub fn scope(&self, no: ScopeNo) -> Option<&HsScope> {
        self.scopes.get(no.0 as usize)
    }

    /// The goods.
    #[must_use]
    pub fn goods(&self) -> &Goods {
        &self.frame.goods
    }

    /// The lots of raw material.
    #[must_use]
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// The product lots that adverse events name, and where they lead.
    #[must_use]
    pub fn traced(&self) -> &Traced {
        &self.traced
    }

    /// The groups that a country belongs to, ascending.
    #[must_use]
    pub fn groups_of(&self, country: Country) -> &[Sym] {
        self.frame.country_groups.of(country)
    }

    /// The offices.
    #[must_use]
    pub fn offices(&self) -> &Offices {
        &self.frame.offices
    }

    /// The key projects.
    #[must_use]
    pub fn projects(&self) -> &Projects {
        &self.frame.projects
    }

    /// The accredited bodies.
    #[must_use]
    pub fn bodies(&self) -> &Bodies {
        &self.frame.bodies
    }

    /// The exchange rates.
    #[must_use]
    pub fn currencies(&self) -> &CurrencyTable {
        &self.frame.currencies
    }

    /// For each table how many rows it had when it was read, in order of the tables' names.
    #[must_use]
    pub fn rows(&self) -> &[(&'static str, usize)] {
        &self.frame.rows
    }
}

#[cfg(test)]
mod tests;
