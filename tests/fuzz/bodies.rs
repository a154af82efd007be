//! What is done with the bytes of a fuzzer, for each reader of what comes from outside: it ends, it tells what is wrong,
//! and what it takes means the same when it is written and read again. Cargo's tests and the targets of cargo-fuzz
//! share it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use greenlane::cli::check_configuration;
use greenlane::declaration::{
    CsvChunk, CsvReader, CurrencyTable, Mapping, Zone, read_json, write_json,
};
use greenlane::journal::{Disk as _, Durability, Options, Sequence, Writer};
use greenlane::policy::cel::Checker;
use greenlane::policy::{Names, Policy, PolicySource, Reads, read};
use greenlane::registry::{Registry, RegistrySource};
use greenlane::supervision::{Event, Record};

use crate::disk::HostileDisk;
use crate::world::World;

/// A reader that is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body {
    /// Also the name of cargo-fuzz's target.
    pub(crate) name: &'static str,
    /// Whether the reader takes the bytes. Panics where something is not as it should be.
    pub(crate) run: fn(&[u8]) -> bool,
    /// What it should take, to begin with.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub(crate) const BODIES: [Body; 9] = [
    Body {
        name: "condition",
        run: condition,
        seeds: conditions,
    },
    Body {
        name: "configuration",
        run: configuration,
        seeds: configurations,
    },
    Body {
        name: "declaration",
        run: declaration,
        seeds: || lines("ciq/declarations.ndjson"),
    },
    Body {
        name: "event",
        run: event,
        seeds: events,
    },
    Body {
        name: "journal",
        run: journal,
        seeds: journals,
    },
    Body {
        name: "mapping",
        run: mapping,
        seeds: mappings,
    },
    Body {
        name: "policy",
        run: policy,
        seeds: policies,
    },
    Body {
        name: "record",
        run: record,
        seeds: records,
    },
    Body {
        name: "registry",
        run: registry,
        seeds: registries,
    },
];

/// Stands before the name of each file where an input has several.
const FILE: &str = "\n=== ";
/// Bytes of each file of a journal that is tried, but for the last, which may be shorter.
const SEGMENT_BYTES: usize = 1_280;

/// The shipped policy: its profile is what declarations are read by.
static SHIPPED: LazyLock<Policy> = LazyLock::new(|| policy_of("ciq/policy"));
/// The policy of foreign tables, likewise.
static FOREIGN: LazyLock<Policy> = LazyLock::new(|| policy_of("korea/policy"));

fn policy_of(folder: &str) -> Policy {
    let source = PolicySource::from_dirs(&[at(folder)]).unwrap();
    read(&source).unwrap()
}

fn at(path: &str) -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = manifest
        .ancestors()
        .find(|root| root.join("fixtures").is_dir());
    root.unwrap().join("fixtures").join(path)
}

fn lines(path: &str) -> Vec<Vec<u8>> {
    let text = fs::read(at(path)).unwrap();
    let lines = text.split(|byte| *byte == b'\n').take(64);
    lines
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

/// The files of a folder with their names, in order.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(at(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    let named = paths.into_iter().map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read(path).unwrap())
    });
    named.collect()
}

/// Several files as one input.
fn joined(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut all = Vec::new();
    for (name, bytes) in files {
        all.extend_from_slice(FILE.as_bytes());
        all.extend_from_slice(name.as_bytes());
        all.push(b'\n');
        all.extend_from_slice(bytes);
    }
    all
}

/// One input as several files.
fn parted(text: &str) -> Vec<(String, String)> {
    let parts = text.split(FILE).skip(1);
    let named = parts.filter_map(|part| part.split_once('\n'));
    named
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

fn declaration(bytes: &[u8]) -> bool {
    let (profile, currencies) = (&SHIPPED.profile, CurrencyTable::default());
    match read_json(bytes, profile, &currencies) {
        Err(faults) => {
            assert!(!faults.is_empty(), "it is refused for nothing");
            false
        }
        Ok(declaration) => {
            let mut written = Vec::new();
            write_json(&declaration, profile, &mut written);
            let again = read_json(&written, profile, &currencies);
            assert_eq!(
                again.as_ref(),
                Ok(&declaration),
                "what is written is read otherwise"
            );
            true
        }
    }
}

fn event(bytes: &[u8]) -> bool {
    match Event::read(bytes, Zone::UTC) {
        Err(errors) => {
            assert!(!errors.0.is_empty(), "it is refused for nothing");
            false
        }
        Ok(event) => {
            let again = Event::parse(event.body.as_bytes(), Zone::UTC).unwrap();
            assert_eq!((again.id, again.body), (event.id, event.body));
            true
        }
    }
}

fn events() -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for (_, bytes) in files("scenarios") {
        let story: toml::Table = toml::from_str(&String::from_utf8(bytes).unwrap()).unwrap();
        collect_events(&toml::Value::Table(story), &mut texts);
    }
    texts
}

/// Tables of a scenario that have the members of an event.
fn collect_events(value: &toml::Value, texts: &mut Vec<Vec<u8>>) {
    match value {
        toml::Value::Table(table) => {
            if let Some(kind) = table.get("type").filter(|_| table.contains_key("event_id")) {
                assert!(kind.is_str());
                texts.push(serde_json::to_vec(table).unwrap());
            }
            table
                .values()
                .for_each(|value| collect_events(value, texts));
        }
        toml::Value::Array(array) => array.iter().for_each(|value| collect_events(value, texts)),
        _ => {}
    }
}

fn policy(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let files = match text.contains(FILE) {
        true => parted(text),
        false => vec![("policy.toml".to_owned(), text.to_owned())],
    };
    let Ok(source) = PolicySource::from_files(files) else {
        return false;
    };
    let Err(errors) = read(&source) else {
        return true;
    };
    assert!(!errors.0.is_empty(), "it is refused for nothing");
    for found in &errors.0 {
        let Some(file) = source.find(&found.file) else {
            continue;
        };
        let lines = file.text.matches('\n').count() + 1;
        let is_there = (1..=lines).contains(&found.line) && found.column >= 1 && found.width >= 1;
        assert!(is_there, "{found:?} is nowhere");
    }
    false
}

fn policies() -> Vec<Vec<u8>> {
    let files = files("ciq/policy");
    let each = files.iter().map(|(_, bytes)| bytes.clone());
    each.chain([joined(&files)]).collect()
}

fn condition(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut taken = false;
    for reads in [Reads::Rule, Reads::Guard] {
        let mut names = Names::default();
        let mut checker = Checker {
            names: &mut names,
            parameters: &[],
            reads,
        };
        match checker.check(text) {
            Err(complaints) => {
                assert!(!complaints.is_empty(), "it is refused for nothing");
                for (span, why) in complaints {
                    let within = span.start <= span.end && span.end <= text.len();
                    assert!(within, "{why:?} is at {span:?} of {}", text.len());
                }
            }
            Ok(condition) => {
                let again = checker.check(&condition.text).unwrap();
                assert_eq!(again, condition);
                taken = true;
            }
        }
    }
    taken
}

fn conditions() -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for (_, bytes) in files("ciq/policy") {
        let text = String::from_utf8(bytes).unwrap();
        for (_, rest) in text.lines().filter_map(|line| line.split_once("when = '")) {
            let condition = rest.split('\'').next().unwrap_or_default();
            texts.push(condition.as_bytes().to_vec());
        }
    }
    texts
}

fn registry(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let files = parted(&text);
    let files = files
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()));
    let Ok(source) = RegistrySource::from_files(files) else {
        return false;
    };
    let ids = &SHIPPED.profile.party_ids;
    let Err(errors) = Registry::build(&source, Some(ids)) else {
        return true;
    };
    assert!(errors.count() > 0, "it is refused for nothing");
    let again = Registry::build(&source, Some(ids)).map(|_| ());
    assert_eq!(again, Err(errors), "the second time it is wrong otherwise");
    false
}

fn registries() -> Vec<Vec<u8>> {
    let files = files("ciq/registry");
    let few = files.iter().map(|(name, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        let rows: Vec<&str> = text.split_inclusive('\n').take(3).collect();
        (name.clone(), rows.concat().into_bytes())
    });
    let few: Vec<(String, Vec<u8>)> = few.collect();
    let mut seeds: Vec<Vec<u8>> = few
        .iter()
        .map(|file| joined(std::slice::from_ref(file)))
        .collect();
    seeds.push(joined(&few));
    seeds
}

fn mapping(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let (text, table) = text.split_once(FILE).unwrap_or((&text, ""));
    let (profile, currencies) = (&FOREIGN.profile, CurrencyTable::default());
    let mapping = match Mapping::parse(text, profile) {
        Ok(mapping) => mapping,
        Err(errors) => {
            assert!(!errors.to_string().is_empty(), "it is refused for nothing");
            return false;
        }
    };
    let Ok(mut rows) = CsvReader::new(table.as_bytes(), &mapping) else {
        return false;
    };
    let columns = rows.columns();
    let (mut chunk, mut taken) = (CsvChunk::default(), false);
    while let Ok(true) = rows.read_chunk(&mut chunk) {
        for row in chunk.iter() {
            match columns.read(row, profile, &currencies) {
                Err(faults) => assert!(!faults.is_empty(), "it is refused for nothing"),
                Ok(_) => taken = true,
            }
        }
    }
    taken
}

fn mappings() -> Vec<Vec<u8>> {
    let mapping = fs::read_to_string(at("korea/mapping.toml")).unwrap();
    let plain = "[declaration]\ndeclaration_id = \"id\"\n[item]\nhs = \"hs\"\n";
    let table = "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,Payment Type,Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,HS6 Code,Country of Departure,Country of Origin,Tax Rate,Tax Type,Country of Origin Indicator,Net Mass,Item Price
1,2020-02-03,40,B,11,21,11,10,AB1,CD2,EF3,,940510,DE,DE,8.0,A,G,10.5,1000.25
\"2\",2020-13-03,7,B,11,21,11,40,AB1,CD2,,GH4,\"0101,\",ZZ,,0,A,G,,1
";
    [
        mapping.clone(),
        plain.to_owned(),
        format!("{mapping}{FILE}{table}"),
    ]
    .map(String::into_bytes)
    .into()
}

fn configuration(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    // Certificates that are named are read: none of a device that never ends.
    if text.contains("/dev") || text.contains("/proc") {
        return false;
    }
    match check_configuration(text) {
        Ok(()) => true,
        Err(why) => {
            assert!(!why.is_empty(), "it is refused for nothing");
            false
        }
    }
}

/// The example, and the same with nothing commented out.
fn configurations() -> Vec<Vec<u8>> {
    let text = fs::read_to_string(at("ciq/greenlane.toml")).unwrap();
    let bare = text.lines().map(|line| match line.strip_prefix('#') {
        Some(said) if !said.starts_with(' ') => said,
        _ => line,
    });
    let bare = bare.collect::<Vec<_>>().join("\n");
    [text, bare].map(String::into_bytes).into()
}

fn options() -> Options {
    Options {
        segment_bytes: SEGMENT_BYTES as u64,
        group_bytes: 700,
        mark_bytes: 0,
        durability: Durability::Fsync,
        origin: 1,
        at_least: Sequence::ZERO,
    }
}

/// Opens a journal and reads it whole.
fn opened(disk: &HostileDisk) -> Option<(Writer, Vec<Vec<u8>>)> {
    let (writer, _) = Writer::open(disk.shared(), options()).ok()?;
    let mut reader = writer.read(Sequence::ZERO.next()).ok()?;
    let mut records = Vec::new();
    while let Some(record) = reader.next_record().ok()? {
        records.push(record.payload.to_vec());
    }
    Some((writer, records))
}

fn journal(bytes: &[u8]) -> bool {
    let disk = HostileDisk::new(World::default());
    for (number, segment) in bytes.chunks(SEGMENT_BYTES).enumerate() {
        let file = disk.create(&format!("{:020}.journal", number + 1)).unwrap();
        file.write_at(segment, 0).unwrap();
    }
    let Some((mut writer, records)) = opened(&disk) else {
        return false;
    };
    let mut group = writer.group();
    group.push(b"one more").unwrap();
    writer.commit(&mut group).unwrap();
    writer.close().unwrap();
    let (_, mut again) = opened(&disk).unwrap();
    assert_eq!(again.pop().as_deref(), Some(b"one more".as_slice()));
    assert_eq!(again, records, "the second time there are others");
    true
}

fn journals() -> Vec<Vec<u8>> {
    let of = |count: usize| {
        let disk = HostileDisk::new(World::default());
        let (mut writer, _) = opened(&disk).unwrap();
        for number in 0..count {
            let mut group = writer.group();
            group
                .push(format!("record {number} of {count}").as_bytes())
                .unwrap();
            writer.commit(&mut group).unwrap();
        }
        let world = disk.world();
        let files = world
            .names
            .values()
            .map(|at| world.files[*at].shown.clone());
        files.collect::<Vec<_>>().concat()
    };
    [1, 3, 40].map(of).into()
}

fn record(bytes: &[u8]) -> bool {
    let Ok(record) = Record::decode(bytes) else {
        return false;
    };
    let mut written = Vec::new();
    record.encode(&mut written);
    let again = Record::decode(&written).unwrap();
    assert_eq!(again, record, "what is written is read otherwise");
    true
}

fn records() -> Vec<Vec<u8>> {
    let versions = ["supervision/v1/records", "supervision/v2/records"];
    let all = versions.iter().flat_map(|folder| files(folder));
    all.map(|(_, bytes)| bytes).collect()
}
