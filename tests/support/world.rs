//! Folders as the disk has them and as the system shows them, and what of them a loss of power may leave.
//! The model: a sector of 512 bytes is written whole or not; different sectors reach the disk in any order; a later
//! write of a sector never reaches it before an earlier one; names that were not synced may each be there or not.

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const SECTOR: usize = 512;
/// What a folder's name stands for, in place of a file.
const FOLDER: usize = usize::MAX;

/// Small, fast and the same everywhere (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// Names are paths from the outermost folder.
#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    pending_names: Vec<Naming>,
    pub(crate) files: Vec<Arc<Content>>,
    /// What a test knows of it: a number that stays with it.
    pub(crate) noted: u64,
}

#[derive(Clone)]
enum Naming {
    Create(String, usize),
    Rename(String, String, usize),
    Remove(String),
}

#[derive(Clone, Default)]
pub(crate) struct Content {
    pub(crate) shown: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<(usize, Vec<u8>)>,
}

/// How much of what was not synced is left.
pub(crate) enum Loss {
    All,
    Nothing,
    /// The first writes, and of the next one the sectors before one.
    Prefix(usize, usize),
    /// Each sector on its own.
    Any(Random),
}

impl Loss {
    pub(crate) fn draw(random: &mut Random) -> Self {
        match random.below(8) {
            0 => Self::All,
            1 => Self::Nothing,
            2 | 3 => Self::Prefix(random.below(4), random.below(8)),
            _ => Self::Any(Random(random.next())),
        }
    }
}

impl World {
    pub(crate) fn create(&mut self, name: &str) -> usize {
        self.files.push(Arc::default());
        let file = self.files.len() - 1;
        self.apply(Naming::Create(name.to_owned(), file));
        file
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let file = self.names[from];
        self.apply(Naming::Rename(from.to_owned(), to.to_owned(), file));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.apply(Naming::Remove(name.to_owned()));
    }

    fn apply(&mut self, naming: Naming) {
        naming.apply(&mut self.names);
        self.pending_names.push(naming);
    }

    pub(crate) fn make_folder(&mut self, path: &str) {
        self.apply(Naming::Create(path.to_owned(), FOLDER));
    }

    /// Whether a folder is shown; the outermost one always is.
    pub(crate) fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.names.get(path) == Some(&FOLDER)
    }

    /// The files of a folder, or the folders in it.
    pub(crate) fn list(&self, folder: &str, folders: bool) -> Vec<String> {
        let entries = self
            .names
            .iter()
            .filter(|(path, file)| parent(path) == folder && (**file == FOLDER) == folders);
        entries
            .map(|(path, _)| path[path.rfind('/').map_or(0, |at| at + 1)..].to_owned())
            .collect()
    }

    /// The names of one folder.
    pub(crate) fn sync_names(&mut self, folder: &str) {
        let durable = &mut self.durable_names;
        self.pending_names.retain(|naming| {
            let own = naming.folder() == folder;
            if own {
                naming.apply(durable);
            }
            !own
        });
    }

    pub(crate) fn write(&mut self, file: usize, offset: usize, bytes: &[u8]) {
        let content = Arc::make_mut(&mut self.files[file]);
        put(&mut content.shown, offset, bytes);
        content.pending.push((offset, bytes.to_vec()));
    }

    pub(crate) fn sync(&mut self, file: usize) {
        let content = Arc::make_mut(&mut self.files[file]);
        for (offset, bytes) in content.pending.drain(..) {
            put(&mut content.durable, offset, &bytes);
        }
    }

    /// Bytes that were written and not synced.
    pub(crate) fn unsynced(&self) -> usize {
        let pending = self.files.iter().flat_map(|content| &content.pending);
        pending.map(|(_, bytes)| bytes.len()).sum()
    }

    /// What a failed sync may do: the system still shows the writes, takes them for written, and never writes them.
    pub(crate) fn forget(&mut self, file: usize) {
        Arc::make_mut(&mut self.files[file]).pending.clear();
    }

    /// What is there after the power was lost.
    pub(crate) fn crash(&self, loss: &mut Loss) -> Self {
        let mut names = self.durable_names.clone();
        for (index, naming) in self.pending_names.iter().enumerate() {
            let left = match loss {
                Loss::All => false,
                Loss::Nothing => true,
                Loss::Prefix(writes, _) => index < *writes,
                Loss::Any(random) => random.below(2) == 0,
            };
            if left {
                naming.apply(&mut names);
            }
        }
        let mut kept: BTreeMap<String, usize> = BTreeMap::new();
        for (path, file) in names {
            // A folder sorts before what is in it.
            if parent(&path).is_empty() || kept.contains_key(parent(&path)) {
                kept.insert(path, file);
            }
        }
        let names = kept;
        let files = self.files.iter().map(|file| file.crash(loss)).collect();
        Self {
            durable_names: names.clone(),
            names,
            pending_names: Vec::new(),
            files,
            noted: self.noted,
        }
    }

    /// The file of a name, to be damaged.
    pub(crate) fn bytes(&self, name: &str) -> &[u8] {
        &self.files[self.names[name]].shown
    }

    pub(crate) fn replace(&mut self, name: &str, bytes: Vec<u8>) {
        let file = self.names[name];
        self.files[file] = Arc::new(Content {
            durable: bytes.clone(),
            shown: bytes,
            pending: Vec::new(),
        });
    }
}

/// The folder of a path.
fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

impl Naming {
    fn folder(&self) -> &str {
        match self {
            Self::Create(name, _) | Self::Rename(name, ..) | Self::Remove(name) => parent(name),
        }
    }

    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Create(name, file) => {
                names.insert(name.clone(), *file);
            }
            Self::Rename(from, to, file) => {
                names.remove(from);
                names.insert(to.clone(), *file);
            }
            Self::Remove(name) => {
                names.remove(name);
            }
        }
    }
}

impl Content {
    fn crash(self: &Arc<Self>, loss: &mut Loss) -> Arc<Self> {
        let mut durable = self.durable.clone();
        let seed = match loss {
            Loss::Any(random) => random.next(),
            _ => 0,
        };
        for (index, (offset, bytes)) in self.pending.iter().enumerate() {
            let mut at = *offset;
            while at < offset + bytes.len() {
                let sector = at / SECTOR;
                let end = ((sector + 1) * SECTOR).min(offset + bytes.len());
                let left = match loss {
                    Loss::All => false,
                    Loss::Nothing => true,
                    Loss::Prefix(writes, before) => {
                        index < *writes || index == *writes && sector < *before
                    }
                    // How many of the writes this sector has seen.
                    Loss::Any(_) => {
                        let mut random = Random(seed ^ (sector as u64) << 32);
                        index < random.below(self.pending.len() + 1)
                    }
                };
                if left {
                    put(&mut durable, at, &bytes[at - offset..end - offset]);
                }
                at = end;
            }
        }
        Arc::new(Self {
            shown: durable.clone(),
            durable,
            pending: Vec::new(),
        })
    }
}

fn put(into: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if into.len() < end {
        into.resize(end, 0);
    }
    into[offset..end].copy_from_slice(bytes);
}
