//! A declaration as the engine understands it: every field valid by construction, texts borrowed from the
//! bytes that arrived where that is possible. Only the readers of this module make one.

use std::borrow::Cow;

use super::amount::Amount;
use super::country::Country;
use super::currency::{Currency, ExchangeRate};
use super::day::{Day, Moment};
use super::hs::HsCode;
use super::profile::AttributeNo;

/// A text borrowed from the input, or owned where the input escaped it.
pub type Text<'a> = Cow<'a, str>;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<'a>(pub(super) Text<'a>);

        impl $name<'_> {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

id! {
    /// The single window's id of a declaration.
    DeclarationId
}
id! {
    /// The id of a party; a USCC where the policy asks for it.
    PartyId
}

/// Export or import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Goods leave the country.
    Export,
    /// Goods enter the country.
    Import,
}

impl Direction {
    /// `export` or `import`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Import => "import",
        }
    }
}

/// The roles that parties play in a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Exporter or importer (收发货人).
    Trader,
    /// Producer of the goods.
    Producer,
    /// Filing agent.
    Declarant,
    /// The accountable party: the producer of an export, the trader where none is named; the importer of an import.
    Enterprise,
}

impl Role {
    /// All roles, in the order of their numbers.
    pub const ALL: [Self; 4] = [
        Self::Trader,
        Self::Producer,
        Self::Declarant,
        Self::Enterprise,
    ];

    /// The name that facts carry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trader => "trader",
            Self::Producer => "producer",
            Self::Declarant => "declarant",
            Self::Enterprise => "enterprise",
        }
    }
}

/// One submission: header and 1 to 999 items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration<'a> {
    /// The single window's id.
    pub id: DeclarationId<'a>,
    /// 1 for the first submission; an amendment has a higher one.
    pub version: u32,
    /// Export or import.
    pub direction: Direction,
    /// When it was declared.
    pub declared_at: Moment,
    /// The civil day of `declared_at` in the policy's zone.
    pub day: Day,
    /// The declaring office (WCO 065).
    pub office: Option<Text<'a>>,
    /// Trade mode (监管方式), four digits.
    pub trade_mode: Option<Text<'a>>,
    /// Mode of transport, as the single window codes it.
    pub transport_mode: Option<Text<'a>>,
    /// Destination of an export, country of dispatch of an import.
    pub country: Country,
    /// Exporter or importer.
    pub trader: PartyId<'a>,
    /// Producer, where named.
    pub producer: Option<PartyId<'a>>,
    /// Filing agent, where named.
    pub declarant: Option<PartyId<'a>>,
    /// The overseas party; free text.
    pub counterparty: Option<PartyId<'a>>,
    /// The project that it belongs to.
    pub project: Option<Text<'a>>,
    /// The currency of the items' values.
    pub currency: Currency,
    /// Base units for one unit of `currency` on `day`.
    pub exchange_rate: ExchangeRate,
    /// Sum of the items' values in the base currency.
    pub value: Amount,
    /// Attributes, in ascending order of number.
    pub attributes: Vec<(AttributeNo, AttributeValue<'a>)>,
    /// The items, in ascending order of `item_no`.
    pub items: Vec<Item<'a>>,
}

impl Declaration<'_> {
    /// The accountable party ([`Role::Enterprise`]).
    #[must_use]
    pub fn enterprise(&self) -> &PartyId<'_> {
        match (self.direction, &self.producer) {
            (Direction::Export, Some(producer)) => producer,
            _ => &self.trader,
        }
    }

    /// The party in a role, where one is named.
    #[must_use]
    pub fn party(&self, role: Role) -> Option<&PartyId<'_>> {
        match role {
            Role::Trader => Some(&self.trader),
            Role::Producer => self.producer.as_ref(),
            Role::Declarant => self.declarant.as_ref(),
            Role::Enterprise => Some(self.enterprise()),
        }
    }
}

/// One item of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// 1 to 999, unique in the declaration.
    pub item_no: u16,
    /// Classification (WCO 145).
    pub hs_code: HsCode,
    /// The trader's code of the product.
    pub product_code: Option<Text<'a>>,
    /// Quantity in `unit`.
    pub quantity: Option<Amount>,
    /// Unit of quantity (UN/ECE Recommendation 20).
    pub unit: Option<Text<'a>>,
    /// Net mass in kilograms.
    pub net_mass_kg: Option<Amount>,
    /// Value as declared, in the declaration's currency.
    pub value_declared: Amount,
    /// Value in the base currency.
    pub value: Amount,
    /// What the goods are for.
    pub end_use: Option<Text<'a>>,
    /// Country of origin (WCO 063).
    pub origin: Option<Country>,
    /// Documents attached (WCO D005, D006).
    pub documents: Vec<Document<'a>>,
    /// Raw-material lots cited.
    pub material_lots: Vec<MaterialLot<'a>>,
    /// Product lots cited.
    pub product_lots: Vec<Text<'a>>,
    /// Attributes, in ascending order of number.
    pub attributes: Vec<(AttributeNo, AttributeValue<'a>)>,
}

impl Item<'_> {
    /// The country that rules mean by an item's: the destination of an export, the origin of an import.
    #[must_use]
    pub fn country(&self, declaration: &Declaration<'_>) -> Option<Country> {
        match declaration.direction {
            Direction::Export => Some(declaration.country),
            Direction::Import => self.origin,
        }
    }

    /// Value in base currency for one unit, half even to four decimals; none without a quantity above nothing.
    #[must_use]
    pub fn unit_value(&self) -> Option<Amount> {
        self.value
            .checked_div(self.quantity.filter(|quantity| *quantity > Amount::ZERO)?)
    }
}

/// A document attached to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'a> {
    /// What it is (`self_declaration`, `third_party_report`, …).
    pub kind: Text<'a>,
    /// Its number.
    pub number: Option<Text<'a>>,
    /// Who issued it.
    pub issuer: Option<Text<'a>>,
    /// First day of its validity; open where absent.
    pub issued_on: Option<Day>,
    /// First day on which it is no longer valid; open where absent.
    pub expires_on: Option<Day>,
}

impl Document<'_> {
    /// Whether it is valid on a day.
    #[must_use]
    pub fn is_valid_on(&self, day: Day) -> bool {
        self.issued_on.is_none_or(|from| from <= day) && self.expires_on.is_none_or(|to| day < to)
    }
}

/// A lot of raw material that an item is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaterialLot<'a> {
    /// The lot's id.
    pub lot_id: Text<'a>,
    /// Quantity used; none means as much as the consumption norm asks for.
    pub quantity: Option<Amount>,
}

/// The value of an attribute, of the type that the policy declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue<'a> {
    /// A text.
    Text(Text<'a>),
    /// A whole number.
    Int(i64),
    /// A decimal.
    Decimal(Amount),
}

/// Looks an attribute up in a sorted list.
#[must_use]
pub fn attribute<'l, 'a>(
    list: &'l [(AttributeNo, AttributeValue<'a>)],
    no: AttributeNo,
) -> Option<&'l AttributeValue<'a>> {
    let at = list.binary_search_by_key(&no, |(known, _)| *known).ok()?;
    list.get(at).map(|(_, value)| value)
}
