//! `greenlane query`: SQL over the archive and what is not archived yet. It only reads, also beside a running service.
//! A build without the feature `sql` says so, and how `DuckDB` is asked the same.

use super::Found;
use super::args::{Output, QueryOf};
use super::error::CliError;

/// Asks a question and prints the answer, or writes it to a file.
#[cfg(feature = "sql")]
pub(super) fn run(args: &QueryOf, out: Output) -> Result<Found, CliError> {
    answer::run(args, out)
}

/// Says how it is asked otherwise.
#[cfg(not(feature = "sql"))]
pub(super) fn run(args: &QueryOf, _: Output) -> Result<Found, CliError> {
    let archive = args.data.join("archive");
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    Err(CliError::Usage(format!(
        "this build answers no SQL: `cargo build --release --features sql` makes one that does. DuckDB answers it of what is archived:\n\n    cd {} && duckdb -init views.sql -c {}",
        quoted(&archive.to_string_lossy()),
        quoted(&args.sql)
    )))
}

#[cfg(feature = "sql")]
mod answer {
    use std::fs::{self, File};
    use std::io::{self, BufWriter, Write};
    use std::path::Path;

    use arrow::array::RecordBatch;
    use arrow::error::ArrowError;
    use arrow::util::pretty::pretty_format_batches;
    use parquet::arrow::ArrowWriter;
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::errors::ParquetError;
    use parquet::file::properties::WriterProperties;

    use crate::analysis::query::{Query, QueryError};
    use crate::cli::args::{Output, QueryFormat, QueryOf};
    use crate::cli::error::CliError;
    use crate::cli::{Found, output};
    use crate::supervision::DataFolder;

    pub(super) fn run(args: &QueryOf, out: Output) -> Result<Found, CliError> {
        let format = match (args.format, out.json) {
            (Some(format), _) => format,
            (None, true) => QueryFormat::Json,
            (None, false) => QueryFormat::Table,
        };
        let file = args.output.as_deref();
        let file = file.filter(|path| *path != Path::new("-"));
        if format == QueryFormat::Parquet && file.is_none() {
            let why = "Parquet goes to a file: say which with --output";
            return Err(CliError::Usage(why.to_owned()));
        }
        let folder = DataFolder::read(&args.data)?;
        let bar = output::progress(out, Some(0), "reading what is not archived");
        let query = Query::open(folder, |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })?;
        bar.finish_and_clear();
        let asked = match file {
            None => write(&query, &args.sql, format, io::stdout()),
            Some(path) => write_file(&query, &args.sql, format, path),
        };
        match asked {
            // A reader that has gone away is no error of ours.
            Err(QueryError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
            asked => asked?,
        }
        output::note(out, &format!("all records to {}", query.through()));
        Ok(Found::Right)
    }

    /// Written aside first: what was there stays until there is an answer.
    fn write_file(
        query: &Query,
        sql: &str,
        format: QueryFormat,
        path: &Path,
    ) -> Result<(), QueryError> {
        let mut aside = path.as_os_str().to_owned();
        aside.push(".part");
        let written = write(query, sql, format, File::create(&aside)?);
        match written {
            Ok(()) => Ok(fs::rename(&aside, path)?),
            Err(error) => {
                // It is told why there is no answer; of what is left nobody makes anything.
                let _ = fs::remove_file(&aside);
                Err(error)
            }
        }
    }

    fn write(
        query: &Query,
        sql: &str,
        format: QueryFormat,
        out: impl Write + Send,
    ) -> Result<(), QueryError> {
        let mut out = BufWriter::new(out);
        match format {
            QueryFormat::Table => {
                let mut rows: Vec<RecordBatch> = Vec::new();
                query.ask(sql, |batch| {
                    rows.push(batch.clone());
                    Ok(())
                })?;
                let shown = pretty_format_batches(&rows).map_err(arrow_error)?;
                writeln!(out, "{shown}")?;
            }
            QueryFormat::Csv => {
                let mut csv = arrow::csv::Writer::new(&mut out);
                query.ask(sql, |batch| csv.write(batch).map_err(arrow_error))?;
            }
            QueryFormat::Json => {
                let mut json = arrow::json::LineDelimitedWriter::new(&mut out);
                query.ask(sql, |batch| json.write(batch).map_err(arrow_error))?;
                json.finish().map_err(arrow_error)?;
            }
            QueryFormat::Parquet => parquet(query, sql, &mut out)?,
        }
        Ok(out.flush()?)
    }

    fn parquet(query: &Query, sql: &str, out: impl Write + Send) -> Result<(), QueryError> {
        let zstd = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(zstd).build();
        let (mut out, mut writer) = (Some(out), None);
        query.ask(sql, |batch| {
            if let Some(out) = out.take() {
                let begun = ArrowWriter::try_new(out, batch.schema(), Some(properties.clone()));
                writer = Some(begun.map_err(parquet_error)?);
            }
            let writer = writer.as_mut();
            writer.map_or(Ok(()), |writer| writer.write(batch).map_err(parquet_error))
        })?;
        if let Some(writer) = writer {
            writer.close().map_err(parquet_error)?;
        }
        Ok(())
    }

    fn arrow_error(error: ArrowError) -> QueryError {
        match error {
            ArrowError::IoError(_, error) => QueryError::Io(error),
            other => QueryError::Io(io::Error::other(other)),
        }
    }

    fn parquet_error(error: ParquetError) -> QueryError {
        QueryError::Io(io::Error::other(error))
    }
}
