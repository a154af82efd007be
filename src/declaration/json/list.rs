//! Lists of objects or texts, bounded in size. What stands beyond the bound is counted, not kept.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::object::{Object, ObjectSeed};
use super::place::{Context, Place};
use super::scalar::{TextSeed, other_types};
use crate::declaration::fault::FaultCode;
use crate::declaration::field;
use crate::declaration::model::Text;

/// An element that is read at the end of its list.
pub(super) trait Element<'de>: Sized {
    /// Reads one element and adds it.
    fn push<D: Deserializer<'de>>(
        list: &mut Vec<Self>,
        json: D,
        cx: &mut Context<'_>,
        at: &Place<'_>,
    ) -> Result<(), D::Error>;
}

impl<'de> Element<'de> for Text<'de> {
    fn push<D: Deserializer<'de>>(
        list: &mut Vec<Self>,
        json: D,
        cx: &mut Context<'_>,
        at: &Place<'_>,
    ) -> Result<(), D::Error> {
        let value = TextSeed.deserialize(json)?;
        let read = field::id(value).map(|text| list.push(text));
        cx.good(at, read);
        Ok(())
    }
}

/// Adds a blank object to the list and fills it where it lies.
#[inline]
pub(super) fn push_object<'de, T: Object<'de>, D: Deserializer<'de>>(
    list: &mut Vec<T>,
    blank: T,
    json: D,
    cx: &mut Context<'_>,
    at: &Place<'_>,
) -> Result<(), D::Error> {
    list.push(blank);
    if let Some(into) = list.last_mut() {
        let given = ObjectSeed { into, cx, at }.deserialize(json)?;
        if !given {
            cx.note(at, FaultCode::Type, "an object is expected, not null");
        }
    }
    Ok(())
}

/// Reads a list into its place; false where it is null. A value of another type is noted.
pub(super) struct ListSeed<'s, 'c, T> {
    pub(super) into: &'s mut Vec<T>,
    pub(super) cx: &'s mut Context<'c>,
    pub(super) at: &'s Place<'s>,
    pub(super) least: usize,
    pub(super) most: usize,
}

impl<'de, T: Element<'de>> DeserializeSeed<'de> for ListSeed<'_, '_, T> {
    type Value = bool;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'s, 'c, T> ListSeed<'s, 'c, T> {
    /// A list that may be empty.
    pub(super) fn up_to(
        most: usize,
        into: &'s mut Vec<T>,
        cx: &'s mut Context<'c>,
        at: &'s Place<'s>,
    ) -> Self {
        Self {
            into,
            cx,
            at,
            least: 0,
            most,
        }
    }

    #[cold]
    fn other(self, kind: &str) -> bool {
        let detail = format!("a list is expected, not {kind}");
        self.cx.note(self.at, FaultCode::Type, detail);
        true
    }
}

impl<'de, T: Element<'de>> Visitor<'de> for ListSeed<'_, '_, T> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<bool, A::Error> {
        let Self {
            into,
            cx,
            at,
            least,
            most,
        } = self;
        let mut index = 0;
        while index < most {
            let place = &Place::Element(at, index);
            let more = elements.next_element_seed(ElementSeed {
                into,
                cx,
                at: place,
            })?;
            if more.is_none() {
                if index < least {
                    cx.note(at, FaultCode::Required, "at least one element is required");
                }
                return Ok(true);
            }
            index += 1;
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {
            index += 1;
        }
        if index > most {
            let detail = format!("{index} elements, at most {most} are allowed");
            cx.note(at, FaultCode::Range, detail);
        }
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    other_types!(scalars);
    other_types!(text);
    other_types!(object);
}

struct ElementSeed<'s, 'c, T> {
    into: &'s mut Vec<T>,
    cx: &'s mut Context<'c>,
    at: &'s Place<'s>,
}

impl<'de, T: Element<'de>> DeserializeSeed<'de> for ElementSeed<'_, '_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        T::push(self.into, json, self.cx, self.at)
    }
}
