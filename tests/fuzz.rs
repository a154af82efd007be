//! What comes from outside, as nobody would send it: each reader gets its seeds with random edits. The same bodies are
//! targets of cargo-fuzz (`tests/fuzz`), which looks for what it has not seen yet; here they run wherever the tests do.
//!
//! `GREENLANE_FUZZ_EXECUTIONS` sets how many inputs each reader gets.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "fuzz/bodies.rs"]
mod bodies;
#[path = "support/disk.rs"]
#[expect(dead_code, reason = "the tests of journal and archive use the rest")]
mod disk;
#[path = "support/world.rs"]
#[expect(dead_code, reason = "the tests of journal and archive use the rest")]
mod world;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use bodies::{BODIES, Body};

/// Inputs of each reader, unless the environment says how many.
const EXECUTIONS: u32 = 2_000;
/// Texts that more than one format gives a meaning.
const WORDS: [&str; 24] = [
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\n",
    "\r\n",
    ",",
    ";",
    "[",
    "]",
    "{",
    "}",
    "[[",
    "=",
    "#",
    "-1",
    "0",
    "1e999",
    "99999999999999999999",
    "0.00001",
    "null",
    "true",
    "\u{feff}",
    "\u{10ffff}",
];

/// A change of an input; places are parts of its length, in 65,536ths.
#[derive(Debug, Clone)]
enum Edit {
    Flip(u16, u8),
    Set(u16, u8),
    Insert(u16, usize),
    Remove(u16, usize),
    Repeat(u16, usize),
    Cut(u16),
    /// Bytes of another seed.
    Splice(u16, usize, u16, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<u16>();
    prop_oneof![
        4 => (place, 0_u8..8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        4 => (place, any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        4 => (place, 0..WORDS.len()).prop_map(|(at, word)| Edit::Insert(at, word)),
        3 => (place, 1_usize..64).prop_map(|(at, count)| Edit::Remove(at, count)),
        2 => (place, 1_usize..256).prop_map(|(at, count)| Edit::Repeat(at, count)),
        1 => place.prop_map(Edit::Cut),
        3 => (place, any::<usize>(), place, 1_usize..256)
            .prop_map(|(at, seed, from, count)| Edit::Splice(at, seed, from, count)),
    ]
}

fn part_of(length: usize, part: u16) -> usize {
    (usize::from(part) * length) >> 16
}

fn edited(seeds: &[Vec<u8>], seed: usize, edits: &[Edit]) -> Vec<u8> {
    let mut bytes = seeds[seed % seeds.len()].clone();
    for edit in edits {
        let length = bytes.len();
        let place = |part: u16| part_of(length, part);
        match *edit {
            Edit::Flip(at, bit) => {
                if let Some(byte) = bytes.get_mut(place(at)) {
                    *byte ^= 1 << bit;
                }
            }
            Edit::Set(at, new) => {
                if let Some(byte) = bytes.get_mut(place(at)) {
                    *byte = new;
                }
            }
            Edit::Insert(at, word) => {
                let at = place(at);
                bytes.splice(at..at, WORDS[word].bytes());
            }
            Edit::Remove(at, count) => {
                let at = place(at);
                bytes.drain(at..length.min(at + count));
            }
            Edit::Repeat(at, count) => {
                let at = place(at);
                bytes.extend_from_within(at..length.min(at + count));
            }
            Edit::Cut(at) => bytes.truncate(place(at)),
            Edit::Splice(at, other, from, count) => {
                let other = &seeds[other % seeds.len()];
                let from = part_of(other.len(), from);
                let at = place(at);
                bytes.splice(at..at, other.iter().skip(from).take(count).copied());
            }
        }
    }
    bytes
}

fn executions() -> u32 {
    let said = std::env::var("GREENLANE_FUZZ_EXECUTIONS");
    said.map_or(EXECUTIONS, |said| said.parse().unwrap())
}

fn try_out(name: &str) {
    let body = BODIES.iter().find(|body| body.name == name).unwrap();
    let seeds = (body.seeds)();
    assert!(!seeds.is_empty());
    let taken = seeds.iter().filter(|seed| (body.run)(seed));
    // A body that takes nothing finds nothing.
    assert!(taken.count() > 0, "{name}: no seed is taken");
    let mut runner = TestRunner::new(Config {
        cases: executions(),
        failure_persistence: None,
        ..Config::default()
    });
    let input = (any::<usize>(), vec(edit(), 0..12));
    let input = input.prop_map(|(seed, edits)| edited(&seeds, seed, &edits));
    let tried = runner.run(&input, |bytes| {
        (body.run)(&bytes);
        Ok(())
    });
    assert!(tried.is_ok(), "{name}: {tried:?}");
}

macro_rules! each {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                try_out(stringify!($name));
            }
        )+

        #[test]
        fn every_body_is_tried_and_is_a_target() {
            let tried = BTreeSet::from([$(stringify!($name).to_owned()),+]);
            let bodies = BODIES.iter().map(|body| body.name.to_owned());
            assert_eq!(bodies.collect::<BTreeSet<_>>(), tried);
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/fuzz_targets");
            let manifest = fs::read_to_string(folder.with_file_name("Cargo.toml")).unwrap();
            for name in &tried {
                let text = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
                assert!(text.contains(&format!("run(\"{name}\"")), "{name}");
                assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
            }
            assert_eq!(fs::read_dir(folder).unwrap().count(), tried.len());
        }
    };
}

each! { condition configuration declaration event journal mapping policy record registry }

#[test]
#[ignore = "writes the seeds where cargo-fuzz begins"]
fn write_the_seeds() {
    for Body { name, seeds, .. } in BODIES {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join("fuzz-seeds")
            .join(name);
        fs::create_dir_all(&folder).unwrap();
        for (number, seed) in seeds().iter().enumerate() {
            fs::write(folder.join(format!("{number:03}")), seed).unwrap();
        }
    }
}
