//! Declarations as lines of JSON, each from seed and number alone. Few enterprises file most of them, mostly of
//! their main goods; one in a hundred names a party that the registry doesn't know. All are valid.

use super::nomenclature::{Direction, HeadingNo};
use super::party::{Kind, PartyIndex};
use super::place::{COUNTRIES, TRADE_MODES, TRANSPORT_MODES};
use super::random::{Purpose, Random};
use super::registry::{DOCUMENTS, PROJECTS};
use super::text::{push_hundredths, push_number};
use super::world::{DAYS, World};

const EXPORT_SHARE: u64 = 6_000;
const UNKNOWN_SHARE: u64 = 100;
const AGENT_SHARE: u64 = 5_500;
const MAIN_GOODS_SHARE: u64 = 6_500;
const DOCUMENT_SHARE: u64 = 3_000;
/// Weeks before the declaration in which its documents were issued.
const DOCUMENT_AGE_DAYS: u64 = 60;

/// The parties of a declaration.
struct Parties {
    trader: PartyIndex,
    producer: Option<PartyIndex>,
    declarant: Option<PartyIndex>,
    counterparty: Option<PartyIndex>,
}

/// What its items share.
struct Header {
    direction: Direction,
    country: &'static str,
    day: u64,
    goods: HeadingNo,
    /// Hundredths of the base currency for one unit of the declared one.
    rate: u64,
}

/// Appends the declaration of a number and a line end.
pub(super) fn push(world: &World, number: u64, out: &mut Vec<u8>) {
    let mut random = Random::new(world.seed, Purpose::Declaration, number);
    let direction = if random.chance(EXPORT_SHARE) {
        Direction::Export
    } else {
        Direction::Import
    };
    let parties = Parties::new(&mut random, world, direction);
    let accountable = parties.producer.unwrap_or(parties.trader).party(world);
    let at_home = random.chance(6_000);
    let office = if at_home {
        world.places.office_of(accountable.bureau, &mut random)
    } else {
        world.places.busy_office(&mut random)
    };
    let (currency, rate) =
        random.weighted(&[(("CNY", 100), 70), (("USD", 620), 24), (("EUR", 750), 6)]);
    let header = Header {
        direction,
        country: random.pick_early(COUNTRIES),
        day: random.below(DAYS),
        goods: accountable.goods,
        rate,
    };
    let day = world.day(header.day);
    open(out, &mut random, (number, direction), day, &office.id());
    member(out, "trade_mode", random.weighted(TRADE_MODES));
    member(out, "country", header.country);
    parties.push(out, world);
    if random.chance(50) {
        out.extend_from_slice(b",\"project_id\":\"PROJECT-");
        push_number(out, random.below(PROJECTS), 3);
        out.push(b'"');
    }
    member(out, "transport_mode", random.weighted(TRANSPORT_MODES));
    if rate != 100 {
        member(out, "currency", currency);
    }
    out.extend_from_slice(b",\"items\":[");
    for item_no in 1..=item_count(&mut random) {
        if item_no > 1 {
            out.push(b',');
        }
        push_item(out, &mut random, world, &header, item_no);
    }
    out.extend_from_slice(b"]}\n");
}

fn item_count(random: &mut Random) -> u64 {
    match random.below(1_000) {
        0 => 50,
        1..20 => random.within(6, 20),
        20..220 => random.within(2, 5),
        _ => 1,
    }
}

/// Appends the members from the id to the office.
fn open(
    out: &mut Vec<u8>,
    random: &mut Random,
    (number, direction): (u64, Direction),
    day: &str,
    office: &str,
) {
    out.extend_from_slice(b"{\"declaration_id\":\"");
    out.extend_from_slice(office.as_bytes());
    out.extend_from_slice(day.get(..4).unwrap_or_default().as_bytes());
    push_number(out, number, 10);
    out.extend_from_slice(b"\",\"version\":1");
    member(out, "direction", direction.as_str());
    out.extend_from_slice(b",\"declared_at\":\"");
    out.extend_from_slice(day.as_bytes());
    out.push(b'T');
    push_number(out, 8 + random.rank(11), 2);
    out.push(b':');
    push_number(out, random.below(60), 2);
    out.push(b':');
    push_number(out, random.below(60), 2);
    out.extend_from_slice(b"+08:00\"");
    member(out, "office", office);
}

fn member(out: &mut Vec<u8>, name: &str, text: &str) {
    for part in [",\"", name, "\":\"", text, "\""] {
        out.extend_from_slice(part.as_bytes());
    }
}

impl Parties {
    fn new(random: &mut Random, world: &World, direction: Direction) -> Self {
        let trader = PartyIndex::trader(random, world);
        let trades_for_others = trader.kind() == Kind::Trader && direction == Direction::Export;
        let mut parties = Self {
            trader,
            producer: (trades_for_others && random.chance(8_000))
                .then(|| PartyIndex::producer(random, world)),
            declarant: random
                .chance(AGENT_SHARE)
                .then(|| PartyIndex::agent(random, world)),
            counterparty: random
                .chance(6_000)
                .then(|| PartyIndex::foreign(random, world)),
        };
        if random.chance(UNKNOWN_SHARE) {
            let stranger = PartyIndex::unknown(random, world);
            match (
                random.below(5),
                &mut parties.producer,
                &mut parties.declarant,
            ) {
                (0, Some(producer), _) => *producer = stranger,
                (1, _, Some(declarant)) => *declarant = stranger,
                _ => parties.trader = stranger,
            }
        }
        parties
    }

    fn push(&self, out: &mut Vec<u8>, world: &World) {
        let roles = [
            ("trader_id", Some(self.trader)),
            ("producer_id", self.producer),
            ("declarant_id", self.declarant),
            ("counterparty_id", self.counterparty),
        ];
        for (name, party) in roles {
            if let Some(party) = party {
                for part in [",\"", name, "\":\""] {
                    out.extend_from_slice(part.as_bytes());
                }
                party.push_id(out, world);
                out.push(b'"');
            }
        }
    }
}

fn push_item(out: &mut Vec<u8>, random: &mut Random, world: &World, header: &Header, item_no: u64) {
    let goods = if random.chance(MAIN_GOODS_SHARE) {
        header.goods
    } else {
        world.nomenclature.traded(random, header.direction)
    };
    let heading = world.nomenclature.heading(goods);
    let price = random.spread(heading.price, 8) * 100 / header.rate;
    let quantity = random.spread(400, 25);
    let grams = random.spread(1 + heading.price / 5, 15);
    let origin = match header.direction {
        Direction::Export => "CN",
        Direction::Import if random.chance(8_500) => header.country,
        Direction::Import => random.pick_early(COUNTRIES),
    };
    out.extend_from_slice(b"{\"item_no\":");
    push_number(out, item_no, 1);
    out.extend_from_slice(b",\"hs_code\":\"");
    push_number(out, heading.traded(random), 10);
    out.extend_from_slice(b"\",\"quantity\":\"");
    push_number(out, quantity, 1);
    out.extend_from_slice(b"\",\"unit\":\"PCE\",\"net_mass_kg\":\"");
    push_hundredths(out, quantity * grams / 10);
    out.extend_from_slice(b"\",\"value\":\"");
    push_hundredths(out, price.max(1) * quantity);
    out.push(b'"');
    member(out, "origin", origin);
    if random.chance(3_000) {
        member(
            out,
            "end_use",
            random.pick_early(&["sale", "raw_material", "own_use", "parts", "repair"]),
        );
    }
    if random.chance(DOCUMENT_SHARE) {
        push_documents(out, random, world, header.day);
    }
    out.push(b'}');
}

fn push_documents(out: &mut Vec<u8>, random: &mut Random, world: &World, day: u64) {
    out.extend_from_slice(b",\"documents\":[");
    let first = random.rank(DOCUMENTS.len() as u64);
    let second = random.chance(3_000).then(|| first + 1);
    for (at, kind) in std::iter::once(first).chain(second).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let kind = DOCUMENTS.get(kind as usize).copied().unwrap_or("invoice");
        out.extend_from_slice(b"{\"kind\":\"");
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(b"\",\"number\":\"D-");
        push_number(out, random.below(10_000_000), 7);
        out.push(b'"');
        let issued = day.saturating_sub(random.below(DOCUMENT_AGE_DAYS));
        member(out, "issued_on", world.day(issued));
        out.push(b'}');
    }
    out.push(b']');
}
