//! Demonstration zones: one number for each zone, and for each of its rows the days, level and goods for which
//! membership counts. A zone is a register of enterprises, never an area.

use super::standing::ScopeNo;
use super::symbol::Sym;
use super::validity::Validity;
use super::word::ZoneLevel;
use crate::declaration::Day;

/// The number of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneNo(pub u32);

/// A zone with all its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its id.
    pub id: Sym,
    /// Its rows in order of their days, which don't overlap.
    pub terms: Box<[ZoneTerm]>,
}

/// One row of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneTerm {
    /// When it is in force.
    pub validity: Validity,
    /// The level.
    pub level: ZoneLevel,
    /// For which exports membership counts.
    pub scope: ScopeNo,
    /// For which imports membership counts.
    pub import_scope: ScopeNo,
    /// The office inside the zone; empty where there is none.
    pub resident_office: Sym,
}

impl Zone {
    /// The terms for which a membership that begins on a day counts: a zone that ended, and was designated anew later,
    /// takes none of its former members with it (S3-06).
    pub fn terms_since(&self, day: Day) -> impl Iterator<Item = &ZoneTerm> {
        let first = self
            .terms
            .iter()
            .skip_while(move |term| term.validity.to <= day);
        let mut until = None;
        first.take_while(move |term| {
            let goes_on = until.is_none_or(|until| until == term.validity.from);
            until = Some(term.validity.to);
            goes_on
        })
    }

    /// The row in force on a day; none before the zone's first and after its last day.
    #[must_use]
    pub fn on(&self, day: Day) -> Option<&ZoneTerm> {
        let after = self.terms.partition_point(|term| term.validity.from <= day);
        self.terms
            .get(after.checked_sub(1)?)
            .filter(|term| term.validity.holds(day))
    }
}
