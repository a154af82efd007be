//! Declarations under construction: the fields by name, how each is set from a value, and what can only be checked
//! once all are there (rate, sum, order of the items). JSON and tables share it.
//! A blank declaration is not valid yet; it never leaves this module's readers unless no fault was noted.

#![expect(
    clippy::inline_always,
    reason = "a value handed over in memory stalls the reader at every field"
)]

use std::borrow::Cow;

use super::amount::Amount;
use super::country::Country;
use super::currency::{Currency, CurrencyTable, ExchangeRate};
use super::day::Moment;
use super::fault::{FaultCode, Faults};
use super::field::{self, Problem, Value};
use super::hs::HsCode;
use super::model::{
    Declaration, DeclarationId, Direction, Document, Item, MaterialLot, PartyId, Text,
};
use super::profile::Profile;
use crate::limits::MAX_ITEMS;

/// The members of an object, by number and name.
pub(super) trait Members: Copy + PartialEq + 'static {
    /// Each member with its name, in the contract's order; at most 32, each at the place of its number.
    const ALL: &'static [(&'static str, Self)];
    /// The names of [`Self::ALL`] as words.
    const WORDS: &'static [NameWord];
    /// A bit for each that must be there.
    const REQUIRED: u32;

    /// The number of a member.
    fn number(self) -> u32;

    /// The member's bit in a set of members.
    fn bit(self) -> u32 {
        1 << self.number()
    }

    /// The name.
    fn name(self) -> &'static str {
        Self::ALL.get(self.number() as usize).map_or("", |m| m.0)
    }
}

/// A name of at most 15 bytes and its closing quote as words, so that a text is compared with it without a loop.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameWord {
    word: [u64; 2],
    /// The bits that count.
    mask: [u64; 2],
}

impl NameWord {
    #[expect(
        clippy::indexing_slicing,
        reason = "evaluated by the compiler, which refuses a bad index"
    )]
    const fn new(name: &str) -> Self {
        let bytes = name.as_bytes();
        let (mut word, mut mask) = ([0; 2], [0; 2]);
        let mut at = 0;
        while at <= bytes.len() {
            let byte = if at < bytes.len() { bytes[at] } else { b'"' };
            word[at / 8] |= (byte as u64) << (at % 8 * 8);
            mask[at / 8] |= 0xff << (at % 8 * 8);
            at += 1;
        }
        Self { word, mask }
    }

    /// Whether the bytes ahead begin with it.
    #[inline(always)]
    pub(super) fn begins(&self, ahead: [u64; 2]) -> bool {
        let ([low, high], [low_mask, high_mask]) = (self.word, self.mask);
        let [ahead_low, ahead_high] = ahead;
        ((ahead_low ^ low) & low_mask) | ((ahead_high ^ high) & high_mask) == 0
    }
}

macro_rules! members {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident = $name:literal),+ $(,)? } required { $($must:ident),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $kind { $($variant),+ }

        impl Members for $kind {
            const ALL: &'static [(&'static str, Self)] = &[$(($name, Self::$variant)),+];
            const WORDS: &'static [NameWord] = &[$(NameWord::new($name)),+];
            const REQUIRED: u32 = 0 $(| 1 << Self::$must as u32)*;

            fn number(self) -> u32 {
                self as u32
            }
        }
    };
}

members! {
    /// The members of a declaration.
    HeaderField {
        Id = "declaration_id", Version = "version", Direction = "direction", DeclaredAt = "declared_at",
        Office = "office", TradeMode = "trade_mode", Country = "country", Trader = "trader_id",
        Producer = "producer_id", Declarant = "declarant_id", Counterparty = "counterparty_id",
        Project = "project_id", TransportMode = "transport_mode", Currency = "currency",
        Attributes = "attributes", Items = "items",
    } required { Id, Version, Direction, DeclaredAt, Country, Trader, Items }
}

members! {
    /// The members of an item.
    ItemField {
        ItemNo = "item_no", HsCode = "hs_code", ProductCode = "product_code", Quantity = "quantity",
        Unit = "unit", NetMass = "net_mass_kg", Value = "value", EndUse = "end_use", Origin = "origin",
        Documents = "documents", MaterialLots = "material_lots", ProductLots = "product_lots",
        Attributes = "attributes",
    } required { ItemNo, HsCode, Value }
}

members! {
    /// The members of a document.
    DocumentField {
        Kind = "kind", Number = "number", Issuer = "issuer_id", IssuedOn = "issued_on", ExpiresOn = "expires_on",
    } required { Kind }
}

members! {
    /// The members of a raw-material lot.
    LotField { Lot = "lot_id", Quantity = "quantity" } required { Lot }
}

// ----- blank -----

impl Declaration<'_> {
    pub(super) fn blank(base_currency: Currency) -> Self {
        let declared_at = Moment::from_micros(0);
        Self {
            id: DeclarationId(Cow::Borrowed("")),
            version: 0,
            direction: Direction::Export,
            declared_at,
            day: super::Day::from_number(0),
            office: None,
            trade_mode: None,
            transport_mode: None,
            country: Country::BLANK,
            trader: PartyId(Cow::Borrowed("")),
            producer: None,
            declarant: None,
            counterparty: None,
            project: None,
            currency: base_currency,
            exchange_rate: ExchangeRate::ONE,
            value: Amount::ZERO,
            attributes: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl Item<'_> {
    pub(super) const fn blank() -> Self {
        Self {
            item_no: 0,
            hs_code: HsCode::BLANK,
            product_code: None,
            quantity: None,
            unit: None,
            net_mass_kg: None,
            value_declared: Amount::ZERO,
            value: Amount::ZERO,
            end_use: None,
            origin: None,
            documents: Vec::new(),
            material_lots: Vec::new(),
            product_lots: Vec::new(),
            attributes: Vec::new(),
        }
    }
}

impl Document<'_> {
    pub(super) const fn blank() -> Self {
        Self {
            kind: Text::Borrowed(""),
            number: None,
            issuer: None,
            issued_on: None,
            expires_on: None,
        }
    }
}

impl MaterialLot<'_> {
    pub(super) const fn blank() -> Self {
        Self {
            lot_id: Text::Borrowed(""),
            quantity: None,
        }
    }
}

// ----- setting one field -----

impl<'a> Declaration<'a> {
    /// Sets a field from a value that is not null; `attributes` and `items` are not values.
    #[inline(always)]
    pub(super) fn set(
        &mut self,
        field: HeaderField,
        value: Value<'a>,
        profile: &Profile,
    ) -> Result<(), Problem> {
        let party = |value| field::domestic_party(value, &profile.party_ids).map(PartyId);
        match field {
            HeaderField::Id => self.id = DeclarationId(field::id(value)?),
            HeaderField::Version => {
                self.version = field::whole(&value, 1, u32::MAX.into())? as u32;
            }
            HeaderField::Direction => self.direction = field::direction(value)?,
            HeaderField::DeclaredAt => {
                self.declared_at = field::moment(value)?;
                self.day = self.declared_at.day(profile.zone);
            }
            HeaderField::Office => self.office = Some(field::id(value)?),
            HeaderField::TradeMode => self.trade_mode = Some(field::trade_mode(value)?),
            HeaderField::Country => self.country = field::country(value)?,
            HeaderField::Trader => self.trader = party(value)?,
            HeaderField::Producer => self.producer = Some(party(value)?),
            HeaderField::Declarant => self.declarant = Some(party(value)?),
            HeaderField::Counterparty => self.counterparty = Some(PartyId(field::id(value)?)),
            HeaderField::Project => self.project = Some(field::id(value)?),
            HeaderField::TransportMode => self.transport_mode = Some(field::id(value)?),
            HeaderField::Currency => self.currency = field::currency(value)?,
            HeaderField::Attributes | HeaderField::Items => {}
        }
        Ok(())
    }
}

impl<'a> Item<'a> {
    /// Sets a field from a value that is not null; lists and attributes are not values.
    #[inline(always)]
    pub(super) fn set(&mut self, field: ItemField, value: Value<'a>) -> Result<(), Problem> {
        match field {
            ItemField::ItemNo => self.item_no = field::whole(&value, 1, MAX_ITEMS as i64)? as u16,
            ItemField::HsCode => self.hs_code = field::hs_code(value)?,
            ItemField::ProductCode => self.product_code = Some(field::id(value)?),
            ItemField::Quantity => self.quantity = Some(field::amount(&value)?),
            ItemField::Unit => self.unit = Some(field::id(value)?),
            ItemField::NetMass => self.net_mass_kg = Some(field::amount(&value)?),
            ItemField::Value => self.value_declared = field::amount(&value)?,
            ItemField::EndUse => self.end_use = Some(field::id(value)?),
            ItemField::Origin => self.origin = Some(field::country(value)?),
            ItemField::Documents
            | ItemField::MaterialLots
            | ItemField::ProductLots
            | ItemField::Attributes => {}
        }
        Ok(())
    }
}

// ----- closing -----

/// Writes places for faults that are found once everything is read; the item is counted from 0 as it arrived.
pub(super) trait Places {
    /// A header field.
    fn header(&self, field: HeaderField) -> String;
    /// A field of an item.
    fn item(&self, index: usize, field: ItemField) -> String;
}

impl Declaration<'_> {
    /// Converts the values, adds them up and puts the items in order. `good` holds the header fields that were read.
    #[inline]
    pub(super) fn close(
        &mut self,
        good: u32,
        (profile, currencies): (&Profile, &CurrencyTable),
        places: &impl Places,
        faults: &mut Faults,
    ) {
        let dated = good & HeaderField::DeclaredAt.bit() != 0;
        let rate = if self.currency == profile.base_currency {
            Some(ExchangeRate::ONE)
        } else if dated {
            currencies.rate(self.currency, self.day)
        } else {
            Some(ExchangeRate::ONE)
        };
        match rate {
            Some(rate) => {
                self.exchange_rate = rate;
                self.convert(places, faults);
            }
            None => faults.push(
                places.header(HeaderField::Currency),
                FaultCode::NoRate,
                format!("no rate of `{}` on {}", self.currency, self.day),
            ),
        }
        if !self.items.is_sorted_by(|a, b| a.item_no < b.item_no) {
            self.note_repeated_items(places, faults);
            self.items.sort_by_key(|item| item.item_no);
        }
    }

    fn convert(&mut self, places: &impl Places, faults: &mut Faults) {
        let mut sum = Some(Amount::ZERO);
        for (index, item) in self.items.iter_mut().enumerate() {
            match self.exchange_rate.convert(item.value_declared) {
                Some(value) => {
                    item.value = value;
                    sum = sum.and_then(|sum| sum.checked_add(value));
                }
                None => faults.push(
                    places.item(index, ItemField::Value),
                    FaultCode::Range,
                    "beyond 900000000000000 in the base currency",
                ),
            }
        }
        match sum {
            Some(sum) => self.value = sum,
            None => faults.push(
                places.header(HeaderField::Items),
                FaultCode::Range,
                "the sum of the values is beyond 900000000000000",
            ),
        }
    }

    #[cold]
    fn note_repeated_items(&self, places: &impl Places, faults: &mut Faults) {
        let numbers = self.items.iter().map(|item| item.item_no);
        let mut order: Vec<(u16, usize)> = numbers.zip(0..).filter(|(no, _)| *no > 0).collect();
        order.sort_unstable();
        for pair in order.windows(2) {
            if let [(first, _), (second, index)] = pair
                && first == second
            {
                let place = places.item(*index, ItemField::ItemNo);
                faults.push(
                    place,
                    FaultCode::Format,
                    format!("item number {second} is there already"),
                );
            }
        }
    }
}
