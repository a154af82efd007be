//! `greenlane serve`: the service.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use super::args::{AsOf, Durability, Output, Serve};
use super::config::{Config, Fixed, variables};
use super::error::CliError;
use super::{Found, init, log};
use crate::archive::RollOptions;
use crate::clock;
use crate::declaration::Moment;
use crate::journal;
use crate::limits::JOURNAL_SEGMENT_BYTES;
use crate::policy::PolicySource;
use crate::registry::RegistrySource;
use crate::service::access::Access;
use crate::service::http::{Reload, Reloaded, ServeOptions, Settings, serve};
use crate::service::{Begin, Between, StartOptions};
use crate::supervision::{self, Clock};

/// Serves until it is told to stop.
pub(super) fn run(args: &Serve, out: Output) -> Result<Found, CliError> {
    let config = Config::read(args, variables())?;
    let (logged, _writing) = log::begin(config.log.level, config.fixed.log_format, out)?;
    config
        .notes
        .iter()
        .for_each(|note| tracing::warn!("{note}"));
    let fixed = config.fixed;
    let options = ServeOptions {
        listen: fixed.listen,
        workers: fixed
            .workers
            .unwrap_or_else(|| thread::available_parallelism().map_or(2, usize::from)),
        connections: fixed.connections,
        settings: Settings {
            access: Access::new(config.callers),
            limits: config.limits,
            log: config.log,
        },
        certificates: config.certificates,
        start: StartOptions {
            data: fixed.data.clone(),
            begin: begin(&fixed.policy, fixed.registry.as_ref(), fixed.as_of)?,
            demonstration: Some(demonstration(fixed.as_of)?),
            journal: journal_options(fixed.durability),
            roll: RollOptions {
                max_age_s: fixed.archive_age_s,
                ..RollOptions::default()
            },
            clock: clock(),
            between: Between::default(),
        },
        logged,
        reload: reload(args.clone(), fixed),
    };
    serve(options, |text| tracing::info!("{text}"))?;
    Ok(Found::Right)
}

/// Reads the configuration again, as it was read at the start.
fn reload(args: Serve, fixed: Fixed) -> Reload {
    Box::new(move || {
        let config = Config::read(&args, variables()).map_err(|error| error.to_string())?;
        let mut notes = config.notes;
        let waits = config.fixed.differs(&fixed);
        notes.extend(waits.map(|name| format!("`{name}` needs another start to change")));
        Ok(Reloaded {
            settings: Settings {
                access: Access::new(config.callers),
                limits: config.limits,
                log: config.log,
            },
            certificates: config.certificates,
            notes,
        })
    })
}

/// Segments of another size are for tests of a debug build, which want to see many of them.
fn journal_options(durability: Durability) -> journal::Options {
    let bytes = env::var("GREENLANE_SEGMENT_BYTES").ok();
    let bytes = bytes.filter(|_| cfg!(debug_assertions));
    let bytes = bytes.and_then(|bytes| bytes.parse().ok());
    journal::Options {
        segment_bytes: bytes.unwrap_or(JOURNAL_SEGMENT_BYTES),
        durability: match durability {
            Durability::Fsync => journal::Durability::Fsync,
            Durability::Buffered => journal::Durability::Buffered,
        },
        ..journal::Options::default()
    }
}

/// The wall clock.
pub(super) fn clock() -> Clock {
    Arc::new(|| Moment::from_micros(clock::now_micros()))
}

/// What decides, where it was named.
pub(super) fn begin(
    policy: &[PathBuf],
    registry: Option<&PathBuf>,
    as_of: Option<AsOf>,
) -> Result<Option<Begin>, CliError> {
    if policy.is_empty() {
        return match registry {
            None => Ok(None),
            Some(_) => Err(CliError::Usage("--registry goes with --policy".to_owned())),
        };
    }
    let registry = registry.map(|registry| RegistrySource::from_dir(registry));
    Ok(Some(Begin {
        policy: PolicySource::from_dirs(policy)?,
        registry: registry.transpose()?,
        as_of: day(as_of.unwrap_or(AsOf::Decision)),
    }))
}

/// What decides in a new folder where nothing was named.
fn demonstration(as_of: Option<AsOf>) -> Result<Begin, CliError> {
    Ok(Begin {
        policy: init::embedded_policy()?,
        registry: Some(init::embedded_registry()?),
        as_of: day(as_of.unwrap_or(AsOf::Declaration)),
    })
}

const fn day(as_of: AsOf) -> supervision::AsOf {
    match as_of {
        AsOf::Declaration => supervision::AsOf::Declaration,
        AsOf::Decision => supervision::AsOf::Decision,
    }
}
