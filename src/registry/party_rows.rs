//! All rows of a party together, table by table, and what they make of it on a day.

use super::check::{Cites, NOBODY};
use super::country_groups::CountryGroups;
use super::goods::AlertNo;
use super::rows::{CaseRow, ListEntryRow, Row};
use super::standing::{Exemption, PartyCase, ScopeNo, Standing, ZoneMembership};
use super::symbol::Symbols;
use super::tables::Tables;
use super::timeline::cuts;
use super::validity::Validity;
use super::vocabulary::Scopes;
use super::word::{Colour, MemberState};
use super::zone::{Zone, ZoneNo};
use crate::declaration::Day;

/// The rows of a table by party.
#[derive(Default)]
struct Grouped {
    /// Where each party's rows begin; empty where the table is.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Grouped {
    fn new(parties: usize, cites: &[u32]) -> Self {
        if cites.is_empty() {
            return Self::default();
        }
        let mut starts = vec![0u32; parties + 1];
        let known = |party: &u32| *party != NOBODY;
        for party in cites.iter().copied().filter(known) {
            if let Some(count) = starts.get_mut(party as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut rows = vec![0; sum as usize];
        for (row, party) in cites.iter().enumerate() {
            if let Some(at) = next.get_mut(*party as usize)
                && let Some(slot) = rows.get_mut(*at as usize)
            {
                *slot = row as u32;
                *at += 1;
            }
        }
        Self { starts, rows }
    }

    /// The numbers of a party's rows, in order of the file.
    fn of(&self, party: usize) -> &[u32] {
        match (self.starts.get(party), self.starts.get(party + 1)) {
            (Some(begin), Some(end)) => self
                .rows
                .get(*begin as usize..*end as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }
}

/// The rows of all parties.
pub(super) struct PartyRows<'t> {
    tables: &'t Tables,
    symbols: &'t Symbols,
    scopes: &'t Scopes,
    zones: &'t [Zone],
    groups: &'t CountryGroups,
    member_zones: &'t [u32],
    classes: Grouped,
    list_entries: Grouped,
    titles: Grouped,
    certificates: Grouped,
    credits: Grouped,
    registrations: Grouped,
    exemptions: Grouped,
    memberships: Grouped,
    alerts: Grouped,
    cases: Grouped,
    /// When each alert that names a party holds, in the order of `alerts`.
    alert_days: Vec<(Validity, AlertNo)>,
}

/// An alert that names a party: whom by its row, when it holds, and its number.
pub(super) type PartyAlert = (u32, Validity, AlertNo);

impl<'t> PartyRows<'t> {
    pub(super) fn new(
        tables: &'t Tables,
        symbols: &'t Symbols,
        scopes: &'t Scopes,
        zones: &'t [Zone],
        groups: &'t CountryGroups,
        cites: &'t Cites,
        alerts: &[PartyAlert],
    ) -> Self {
        let grouped = |cites: &[u32]| Grouped::new(tables.enterprises.len(), cites);
        Self {
            tables,
            symbols,
            scopes,
            zones,
            groups,
            member_zones: &cites.member_zones,
            classes: grouped(&cites.classes),
            list_entries: grouped(&cites.list_entries),
            titles: grouped(&cites.titles),
            certificates: grouped(&cites.certificates),
            credits: grouped(&cites.credits),
            registrations: grouped(&cites.registrations),
            exemptions: grouped(&cites.exemptions),
            memberships: grouped(&cites.members),
            cases: grouped(&cites.cases),
            alerts: grouped(&alerts.iter().map(|(party, ..)| *party).collect::<Vec<_>>()),
            alert_days: alerts
                .iter()
                .map(|(_, validity, no)| (*validity, *no))
                .collect(),
        }
    }

    /// How many parties there are.
    pub(super) fn len(&self) -> usize {
        self.tables.enterprises.len()
    }

    /// The days on which something of a party changes.
    pub(super) fn cuts(&self, party: usize) -> Vec<Day> {
        let t = self.tables;
        let mut held: Vec<Validity> = Vec::new();
        held.extend(rows(&self.classes, party, &t.classes).map(|(_, r)| r.validity));
        held.extend(rows(&self.list_entries, party, &t.list_entries).map(|(_, r)| r.validity));
        held.extend(rows(&self.titles, party, &t.titles).map(|(_, r)| r.validity));
        held.extend(rows(&self.certificates, party, &t.certificates).map(|(_, r)| r.validity));
        held.extend(rows(&self.credits, party, &t.credit_assessments).map(|(_, r)| r.validity));
        held.extend(rows(&self.registrations, party, &t.registrations).map(|(_, r)| r.validity));
        held.extend(rows(&self.exemptions, party, &t.exemptions).map(|(_, r)| r.validity));
        for (_, row) in rows(&self.cases, party, &t.cases) {
            held.extend([row.open(), row.measures()]);
        }
        held.extend(self.alerts(party).map(|(validity, _)| validity));
        held.extend(self.memberships(party).map(|(validity, _)| validity));
        cuts(held)
    }

    /// What a party is on a day.
    pub(super) fn standing(&self, party: usize, day: Day) -> Standing {
        let t = self.tables;
        let Some(enterprise) = t.enterprises.get(party) else {
            return Standing::default();
        };
        let symbol = |name: Option<&str>| self.symbols.get(name.unwrap_or_default());
        let lists = || {
            rows(&self.list_entries, party, &t.list_entries)
                .map(|(_, r)| r)
                .filter(move |r| r.validity.holds(day))
        };
        let titles = rows(&self.titles, party, &t.titles).filter(|(_, r)| r.validity.holds(day));
        let certificates =
            rows(&self.certificates, party, &t.certificates).filter(|(_, r)| r.validity.holds(day));
        Standing {
            known: true,
            kind: enterprise.kind,
            size: symbol(enterprise.size.as_deref()),
            class: rows(&self.classes, party, &t.classes)
                .filter(|(_, r)| r.validity.holds(day))
                .max_by_key(|(_, r)| !r.rule.is_empty())
                .map_or(0, |(_, r)| r.class.0 as u8),
            colour: lists().map(colour).max().unwrap_or_default(),
            lists: self.symbols.get_all(lists().map(|r| &*r.list)),
            titles: self.symbols.get_all(titles.map(|(_, r)| &*r.kind)),
            certificates: self.symbols.get_all(certificates.map(|(_, r)| &*r.kind)),
            credit: rows(&self.credits, party, &t.credit_assessments)
                .find(|(_, r)| r.validity.holds(day))
                .and_then(|(_, r)| r.grade.as_deref())
                .map(|grade| self.symbols.get(grade)),
            quality_file: enterprise.quality_file,
            office: symbol(enterprise.office.as_deref()),
            ..self.relations(party, day)
        }
    }

    /// The part of a standing that is joined with goods.
    fn relations(&self, party: usize, day: Day) -> Standing {
        let t = self.tables;
        let in_force = |validity: Validity| validity.holds(day);
        let scope = |list: &[ScopeNo], row: u32| list.get(row as usize).copied();
        let zones = self
            .memberships(party)
            .filter(|(validity, _)| in_force(*validity))
            .map(|(_, zone)| zone);
        let registrations = rows(&self.registrations, party, &t.registrations)
            .filter(|(_, r)| in_force(r.validity))
            .filter_map(|(no, r)| Some((scope(&self.scopes.registrations, no)?, r.state)));
        let exemptions = rows(&self.exemptions, party, &t.exemptions)
            .filter(|(_, r)| in_force(r.validity))
            .filter_map(|(no, r)| {
                Some(Exemption {
                    scope: scope(&self.scopes.exemptions, no)?,
                    kind: r.kind,
                    countries: self.groups.resolve(&r.countries),
                })
            });
        let cases = rows(&self.cases, party, &t.cases)
            .filter(|(_, r)| in_force(r.effective()))
            .filter_map(|(no, r)| Some(case(r, scope(&self.scopes.cases, no)?, day)));
        let alerts = self.alerts(party);
        let alerts = alerts
            .filter(|(validity, _)| in_force(*validity))
            .map(|(_, no)| no);
        Standing {
            zones: sorted(zones),
            registrations: sorted(registrations),
            exemptions: sorted(exemptions),
            alerts: sorted(alerts),
            cases: sorted(cases),
            ..Standing::default()
        }
    }

    /// The alerts that name a party.
    fn alerts(&self, party: usize) -> impl Iterator<Item = (Validity, AlertNo)> {
        let rows = self.alerts.of(party).iter();
        rows.filter_map(|row| self.alert_days.get(*row as usize).copied())
    }

    /// The announced memberships of a party, cut by the rows of their zones up to the first end of each zone.
    fn memberships(&self, party: usize) -> impl Iterator<Item = (Validity, ZoneMembership)> {
        rows(&self.memberships, party, &self.tables.memberships)
            .filter(|(_, row)| row.state == MemberState::Announced)
            .filter_map(|(no, row)| {
                let zone = self.member_zones.get(no as usize).copied()?;
                Some((zone, row.validity, self.zones.get(zone as usize)?))
            })
            .flat_map(|(no, validity, zone)| {
                zone.terms_since(validity.from).filter_map(move |term| {
                    let membership = ZoneMembership {
                        zone: ZoneNo(no),
                        level: term.level,
                        scope: term.scope,
                        import_scope: term.import_scope,
                    };
                    Some((term.validity.cut(validity)?, membership))
                })
            })
    }
}

fn colour(row: &ListEntryRow) -> Colour {
    Colour::parse(&row.list).unwrap_or_default()
}

fn case(row: &CaseRow, scope: ScopeNo, day: Day) -> PartyCase {
    PartyCase {
        scope,
        open: row.open().holds(day),
        cause: row.cause,
        in_force: row.measures().holds(day),
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Box<[T]> {
    let mut list: Vec<T> = items.collect();
    list.sort_unstable();
    list.dedup();
    list.into_boxed_slice()
}

/// The rows of a party with their numbers.
fn rows<'t, R: Row>(
    grouped: &'t Grouped,
    party: usize,
    table: &'t [R],
) -> impl Iterator<Item = (u32, &'t R)> {
    grouped
        .of(party)
        .iter()
        .filter_map(|no| table.get(*no as usize).map(|row| (*no, row)))
}
