//! `greenlane registry import` and `export`: the registry of a data folder from and to files.

use std::fs;
use std::path::Path;

use super::args::{Output, RegistryExport, RegistryImport};
use super::error::CliError;
use super::serve::clock;
use super::{Found, output};
use crate::archive::RollOptions;
use crate::journal::Options;
use crate::registry::RegistrySource;
use crate::service::{Between, Caller, StartOptions, Started, end, start};

/// Who acts on the command line.
pub(super) const COMMAND: Caller<'static> = Caller {
    name: "command line",
    officer: true,
};

/// Opens a data folder to write it, as the service does.
pub(super) fn open(data: &Path, out: Output) -> Result<Started, CliError> {
    if !data.is_dir() {
        let absent = crate::supervision::FolderError::Absent(data.to_owned());
        return Err(absent.into());
    }
    let options = StartOptions {
        data: data.to_owned(),
        begin: None,
        demonstration: None,
        journal: Options::default(),
        roll: RollOptions::default(),
        clock: clock(),
        between: Between::default(),
    };
    let bar = output::progress(out, Some(0), "recovering");
    let started = start(options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    started
        .notes
        .iter()
        .for_each(|note| output::note(out, note));
    Ok(started)
}

/// Makes the registry of a data folder what files say, whole or not at all.
pub(super) fn import(args: &RegistryImport, out: Output) -> Result<Found, CliError> {
    let source = RegistrySource::from_dir(&args.dir)?;
    let Started { desk, tail, .. } = open(&args.data, out)?;
    let changes = if args.dry_run {
        desk.difference(&source, args.replace)?
    } else {
        desk.import(&source, args.replace, COMMAND)?.0
    };
    let revision = desk.settle().snapshot().revision;
    end(&desk, tail)?;
    if out.json {
        let told = serde_json::json!({ "changes": changes, "registry_revision": revision, "dry_run": args.dry_run });
        output::result(&told.to_string());
    } else {
        let would = if args.dry_run {
            "would change"
        } else {
            "changed"
        };
        output::note(
            out,
            &format!(
                "the rows of {changes} owners {would}; the registry is at revision {revision}"
            ),
        );
    }
    Ok(Found::Right)
}

/// Writes the registry of a data folder as files.
pub(super) fn export(args: &RegistryExport, out: Output) -> Result<Found, CliError> {
    if fs::read_dir(&args.dir).is_ok_and(|mut entries| entries.next().is_some()) {
        let why = format!("{}: the folder is not empty", args.dir.display());
        return Err(CliError::Usage(why));
    }
    let Started { desk, tail, .. } = open(&args.data, out)?;
    let files = desk.export()?;
    end(&desk, tail)?;
    let write = |path: &Path, error| CliError::write(path, error);
    fs::create_dir_all(&args.dir).map_err(|error| write(&args.dir, error))?;
    for (name, text) in &files {
        let path = args.dir.join(name);
        fs::write(&path, text).map_err(|error| write(&path, error))?;
    }
    output::note(
        out,
        &format!("{} files in {}", files.len(), args.dir.display()),
    );
    Ok(Found::Right)
}
