//! Every check finds what it is for, and lets the neighbouring case pass.

use crate::check::{
    CLOCKS, MARKERS, WRITERS, WRITES, bad_module_docs, bare_allows, early_readers, layer_breaks,
    left_markers, long_files, long_functions, misplaced, strangers_at_top_level,
    unbounded_channels,
};
use crate::scan::Source;

fn one(path: &str, text: &str) -> [Source; 1] {
    [Source::new(path, text)]
}

fn starts(found: &[String], expected: &[&str]) {
    let starts: Vec<&str> = found
        .iter()
        .filter_map(|offender| offender.split_once(": "))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(starts, expected, "{found:#?}");
}

#[test]
fn a_file_of_501_lines_is_found_unless_it_is_a_table() {
    let body = "const A: u8 = 0;\n".repeat(500);
    starts(
        &long_files(&one("src/limits.rs", &format!("//! Bounds.\n{body}"))),
        &["src/limits.rs:501"],
    );
    starts(
        &long_files(&one(
            "src/limits.rs",
            &format!("//! A table of bounds.\n{body}"),
        )),
        &[],
    );
    starts(
        &long_files(&one("src/main.rs", &"\n".repeat(80))),
        &["src/main.rs:80"],
    );
    starts(&long_files(&one("src/main.rs", &"\n".repeat(79))), &[]);
}

#[test]
fn a_function_of_71_lines_is_found_whatever_braces_its_literals_hold() {
    let function = |lines: usize| {
        format!(
            "\nfn f(a: [u8; 2]) {{\n{}}}\n",
            "let a = || { '}' };\n".repeat(lines - 2)
        )
    };
    starts(
        &long_functions(&one("src/a.rs", &function(71))),
        &["src/a.rs:2"],
    );
    starts(&long_functions(&one("src/a.rs", &function(70))), &[]);
    starts(
        &long_functions(&one("src/a.rs", "trait T { fn f(); }\ntype F = fn(u8);\n")),
        &[],
    );
}

#[test]
fn a_file_without_docs_or_with_an_essay_is_found() {
    starts(
        &bad_module_docs(&one("src/a.rs", "use b;\n//! late\n")),
        &["src/a.rs:1"],
    );
    starts(
        &bad_module_docs(&one("src/a.rs", &"//! x\n".repeat(13))),
        &["src/a.rs:13"],
    );
    starts(
        &bad_module_docs(&one("src/lib.rs", &"//! x\n".repeat(13))),
        &[],
    );
}

#[test]
fn a_marker_and_a_bare_allow_are_found() {
    let marked = format!(
        "//! A.\n// {}: later\nfn mastodon() {{}}\n",
        MARKERS.concat().split_off(4)
    );
    starts(&left_markers(&one("src/a.rs", &marked)), &["src/a.rs:2"]);
    let allows = "#![allow(dead_code)]\n#[cfg_attr(\n    test, allow(x))]\n#[expect(x)]\nfn f() { allow(1) }\n";
    starts(
        &bare_allows(&one("src/a.rs", allows)),
        &["src/a.rs:1", "src/a.rs:3"],
    );
}

#[test]
fn a_stage_that_looks_ahead_is_found() {
    let text = "use crate::policy::A;\nuse crate::{clock, declaration::{B, engine}, journal::C};\nuse crate::Root;\n";
    let expected = [
        "src/registry/a.rs:1",
        "src/registry/a.rs:2",
        "src/registry/a.rs:3",
    ];
    starts(&layer_breaks(&one("src/registry/a.rs", text)), &expected);
    starts(
        &layer_breaks(&one(
            "src/cli/a.rs",
            "use crate::{engine::A, cli::B};\n// crate::nothing\n",
        )),
        &[],
    );
    starts(
        &layer_breaks(&one("src/lib.rs", "pub use crate::engine::A;\n")),
        &[],
    );
    starts(
        &layer_breaks(&one("src/helpers.rs", "")),
        &["src/helpers.rs:1"],
    );
}

#[test]
fn a_stage_that_is_left_by_super_is_found() {
    starts(
        &layer_breaks(&one("src/registry/a.rs", "use super::super::policy;\n")),
        &["src/registry/a.rs:1"],
    );
    starts(
        &layer_breaks(&one(
            "src/clock.rs",
            "use super::limits;\nmod t {\n    use super::*;\n}\n",
        )),
        &["src/clock.rs:1"],
    );
    starts(
        &layer_breaks(&one(
            "src/registry/mod.rs",
            "mod t {\n    use super::*;\n}\n",
        )),
        &[],
    );
}

#[test]
fn clocks_writes_and_channels_outside_their_home_are_found() {
    let text = "fn f() {\n    Instant::now();\n    std::fs::write(a, b);\n    channel();\n    channel::<Vec<u8>>();\n    channel(8);\n}\n";
    let sources = one("src/engine/a.rs", text);
    starts(
        &misplaced(&sources, &CLOCKS, &["src/clock.rs"], ""),
        &["src/engine/a.rs:2"],
    );
    starts(&misplaced(&sources, &CLOCKS, &["src/engine/"], ""), &[]);
    starts(
        &misplaced(&sources, &WRITES, &WRITERS, ""),
        &["src/engine/a.rs:3"],
    );
    starts(
        &unbounded_channels(&sources),
        &["src/engine/a.rs:4", "src/engine/a.rs:5"],
    );
}

#[test]
fn a_stranger_at_the_top_level_is_found() {
    starts(
        &strangers_at_top_level(".ci/run\nLICENSE-MIT\ndocs/a.md\ndocs/b.md\nsrc/lib.rs\n"),
        &["docs:1"],
    );
}

#[test]
fn a_pipe_into_a_reader_that_stops_early_is_found() {
    let script = "sed p README.md | grep -m 1 '^ *cargo'\nhead -1 a | curl b\ngrep -m 1 c d\nls | head -1\na || grep -q b c\nls | grep -c d\n";
    starts(
        &early_readers(".ci/run", script),
        &[".ci/run:1", ".ci/run:4"],
    );
}
