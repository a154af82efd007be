//! The canonical form of a declaration as JSON: members in the contract's order, absent ones left out, amounts as
//! decimal texts, codes normalised. Equal declarations have equal canonical bytes; reading them gives the same again.

use std::fmt::Display;

use super::object::{Object, display, string};
use crate::declaration::build::{
    DocumentField, HeaderField, ItemField, LotField, Members as Named,
};
use crate::declaration::model::{
    AttributeValue, Declaration, Document, Item, MaterialLot, PartyId, Text,
};
use crate::declaration::profile::{AttributeNo, Profile};

/// Writes the canonical form to the end of `out`, without a line end. The profile names the attributes.
pub fn write_json(declaration: &Declaration<'_>, profile: &Profile, out: &mut Vec<u8>) {
    let mut object = Members::open(out);
    object.text(HeaderField::Id, declaration.id.as_str());
    object.number(HeaderField::Version, declaration.version);
    object.text(HeaderField::Direction, declaration.direction.as_str());
    object.quoted(HeaderField::DeclaredAt, Some(declaration.declared_at));
    object.optional(HeaderField::Office, declaration.office.as_deref());
    object.optional(HeaderField::TradeMode, declaration.trade_mode.as_deref());
    object.quoted(HeaderField::Country, Some(declaration.country));
    object.text(HeaderField::Trader, declaration.trader.as_str());
    object.optional(
        HeaderField::Producer,
        declaration.producer.as_ref().map(PartyId::as_str),
    );
    object.optional(
        HeaderField::Declarant,
        declaration.declarant.as_ref().map(PartyId::as_str),
    );
    object.optional(
        HeaderField::Counterparty,
        declaration.counterparty.as_ref().map(PartyId::as_str),
    );
    object.optional(HeaderField::Project, declaration.project.as_deref());
    object.optional(
        HeaderField::TransportMode,
        declaration.transport_mode.as_deref(),
    );
    object.quoted(HeaderField::Currency, Some(declaration.currency));
    object.attributes(HeaderField::Attributes, &declaration.attributes, profile);
    object.list(HeaderField::Items, &declaration.items, |item, out| {
        write_item(item, profile, out);
    });
    object.close();
}

fn write_item(item: &Item<'_>, profile: &Profile, out: &mut Vec<u8>) {
    let mut object = Members::open(out);
    object.number(ItemField::ItemNo, item.item_no.into());
    object.quoted(ItemField::HsCode, Some(item.hs_code));
    object.optional(ItemField::ProductCode, item.product_code.as_deref());
    object.quoted(ItemField::Quantity, item.quantity);
    object.optional(ItemField::Unit, item.unit.as_deref());
    object.quoted(ItemField::NetMass, item.net_mass_kg);
    object.quoted(ItemField::Value, Some(item.value_declared));
    object.optional(ItemField::EndUse, item.end_use.as_deref());
    object.quoted(ItemField::Origin, item.origin);
    object.list(ItemField::Documents, &item.documents, write_document);
    object.list(ItemField::MaterialLots, &item.material_lots, write_lot);
    object.list(ItemField::ProductLots, &item.product_lots, write_lot_id);
    object.attributes(ItemField::Attributes, &item.attributes, profile);
    object.close();
}

fn write_document(document: &Document<'_>, out: &mut Vec<u8>) {
    let mut object = Members::open(out);
    object.text(DocumentField::Kind, &document.kind);
    object.optional(DocumentField::Number, document.number.as_deref());
    object.optional(DocumentField::Issuer, document.issuer.as_deref());
    object.quoted(DocumentField::IssuedOn, document.issued_on);
    object.quoted(DocumentField::ExpiresOn, document.expires_on);
    object.close();
}

fn write_lot(lot: &MaterialLot<'_>, out: &mut Vec<u8>) {
    let mut object = Members::open(out);
    object.text(LotField::Lot, &lot.lot_id);
    object.quoted(LotField::Quantity, lot.quantity);
    object.close();
}

fn write_lot_id(lot: &Text<'_>, out: &mut Vec<u8>) {
    string(lot, out);
}

// ----- writing -----

/// An object that is being written; what is absent is left out.
struct Members<'o>(Object<'o>);

impl<'o> Members<'o> {
    fn open(out: &'o mut Vec<u8>) -> Self {
        Self(Object::open(out))
    }

    fn close(self) {
        self.0.close();
    }

    fn text(&mut self, member: impl Named, text: &str) {
        self.0.text(member.name(), text);
    }

    fn optional(&mut self, member: impl Named, text: Option<&str>) {
        if let Some(text) = text {
            self.text(member, text);
        }
    }

    fn quoted(&mut self, member: impl Named, value: Option<impl Display>) {
        if let Some(value) = value {
            self.0.quoted(member.name(), value);
        }
    }

    fn number(&mut self, member: impl Named, number: u32) {
        self.0.number(member.name(), number);
    }

    fn list<T>(&mut self, member: impl Named, list: &[T], each: impl Fn(&T, &mut Vec<u8>)) {
        if !list.is_empty() {
            self.0.list(member.name(), list, each);
        }
    }

    fn attributes(
        &mut self,
        member: impl Named,
        list: &[(AttributeNo, AttributeValue<'_>)],
        profile: &Profile,
    ) {
        if list.is_empty() {
            return;
        }
        let mut object = Object::open(self.0.member(member.name()));
        for (no, value) in list {
            let Some((name, _)) = profile.attributes.get(*no) else {
                continue;
            };
            let out = object.foreign(name);
            match value {
                AttributeValue::Text(text) => string(text, out),
                AttributeValue::Int(number) => display(number, out),
                AttributeValue::Decimal(amount) => display(format_args!("\"{amount}\""), out),
            }
        }
        object.close();
    }
}
