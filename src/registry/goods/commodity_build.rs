//! Makes the commodities: for each part of the HS key space and each direction, what the rows that cover it say
//! from each day on which one of them begins or ends. Parts covered by the same rows are worked out once.

use std::collections::HashMap;

use super::Goods;
use super::build::{GoodsMaker, covering};
use super::commodity::Commodity;
use crate::declaration::{Day, Direction};
use crate::registry::rows::{AccidentRow, CatalogueRow, CommodityGroupRow, LegalExceptionRow};
use crate::registry::timeline::{TimelineMaker, cuts};
use crate::registry::word::{CatalogueRegistration, RegistrationReason};

/// The numbers of the rows of the four tables that cover a part.
type Covers<'c> = [&'c [u32]; 4];

/// The rows themselves.
struct Cover<'t> {
    catalogue: Vec<&'t CatalogueRow>,
    exceptions: Vec<&'t LegalExceptionRow>,
    groups: Vec<&'t CommodityGroupRow>,
    accidents: Vec<&'t AccidentRow>,
}

/// Numbers commodities, equal ones alike.
#[derive(Default)]
struct Interner {
    known: HashMap<Commodity, u32>,
    list: Vec<Commodity>,
}

impl Interner {
    fn number(&mut self, commodity: Commodity) -> u32 {
        let next = self.list.len() as u32;
        let no = *self.known.entry(commodity.clone()).or_insert(next);
        if no == next {
            self.list.push(commodity);
        }
        no
    }
}

pub(super) fn add(maker: &GoodsMaker<'_>, goods: &mut Goods) {
    let t = maker.tables;
    let cover = |ranges: Vec<&[(u64, u64)]>| covering(&goods.partition, ranges.into_iter());
    let prefixes: Vec<_> = t
        .catalogue
        .iter()
        .map(|row| [row.hs_prefix.range])
        .collect();
    let catalogue = cover(prefixes.iter().map(<[_; 1]>::as_slice).collect());
    let exceptions = cover(
        t.legal_exceptions
            .iter()
            .map(|r| r.hs_scope.ranges())
            .collect(),
    );
    let groups = cover(
        t.commodity_groups
            .iter()
            .map(|r| r.hs_scope.ranges())
            .collect(),
    );
    let accidents = cover(t.accidents.iter().map(|r| r.hs_scope.ranges()).collect());
    let mut interner = Interner::default();
    interner.number(Commodity::default());
    let mut timelines = TimelineMaker::default();
    let mut known: HashMap<Covers<'_>, [u32; 2]> = HashMap::new();
    let parts = catalogue
        .iter()
        .zip(&exceptions)
        .zip(&groups)
        .zip(&accidents);
    for (node, (((catalogue, exceptions), groups), accidents)) in goods.nodes.iter_mut().zip(parts)
    {
        let covers: Covers<'_> = [catalogue, exceptions, groups, accidents];
        let states = known.entry(covers).or_insert_with(|| {
            let cover = Cover::new(maker, covers);
            [Direction::Export, Direction::Import].map(|direction| {
                let steps = cover.cuts().into_iter().map(|day| {
                    let commodity = cover.commodity(maker, direction, day);
                    (day, interner.number(commodity))
                });
                timelines.state(steps.collect())
            })
        });
        node.commodity = *states;
    }
    goods.commodities = interner.list;
    goods.commodity_timelines = timelines.finish();
}

impl<'t> Cover<'t> {
    fn new(maker: &GoodsMaker<'t>, covers: Covers<'_>) -> Self {
        fn of<'t, R>(rows: &'t [R], numbers: &[u32]) -> Vec<&'t R> {
            let row = |no: &u32| rows.get(*no as usize);
            numbers.iter().filter_map(row).collect()
        }
        let t = maker.tables;
        let [catalogue, exceptions, groups, accidents] = covers;
        Self {
            catalogue: of(&t.catalogue, catalogue),
            exceptions: of(&t.legal_exceptions, exceptions),
            groups: of(&t.commodity_groups, groups),
            accidents: of(&t.accidents, accidents),
        }
    }

    fn cuts(&self) -> Vec<Day> {
        let catalogue = self.catalogue.iter().map(|row| row.validity);
        let exceptions = self.exceptions.iter().map(|row| row.validity);
        let accidents = self.accidents.iter().map(|row| row.validity);
        cuts(catalogue.chain(exceptions).chain(accidents))
    }

    fn commodity(&self, maker: &GoodsMaker<'_>, direction: Direction, day: Day) -> Commodity {
        let meant = |named: Option<Direction>| named.is_none_or(|named| named == direction);
        let rows = || {
            self.catalogue
                .iter()
                .filter(|row| meant(row.direction) && row.validity.holds(day))
        };
        let exceptions = self
            .exceptions
            .iter()
            .filter(|row| meant(row.direction) && row.validity.holds(day));
        let categories = rows().flat_map(|row| row.categories.iter());
        let facilitations = exceptions.flat_map(|row| row.facilitations.iter());
        let longest = rows()
            .filter_map(|row| Some((row.hs_prefix.digits.len(), row.risk_level?)))
            .max_by_key(|(digits, _)| *digits);
        let reasons = rows().filter_map(|row| row.registration).map(reason);
        let accident = direction == Direction::Export
            && self.accidents.iter().any(|row| row.validity.holds(day));
        let symbols = maker.symbols;
        let categories = symbols.get_all(categories.map(|id| &**id));
        Commodity {
            statutory: !categories.is_empty(),
            categories,
            groups: symbols.get_all(self.groups.iter().map(|row| &*row.group)),
            risk_level: longest.map_or(0, |(_, level)| level.0 as u8),
            registration: reasons
                .chain(accident.then_some(RegistrationReason::Accident))
                .max(),
            legal_exceptions: symbols.get_all(facilitations.map(|id| &**id)),
        }
    }
}

fn reason(registration: CatalogueRegistration) -> RegistrationReason {
    match registration {
        CatalogueRegistration::Scheme => RegistrationReason::Scheme,
        CatalogueRegistration::Law => RegistrationReason::Law,
    }
}
