//! Makes the rows that declarations are joined with from the rows of the files: names become numbers, groups
//! of countries their countries, ids of parties their numbers.

use super::build::GoodsMaker;
use super::rule::{Alert, PriceBand, Remedy, Requirement, RiskAssessment, Ruling};
use crate::registry::cell::Id;
use crate::registry::check::NOBODY;
use crate::registry::parties::PartyNo;
use crate::registry::symbol::Sym;

impl GoodsMaker<'_> {
    pub(super) fn requirements(&self) -> Vec<Requirement> {
        let rows = self.tables.requirements.iter();
        rows.map(|row| Requirement {
            scope: row.hs_scope.clone(),
            direction: row.direction,
            countries: self.groups.resolve(&row.countries),
            tests: self.names(&row.tests),
            documents: self.names(&row.documents),
            mode: row.mode,
            validity: row.validity,
        })
        .collect()
    }

    pub(super) fn remedies(&self) -> Vec<Remedy> {
        let mut rulings = self.rulings();
        let rows = self.tables.remedies.iter().zip(&mut rulings);
        rows.map(|(row, rulings)| {
            rulings.sort_by_key(|ruling| ruling.enterprise);
            Remedy {
                id: self.symbols.get(&row.remedy_id),
                kind: self.name(row.kind.as_ref()),
                scope: row.hs_scope.clone(),
                country: row.country,
                product_codes: self.names(&row.product_codes),
                documents: self.names(&row.documents),
                validity: row.validity,
                rulings: std::mem::take(rulings).into_boxed_slice(),
            }
        })
        .collect()
    }

    /// The rulings of each remedy.
    fn rulings(&self) -> Vec<Vec<Ruling>> {
        let t = self.tables;
        let mut of_remedies: Vec<Vec<Ruling>> = Vec::new();
        of_remedies.resize_with(t.remedies.len(), Vec::new);
        let cited = self.cites.ruling_remedies.iter();
        let cited = cited.zip(&self.cites.ruling_parties);
        for (row, (remedy, party)) in t.rulings.iter().zip(cited) {
            if let Some(rulings) = of_remedies.get_mut(*remedy as usize) {
                rulings.push(Ruling {
                    enterprise: some_party(*party),
                    product_code: row.product_code.as_ref().map(|code| self.symbols.get(code)),
                    document: self.name(row.document.as_ref()),
                    validity: row.validity,
                });
            }
        }
        of_remedies
    }

    pub(super) fn alerts(&self) -> Vec<Alert> {
        let rows = self.tables.alerts.iter().zip(&self.cites.alerts);
        rows.map(|(row, party)| Alert {
            id: (*row.alert_id).into(),
            kind: self.symbols.get(&row.kind),
            level: row.level.0 as u8,
            scope: row.hs_scope.clone(),
            countries: self.groups.resolve(&row.countries),
            enterprise: some_party(*party),
            validity: row.validity,
        })
        .collect()
    }

    pub(super) fn assessments(&self) -> Vec<RiskAssessment> {
        let rows = self.tables.risk_assessments.iter();
        rows.zip(&self.cites.assessments)
            .map(|(row, party)| RiskAssessment {
                scope: row.hs_scope.clone(),
                country: row.country,
                enterprise: some_party(*party),
                result: self.name(row.result.as_ref()),
                validity: row.validity,
            })
            .collect()
    }

    pub(super) fn price_bands(&self) -> Vec<PriceBand> {
        let rows = self.tables.price_bands.iter();
        rows.map(|row| PriceBand {
            digits: row.hs_prefix.digits.len() as u8,
            country: row.country,
            low: row.low,
            high: row.high,
            unit: self.name(row.unit.as_ref()),
            validity: row.validity,
        })
        .collect()
    }

    pub(super) fn name(&self, name: Option<&Id>) -> Sym {
        name.map_or(Sym::EMPTY, |name| self.symbols.get(name))
    }

    fn names(&self, names: &[Id]) -> Box<[Sym]> {
        self.symbols.get_all(names.iter().map(|name| &**name))
    }
}

pub(super) fn some_party(no: u32) -> Option<PartyNo> {
    (no != NOBODY).then_some(PartyNo(no))
}
