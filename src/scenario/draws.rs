//! Draws as a scenario says them. A case has them as they stand; through the desk they come of the day's key, so a
//! declaration gets an id that draws the same: every rate that a rule may have selects with both or with neither.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::engine::{DrawKey, Draws, FixedDraw, Rate};
use crate::policy::{ParameterValue, Policy, RANDOM_BOOK, RateExpr, RateFactor, TOP_UP_BOOK};

/// The draw where a scenario says none: only a rate of 1 selects.
const UNSELECTED: &str = "0.9999999";
/// Chances of a top-up, in units of 1/10,000, with which a declaration's draw does what the scenario's does: any that a
/// short story comes to, but for those that are nearly nothing or nearly sure.
const TOP_UP_CHANCES: [u64; 2] = [10, 9_900];
/// Ids that are tried.
const TRIES: u32 = 4_000_000;

/// Draws as they are written, each from 0 to below 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Draw {
    /// The same in every book.
    All(String),
    /// By the ids of books, `random` and `top_up` among them; in the others only a rate of 1 selects.
    Books(BTreeMap<String, String>),
}

/// Draws as a policy's books have them.
#[derive(Debug)]
pub(super) struct Drawn {
    others: FixedDraw,
    books: BTreeMap<String, FixedDraw>,
}

impl Drawn {
    /// What is written, or the draw that selects nothing.
    pub(super) fn read(draw: Option<&Draw>, policy: &Policy) -> Result<Self, String> {
        let none = BTreeMap::new();
        let (others, books) = match draw {
            None => (UNSELECTED, &none),
            Some(Draw::All(draw)) => (draw.as_str(), &none),
            Some(Draw::Books(books)) => (UNSELECTED, books),
        };
        let own = [RANDOM_BOOK, TOP_UP_BOOK];
        let known = |id: &str| own.contains(&id) || policy.books.iter().any(|book| book.id == id);
        if let Some(unknown) = books.keys().find(|id| !known(id)) {
            return Err(format!("draw: there is no book `{unknown}`"));
        }
        let books = books
            .iter()
            .map(|(id, draw)| Ok((id.clone(), fixed(draw)?)));
        Ok(Self {
            others: fixed(others)?,
            books: books.collect::<Result<_, String>>()?,
        })
    }

    fn of(&self, book: &str) -> FixedDraw {
        self.books.get(book).copied().unwrap_or(self.others)
    }
}

impl Draws for Drawn {
    fn draw(&self, _: &str, book_id: &str, _: Option<u16>) -> u64 {
        self.of(book_id).0
    }
}

/// A decimal in [0, 1) as a draw of 64 bits.
fn fixed(text: &str) -> Result<FixedDraw, String> {
    let wrong = || format!("draw: `{text}` is no decimal from 0 to below 1");
    let digits = text
        .strip_prefix("0.")
        .filter(|digits| digits.len() <= 16 && digits.bytes().all(|b| b.is_ascii_digit()));
    let number: u128 = match digits {
        Some(digits) => format!("{digits:0<16}").parse().map_err(|_| wrong())?,
        None if text == "0" => 0,
        None => return Err(wrong()),
    };
    // Rounded up, so that a draw of 0.2 is not below a rate of 0.2.
    Ok(FixedDraw(
        (number << 64).div_ceil(u128::from(Rate::SCALE)) as u64
    ))
}

/// What the draws of a declaration must be like.
pub(super) struct Wanted<'p> {
    draws: Vec<WantedDraw<'p>>,
}

/// A draw of a book, between two of its rates.
struct WantedDraw<'p> {
    book: &'p str,
    per_item: bool,
    /// The highest rate that must not select.
    spares: Option<Rate>,
    /// The lowest rate that must.
    selects: Option<Rate>,
}

impl<'p> Wanted<'p> {
    /// Draws with which every rate of a policy does what it does with these.
    pub(super) fn new(policy: &'p Policy, drawn: &Drawn) -> Self {
        let mut draws = Vec::new();
        for book in &policy.books {
            for per_item in [false, true] {
                let draw = drawn.of(&book.id);
                let then = book.rules.iter().map(|rule| &rule.then);
                let then = then.filter(|then| then.per_item == per_item);
                let mut wanted = WantedDraw::new(&book.id, per_item);
                for rate in then.filter_map(|then| then.rate.as_ref()) {
                    let factors = factors(policy, rate);
                    each_product(&factors, &mut Vec::new(), &mut |rate| {
                        wanted.like(draw, rate)
                    });
                }
                draws.push(wanted);
            }
        }
        if let Some(random) = policy.random {
            let draw = drawn.of(RANDOM_BOOK);
            let mut wanted = WantedDraw::new(RANDOM_BOOK, false);
            let units = u64::try_from(random.rate.units()).unwrap_or(0);
            wanted.like(draw, Rate::product([units].into_iter()));
            draws.push(wanted);
        }
        if !policy.selection.expected.is_empty() {
            let draw = drawn.of(TOP_UP_BOOK);
            let mut wanted = WantedDraw::new(TOP_UP_BOOK, false);
            for units in TOP_UP_CHANCES {
                wanted.like(draw, Rate::product([units].into_iter()));
            }
            draws.push(wanted);
        }
        draws.retain(|wanted| wanted.spares.is_some() || wanted.selects.is_some());
        Self { draws }
    }

    /// An id that begins so and draws so.
    pub(super) fn id(&self, stem: &str, items: &[u16], key: &DrawKey) -> Result<String, String> {
        let mut ids = (0..TRIES).map(|no| format!("{stem}{no}"));
        let found = ids.find(|id| self.draws.iter().all(|draw| draw.fits(id, items, key)));
        found.ok_or_else(|| {
            let books: Vec<&str> = self.draws.iter().map(|draw| draw.book).collect();
            let books = books.join(", ");
            format!("draw: of {TRIES} ids none draws like this in {books}; another draw may do")
        })
    }
}

impl<'p> WantedDraw<'p> {
    const fn new(book: &'p str, per_item: bool) -> Self {
        Self {
            book,
            per_item,
            spares: None,
            selects: None,
        }
    }

    /// Lets a rate do what it does with a draw.
    fn like(&mut self, draw: FixedDraw, rate: Rate) {
        if rate.selects(draw.0) {
            self.selects = Some(self.selects.map_or(rate, |known| known.min(rate)));
        } else {
            self.spares = self.spares.max(Some(rate));
        }
    }

    fn fits(&self, id: &str, items: &[u16], key: &DrawKey) -> bool {
        let fits = |item| {
            let draw = key.draw(id, self.book, item);
            let spares = self.spares.is_none_or(|rate| !rate.selects(draw));
            spares && self.selects.is_none_or(|rate| rate.selects(draw))
        };
        match self.per_item {
            true => items.iter().all(|item| fits(Some(*item))),
            false => fits(None),
        }
    }
}

/// The values that each factor of a rate may have.
fn factors(policy: &Policy, rate: &RateExpr) -> Vec<BTreeSet<u64>> {
    let number = |value: &ParameterValue| match value {
        ParameterValue::Number(amount) => Some(amount.units()),
        _ => None,
    };
    let values = rate.factors.iter().map(|factor| {
        let units: Vec<i64> = match factor {
            RateFactor::Number(amount) => vec![amount.units()],
            RateFactor::Parameter(at) => {
                let parameter = policy.parameters.get(*at).into_iter();
                let values = parameter.flat_map(|parameter| {
                    let elsewhere = parameter.overrides.iter().map(|(_, value)| value);
                    elsewhere.chain([&parameter.value])
                });
                values.filter_map(number).collect()
            }
            RateFactor::Table(at) => {
                let rows = policy.rate_tables.get(*at).into_iter();
                let rows = rows.flat_map(|table| &table.rows);
                rows.map(|(_, rate)| rate.units()).collect()
            }
        };
        units
            .into_iter()
            .filter_map(|units| u64::try_from(units).ok())
            .collect()
    });
    values.collect()
}

/// Every product of one value of each factor.
fn each_product(factors: &[BTreeSet<u64>], chosen: &mut Vec<u64>, then: &mut impl FnMut(Rate)) {
    let Some((first, rest)) = factors.split_first() else {
        return then(Rate::product(chosen.iter().copied()));
    };
    for value in first {
        chosen.push(*value);
        each_product(rest, chosen, then);
        chosen.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicySource, read};

    fn policy() -> Policy {
        let text = r#"
[policy]
id = "draws"
title = "draws"
timezone = "+00:00"
base_currency = "CNY"
party_ids = "uscc"
default = "release"

[parameters]
factor = 0.5

[[override]]
parameter = "factor"
office = "5720"
value = 0.4

[[book]]
id = "lots"
authority = "a"

[[book.rule]]
id = "lot"
when = 'item.value >= 0'
then = { verdict = "sample", rate = "0.4 * factor", mode = "physical" }

[[book.rule]]
id = "item"
when = 'item.value >= 0'
then = { verdict = "sample", rate = 0.3, per = "item", mode = "physical" }

[random]
rate = 0.01
mode = "physical"
"#;
        let file = ("policy.toml".to_owned(), text.to_owned());
        read(&PolicySource::from_files([file]).unwrap()).unwrap()
    }

    #[test]
    fn an_id_is_found_with_which_every_rate_does_what_it_does_with_the_draw() {
        let (policy, key) = (policy(), DrawKey::TEST);
        let selects = |units, draw| Rate::product([units].into_iter()).selects(draw);
        for (text, elsewhere, here, at_random) in [
            ("0", true, true, true),
            ("0.16", false, true, false),
            ("0.25", false, false, false),
        ] {
            let drawn = Drawn::read(Some(&Draw::All(text.to_owned())), &policy);
            let wanted = Wanted::new(&policy, &drawn.unwrap());
            let id = wanted.id("D-", &[1, 2], &key).unwrap();
            let lots = key.draw(&id, "lots", None);
            assert_eq!(
                (selects(1_600, lots), selects(2_000, lots)),
                (elsewhere, here),
                "{text}"
            );
            for item in [1, 2] {
                assert!(
                    selects(3_000, key.draw(&id, "lots", Some(item))),
                    "{text}: {id}"
                );
            }
            assert_eq!(
                selects(100, key.draw(&id, RANDOM_BOOK, None)),
                at_random,
                "{text}"
            );
        }
    }

    #[test]
    fn books_that_are_not_named_select_nothing() {
        let (policy, key) = (policy(), DrawKey::TEST);
        let books = |book: &str| Draw::Books([(book.to_owned(), "0".to_owned())].into());
        let drawn = Drawn::read(Some(&books("random")), &policy).unwrap();
        let id = Wanted::new(&policy, &drawn).id("D-", &[], &key).unwrap();
        let selects = |units, draw| Rate::product([units].into_iter()).selects(draw);
        assert!(selects(100, key.draw(&id, RANDOM_BOOK, None)));
        assert!(!selects(2_000, key.draw(&id, "lots", None)));
        assert!(Drawn::read(Some(&books("lot")), &policy).is_err());
    }

    #[test]
    fn a_draw_is_a_decimal_below_one() {
        assert_eq!(fixed("0"), Ok(FixedDraw(0)));
        assert_eq!(fixed("0.5"), Ok(FixedDraw(1 << 63)));
        for wrong in ["1", "0,5", "-0.1", ".5", "0.12345678901234567"] {
            assert!(fixed(wrong).is_err(), "{wrong}");
        }
    }
}
