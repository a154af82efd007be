//! What supervision asks of goods: how much raw material they take at the least, and the programmes that sample them.
//! Norms are read on the declaration's day, programmes on the decision's.

use super::build::{GoodsMaker, covering, note, validity};
use super::lists::DayLists;
use super::rule::{ConsumptionNormNo, ProgrammeNo};
use super::rule_build::some_party;
use super::{Goods, NodeNo};
use crate::declaration::{Amount, Day};
use crate::registry::check::NOBODY;
use crate::registry::fault::RegistryErrors;
use crate::registry::parties::PartyNo;
use crate::registry::symbol::Sym;
use crate::registry::validity::Validity;
use crate::registry::zone::ZoneNo;

/// How much of a material goods take at the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsumptionNorm {
    /// Which material.
    pub material: Sym,
    /// In which unit; empty where not said.
    pub unit: Sym,
    /// For one unit of goods.
    pub per_unit_min: Amount,
    /// On which days.
    pub validity: Validity,
}

/// A supervision programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Its id.
    pub id: Box<str>,
    /// The zone whose members it names.
    pub zone: Option<ZoneNo>,
    /// The enterprises that it names, ascending.
    pub enterprises: Box<[PartyNo]>,
    /// How many samples it takes.
    pub samples: u32,
    /// On which days.
    pub validity: Validity,
}

/// Norms and programmes with their lists, and by which states these are found for a node.
#[derive(Debug, Default)]
pub(super) struct Supervised {
    norms: Vec<ConsumptionNorm>,
    norm_lists: DayLists<ConsumptionNormNo>,
    norm_states: Vec<u32>,
    programmes: Vec<Programme>,
    programme_lists: DayLists<ProgrammeNo>,
    programme_states: Vec<u32>,
}

impl Goods {
    /// The consumption norms in force on a day.
    pub fn norms(&self, node: NodeNo, day: Day) -> impl Iterator<Item = &ConsumptionNorm> {
        let own = &self.supervised;
        let state = own.norm_states.get(node.0 as usize).copied();
        let rows = own.norm_lists.on(state.unwrap_or_default(), day);
        rows.iter().filter_map(|no| own.norms.get(no.0 as usize))
    }

    /// The supervision programmes in force on a day, in their order; whom they name is still to be asked.
    pub fn programmes(&self, node: NodeNo, day: Day) -> impl Iterator<Item = &Programme> {
        let own = &self.supervised;
        let state = own.programme_states.get(node.0 as usize).copied();
        let rows = own.programme_lists.on(state.unwrap_or_default(), day);
        let programme = |no: &ProgrammeNo| own.programmes.get(no.0 as usize);
        rows.iter().filter_map(programme)
    }
}

impl GoodsMaker<'_> {
    pub(super) fn add_supervised(&self, goods: &mut Goods, errors: &mut RegistryErrors) {
        let t = self.tables;
        let own = &mut goods.supervised;
        own.norms = self.norms();
        let ranges = t.consumption_norms.iter().map(|row| row.hs_scope.ranges());
        let rows = &own.norms;
        (own.norm_lists, own.norm_states) =
            DayLists::new(&covering(&goods.partition, ranges), |no| {
                validity(rows, no, |row| row.validity)
            });
        note(&t.consumption_norms, own.norm_lists.crowd(), errors);
        own.programmes = self.programmes();
        let ranges = t.programmes.iter().map(|row| row.hs_scope.ranges());
        let rows = &own.programmes;
        (own.programme_lists, own.programme_states) =
            DayLists::new(&covering(&goods.partition, ranges), |no| {
                validity(rows, no, |row| row.validity)
            });
        note(&t.programmes, own.programme_lists.crowd(), errors);
    }

    fn norms(&self) -> Vec<ConsumptionNorm> {
        let rows = self.tables.consumption_norms.iter();
        rows.map(|row| ConsumptionNorm {
            material: self.symbols.get(&row.material),
            unit: self.name(row.unit.as_ref()),
            per_unit_min: row.per_unit_min.unwrap_or(Amount::ZERO),
            validity: row.validity,
        })
        .collect()
    }

    fn programmes(&self) -> Vec<Programme> {
        let cites = self.cites;
        let cited = cites.programme_zones.iter().zip(&cites.programme_parties);
        let rows = self.tables.programmes.iter().zip(cited);
        rows.map(|(row, (zone, parties))| {
            let mut enterprises: Vec<PartyNo> =
                parties.iter().copied().filter_map(some_party).collect();
            enterprises.sort_unstable();
            Programme {
                id: (*row.programme_id).into(),
                zone: (*zone != NOBODY).then_some(ZoneNo(*zone)),
                enterprises: enterprises.into_boxed_slice(),
                samples: row.samples.map_or(0, |samples| samples.0),
                validity: row.validity,
            }
        })
        .collect()
    }
}
