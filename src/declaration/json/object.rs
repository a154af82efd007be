//! Objects with known members: one loop for declarations, items, documents and lots. It notes unknown, repeated
//! and missing members; what a member means is its object's.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::place::{Context, Place};
use super::scalar::other_types;
use crate::declaration::build::Members;
use crate::declaration::fault::FaultCode;

/// An object of the contract, filled member by member.
pub(super) trait Object<'de> {
    /// Its members.
    type Member: Members;

    /// Reads the value of one member; false where it is null.
    fn member<A: MapAccess<'de>>(
        &mut self,
        member: Self::Member,
        map: &mut A,
        cx: &mut Context<'_>,
        at: &Place<'_>,
    ) -> Result<bool, A::Error>;
}

/// Reads an object into its place; false where it is null. A value of another type is noted.
pub(super) struct ObjectSeed<'s, 'c, T> {
    pub(super) into: &'s mut T,
    pub(super) cx: &'s mut Context<'c>,
    pub(super) at: &'s Place<'s>,
}

impl<'de, T: Object<'de>> DeserializeSeed<'de> for ObjectSeed<'_, '_, T> {
    type Value = bool;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<T> ObjectSeed<'_, '_, T> {
    #[cold]
    fn other(self, kind: &str) -> bool {
        let detail = format!("an object is expected, not {kind}");
        self.cx.note(self.at, FaultCode::Type, detail);
        true
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for ObjectSeed<'_, '_, T> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let Self { into, cx, at } = self;
        let (mut seen, mut given) = (0, 0);
        let mut expected = 0;
        while let Some(key) = map.next_key_seed(KeySeed::<T::Member>::new(expected))? {
            match key {
                Key::Known(name, member) if seen & member.bit() == 0 => {
                    seen |= member.bit();
                    expected = member.number() as usize + 1;
                    if into.member(member, &mut map, cx, &Place::Member(at, name))? {
                        given |= member.bit();
                    }
                }
                Key::Known(name, _) => {
                    let at = Place::Member(at, name);
                    cx.note(&at, FaultCode::DuplicateMember, "the member is there twice");
                    map.next_value::<IgnoredAny>()?;
                }
                Key::Unknown(name) => {
                    let at = Place::Member(at, &name);
                    cx.note(&at, FaultCode::UnknownMember, "no member of that name");
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let missing = T::Member::REQUIRED & !given;
        if missing != 0 {
            note_missing::<T::Member>(missing, cx, at);
        }
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    other_types!(scalars);
    other_types!(text);
    other_types!(list);
}

#[cold]
fn note_missing<M: Members>(missing: u32, cx: &mut Context<'_>, at: &Place<'_>) {
    for (name, member) in M::ALL {
        if missing & member.bit() != 0 {
            let at = Place::Member(at, name);
            cx.note(&at, FaultCode::Required, "required");
        }
    }
}

// ----- keys -----

enum Key<'de, M> {
    Known(&'static str, M),
    Unknown(Cow<'de, str>),
}

/// Looks a member up by name, beginning with the one that follows in the contract's order: in input of that order
/// the first comparison hits.
struct KeySeed<M: 'static> {
    expected: usize,
    members: &'static [(&'static str, M)],
}

impl<M: Members> KeySeed<M> {
    fn new(expected: usize) -> Self {
        Self {
            expected,
            members: M::ALL,
        }
    }

    #[inline]
    fn find(&self, key: &str) -> Option<Key<'static, M>> {
        let (before, after) = self.members.split_at_checked(self.expected)?;
        let mut candidates = after.iter().chain(before);
        let (name, member) = candidates.find(|(name, _)| *name == key)?;
        Some(Key::Known(name, *member))
    }
}

impl<'de, M: Members> DeserializeSeed<'de> for KeySeed<M> {
    type Value = Key<'de, M>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Key<'de, M>, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de, M: Members> Visitor<'de> for KeySeed<M> {
    type Value = Key<'de, M>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de, M>, E> {
        Ok(self.find(key).unwrap_or(Key::Unknown(Cow::Borrowed(key))))
    }

    fn visit_str<E>(self, key: &str) -> Result<Key<'de, M>, E> {
        let unknown = || Key::Unknown(Cow::Owned(key.to_owned()));
        Ok(self.find(key).unwrap_or_else(unknown))
    }
}
