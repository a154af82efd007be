//! Generated books and rules: validity and place, conditions, rates, what follows where nothing is selected, and
//! every obligation.

use super::condition::{Cond, Vocabulary};
use super::policy::{BookPlan, RATES, RulePlan};
use super::pool::{DAYS, DOCUMENTS, Dice, OFFICES, TESTS};

fn frame(dice: &mut Dice, chance: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (first, second) = (dice.below(DAYS.len()), dice.below(DAYS.len()));
    let (from, to) = (first.min(second), first.max(second));
    if dice.percent(chance) {
        lines.push(format!("from = {:?}", DAYS[from]));
        if from < to && dice.percent(60) {
            lines.push(format!("to = {:?}", DAYS[to]));
        }
    } else if dice.percent(chance / 2) {
        lines.push(format!("to = {:?}", DAYS[to]));
    }
    if dice.percent(chance) {
        let mut offices = dice.some_of(50, OFFICES);
        offices.push("5720");
        lines.push(format!("offices = {offices:?}"));
    }
    lines
}

pub(crate) fn book(
    dice: &mut Dice,
    at: usize,
    rules: usize,
    vocabulary: &mut Vocabulary,
) -> BookPlan {
    let frame = frame(dice, 10);
    // Some books have nothing but seldom drawn rules, so that many match without being selected.
    let seldom = dice.percent(8);
    let rules = (0..rules)
        .map(|rule| rule_plan(dice, rule, seldom, vocabulary))
        .collect();
    BookPlan {
        id: format!("book-{at}"),
        frame,
        rules,
    }
}

/// A book that relieves what is made of the material that it writes off.
pub(crate) fn material_book(dice: &mut Dice, at: usize, vocabulary: &mut Vocabulary) -> BookPlan {
    let when = match dice.percent(60) {
        true => Cond::Atom("true".to_owned()),
        false => vocabulary.condition(dice, 1),
    };
    let otherwise = dice.pick(&["next", "sample", "hold", "hold"]);
    let mut then = vec![
        ("verdict", quoted("release")),
        ("write_off", "true".to_owned()),
        ("otherwise", quoted(otherwise)),
    ];
    then.extend(obligations(dice));
    let rule = RulePlan {
        id: "written-off".to_owned(),
        frame: Vec::new(),
        when,
        then,
    };
    BookPlan {
        id: format!("book-{at}"),
        frame: Vec::new(),
        rules: vec![rule],
    }
}

fn rule_plan(dice: &mut Dice, at: usize, seldom: bool, vocabulary: &mut Vocabulary) -> RulePlan {
    let frame = if seldom { Vec::new() } else { frame(dice, 8) };
    let when = if dice.percent(if seldom { 85 } else { 4 }) {
        Cond::Atom("true".to_owned())
    } else {
        vocabulary.condition(dice, 2)
    };
    let mut then = vec![("verdict", quoted(dice.pick(VERDICTS)))];
    if seldom {
        then.push(("rate", dice.pick(&["0.0001", "0", "0.25"]).to_owned()));
    } else if dice.percent(75) {
        then.push(("rate", rate(dice)));
        if dice.percent(25) {
            then.push(("per", quoted("item")));
        }
        if let Some(word) = dice.maybe(30, &["next", "release", "sample", "hold"]) {
            then.push(("otherwise", quoted(word)));
        }
    }
    let verdict = then[0].1.trim_matches('"').to_owned();
    then.extend(selector(dice, &verdict));
    then.extend(obligations(dice));
    RulePlan {
        id: format!("rule-{at}"),
        frame,
        when,
        then,
    }
}

/// A selector that takes something, with the one verdict that it goes with.
fn selector(dice: &mut Dice, verdict: &str) -> Option<(&'static str, String)> {
    const EVERY: &[&str] = &["month", "quarter", "year", "P1D", "P7D", "P45D"];
    const PARTIES: &[&str] = &["trader", "producer", "declarant", "enterprise"];
    match (verdict, dice.below(10)) {
        ("sample", 0..=1) => {
            let mut per = dice.some_of(30, PARTIES);
            if per.is_empty() {
                per.push("trader");
            }
            let every = dice.pick(EVERY);
            Some(("monitor", format!("{{ every = {every:?}, per = {per:?} }}")))
        }
        ("sample", 2..=5) => Some(("programme", "true".to_owned())),
        ("release", 0..=2) => Some(("write_off", "true".to_owned())),
        _ => None,
    }
}

const VERDICTS: &[&str] = &["release", "release", "release", "sample", "sample", "hold"];
pub(crate) const MODES: &[&str] = &["document", "joint", "physical", "laboratory"];

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn rate(dice: &mut Dice) -> String {
    const FACTORS: &[&str] = &[
        "lot_rate",
        "test_rate",
        "share",
        "parameter.share",
        "factor",
        "0.5",
        "3",
        "0.0001",
    ];
    if dice.percent(45) {
        return dice.pick(RATES).to_owned();
    }
    let count = *dice.one_of(&[1, 1, 2, 2, 3, 4]);
    let factors: Vec<&str> = (0..count).map(|_| dice.pick(FACTORS)).collect();
    quoted(&factors.join(" * "))
}

fn sampling_plan(dice: &mut Dice) -> String {
    const LEVELS: &[&str] = &["S-1", "S-2", "S-3", "S-4", "I", "II", "III"];
    const AQLS: &[&str] = &[
        "0.065", "0.1", "0.15", "0.25", "0.40", "0.65", "1", "1.5", "2.5", "4.0", "6.5",
    ];
    let (level, aql) = (dice.pick(LEVELS), dice.pick(AQLS));
    format!("{{ level = {level:?}, aql = {aql} }}")
}

fn obligations(dice: &mut Dice) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if dice.percent(12) {
        found.push(("mode", quoted("physical")));
        found.push(("sampling_plan", sampling_plan(dice)));
    }
    let mut word = |dice: &mut Dice, chance, key, pool: &[&str]| {
        if let Some(word) = dice.maybe(chance, pool) {
            found.push((key, quoted(word)));
        }
    };
    word(
        dice,
        22,
        "mode",
        &["document", "joint", "physical", "laboratory", "requirement"],
    );
    word(dice, 10, "object", &["product", "raw_material"]);
    word(dice, 15, "office", &["declared", "origin", "zone"]);
    word(dice, 12, "priority", &["normal", "high", "urgent"]);
    word(dice, 12, "deadline", &["PT1H", "PT12H", "P1D", "P4D"]);
    word(
        dice,
        10,
        "follow_up",
        &["verification", "local_supervision", "audit"],
    );
    for (key, pool) in [("tests", TESTS), ("documents", DOCUMENTS)] {
        match dice.below(12) {
            0 => found.push((key, quoted("requirement"))),
            1..=2 => found.push((key, format!("{:?}", dice.some_of(35, pool)))),
            _ => {}
        }
    }
    if dice.percent(10) {
        found.push(("specimens", dice.below(6).to_string()));
    }
    if dice.percent(4) {
        found.push(("object", "[\"product\", \"raw_material\"]".to_owned()));
    }
    // Of a member that was drawn twice the first stays.
    let mut keys = Vec::new();
    found.retain(|(key, _)| {
        let first = !keys.contains(key);
        keys.push(*key);
        first
    });
    found
}
