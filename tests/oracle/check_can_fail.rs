//! Proof that the comparison sees: an outcome that was altered in any one place is told from the oracle's, and a
//! draw at the edge of a rate from the one beside it.

use greenlane::declaration::Day;
use greenlane::engine::sampling::{LotPlan, Severity};
use greenlane::engine::{HeaderJoin, Rate};
use greenlane::engine::{Outcome, Program, RuleNo, Scratch, SelectedBy, StockKind, WordNo};
use greenlane::policy::{Aql, InspectionLevel, Mode, OfficeKind, Priority, SamplingPlan, Verdict};

use super::case::Case;
use super::check::{CaseDraws, program, read_declaration};
use super::coverage::Coverage;
use super::declare::{declare, told};
use super::evaluate::Oracle;
use super::rate::Share;
use super::seen::Seen;
use super::stocks::Stocks;

type Alteration = (&'static str, fn(&mut Outcome));

/// One change for each place of an outcome.
const ALTERATIONS: &[Alteration] = &[
    ("verdict", |out| out.verdict = other_verdict(out.verdict)),
    ("priority", |out| {
        out.priority = if out.priority == Priority::Urgent {
            Priority::High
        } else {
            Priority::Urgent
        };
    }),
    ("due", |out| out.due_s = Some(out.due_s.unwrap_or(0) + 1)),
    ("random", |out| {
        out.random = if out.random.is_some() {
            None
        } else {
            Some((0, 1))
        };
    }),
    ("risk", |out| {
        out.risk
            .iter_mut()
            .for_each(|points| *points = points.wrapping_add(1));
    }),
    ("an item less", |out| {
        out.items.pop();
    }),
    ("item verdict", |out| {
        out.items[0].verdict = other_verdict(out.items[0].verdict);
    }),
    ("item rule", |out| {
        let rule = &mut out.items[0].rule;
        *rule = if *rule == Some(RuleNo(0)) {
            None
        } else {
            Some(RuleNo(0))
        };
    }),
    ("selected by", |out| {
        let by = &mut out.items[0].selected_by;
        *by = if *by == Some(SelectedBy::Draw) {
            None
        } else {
            Some(SelectedBy::Draw)
        };
    }),
    ("item rate", |out| {
        let rate = &mut out.items[0].rate;
        *rate = if rate.is_some() {
            None
        } else {
            Some(Rate::ONE)
        };
    }),
    ("item draw", |out| {
        out.items[0].draw = Some(out.items[0].draw.unwrap_or(0) ^ 1);
    }),
    ("mode", |out| {
        let mode = &mut out.items[0].obligations.mode;
        *mode = if *mode == Some(Mode::Joint) {
            None
        } else {
            Some(Mode::Joint)
        };
    }),
    ("sampling plan", |out| {
        let plan = &mut out.items[0].obligations.plan;
        *plan = match plan.take() {
            Some(plan) if plan.sample.is_some() => Some(LotPlan {
                sample: None,
                ..plan
            }),
            Some(_) => None,
            None => Some(LotPlan {
                plan: SamplingPlan {
                    level: InspectionLevel::II,
                    aql: Aql::A2_5,
                },
                severity: Severity::Normal,
                sample: None,
            }),
        };
    }),
    ("tests", |out| {
        out.words.push(WordNo(0));
        let end = out.words.len();
        let tests = &mut out.items[0].obligations.tests;
        *tests = if tests.start == tests.end {
            end - 1..end
        } else {
            0..0
        };
    }),
    ("documents", |out| {
        out.words.push(WordNo(0));
        let end = out.words.len();
        let documents = &mut out.items[0].obligations.documents;
        *documents = if documents.start == documents.end {
            end - 1..end
        } else {
            0..0
        };
    }),
    ("specimens", |out| {
        let specimens = &mut out.items[0].obligations.specimens;
        *specimens = Some(specimens.unwrap_or(0) + 1);
    }),
    ("objects", |out| out.items[0].obligations.objects ^= 2),
    ("office", |out| {
        let office = &mut out.items[0].obligations.office;
        *office = if *office == Some(OfficeKind::Zone) {
            None
        } else {
            Some(OfficeKind::Zone)
        };
    }),
    ("follow-up", |out| out.items[0].obligations.follow_up ^= 4),
    ("book rule", |out| {
        let rule = &mut out.books[0].rule;
        *rule = if *rule == Some(RuleNo(0)) {
            None
        } else {
            Some(RuleNo(0))
        };
    }),
    ("book verdict", |out| {
        let verdict = &mut out.books[0].verdict;
        *verdict = if verdict.is_some() {
            None
        } else {
            Some(Verdict::Hold)
        };
    }),
    ("spoke", |out| out.books[0].spoke ^= true),
    ("book rate", |out| {
        let rate = &mut out.books[0].rate;
        *rate = if rate.is_some() {
            None
        } else {
            Some(Rate::ONE)
        };
    }),
    ("book draw", |out| {
        out.books[0].draw = Some(out.books[0].draw.unwrap_or(0) ^ 1);
    }),
    ("a take less", |out| {
        out.taken.pop();
    }),
    ("a take of another item", |out| out.taken[0].item += 1),
    ("a take of another sort", |out| {
        let kind = &mut out.taken[0].kind;
        *kind = if *kind == StockKind::Lot {
            StockKind::Slot
        } else {
            StockKind::Lot
        };
    }),
    ("a take of another stock", |out| {
        out.taken[0].take.key.0 ^= 1;
    }),
    ("units of a take", |out| out.taken[0].take.units += 1),
    ("the end of a take's period", |out| {
        let ends = &mut out.taken[0].ends;
        *ends = ends.map_or(Some(Day::MIN), |_| None);
    }),
    ("unselected", |out| {
        out.unselected.push(RuleNo(0));
        let end = out.unselected.len();
        let range = &mut out.books[0].unselected;
        *range = if range.start == range.end {
            end - 1..end
        } else {
            0..0
        };
    }),
];

const fn other_verdict(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Hold => Verdict::Release,
        Verdict::Release | Verdict::Sample => Verdict::Hold,
    }
}

/// Oracle and engine on the first declaration of a case.
fn both(seed: u64) -> (Program, Seen, Outcome) {
    let mut case = Case::generate(seed);
    let program = program(&mut case, &mut Coverage::default()).unwrap();
    let plan = &case.declarations[0];
    let json = plan.json();
    let declaration = read_declaration(&json, &program).unwrap();
    let (draws, day) = (
        CaseDraws::of(&case, plan),
        plan.decision_day(declaration.day),
    );
    let header = HeaderJoin::new(program.registry(), &declaration, day);
    let oracle = Oracle::new(program.policy());
    let stocks = Stocks::new(&case.registry, case.key);
    let given = (&draws, &stocks);
    let expected = declare(&oracle, &program, &header, given, &mut Vec::new());
    let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
    scratch.inputs.learn(&told(&stocks, &program, &header));
    program.decide(&declaration, day, &draws, &mut scratch, &mut outcome);
    drop(oracle);
    (program, expected, outcome)
}

#[test]
fn an_outcome_altered_in_any_one_place_differs_from_the_oracles() {
    // A policy with scores and a vocabulary, so that every place holds something to alter.
    let (program, expected, outcome) = (0..200)
        .map(both)
        .find(|(_, expected, outcome)| {
            let risk = !outcome.risk.is_empty();
            let words = expected.items.iter().any(|item| !item.tests.is_empty());
            risk && words && !outcome.taken.is_empty()
        })
        .unwrap();
    assert!(
        expected
            .differences(&Seen::of(&program, &outcome))
            .is_empty()
    );
    for (place, alter) in ALTERATIONS {
        let mut altered = outcome.clone();
        alter(&mut altered);
        let differences = expected.differences(&Seen::of(&program, &altered));
        assert!(
            !differences.is_empty(),
            "`{place}` was altered and not seen"
        );
    }
}

#[test]
fn the_oracles_share_selects_up_to_its_edge_and_not_beyond() {
    let share = |factors: &[i64]| Share::product(factors);
    assert!(share(&[5_000]).selects((1 << 63) - 1) && !share(&[5_000]).selects(1 << 63));
    assert!(share(&[10_000]).selects(u64::MAX) && !share(&[0]).selects(0));
    let edge = ((3_333_u128 << 64) / 10_000) as u64;
    assert!(share(&[3_333]).selects(edge) && !share(&[3_333]).selects(edge + 1));
    assert_eq!(share(&[30_000, 5_000]).units(), share(&[10_000]).units());
    assert_eq!(share(&[1, 1, 1, 1]).units(), 1);
}
