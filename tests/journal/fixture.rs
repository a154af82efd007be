//! A journal of format version 1 that stays as it is: this build reads it, writes the same bytes, and notices
//! whatever is changed in them.

use std::fs;
use std::path::Path;

use greenlane::journal::{Options, Sequence, Writer};

use crate::damage::Sample;
use crate::disk::HostileDisk;
use crate::model::{Model, open};
use crate::world::World;

const GROUPS: [&[&[u8]]; 3] = [
    &[b"release"],
    &[b"", b"sample: item 2, laboratory"],
    &[b"hold: registration is missing", b"release"],
];

fn options() -> Options {
    Options {
        segment_bytes: 648,
        group_bytes: 256,
        mark_bytes: 0,
        origin: 0x0067_7265_656e_6c61,
        ..Options::default()
    }
}

fn written() -> (World, Model) {
    let disk = HostileDisk::new(World::default());
    let (mut writer, _) = Writer::open(disk.shared(), options()).unwrap();
    let mut model = Model::default();
    for records in GROUPS {
        let mut group = writer.group();
        for record in records {
            group.push(record).unwrap();
            model.appended.push(record.to_vec());
        }
        writer.commit(&mut group).unwrap();
    }
    writer.close().unwrap();
    model.acknowledged = model.appended.len();
    (disk.world(), model)
}

/// The fixture's files in place of those that were just written.
fn fixture() -> Sample {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/journal/v1");
    let (mut world, model) = written();
    let names: Vec<String> = world.names.keys().cloned().collect();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), names.len());
    for name in &names {
        world.replace(name, fs::read(folder.join(name)).unwrap());
    }
    Sample {
        world,
        options: options(),
        kept: model.appended.len(),
        model,
    }
}

#[test]
fn this_build_reads_the_fixture() {
    let fixture = fixture();
    let disk = HostileDisk::new(fixture.world.clone());
    let (_, recovery, records) = open(disk.shared(), &fixture.options).unwrap();
    assert_eq!(fixture.model.check(&recovery, &records), 5);
    assert_eq!((recovery.first, recovery.cut), (Sequence::new(1), None));
}

#[test]
fn this_build_writes_the_fixture() {
    let (fixture, (world, _)) = (fixture(), written());
    for name in fixture.names() {
        assert_eq!(world.bytes(&name), fixture.world.bytes(&name), "{name}");
    }
}

#[test]
fn a_corrupt_twin_of_the_fixture_is_noticed() {
    let fixture = fixture();
    for name in fixture.names() {
        for at in 0..fixture.world.bytes(&name).len() {
            for change in [1, 0x80, 0xff] {
                let mut bytes = fixture.world.bytes(&name).to_vec();
                bytes[at] ^= change;
                fixture.assert_noticed(&name, bytes, &format!("byte {at}"));
            }
        }
    }
}
