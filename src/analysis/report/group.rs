//! The groups of a report, and which of them a declaration or event belongs to.

use std::collections::HashMap;

use serde::Deserialize;

use super::counts::Counts;
use crate::declaration::{Day, Direction, HsCode};
use crate::policy::vocabulary;
use crate::registry::Registry;
use crate::supervision::Revision;
use crate::supervision::event::Adverse;

vocabulary! {
    /// What a report is by.
    By {
        /// Zones: a declaration belongs, as its latest version has it, to each of which its enterprise is a member for all
        /// of its goods.
        Zone = "zone",
        /// Accountable parties.
        Enterprise = "enterprise",
        /// Declaring offices; of what an adverse event says, the enterprise's.
        Office = "office",
        /// Months in which it happened, in the policy's time zone.
        Month = "month",
    }
}

/// The groups that something belongs to, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Belongs {
    pub(super) groups: Box<[u32]>,
    /// Whether to a zone.
    pub(super) to_zone: bool,
}

/// All groups; their names get numbers in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct Groups {
    numbers: HashMap<Option<Box<str>>, u32>,
    pub(super) counts: Vec<Counts>,
}

impl Groups {
    fn number(&mut self, name: Option<&str>) -> u32 {
        let name = name.map(Box::from);
        if let Some(number) = self.numbers.get(&name) {
            return *number;
        }
        let number = self.counts.len() as u32;
        self.counts.push(Counts::default());
        self.numbers.insert(name, number);
        number
    }

    /// One group.
    pub(super) fn one(&mut self, name: Option<&str>) -> Belongs {
        Belongs {
            groups: [self.number(name)].into(),
            to_zone: false,
        }
    }

    /// The month of a day.
    pub(super) fn month(&mut self, day: Day) -> Belongs {
        let month = day.to_string();
        let (month, _) = month.rsplit_once('-').unwrap_or((&month, ""));
        self.one(Some(month))
    }

    /// Zones, or the group of what belongs to none.
    pub(super) fn zones<'z>(&mut self, zones: impl Iterator<Item = &'z str>) -> Belongs {
        let groups: Box<[u32]> = zones.map(|zone| self.number(Some(zone))).collect();
        match groups.is_empty() {
            true => self.one(None),
            false => Belongs {
                groups,
                to_zone: true,
            },
        }
    }

    /// The names by their numbers, and the counts.
    pub(super) fn into_parts(self) -> (Vec<Option<String>>, Vec<Counts>) {
        let mut names = vec![None; self.counts.len()];
        for (name, number) in self.numbers {
            if let Some(place) = names.get_mut(number as usize) {
                *place = name.map(String::from);
            }
        }
        (names, self.counts)
    }
}

/// What is read of a declaration's items.
#[derive(Deserialize)]
struct Body<'b> {
    #[serde(borrow)]
    items: Vec<BodyItem<'b>>,
}

#[derive(Deserialize)]
struct BodyItem<'b> {
    hs_code: &'b str,
}

/// The zones of which a declaration's enterprise is a member, on the day on which its standing was read, for all of the
/// goods.
pub(super) fn zones_of_revision<'r>(
    registry: &'r Registry,
    revision: &Revision<'_>,
) -> Vec<&'r str> {
    let day = revision.decision_day;
    let codes = || -> Vec<HsCode> {
        let body: Option<Body<'_>> = serde_json::from_str(revision.body).ok();
        let items = body.into_iter().flat_map(|body| body.items);
        items
            .filter_map(|item| HsCode::parse(item.hs_code).ok())
            .collect()
    };
    zones(
        registry,
        (revision.enterprise_id, day),
        revision.direction,
        codes,
    )
}

/// The zones of which the enterprise of an adverse event is a member, on its day, for exports of its goods.
pub(super) fn zones_of_adverse<'r>(
    registry: &'r Registry,
    adverse: &Adverse,
    day: Day,
) -> Vec<&'r str> {
    let enterprise = adverse.enterprise_id.as_deref().unwrap_or_default();
    let codes = || vec![adverse.hs_code];
    zones(registry, (enterprise, day), Direction::Export, codes)
}

fn zones<'r>(
    registry: &'r Registry,
    (enterprise, day): (&str, Day),
    direction: Direction,
    codes: impl FnOnce() -> Vec<HsCode>,
) -> Vec<&'r str> {
    let parties = registry.parties();
    let no = parties.find(enterprise);
    let standing = no.and_then(|no| parties.get(parties.standing(no, day)));
    let zones = standing.map_or(&[] as &[_], |standing| &standing.zones);
    if zones.is_empty() {
        return Vec::new();
    }
    let codes = codes();
    let in_scope = zones.iter().filter(|zone| {
        let scope = registry.scope(match direction {
            Direction::Export => zone.scope,
            Direction::Import => zone.import_scope,
        });
        scope.is_some_and(|scope| codes.iter().all(|code| scope.holds(*code)))
    });
    let ids = in_scope.filter_map(|membership| registry.zone(membership.zone));
    ids.map(|zone| registry.symbols().name(zone.id)).collect()
}

/// The office of an enterprise on a day.
pub(super) fn office_of<'r>(registry: &'r Registry, enterprise: &str, day: Day) -> Option<&'r str> {
    let parties = registry.parties();
    let standing = parties.get(parties.standing(parties.find(enterprise)?, day))?;
    let office = registry.symbols().name(standing.office);
    Some(office).filter(|office| !office.is_empty())
}
