//! The fields that a mapping may fill, and what kind of value each takes.

use crate::declaration::build::{HeaderField, ItemField, Members};
use crate::declaration::field::{self, Problem, Value};
use crate::declaration::model::{Declaration, Item};
use crate::declaration::profile::{AttributeNo, AttributeType, Profile};

/// A field that a mapping fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Header(HeaderField),
    Item(ItemField),
    HeaderAttribute(AttributeNo, AttributeType),
    ItemAttribute(AttributeNo, AttributeType),
}

/// What options a field's source may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Amount,
    Date,
}

impl Target {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Header(HeaderField::Version) | Self::Item(ItemField::ItemNo) => Kind::Whole,
            Self::Header(HeaderField::DeclaredAt) => Kind::Date,
            Self::Item(ItemField::Quantity | ItemField::NetMass | ItemField::Value) => Kind::Amount,
            Self::Header(_) | Self::Item(_) => Kind::Text,
            Self::HeaderAttribute(_, kind) | Self::ItemAttribute(_, kind) => match kind {
                AttributeType::Text => Kind::Text,
                AttributeType::Int => Kind::Whole,
                AttributeType::Decimal => Kind::Amount,
            },
        }
    }

    /// Whether it belongs to the declaration rather than to each item.
    pub(super) fn is_header(self) -> bool {
        matches!(self, Self::Header(_) | Self::HeaderAttribute(..))
    }

    /// What is wrong with a value for this field, were it to come.
    pub(super) fn check(self, value: Value<'_>, profile: &Profile) -> Result<(), Problem> {
        match self {
            Self::Header(field) => {
                Declaration::blank(profile.base_currency).set(field, value, profile)
            }
            Self::Item(field) => Item::blank().set(field, value),
            Self::HeaderAttribute(_, kind) | Self::ItemAttribute(_, kind) => {
                field::attribute(value, kind).map(drop)
            }
        }
    }
}

/// Header fields that a mapping can fill, by name.
pub(super) fn header_field(name: &str) -> Option<HeaderField> {
    let (_, field) = HeaderField::ALL.iter().find(|(known, _)| *known == name)?;
    (!matches!(field, HeaderField::Attributes | HeaderField::Items)).then_some(*field)
}

/// Item fields that a mapping can fill, by name.
pub(super) fn item_field(name: &str) -> Option<ItemField> {
    let (_, field) = ItemField::ALL.iter().find(|(known, _)| *known == name)?;
    (!LISTS.contains(&name) && *field != ItemField::Attributes).then_some(*field)
}

/// Members of an item that are lists, which no column can fill.
pub(super) const LISTS: [&str; 3] = ["documents", "material_lots", "product_lots"];
