//! Domains that constants split: numbers into intervals, texts into those asked for and the rest.

use std::collections::{BTreeSet, HashMap};

/// Numbers cut at bounds: state k holds the numbers from the k-th bound to the next, state 0 those below the
/// first; the last state is absence.
#[derive(Debug)]
pub(super) struct Numbers {
    bounds: Vec<i64>,
}

impl Numbers {
    pub(super) fn new(bounds: &BTreeSet<i64>) -> Self {
        Self {
            bounds: bounds.iter().copied().collect(),
        }
    }

    pub(super) fn states(&self) -> usize {
        self.bounds.len() + 2
    }

    #[inline]
    pub(super) fn state(&self, value: Option<i64>) -> u32 {
        match value {
            Some(value) => self.bounds.partition_point(|bound| *bound <= value) as u32,
            None => self.bounds.len() as u32 + 1,
        }
    }

    /// A number of the state; none for absence.
    pub(super) fn sample(&self, state: usize) -> Option<i64> {
        match state {
            0 => Some(i64::MIN),
            state => self.bounds.get(state - 1).copied(),
        }
    }
}

/// Texts by the constants that are asked for. Where nothing but equality is asked, a hash finds the state;
/// where an order or prefix is, the texts are cut at bounds as numbers are. The last state is absence.
#[derive(Debug)]
pub(super) struct Texts {
    /// A text of each state, absence aside.
    samples: Vec<String>,
    exact: Codes,
    ordered: bool,
}

/// Stands for every text that no constant names; no input can hold it, since control characters are refused.
const OTHER: &str = "\u{1}";

impl Texts {
    pub(super) fn new(whole: &BTreeSet<String>, bounds: &BTreeSet<String>) -> Self {
        let ordered = !bounds.is_empty();
        let samples: Vec<String> = if ordered {
            let ends = whole.iter().map(|text| format!("{text}\0"));
            let cuts: BTreeSet<String> = whole
                .iter()
                .cloned()
                .chain(ends)
                .chain(bounds.iter().cloned())
                .collect();
            std::iter::once(String::new()).chain(cuts).collect()
        } else {
            std::iter::once(OTHER.to_owned())
                .chain(whole.iter().cloned())
                .collect()
        };
        let exact = Codes::new(
            samples
                .iter()
                .enumerate()
                .skip(1)
                .map(|(at, text)| (text.as_str(), at as u32)),
        );
        Self {
            samples,
            exact,
            ordered,
        }
    }

    pub(super) fn states(&self) -> usize {
        self.samples.len() + 1
    }

    #[inline]
    pub(super) fn state(&self, text: Option<&str>) -> u32 {
        let Some(text) = text else {
            return self.samples.len() as u32;
        };
        if self.ordered {
            return self
                .samples
                .partition_point(|sample| sample.as_str() <= text)
                .saturating_sub(1) as u32;
        }
        self.exact.find(text).unwrap_or(0)
    }

    /// A text of the state; none for absence.
    pub(super) fn sample(&self, state: usize) -> Option<&str> {
        self.samples.get(state).map(String::as_str)
    }
}

/// The smallest text after all that begin with a prefix; none where there is none.
pub(super) fn after_prefix(prefix: &str) -> Option<String> {
    let mut rest: Vec<char> = prefix.chars().collect();
    while let Some(last) = rest.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            rest.push(next);
            return Some(rest.into_iter().collect());
        }
    }
    None
}

/// A map from texts to numbers in which short codes, nearly all there are, are compared as one word.
#[derive(Debug, Default)]
struct Codes {
    /// Open addressing over packed texts of at most 8 bytes; 0 is an empty slot.
    short: Vec<(u64, u32)>,
    long: HashMap<String, u32>,
    has_empty: Option<u32>,
}

impl Codes {
    fn new<'t>(entries: impl Iterator<Item = (&'t str, u32)>) -> Self {
        let entries: Vec<(&str, u32)> = entries.collect();
        let mut codes = Self {
            short: vec![(0, 0); (entries.len() * 2).next_power_of_two()],
            ..Self::default()
        };
        for (text, no) in entries {
            match pack(text) {
                Some(0) => codes.has_empty = Some(no),
                Some(key) => codes.insert(key, no),
                None => {
                    codes.long.insert(text.to_owned(), no);
                }
            }
        }
        codes
    }

    fn insert(&mut self, key: u64, no: u32) {
        let mask = self.short.len() - 1;
        let mut at = spread(key) & mask;
        while let Some(slot) = self.short.get_mut(at) {
            if slot.0 == 0 {
                *slot = (key, no);
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn find(&self, text: &str) -> Option<u32> {
        let Some(key) = pack(text) else {
            return self.long.get(text).copied();
        };
        if key == 0 {
            return self.has_empty;
        }
        let mask = self.short.len() - 1;
        let mut at = spread(key) & mask;
        loop {
            match self.short.get(at) {
                Some((known, no)) if *known == key => return Some(*no),
                Some((0, _)) | None => return None,
                Some(_) => at = (at + 1) & mask,
            }
        }
    }
}

/// The bytes of a short text as a word; none where it has more than 8 or a zero byte.
#[inline]
fn pack(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let word = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) if bytes.len() <= 8 => {
            let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
            u64::from(first) | u64::from(last) << (8 * (bytes.len() - 4))
        }
        (Some(_), _) => return None,
        _ => bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    (!has_zero(word, bytes.len())).then_some(word)
}

/// Whether one of the first bytes of a word is zero.
fn has_zero(word: u64, count: usize) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let beyond = u64::MAX.checked_shl(8 * count as u32).unwrap_or(0);
    let word = word | beyond;
    word.wrapping_sub(ONES) & !word & ONES << 7 != 0
}

fn spread(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> BTreeSet<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn texts_asked_for_have_states_of_their_own() {
        let texts = Texts::new(
            &set(&["0110", "3511", "", "a text longer than a word"]),
            &set(&[]),
        );
        for text in ["0110", "3511", "", "a text longer than a word"] {
            assert_eq!(texts.sample(texts.state(Some(text)) as usize), Some(text));
        }
        assert_eq!(texts.state(Some("0111")), 0);
        assert_eq!(texts.sample(texts.state(None) as usize), None);
    }

    #[test]
    fn codes_of_every_length_are_found_and_no_others() {
        let mut texts = vec![String::new()];
        let mut longest = 0..1;
        for _ in 0..9 {
            let grown = texts[longest].iter();
            let grown = grown.flat_map(|text| ["a", "b", "\0"].map(|end| format!("{text}{end}")));
            let grown: Vec<String> = grown.collect();
            longest = texts.len()..texts.len() + grown.len();
            texts.extend(grown);
        }
        let numbered = || texts.iter().map(String::as_str).zip(0..);
        let codes = Codes::new(numbered().filter(|(_, no)| no % 2 == 0));
        for (text, no) in numbered() {
            assert_eq!(codes.find(text), (no % 2 == 0).then_some(no), "{text:?}");
            let is_short = text.len() <= 8 && !text.contains('\0');
            assert_eq!(pack(text).is_some(), is_short, "{text:?}");
        }
    }

    #[test]
    fn prefixes_and_orders_cut_texts_at_their_bounds() {
        let bounds =
            ["22", after_prefix("22").as_deref().unwrap_or_default(), "5"].map(str::to_owned);
        let texts = Texts::new(&set(&["2201"]), &bounds.into_iter().collect());
        let state = |text| texts.state(Some(text));
        assert_eq!(state("2200"), state("22"));
        assert_ne!(state("2200"), state("2201"));
        assert_ne!(state("2201"), state("2202"));
        assert_ne!(state("2299"), state("2300"));
        assert_eq!(state("2300"), state("49"));
        assert_ne!(state("49"), state("50"));
        assert_eq!(after_prefix(&char::MAX.to_string()), None);
        assert_eq!(after_prefix("a\u{d7ff}"), Some("a\u{e000}".to_owned()));
    }

    #[test]
    fn numbers_are_cut_at_their_bounds() {
        let numbers = Numbers::new(&[10, 20].into_iter().collect());
        assert_eq!(
            [9, 10, 19, 20].map(|n| numbers.state(Some(n))),
            [0, 1, 1, 2]
        );
        assert_eq!(numbers.state(None), 3);
        assert_eq!(numbers.states(), 4);
        assert_eq!(numbers.sample(3), None);
    }
}
