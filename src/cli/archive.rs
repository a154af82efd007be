//! `greenlane archive verify` and `greenlane archive lookup`. Both only read.

use std::path::Path;

use serde_json::json;

use super::args::{ArchiveLookup, ArchiveTable, ArchiveVerify, Output};
use super::error::CliError;
use super::{Found, output};
use crate::archive::{self, ArchiveError, Reads, Report, Table, write_row};
use crate::declaration::Day;
use crate::journal::{Folders as _, LocalFolders};

/// Checks an archive and prints every fault, the first one first.
pub(super) fn verify(args: &ArchiveVerify, out: Output) -> Result<Found, CliError> {
    let report = archive::verify_from(&open(&args.data)?, args.from.unwrap_or(Day::MIN))?;
    if out.json {
        output::result(&as_json(&report).to_string());
    } else {
        let faults = report.faults.iter();
        faults.for_each(|fault| output::result(&fault.to_string()));
        output::note(out, &summary(&report));
    }
    Ok(match report.faults.is_empty() {
        true => Found::Right,
        false => Found::Wrong,
    })
}

fn as_json(report: &Report) -> serde_json::Value {
    let faults = report.faults.iter();
    let faults = faults.map(|fault| json!({ "file": fault.file, "why": fault.why }));
    let tables = Table::ALL.iter().zip(report.watermarks);
    let tables = tables.map(|(table, last)| (table.name().to_owned(), last.get().into()));
    json!({
        "files": report.files,
        "bytes": report.bytes,
        "rows": report.rows,
        "watermarks": tables.collect::<serde_json::Map<_, _>>(),
        "faults": faults.collect::<Vec<_>>(),
    })
}

fn summary(report: &Report) -> String {
    let last = report.watermarks.iter().min().copied().unwrap_or_default();
    let found = match report.faults.as_slice() {
        [] => "the archive is right".to_owned(),
        [_] => "one fault".to_owned(),
        faults => format!("{} faults", faults.len()),
    };
    format!(
        "{found}: {} files, {} rows, records to {last}",
        report.files, report.rows
    )
}

/// Prints the rows of an id, each a line of JSON.
pub(super) fn lookup(args: &ArchiveLookup, out: Output) -> Result<Found, CliError> {
    let folders = open(&args.data)?;
    let table = match args.table {
        ArchiveTable::Decisions => Table::Decisions,
        ArchiveTable::Declarations => Table::Declarations,
        ArchiveTable::Events => Table::Events,
        ArchiveTable::Results => Table::Results,
    };
    for column in ["declaration_id", "decision_id"] {
        if !table.id_columns().contains(&column) {
            continue;
        }
        let found = archive::lookup(&folders, table, column, &args.id)?;
        if found.rows.is_empty() {
            continue;
        }
        for batch in &found.rows {
            for row in 0..batch.num_rows() {
                let mut line = Vec::new();
                write_row(batch, row, &mut line);
                output::result(&String::from_utf8_lossy(&line));
            }
        }
        output::note(out, &told(found.reads));
        return Ok(Found::Right);
    }
    output::note(
        out,
        &format!("no row of `{table}` has the id `{}`", args.id),
    );
    Ok(Found::Wrong)
}

fn told(reads: Reads) -> String {
    format!(
        "read {} pages of {} of {} files",
        reads.pages_read, reads.files_read, reads.files
    )
}

fn open(data: &Path) -> Result<LocalFolders, CliError> {
    let path = data.join("archive");
    let folders = LocalFolders::new(&path);
    match folders.open("") {
        Ok(_) => Ok(folders),
        Err(error) => Err(ArchiveError::Io { path, error }.into()),
    }
}
