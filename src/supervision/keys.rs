//! The keys of the draws: one for each day, from the operating system's randomness, in a file that only its owner
//! may read. What the journal holds is a key's commitment, the BLAKE3 hash of its 32 bytes.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::folder::sync_dir;
use crate::declaration::Day;
use crate::engine::DrawKey;

/// Why keys cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The disk refused.
    #[error("{path}: {error}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file that holds no key.
    #[error("{path}: a draw key is 64 hexadecimal digits")]
    Malformed {
        /// Where.
        path: PathBuf,
    },
    /// Another key than the one that was committed to.
    #[error("{path}: this is not the key that the journal committed to: {commitment}")]
    Changed {
        /// Where.
        path: PathBuf,
        /// What was journaled.
        commitment: String,
    },
    /// No randomness.
    #[error("the operating system gives no randomness: {0}")]
    Random(String),
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> KeyError + '_ {
    move |error| KeyError::Io {
        path: path.to_owned(),
        error,
    }
}

/// The keys that were committed to, by their days.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    folder: PathBuf,
    commitments: BTreeMap<Day, String>,
    keys: BTreeMap<Day, DrawKey>,
}

impl Keys {
    /// None yet, kept in a folder.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            ..Self::default()
        }
    }

    /// The key of a day, if it was read or made.
    #[must_use]
    pub fn get(&self, day: Day) -> Option<&DrawKey> {
        self.keys.get(&day)
    }

    /// Notes what the journal says of a day's key.
    pub fn commit(&mut self, day: Day, commitment: &str) {
        self.commitments.insert(day, commitment.to_owned());
    }

    /// Whether the journal has a commitment to a day's key.
    #[must_use]
    pub fn is_committed(&self, day: Day) -> bool {
        self.commitments.contains_key(&day)
    }

    /// What the journal says of the keys of all days.
    pub fn commitments(&self) -> impl Iterator<Item = (Day, &str)> {
        self.commitments
            .iter()
            .map(|(day, commitment)| (*day, commitment.as_str()))
    }

    /// Reads the key of a day that was committed to, unless it has been read.
    ///
    /// # Errors
    /// Where there is none, or another than the journal says.
    pub fn load(&mut self, day: Day) -> Result<DrawKey, KeyError> {
        if let Some(key) = self.keys.get(&day) {
            return Ok(*key);
        }
        let path = self.path(day);
        let text = fs::read_to_string(&path).map_err(io_at(&path))?;
        let key = DrawKey::parse(&text).map_err(|_| KeyError::Malformed { path: path.clone() })?;
        let commitment = self.commitments.get(&day);
        let commitment = commitment.map_or("nothing", String::as_str);
        if key.commitment() != commitment {
            return Err(KeyError::Changed {
                path,
                commitment: commitment.to_owned(),
            });
        }
        self.keys.insert(day, key);
        Ok(key)
    }

    /// Reads all keys that were committed to; what is wrong with those that cannot be read.
    pub fn load_all(&mut self) -> Vec<(Day, KeyError)> {
        let days: Vec<Day> = self.commitments.keys().copied().collect();
        days.into_iter()
            .filter_map(|day| Some((day, self.load(day).err()?)))
            .collect()
    }

    /// Makes the key of a day, durably, and says what commits to it. A key that a stopped process made and did not
    /// live to commit to is taken.
    ///
    /// # Errors
    /// What the disk says.
    pub fn make(&self, day: Day) -> Result<(DrawKey, String), KeyError> {
        let path = self.path(day);
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true).mode(0o700);
        folder.create(&self.folder).map_err(io_at(&self.folder))?;
        if let Ok(text) = fs::read_to_string(&path)
            && let Ok(key) = DrawKey::parse(&text)
        {
            return Ok((key, key.commitment()));
        }
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| KeyError::Random(error.to_string()))?;
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true).mode(0o600);
        let mut file = options.open(&path).map_err(io_at(&path))?;
        let written = file.write_all(text.as_bytes());
        let written = written.and_then(|()| file.sync_all());
        let written = written.and_then(|()| sync_dir(&self.folder));
        written.map_err(io_at(&path))?;
        let key = DrawKey::from_bytes(bytes);
        Ok((key, key.commitment()))
    }

    /// Knows a key, made and committed to.
    pub fn enter(&mut self, day: Day, key: DrawKey) {
        self.commit(day, &key.commitment());
        self.keys.insert(day, key);
    }

    fn path(&self, day: Day) -> PathBuf {
        self.folder.join(format!("{day}.key"))
    }
}
