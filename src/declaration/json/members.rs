//! What the members of declarations, items, documents and lots mean, and attributes, whose names and types the
//! policy declares.

use super::place::Place;
use super::reader::{Given, Reader};
use super::scan::Broken;
use crate::declaration::build::{DocumentField, HeaderField, ItemField, LotField, Members};
use crate::declaration::fault::FaultCode;
use crate::declaration::field::{self, Value};
use crate::declaration::model::{AttributeValue, Declaration, Document, Item, MaterialLot};
use crate::declaration::profile::AttributeNo;
use crate::limits::{MAX_DOCUMENTS, MAX_ITEMS, MAX_LOTS};

impl<'a> Reader<'a, '_> {
    /// Reads the whole declaration; the bits of the header fields that were read without a fault.
    pub(super) fn declaration(
        &mut self,
        declaration: &mut Declaration<'a>,
    ) -> Result<Option<u32>, Broken> {
        let mut good = 0;
        let given = self.object(&Place::Root, |reader, member, at| match member {
            HeaderField::Items => reader.list((1, MAX_ITEMS), at, |reader, at| {
                declaration.items.push(Item::blank());
                match declaration.items.last_mut() {
                    Some(item) => reader.item(item, at),
                    None => Ok(()),
                }
            }),
            HeaderField::Attributes => reader.attributes(&mut declaration.attributes, at),
            _ => match reader.json.value()? {
                Value::Null => Ok(false),
                value => {
                    let set = declaration.set(member, value, reader.profile);
                    if reader.good(at, set) {
                        good |= member.bit();
                    }
                    Ok(true)
                }
            },
        })?;
        Ok(given.then_some(good))
    }

    fn item(&mut self, item: &mut Item<'a>, at: &Place<'_>) -> Result<(), Broken> {
        let given = self.object(at, |reader, member, at| match member {
            ItemField::Documents => reader.list((0, MAX_DOCUMENTS), at, |reader, at| {
                let document = reader.document(at)?;
                item.documents.push(document);
                Ok(())
            }),
            ItemField::MaterialLots => reader.list((0, MAX_LOTS), at, |reader, at| {
                let lot = reader.lot(at)?;
                item.material_lots.push(lot);
                Ok(())
            }),
            ItemField::ProductLots => reader.list((0, MAX_LOTS), at, |reader, at| {
                let read = field::id(reader.json.value()?).map(|lot| item.product_lots.push(lot));
                reader.good(at, read);
                Ok(())
            }),
            ItemField::Attributes => reader.attributes(&mut item.attributes, at),
            _ => reader.value(at, |value| item.set(member, value)),
        })?;
        self.element(given, at);
        Ok(())
    }

    fn document(&mut self, at: &Place<'_>) -> Result<Document<'a>, Broken> {
        let mut document = Document::blank();
        let given = self.object(at, |reader, member, at| {
            reader.value(at, |value| {
                match member {
                    DocumentField::Kind => document.kind = field::id(value)?,
                    DocumentField::Number => document.number = Some(field::id(value)?),
                    DocumentField::Issuer => document.issuer = Some(field::id(value)?),
                    DocumentField::IssuedOn => document.issued_on = Some(field::day(value)?),
                    DocumentField::ExpiresOn => document.expires_on = Some(field::day(value)?),
                }
                Ok(())
            })
        })?;
        self.element(given, at);
        Ok(document)
    }

    fn lot(&mut self, at: &Place<'_>) -> Result<MaterialLot<'a>, Broken> {
        let mut lot = MaterialLot::blank();
        let given = self.object(at, |reader, member, at| {
            reader.value(at, |value| {
                match member {
                    LotField::Lot => lot.lot_id = field::id(value)?,
                    LotField::Quantity => lot.quantity = Some(field::amount(&value)?),
                }
                Ok(())
            })
        })?;
        self.element(given, at);
        Ok(lot)
    }

    /// An element of a list may not be null.
    fn element(&mut self, given: Given, at: &Place<'_>) {
        if !given {
            self.note(at, FaultCode::Type, "an object is expected, not null");
        }
    }

    /// Reads `attributes` into a list in order of their numbers.
    fn attributes(
        &mut self,
        into: &mut Vec<(AttributeNo, AttributeValue<'a>)>,
        at: &Place<'_>,
    ) -> Result<Given, Broken> {
        if !self.json.take(b'{') {
            return self.other("an object", at);
        }
        let mut without_value = Vec::new();
        let mut more = !self.json.take(b'}');
        while more {
            let name = self.json.name()?;
            let at = &Place::Member(at, &name);
            match self.profile.attributes.find(&name) {
                None => {
                    let detail = "the policy declares no attribute of that name";
                    self.note(at, FaultCode::UndeclaredAttribute, detail);
                    self.json.value()?;
                }
                Some((no, _))
                    if without_value.contains(&no) || into.iter().any(|(n, _)| *n == no) =>
                {
                    self.repeated(at)?;
                }
                Some((no, kind)) => {
                    let before = into.len();
                    self.value(at, |value| {
                        into.push((no, field::attribute(value, kind)?));
                        Ok(())
                    })?;
                    if into.len() == before {
                        without_value.push(no);
                    }
                }
            }
            more = self.more(b'}')?;
        }
        into.sort_unstable_by_key(|(no, _)| *no);
        Ok(true)
    }
}
