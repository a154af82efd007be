//! The members of items, documents and lots.

use serde::de::{Deserializer, MapAccess};

use super::header::AttributesSeed;
use super::list::{Element, ListSeed, push_object};
use super::object::Object;
use super::place::{Context, Place};
use super::scalar::{NumberSeed, TextSeed};
use crate::declaration::build::{DocumentField, ItemField, LotField};
use crate::declaration::field::{self, Problem, Value};
use crate::declaration::model::{Document, Item, MaterialLot};
use crate::limits::{MAX_DOCUMENTS, MAX_LOTS};

impl<'de> Object<'de> for Item<'de> {
    type Member = ItemField;

    #[inline]
    fn member<A: MapAccess<'de>>(
        &mut self,
        member: ItemField,
        map: &mut A,
        cx: &mut Context<'_>,
        at: &Place<'_>,
    ) -> Result<bool, A::Error> {
        let value = match member {
            ItemField::Documents => {
                return map.next_value_seed(ListSeed::up_to(
                    MAX_DOCUMENTS,
                    &mut self.documents,
                    cx,
                    at,
                ));
            }
            ItemField::MaterialLots => {
                return map.next_value_seed(ListSeed::up_to(
                    MAX_LOTS,
                    &mut self.material_lots,
                    cx,
                    at,
                ));
            }
            ItemField::ProductLots => {
                return map.next_value_seed(ListSeed::up_to(
                    MAX_LOTS,
                    &mut self.product_lots,
                    cx,
                    at,
                ));
            }
            ItemField::Attributes => {
                let into = &mut self.attributes;
                return map.next_value_seed(AttributesSeed { into, cx, at });
            }
            ItemField::ItemNo | ItemField::Quantity | ItemField::NetMass | ItemField::Value => {
                map.next_value_seed(NumberSeed)?
            }
            _ => map.next_value_seed(TextSeed)?,
        };
        Ok(given(value, cx, at, |value| self.set(member, value)))
    }
}

impl<'de> Object<'de> for Document<'de> {
    type Member = DocumentField;

    #[inline]
    fn member<A: MapAccess<'de>>(
        &mut self,
        member: DocumentField,
        map: &mut A,
        cx: &mut Context<'_>,
        at: &Place<'_>,
    ) -> Result<bool, A::Error> {
        let value = map.next_value_seed(TextSeed)?;
        Ok(given(value, cx, at, |value| {
            match member {
                DocumentField::Kind => self.kind = field::id(value)?,
                DocumentField::Number => self.number = Some(field::id(value)?),
                DocumentField::Issuer => self.issuer = Some(field::id(value)?),
                DocumentField::IssuedOn => self.issued_on = Some(field::day(value)?),
                DocumentField::ExpiresOn => self.expires_on = Some(field::day(value)?),
            }
            Ok(())
        }))
    }
}

impl<'de> Object<'de> for MaterialLot<'de> {
    type Member = LotField;

    #[inline]
    fn member<A: MapAccess<'de>>(
        &mut self,
        member: LotField,
        map: &mut A,
        cx: &mut Context<'_>,
        at: &Place<'_>,
    ) -> Result<bool, A::Error> {
        let value = map.next_value_seed(NumberSeed)?;
        Ok(given(value, cx, at, |value| {
            match member {
                LotField::Lot => self.lot_id = field::id(value)?,
                LotField::Quantity => self.quantity = Some(field::amount(&value)?),
            }
            Ok(())
        }))
    }
}

/// Sets a field from a value that is not null.
#[inline]
fn given<'de>(
    value: Value<'de>,
    cx: &mut Context<'_>,
    at: &Place<'_>,
    set: impl FnOnce(Value<'de>) -> Result<(), Problem>,
) -> bool {
    if matches!(value, Value::Null) {
        return false;
    }
    cx.good(at, set(value));
    true
}

macro_rules! elements {
    ($($object:ident),+) => {$(
        impl<'de> Element<'de> for $object<'de> {
            #[inline]
            fn push<D: Deserializer<'de>>(
                list: &mut Vec<Self>,
                json: D,
                cx: &mut Context<'_>,
                at: &Place<'_>,
            ) -> Result<(), D::Error> {
                push_object(list, Self::blank(), json, cx, at)
            }
        }
    )+};
}
elements!(Item, Document, MaterialLot);
