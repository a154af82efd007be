//! `greenlane decide --data`: a file of declarations through the desk, in its order, journaled and archived as the
//! service does.

use std::io::{BufRead, Write};
use std::thread;
use std::time::Duration;

use super::args::{Decide, Output};
use super::decide::{create, refuse, tell};
use super::error::CliError;
use super::registry_data::COMMAND;
use super::serve::{begin, clock};
use super::{Found, output};
use crate::analysis::batch::{Source, Summary};
use crate::archive::RollOptions;
use crate::clock::Stopwatch;
use crate::declaration::{CsvChunk, Fault, FaultCode, NdjsonChunk, write_json};
use crate::journal::{Options, Sequence};
use crate::service::{Answered, Between, Desk, Refusal, StartOptions, Started, answer, end, start};
use crate::supervision::Matcher;

/// Answers that are written together, when the last of them is durable.
const GROUP: usize = 1_024;
/// How long a declaration waits for room in the journal before it tries again.
const PAUSE: Duration = Duration::from_millis(1);

/// Opens the data folder that a run decides in.
pub(super) fn open(args: &Decide, data: &std::path::Path) -> Result<Started, CliError> {
    let options = StartOptions {
        data: data.to_owned(),
        begin: begin(&args.policy, args.registry.as_ref(), Some(args.as_of))?,
        demonstration: None,
        journal: Options::default(),
        roll: RollOptions::default(),
        clock: clock(),
        between: Between::default(),
    };
    Ok(start(options, &mut |_, _| ())?)
}

/// Decides everything that a source holds, in its order.
pub(super) fn run<R: BufRead>(
    mut source: Source<R>,
    started: Started,
    args: &Decide,
    out: Output,
) -> Result<Found, CliError> {
    let Started {
        desk, tail, notes, ..
    } = started;
    notes.iter().for_each(|note| output::note(out, note));
    let watch = Stopwatch::start();
    let mut run = Run {
        desk: &desk,
        matcher: Matcher::default(),
        out: create(&args.output)?,
        waiting: Vec::new(),
        summary: Summary::default(),
        args,
    };
    run.all(&mut source)?;
    let summary = run.summary;
    drop(run);
    end(&desk, tail)?;
    tell(&summary, watch, args, out);
    Ok(if summary.refused == 0 {
        Found::Right
    } else {
        Found::Wrong
    })
}

struct Run<'r> {
    desk: &'r Desk,
    matcher: Matcher,
    out: Box<dyn Write>,
    /// Answers that are not known to be durable; one that is told again has no text yet.
    waiting: Vec<(Sequence, Option<Vec<u8>>)>,
    summary: Summary,
    args: &'r Decide,
}

impl Run<'_> {
    fn all<R: BufRead>(&mut self, source: &mut Source<R>) -> Result<(), CliError> {
        let input = &self.args.input;
        match source {
            Source::Ndjson(reader) => {
                let mut chunk = NdjsonChunk::default();
                while reader
                    .read_chunk(&mut chunk)
                    .map_err(CliError::read(input))?
                {
                    for line in chunk.iter() {
                        self.one(line.number, line.bytes)?;
                    }
                }
            }
            Source::Csv(reader) => {
                let (columns, mut chunk) = (reader.columns(), CsvChunk::default());
                while reader
                    .read_chunk(&mut chunk)
                    .map_err(CliError::read(input))?
                {
                    for rows in chunk.iter() {
                        let snapshot = self.desk.settle().snapshot();
                        let profile = &snapshot.program.policy().profile;
                        let currencies = snapshot.program.registry().currencies();
                        let mut body = Vec::new();
                        match columns.read(rows, profile, currencies) {
                            Ok(declaration) => write_json(&declaration, profile, &mut body),
                            Err(faults) => {
                                self.refused(rows.line(), faults);
                                continue;
                            }
                        }
                        self.one(rows.line(), &body)?;
                    }
                }
            }
        }
        self.flush()
    }

    fn one(&mut self, line: u64, bytes: &[u8]) -> Result<(), CliError> {
        let decided = loop {
            match self.desk.decide(&mut self.matcher, bytes, COMMAND) {
                Err(Refusal::Old(key)) => self.desk.recall(key)?,
                Err(Refusal::Busy) => thread::sleep(PAUSE),
                decided => break decided,
            }
        };
        match decided {
            Ok(Answered::Now(settled)) => {
                let text = answer(&self.matcher.payload, settled.sequence)?;
                self.summary.count(self.matcher.outcome());
                self.waiting.push((settled.sequence, Some(text)));
            }
            Ok(Answered::Before(sequence)) => {
                self.summary.repeated += 1;
                self.waiting.push((sequence, None));
            }
            Err(Refusal::Faults(faults)) => self.refused(line, faults),
            Err(Refusal::Conflict(why) | Refusal::State(why)) => self.refused(
                line,
                vec![Fault {
                    pointer: String::new(),
                    code: FaultCode::Conflict,
                    detail: why,
                }],
            ),
            Err(other) => return Err(other.into()),
        }
        if self.waiting.len() >= GROUP {
            self.flush()?;
        }
        Ok(())
    }

    fn refused(&mut self, line: u64, faults: Vec<Fault>) {
        self.summary.refused += 1;
        refuse(line, faults);
    }

    /// Writes the answers that wait, once they are durable.
    fn flush(&mut self) -> Result<(), CliError> {
        let last = self.waiting.iter().map(|(sequence, _)| *sequence).max();
        if let Some(last) = last {
            self.desk.wait_durable(last)?;
        }
        let path = &self.args.output;
        for (sequence, text) in self.waiting.drain(..) {
            let text = match text {
                Some(text) => text,
                None => answer(&self.desk.record(sequence)?, sequence)?,
            };
            let written = self.out.write_all(&text);
            let written = written.and_then(|()| self.out.write_all(b"\n"));
            written.map_err(|error| CliError::write(path, error))?;
        }
        self.out
            .flush()
            .map_err(|error| CliError::write(path, error))
    }
}
