//! The universe of a program: its dimensions with their states, and what an atom is in each of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::asked::Formulas;
use super::bits::Bits;
use super::case::{CASE_STATES, CaseJoin};
use super::collect::is_indexed;
use super::dimension::{Constants, DimNo, Dimension, Domain, GROUP, Kind, Member, TextConstants};
use super::domain::{Numbers, Texts};
use super::facts::EXEMPTIONS;
use super::lookup::Column;
use super::normal::Asked;
use super::value::{Value, truth};
use crate::declaration::{AttributeSchema, Country, key_digits, key_len};
use crate::policy::cel::Atom;
use crate::policy::schema::{Fact, FactType, MONITORINGS, PartyFact};
use crate::policy::{Mode, Names};
use crate::registry::{Commodity, NodeNo, Partition, RegistrationState, Registry, Sym, ZoneLevel};

/// Where an atom is true, and where it is false; in the other states it is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Truth {
    pub(super) yes: Bits,
    pub(super) no: Bits,
}

/// All dimensions of a program: those of the header first, then the item's, then those of scores.
#[derive(Debug)]
pub(super) struct Universe<'r> {
    pub(super) registry: &'r Registry,
    pub(super) dimensions: Vec<Dimension>,
    numbers: HashMap<Kind, DimNo>,
    groups: BTreeMap<(Fact, Member), DimNo>,
    attributes: AttributeSchema,
    /// The 13 digits of the first key of each part of the HS key space.
    digits: Vec<String>,
    known: HashMap<Atom, (DimNo, Truth)>,
    /// What is asked of each party.
    pub(super) asked: Asked,
    /// The columns of tables that read a party.
    pub(super) columns: BTreeMap<DimNo, Vec<Column>>,
}

impl<'r> Universe<'r> {
    /// Builds the dimensions that the constants use; the HS key space is always among them.
    pub(super) fn new(registry: &'r Registry, names: &Names, mut constants: Constants) -> Self {
        constants.used.insert(Kind::Hs);
        let mut kinds: Vec<(Kind, Vec<Member>)> = Vec::new();
        for kind in &constants.used {
            match kind {
                Kind::Set(fact, _) => {
                    let members: Vec<Member> = constants
                        .members
                        .get(fact)
                        .into_iter()
                        .flatten()
                        .cloned()
                        .collect();
                    let chunks = members.chunks(GROUP).enumerate();
                    kinds.extend(
                        chunks.map(|(at, chunk)| (Kind::Set(*fact, at as u8), chunk.to_vec())),
                    );
                }
                kind => kinds.push((*kind, Vec::new())),
            }
        }
        kinds.sort_by_key(|(kind, _)| (kind.is_of_scores(), !kind.is_of_header(), *kind));
        let mut universe = Self {
            registry,
            dimensions: Vec::new(),
            numbers: HashMap::new(),
            groups: BTreeMap::new(),
            attributes: names.attributes.clone(),
            digits: Vec::new(),
            known: HashMap::new(),
            asked: Asked::new(),
            columns: BTreeMap::new(),
        };
        for (kind, members) in kinds {
            let no = DimNo(universe.dimensions.len() as u16);
            universe.numbers.insert(kind, no);
            if let Kind::Set(fact, _) = kind {
                universe
                    .groups
                    .extend(members.iter().map(|member| ((fact, member.clone()), no)));
            }
            let dimension = universe.dimension(kind, members, &constants);
            if let Domain::Hs(partition, _) = &dimension.domain {
                let keys = partition.boundaries().iter();
                universe.digits = keys.map(|key| key_digits(*key, 13)).collect();
            }
            if kind.is_of_party() {
                universe.asked.insert(no, Formulas::default());
            }
            universe.dimensions.push(dimension);
        }
        universe
    }

    fn dimension(&self, kind: Kind, members: Vec<Member>, constants: &Constants) -> Dimension {
        let domain = match kind {
            Kind::Number(_) => Domain::Numbers(Numbers::new(
                constants.numbers.get(&kind).unwrap_or(&BTreeSet::new()),
            )),
            Kind::Text(_) | Kind::Office => {
                let empty = TextConstants::default();
                let texts = constants.texts.get(&kind).unwrap_or(&empty);
                let mut whole = texts.whole.clone();
                if kind == Kind::Office {
                    let symbols = self.registry.symbols();
                    whole.extend(
                        self.registry
                            .offices()
                            .all()
                            .iter()
                            .map(|office| symbols.name(office.id).to_owned()),
                    );
                }
                Domain::Texts(Texts::new(&whole, &texts.bounds))
            }
            Kind::Hs => {
                let own = self.registry.goods().partition();
                let partition = Partition::new(
                    own.boundaries()
                        .iter()
                        .chain(&constants.hs)
                        .copied()
                        .collect(),
                );
                let node = |key: &u64| {
                    NodeNo(
                        own.boundaries()
                            .partition_point(|bound| bound <= key)
                            .saturating_sub(1) as u32,
                    )
                };
                let nodes = partition.boundaries().iter().map(node).collect();
                Domain::Hs(partition, nodes)
            }
            Kind::Set(..) => {
                let symbol = |member: &Member| match member {
                    Member::Empty => None,
                    Member::Text(text) => self.registry.symbols().find(text),
                };
                Domain::Set(
                    members
                        .into_iter()
                        .map(|member| (symbol(&member), member))
                        .map(|(symbol, member)| (member, symbol))
                        .collect(),
                )
            }
            Kind::Party(_) | Kind::Counterparty => Domain::Party(self.asked.len() as u8),
            _ => Domain::Fixed,
        };
        let states = match &domain {
            Domain::Party(_) => 0,
            Domain::Fixed => self.fixed_states(kind),
            Domain::Numbers(numbers) => numbers.states(),
            Domain::Texts(texts) => texts.states(),
            Domain::Hs(partition, _) => partition.len(),
            Domain::Set(members) => 1 << members.len(),
        };
        Dimension {
            kind,
            domain,
            states,
        }
    }

    fn fixed_states(&self, kind: Kind) -> usize {
        match kind {
            Kind::Country => Country::COUNT,
            Kind::ItemCountry => Country::COUNT + 1,
            Kind::Commodity => self.registry.goods().commodities().len(),
            Kind::Licence(_) => REGISTRATIONS * 8,
            Kind::Zone => 2 * LEVELS,
            Kind::Case => CASE_STATES,
            Kind::RequirementMode => Mode::ALL.len() + 1,
            Kind::Alert(_) | Kind::Remedy => 4,
            Kind::Material(_) => MONITORINGS.len(),
            Kind::Source => 8,
            _ => 2,
        }
    }

    /// The dimension of a kind.
    pub(super) fn find(&self, kind: Kind) -> Option<DimNo> {
        self.numbers.get(&kind).copied()
    }

    pub(super) fn get(&self, no: DimNo) -> Option<&Dimension> {
        self.dimensions.get(no.at())
    }

    /// The kind of a fact, an attribute's by its declared type.
    pub(super) fn kind(&self, fact: Fact) -> Kind {
        kind_of(fact, &self.attributes)
    }

    /// The schema's entry of a fact.
    pub(super) fn info(&self, fact: Fact) -> crate::policy::schema::FactInfo {
        fact.info(&self.attributes)
    }

    /// The one dimension whose states decide an atom; none where it compares facts with each other: a residual.
    pub(super) fn dimension_of(&self, atom: &Atom) -> Option<DimNo> {
        match atom {
            Atom::Contains(fact, text) if matches!(self.kind(*fact), Kind::Set(..)) => self
                .groups
                .get(&(*fact, Member::Text(text.clone())))
                .copied(),
            Atom::Empty(fact) if matches!(self.kind(*fact), Kind::Set(..)) => {
                self.groups.get(&(*fact, Member::Empty)).copied()
            }
            atom => {
                let mut facts = Vec::new();
                atom.facts(&mut |fact| facts.push(fact));
                facts.dedup();
                let [fact] = facts.as_slice() else {
                    return None;
                };
                let kind = self.kind(*fact);
                match atom {
                    // A state of numbers says how a line over them compares, but not a product of two.
                    Atom::Terms(left, _, right)
                        if matches!(kind, Kind::Number(_)) && !is_indexed(left, right) =>
                    {
                        None
                    }
                    _ => self.find(kind),
                }
            }
        }
    }

    /// What an atom is in each state of its dimension.
    pub(super) fn truth(&mut self, atom: &Atom, no: DimNo) -> Truth {
        if let Some((_, truth)) = self.known.get(atom) {
            return truth.clone();
        }
        let states = self.get(no).map_or(0, |dimension| dimension.states);
        let found = self.truth_by_order(atom, no).unwrap_or_else(|| {
            let mut found = Truth {
                yes: Bits::none(states),
                no: Bits::none(states),
            };
            for state in 0..states {
                match self.at(no, state, atom) {
                    Some(true) => found.yes.insert(state),
                    Some(false) => found.no.insert(state),
                    None => {}
                }
            }
            found
        });
        self.known.insert(atom.clone(), (no, found.clone()));
        found
    }

    pub(super) fn at(&self, no: DimNo, state: usize, atom: &Atom) -> Option<bool> {
        let dimension = self.get(no)?;
        match (&dimension.domain, atom) {
            (Domain::Set(members), Atom::Contains(_, text)) => members
                .iter()
                .position(|(member, _)| matches!(member, Member::Text(known) if known == text))
                .map(|bit| state >> bit & 1 == 1),
            (Domain::Set(members), Atom::Empty(_)) => members
                .iter()
                .position(|(member, _)| *member == Member::Empty)
                .map(|bit| state >> bit & 1 == 1),
            (_, Atom::Contains(fact, text)) => {
                let sym = self.registry.symbols().find(text);
                Some(
                    sym.is_some_and(|sym| self.syms(dimension.kind, state, *fact).contains(&sym))
                        || Self::words(state, *fact).contains(&text.as_str()),
                )
            }
            (_, Atom::Empty(fact)) => Some(
                self.syms(dimension.kind, state, *fact).is_empty()
                    && Self::words(state, *fact).is_empty(),
            ),
            _ => truth(atom, &|fact| self.sample(no, state, fact)),
        }
    }

    /// A value that a fact of the dimension has in a state.
    pub(super) fn sample(&self, no: DimNo, state: usize, fact: Fact) -> Value<'_> {
        let Some(dimension) = self.get(no) else {
            return Value::Absent;
        };
        match &dimension.domain {
            Domain::Numbers(numbers) => numbers.sample(state).map_or(Value::Absent, Value::Number),
            Domain::Texts(texts) => self.text_sample(texts, state, fact),
            Domain::Hs(partition, _) => hs_sample(
                partition.boundaries().get(state).copied().unwrap_or(0),
                self.digits.get(state).map_or("", String::as_str),
                fact,
            ),
            Domain::Set(_) | Domain::Party(_) => Value::Absent,
            Domain::Fixed => self.fixed_sample(dimension.kind, state, fact),
        }
    }

    fn text_sample<'s>(&'s self, texts: &'s Texts, state: usize, fact: Fact) -> Value<'s> {
        let sample = texts.sample(state);
        if fact != Fact::DeclarationBureau {
            return Value::optional(sample);
        }
        let offices = self.registry.offices();
        let office = sample
            .and_then(|id| offices.find(id))
            .and_then(|no| offices.get(no));
        let bureau = office
            .map(|office| office.bureau)
            .filter(|bureau| *bureau != Sym::default());
        Value::optional(bureau.map(|bureau| self.registry.symbols().name(bureau)))
    }

    fn fixed_sample(&self, kind: Kind, state: usize, fact: Fact) -> Value<'_> {
        match kind {
            Kind::Direction => Value::text(if state == 0 { "export" } else { "import" }),
            Kind::Country | Kind::ItemCountry => {
                Value::optional(Country::all().nth(state).map(Country::alpha_2))
            }
            Kind::Commodity => self
                .commodity(state)
                .map_or(Value::Absent, |commodity| commodity_sample(commodity, fact)),
            Kind::Licence(_) => Value::text(
                [
                    "none",
                    RegistrationState::Provisional.as_str(),
                    RegistrationState::Full.as_str(),
                ]
                .get(state / 8)
                .copied()
                .unwrap_or_default(),
            ),
            Kind::Zone => zone_sample(state, fact),
            Kind::Case => CaseJoin::of(state).value(fact),
            Kind::RequirementMode => Value::optional(
                state
                    .checked_sub(1)
                    .and_then(|at| Mode::WORDS.get(at))
                    .copied(),
            ),
            Kind::Material(_) => Value::text(MONITORINGS.get(state).copied().unwrap_or_default()),
            Kind::Alert(_) => Value::Number(state as i64),
            Kind::Remedy => Value::Bool(state >> usize::from(fact == Fact::RemedyExempt) & 1 == 1),
            Kind::Source => Value::Bool(state >> source_bit(fact) & 1 == 1),
            _ => Value::Bool(state == 1),
        }
    }

    /// The symbols of a list fact in a state.
    fn syms(&self, kind: Kind, state: usize, fact: Fact) -> &[Sym] {
        let goods = |commodity: &'r Commodity| match fact {
            Fact::CommodityCategories => &*commodity.categories,
            Fact::CommodityGroups => &*commodity.groups,
            Fact::CommodityLegalExceptions => &*commodity.legal_exceptions,
            _ => &[],
        };
        match kind {
            Kind::Commodity => self.commodity(state).map_or(&[] as &[Sym], goods),
            Kind::Country | Kind::ItemCountry => Country::all()
                .nth(state)
                .map_or(&[] as &[Sym], |country| self.registry.groups_of(country)),
            _ => &[],
        }
    }

    /// The words of the closed list fact `exempt_from` in a state.
    fn words(state: usize, fact: Fact) -> Vec<&'static str> {
        match fact {
            Fact::Party(_, PartyFact::ExemptFrom) => EXEMPTIONS
                .iter()
                .enumerate()
                .filter(|(bit, _)| state >> bit & 1 == 1)
                .map(|(_, word)| *word)
                .collect(),
            _ => Vec::new(),
        }
    }

    fn commodity(&self, state: usize) -> Option<&'r Commodity> {
        self.registry.goods().commodities().get(state)
    }
}

/// States of `registration`.
const REGISTRATIONS: usize = 3;
/// States of `zone.level`.
const LEVELS: usize = 3;

/// The kind of a fact, an attribute's by its declared type.
pub(super) fn kind_of(fact: Fact, attributes: &AttributeSchema) -> Kind {
    match fact {
        Fact::Attribute(_) if fact.info(attributes).kind == FactType::Text => Kind::Text(fact),
        fact => Kind::of(fact),
    }
}

/// The bit of a fact of the cited lots, as [`Source::bits`](super::source::Source) has it.
const fn source_bit(fact: Fact) -> u32 {
    match fact {
        Fact::SourceCoversRequiredTests => 1,
        Fact::SourceFiledSupplier => 2,
        _ => 0,
    }
}

/// The state of a role's registration and exemptions.
pub(super) fn licence_state(registration: Option<RegistrationState>, exemptions: u8) -> u32 {
    let registration = match registration {
        None => 0,
        Some(RegistrationState::Provisional) => 1,
        Some(RegistrationState::Full) => 2,
    };
    registration * 8 + u32::from(exemptions)
}

/// The state of membership and level: a level counts only within scope.
pub(super) fn zone_state(member: bool, level: Option<ZoneLevel>) -> u32 {
    let level = match level {
        None => 0,
        Some(ZoneLevel::Provincial) => 1,
        Some(ZoneLevel::National) => 2,
    };
    u32::from(member) * LEVELS as u32 + level
}

/// Whether a state of zones is one within scope.
pub(super) const fn zone_in_scope(state: usize) -> bool {
    !state.is_multiple_of(LEVELS)
}

fn zone_sample<'a>(state: usize, fact: Fact) -> Value<'a> {
    let level = state % LEVELS;
    match fact {
        Fact::ZoneMember => Value::Bool(state >= LEVELS),
        Fact::ZoneInScope => Value::Bool(zone_in_scope(state)),
        _ => Value::text(
            ["none", "provincial", "national"]
                .get(level)
                .copied()
                .unwrap_or_default(),
        ),
    }
}

fn commodity_sample<'a>(commodity: &Commodity, fact: Fact) -> Value<'a> {
    match fact {
        Fact::CommodityStatutory => Value::Bool(commodity.statutory),
        Fact::CommodityRiskLevel => Value::Number(i64::from(commodity.risk_level)),
        Fact::CommodityRegistrationRequired => Value::Bool(commodity.registration.is_some()),
        Fact::CommodityRegistrationReason => {
            Value::text(commodity.registration.map_or("", |reason| reason.as_str()))
        }
        _ => Value::Absent,
    }
}

/// The digits of a part's first key: the whole code as far as the key has digits, a heading filled up with zeros.
fn hs_sample(key: u64, digits: &str, fact: Fact) -> Value<'_> {
    let count = match fact {
        Fact::ItemChapter => 2,
        Fact::ItemHeading => 4,
        Fact::ItemSubheading => 6,
        // The end of a prefix has no length of its own: the shortest digits from there on stand for it.
        _ if key_len(key) == 0 => digits.trim_end_matches('0').len().max(1),
        _ => key_len(key),
    };
    Value::text(digits.get(..count).unwrap_or(digits))
}
