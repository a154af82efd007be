//! The log: lines on stderr, each an event, for people or as JSON, written by a thread of their own. Whoever logs never
//! waits: where more comes than is taken, the rest is left out and counted.

use std::fmt;
use std::io;
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer, reload};

use super::args::Output;
use crate::clock;
use crate::declaration::Moment;
use crate::limits::LOG_LINES;
use crate::service::http::{Logged, current_request};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Plain,
    /// An object a line.
    Json,
}

/// Begins to log. What the guard still has is written when it is dropped.
///
/// # Errors
/// Where another log has begun.
pub(super) fn begin(
    level: LevelFilter,
    format: Format,
    output: Output,
) -> Result<(Logged, WorkerGuard), TryInitError> {
    let builder = NonBlockingBuilder::default();
    let builder = builder.lossy(true).buffered_lines_limit(LOG_LINES);
    let (writer, guard) = builder.thread_name("log").finish(io::stderr());
    let dropped = writer.error_counter();
    let (filter, again) = reload::Layer::new(targets(level, output));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false)
        .with_target(false)
        .with_timer(Time);
    let lines = match format {
        Format::Plain => lines.boxed(),
        Format::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .boxed(),
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()?;
    panic::set_hook(Box::new(tell_panic));
    let logged = Logged {
        // It is gone when the process ends, and nobody logs then.
        set_level: Arc::new(move |level| drop(again.reload(targets(level, output)))),
        dropped: Arc::new(move || dropped.dropped_lines() as u64),
    };
    Ok((logged, guard))
}

/// What is told at a level. Of what others say only what is wrong is of use here.
fn targets(level: LevelFilter, output: Output) -> Targets {
    let level = match output.quiet {
        true => level.min(LevelFilter::ERROR),
        false => level,
    };
    let others = level.min(LevelFilter::WARN);
    let targets = Targets::new().with_target("greenlane", level);
    targets.with_default(others)
}

/// A panic is an error of the service's own, with the request that met it.
fn tell_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    let thread = std::thread::current();
    let why = info.payload_as_str().unwrap_or("of no text");
    tracing::error!(
        request_id = current_request(),
        place,
        thread = thread.name(),
        "panicked: {why}"
    );
}

/// The time of a line.
struct Time;

impl FormatTime for Time {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", Moment::from_micros(clock::now_micros()))
    }
}
