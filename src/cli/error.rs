//! Why a command could not do its work, and the exit code that says so.

use std::path::{Path, PathBuf};

use tracing_subscriber::util::TryInitError;

use super::config::ConfigErrors;
use super::init::InitError;
use crate::analysis::WalkError;
use crate::archive::ArchiveError;
use crate::policy::{PolicyErrors, SourceError};
use crate::registry::RegistryErrors;
use crate::scenario::ScenarioError;
use crate::service::access::NoRandomness;
use crate::service::http::ServeError;
use crate::service::{EndError, Refusal, StartError};
use crate::supervision::{FolderError, WorldError};

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// What was typed does not fit together.
    #[error("{0}")]
    Usage(String),
    /// The configuration is refused.
    #[error("{0}")]
    Config(#[from] ConfigErrors),
    /// There can be no log.
    #[error("there can be no log: {0}")]
    Log(#[from] TryInitError),
    /// There is no token to be made.
    #[error("{0}")]
    Token(#[from] NoRandomness),
    /// A policy is refused.
    #[error("{0}")]
    Policy(#[from] PolicyErrors),
    /// A policy's files cannot be read.
    #[error("{0}")]
    Source(#[from] SourceError),
    /// A registry is refused.
    #[error("{0}")]
    Registry(#[from] RegistryErrors),
    /// A policy exceeds the engine's limits.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Compile(Vec<crate::engine::CompileError>),
    /// A policy and a registry do not make a program.
    #[error("{0}")]
    World(#[from] WorldError),
    /// Scenarios cannot be run.
    #[error("{0}")]
    Scenario(#[from] ScenarioError),
    /// A mapping, draw key or table is refused.
    #[error("{path}: {why}")]
    Input {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// An archive cannot be read.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// The service does not start, or stopped.
    #[error("{0}")]
    Serve(#[from] ServeError),
    /// A data folder cannot be used.
    #[error("{0}")]
    Folder(#[from] FolderError),
    /// The records of a data folder cannot be walked over.
    #[error("{0}")]
    Walk(#[from] WalkError),
    /// A question has no answer.
    #[cfg(feature = "sql")]
    #[error("{0}")]
    Query(#[from] crate::analysis::query::QueryError),
    /// A data folder cannot be opened.
    #[error("{0}")]
    Start(#[from] StartError),
    /// A data folder does not end well.
    #[error("{0}")]
    End(#[from] EndError),
    /// The desk refuses.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// A folder cannot be begun.
    #[error("{0}")]
    Init(#[from] InitError),
    /// A file cannot be read.
    #[error("{path}: {error}")]
    Read {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Decisions cannot be written.
    #[error("{path}: {why}")]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl CliError {
    pub(super) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| Self::Read {
            path: path.to_owned(),
            error,
        }
    }

    pub(super) fn write(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Write {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }

    /// 1 the input was refused, 2 wrong usage, 3 storage failed.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Init(InitError::NotEmpty(_)) => 2,
            Self::Config(errors) if errors.are_typed() => 2,
            Self::Read { .. } | Self::Write { .. } | Self::Archive(_) => 3,
            Self::Source(SourceError::Io { .. })
            | Self::Scenario(ScenarioError::Io { .. })
            | Self::Init(InitError::Io { .. }) => 3,
            Self::Serve(ServeError::Listen(_)) | Self::Folder(FolderError::Absent(_)) => 2,
            Self::Serve(ServeError::Start(error)) | Self::Start(error) => start_code(error),
            Self::Refused(Refusal::Stopped(_))
            | Self::End(_)
            | Self::Walk(_)
            | Self::Log(_)
            | Self::Folder(_)
            | Self::Serve(_) => 3,
            _ => 1,
        }
    }
}

const fn start_code(error: &StartError) -> u8 {
    match error {
        StartError::Nothing => 2,
        StartError::New(_) | StartError::Refused(_) | StartError::Fold { .. } => 1,
        _ => 3,
    }
}
