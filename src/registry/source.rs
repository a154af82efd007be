//! Where a registry comes from: the bytes of its CSV files by table, from a folder or embedded, and rows that
//! a scenario adds on top. Nothing is understood here but the names of tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::fault::{RegistryError, RegistryErrors};
use super::tables::TABLES;
use crate::limits::{MAX_REGISTRY_FILE_BYTES, REGISTRY_ROWS_EACH, REGISTRY_SMALL_BYTES};

/// A row that was added on top, as (column, value).
pub(super) type AddedRow = Vec<(String, String)>;

/// The files of a registry and the rows added to them.
#[derive(Debug, Clone, Default)]
pub struct RegistrySource {
    files: BTreeMap<&'static str, Vec<u8>>,
    added: BTreeMap<&'static str, Vec<AddedRow>>,
}

impl RegistrySource {
    /// Reads the `*.csv` files of a folder; other files are passed over.
    ///
    /// # Errors
    /// A folder or file that cannot be read, is too large or has the name of no table.
    pub fn from_dir(folder: &Path) -> Result<Self, RegistryErrors> {
        let mut errors = RegistryErrors::default();
        let unreadable = |error: std::io::Error| RegistryError::Unreadable(error.to_string());
        let mut paths = Vec::new();
        match fs::read_dir(folder) {
            Ok(entries) => paths.extend(entries.flatten().map(|entry| entry.path())),
            Err(error) => errors.push(&folder.display().to_string(), None, unreadable(error)),
        }
        paths.retain(|path| path.extension().is_some_and(|end| end == "csv"));
        paths.sort();
        let mut files = Vec::new();
        for path in paths {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let size = fs::metadata(&path).map_or(0, |meta| meta.len());
            if size > MAX_REGISTRY_FILE_BYTES {
                errors.push(&name, None, RegistryError::TooLarge(size));
                continue;
            }
            match fs::read(&path) {
                Ok(bytes) => files.push((name, bytes)),
                Err(error) => errors.push(&name, None, unreadable(error)),
            }
        }
        let source = Self::from_files(files);
        match source {
            Ok(source) if errors.is_empty() => Ok(source),
            Ok(_) => Err(errors),
            Err(more) => {
                errors.append(more);
                Err(errors)
            }
        }
    }

    /// From files by name (`classes.csv`); what lies before the last `/` is passed over.
    ///
    /// # Errors
    /// A name that is no table's, or comes twice.
    pub fn from_files(
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<Self, RegistryErrors> {
        let mut source = Self::default();
        let mut errors = RegistryErrors::default();
        for (path, bytes) in files {
            let name = path.rsplit('/').next().unwrap_or_default();
            let table = name.strip_suffix(".csv").unwrap_or(name);
            match known(table) {
                Err(error) => errors.push(name, None, error),
                Ok(table) if source.files.contains_key(table) => {
                    errors.push(name, None, RegistryError::RepeatedTable);
                }
                Ok(table) => {
                    source.files.insert(table, bytes);
                }
            }
        }
        errors.into_result()?;
        Ok(source)
    }

    /// Adds rows on top of a table, each as (column, value); they are counted from 1 in messages.
    ///
    /// # Errors
    /// A name that is no table's.
    pub fn add_rows(&mut self, table: &str, rows: Vec<AddedRow>) -> Result<(), RegistryErrors> {
        match known(table) {
            Ok(table) => {
                self.added.entry(table).or_default().extend(rows);
                Ok(())
            }
            Err(error) => {
                let mut errors = RegistryErrors::default();
                errors.push(table, None, error);
                Err(errors)
            }
        }
    }

    /// The files by their tables, in order of name.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.files
            .iter()
            .map(|(table, bytes)| (*table, bytes.as_slice()))
    }

    /// SHA-256 over tables and contents, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (table, bytes) in self.files() {
            for part in [table.as_bytes(), bytes] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        let hash = hasher.finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it is read faster by one thread than by several.
    pub(super) fn is_small(&self) -> bool {
        let bytes = self.files.values().map(Vec::len).sum::<usize>();
        let rows = self.added.values().map(Vec::len).sum::<usize>();
        bytes <= REGISTRY_SMALL_BYTES && rows <= REGISTRY_ROWS_EACH
    }

    /// Gives a table its file.
    pub(super) fn set_file(&mut self, table: &'static str, bytes: Vec<u8>) {
        self.files.insert(table, bytes);
    }

    /// Whether it says anything of a table, and be it that it is empty.
    pub(super) fn has(&self, table: &str) -> bool {
        self.files.contains_key(table) || self.added.contains_key(table)
    }

    /// The bytes of a table's file; empty where it has none.
    pub(super) fn file(&self, table: &str) -> &[u8] {
        self.files.get(table).map_or(&[], Vec::as_slice)
    }

    /// The lines of a table's file, its header first.
    pub(super) fn lines(&self, table: &str) -> impl Iterator<Item = &str> {
        let text = std::str::from_utf8(self.file(table));
        text.unwrap_or_default().lines()
    }

    /// The rows added to a table.
    pub(super) fn added(&self, table: &str) -> &[AddedRow] {
        self.added.get(table).map_or(&[], Vec::as_slice)
    }
}

fn known(table: &str) -> Result<&'static str, RegistryError> {
    TABLES
        .iter()
        .copied()
        .find(|known| *known == table)
        .ok_or_else(|| RegistryError::UnknownTable(table.to_owned()))
}
