//! What random histories found, each as one that tells nothing else.

use greenlane::declaration::read_json;
use greenlane::supervision::{Cause, Matcher, Unsettled};

use super::registry::PARTIES;
use super::run::Run;
use super::step::{Declared, Event, Item, LONG, Lane, Micros, Step, What};
use super::tell::{BEGIN, folder};
use super::verdict::Verdict;

const SECOND: Micros = 1_000_000;
const HOUR: Micros = 3_600 * SECOND;
const DAY: Micros = 24 * HOUR;
const ID: &str = "D1-1";

/// A declaration of one item for each lane.
pub(crate) fn declared(version: u32, declared_at: Micros, lanes: &[Lane]) -> Declared {
    let items = lanes.iter().zip(1..).map(|(lane, no)| Item {
        no,
        lane: *lane,
        value: 10,
        documents: Vec::new(),
        lots: match lane {
            Lane::Fur => vec![("L1", 1)],
            _ => Vec::new(),
        },
        products: Vec::new(),
    });
    Declared {
        id: ID.to_owned(),
        version,
        declared_at,
        trader: PARTIES[0],
        office: None,
        items: items.collect(),
    }
}

fn declare(declared: Declared) -> Step {
    Step::Declare {
        declared,
        otherwise: false,
        officer: false,
    }
}

fn passed(item: u16) -> Event {
    let what = What::Inspected {
        id: ID.to_owned(),
        version: 1,
        item,
        passed: true,
        raw: false,
    };
    Event {
        id: format!("passed-{item}"),
        at: BEGIN,
        what,
    }
}

fn tell(what: &str, steps: &[Step]) -> Result<(), String> {
    let mut run = Run::begin(&folder(0, what), BEGIN, None, true)?;
    for step in steps {
        run.step(step)?;
    }
    run.finish().map(|_| ())
}

#[test]
fn the_day_does_not_turn_back_when_a_service_starts_with_its_clock_set_back() -> Result<(), String>
{
    let restart = Step::Restart {
        sealed: false,
        form: None,
    };
    tell("back", &[Step::Wait(-30 * HOUR), restart])
}

#[test]
fn midnight_between_a_decision_and_its_record_decides_again() -> Result<(), String> {
    for looks in 1..12 {
        let leap = Step::Leap {
            looks,
            micros: DAY,
            times: 1,
        };
        tell(
            "midnight",
            &[leap, declare(declared(1, BEGIN, &[Lane::Green]))],
        )?;
    }
    Ok(())
}

#[test]
fn midnight_between_documents_and_their_record_decides_again() -> Result<(), String> {
    for looks in 1..12 {
        let leap = Step::Leap {
            looks,
            micros: DAY,
            times: 1,
        };
        let what = What::Documents {
            id: ID.to_owned(),
            item: 1,
            kind: "licence",
        };
        let documents = Event {
            id: "papers".to_owned(),
            at: BEGIN,
            what,
        };
        let first = declare(declared(1, BEGIN, &[Lane::Paper]));
        tell("papers", &[first, leap, Step::Event(documents)])?;
    }
    Ok(())
}

/// At the third try the ledger is held, and was taken once more to see how old the declaration may be.
#[test]
fn a_declaration_that_grows_too_old_while_days_turn_does_not_stop_the_desk() -> Result<(), String> {
    for hours in 3..30 {
        let leap = Step::Leap {
            looks: 1,
            micros: hours * HOUR,
            times: 60,
        };
        tell("old", &[leap, declare(declared(1, BEGIN, &[Lane::Green]))])?;
    }
    Ok(())
}

#[test]
fn a_later_version_of_the_future_is_refused() -> Result<(), String> {
    let first = declare(declared(1, BEGIN, &[Lane::Bare]));
    let second = declare(declared(2, BEGIN + HOUR, &[Lane::Bare]));
    tell("future", &[first, second])
}

#[test]
fn a_later_version_is_reckoned_again_with_what_has_passed_meanwhile() -> Result<(), String> {
    let mut run = Run::begin(&folder(0, "passed"), BEGIN, None, true)?;
    run.step(&declare(declared(1, BEGIN, &[Lane::Bare, Lane::Bare])))?;
    let mut matcher = Matcher::default();
    let again = declared(2, BEGIN, &[Lane::Green, Lane::Green]).json(false);
    let desk = &run.service().desk;
    let snapshot = desk.settle().snapshot();
    let program = &snapshot.program;
    let profile = &program.policy().profile;
    let currencies = program.registry().currencies();
    let read = read_json(again.as_bytes(), profile, currencies).unwrap();
    let entry = desk.entry(ID).unwrap();
    let prior = desk.settle().hold().unwrap().prior(entry);
    let known = matcher.digest(&read, program);
    let key = (entry.key_day, snapshot.keys.get(entry.key_day).unwrap());
    let cause = Cause::declared(true);
    let mut draft = matcher.draft(&snapshot, &read, known, Some(&prior), key, cause);

    run.step(&Step::Event(passed(1)))?;
    let mut held = run.service().desk.settle().hold().unwrap();
    match held.declare(&mut draft) {
        Err(Unsettled::Prior(now)) => assert_eq!((prior.kept.len(), now.kept.len()), (2, 1)),
        other => panic!("{other:?}"),
    }
    drop(held);
    run.finish().map(|_| ())
}

#[test]
fn an_event_cannot_bear_the_id_of_the_end_of_a_hold() -> Result<(), String> {
    let first = declare(declared(1, BEGIN, &[Lane::Red]));
    // The fifth record is the first after those of the start.
    let ids = (1..12).map(|record| format!("hold_expired/{record}"));
    let events = ids.map(|id| {
        let what = What::Class {
            party: PARTIES[0],
            class: 1,
            from: None,
            to: None,
        };
        Step::Event(Event {
            id,
            at: BEGIN,
            what,
        })
    });
    let mut steps: Vec<Step> = vec![first];
    steps.extend(events);
    steps.extend([Step::Wait(4 * DAY), Step::ExpireHolds]);
    tell("ids", &steps)
}

#[test]
fn the_end_of_a_hold_in_time_lifts_no_inspection() -> Result<(), String> {
    let first = declare(declared(1, BEGIN, &[Lane::Blue]));
    let second = declare(declared(2, BEGIN, &[Lane::Green]));
    let mut run = Run::begin(&folder(0, "expired"), BEGIN, None, true)?;
    for step in [first, Step::Wait(4 * DAY), Step::ExpireHolds, second] {
        run.step(&step)?;
    }
    assert_eq!(run.machine.lives[ID].found[0].1, Verdict::Sample);
    run.finish().map(|_| ())
}

/// A report told it of whom the first version had named.
#[test]
fn an_inspection_is_told_of_the_party_that_the_latest_version_names() -> Result<(), String> {
    let first = declared(1, BEGIN, &[Lane::Watched, Lane::Watched]);
    let second = Declared {
        version: 2,
        trader: PARTIES[1],
        ..first.clone()
    };
    let mut event = passed(1);
    if let What::Inspected { version, .. } = &mut event.what {
        *version = 2;
    }
    let steps = [declare(first), declare(second), Step::Event(event)];
    tell("amended-report", &steps)
}

#[test]
fn several_who_end_holds_at_once_end_each_once() -> Result<(), String> {
    for _ in 0..20 {
        let hold = declare(declared(1, BEGIN, &[Lane::Red]));
        let expire = vec![Step::Wait(1), Step::ExpireHolds];
        let together = Step::Together(vec![expire.clone(), expire.clone(), expire]);
        tell("ends", &[hold, Step::Wait(4 * DAY), together])?;
    }
    Ok(())
}

/// The verdicts of 64 declarations of one lane that come at once.
fn at_once(what: &str, lane: Lane) -> Result<Vec<Verdict>, String> {
    let mut run = Run::begin(&folder(0, what), BEGIN, None, true)?;
    let several = (0..64).map(|no| {
        vec![declare(Declared {
            id: format!("D{no}-1"),
            ..declared(1, BEGIN, &[lane])
        })]
    });
    run.step(&Step::Together(several.collect()))?;
    let lives = run.machine.lives.values();
    let verdicts = lives.map(|life| life.found[0].1).collect();
    run.finish().map(|_| verdicts)
}

#[test]
fn of_sixty_four_declarations_at_once_one_is_the_month_s_sample() -> Result<(), String> {
    let verdicts = at_once("slot", Lane::Watched)?;
    let sampled = verdicts
        .iter()
        .filter(|verdict| **verdict == Verdict::Sample);
    assert_eq!((verdicts.len(), sampled.count()), (64, 1));
    Ok(())
}

#[test]
fn of_sixty_four_declarations_at_once_as_many_are_written_off_as_the_lot_has() -> Result<(), String>
{
    let verdicts = at_once("lot", Lane::Fur)?;
    let released = verdicts
        .iter()
        .filter(|verdict| **verdict == Verdict::Release);
    assert_eq!((verdicts.len(), released.count()), (64, 30));
    Ok(())
}

#[test]
fn a_slot_whose_declaration_is_cancelled_goes_to_the_next() -> Result<(), String> {
    let mut run = Run::begin(&folder(0, "next"), BEGIN, None, true)?;
    let watched = |id: &str| {
        declare(Declared {
            id: id.to_owned(),
            ..declared(1, BEGIN, &[Lane::Watched])
        })
    };
    let cancel = Step::Cancel {
        id: "D1-1".to_owned(),
        officer: true,
    };
    for step in [
        watched("D1-1"),
        watched("D1-2"),
        cancel,
        watched("D1-3"),
        watched("D1-4"),
    ] {
        run.step(&step)?;
    }
    let lives = run.machine.lives.values();
    let verdicts: Vec<Verdict> = lives.map(|life| life.found[0].1).collect();
    let (sample, release) = (Verdict::Sample, Verdict::Release);
    assert_eq!(verdicts, [sample, release, sample, release]);
    run.finish().map(|_| ())
}

fn citing(lane: Lane, lot: &'static str) -> Step {
    let mut citing = declared(1, BEGIN, &[lane]);
    citing.items[0].products = vec![lot];
    declare(citing)
}

fn recall(at: Micros, lots: &[&'static str]) -> Step {
    let what = What::Adverse {
        kind: "recall",
        party: None,
        heading: "9405",
        lots: lots.to_vec(),
    };
    let id = "recall".to_owned();
    Step::Event(Event { id, at, what })
}

/// It was let go, since its last record is before that of the only day that turned in so long.
#[test]
fn what_was_released_before_a_day_turned_after_long_is_decided_again() -> Result<(), String> {
    let released = Event {
        id: "released".to_owned(),
        at: BEGIN,
        what: What::Released(ID.to_owned()),
    };
    tell(
        "long",
        &[
            citing(Lane::Red, "P-3"),
            Step::Wait(LONG),
            Step::Event(released),
            recall(BEGIN + LONG, &["P-3"]),
            Step::TurnDay,
            Step::ExpireHolds,
            Step::Redecide,
        ],
    )
}

#[test]
fn an_event_that_waits_when_a_service_ends_is_followed_by_the_next() -> Result<(), String> {
    for sealed in [true, false] {
        let restart = Step::Restart { sealed, form: None };
        tell(
            "waits",
            &[
                citing(Lane::Green, "P-1"),
                recall(BEGIN, &["P-2"]),
                restart,
                Step::Redecide,
            ],
        )?;
    }
    Ok(())
}

#[test]
fn what_an_event_that_waits_affects_is_not_let_go_before() -> Result<(), String> {
    tell(
        "awaited",
        &[
            citing(Lane::Green, "P-3"),
            recall(BEGIN, &["P-3"]),
            Step::Wait(LONG),
            Step::TurnDay,
            Step::ExpireHolds,
            Step::Redecide,
        ],
    )
}
