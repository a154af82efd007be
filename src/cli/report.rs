//! `greenlane report`: statistics of decisions and their outcomes by zone, enterprise, office or month. It only reads,
//! also beside a running service.

use std::fs;
use std::path::Path;

use super::args::{Output, ReportBy, ReportFormat, ReportOf};
use super::error::CliError;
use super::{Found, output};
use crate::analysis::report::{Asked, By, Cell, Counts, Report, report};
use crate::supervision::DataFolder;

/// Columns that a terminal has room for; CSV and JSON have all.
const SHOWN: [&str; 10] = [
    "declarations",
    "released",
    "selected",
    "held",
    "inspected",
    "nonconforming",
    "hit_rate",
    "hours_to_release",
    "overdue",
    "adverse",
];

/// Makes a report and prints it, or writes it to a file.
pub(super) fn run(args: &ReportOf, out: Output) -> Result<Found, CliError> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from >= to
    {
        let why = format!("--from {from} is not before --to {to}, which is not part of the span");
        return Err(CliError::Usage(why));
    }
    let folder = DataFolder::read(&args.data)?;
    let asked = Asked {
        by: match args.by {
            ReportBy::Zone => By::Zone,
            ReportBy::Enterprise => By::Enterprise,
            ReportBy::Office => By::Office,
            ReportBy::Month => By::Month,
        },
        from: args.from,
        to: args.to,
    };
    let bar = output::progress(out, Some(0), "reading");
    let made = report(folder, asked, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let format = match (args.format, out.json) {
        (Some(format), _) => format,
        (None, true) => ReportFormat::Json,
        (None, false) => ReportFormat::Table,
    };
    let text = match format {
        ReportFormat::Json => made.json().to_string() + "\n",
        ReportFormat::Csv => csv_of(&Table::of(&made, args.tests))?,
        ReportFormat::Table => Table::of(&made, args.tests).shown(&made, !args.tests),
    };
    match args
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"))
    {
        None => output::result(text.trim_end_matches('\n')),
        Some(path) => fs::write(path, text).map_err(|error| CliError::write(path, error))?,
    }
    let told = format!("all records to {}", made.through);
    output::note(out, &told);
    Ok(Found::Right)
}

/// A report as texts.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn of(report: &Report, tests: bool) -> Self {
        let by = report.asked.by.as_str().to_owned();
        let name = |group: &Option<String>| group.clone().unwrap_or_default();
        if tests {
            let rows = report.tests.iter().map(|row| {
                let start = [name(&row.group), row.heading.to_string(), row.test.clone()];
                let cells = row.cells().into_iter().map(|(_, cell)| cell.text());
                start.into_iter().chain(cells).collect()
            });
            let columns = ["heading", "test", "passed", "failed", "pass_rate"];
            let columns = columns.map(str::to_owned).into_iter();
            return Self {
                columns: [by].into_iter().chain(columns).collect(),
                rows: rows.collect(),
            };
        }
        let texts = |cells: Vec<(String, Cell)>| cells.into_iter().map(|(_, cell)| cell.text());
        let rows = report.groups.iter().map(|(group, counts)| {
            let start = [name(group)].into_iter();
            start.chain(texts(counts.cells())).collect()
        });
        let columns = report.all.cells().into_iter().map(|(column, _)| column);
        Self {
            columns: [by].into_iter().chain(columns).collect(),
            rows: rows.collect(),
        }
    }

    /// For a terminal: aligned, what belongs to no group as `-`; with `summed` only the columns that it has room for,
    /// and sums below.
    fn shown(mut self, report: &Report, summed: bool) -> String {
        for row in &mut self.rows {
            if let Some(group) = row.first_mut().filter(|group| group.is_empty()) {
                "-".clone_into(group);
            }
        }
        if summed {
            let texts = |name: &str, counts: &Counts| {
                let cells = counts.cells().into_iter().map(|(_, cell)| cell.text());
                [name.to_owned()].into_iter().chain(cells).collect()
            };
            let members = report.members.as_ref();
            self.rows
                .extend(members.map(|counts| texts("(members)", counts)));
            self.rows.push(texts("(all)", &report.all));
            self.keep(&SHOWN);
        }
        self.aligned()
    }

    /// Keeps the first column and those of some names.
    fn keep(&mut self, shown: &[&str]) {
        let columns = self.columns.iter().enumerate();
        let kept = columns.map(|(at, column)| at == 0 || shown.contains(&column.as_str()));
        let kept: Vec<bool> = kept.collect();
        let keep = |row: &mut Vec<String>| {
            let mut is_kept = kept.iter().copied();
            row.retain(|_| is_kept.next().unwrap_or_default());
        };
        keep(&mut self.columns);
        self.rows.iter_mut().for_each(keep);
    }

    /// Lines of columns that are as wide as their widest cell: numbers to the right, names to the left.
    fn aligned(&self) -> String {
        let mut widths = vec![0; self.columns.len()];
        let lines = || std::iter::once(&self.columns).chain(&self.rows);
        for line in lines() {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = cell.chars().count().max(*width);
            }
        }
        let is_name = |column: &String| matches!(column.as_str(), "heading" | "test");
        let names: Vec<bool> = self.columns.iter().map(is_name).collect();
        let mut text = String::new();
        for line in lines() {
            let mut out = String::new();
            for ((at, cell), (width, name)) in
                line.iter().enumerate().zip(widths.iter().zip(&names))
            {
                match at == 0 || *name {
                    true => out += &format!("{cell:<width$}  "),
                    false => out += &format!("{cell:>width$}  "),
                }
            }
            text += out.trim_end();
            text.push('\n');
        }
        text
    }
}

fn csv_of(table: &Table) -> Result<String, CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut lines = std::iter::once(&table.columns).chain(&table.rows);
    let written = lines.try_for_each(|line| writer.write_record(line));
    let bytes = written.map_err(|error| error.to_string()).and_then(|()| {
        let bytes = writer.into_inner();
        bytes.map_err(|error| error.to_string())
    });
    let bytes = bytes.map_err(|why| CliError::write(Path::new("-"), why))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
