//! The style of this repository as a test: lengths, module docs, layering, and what may be written where.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use check::{
    CLOCKS, WRITERS, WRITES, bad_module_docs, bare_allows, early_readers, layer_breaks,
    left_markers, long_files, long_functions, misplaced, strangers_at_top_level,
    unbounded_channels,
};
use scan::Source;

#[path = "tidy/check.rs"]
mod check;
#[path = "tidy/check_can_fail.rs"]
mod check_can_fail;
#[path = "tidy/scan.rs"]
mod scan;

fn repository() -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in ["src", "tests", "benches"] {
        collect(Path::new(folder), &mut sources)?;
    }
    Ok(sources)
}

fn collect(folder: &Path, sources: &mut Vec<Source>) -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !root.join(folder).exists() {
        return Ok(());
    }
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(Source::new(
                &path.to_string_lossy(),
                &fs::read_to_string(entry.path())?,
            ));
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

fn assert_none(found: &[String]) {
    assert!(
        found.is_empty(),
        "{} offenders\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn every_file_is_at_most_500_lines_and_main_fewer_than_80() -> io::Result<()> {
    let sources = repository()?;
    let mut lengths: Vec<usize> = sources
        .iter()
        .filter(|source| source.is_shipped())
        .map(|source| source.text.lines().count())
        .collect();
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    let longest = lengths.last().copied().unwrap_or_default();
    // Past the test harness, which keeps what a passing test prints.
    writeln!(
        io::stderr(),
        "{} files in src: median {median} lines, longest {longest}",
        lengths.len()
    )?;
    assert_none(&long_files(&sources));
    Ok(())
}

#[test]
fn every_function_fits_on_a_screen() -> io::Result<()> {
    assert_none(&long_functions(&repository()?));
    Ok(())
}

#[test]
fn every_file_says_first_what_it_is() -> io::Result<()> {
    assert_none(&bad_module_docs(&repository()?));
    Ok(())
}

#[test]
fn no_unfinished_work_is_left_in_comments() -> io::Result<()> {
    assert_none(&left_markers(&repository()?));
    Ok(())
}

#[test]
fn every_exception_from_a_lint_gives_its_reason() -> io::Result<()> {
    assert_none(&bare_allows(&repository()?));
    Ok(())
}

#[test]
fn a_stage_uses_only_the_stages_before_it() -> io::Result<()> {
    assert_none(&layer_breaks(&repository()?));
    Ok(())
}

#[test]
fn only_the_clock_reads_the_wall_clock() -> io::Result<()> {
    assert_none(&misplaced(
        &repository()?,
        &CLOCKS,
        &["src/clock.rs"],
        "the wall clock is read in src/clock.rs",
    ));
    Ok(())
}

#[test]
fn only_journal_archive_and_commands_write_files() -> io::Result<()> {
    assert_none(&misplaced(
        &repository()?,
        &WRITES,
        &WRITERS,
        "writes belong to the journal, the archive and commands",
    ));
    Ok(())
}

#[test]
fn every_channel_is_bounded() -> io::Result<()> {
    assert_none(&unbounded_channels(&repository()?));
    Ok(())
}

#[test]
fn the_readmes_command_was_sometimes_not_found_as_its_reader_stopped_early() -> io::Result<()> {
    let path = ".ci/run";
    let script = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))?;
    assert_none(&early_readers(path, &script));
    Ok(())
}

#[test]
fn the_top_level_holds_only_what_tools_need_there() -> io::Result<()> {
    let root = env!("CARGO_MANIFEST_DIR");
    let git = Command::new("git")
        .args(["-c", "safe.directory=*", "-C", root, "ls-files"])
        .output()?;
    assert!(
        git.status.success(),
        "git ls-files: {}",
        String::from_utf8_lossy(&git.stderr)
    );
    assert_none(&strangers_at_top_level(&String::from_utf8_lossy(
        &git.stdout,
    )));
    Ok(())
}
