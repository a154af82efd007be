//! Checkpoints: the state as it was after a record, so that recovery need not fold everything. A checkpoint is written
//! aside, synced and renamed; it ends with the BLAKE3 hash of itself, and one that is not whole is passed over. The
//! last two are kept.
//!
//! Version 5: magic `GLCHECKP`, the version in four bytes, the policy, those before it and the candidate, the registry's
//! files as text, the commitments to keys, the quality files, the ledger. One of another version is passed over: the records before it say it again.

use std::io;
use std::sync::Arc;

use super::bytes::{Put, Take};
use super::files::{take_files, write_files};
use super::folder::DataFolder;
use super::ledger::Ledger;
use super::policies::Policies;
use super::state::{FoldError, State};
use super::world::{AsOf, World};
use crate::declaration::Day;
use crate::journal::{Disk, DiskFile, Sequence};
use crate::registry::{Files, RegistrySource};

const MAGIC: &[u8; 8] = b"GLCHECKP";
const VERSION: u32 = 5;
const HASH: usize = 32;
/// How many are kept.
const KEPT: usize = 2;
const END: &str = ".checkpoint";

/// The checkpoints of a folder, the newest first, by the record after which each was made.
///
/// # Errors
/// What the disk says.
pub fn checkpoints(disk: &dyn Disk) -> io::Result<Vec<Sequence>> {
    let names = disk.list()?;
    let numbers = names.iter().filter_map(|name| {
        let digits = name.strip_suffix(END)?;
        digits.parse().ok().map(Sequence::new)
    });
    let mut all: Vec<Sequence> = numbers.collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    Ok(all)
}

fn name(sequence: Sequence) -> String {
    format!("{:020}{END}", sequence.get())
}

/// Writes a checkpoint of a state and removes those that are not kept; the oldest record that a later recovery may
/// need is the one behind the oldest checkpoint.
///
/// # Errors
/// What the disk says.
pub fn write_checkpoint(disk: &dyn Disk, state: &State) -> io::Result<Sequence> {
    let whole = name(state.ledger.last);
    let aside = format!("{whole}.tmp");
    if disk.list()?.contains(&aside) {
        disk.remove(&aside)?;
    }
    let file = disk.create(&aside)?;
    let mut sink = Sink {
        file: file.as_ref(),
        offset: 0,
        hasher: blake3::Hasher::new(),
    };
    state.write_image(|part| sink.write(part))?;
    let hash = *sink.hasher.finalize().as_bytes();
    sink.write(&hash)?;
    file.sync_data()?;
    disk.rename(&aside, &whole)?;
    disk.sync_dir()?;
    let all = checkpoints(disk)?;
    for old in all.iter().skip(KEPT) {
        disk.remove(&name(*old))?;
    }
    if all.len() > KEPT {
        disk.sync_dir()?;
    }
    let oldest = all.iter().take(KEPT).next_back();
    Ok(oldest.copied().unwrap_or(Sequence::ZERO))
}

struct Sink<'f> {
    file: &'f dyn DiskFile,
    offset: u64,
    hasher: blake3::Hasher,
}

impl Sink<'_> {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        while !bytes.is_empty() {
            let written = self.file.write_at(bytes, self.offset)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.offset += written as u64;
            bytes = bytes.get(written..).unwrap_or_default();
        }
        Ok(())
    }
}

/// The newest checkpoint that is whole and not behind a record, as a state; none where there is no such. `passed` hears
/// of those that are not whole.
///
/// # Errors
/// What the disk says; a checkpoint that is whole and cannot be used.
pub fn read_checkpoint(
    disk: &dyn Disk,
    folder: &Arc<DataFolder>,
    at_most: Sequence,
    mut passed: impl FnMut(String),
) -> Result<Option<State>, FoldError> {
    let all = checkpoints(disk).map_err(FoldError::Disk)?;
    for sequence in all.into_iter().filter(|sequence| *sequence <= at_most) {
        let name = name(sequence);
        let bytes = whole(disk, &name).map_err(FoldError::Disk)?;
        match bytes.as_deref().and_then(sealed) {
            None => passed(format!("{name} is not whole and is passed over")),
            Some(image) => {
                let read = State::read_image(image, folder)?;
                match read.filter(|state| state.ledger.last == sequence) {
                    None => passed(format!(
                        "{name} is not what it should be and is passed over"
                    )),
                    some => return Ok(some),
                }
            }
        }
    }
    Ok(None)
}

fn whole(disk: &dyn Disk, name: &str) -> io::Result<Option<Vec<u8>>> {
    let file = disk.open(name)?;
    let mut bytes = vec![0; usize::try_from(file.length()?).unwrap_or(0)];
    let mut done = 0;
    while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, done as u64)? {
            0 => return Ok(None),
            read => done += read,
        }
    }
    Ok(Some(bytes))
}

/// What stands before the hash, if the hash is right.
fn sealed(bytes: &[u8]) -> Option<&[u8]> {
    let (image, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
    (blake3::hash(image).as_bytes() == hash).then_some(image)
}

impl State {
    /// Writes the state, part by part: the same bytes for equal states.
    ///
    /// # Errors
    /// What `write` says.
    pub fn write_image<E>(&self, mut write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut out = MAGIC.to_vec();
        let mut put = Put(&mut out);
        put.u32(VERSION);
        put.optional(self.seed_hash());
        let world = self.world.as_ref();
        put.optional(world.map(|world| world.program().policy().hash.as_str()));
        let declaration = world.is_some_and(|world| world.as_of() == AsOf::Declaration);
        put.u8(u8::from(declaration));
        let none = Policies::default();
        world.map_or(&none, World::policies).write(&mut put);
        let files = world.map_or_else(Vec::new, |world| world.registry().export());
        put.u32(files.len() as u32);
        write(&out)?;
        for (name, text) in files {
            out.clear();
            let mut put = Put(&mut out);
            put.text(&name);
            put.text(&text);
            write(&out)?;
        }
        out.clear();
        let commitments: Vec<_> = self.keys.commitments().collect();
        let mut put = Put(&mut out);
        put.u32(commitments.len() as u32);
        for (day, commitment) in commitments {
            put.i32(day.number());
            put.text(commitment);
        }
        write(&out)?;
        match world {
            Some(world) => write_files(world.registry().current().files(), &mut write)?,
            None => write_files(&Files::default(), &mut write)?,
        }
        self.ledger.write_image(write)
    }

    /// The hash of the state's bytes: equal states have equal ones.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let hashed: Result<(), std::convert::Infallible> = self.write_image(|part| {
            hasher.update(part);
            Ok(())
        });
        match hashed {
            Ok(()) => hasher.finalize().to_hex().to_string(),
        }
    }

    fn read_image(image: &[u8], folder: &Arc<DataFolder>) -> Result<Option<Self>, FoldError> {
        let mut take = Take(image);
        let Some(read) = Read::take(&mut take) else {
            return Ok(None);
        };
        let mut state = Self::new(Arc::clone(folder));
        if let Some(policy) = read.policy {
            let policy = folder.policy(policy)?;
            let files = read.files.into_iter();
            let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
            let source = RegistrySource::from_files(files).map_err(super::WorldError::from)?;
            let world = World::open(&source, &policy, read.as_of)?;
            state.world = Some(world.with_policies(read.policies));
        }
        state.set_seed_hash(read.seed);
        for (day, commitment) in read.commitments {
            state.keys.commit(day, commitment);
        }
        let files = match &state.world {
            Some(world) => Arc::clone(world.registry().current().files()),
            None => Arc::default(),
        };
        if take_files(&mut take, &files).is_none() {
            return Ok(None);
        }
        let Some(ledger) = Ledger::read_image(&mut take) else {
            return Ok(None);
        };
        state.ledger = ledger;
        Ok(take.0.is_empty().then_some(state))
    }
}

/// What stands before the ledger.
struct Read<'i> {
    seed: Option<&'i str>,
    policy: Option<&'i str>,
    as_of: AsOf,
    policies: Policies,
    files: Vec<(&'i str, &'i str)>,
    commitments: Vec<(Day, &'i str)>,
}

impl<'i> Read<'i> {
    fn take(take: &mut Take<'i>) -> Option<Self> {
        let (magic, rest) = take.0.split_first_chunk::<8>()?;
        take.0 = rest;
        let version = take.u32()?;
        if magic != MAGIC || version != VERSION {
            return None;
        }
        let (seed, policy) = (take.optional()?, take.optional()?);
        let as_of = match take.u8()? {
            0 => AsOf::Decision,
            1 => AsOf::Declaration,
            _ => return None,
        };
        let policies = Policies::take(take)?;
        let count = take.u32()?;
        let files = (0..count).map(|_| Some((take.text()?, take.text()?)));
        let files = files.collect::<Option<_>>()?;
        let count = take.u32()?;
        let commitments = (0..count).map(|_| Some((Day::from_number(take.i32()?), take.text()?)));
        Some(Self {
            seed,
            policy,
            as_of,
            policies,
            files,
            commitments: commitments.collect::<Option<_>>()?,
        })
    }
}
