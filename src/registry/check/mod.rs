//! What no row can tell alone: ids that are cited, ids that come twice, validities that overlap, and more rows
//! than one decision may join. Every fault is noted; what is found on the way is kept for the build.

mod cite;
mod crowd;
mod overlap;
mod single;

pub(super) use cite::{Cites, Known, NOBODY};
pub(super) use crowd::busiest;

use super::fault::RegistryErrors;
use super::tables::Tables;
use crate::declaration::PartyIds;

/// Checks the tables; `incomplete` are those of which some rows could not be read, so that nothing is said to be missing
/// there. `known` is what there is beside them, where they are not all.
pub(super) fn check(
    tables: &Tables,
    party_ids: Option<&PartyIds>,
    incomplete: &[&'static str],
    known: Option<Known<'_>>,
    errors: &mut RegistryErrors,
) -> Cites {
    let cites = cite::resolve(tables, incomplete, known, errors);
    single::check(tables, party_ids, errors);
    overlap::check(tables, &cites, errors);
    crowd::check(tables, &cites, errors);
    cites
}
