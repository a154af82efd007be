//! The configuration of the service: one TOML file, over it what the environment says, and over both what was typed.
//! Everything is checked before anything begins, and every fault is told at once. `greenlane init` writes an example
//! in which every key stands.

mod callers;
mod fault;
mod reader;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) use fault::ConfigErrors;

use tracing::level_filters::LevelFilter;

use self::callers::callers;
use self::fault::Place;
use self::reader::{Key, Reader};
use super::args::{AsOf, Durability, Serve};
use super::error::CliError;
use super::log::Format;
use crate::limits;
use crate::service::access::{Known, Secret};
use crate::service::http::{
    Certificates, Connections, Limits, LogSettings, TlsFile, TlsFiles, may_listen,
};

/// Where the service listens unless another address is said.
const LISTEN: SocketAddr = SocketAddr::V4(std::net::SocketAddrV4::new(
    std::net::Ipv4Addr::LOCALHOST,
    8080,
));
/// Where the data are unless another folder is said.
const DATA: &str = "greenlane-data";

const AS_OF: [(&str, AsOf); 2] = [
    ("declaration", AsOf::Declaration),
    ("decision", AsOf::Decision),
];
const DURABILITY: [(&str, Durability); 2] = [
    ("fsync", Durability::Fsync),
    ("buffered", Durability::Buffered),
];

const LEVELS: [(&str, LevelFilter); 4] = [
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
];
const FORMATS: [(&str, Format); 2] = [("plain", Format::Plain), ("json", Format::Json)];

/// The configuration of the service, checked.
#[derive(Debug)]
pub(super) struct Config {
    /// What needs another start to change.
    pub(super) fixed: Fixed,
    /// What is asked of each request.
    pub(super) limits: Limits,
    /// What is logged.
    pub(super) log: LogSettings,
    /// Who may call.
    pub(super) callers: Vec<Known>,
    /// The certificates of [`Fixed::tls`].
    pub(super) certificates: Option<Certificates>,
    /// What should be told.
    pub(super) notes: Vec<String>,
}

/// What needs another start to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fixed {
    pub(super) listen: SocketAddr,
    pub(super) policy: Vec<PathBuf>,
    pub(super) registry: Option<PathBuf>,
    pub(super) data: PathBuf,
    pub(super) as_of: Option<AsOf>,
    pub(super) durability: Durability,
    pub(super) archive_age_s: u32,
    /// None for as many as there are cores.
    pub(super) workers: Option<usize>,
    pub(super) connections: Connections,
    pub(super) log_format: Format,
    pub(super) tls: Option<TlsFiles>,
}

impl Fixed {
    /// The keys of which another says something else.
    pub(super) fn differs<'f>(&'f self, other: &'f Self) -> impl Iterator<Item = &'static str> {
        let each = [
            ("listen", self.listen != other.listen),
            ("policy", self.policy != other.policy),
            ("registry", self.registry != other.registry),
            ("data", self.data != other.data),
            ("as_of", self.as_of != other.as_of),
            ("durability", self.durability != other.durability),
            ("archive_age_s", self.archive_age_s != other.archive_age_s),
            ("workers", self.workers != other.workers),
            (
                "limits.connections",
                self.connections.most != other.connections.most,
            ),
            (
                "limits.head_s",
                self.connections.head != other.connections.head,
            ),
            (
                "limits.keep_alive_s",
                self.connections.keep_alive != other.connections.keep_alive,
            ),
            (
                "limits.answer_s",
                self.connections.answer != other.connections.answer,
            ),
            (
                "limits.work",
                self.connections.work != other.connections.work,
            ),
            ("log.format", self.log_format != other.log_format),
            ("tls", self.tls.is_some() != other.tls.is_some()),
        ];
        each.into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(name, _)| name)
    }
}

/// What the process was given besides its flags.
pub(super) fn variables() -> BTreeMap<String, String> {
    let own = env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        let value = value.to_string_lossy().into_owned();
        name.starts_with("GREENLANE_").then_some((name, value))
    });
    own.collect()
}

impl Config {
    /// Reads the file that was named, if any, and what stands over it.
    ///
    /// # Errors
    /// Every fault; or that the file cannot be read.
    pub(super) fn read(
        typed: &Serve,
        variables: BTreeMap<String, String>,
    ) -> Result<Self, CliError> {
        let file = typed.config.as_deref();
        let text = file.map(text_of).transpose()?.unwrap_or_default();
        Self::read_text(typed, &text, variables).map_err(CliError::Config)
    }

    /// Reads the text of the file that was named, if any, and what stands over it.
    ///
    /// # Errors
    /// Every fault.
    pub(super) fn read_text(
        typed: &Serve,
        text: &str,
        variables: BTreeMap<String, String>,
    ) -> Result<Self, ConfigErrors> {
        let file = typed.config.as_deref();
        let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
        let mut reader = Reader::new(text, folder, variables);
        let config = Self::of(typed, &mut reader);
        let (faults, notes) = reader.finish();
        match faults.is_empty() {
            true => Ok(Self { notes, ..config }),
            false => Err(ConfigErrors {
                file: file.map(Path::to_owned),
                faults,
            }),
        }
    }

    fn of(typed: &Serve, reader: &mut Reader<'_>) -> Self {
        let listen = reader.address(Key("", "listen"));
        let policy = reader.paths(Key("", "policy"));
        let registry = reader.path(Key("", "registry"));
        let data = reader.path(Key("", "data"));
        let as_of = reader.word(Key("", "as_of"), &AS_OF);
        let durability = reader.word(Key("", "durability"), &DURABILITY);
        let age = reader.number(Key("", "archive_age_s"), limits::ARCHIVE_AGE_S);
        let workers = reader.number(Key("", "workers"), limits::WORKERS);
        let named = |typed: &[PathBuf]| (!typed.is_empty()).then(|| typed.to_owned());
        let (connections, limits) = (connections(reader), requests(reader));
        let requests_per_s = reader.number(Key("limits", "requests_per_s"), limits::REQUESTS_PER_S);
        let (tls, certificates) = tls(reader);
        let format = reader.word(Key("log", "format"), &FORMATS);
        let fixed = Fixed {
            listen: typed.listen.or(listen).unwrap_or(LISTEN),
            policy: named(&typed.policy).or(policy).unwrap_or_default(),
            registry: typed.registry.clone().or(registry),
            data: typed.data.clone().or(data).unwrap_or_else(|| DATA.into()),
            as_of: typed.as_of.or(as_of),
            durability: typed.durability.or(durability).unwrap_or(Durability::Fsync),
            archive_age_s: typed.archive_age_s.unwrap_or(age as u32),
            workers: (workers > 0).then_some(workers as usize),
            connections,
            log_format: format.unwrap_or(Format::Plain),
            tls,
        };
        let callers = callers(reader, requests_per_s);
        fits_together(typed, &fixed, &callers, reader);
        Self {
            fixed,
            limits,
            log: log(reader),
            callers,
            certificates,
            notes: Vec::new(),
        }
    }
}

fn log(reader: &mut Reader<'_>) -> LogSettings {
    let level = reader.word(Key("log", "level"), &LEVELS);
    LogSettings {
        level: level.unwrap_or(LogSettings::default().level),
        requests_every: reader.number(Key("log", "requests_every"), limits::REQUESTS_EVERY),
    }
}

fn text_of(path: &Path) -> Result<String, CliError> {
    let metadata = fs::metadata(path).map_err(CliError::read(path))?;
    if metadata.len() > limits::MAX_CONFIGURATION_BYTES {
        let why = format!("more than {} bytes", limits::MAX_CONFIGURATION_BYTES);
        let path = path.to_owned();
        return Err(CliError::Input { path, why });
    }
    fs::read_to_string(path).map_err(CliError::read(path))
}

fn seconds(reader: &mut Reader<'_>, name: &'static str, setting: limits::Setting) -> Duration {
    Duration::from_secs(reader.number(Key("limits", name), setting))
}

fn count(reader: &mut Reader<'_>, name: &'static str, setting: limits::Setting) -> usize {
    usize::try_from(reader.number(Key("limits", name), setting)).unwrap_or(usize::MAX)
}

fn connections(reader: &mut Reader<'_>) -> Connections {
    Connections {
        most: count(reader, "connections", limits::CONNECTIONS),
        head: seconds(reader, "head_s", limits::HEAD_S),
        keep_alive: seconds(reader, "keep_alive_s", limits::KEEP_ALIVE_S),
        answer: seconds(reader, "answer_s", limits::ANSWER_S),
        work: count(reader, "work", limits::WORK),
    }
}

fn requests(reader: &mut Reader<'_>) -> Limits {
    Limits {
        declaration_bytes: count(reader, "declaration_bytes", limits::DECLARATION_BYTES),
        event_bytes: count(reader, "event_bytes", limits::EVENT_BYTES),
        table_bytes: count(reader, "table_bytes", limits::TABLE_BYTES),
        header_bytes: count(reader, "header_bytes", limits::HEADER_BYTES),
        body: seconds(reader, "body_s", limits::BODY_S),
        stream_idle: seconds(reader, "stream_idle_s", limits::STREAM_IDLE_S),
        decisions: count(reader, "decisions", limits::DECISIONS),
        queue: Duration::from_millis(reader.number(Key("limits", "queue_ms"), limits::QUEUE_MS)),
        streams: count(reader, "streams", limits::STREAMS),
        body_bytes: count(reader, "body_bytes", limits::BODY_BYTES),
        leave: seconds(reader, "leave_s", limits::LEAVE_S),
    }
}

/// The key of a certificate's file.
const fn key_of(which: TlsFile) -> Key {
    match which {
        TlsFile::Certificate => Key("tls", "certificate"),
        TlsFile::Key => Key("tls", "key"),
        TlsFile::ClientCa => Key("tls", "client_ca"),
    }
}

/// The files of certificates, which are read at once.
fn tls(reader: &mut Reader<'_>) -> (Option<TlsFiles>, Option<Certificates>) {
    let certificate = reader.path(key_of(TlsFile::Certificate));
    let key = reader.path(key_of(TlsFile::Key));
    let client_ca = reader.path(key_of(TlsFile::ClientCa));
    let files = match (certificate, key, client_ca) {
        (None, None, None) => return (None, None),
        (Some(certificate), Some(key), client_ca) => TlsFiles {
            certificate,
            key,
            client_ca,
        },
        (certificate, ..) => {
            let missing = if certificate.is_some() {
                "key"
            } else {
                "certificate"
            };
            let detail = format!("`{missing}` is missing: TLS needs `certificate` and `key`");
            reader.note_at(
                &[TlsFile::Certificate, TlsFile::Key, TlsFile::ClientCa].map(key_of),
                detail,
            );
            return (None, None);
        }
    };
    match Certificates::read(&files) {
        Ok(certificates) => (Some(files), Some(certificates)),
        Err(errors) => {
            for error in errors {
                reader.note_at(&[key_of(error.which)], error.to_string());
            }
            (Some(files), None)
        }
    }
}

/// What each of several keys means for the others.
fn fits_together(typed: &Serve, fixed: &Fixed, callers: &[Known], reader: &mut Reader<'_>) {
    if fixed.registry.is_some() && fixed.policy.is_empty() {
        match typed.registry {
            Some(_) => reader.note(Place::Flag("--registry"), "", "goes with a policy"),
            None => reader.note_at(&[Key("", "registry")], "goes with `policy`"),
        }
    }
    let by_certificate = |known: &&Known| matches!(known.secret, Some(Secret::Certificate(_)));
    let asks = fixed
        .tls
        .as_ref()
        .is_some_and(|tls| tls.client_ca.is_some());
    if let Some(known) = callers.iter().find(by_certificate)
        && !asks
    {
        let detail = "certificates of clients are asked for where `tls.client_ca` is said";
        reader.note(Place::File, format!("certificates.{}", known.name), detail);
    }
    if let Err(why) = may_listen(fixed.listen, !callers.is_empty(), fixed.tls.is_some()) {
        match typed.listen {
            Some(_) => reader.note(Place::Flag("--listen"), "", why),
            None => reader.note_at(&[Key("", "listen")], why),
        }
    }
}
