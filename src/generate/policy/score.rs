//! Two score groups of three look-up tables each, one of them a cross of two facts, with a few conditions.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::generate::chapters::CHAPTERS;
use crate::generate::place::{COUNTRIES, TRADE_MODES};
use crate::generate::random::{Purpose, Random};
use crate::generate::world::World;

const GROUPS: &str = r#"# Made up by `greenlane generate` for load tests; no authority ever asked for this.

[[score]]
id = "valuation"
tables = ["valuation_value.csv", "valuation_chapter.csv", "valuation_class_level.csv"]
when = [
  { if = '!enterprise.known', points = 15 },
  { if = '!enterprise.quality_file', points = 5 },
  { if = '"aeo" in trader.certificates', points = -15 },
  { if = '"iso9001" in enterprise.certificates', points = -5 },
]

[[score]]
id = "origin"
tables = ["origin_country.csv", "origin_trade_mode.csv", "origin_chapter_country.csv"]
when = [
  { if = 'alert.notification >= 1', points = 15 },
  { if = 'declarant.standing == "black"', points = 20 },
  { if = '!counterparty.known', points = 5 },
]
"#;
/// Cells of the cross of chapter and country that have points.
const CROSS_ROWS: u64 = 1_200;
/// Lower bounds of the bins of an item's value.
const BINS: &[u64] = &[0, 1_000, 10_000, 50_000, 200_000, 1_000_000, 5_000_000];

/// The groups and their tables.
pub(super) fn files(world: &World) -> Vec<(String, String)> {
    let table = |no, render: fn(&mut Random) -> String| {
        render(&mut Random::new(world.seed, Purpose::Score, no))
    };
    [
        ("70-scores.toml", GROUPS.to_owned()),
        ("valuation_value.csv", table(0, value)),
        ("valuation_chapter.csv", table(1, chapter)),
        ("valuation_class_level.csv", table(2, class_level)),
        ("origin_country.csv", table(3, country)),
        ("origin_trade_mode.csv", table(4, trade_mode)),
        ("origin_chapter_country.csv", table(5, chapter_country)),
    ]
    .map(|(path, text)| (path.to_owned(), text))
    .into()
}

fn rows(header: &str, rows: impl Iterator<Item = (String, u64)>) -> String {
    let mut text = format!("{header},points\n");
    for (key, points) in rows {
        let written = writeln!(text, "{key},{points}");
        debug_assert!(written.is_ok(), "a String takes every write");
    }
    text
}

fn value(random: &mut Random) -> String {
    let bins = BINS.iter().enumerate();
    rows(
        "item.value",
        bins.map(|(at, bin)| (bin.to_string(), at as u64 * 4 + random.below(4))),
    )
}

fn chapter(random: &mut Random) -> String {
    let chapters = CHAPTERS.iter();
    rows(
        "item.chapter",
        chapters.map(|(chapter, ..)| (format!("{chapter:02}"), random.rank(25))),
    )
}

fn class_level(random: &mut Random) -> String {
    let cells = (0..=4u64).flat_map(|class| (0..=3u64).map(move |level| (class, level)));
    rows(
        "enterprise.class,commodity.risk_level",
        cells.map(|(class, level)| {
            (
                format!("{class},{level}"),
                class * level * 3 + random.below(8),
            )
        }),
    )
}

fn country(random: &mut Random) -> String {
    let countries = COUNTRIES.iter();
    rows(
        "declaration.country",
        countries.map(|country| ((*country).to_owned(), random.rank(30))),
    )
}

fn trade_mode(random: &mut Random) -> String {
    let modes = TRADE_MODES.iter();
    rows(
        "declaration.trade_mode",
        modes.map(|(mode, _)| ((*mode).to_owned(), random.below(15))),
    )
}

fn chapter_country(random: &mut Random) -> String {
    let keys: BTreeSet<String> = (0..CROSS_ROWS)
        .map(|_| {
            let (chapter, ..) = random.pick(CHAPTERS);
            format!("{chapter:02},{}", random.pick_early(COUNTRIES))
        })
        .collect();
    rows(
        "item.chapter,item.country",
        keys.into_iter().map(|key| (key, random.below(40))),
    )
}
