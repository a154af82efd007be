//! `greenlane generate`: a synthetic registry, policy and stream of declarations.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::args::{Generate, Output};
use super::error::CliError;
use super::{Found, output};
use crate::generate::{Generator, Plan};

/// Writes `registry/`, `policy/` and `declarations.ndjson` into a new or empty folder.
pub(super) fn run(args: &Generate, out: Output) -> Result<Found, CliError> {
    let plan = Plan {
        enterprises: args.enterprises,
        declarations: args.declarations,
        rules: args.rules,
        seed: args.seed,
    };
    let generator = Generator::new(plan).map_err(|error| CliError::Usage(error.to_string()))?;
    let dir = args.output.as_path();
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(CliError::Usage(format!(
            "`{}` is not an empty folder; name one that is empty or does not exist yet",
            dir.display()
        )));
    }
    for folder in ["registry", "policy"] {
        let folder = dir.join(folder);
        fs::create_dir_all(&folder).map_err(|error| CliError::write(&folder, error))?;
    }
    for file in generator.registry_files() {
        write(&dir.join("registry").join(file.name()), |out| {
            file.write_to(out)
        })?;
    }
    for (name, text) in generator.policy_files() {
        write(&dir.join("policy").join(name), |out| {
            out.write_all(text.as_bytes())
        })?;
    }
    let progress = output::progress(out, Some(args.declarations), "generating");
    write(&dir.join("declarations.ndjson"), |out| {
        generator.write_declarations(out, |written| progress.set_position(written))
    })?;
    progress.finish_and_clear();
    output::note(
        out,
        &format!(
            "wrote registry, policy and {} declarations to {}",
            args.declarations,
            dir.display()
        ),
    );
    Ok(Found::Right)
}

fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let file = File::create(path).map_err(|error| CliError::write(path, error))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    fill(&mut out)
        .and_then(|()| out.flush())
        .map_err(|error| CliError::write(path, error))
}
