//! Draws: one number for each declaration and book, the first 64 bits of keyed BLAKE3. Neither rule, item nor
//! version is hashed, so that a lower rate selects a subset of a higher one and an amendment never draws again.

use std::cmp::Ordering;

use crate::limits::MAX_ID_CHARS;

/// The key of a day's draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawKey([u8; 32]);

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a draw key is 64 hexadecimal digits")]
pub struct DrawKeyError;

impl DrawKey {
    /// The published key of offline runs: whoever repeats a run draws the same.
    pub const TEST: Self = Self(*b"greenlane offline test draw key!");

    /// From 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits; white space around them does not count.
    ///
    /// # Errors
    /// [`DrawKeyError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, DrawKeyError> {
        let hash = blake3::Hash::from_hex(text.trim()).map_err(|_| DrawKeyError)?;
        Ok(Self(*hash.as_bytes()))
    }

    /// What commits to it before it is used: the BLAKE3 hash of its bytes, in hexadecimal.
    #[must_use]
    pub fn commitment(&self) -> String {
        blake3::hash(&self.0).to_hex().to_string()
    }

    /// The draw of a declaration in a book, or of one of its items where a rule draws by item.
    #[must_use]
    pub fn draw(&self, declaration_id: &str, book_id: &str, item_no: Option<u16>) -> u64 {
        // The parts are told apart by their lengths.
        let (id, book) = (declaration_id.as_bytes(), book_id.as_bytes());
        let item = item_no.map(u16::to_be_bytes);
        let lengths = [id, book].map(|part| (part.len() as u16).to_be_bytes());
        let [id_len, book_len] = &lengths;
        let item = item.as_ref().map_or(&[] as &[u8], |item| item);
        let parts = [id_len, id, book_len, book, item];
        let mut message = Message::default();
        let hash = if parts.iter().all(|part| message.push(part)) {
            blake3::keyed_hash(&self.0, message.bytes())
        } else {
            self.hash_parts(&parts)
        };
        let first = hash.as_bytes().first_chunk().copied();
        first.map_or(0, u64::from_be_bytes)
    }

    /// The same hash of the same bytes, for ids longer than their readers take: nothing is ever left out of a draw.
    #[cold]
    fn hash_parts(&self, parts: &[&[u8]]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in parts {
            hasher.update(part);
        }
        hasher.finalize()
    }
}

/// Bytes of the longest message: two ids of 64 characters of up to four bytes, their lengths, and an item's number.
const MESSAGE: usize = 2 * (2 + 4 * MAX_ID_CHARS) + 2;

/// What is hashed, put together on the stack: hashing it at once costs a third of feeding a hasher part by part.
struct Message {
    bytes: [u8; MESSAGE],
    len: usize,
}

impl Default for Message {
    fn default() -> Self {
        Self {
            bytes: [0; MESSAGE],
            len: 0,
        }
    }
}

impl Message {
    /// Adds a part; false where there is no room for it.
    #[must_use]
    fn push(&mut self, part: &[u8]) -> bool {
        let end = self.len + part.len();
        let room = self.bytes.get_mut(self.len..end);
        room.is_some_and(|room| {
            room.copy_from_slice(part);
            self.len = end;
            true
        })
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Where the numbers of draws come from.
pub trait Draws {
    /// The draw in a book, for the declaration or for one of its items.
    fn draw(&self, declaration_id: &str, book_id: &str, item_no: Option<u16>) -> u64;
}

impl Draws for DrawKey {
    fn draw(&self, declaration_id: &str, book_id: &str, item_no: Option<u16>) -> u64 {
        Self::draw(self, declaration_id, book_id, item_no)
    }
}

/// The same draw everywhere, for scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedDraw(pub u64);

impl Draws for FixedDraw {
    fn draw(&self, _: &str, _: &str, _: Option<u16>) -> u64 {
        self.0
    }
}

/// A rate from 0 to 1 in units of 10^-16: a product of up to four factors of four decimals is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// Units in 1.
    pub const SCALE: u64 = 10_000_000_000_000_000;
    /// Selects always.
    pub const ONE: Self = Self(Self::SCALE);

    /// The product of factors in units of 1/10,000, at most four, each at most 10^9; capped at 1.
    #[must_use]
    pub fn product(factors: impl Iterator<Item = u64>) -> Self {
        let (mut product, mut unit) = (1u128, Self::SCALE);
        for factor in factors {
            product *= u128::from(factor);
            unit /= 10_000;
        }
        let scaled = product * u128::from(unit);
        Self(u64::try_from(scaled).unwrap_or(u64::MAX).min(Self::SCALE))
    }

    /// Units of 10^-16.
    #[must_use]
    pub const fn units(self) -> u64 {
        self.0
    }

    /// Whether a draw is below the rate's share of 2^64, exactly.
    #[must_use]
    pub fn selects(self, draw: u64) -> bool {
        // u / 2^64 < r / 10^16, without division.
        let (left, right) = (
            u128::from(draw) * u128::from(Self::SCALE),
            u128::from(self.0) << 64,
        );
        left.cmp(&right) == Ordering::Less
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Self::SCALE => f.write_str("1"),
            0 => f.write_str("0"),
            units => write!(f, "0.{}", format!("{units:016}").trim_end_matches('0')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_selects_exactly_its_share() {
        let half = Rate::product([5_000].into_iter());
        assert!(half.selects((1 << 63) - 1) && !half.selects(1 << 63));
        assert!(Rate::ONE.selects(u64::MAX));
        assert!(!Rate::product([0].into_iter()).selects(0));
        assert_eq!(Rate::product([200, 5_000].into_iter()).to_string(), "0.01");
        assert_eq!(Rate::product([30_000, 10_000].into_iter()), Rate::ONE);
        assert_eq!(Rate::product([1, 1, 1, 1].into_iter()).units(), 1);
    }

    #[test]
    fn draws_depend_on_declaration_book_and_key_only() {
        let draw = DrawKey::TEST.draw("D-1", "inspection", None);
        assert_eq!(draw, DrawKey::TEST.draw("D-1", "inspection", None));
        assert_ne!(draw, DrawKey::TEST.draw("D-1", "inspectio", None));
        assert_ne!(draw, DrawKey::TEST.draw("D-1", "inspection", Some(1)));
        assert_ne!(
            draw,
            DrawKey::from_bytes([7; 32]).draw("D-1", "inspection", None)
        );
        assert!(DrawKey::parse(&"0f".repeat(32)).is_ok() && DrawKey::parse("0f").is_err());
    }
    #[test]
    fn every_byte_of_an_id_counts_however_long_it_is() {
        let key = DrawKey::TEST;
        for len in [0, 1, 64, 256, 257, 506, 507, 508, 509, 600, 70_000] {
            for (id, item) in [(len, Some(7)), (len, None), (3, Some(7))] {
                let (id, book) = ("i".repeat(id), "é".repeat(len / 2));
                let item_no: Vec<u8> = item.into_iter().flat_map(u16::to_be_bytes).collect();
                let lengths = [id.len(), book.len()].map(|len| (len as u16).to_be_bytes());
                let message = [&lengths[0], id.as_bytes(), &lengths[1], book.as_bytes()].concat();
                let whole = blake3::keyed_hash(&key.0, &[message, item_no].concat());
                let first = u64::from_be_bytes(*whole.as_bytes().first_chunk().unwrap_or(&[0; 8]));
                assert_eq!(key.draw(&id, &book, item), first, "{len}");
            }
        }
        let long = "i".repeat(600);
        assert_ne!(
            key.draw(&format!("{long}1"), "inspection", None),
            key.draw(&format!("{long}2"), "inspection", None)
        );
    }

    #[test]
    fn the_draws_of_a_key_stay_what_they_were() {
        let draw = |id, book, item| DrawKey::TEST.draw(id, book, item);
        assert_eq!(draw("D-1", "inspection", None), 9_911_040_532_959_630_953);
        assert_eq!(
            draw("D-1", "inspection", Some(1)),
            10_484_865_266_790_073_908
        );
    }
}
