//! What goes with a verdict, added up over the rules that spoke for an item.

use greenlane::engine::{Facts, Value};
use greenlane::policy::schema::Fact;
use greenlane::policy::{ModeChoice, Rule, Texts};

use super::seen::SeenItem;

/// Adds what goes with a rule's verdict.
pub(crate) fn add(item: &mut SeenItem, rule: &Rule, facts: &Facts<'_>) {
    const MODES: [&str; 4] = ["document", "joint", "physical", "laboratory"];
    let due = &rule.then.obligations;
    let mode = match due.mode {
        Some(ModeChoice::Mode(mode)) => Some(mode.as_str().to_owned()),
        Some(ModeChoice::Requirement) => text(facts, Fact::RequirementMode),
        None => None,
    };
    let rank = |mode: Option<&str>| MODES.iter().position(|known| Some(*known) == mode);
    if rank(mode.as_deref()) > rank(item.mode) {
        item.mode = rank(mode.as_deref()).map(|at| MODES[at]);
    }
    let words = |texts: &Texts, fact| match texts {
        Texts::List(list) => list.clone(),
        Texts::Requirement => list(facts, fact),
    };
    item.tests.extend(words(&due.tests, Fact::RequirementTests));
    item.documents
        .extend(words(&due.documents, Fact::RequirementDocuments));
    if let Some(count) = due.specimens {
        item.specimens = Some(item.specimens.map_or(count, |known| known.max(count)));
    }
    item.objects
        .extend(due.objects.iter().map(|object| object.as_str()));
    item.follow_up
        .extend(due.follow_up.iter().map(|word| word.as_str()));
}

/// Lists in order and each word once; the office of the strictest rule that names one.
pub(crate) fn settle_lists(item: &mut SeenItem, spoke: &[&Rule]) {
    let all = |words: &mut Vec<&'static str>, order: &[&'static str]| {
        let known = order
            .iter()
            .copied()
            .filter(|word| words.contains(word))
            .collect();
        *words = known;
    };
    all(&mut item.objects, &["product", "raw_material"]);
    all(
        &mut item.follow_up,
        &["verification", "local_supervision", "audit"],
    );
    for list in [&mut item.tests, &mut item.documents] {
        list.sort();
        list.dedup();
    }
    let mut best = None;
    for rule in spoke {
        if let Some(office) = rule.then.obligations.office
            && best.is_none_or(|(verdict, _)| rule.then.verdict > verdict)
        {
            best = Some((rule.then.verdict, office));
        }
    }
    item.office = best.map(|(_, office)| office.as_str());
    complete(item);
}

/// An inspection that names no object is of the product, and one that names no office is the declaring one's.
pub(crate) fn complete(item: &mut SeenItem) {
    if item.mode.is_some() && item.objects.is_empty() {
        item.objects.push("product");
    }
    if item.mode.is_some() && item.office.is_none() {
        item.office = Some("declared");
    }
}

pub(crate) fn text(facts: &Facts<'_>, fact: Fact) -> Option<String> {
    match facts.value(fact) {
        Value::Text(text) => Some(text.into_owned()),
        _ => None,
    }
}

fn list(facts: &Facts<'_>, fact: Fact) -> Vec<String> {
    match facts.value(fact) {
        Value::List(list) => list.into_iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
