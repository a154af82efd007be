//! From a join to states: where a declaration and its item stand in each dimension that the program reads.
//! Nothing here allocates.

use super::dimension::{Dimension, Domain, Kind, Member};
use super::history::{history_number, market_number};
use super::join::{HeaderJoin, ItemJoin};
use super::program::Program;
use super::universe::{licence_state, zone_state};
use crate::declaration::{Amount, AttributeNo, AttributeValue, Day, Direction, attribute};
use crate::policy::schema::{Fact, PartyFact};
use crate::registry::{NodeNo, Sym};

impl Program {
    /// The part of the HS key space that an item lies in: the program's state and the registry's node.
    pub(super) fn hs_state(&self, item: &crate::declaration::Item<'_>) -> (u32, NodeNo) {
        match self
            .fixed
            .dimensions
            .get(self.fixed.hs.at())
            .map(|dimension| &dimension.domain)
        {
            Some(Domain::Hs(partition, nodes)) => {
                let state = partition.node(item.hs_code).0;
                (
                    state,
                    nodes.get(state as usize).copied().unwrap_or(NodeNo(0)),
                )
            }
            _ => (0, NodeNo(0)),
        }
    }

    /// Where the header stands.
    pub(super) fn bind_header(&self, header: &HeaderJoin<'_>, states: &mut [u32]) {
        let dimensions = self
            .fixed
            .dimensions
            .get(..self.fixed.parts.0)
            .unwrap_or_default();
        for (dimension, state) in dimensions.iter().zip(states) {
            *state = self.header_state(dimension, header);
        }
    }

    /// Where an item stands.
    pub(super) fn bind_item(&self, item: &ItemJoin<'_>, hs_state: u32, states: &mut [u32]) {
        let (from, to) = self.fixed.parts;
        let dimensions = self.fixed.dimensions.get(from..to).unwrap_or_default();
        let states = states.get_mut(from..).unwrap_or_default();
        for (dimension, state) in dimensions.iter().zip(states) {
            *state = match dimension.kind {
                Kind::Hs => hs_state,
                _ => self.item_state(dimension, item),
            };
        }
    }

    fn header_state(&self, dimension: &Dimension, header: &HeaderJoin<'_>) -> u32 {
        let standing = match dimension.kind {
            Kind::Party(role) => header.party(role).standing,
            Kind::Counterparty => header.counterparty.standing,
            Kind::Material(role) => {
                return header.material_monitoring(role, &self.fixed.policy.names) as u32;
            }
            _ => return plain_state(dimension, header),
        };
        match dimension.domain {
            Domain::Party(place) => self.parties.class(place, standing),
            _ => 0,
        }
    }

    fn item_state(&self, dimension: &Dimension, join: &ItemJoin<'_>) -> u32 {
        let item = join.item;
        match dimension.kind {
            Kind::ItemCountry => join.country.map_or(
                crate::declaration::Country::COUNT,
                crate::declaration::Country::number,
            ) as u32,
            Kind::Commodity => join.commodity.0,
            Kind::Licence(role) => licence_state(join.registration(role), join.exemptions(role)),
            Kind::Zone => zone_state(join.zone_member(), join.zone_level()),
            Kind::Case => join.case().state(),
            Kind::RequirementMode => join
                .requirements()
                .filter_map(|row| row.mode)
                .max()
                .map_or(0, |mode| mode as u32 + 1),
            Kind::Alert(no) => {
                let kind = self
                    .fixed
                    .alert_kinds
                    .get(usize::from(no.0))
                    .copied()
                    .flatten();
                kind.map_or(0, |kind| u32::from(join.alert_level(kind)))
            }
            Kind::Remedy => {
                u32::from(join.remedy_active())
                    | u32::from(join.remedy_active() && join.remedy_exempt()) << 1
            }
            Kind::AssessmentCurrent => u32::from(join.assessment().is_some()),
            Kind::AccreditedReport => u32::from(join.accredited_report()),
            Kind::Source => join.source().bits(),
            Kind::Programme => u32::from(join.programmes().next().is_some()),
            Kind::Trace => u32::from(join.trace_affected()),
            Kind::Set(fact, _) => set_state(dimension, join, fact),
            Kind::Text(fact) => {
                let text = match fact {
                    Fact::ItemUnit => item.unit.as_deref(),
                    Fact::ItemEndUse => item.end_use.as_deref(),
                    Fact::ItemProductCode => item.product_code.as_deref(),
                    Fact::AssessmentResult => join
                        .assessment()
                        .map(|row| join.header.registry.symbols().name(row.result)),
                    Fact::Attribute(no) => match own_attribute(join, no) {
                        Some(AttributeValue::Text(text)) => Some(text.as_ref()),
                        _ => None,
                    },
                    _ => None,
                };
                text_state(dimension, text)
            }
            Kind::Number(fact) => number_state(dimension, item_number(join, fact)),
            _ => 0,
        }
    }
}

/// Where the header stands in a dimension that is no party's.
fn plain_state(dimension: &Dimension, header: &HeaderJoin<'_>) -> u32 {
    let declaration = header.declaration;
    let day = |day: Day| Some(i64::from(day.number()));
    match dimension.kind {
        Kind::Direction => u32::from(declaration.direction == Direction::Import),
        Kind::Office => text_state(dimension, declaration.office.as_deref()),
        Kind::Country => declaration.country.number() as u32,
        Kind::ProjectListed => u32::from(header.project_listed()),
        Kind::OwnShop => u32::from(header.own_shop()),
        Kind::Text(Fact::DeclarationTradeMode) => {
            text_state(dimension, declaration.trade_mode.as_deref())
        }
        Kind::Text(Fact::DeclarationTransportMode) => {
            text_state(dimension, declaration.transport_mode.as_deref())
        }
        Kind::Text(Fact::Party(role, PartyFact::Id)) => text_state(
            dimension,
            Some(declaration.party(role).map_or("", |id| id.as_str())),
        ),
        Kind::Number(Fact::DeclarationDay) => number_state(dimension, day(declaration.day)),
        Kind::Number(Fact::DecisionDay) => number_state(dimension, day(header.decision_day)),
        Kind::Number(Fact::DeclarationValue) => {
            number_state(dimension, Some(declaration.value.units()))
        }
        Kind::Number(Fact::DeclarationItemCount) => {
            number_state(dimension, Some(declaration.items.len() as i64))
        }
        _ => 0,
    }
}

fn own_attribute<'a>(join: &ItemJoin<'a>, no: AttributeNo) -> Option<&'a AttributeValue<'a>> {
    attribute(&join.item.attributes, no)
        .or_else(|| attribute(&join.header.declaration.attributes, no))
}

fn item_number(join: &ItemJoin<'_>, fact: Fact) -> Option<i64> {
    let item = join.item;
    match fact {
        Fact::ItemValue => Some(item.value.units()),
        Fact::ItemUnitValue => item.unit_value().map(Amount::units),
        Fact::ItemQuantity => item.quantity.map(Amount::units),
        Fact::ItemNetMass => item.net_mass_kg.map(Amount::units),
        Fact::PriceLow => join.price_band()?.low.map(Amount::units),
        Fact::PriceHigh => join.price_band()?.high.map(Amount::units),
        Fact::History(fact) => history_number(join.history(), fact),
        Fact::Market(fact) => Some(market_number(join, fact)),
        Fact::Attribute(no) => match own_attribute(join, no)? {
            AttributeValue::Int(number) => Some(*number),
            AttributeValue::Decimal(number) => Some(number.units()),
            AttributeValue::Text(_) => None,
        },
        _ => None,
    }
}

pub(super) fn number_state(dimension: &Dimension, value: Option<i64>) -> u32 {
    match &dimension.domain {
        Domain::Numbers(numbers) => numbers.state(value),
        _ => 0,
    }
}

fn text_state(dimension: &Dimension, text: Option<&str>) -> u32 {
    match &dimension.domain {
        Domain::Texts(texts) => texts.state(text),
        _ => 0,
    }
}

/// A bit for each member that the list fact has.
fn set_state(dimension: &Dimension, join: &ItemJoin<'_>, fact: Fact) -> u32 {
    let Domain::Set(members) = &dimension.domain else {
        return 0;
    };
    let bit = |at: usize| 1u32 << at;
    // Members are in ascending order, the empty list first.
    let empty = u32::from(matches!(members.first(), Some((Member::Empty, _))));
    if has_none(join, fact) {
        return empty;
    }
    let symbols = join.header.registry.symbols();
    // What a list holds is marked text by text; whether it holds anything is the last bit's.
    let by_sym = |syms: &mut dyn Iterator<Item = Sym>| {
        let (mut state, mut any) = (0, false);
        for sym in syms {
            any = true;
            state |= members
                .iter()
                .position(|(_, known)| *known == Some(sym))
                .map_or(0, bit);
        }
        (state, any)
    };
    let missing = |sym: &Sym| !join.has_document(symbols.name(*sym));
    let (state, any) = match fact {
        Fact::DocumentsKinds => text_bits(members, |then| {
            join.documents().for_each(|document| then(&document.kind));
        }),
        Fact::History(_) => text_bits(members, |then| join.each_failed_test(then)),
        Fact::DocumentsMissing => by_sym(
            &mut join
                .requirements()
                .flat_map(|row| row.documents.iter().copied())
                .filter(missing),
        ),
        Fact::DocumentsRemedyMissing => by_sym(
            &mut join
                .remedies_not_lifted()
                .flat_map(|row| row.documents.iter().copied())
                .filter(missing),
        ),
        Fact::ZoneIds => by_sym(
            &mut join
                .zones_in_scope()
                .filter_map(|zone| join.header.registry.zone(zone.zone))
                .map(|zone| zone.id),
        ),
        Fact::RequirementTests => by_sym(
            &mut join
                .requirements()
                .flat_map(|row| row.tests.iter().copied()),
        ),
        Fact::RequirementDocuments => by_sym(
            &mut join
                .requirements()
                .flat_map(|row| row.documents.iter().copied()),
        ),
        Fact::RemedyDocuments => by_sym(
            &mut join
                .remedies_not_lifted()
                .flat_map(|row| row.documents.iter().copied()),
        ),
        _ => (0, false),
    };
    if any { state } else { state | empty }
}

/// A bit for each member that is one of some texts, and whether there is any text.
fn text_bits(
    members: &[(Member, Option<Sym>)],
    each: impl FnOnce(&mut dyn FnMut(&str)),
) -> (u32, bool) {
    let (mut state, mut any) = (0, false);
    each(&mut |text| {
        any = true;
        let is = |(member, _): &(Member, Option<Sym>)| matches!(member, Member::Text(known) if known == text);
        state |= members.iter().position(is).map_or(0, |at| 1 << at);
    });
    (state, any)
}

/// Whether a list fact is seen to be empty at a glance, as nearly all are.
fn has_none(join: &ItemJoin<'_>, fact: Fact) -> bool {
    match fact {
        Fact::DocumentsKinds => join.item.documents.is_empty(),
        Fact::DocumentsMissing | Fact::RequirementTests | Fact::RequirementDocuments => {
            !join.is_required()
        }
        Fact::DocumentsRemedyMissing | Fact::RemedyDocuments => !join.remedy_active(),
        Fact::ZoneIds => !join.zone_member(),
        Fact::History(_) => join.history().failures == 0,
        _ => false,
    }
}
