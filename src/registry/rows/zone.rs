//! Tables about demonstration zones: what they are, how they were assessed and who is in them.

use super::table;
use crate::declaration::{Day, HsScope};
use crate::registry::cell::Id;
use crate::registry::word::{MemberState, ZoneLevel};

table! {
    /// A zone for a time; a change of level or goods is another row.
    ZoneRow = "zones" {
        /// Its id.
        key zone_id: Id,
        /// Its name.
        optional name: Box<str>,
        /// Its level.
        key level: ZoneLevel,
        /// For which exports membership counts.
        optional hs_scope: HsScope,
        /// For which imports membership counts.
        optional import_hs_scope: HsScope,
        /// The divisions it spans; nothing is ever inferred from them.
        optional divisions: Box<str>,
        /// The office inside the zone.
        optional resident_office: Option<Id>,
        /// Who runs it.
        optional owner: Box<str>,
    } + validity;
    /// An assessment of a zone.
    ZoneAssessmentRow = "zone_assessments" {
        /// Which zone.
        key zone_id: Id,
        /// The level assessed.
        optional level: Option<ZoneLevel>,
        /// When.
        optional assessed_on: Option<Day>,
        /// By whom.
        optional authority: Box<str>,
        /// The document.
        optional document: Box<str>,
        /// What was found.
        optional result: Box<str>,
    };
    /// A state of a membership; states of one enterprise in one zone follow each other.
    MembershipRow = "memberships" {
        /// Which zone.
        key zone_id: Id,
        /// Whose.
        key enterprise_id: Id,
        /// How far it has come.
        key state: MemberState,
        /// The batch.
        optional batch: Box<str>,
    } + validity;
}
