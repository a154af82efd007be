//! What commands read: policies and registries from folders.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::CliError;
use crate::policy::{Policy, PolicySource, read};
use crate::registry::{Registry, RegistrySource};

/// Reads and checks a policy.
pub(super) fn policy<P: AsRef<Path>>(dirs: &[P]) -> Result<Arc<Policy>, CliError> {
    let source = PolicySource::from_dirs(dirs)?;
    Ok(Arc::new(read(&source)?))
}

/// Reads and checks a registry for a policy's party ids.
pub(super) fn registry(dir: &Path, policy: &Policy) -> Result<Arc<Registry>, CliError> {
    let source = RegistrySource::from_dir(dir)?;
    Ok(Arc::new(Registry::build(
        &source,
        Some(&policy.profile.party_ids),
    )?))
}

/// Reads a small text file.
pub(super) fn text(path: &PathBuf) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(CliError::read(path))
}
