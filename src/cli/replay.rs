//! `greenlane replay`: decides every record again and compares the outcome bytes.

use super::args::{Output, Replay};
use super::error::CliError;
use super::{Found, output};
use crate::analysis::replay::replay;
use crate::supervision::DataFolder;

/// Replays a data folder.
pub(super) fn run(args: &Replay, out: Output) -> Result<Found, CliError> {
    let folder = DataFolder::read(&args.data)?;
    let bar = output::progress(out, Some(0), "replaying");
    let replayed = replay(folder, args.fold, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    for sequence in &replayed.named {
        output::problem(&format!("record {sequence} comes out otherwise"));
    }
    if out.json {
        let told = serde_json::json!({
            "records": replayed.records,
            "decisions": replayed.decisions,
            "otherwise": replayed.otherwise,
            "fold": replayed.fold.map(|(sequence, same)| serde_json::json!({ "sequence": sequence.get(), "same": same })),
        });
        output::result(&told.to_string());
    } else {
        output::note(
            out,
            &format!(
                "{} records, {} decisions made again: {} came out otherwise",
                replayed.records, replayed.decisions, replayed.otherwise
            ),
        );
        if let Some((sequence, same)) = replayed.fold {
            let word = if same { "is" } else { "is NOT" };
            let told =
                format!("the state folded up to record {sequence} {word} that of its checkpoint");
            output::note(out, &told);
        }
    }
    Ok(if replayed.is_right() {
        Found::Right
    } else {
        Found::Wrong
    })
}
