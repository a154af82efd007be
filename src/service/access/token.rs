//! Bearer tokens: 256 bits of the system's randomness. Of a token only its hash is kept; since nobody can guess such a
//! token, one plain hash is enough. Hashes are compared in constant time.

use std::fmt;

/// By this a token is known among other words, so that tools that look for secrets find it.
const PREFIX: &str = "greenlane_";
/// By this a hash says how it was made.
const HASH_PREFIX: &str = "blake3:";

/// A token, which is told once.
pub struct Token(String);

/// The system has no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no randomness: {0}")]
pub struct NoRandomness(String);

impl Token {
    /// Makes one.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn make() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| NoRandomness(error.to_string()))?;
        Ok(Self(format!(
            "{PREFIX}{}",
            blake3::Hash::from_bytes(bytes).to_hex()
        )))
    }

    /// The token itself. It is for its holder alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether something that should be repeated nowhere else seems to hold one.
    #[must_use]
    pub fn is_within(bytes: &[u8]) -> bool {
        let mut places = bytes.windows(PREFIX.len());
        places.any(|place| place.eq_ignore_ascii_case(PREFIX.as_bytes()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

/// What is kept of a token. Two are compared in constant time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(blake3::Hash);

impl TokenHash {
    /// Of a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(blake3::hash(token.as_bytes()))
    }

    /// Reads what [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(HASH_PREFIX)?;
        blake3::Hash::from_hex(digits).ok().map(Self)
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HASH_PREFIX}{}", self.0.to_hex())
    }
}
