//! A made-up nomenclature with the shape of the real one: chapters, headings, subheadings and some 20,000 codes
//! of ten digits. Trade in them is skewed: by the chapter's weight, then by rank within chapter and heading.

use super::chapters::CHAPTERS;
use super::random::{Purpose, Random};

/// The direction of a declaration.
pub(super) use crate::declaration::Direction;

/// The number of a heading, in order of its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HeadingNo(pub(super) u32);

/// A heading and its codes.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    /// Four digits.
    pub(super) number: u64,
    /// Codes of ten digits, the most traded first.
    pub(super) codes: Vec<u64>,
    /// What one unit costs, in hundredths of the base currency.
    pub(super) price: u64,
}

/// All headings.
#[derive(Debug)]
pub(super) struct Nomenclature {
    headings: Vec<Heading>,
    /// For each chapter its headings, the most traded first, with its weights.
    chapters: Vec<Chapter>,
}

#[derive(Debug)]
struct Chapter {
    headings: Vec<HeadingNo>,
    exports: u64,
    imports: u64,
}

impl Nomenclature {
    /// The nomenclature of a seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut headings = Vec::new();
        let mut chapters = Vec::with_capacity(CHAPTERS.len());
        for (chapter, count, exports, imports) in CHAPTERS {
            let mut random = Random::new(seed, Purpose::Nomenclature, u64::from(*chapter));
            let first = headings.len() as u32;
            for heading in 1..=u64::from(*count) {
                headings.push(Heading::new(
                    u64::from(*chapter) * 100 + heading,
                    &mut random,
                ));
            }
            let mut order: Vec<_> = (first..headings.len() as u32).map(HeadingNo).collect();
            shuffle(&mut order, &mut random);
            chapters.push(Chapter {
                headings: order,
                exports: *exports,
                imports: *imports,
            });
        }
        Self { headings, chapters }
    }

    /// A heading as it is traded.
    pub(super) fn traded(&self, random: &mut Random, direction: Direction) -> HeadingNo {
        let weight = |chapter: &Chapter| match direction {
            Direction::Export => chapter.exports,
            Direction::Import => chapter.imports,
        };
        let mut left = random.below(self.chapters.iter().map(weight).sum());
        for chapter in &self.chapters {
            if left < weight(chapter) {
                return random.pick_early(&chapter.headings);
            }
            left -= weight(chapter);
        }
        self.any(random)
    }

    /// A heading, each as likely.
    pub(super) fn any(&self, random: &mut Random) -> HeadingNo {
        HeadingNo(random.below(self.headings.len() as u64) as u32)
    }

    /// A heading by a number that this nomenclature gave.
    pub(super) fn heading(&self, no: HeadingNo) -> &Heading {
        const NONE: &Heading = &Heading {
            number: 101,
            codes: Vec::new(),
            price: 100,
        };
        self.headings.get(no.0 as usize).unwrap_or(NONE)
    }

    /// All headings in order of their digits.
    pub(super) fn headings(&self) -> &[Heading] {
        &self.headings
    }
}

impl Heading {
    fn new(number: u64, random: &mut Random) -> Self {
        let mut codes = Vec::new();
        let mut sub = 0;
        for _ in 0..1 + random.rank(12).max(random.below(9)) {
            sub += random.within(3, 11);
            if sub > 99 {
                break;
            }
            for statistical in 0..1 + random.rank(6) {
                codes.push(
                    (number * 100 + sub) * 10_000 + statistical * 10 + random.below(10) * 1_000,
                );
            }
        }
        codes.sort_unstable();
        codes.dedup();
        shuffle(&mut codes, random);
        Self {
            number,
            codes,
            price: random.spread(4_000, 30),
        }
    }

    /// A code as it is traded.
    pub(super) fn traded(&self, random: &mut Random) -> u64 {
        random.pick_early(&self.codes)
    }

    /// Its chapter.
    pub(super) const fn chapter(&self) -> u64 {
        self.number / 100
    }
}

fn shuffle<T>(list: &mut [T], random: &mut Random) {
    for at in (1..list.len()).rev() {
        list.swap(at, random.below(at as u64 + 1) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_more_codes_of_ten_digits_than_the_thirteen_thousand_of_a_tariff() {
        let nomenclature = Nomenclature::new(1);
        let codes: Vec<u64> = nomenclature
            .headings()
            .iter()
            .flat_map(|heading| heading.codes.clone())
            .collect();
        assert!((13_000..25_000).contains(&codes.len()), "{}", codes.len());
        assert!(
            codes
                .iter()
                .all(|code| (100_000_000..9_800_000_000).contains(code))
        );
    }

    #[test]
    fn trade_is_skewed() {
        let nomenclature = Nomenclature::new(1);
        let mut random = Random::new(1, Purpose::Goods, 0);
        let mut chapter_85 = 0;
        for _ in 0..10_000 {
            let no = nomenclature.traded(&mut random, Direction::Export);
            chapter_85 += u32::from(nomenclature.heading(no).chapter() == 85);
        }
        assert!((2_000..4_000).contains(&chapter_85), "{chapter_85}");
    }
}
