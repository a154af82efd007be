//! The checks: each takes the files and returns every offender as `file:line: why`.
//! Those of one file are in its order, so that one run names all there is to mend.

use crate::scan::{Source, after, before, blocks, in_word, leading_word, line, places};

/// The stages in their order: each may use itself and those before it.
const STAGES: [&str; 14] = [
    "clock",
    "limits",
    "declaration",
    "registry",
    "policy",
    "engine",
    "journal",
    "supervision",
    "archive",
    "generate",
    "analysis",
    "service",
    "scenario",
    "console",
];
/// The last stage, which may use all others.
const LAST_STAGE: &str = "cli";

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const MODULE_DOC_LINES_MAX: usize = 12;
/// The documentation of the crate, and of a format on the disk byte by byte.
const LONG_DOCS: [&str; 2] = ["src/lib.rs", "src/journal/mod.rs"];
const MAIN_LINES_MAX: usize = 79;

pub(crate) const MARKERS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
pub(crate) const CLOCKS: [&str; 4] = [
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
];
pub(crate) const WRITES: [&str; 8] = [
    "fs::write",
    "fs::rename",
    "fs::copy",
    "fs::create_dir",
    "fs::remove_",
    "remove_file",
    "File::create",
    "OpenOptions",
];
pub(crate) const WRITERS: [&str; 6] = [
    "src/journal/",
    "src/archive/",
    "src/cli/",
    "src/supervision/folder.rs",
    "src/supervision/keys.rs",
    "src/scenario/folder.rs",
];
const TOP_LEVEL: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "src",
    "benches",
    "fixtures",
    "tests",
];

pub(crate) fn long_files(sources: &[Source]) -> Vec<String> {
    let is_table = |source: &Source| {
        let first = source
            .module_docs()
            .next()
            .unwrap_or_default()
            .to_lowercase();
        first.split(|c| !in_word(c)).any(|word| word == "table")
    };
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| source.is_shipped()) {
        let lines = source.text.lines().count();
        let (most, kind) = if source.path == "src/main.rs" {
            (MAIN_LINES_MAX, "main")
        } else {
            (FILE_LINES_MAX, "file")
        };
        if lines > most && !is_table(source) {
            found.push(format!(
                "{}:{lines}: a {kind} of {lines} lines, more than {most}",
                source.path
            ));
        }
    }
    found
}

pub(crate) fn long_functions(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for block in blocks(&source.code, "fn ") {
            let lines = line(&source.code, block.end) - line(&source.code, block.start) + 1;
            if lines > FUNCTION_LINES_MAX {
                let why = format!(
                    "`{}` has {lines} lines, more than {FUNCTION_LINES_MAX}",
                    block.name
                );
                found.push(source.at(block.start, &why));
            }
        }
    }
    found
}

pub(crate) fn bad_module_docs(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let lines = source.module_docs().count();
        if lines == 0 {
            found.push(format!("{}:1: opens without `//!`", source.path));
        } else if lines > MODULE_DOC_LINES_MAX && !LONG_DOCS.contains(&source.path.as_str()) {
            found.push(format!(
                "{}:{lines}: {lines} lines of `//!`, more than {MODULE_DOC_LINES_MAX}",
                source.path
            ));
        }
    }
    found
}

pub(crate) fn left_markers(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (number, text) in source.text.lines().enumerate() {
            if text.split(|c| !in_word(c)).any(|word| {
                MARKERS
                    .iter()
                    .any(|marker| word.eq_ignore_ascii_case(marker))
            }) {
                found.push(format!(
                    "{}:{}: unfinished work is an issue, not a comment",
                    source.path,
                    number + 1
                ));
            }
        }
    }
    found
}

pub(crate) fn bare_allows(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for at in places(&source.code, "allow(") {
            let attribute = before(&source.code, at)
                .rsplit_once('#')
                .map_or("", |(_, opened)| opened);
            if attribute.trim_start_matches('!').starts_with('[') && !attribute.contains(']') {
                found.push(source.at(at, "an exception is `expect` with a reason"));
            }
        }
    }
    found
}

pub(crate) fn layer_breaks(sources: &[Source]) -> Vec<String> {
    let rank = |name: &str| {
        STAGES
            .iter()
            .chain([&LAST_STAGE])
            .position(|stage| *stage == name)
    };
    let mut found = Vec::new();
    for source in sources {
        let Some(stage) = source.stage() else {
            continue;
        };
        let Some(own) = rank(stage) else {
            found.push(format!(
                "{}:1: `{stage}` is no stage of style.md",
                source.path
            ));
            continue;
        };
        for at in places(&source.code, "crate::") {
            for module in crate_modules(after(&source.code, at + "crate::".len())) {
                if rank(module).is_none_or(|used| used > own) {
                    found.push(source.at(at, &format!("`{stage}` may not use `crate::{module}`")));
                }
            }
        }
        for at in places(&source.code, "super::") {
            let steps = after(&source.code, at)
                .split("::")
                .take_while(|part| *part == "super")
                .count();
            if steps >= source.depth(at) {
                found.push(source.at(at, "leaves its stage by `super`; name it with `crate::`"));
            }
        }
    }
    found
}

/// Words that stand in shipped code outside the files that may use them.
pub(crate) fn misplaced(
    sources: &[Source],
    words: &[&str],
    homes: &[&str],
    why: &str,
) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| source.is_shipped()) {
        if homes.iter().any(|home| source.path.starts_with(home)) {
            continue;
        }
        for word in words {
            found.extend(
                places(&source.code, word).map(|at| source.at(at, &format!("`{word}`: {why}"))),
            );
        }
    }
    found
}

pub(crate) fn unbounded_channels(sources: &[Source]) -> Vec<String> {
    let mut found = misplaced(
        sources,
        &["unbounded(", "unbounded_channel"],
        &[],
        "channels are bounded",
    );
    for source in sources.iter().filter(|source| source.is_shipped()) {
        for at in places(&source.code, "channel") {
            // It holds one value, ever.
            if source
                .code
                .get(..at)
                .is_some_and(|code| code.ends_with("oneshot::"))
            {
                continue;
            }
            let rest = after(&source.code, at + "channel".len());
            let typed = rest
                .strip_prefix("::<")
                .and_then(|types| types.split_once(">("))
                .map(|(_, arguments)| arguments);
            if typed
                .or(rest.strip_prefix('('))
                .is_some_and(|arguments| arguments.starts_with(')'))
            {
                found.push(source.at(at, "a channel without a bound"));
            }
        }
    }
    found
}

pub(crate) fn strangers_at_top_level(tracked: &str) -> Vec<String> {
    let mut names: Vec<&str> = tracked
        .lines()
        .filter_map(|path| path.split('/').next())
        .collect();
    names.dedup();
    names.retain(|name| {
        !TOP_LEVEL.contains(name) && !name.starts_with('.') && !name.starts_with("LICENSE")
    });
    names
        .iter()
        .map(|name| format!("{name}:1: does not belong at the top level"))
        .collect()
}

/// Lines of a shell script that pipe into a reader which may stop before its writer has ended: with `pipefail` the
/// writer then fails, now and then.
pub(crate) fn early_readers(path: &str, script: &str) -> Vec<String> {
    let lines = script.lines().enumerate();
    let found = lines.filter(|(_, line)| {
        let line = line.replace("||", ";");
        let mut readers = line.split('|').skip(1).map(str::trim_start);
        readers.any(|reader| {
            let mut words = reader.split_whitespace();
            let (program, options) = (words.next(), words.next().unwrap_or_default());
            let stops = options.starts_with('-') && options.contains(['m', 'q']);
            program == Some("head") || program == Some("grep") && stops
        })
    });
    found
        .map(|(at, _)| format!("{path}:{}: pipes into a reader that stops early", at + 1))
        .collect()
}

/// What `crate::` names: one module, or those of a braced group.
fn crate_modules(path: &str) -> Vec<&str> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![leading_word(path)];
    };
    let mut depth = 1;
    let mut modules = Vec::new();
    let mut expects_name = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => expects_name = true,
            _ if expects_name && in_word(c) => {
                modules.push(leading_word(after(group, at)));
                expects_name = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    modules
}
