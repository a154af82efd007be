//! The switching rules against the plain form: the whole history, read again after each lot.

use greenlane::engine::sampling::{Severity, Switching};

/// The severity after lots of which nothing was forgotten: `true` is an accepted one.
fn plain(lots: &[bool]) -> Severity {
    let (mut severity, mut since) = (Severity::Normal, 0);
    for end in 1..=lots.len() {
        let own = &lots[since..end];
        let last = &own[own.len().saturating_sub(5)..];
        let switches = match severity {
            Severity::Normal => last.iter().filter(|accepted| !**accepted).count() >= 2,
            Severity::Tightened => last.len() == 5 && last.iter().all(|accepted| *accepted),
        };
        if switches {
            severity = match severity {
                Severity::Normal => Severity::Tightened,
                Severity::Tightened => Severity::Normal,
            };
            since = end;
        }
    }
    severity
}

/// All histories of so many lots.
fn histories(lots: u32) -> impl Iterator<Item = Vec<bool>> {
    (0..1u32 << lots).map(move |bits| (0..lots).map(|lot| bits >> lot & 1 == 1).collect())
}

fn after(lots: &[bool]) -> Switching {
    lots.iter()
        .fold(Switching::START, |state, accepted| state.after(*accepted))
}

#[test]
fn it_switches_as_the_plain_form_does_after_every_history() {
    // Long enough to be tightened, to recover, and to be tightened again in every way.
    for lots in 0..=14 {
        for history in histories(lots) {
            assert_eq!(
                after(&history).severity(),
                plain(&history),
                "after {history:?}"
            );
        }
    }
}

#[test]
fn two_of_five_tighten_and_two_of_six_do_not() {
    let severity = |lots: &[bool]| after(lots).severity();
    let (yes, no) = (true, false);
    assert_eq!(severity(&[no, no]), Severity::Tightened);
    assert_eq!(severity(&[no, yes, yes, yes, no]), Severity::Tightened);
    assert_eq!(severity(&[no, yes, yes, yes, yes, no]), Severity::Normal);
    let four = [no, no, yes, yes, yes, yes];
    assert_eq!(severity(&four), Severity::Tightened);
    let five = [no, no, yes, yes, yes, yes, yes];
    assert_eq!(severity(&five), Severity::Normal);
    // What was not accepted before inspection was tightened does not count afterwards.
    let later = [no, no, yes, yes, yes, yes, yes, no];
    assert_eq!(severity(&later), Severity::Normal);
}

#[test]
fn every_state_is_the_same_after_it_was_kept_as_bytes() {
    let mut states = Vec::new();
    for history in histories(10) {
        let state = after(&history);
        assert_eq!(Switching::from_bytes(state.to_bytes()), Some(state));
        states.push(state.to_bytes());
    }
    states.sort_unstable();
    states.dedup();
    // Bytes to which no lots lead are refused.
    let all = (0..=u8::MAX).flat_map(|one| (0..=u8::MAX).map(move |other| [one, other]));
    let read: Vec<[u8; 2]> = all
        .filter(|bytes| Switching::from_bytes(*bytes).is_some())
        .collect();
    assert_eq!(read, states);
    assert!(size_of::<Switching>() <= 8);
    assert_eq!(Switching::default(), Switching::START);
}
