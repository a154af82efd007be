//! Where words go: results to stdout, all else to stderr.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

use super::args::Output;

/// Writes a result to stdout. A reader that has gone away is no error of ours.
pub(super) fn result(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes a note to stderr, unless quiet is asked for.
pub(super) fn note(output: Output, text: &str) {
    if !output.quiet {
        problem(&text);
    }
}

/// Writes what is wrong to stderr.
pub(super) fn problem(text: &dyn std::fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A progress bar, where stderr is a terminal and nobody asked for quiet.
pub(super) fn progress(output: Output, total: Option<u64>, doing: &'static str) -> ProgressBar {
    if output.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::no_length(),
    };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(doing)
}
