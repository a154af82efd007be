//! What can run out, reckoned in the plainest way: of a stock there is left what there was, less what every other
//! declaration has taken and what this one has taken so far.

use greenlane::engine::StockKey;
use greenlane::supervision::{Ledger, digest};

use super::machine::Machine;
use super::step::Day;
use super::verdict::day_of;

/// Lots of raw material: whose they are, and how much there was.
pub(crate) const LOTS: [(&str, &str, i64); 3] =
    [("L1", "T1", 30), ("L2", "T1", 12), ("L3", "T2", 30)];
/// Supervision programmes: whom they name, and how many samples they take.
pub(crate) const PROGRAMMES: [(&str, &[&str], i64); 3] = [
    ("P1", &["T1", "T2"], 4),
    ("P2", &["T2", "T3"], 4),
    ("P3", &["T1"], 3),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stock {
    Lot(&'static str),
    /// The one sample of a month and a trader.
    Slot(i32, &'static str),
    Programme(&'static str),
}

impl Stock {
    /// Material is counted in units of 1/10,000, samples one by one.
    const fn unit(self) -> i64 {
        match self {
            Self::Lot(_) => 10_000,
            Self::Slot(..) | Self::Programme(_) => 1,
        }
    }

    fn whole(self) -> i64 {
        match self {
            Self::Lot(id) => LOTS.iter().find(|lot| lot.0 == id).map_or(0, |lot| lot.2),
            Self::Slot(..) => 1,
            Self::Programme(id) => {
                let mut all = PROGRAMMES.iter();
                all.find(|known| known.0 == id).map_or(0, |known| known.2)
            }
        }
    }
}

/// What is taken of stocks.
pub(crate) type Takes = Vec<(Stock, i64)>;

/// Why material is not written off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotWrittenOff {
    /// No lot is cited, or one is not the trader's.
    NoLot,
    /// A balance is short.
    Short,
}

/// The stocks as one declaration finds them.
#[derive(Debug)]
pub(crate) struct Stocks {
    /// What others have taken.
    pub(crate) others: Takes,
    /// What the declaration takes, by item.
    pub(crate) own: Vec<(u16, Stock, i64)>,
    pub(crate) trader: &'static str,
    pub(crate) month: i32,
    /// Whether what is sampled is written off all the same: a flaw.
    pub(crate) samples_too: bool,
}

impl Stocks {
    fn left(&self, stock: Stock) -> i64 {
        let others = self.others.iter().filter(|(known, _)| *known == stock);
        let own = self.own.iter().filter(|(_, known, _)| *known == stock);
        let taken = others
            .map(|(_, units)| units)
            .chain(own.map(|(.., units)| units));
        stock.whole() - taken.sum::<i64>()
    }

    fn take(&mut self, item: u16, stock: Stock, units: i64) -> bool {
        let enough = self.left(stock) >= units;
        if enough {
            self.own.push((item, stock, units));
        }
        enough
    }

    /// Takes the slot of the month.
    pub(crate) fn watch(&mut self, item: u16) -> bool {
        self.take(item, Stock::Slot(self.month, self.trader), 1)
    }

    /// Takes a sample of a programme that names the trader.
    pub(crate) fn survey(&mut self, item: u16) -> bool {
        let trader = self.trader;
        let mine = PROGRAMMES.iter().filter(|known| known.1.contains(&trader));
        let ids: Vec<_> = mine.map(|known| known.0).collect();
        ids.into_iter()
            .any(|id| self.take(item, Stock::Programme(id), 1))
    }

    /// Takes what an item uses of lots, all or nothing.
    pub(crate) fn write_off(
        &mut self,
        item: u16,
        lots: &[(&'static str, i64)],
    ) -> Result<(), NotWrittenOff> {
        let before = self.own.len();
        let mut done = if lots.is_empty() {
            Err(NotWrittenOff::NoLot)
        } else {
            Ok(())
        };
        for (id, units) in lots {
            let mine = LOTS.iter().any(|lot| lot.0 == *id && lot.1 == self.trader);
            done = match mine {
                false => Err(NotWrittenOff::NoLot),
                true if self.take(item, Stock::Lot(id), *units) => Ok(()),
                true => Err(NotWrittenOff::Short),
            };
            if done.is_err() {
                self.own.truncate(before);
                break;
            }
        }
        done
    }

    /// An item is sampled: nothing is written off.
    pub(crate) fn sampled(&mut self, item: u16) {
        if !self.samples_too {
            let lot = |stock: &Stock| matches!(stock, Stock::Lot(_));
            self.own.retain(|(of, stock, _)| *of != item || !lot(stock));
        }
    }

    /// An item is held: it takes nothing.
    pub(crate) fn held(&mut self, item: u16) {
        self.own.retain(|(of, ..)| *of != item);
    }

    /// The item that takes the slot of a month, if any does.
    pub(crate) fn awaited(&self) -> Option<(u16, i32)> {
        let mut own = self.own.iter();
        own.find_map(|(item, stock, _)| match stock {
            Stock::Slot(month, _) => Some((*item, *month)),
            _ => None,
        })
    }

    /// What is taken of each stock.
    pub(crate) fn takes(&self) -> Takes {
        let mut stocks: Vec<Stock> = self.own.iter().map(|(_, stock, _)| *stock).collect();
        stocks.sort_unstable();
        stocks.dedup();
        let sum = |stock: Stock| {
            let own = self.own.iter().filter(|(_, known, _)| *known == stock);
            own.map(|(.., units)| units).sum::<i64>()
        };
        let all = stocks.into_iter().map(|stock| (stock, sum(stock)));
        all.filter(|(_, units)| *units != 0).collect()
    }
}

/// The calendar month of a day.
pub(crate) fn month(day: Day) -> i32 {
    let text = greenlane::declaration::Day::from_number(day).to_string();
    let (year, rest) = text.split_once('-').unwrap();
    year.parse::<i32>().unwrap() * 12 + rest[..2].parse::<i32>().unwrap()
}

/// The first day after a month.
fn end(month: i32) -> Day {
    let (year, next) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let text = match month.rem_euclid(12) {
        0 => format!("{year:04}-01-01"),
        _ => format!("{year:04}-{next:02}-01"),
    };
    greenlane::declaration::Day::parse(&text).map_or(0, greenlane::declaration::Day::number)
}

/// Whether those slots are overdue whose month has ended without a result, at most ninety days ago.
pub(crate) fn same_overdue(ledger: &Ledger, machine: &Machine) -> Result<(), String> {
    let today = ledger.today.number();
    let lives = machine.lives.iter();
    let awaited = lives.filter_map(|(id, life)| Some((id, life.awaited?)));
    let over = awaited.filter(|(_, (_, month))| (0..90).contains(&(today - end(*month))));
    let mut expected: Vec<_> = over
        .map(|(id, (item, month))| (digest(id.as_bytes()), item, end(month)))
        .collect();
    let parts = 0..Ledger::parts();
    let found = parts.flat_map(|part| ledger.tables().overdue(part, ledger.today));
    let mut found: Vec<_> = found
        .map(|slot| (slot.key, slot.item_no, slot.ends.number()))
        .collect();
    expected.sort_unstable();
    found.sort_unstable();
    match found == expected {
        true => Ok(()),
        false => Err(format!("overdue are {found:?}, not {expected:?}")),
    }
}

/// How many months' samples have no result when the month has ended, up to the last record.
pub(crate) fn unmonitored(machine: &Machine) -> u64 {
    let today = day_of(machine.last_at);
    let awaited = machine.lives.values().filter_map(|life| life.awaited);
    awaited.filter(|(_, month)| end(*month) <= today).count() as u64
}

/// Whether of every stock as much is taken as all declarations together have taken, and no more than there was.
pub(crate) fn same_stocks(ledger: &Ledger, machine: &Machine) -> Result<(), String> {
    let lots = LOTS.map(|(id, _, whole)| (Stock::Lot(id), StockKey::of_lot(id), whole));
    let programmes =
        PROGRAMMES.map(|(id, _, whole)| (Stock::Programme(id), StockKey::of_programme(id), whole));
    for (stock, key, whole) in lots.into_iter().chain(programmes) {
        let lives = machine.lives.values().flat_map(|life| &life.takes);
        let own = lives.filter(|(known, _)| *known == stock);
        let unit = stock.unit();
        let expected = unit * own.map(|(_, units)| units).sum::<i64>();
        let taken = ledger.stocks().taken(key);
        if taken != expected || !(0..=unit * whole).contains(&taken) {
            return Err(format!("{taken} is taken of {stock:?}, not {expected}"));
        }
    }
    for (id, life) in &machine.lives {
        let key = digest(id.as_bytes());
        // What is let go knows of its takes no more, nor does it say that it took nothing.
        if ledger.let_go(key).is_none() {
            let known = ledger.taken_by(key);
            let known: Vec<i64> = known.iter().map(|take| take.units).collect();
            let own = life.takes.iter().map(|(stock, units)| units * stock.unit());
            let mut pair = [known, own.collect()];
            pair.iter_mut().for_each(|units| units.sort_unstable());
            if pair[0] != pair[1] {
                return Err(format!("{id} has taken {:?}, not {:?}", pair[0], pair[1]));
            }
        }
    }
    Ok(())
}
