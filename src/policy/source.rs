//! The files of a policy: TOML and CSV of one or more folders, in order of their paths. Their contents'
//! hash is the policy's version. The folder `scenarios` holds tests and does not count.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::limits::MAX_POLICY_FILE_BYTES;

/// One file of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path inside its folder, with `/`.
    pub path: String,
    /// The text.
    pub text: String,
}

/// All files of a policy, in order of path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicySource {
    files: Vec<SourceFile>,
}

/// Why the files of a policy could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A folder or file cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Neither TOML nor CSV.
    #[error("{0}: a policy folder holds `.toml` and `.csv` files only")]
    Kind(PathBuf),
    /// The same path in two folders.
    #[error("{0}: two policy folders have a file of this name")]
    Twice(String),
    /// A file beyond the limit.
    #[error("{0}: larger than {MAX_POLICY_FILE_BYTES} bytes")]
    Size(PathBuf),
    /// Not UTF-8.
    #[error("{0}: not UTF-8")]
    Utf8(PathBuf),
}

const SCENARIOS: &str = "scenarios";

impl PolicySource {
    /// Reads all folders.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn from_dirs<P: AsRef<Path>>(dirs: &[P]) -> Result<Self, SourceError> {
        let mut files = Vec::new();
        for dir in dirs {
            read_dir(dir.as_ref(), "", &mut files)?;
        }
        Self::sorted(files)
    }

    /// From texts by path, as a candidate or the embedded policy arrives.
    ///
    /// # Errors
    /// [`SourceError::Twice`].
    pub fn from_files(
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SourceError> {
        Self::sorted(
            files
                .into_iter()
                .map(|(path, text)| SourceFile { path, text })
                .collect(),
        )
    }

    fn sorted(mut files: Vec<SourceFile>) -> Result<Self, SourceError> {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let twice = files
            .iter()
            .zip(files.iter().skip(1))
            .find(|(a, b)| a.path == b.path);
        match twice {
            Some((file, _)) => Err(SourceError::Twice(file.path.clone())),
            None => Ok(Self { files }),
        }
    }

    /// The files in order of path.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// A file by its path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&SourceFile> {
        let at = self
            .files
            .binary_search_by(|file| file.path.as_str().cmp(path))
            .ok()?;
        self.files.get(at)
    }

    /// The version: SHA-256 over sorted paths and contents, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for file in &self.files {
            for part in [&file.path, &file.text] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

fn read_dir(dir: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> Result<(), SourceError> {
    let io = |error| SourceError::Io {
        path: dir.to_owned(),
        error,
    };
    for entry in std::fs::read_dir(dir).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(SourceError::Utf8(path));
        };
        if name.starts_with('.') || (prefix.is_empty() && name == SCENARIOS) {
            continue;
        }
        let inner = format!("{prefix}{name}");
        if path.is_dir() {
            read_dir(&path, &format!("{inner}/"), files)?;
            continue;
        }
        if !matches!(
            path.extension().and_then(|e| e.to_str()),
            Some("toml" | "csv")
        ) {
            return Err(SourceError::Kind(path));
        }
        let io = |error| SourceError::Io {
            path: path.clone(),
            error,
        };
        if path.metadata().map_err(io)?.len() > MAX_POLICY_FILE_BYTES {
            return Err(SourceError::Size(path));
        }
        let bytes = std::fs::read(&path).map_err(io)?;
        let text = String::from_utf8(bytes).map_err(|_| SourceError::Utf8(path.clone()))?;
        files.push(SourceFile { path: inner, text });
    }
    Ok(())
}
