//! A service whose disk does not do what it says is told apart: what the other tests check can fail.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::image::Expected;
use crate::loss::pictures;
use crate::service::{RealFolder, leave_unsynced};
use crate::world::{Loss, World};

fn is_noticed(expected: &Expected<'_>, world: &World) -> bool {
    let lost = world.crash(&mut Loss::All);
    catch_unwind(AssertUnwindSafe(|| expected.check(lost, false))).is_err()
}

#[test]
fn a_journal_or_an_archive_that_is_not_synced_is_noticed() {
    for folder in ["journal", "archive"] {
        leave_unsynced(folder);
        let real = RealFolder::new(folder);
        let (pictures, expected) = pictures(&real, 1);
        assert!(is_noticed(&expected, pictures.last().unwrap()), "{folder}");
    }
}

#[test]
fn a_record_that_was_never_acknowledged_or_is_another_is_noticed() {
    let real = RealFolder::new("another");
    let (pictures, mut expected) = pictures(&real, 1);
    let last = pictures.last().unwrap();
    assert!(!is_noticed(&expected, last));
    let mut more = last.clone();
    more.noted += 1;
    assert!(is_noticed(&expected, &more));
    expected.records[6][20] ^= 1;
    assert!(is_noticed(&expected, last));
}
