//! What the policy of this test means, carried out by hand.

use super::cases::Accountable;
use super::papers::{self, Papers};
use super::past::{self, Known};
use super::step::{Day, Item, Lane, Micros};
use super::stocks::{NotWrittenOff, Stocks};

const DAY: Micros = 86_400_000_000;
const HOUR: Micros = 3_600_000_000;

/// The day of a moment where the policy is: both of its forms are in one zone, which no other policy may change.
pub(crate) const fn day_of(at: Micros) -> Day {
    (at + 8 * HOUR).div_euclid(DAY) as Day
}

/// The two forms of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    A,
    B,
}

impl Form {
    pub(crate) fn text(self) -> String {
        include_str!("policy.toml")
            .replace("RELEASE_ON_PASS", &self.releases_on_pass().to_string())
            .replace("HOLD_DAYS", &(self.hold_expires() / DAY).to_string())
            .replace("HOURS", &(self.released_within() / HOUR).to_string())
            .replace("MATERIAL_DAYS", &self.material_days().to_string())
            .replace("MONTHS", &self.months().to_string())
            .replace("VALUE", &self.high_value().to_string())
    }

    pub(crate) const fn releases_on_pass(self) -> bool {
        matches!(self, Self::A)
    }

    pub(crate) const fn hold_expires(self) -> Micros {
        match self {
            Self::A => 3 * DAY,
            Self::B => 2 * DAY,
        }
    }

    /// After its release for which a declaration is decided again.
    pub(crate) const fn released_within(self) -> Micros {
        match self {
            Self::A => 24 * HOUR,
            Self::B => 6 * HOUR,
        }
    }

    /// For which a lack of capability tightens.
    pub(crate) const fn months(self) -> u32 {
        match self {
            Self::A => 1,
            Self::B => 2,
        }
    }

    pub(crate) const fn oldest() -> Micros {
        5 * DAY
    }

    pub(crate) const fn high_value(self) -> i64 {
        match self {
            Self::A => 1_000,
            Self::B => 500,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Release,
    Sample,
    Hold,
}

impl Verdict {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Sample => "sample",
            Self::Hold => "hold",
        }
    }
}

/// How an item is inspected, the stricter later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    Document,
    Joint,
    Physical,
    Laboratory,
}

/// An item to inspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ordered {
    pub(crate) item: u16,
    pub(crate) mode: Option<Mode>,
    pub(crate) by: &'static str,
}

/// What is known of the party on the day of the decision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) black: bool,
    pub(crate) class: u8,
    pub(crate) warning: u8,
    pub(crate) member: bool,
    pub(crate) accountable: Accountable,
    pub(crate) papers: Papers,
}

/// What came out for an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) item: u16,
    pub(crate) verdict: Verdict,
    mode: Option<Mode>,
    by: &'static str,
}

/// What came out.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) items: Vec<Found>,
    pub(crate) due: Micros,
}

/// What a book says.
type Said = Option<(Verdict, Option<Mode>)>;

/// What the book of the lanes says, and what selects where it does not release.
fn lanes(
    item: &Item,
    standing: Standing,
    law_day: Day,
    drawn: bool,
    stocks: &mut Stocks,
) -> (Said, &'static str) {
    if standing.black {
        return (Some((Verdict::Hold, None)), "rule");
    }
    match item.lane {
        Lane::Watched => match stocks.watch(item.no) {
            true => (Some((Verdict::Sample, Some(Mode::Laboratory))), "monitor"),
            false => (Some((Verdict::Release, None)), "rule"),
        },
        Lane::Fur => {
            let tested = Some((Verdict::Sample, Some(Mode::Laboratory)));
            match stocks.write_off(item.no, &item.lots) {
                Ok(()) => (Some((Verdict::Release, None)), "rule"),
                Err(NotWrittenOff::NoLot) => (tested, "rule"),
                Err(NotWrittenOff::Short) => (tested, "write_off_short"),
            }
        }
        Lane::Surveyed if stocks.survey(item.no) => {
            (Some((Verdict::Sample, Some(Mode::Physical))), "programme")
        }
        Lane::Drawn if drawn => (Some((Verdict::Sample, Some(Mode::Physical))), "draw"),
        _ => (plain(item, law_day), "rule"),
    }
}

fn plain(item: &Item, law_day: Day) -> Said {
    let licensed = item.documents.contains(&"licence");
    match item.lane {
        Lane::Red => Some((Verdict::Hold, None)),
        Lane::Blue => Some((Verdict::Hold, Some(Mode::Physical))),
        Lane::Paper if !licensed => Some((Verdict::Hold, None)),
        Lane::Bare => Some((Verdict::Sample, None)),
        Lane::Teens if is_teen(law_day) => Some((Verdict::Sample, Some(Mode::Physical))),
        _ => None,
    }
}

/// As far as the policy tells of teens.
fn is_teen(day: Day) -> bool {
    let text = greenlane::declaration::Day::from_number(day).to_string();
    ("2026-03-01".."2026-09-01").contains(&text.as_str()) && text.as_bytes()[8] == b'1'
}

fn parties(form: Form, item: &Item, standing: Standing) -> Said {
    let stopped = matches!(item.lane, Lane::Watched | Lane::Fur | Lane::Surveyed);
    if standing.class == 4 {
        Some((Verdict::Sample, Some(Mode::Laboratory)))
    } else if stopped && standing.warning >= 3 {
        Some((Verdict::Hold, None))
    } else if standing.warning >= 2 {
        Some((Verdict::Sample, Some(Mode::Joint)))
    } else if standing.member {
        Some((Verdict::Release, None))
    } else if item.value >= form.high_value() {
        Some((Verdict::Sample, Some(Mode::Document)))
    } else {
        None
    }
}

fn before(item: &Item, known: Known) -> Said {
    Some(match past::rule(item.lane, known)? {
        "failing" => (Verdict::Hold, None),
        "pressure" => (Verdict::Sample, Some(Mode::Laboratory)),
        "busy" | "notified" => (Verdict::Sample, Some(Mode::Joint)),
        "fickle" => (Verdict::Sample, Some(Mode::Document)),
        _ => (Verdict::Release, None),
    })
}

fn cases(standing: Standing) -> Said {
    match standing.accountable {
        Accountable { malice: true, .. } => Some((Verdict::Hold, Some(Mode::Physical))),
        Accountable {
            investigated: true, ..
        } => Some((Verdict::Sample, Some(Mode::Joint))),
        Accountable {
            tightened: true, ..
        } => Some((Verdict::Sample, Some(Mode::Physical))),
        _ => None,
    }
}

/// What the book of the diaries says of an item, by the numbers of those that events lead to.
fn traces(item: &Item, traced: &[u16]) -> Said {
    let sampled = (Verdict::Sample, Some(Mode::Laboratory));
    traced.contains(&item.no).then_some(sampled)
}

/// Decides the items of a declaration.
pub(crate) fn decide(
    form: Form,
    items: &[Item],
    (standing, known, traced): (Standing, Known, &[u16]),
    law_day: Day,
    drawn: bool,
    stocks: &mut Stocks,
) -> Decision {
    let found = |item: &Item| {
        let (first, by) = lanes(item, standing, law_day, drawn, stocks);
        let (second, third) = (parties(form, item, standing), cases(standing));
        let (fourth, fifth) = (before(item, known), traces(item, traced));
        let sixth = papers::says(item, standing.papers);
        let verdict = |said: Said| said.map_or(Verdict::Release, |(verdict, _)| verdict);
        let books = [first, second, third, fourth, fifth, sixth];
        let strictest = books.map(verdict).into_iter().max();
        let strictest = strictest.unwrap_or(Verdict::Release);
        match strictest {
            Verdict::Release => {}
            Verdict::Sample => stocks.sampled(item.no),
            Verdict::Hold => stocks.held(item.no),
        }
        let is_first = verdict(first) == strictest;
        Found {
            item: item.no,
            verdict: strictest,
            mode: books.iter().filter_map(|said| (*said)?.1).max(),
            by: if is_first { by } else { "rule" },
        }
    };
    let items: Vec<Found> = items.iter().map(found).collect();
    let hours = match standing {
        Standing { black: true, .. } => 6,
        Standing { class: 4, .. } => 24,
        _ => 48,
    };
    Decision {
        verdict: strictest(&items),
        items,
        due: hours * HOUR,
    }
}

fn strictest(items: &[Found]) -> Verdict {
    let verdicts = items.iter().map(|item| item.verdict);
    verdicts.max().unwrap_or(Verdict::Release)
}

impl Decision {
    /// An amendment never lifts an inspection.
    pub(crate) fn keep(&mut self, items: &[Item], kept: &[Ordered], stocks: &mut Stocks) {
        let Some(first) = kept.first() else {
            return;
        };
        for was in kept {
            for found in self.items.iter_mut().filter(|found| found.item == was.item) {
                found.select(*was);
                stocks.sampled(was.item);
            }
        }
        if strictest(&self.items) == Verdict::Release {
            let highest = items.iter().map(|item| item.value).max();
            let place = items.iter().position(|item| Some(item.value) == highest);
            if let Some(found) = place.and_then(|at| self.items.get_mut(at)) {
                found.select(*first);
                stocks.sampled(found.item);
            }
        }
        self.verdict = strictest(&self.items);
    }

    /// A release becomes a sample of one item: the one of highest value of those that count, the first of several.
    pub(crate) fn select(
        &mut self,
        items: &[Item],
        counts: impl Fn(&Item) -> bool,
        (mode, by): (Mode, &'static str),
        stocks: &mut Stocks,
    ) {
        let of_those = items.iter().filter(|item| counts(item));
        let highest = of_those.map(|item| item.value).max();
        let mut all = items.iter();
        let place = all.position(|item| counts(item) && Some(item.value) == highest);
        if let Some(found) = place.and_then(|at| self.items.get_mut(at)) {
            found.select(Ordered {
                item: found.item,
                mode: Some(mode),
                by,
            });
            stocks.sampled(found.item);
        }
        self.verdict = strictest(&self.items);
    }

    /// What is to be inspected.
    pub(crate) fn ordered(&self) -> Vec<Ordered> {
        let ordered = self.items.iter().filter(|found| match found.verdict {
            Verdict::Release => false,
            Verdict::Sample => true,
            Verdict::Hold => found.mode.is_some(),
        });
        let ordered = ordered.map(|found| Ordered {
            item: found.item,
            mode: found.mode,
            by: found.by,
        });
        ordered.collect()
    }
}

impl Found {
    fn select(&mut self, was: Ordered) {
        if self.verdict == Verdict::Release {
            self.verdict = Verdict::Sample;
            self.by = was.by;
        }
        self.mode = self.mode.max(was.mode);
    }
}
