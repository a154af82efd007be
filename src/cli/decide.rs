//! `greenlane decide`: the offline batch.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

use super::args::{AsOf, Decide, InputFormat, Output, OutputFormat};
use super::error::CliError;
use super::{Found, decide_data, input, output};
use crate::analysis::batch::{self, BatchError, Settings, Sink, Source, Summary};
use crate::analysis::sink::{LinesSink, ParquetSink};
use crate::clock::{self, Stopwatch};
use crate::declaration::{CsvError, CsvReader, Fault, Mapping, Moment, NdjsonReader};
use crate::engine::{DrawKey, Program};
use crate::policy::Verdict;

/// Decides a file of declarations.
pub(super) fn run(args: &Decide, out: Output) -> Result<Found, CliError> {
    let formats = (input_format(args)?, output_format(args)?);
    if let Some(data) = &args.data {
        return decide_data(args, data, formats, out);
    }
    let policy = input::policy(&args.policy)?;
    let registry = args.registry.as_deref().unwrap_or(Path::new(""));
    let registry = input::registry(registry, &policy)?;
    let program = Program::compile(policy, registry).map_err(CliError::Compile)?;
    let settings = Settings {
        program: &program,
        as_of: match args.as_of {
            AsOf::Declaration => batch::AsOf::Declaration,
            AsOf::Decision => batch::AsOf::Decision(Moment::from_micros(clock::now_micros())),
        },
        draw_key: draw_key(args, out)?,
    };
    if program.policy().selection.controls() {
        let why = "`[selection]` has no effect without --data DIR: what it counts has an order";
        output::note(out, why);
    }
    let (reader, bytes) = open(&args.input)?;
    let progress = output::progress(out, bytes, "deciding");
    let counted = progress.wrap_read(reader);
    let mut source = source(
        args,
        formats.0,
        &program,
        BufReader::with_capacity(1 << 20, counted),
    )?;
    let started = Stopwatch::start();
    let summary = match formats.1 {
        OutputFormat::Ndjson => {
            let mut sink = LinesSink::new(create(&args.output)?);
            let summary = decide(&mut source, &settings, &mut sink, args)?;
            sink.finish()
                .map_err(|error| CliError::write(&args.output, error))?;
            summary
        }
        OutputFormat::Parquet => {
            let mut sink = ParquetSink::create(&args.output, &program)
                .map_err(|error| CliError::write(&args.output, error))?;
            let summary = decide(&mut source, &settings, &mut sink, args)?;
            sink.finish()
                .map_err(|error| CliError::write(&args.output, error))?;
            summary
        }
    };
    progress.finish_and_clear();
    tell(&summary, started, args, out);
    Ok(if summary.refused == 0 {
        Found::Right
    } else {
        Found::Wrong
    })
}

/// Decides through the desk of a data folder.
fn decide_data(
    args: &Decide,
    data: &Path,
    (input, output): (InputFormat, OutputFormat),
    out: Output,
) -> Result<Found, CliError> {
    if output == OutputFormat::Parquet {
        return Err(CliError::Usage(
            "with --data the Parquet is in the data folder's archive; --output takes the answers as .ndjson"
                .to_owned(),
        ));
    }
    let started = decide_data::open(args, data)?;
    let program = Arc::clone(&started.desk.settle().snapshot().program);
    let (reader, bytes) = open(&args.input)?;
    let progress = output::progress(out, bytes, "deciding");
    let reader = BufReader::with_capacity(1 << 20, progress.wrap_read(reader));
    let source = source(args, input, &program, reader)?;
    decide_data::run(source, started, args, out)
}

fn decide<R, S>(
    source: &mut Source<R>,
    settings: &Settings<'_>,
    sink: &mut S,
    args: &Decide,
) -> Result<Summary, CliError>
where
    R: std::io::BufRead,
    S: Sink,
    S::Error: std::fmt::Display,
{
    batch::run(source, settings, sink, refuse).map_err(|error| match error {
        BatchError::Read(error) => CliError::Read {
            path: args.input.clone(),
            error,
        },
        BatchError::Write(error) => CliError::write(&args.output, error),
    })
}

pub(super) fn refuse(line: u64, faults: Vec<Fault>) {
    for fault in faults {
        output::problem(&format!("line {line}: {fault}"));
    }
}

pub(super) fn tell(summary: &Summary, started: Stopwatch, args: &Decide, out: Output) {
    let count = |verdict| summary.verdict(verdict);
    let declarations = summary.decided + summary.refused + summary.repeated;
    if out.json {
        let verdicts: serde_json::Map<String, serde_json::Value> = Verdict::ALL
            .iter()
            .map(|verdict| (verdict.as_str().to_owned(), count(*verdict).into()))
            .collect();
        let told = serde_json::json!({ "declarations": declarations, "decided": summary.decided, "refused": summary.refused, "repeated": summary.repeated, "items": summary.items, "verdicts": verdicts });
        if is_standard(&args.output) {
            output::problem(&told);
        } else {
            output::result(&told.to_string());
        }
        return;
    }
    let verdicts = Verdict::ALL
        .iter()
        .map(|verdict| format!("{} {}", verdict.as_str(), count(*verdict)))
        .collect::<Vec<_>>()
        .join(", ");
    let seconds = started.elapsed().as_secs_f64();
    let again = match summary.repeated {
        0 => String::new(),
        count => format!(", {count} answered as before"),
    };
    output::note(
        out,
        &format!(
            "{declarations} declarations: {} decided ({verdicts}), {} refused{again}, in {seconds:.2} s",
            summary.decided, summary.refused
        ),
    );
}

// ----- what was typed -----

fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

fn input_format(args: &Decide) -> Result<InputFormat, CliError> {
    let named = args
        .input_format
        .or_else(|| match args.input.extension()?.to_str()? {
            "ndjson" | "jsonl" => Some(InputFormat::Ndjson),
            "csv" => Some(InputFormat::Csv),
            _ => None,
        });
    match (named, &args.mapping) {
        (None, _) => Err(CliError::Usage(
            "the input's extension is neither .ndjson nor .csv; say --input-format ndjson or csv"
                .to_owned(),
        )),
        (Some(InputFormat::Csv), None) => Err(CliError::Usage(
            "a CSV input needs --mapping FILE, which names its columns' fields".to_owned(),
        )),
        (Some(InputFormat::Ndjson), Some(_)) => Err(CliError::Usage(
            "--mapping goes with a CSV input".to_owned(),
        )),
        (Some(format), _) => Ok(format),
    }
}

fn output_format(args: &Decide) -> Result<OutputFormat, CliError> {
    let named = args
        .output_format
        .or_else(|| match args.output.extension()?.to_str()? {
            "ndjson" | "jsonl" => Some(OutputFormat::Ndjson),
            "parquet" => Some(OutputFormat::Parquet),
            _ => None,
        });
    match named {
        None => Err(CliError::Usage("the output's extension is neither .parquet nor .ndjson; say --output-format parquet or ndjson".to_owned())),
        Some(OutputFormat::Parquet) if is_standard(&args.output) => Err(CliError::Usage("a Parquet file appears whole or not at all, so it cannot go to standard output".to_owned())),
        Some(format) => Ok(format),
    }
}

fn draw_key(args: &Decide, out: Output) -> Result<DrawKey, CliError> {
    let Some(path) = &args.draw_key else {
        output::note(
            out,
            "draws use the published test key; --draw-key FILE names another",
        );
        return Ok(DrawKey::TEST);
    };
    DrawKey::parse(&input::text(path)?).map_err(|error| CliError::Input {
        path: path.clone(),
        why: error.to_string(),
    })
}

fn open(path: &Path) -> Result<(Box<dyn Read>, Option<u64>), CliError> {
    if is_standard(path) {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let file = File::open(path).map_err(CliError::read(path))?;
    let bytes = file.metadata().ok().map(|metadata| metadata.len());
    Ok((Box::new(file), bytes))
}

pub(super) fn create(path: &Path) -> Result<Box<dyn Write>, CliError> {
    if is_standard(path) {
        return Ok(Box::new(std::io::stdout()));
    }
    let file = File::create(path).map_err(|error| CliError::write(path, error))?;
    Ok(Box::new(BufWriter::with_capacity(1 << 20, file)))
}

fn source<R: std::io::BufRead>(
    args: &Decide,
    format: InputFormat,
    program: &Program,
    reader: R,
) -> Result<Source<R>, CliError> {
    let Some(path) = args.mapping.as_ref().filter(|_| format == InputFormat::Csv) else {
        return Ok(Source::Ndjson(NdjsonReader::new(reader)));
    };
    let wrong = |why: String| CliError::Input {
        path: path.clone(),
        why,
    };
    let mapping = Mapping::parse(&input::text(path)?, &program.policy().profile)
        .map_err(|error| wrong(error.to_string()))?;
    match CsvReader::new(reader, &mapping) {
        Ok(reader) => Ok(Source::Csv(reader)),
        Err(CsvError::Mapping(error)) => Err(wrong(error.to_string())),
        Err(error) => Err(CliError::Input {
            path: args.input.clone(),
            why: error.to_string(),
        }),
    }
}
