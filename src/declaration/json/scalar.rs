//! Values that are no containers of ours: texts are borrowed, numbers keep their digits (none goes through floating
//! point), and a container in the place of a value is passed over and named.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::declaration::field::Value;

/// The methods of a visitor for the JSON types that it has no use for: each hands the type's name to `other`.
macro_rules! other_types {
    (scalars) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(self.other("a boolean"))
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(self.other("a number"))
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(self.other("a number"))
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(self.other("a number"))
        }
    };
    (text) => {
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(self.other("a text"))
        }
    };
    (list) => {
        fn visit_seq<A: serde::de::SeqAccess<'de>>(
            self,
            mut list: A,
        ) -> Result<Self::Value, A::Error> {
            while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok(self.other("a list"))
        }
    };
    (object) => {
        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut map: A,
        ) -> Result<Self::Value, A::Error> {
            use serde::de::IgnoredAny;
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(self.other("an object"))
        }
    };
}
pub(super) use other_types;

/// Reads a value whose field is a text; a number there is a fault whatever its digits.
pub(super) struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Value<'de>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value<'de>, D::Error> {
        json.deserialize_any(self)
    }
}

impl TextSeed {
    fn other<'de>(self, kind: &'static str) -> Value<'de> {
        Value::Other(kind)
    }
}

impl<'de> Visitor<'de> for TextSeed {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    other_types!(scalars);
    other_types!(list);
    other_types!(object);
}

/// Reads a value whose field may be a number, which keeps its digits.
pub(super) struct NumberSeed;

impl<'de> DeserializeSeed<'de> for NumberSeed {
    type Value = Value<'de>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value<'de>, D::Error> {
        <&RawValue>::deserialize(json).map(|raw| from_raw(raw.get()))
    }
}

fn from_raw(raw: &str) -> Value<'_> {
    match raw.as_bytes() {
        [b'"', text @ .., b'"'] => match raw.get(1..=text.len()) {
            Some(text) if !text.contains('\\') => Value::Text(Cow::Borrowed(text)),
            _ => unescape(raw),
        },
        [b'{', ..] => Value::Other("an object"),
        [b'[', ..] => Value::Other("a list"),
        [b't' | b'f', ..] => Value::Other("a boolean"),
        [b'n', ..] => Value::Null,
        _ => Value::Number(raw),
    }
}

#[cold]
fn unescape(raw: &str) -> Value<'_> {
    match serde_json::from_str(raw) {
        Ok(text) => Value::Text(Cow::Owned(text)),
        Err(_) => Value::Other("half of a surrogate pair"),
    }
}
