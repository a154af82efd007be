//! Stocks under the oracle: lots of raw material, the samples of programmes, the slots of monitoring. How much others have
//! taken of each is drawn for a case, and both evaluators are told. What it means is the oracle's own, of the rows of
//! the registry as texts: who may take, how much, what is left for the next item, what a verdict lets stand.

use std::collections::BTreeMap;

use greenlane::declaration::{Day, MaterialLot, Role};
use greenlane::engine::{Facts, StockKey, Take, Value};
use greenlane::policy::schema::Fact;
use greenlane::policy::{Every, Monitor, PartyFact, Policy, Rule};

use super::obligations::text;
use super::pool::Dice;
use super::registry::RegistryPlan;
use super::seen::SeenTake;

/// An amount's units of one.
const ONE: i64 = 10_000;
/// Sorts of stocks, in order of the numbers that begin their keys.
const KINDS: [&str; 3] = ["lot", "slot", "programme"];

/// The stocks of a case.
pub(crate) struct Stocks<'c> {
    registry: &'c RegistryPlan,
    seed: u64,
}

/// One stock: its sort and what else tells it from others.
struct Stock {
    kind: &'static str,
    parts: Vec<Vec<u8>>,
}

/// What a declaration takes while its items are walked.
pub(crate) struct Taking<'c> {
    stocks: &'c Stocks<'c>,
    own: BTreeMap<u128, i64>,
    /// The takes of the item that is walked.
    item: Vec<SeenTake>,
}

impl Stock {
    fn lot(id: &str) -> Self {
        let parts = vec![id.as_bytes().to_vec()];
        Self { kind: "lot", parts }
    }

    fn programme(id: &str) -> Self {
        let parts = vec![id.as_bytes().to_vec()];
        Self {
            kind: "programme",
            parts,
        }
    }

    /// The slot of a rule for the parties and the period of a decision, and the day after that period.
    fn slot(book: &str, rule: &str, monitor: &Monitor, facts: &Facts<'_>) -> (Self, String) {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let mut part = |text: &str| parts.push(text.as_bytes().to_vec());
        part(book);
        part(rule);
        part(&match monitor.every {
            Every::Month => "month".to_owned(),
            Every::Quarter => "quarter".to_owned(),
            Every::Year => "year".to_owned(),
            Every::Days(count) => format!("P{count}D"),
        });
        for role in &monitor.per {
            part(role.as_str());
            part(&text(facts, Fact::Party(*role, PartyFact::Id)).unwrap());
        }
        let (number, ends) = period(monitor.every, day(facts, Fact::DecisionDay));
        parts.push(number.to_be_bytes().to_vec());
        let kind = "slot";
        (Self { kind, parts }, ends)
    }

    /// The first 128 bits of a hash over the sort's number and each part behind its length.
    fn key(&self) -> u128 {
        let kind = KINDS.iter().position(|kind| *kind == self.kind).unwrap();
        let mut bytes = vec![kind as u8];
        for part in &self.parts {
            bytes.extend((part.len() as u32).to_be_bytes());
            bytes.extend(part);
        }
        let hash = blake3::hash(&bytes);
        u128::from_be_bytes(hash.as_bytes()[..16].try_into().unwrap())
    }
}

/// The number of the period that a day lies in, and the first day after it.
fn period(every: Every, day: Day) -> (i32, String) {
    let date = day.to_string();
    let (year, month): (i32, i32) = (date[..4].parse().unwrap(), date[5..7].parse().unwrap());
    let months = match every {
        Every::Month => 1,
        Every::Quarter => 3,
        Every::Year => 12,
        Every::Days(count) => {
            let number = day.number().div_euclid(count as i32);
            let next = (number + 1) * count as i32;
            return (number, Day::from_number(next).to_string());
        }
    };
    let number = (year * 12 + month - 1) / months;
    let next = (number + 1) * months;
    (number, format!("{:04}-{:02}-01", next / 12, next % 12 + 1))
}

fn day(facts: &Facts<'_>, fact: Fact) -> Day {
    match facts.value(fact) {
        Value::Number(number) => Day::from_number(number as i32),
        other => panic!("{other:?} is no day"),
    }
}

impl<'c> Stocks<'c> {
    pub(crate) const fn new(registry: &'c RegistryPlan, seed: u64) -> Self {
        Self { registry, seed }
    }

    /// How much others have taken of a stock of which there was so much: nothing, all, half, or all but a little.
    fn others(&self, stock: &Stock, whole: i64) -> i64 {
        let mut dice = Dice::new(self.seed ^ stock.key() as u64);
        match dice.below(6) {
            0 => whole,
            1 => whole / 2,
            2 => whole - whole.min(5 * ONE),
            3 => whole - whole.min(2),
            _ => 0,
        }
    }

    /// What an evaluator is told before it decides a declaration.
    pub(crate) fn told(&self, policy: &Policy, facts: &Facts<'_>) -> Vec<Take> {
        let mut all = Vec::new();
        let mut tell = |stock: &Stock, whole: i64| {
            all.push(Take {
                key: StockKey(stock.key()),
                units: self.others(stock, whole),
            });
        };
        for lot in self.rows("lots") {
            tell(&Stock::lot(lot["lot_id"]), units(lot["quantity"]));
        }
        for programme in self.rows("programmes") {
            let stock = Stock::programme(programme["programme_id"]);
            tell(&stock, programme["samples"].parse().unwrap());
        }
        for book in &policy.books {
            for rule in &book.rules {
                if let Some(monitor) = &rule.then.monitor {
                    tell(&Stock::slot(&book.id, &rule.id, monitor, facts).0, 1);
                }
            }
        }
        all
    }

    /// The rows of a table, cell by column.
    fn rows(&self, name: &str) -> Vec<BTreeMap<&str, &str>> {
        let tables = self.registry.tables.iter();
        let mut rows = Vec::new();
        for table in tables.filter(|table| table.name == name) {
            for row in &table.rows {
                let cells = table.columns.iter().zip(row);
                rows.push(cells.map(|(name, cell)| (*name, cell.as_str())).collect());
            }
        }
        rows
    }
}

fn units(amount: &str) -> i64 {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}{part:0<4}").parse().unwrap()
}

/// Whether a row holds on a day.
fn holds(row: &BTreeMap<&str, &str>, day: &str) -> bool {
    row["from"] <= day && (row["to"].is_empty() || day < row["to"])
}

/// Whether a code lies within a scope of prefixes and ranges of prefixes; an empty one holds all goods.
fn is_in(scope: &str, hs: &str) -> bool {
    let one = |part: &str| match part.split_once('-') {
        None => hs.starts_with(part),
        Some((first, last)) => {
            let start = &hs[..first.len()];
            first <= start && start <= last
        }
    };
    scope.is_empty() || scope.split(';').any(one)
}

impl<'c> Taking<'c> {
    pub(crate) const fn new(stocks: &'c Stocks<'c>) -> Self {
        Self {
            stocks,
            own: BTreeMap::new(),
            item: Vec::new(),
        }
    }

    /// Whether all selectors of a rule that can run out select; what they take is noted then, and otherwise nothing.
    /// Whether the balance of a lot was short is told.
    pub(crate) fn selects(
        &mut self,
        (book, rule): (&str, &Rule),
        facts: &Facts<'_>,
        short: &mut bool,
    ) -> bool {
        let before = self.item.len();
        let monitored = match &rule.then.monitor {
            None => true,
            Some(monitor) => {
                let (slot, ends) = Stock::slot(book, &rule.id, monitor, facts);
                self.take(&slot, 1, 1, Some(ends))
            }
        };
        let all = monitored
            && (!rule.then.programme || self.samples(facts))
            && (!rule.then.write_off || self.writes_off(facts, short));
        if !all {
            self.give_back(before, |_| true);
        }
        all
    }

    /// What stands of the item's takes under its verdict: a write-off under a release alone, a sample under anything but
    /// a hold. The rest is there again for the items behind it.
    pub(crate) fn settle(&mut self, verdict: &str) -> Vec<SeenTake> {
        self.give_back(0, |take| match take.kind {
            "lot" => verdict != "release",
            _ => verdict == "hold",
        });
        std::mem::take(&mut self.item)
    }

    fn take(&mut self, stock: &Stock, units: i64, whole: i64, ends: Option<String>) -> bool {
        let key = stock.key();
        let own = self.own.entry(key).or_default();
        if whole - self.stocks.others(stock, whole) - *own < units {
            return false;
        }
        *own += units;
        self.item.push(SeenTake {
            kind: stock.kind,
            key,
            units,
            ends,
        });
        true
    }

    fn give_back(&mut self, from: usize, which: impl Fn(&SeenTake) -> bool) {
        let behind = self.item.split_off(from);
        for take in behind {
            if which(&take) {
                *self.own.entry(take.key).or_default() -= take.units;
            } else {
                self.item.push(take);
            }
        }
    }

    fn has(&self, kind: &str) -> bool {
        self.item.iter().any(|take| take.kind == kind)
    }

    /// A sample of the first programme, in order of their ids, that names the goods and the enterprise, or a zone of
    /// which it is a member, and has one left; of an item one sample is enough for all books.
    fn samples(&mut self, facts: &Facts<'_>) -> bool {
        if self.has("programme") {
            return true;
        }
        let enterprise = text(facts, Fact::Party(Role::Enterprise, PartyFact::Id)).unwrap();
        let hs = text(facts, Fact::ItemHs).unwrap();
        let day = day(facts, Fact::DecisionDay).to_string();
        let mut programmes = self.stocks.rows("programmes");
        programmes.sort_by_key(|row| row["programme_id"]);
        programmes.retain(|row| holds(row, &day) && is_in(row["hs_scope"], &hs));
        programmes.retain(|row| {
            let (zone, named) = (row["zone_id"], row["enterprises"]);
            let anyone = zone.is_empty() && named.is_empty();
            let member = !zone.is_empty() && self.is_member(&enterprise, zone, &day);
            anyone || member || named.split(';').any(|id| id == enterprise)
        });
        let open = facts.value(Fact::ProgrammeOpen) == Value::Bool(true);
        assert_eq!(open, !programmes.is_empty(), "programme.open");
        programmes.iter().any(|row| {
            let samples = row["samples"].parse().unwrap();
            self.take(&Stock::programme(row["programme_id"]), 1, samples, None)
        })
    }

    /// Whether an enterprise is an announced member of a zone on a day: the zone stands, and has not ended since.
    fn is_member(&self, enterprise: &str, zone: &str, day: &str) -> bool {
        let mut terms = self.stocks.rows("zones");
        terms.retain(|row| row["zone_id"] == zone);
        let stands = terms.iter().any(|row| holds(row, day));
        let goes_on = |end: &str| terms.iter().any(|row| row["from"] == end);
        let ends: Vec<&str> = terms
            .iter()
            .map(|row| row["to"])
            .filter(|end| !end.is_empty() && *end <= day && !goes_on(end))
            .collect();
        let memberships = self.stocks.rows("memberships");
        let mut own = memberships.iter().filter(|row| {
            row["zone_id"] == zone && row["enterprise_id"] == enterprise && holds(row, day)
        });
        stands
            && own.any(|row| {
                let since = |end: &&str| *end > row["from"];
                row["state"] == "announced" && !ends.iter().any(since)
            })
    }

    /// What the item uses of every lot that it cites: the enterprise's own and in force on the declaration's day; so much
    /// as is cited, else what the norm of the material asks for, rounded up.
    fn writes_off(&mut self, facts: &Facts<'_>, short: &mut bool) -> bool {
        if self.has("lot") {
            return true;
        }
        let cited = &facts.item.item.material_lots;
        for cited in cited {
            let Some((whole, units)) = self.used(cited, facts) else {
                return false;
            };
            if !self.take(&Stock::lot(&cited.lot_id), units, whole, None) {
                *short = true;
                return false;
            }
        }
        !cited.is_empty()
    }

    fn used(&self, cited: &MaterialLot<'_>, facts: &Facts<'_>) -> Option<(i64, i64)> {
        let enterprise = text(facts, Fact::Party(Role::Enterprise, PartyFact::Id)).unwrap();
        let hs = text(facts, Fact::ItemHs).unwrap();
        let day = day(facts, Fact::DeclarationDay).to_string();
        let lots = self.stocks.rows("lots");
        let lot = lots.iter().find(|row| row["lot_id"] == cited.lot_id)?;
        if lot["enterprise_id"] != enterprise || !holds(lot, &day) {
            return None;
        }
        let whole = units(lot["quantity"]);
        if let Some(quantity) = cited.quantity {
            return Some((whole, quantity.units()));
        }
        let norms = self.stocks.rows("consumption_norms");
        let norms = norms.iter().filter(|row| {
            let same = row["material"] == lot["material"] && row["unit"] == lot["unit"];
            same && holds(row, &day) && is_in(row["hs_scope"], &hs)
        });
        let most = norms.map(|row| units(row["per_unit_min"])).max()?;
        let goods = facts.item.item.quantity?.units();
        let needed = i128::from(most) * i128::from(goods);
        let rounded = (needed + i128::from(ONE) - 1) / i128::from(ONE);
        Some((whole, rounded as i64))
    }
}

#[test]
fn the_keys_of_lots_and_programmes_are_the_engines() {
    assert_eq!(StockKey(Stock::lot("M1").key()), StockKey::of_lot("M1"));
    let programme = Stock::programme("P1").key();
    assert_eq!(StockKey(programme), StockKey::of_programme("P1"));
}
