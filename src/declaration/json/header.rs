//! The declaration's own members, and attributes, whose names and types the policy declares.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::list::ListSeed;
use super::object::Object;
use super::place::{Context, Place};
use super::scalar::{NumberSeed, TextSeed, other_types};
use crate::declaration::build::{HeaderField, Members};
use crate::declaration::fault::FaultCode;
use crate::declaration::field::{self, Value};
use crate::declaration::model::{AttributeValue, Declaration};
use crate::declaration::profile::AttributeNo;
use crate::limits::MAX_ITEMS;

/// A declaration under construction.
pub(super) struct Header<'de> {
    pub(super) declaration: Declaration<'de>,
    /// The members that were read without a fault.
    pub(super) good: u32,
}

impl<'de> Object<'de> for Header<'de> {
    type Member = HeaderField;

    #[inline]
    fn member<A: MapAccess<'de>>(
        &mut self,
        member: HeaderField,
        map: &mut A,
        cx: &mut Context<'_>,
        at: &Place<'_>,
    ) -> Result<bool, A::Error> {
        let declaration = &mut self.declaration;
        let value = match member {
            HeaderField::Items => {
                let into = &mut declaration.items;
                let (least, most) = (1, MAX_ITEMS);
                return map.next_value_seed(ListSeed {
                    into,
                    cx,
                    at,
                    least,
                    most,
                });
            }
            HeaderField::Attributes => {
                let into = &mut declaration.attributes;
                return map.next_value_seed(AttributesSeed { into, cx, at });
            }
            HeaderField::Version => map.next_value_seed(NumberSeed)?,
            _ => map.next_value_seed(TextSeed)?,
        };
        if matches!(value, Value::Null) {
            return Ok(false);
        }
        let set = declaration.set(member, value, cx.profile);
        if cx.good(at, set) {
            self.good |= member.bit();
        }
        Ok(true)
    }
}

/// Reads `attributes` into a sorted list; false where it is null.
pub(super) struct AttributesSeed<'s, 'c, 'de> {
    pub(super) into: &'s mut Vec<(AttributeNo, AttributeValue<'de>)>,
    pub(super) cx: &'s mut Context<'c>,
    pub(super) at: &'s Place<'s>,
}

impl<'de> DeserializeSeed<'de> for AttributesSeed<'_, '_, 'de> {
    type Value = bool;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl AttributesSeed<'_, '_, '_> {
    #[cold]
    fn other(self, kind: &str) -> bool {
        let detail = format!("an object is expected, not {kind}");
        self.cx.note(self.at, FaultCode::Type, detail);
        true
    }
}

impl<'de> Visitor<'de> for AttributesSeed<'_, '_, 'de> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let Self { into, cx, at } = self;
        let mut nulls = Vec::new();
        while let Some(Value::Text(name)) = map.next_key_seed(TextSeed)? {
            let at = &Place::Member(at, &name);
            let Some((no, kind)) = cx.profile.attributes.find(&name) else {
                let detail = "the policy declares no attribute of that name";
                cx.note(at, FaultCode::UndeclaredAttribute, detail);
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if nulls.contains(&no) || into.iter().any(|(known, _)| *known == no) {
                cx.note(at, FaultCode::DuplicateMember, "the member is there twice");
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match map.next_value_seed(NumberSeed)? {
                Value::Null => nulls.push(no),
                value => {
                    let read = field::attribute(value, kind).map(|value| into.push((no, value)));
                    if !cx.good(at, read) {
                        nulls.push(no);
                    }
                }
            }
        }
        into.sort_unstable_by_key(|(no, _)| *no);
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    other_types!(scalars);
    other_types!(text);
    other_types!(list);
}
