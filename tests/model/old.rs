//! What nobody touched for ninety days is known as it was by whoever comes back to it: by a service that let it go,
//! and by one that started since.

use greenlane::journal::Sequence;
use greenlane::service::Refusal;
use greenlane::supervision::digest;

use super::found::declared;
use super::run::Run;
use super::step::{Declared, Event, LONG, Lane, Step, What};
use super::tell::{BEGIN, folder};
use super::verdict::Verdict;

fn version(id: &str, version: u32, lane: Lane) -> Declared {
    Declared {
        id: id.to_owned(),
        ..declared(version, BEGIN, &[lane])
    }
}

fn declare(declared: Declared, officer: bool) -> Step {
    Step::Declare {
        declared,
        otherwise: false,
        officer,
    }
}

/// The ways to come back to a declaration, each to one of its own.
fn ways() -> Vec<Step> {
    let id = |no: usize| format!("D{no}");
    let event = |no: usize, what| Event {
        id: format!("E{no}"),
        at: BEGIN,
        what,
    };
    let inspected = What::Inspected {
        id: id(8),
        version: 2,
        item: 1,
        passed: true,
        raw: false,
    };
    let documents = What::Documents {
        id: id(9),
        item: 1,
        kind: "licence",
    };
    vec![
        declare(version(&id(0), 2, Lane::Green), false),
        declare(version(&id(1), 1, Lane::Green), false),
        declare(version(&id(2), 1, Lane::Red), false),
        declare(version(&id(3), 2, Lane::Red), true),
        declare(version(&id(4), 3, Lane::Drawn), true),
        declare(version(&id(5), 3, Lane::Green), false),
        Step::Cancel {
            id: id(6),
            officer: false,
        },
        Step::Override {
            id: id(7),
            verdict: Verdict::Hold,
            confirmed_by: Some("officer-2"),
            document: true,
        },
        Step::Event(event(8, inspected)),
        Step::Event(event(9, documents)),
        Step::Event(event(10, What::Released(id(10)))),
        Step::Event(event(11, What::Rejected(id(11)))),
    ]
}

/// Whether a declaration is let go.
fn is_old(run: &Run, id: &str) -> bool {
    let held = run.service().desk.settle().hold().unwrap();
    held.ledger().let_go(digest(id.as_bytes())).is_some()
}

fn age(run: &mut Run) -> Result<(), String> {
    [Step::Wait(LONG), Step::TurnDay, Step::ExpireHolds]
        .iter()
        .try_for_each(|step| run.step(step))
}

fn tell(what: &str, restart: Option<bool>) -> Result<(), String> {
    let restarted = restart.map(|sealed| Step::Restart { sealed, form: None });
    let mut run = Run::begin(&folder(0, what), BEGIN, None, true)?;
    let count = ways().len();
    let ids: Vec<String> = (0..count).map(|no| format!("D{no}")).collect();
    for id in &ids {
        run.step(&declare(version(id, 1, Lane::Green), false))?;
        run.step(&declare(version(id, 2, Lane::Fur), true))?;
    }
    run.step(&declare(version("held", 1, Lane::Red), false))?;
    age(&mut run)?;
    assert!(ids.iter().all(|id| is_old(&run, id)));
    assert!(!is_old(&run, "held"), "a later version is selected for it");
    if let Some(restart) = &restarted {
        run.step(restart)?;
        // Repeats, which a start is followed by, brought all of them back.
        age(&mut run)?;
    }
    let desk = &run.service().desk;
    assert_eq!(
        desk.latest("D0", Some(1)).map(Sequence::get),
        Ok(latest(&run, "D0", 1))
    );
    assert!(matches!(
        desk.latest("D1", Some(9)),
        Err(Refusal::NotFound(_))
    ));
    for way in ways() {
        run.step(&way)?;
    }
    // The last to come back to one whose fold knows only where its last record is.
    for restart in restarted.iter().chain(&restarted) {
        run.step(restart)?;
        run.step(&Step::Override {
            id: "D7".to_owned(),
            verdict: Verdict::Release,
            confirmed_by: Some("officer-2"),
            document: true,
        })?;
        age(&mut run)?;
    }
    run.finish().map(|_| ())
}

fn latest(run: &Run, id: &str, version: u32) -> u64 {
    run.machine.lives[id].versions[&version].latest
}

#[test]
fn whatever_is_done_to_an_old_declaration_finds_it_as_it_was() -> Result<(), String> {
    tell("old", None)
}

#[test]
fn an_old_declaration_is_found_as_it_was_after_a_restart_from_the_journal() -> Result<(), String> {
    tell("old-journal", Some(false))
}

#[test]
fn an_old_declaration_is_found_as_it_was_after_a_restart_from_the_archive() -> Result<(), String> {
    tell("old-archive", Some(true))
}
