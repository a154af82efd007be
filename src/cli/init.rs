//! `greenlane init`: the shipped policy with its scenarios, the shipped registry and a commented configuration, which
//! are embedded in the binary, written into a new or empty folder. A folder that holds anything is refused before a byte is written.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::error::CliError;
use super::{Found, args, output};
use crate::policy::{PolicySource, SourceError};
use crate::registry::{RegistryErrors, RegistrySource};

static POLICY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/ciq/policy");
static REGISTRY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/ciq/registry");
static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/scenarios");

/// The example of a configuration.
pub(super) const CONFIGURATION: &str = include_str!("../../fixtures/ciq/greenlane.toml");
/// Where it goes.
const CONFIGURATION_FILE: &str = "greenlane.toml";

/// Where each embedded folder goes.
const FOLDERS: [(&str, &Dir<'_>); 3] = [
    ("policy", &POLICY),
    ("policy/scenarios", &SCENARIOS),
    ("registry", &REGISTRY),
];

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitSummary {
    /// The files inside the folder, in the order in which they were written.
    pub files: Vec<PathBuf>,
}

/// Why a folder could not be begun.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The folder holds something already, or is no folder.
    #[error("`{0}` is not an empty folder; name one that is empty or does not exist yet")]
    NotEmpty(PathBuf),
    /// A folder or file could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// Runs the command.
pub(super) fn run(args: &args::Init, out: args::Output) -> Result<Found, CliError> {
    let summary = init(&args.dir)?;
    if out.json {
        let files: Vec<String> = summary
            .files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        output::result(&serde_json::json!({ "files": files }).to_string());
    } else {
        output::note(
            out,
            &format!(
                "wrote {} files to {}: policy, its scenarios, registry and configuration",
                summary.files.len(),
                args.dir.display()
            ),
        );
    }
    Ok(Found::Right)
}

/// Writes the shipped policy, scenarios, registry and configuration into a folder.
///
/// # Errors
/// [`InitError::NotEmpty`] with nothing written; [`InitError::Io`], after which what this call wrote is removed again.
pub fn init(dir: &Path) -> Result<InitSummary, InitError> {
    let existed = is_empty_folder(dir)?;
    let mut files = Vec::new();
    let written = FOLDERS
        .iter()
        .try_for_each(|(name, folder)| write_folder(dir, Path::new(name), folder, &mut files))
        .and_then(|()| write_configuration(dir, &mut files));
    match written {
        Ok(()) => Ok(InitSummary { files }),
        Err(error) => {
            remove_written(dir, existed);
            Err(error)
        }
    }
}

/// The shipped policy.
pub(super) fn embedded_policy() -> Result<PolicySource, SourceError> {
    let files = files(&POLICY).into_iter();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    PolicySource::from_files(files.map(|(path, bytes)| (path, text(bytes))))
}

/// The shipped registry.
pub(super) fn embedded_registry() -> Result<RegistrySource, RegistryErrors> {
    let files = files(&REGISTRY).into_iter();
    RegistrySource::from_files(files.map(|(path, bytes)| (path, bytes.to_vec())))
}

fn files(folder: &Dir<'static>) -> Vec<(String, &'static [u8])> {
    let path = |file: &include_dir::File<'_>| file.path().to_string_lossy().into_owned();
    let own = folder.files().map(|file| (path(file), file.contents()));
    let inner = folder.dirs().flat_map(files);
    own.chain(inner).collect()
}

/// Whether the folder exists, which is well only where it is empty.
fn is_empty_folder(dir: &Path) -> Result<bool, InitError> {
    match fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(true),
            Some(_) => Err(InitError::NotEmpty(dir.to_owned())),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            Err(InitError::NotEmpty(dir.to_owned()))
        }
        Err(error) => Err(InitError::Io {
            path: dir.to_owned(),
            error,
        }),
    }
}

fn write_folder(
    dir: &Path,
    name: &Path,
    folder: &Dir<'_>,
    files: &mut Vec<PathBuf>,
) -> Result<(), InitError> {
    let io = |path: &Path, error| InitError::Io {
        path: path.to_owned(),
        error,
    };
    let target = dir.join(name);
    fs::create_dir_all(&target).map_err(|error| io(&target, error))?;
    for file in folder.files() {
        let path = name.join(file.path());
        let target = dir.join(&path);
        fs::write(&target, file.contents()).map_err(|error| io(&target, error))?;
        files.push(path);
    }
    Ok(())
}

fn write_configuration(dir: &Path, files: &mut Vec<PathBuf>) -> Result<(), InitError> {
    let path = dir.join(CONFIGURATION_FILE);
    let written = fs::write(&path, CONFIGURATION);
    written.map_err(|error| InitError::Io { path, error })?;
    files.push(CONFIGURATION_FILE.into());
    Ok(())
}

/// Takes back what was begun. Its own failure is not told: the first one says what is wrong.
fn remove_written(dir: &Path, existed: bool) {
    let unwanted = if existed {
        vec![dir.join("policy"), dir.join("registry")]
    } else {
        vec![dir.to_owned()]
    };
    for path in unwanted {
        drop(fs::remove_dir_all(path));
    }
}
