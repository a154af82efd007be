//! Reads the scenario files of a folder.

use std::path::{Path, PathBuf};

use super::file::ScenarioFile;

/// Why scenarios cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file or folder cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file is no scenario file.
    #[error("{path}: {error}")]
    Format {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        error: Box<toml::de::Error>,
    },
    /// A folder holds no scenarios.
    #[error("{0}: no scenarios (`*.toml`) here")]
    None(PathBuf),
}

/// Reads the scenario files of a folder, in order of name.
///
/// # Errors
/// See [`ScenarioError`].
pub fn read_dir(dir: &Path) -> Result<Vec<ScenarioFile>, ScenarioError> {
    let io = |error| ScenarioError::Io {
        path: dir.to_owned(),
        error,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(ScenarioError::None(dir.to_owned()));
    }
    paths.into_iter().map(|path| read_file(&path)).collect()
}

fn read_file(path: &Path) -> Result<ScenarioFile, ScenarioError> {
    let text = std::fs::read_to_string(path).map_err(|error| ScenarioError::Io {
        path: path.to_owned(),
        error,
    })?;
    toml::from_str(&text).map_err(|error| ScenarioError::Format {
        path: path.to_owned(),
        error: Box::new(error),
    })
}
