//! Every fact of a joined item as a value: what the archive writes, residuals compare and the oracle reads.
//! The engine's own way to a state of a dimension is in [`super::bind`].

use super::history::{history_number, market_number};
use super::join::{HeaderJoin, ItemJoin};
use super::value::Value;
use crate::declaration::{Amount, AttributeValue, Country, Role, attribute};
use crate::policy::schema::{Fact, HistoryFact, Names, PartyFact};
use crate::registry::{RegistrationState, Sym};

/// A joined item with the names that its policy adds and the scores that were computed.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The join.
    pub item: &'a ItemJoin<'a>,
    /// The policy's names.
    pub names: &'a Names,
    /// The scores, in order of their numbers; none before they are computed.
    pub risk: &'a [i32],
}

impl<'a> Facts<'a> {
    /// The value of a fact.
    #[must_use]
    pub fn value(&self, fact: Fact) -> Value<'a> {
        let (item, header, declaration) = (
            self.item.item,
            self.item.header,
            self.item.header.declaration,
        );
        match fact {
            Fact::DeclarationDirection => Value::text(declaration.direction.as_str()),
            Fact::DeclarationOffice => Value::optional(declaration.office.as_deref()),
            Fact::DeclarationBureau => header.bureau().map_or(Value::Absent, |sym| self.sym(sym)),
            Fact::DeclarationTradeMode => Value::optional(declaration.trade_mode.as_deref()),
            Fact::DeclarationTransportMode => {
                Value::optional(declaration.transport_mode.as_deref())
            }
            Fact::DeclarationCountry => Value::text(declaration.country.alpha_2()),
            Fact::DeclarationCountryGroups => self.groups(Some(declaration.country)),
            Fact::DeclarationProjectListed => Value::Bool(header.project_listed()),
            Fact::DeclarationDay => Value::Number(i64::from(declaration.day.number())),
            Fact::DecisionDay => Value::Number(i64::from(header.decision_day.number())),
            Fact::DeclarationValue => Value::Number(declaration.value.units()),
            Fact::DeclarationItemCount => Value::Number(declaration.items.len() as i64),
            Fact::ItemHs => Value::text(self.item.hs_digits(13)),
            Fact::ItemChapter => Value::text(self.item.hs_digits(2)),
            Fact::ItemHeading => Value::text(self.item.hs_digits(4)),
            Fact::ItemSubheading => Value::text(self.item.hs_digits(6)),
            Fact::ItemUnit => Value::optional(item.unit.as_deref()),
            Fact::ItemEndUse => Value::optional(item.end_use.as_deref()),
            Fact::ItemProductCode => Value::optional(item.product_code.as_deref()),
            Fact::ItemCountry => Value::optional(self.item.country.map(Country::alpha_2)),
            Fact::ItemCountryGroups => self.groups(self.item.country),
            Fact::ItemValue => Value::Number(item.value.units()),
            Fact::ItemUnitValue => amount(item.unit_value()),
            Fact::ItemQuantity => amount(item.quantity),
            Fact::ItemNetMass => amount(item.net_mass_kg),
            Fact::Attribute(no) => match attribute(&item.attributes, no)
                .or_else(|| attribute(&declaration.attributes, no))
            {
                Some(AttributeValue::Text(text)) => Value::text(text),
                Some(AttributeValue::Int(number)) => Value::Number(*number),
                Some(AttributeValue::Decimal(number)) => Value::Number(number.units()),
                None => Value::Absent,
            },
            Fact::Party(role, fact) => self.party(role, fact),
            Fact::Risk(no) => self
                .risk
                .get(usize::from(no.0))
                .map_or(Value::Absent, |points| Value::Number(i64::from(*points))),
            fact => self.goods(fact),
        }
    }

    fn goods(&self, fact: Fact) -> Value<'a> {
        let item = self.item;
        let commodity = item.commodity();
        let syms = |list: Option<&'a [Sym]>| self.list(list.unwrap_or_default().iter().copied());
        match fact {
            Fact::CommodityStatutory => Value::Bool(commodity.is_some_and(|c| c.statutory)),
            Fact::CommodityCategories => syms(commodity.map(|c| &*c.categories)),
            Fact::CommodityGroups => syms(commodity.map(|c| &*c.groups)),
            Fact::CommodityRiskLevel => {
                Value::Number(commodity.map_or(0, |c| i64::from(c.risk_level)))
            }
            Fact::CommodityRegistrationRequired => {
                Value::Bool(commodity.is_some_and(|c| c.registration.is_some()))
            }
            Fact::CommodityRegistrationReason => Value::text(
                commodity
                    .and_then(|c| c.registration)
                    .map_or("", |reason| reason.as_str()),
            ),
            Fact::CommodityLegalExceptions => syms(commodity.map(|c| &*c.legal_exceptions)),
            Fact::RequirementMode => Value::optional(
                item.requirements()
                    .filter_map(|row| row.mode)
                    .max()
                    .map(|mode| mode.as_str()),
            ),
            Fact::RequirementTests => self.list(
                item.requirements()
                    .flat_map(|row| row.tests.iter().copied()),
            ),
            Fact::RequirementDocuments => self.list(
                item.requirements()
                    .flat_map(|row| row.documents.iter().copied()),
            ),
            Fact::ZoneMember => Value::Bool(item.zone_member()),
            Fact::ZoneInScope => Value::Bool(item.zone_level().is_some()),
            Fact::ZoneLevel => {
                Value::text(item.zone_level().map_or("none", |level| level.as_str()))
            }
            Fact::ZoneIds => {
                let zones = item
                    .zones_in_scope()
                    .filter_map(|zone| item.header.registry.zone(zone.zone));
                self.list(zones.map(|zone| zone.id))
            }
            fact @ (Fact::CaseOpen | Fact::CaseCause | Fact::CaseTightened) => {
                item.case().value(fact)
            }
            Fact::Alert(no) => {
                let kind = self
                    .names
                    .alert_kinds
                    .get(usize::from(no.0))
                    .and_then(|kind| item.header.registry.symbols().find(kind));
                Value::Number(kind.map_or(0, |kind| i64::from(item.alert_level(kind))))
            }
            fact => self.evidence(fact),
        }
    }

    fn evidence(&self, fact: Fact) -> Value<'a> {
        let item = self.item;
        match fact {
            Fact::DocumentsKinds => sorted(
                item.documents()
                    .map(|document| document.kind.as_ref())
                    .collect(),
            ),
            Fact::DocumentsMissing => {
                let named = item.requirements().flat_map(|row| row.documents.iter());
                self.missing(named.copied())
            }
            Fact::DocumentsRemedyMissing => self.missing(
                item.remedies_not_lifted()
                    .flat_map(|remedy| remedy.documents.iter().copied()),
            ),
            Fact::DocumentsAccreditedReport => Value::Bool(item.accredited_report()),
            Fact::RemedyActive => Value::Bool(item.remedy_active()),
            Fact::RemedyExempt => Value::Bool(item.remedy_exempt()),
            Fact::RemedyDocuments => self.list(
                item.remedies_not_lifted()
                    .flat_map(|remedy| remedy.documents.iter().copied()),
            ),
            Fact::AssessmentCurrent => Value::Bool(item.assessment().is_some()),
            Fact::AssessmentResult => item
                .assessment()
                .map_or(Value::Absent, |row| self.sym(row.result)),
            Fact::CounterpartyKnown => {
                Value::Bool(self.counterparty().is_some_and(|standing| standing.known))
            }
            Fact::CounterpartyOwnShop => Value::Bool(item.header.own_shop()),
            Fact::CounterpartyLists => self.list(
                self.counterparty()
                    .map_or(&[] as &[_], |standing| &standing.lists)
                    .iter()
                    .copied(),
            ),
            Fact::SourceCovered => Value::Bool(item.source().covered),
            Fact::SourceCoversRequiredTests => Value::Bool(item.source().covers_required_tests),
            Fact::SourceFiledSupplier => Value::Bool(item.source().filed_supplier),
            Fact::ProgrammeOpen => Value::Bool(item.programmes().next().is_some()),
            Fact::TraceAffected => Value::Bool(item.trace_affected()),
            Fact::PriceLow => amount(item.price_band().and_then(|band| band.low)),
            Fact::PriceHigh => amount(item.price_band().and_then(|band| band.high)),
            Fact::History(HistoryFact::FailedTests12m) => {
                Value::List(item.failed_tests().iter().map(|test| &**test).collect())
            }
            Fact::History(fact) => {
                history_number(item.history(), fact).map_or(Value::Absent, Value::Number)
            }
            Fact::Market(fact) => Value::Number(market_number(item, fact)),
            _ => Value::Absent,
        }
    }

    fn party(&self, role: Role, fact: PartyFact) -> Value<'a> {
        let header: &HeaderJoin<'a> = self.item.header;
        let Some(standing) = header.standing(role) else {
            return Value::Absent;
        };
        match fact {
            PartyFact::Known => Value::Bool(standing.known),
            PartyFact::Id => {
                Value::text(header.declaration.party(role).map_or("", |id| id.as_str()))
            }
            PartyFact::Kind => Value::text(standing.kind.map_or("", |kind| kind.as_str())),
            PartyFact::Size => self.sym(standing.size),
            PartyFact::Class => Value::Number(i64::from(standing.class)),
            PartyFact::Standing => Value::text(standing.colour.as_str()),
            PartyFact::Lists => self.list(standing.lists.iter().copied()),
            PartyFact::Titles => self.list(standing.titles.iter().copied()),
            PartyFact::Certificates => self.list(standing.certificates.iter().copied()),
            PartyFact::Credit => standing
                .credit
                .map_or(Value::Absent, |grade| self.sym(grade)),
            PartyFact::QualityFile => Value::Bool(standing.quality_file),
            PartyFact::MaterialMonitoring => {
                Value::text(header.material_monitoring(role, self.names).as_str())
            }
            PartyFact::Registration => Value::text(
                self.item
                    .registration(role)
                    .map_or("none", RegistrationState::as_str),
            ),
            PartyFact::ExemptFrom => {
                let bits = self.item.exemptions(role);
                Value::List(
                    EXEMPTIONS
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| bits >> at & 1 == 1)
                        .map(|(_, word)| *word)
                        .collect(),
                )
            }
        }
    }

    fn counterparty(&self) -> Option<&'a crate::registry::Standing> {
        self.item
            .header
            .registry
            .parties()
            .get(self.item.header.counterparty.standing)
    }

    fn groups(&self, country: Option<Country>) -> Value<'a> {
        self.list(
            country
                .map_or(&[] as &[_], |country| {
                    self.item.header.registry.groups_of(country)
                })
                .iter()
                .copied(),
        )
    }

    fn missing(&self, named: impl Iterator<Item = Sym>) -> Value<'a> {
        let symbols = self.item.header.registry.symbols();
        sorted(
            named
                .map(|sym| symbols.name(sym))
                .filter(|kind| !self.item.has_document(kind))
                .collect(),
        )
    }

    fn sym(&self, sym: Sym) -> Value<'a> {
        Value::text(self.item.header.registry.symbols().name(sym))
    }

    fn list(&self, syms: impl Iterator<Item = Sym>) -> Value<'a> {
        let symbols = self.item.header.registry.symbols();
        sorted(syms.map(|sym| symbols.name(sym)).collect())
    }
}

/// The words of `exempt_from` in the order of their bits.
pub(super) const EXEMPTIONS: [&str; 3] = ["inspection", "trade_remedy", "registration"];

fn sorted(mut list: Vec<&str>) -> Value<'_> {
    list.sort_unstable();
    list.dedup();
    Value::List(list)
}

fn amount<'a>(amount: Option<Amount>) -> Value<'a> {
    amount.map_or(Value::Absent, |amount| Value::Number(amount.units()))
}
