//! A whole declaration under the oracle: its items, then `[random]`, priority and when it is due.

use greenlane::declaration::Declaration;
use greenlane::engine::{Draws, Facts, HeaderJoin, Program, Take, Value};
use greenlane::policy::schema::Fact;
use greenlane::policy::{Policy, Rule};

use super::evaluate::{Case, Oracle, Trace, random_draw};
use super::obligations::complete;
use super::seen::{Seen, SeenItem};
use super::stocks::{Stocks, Taking};

const VERDICTS: [&str; 3] = ["release", "sample", "hold"];

/// What an evaluator is told of stocks before it decides a declaration.
pub(crate) fn told(stocks: &Stocks<'_>, program: &Program, header: &HeaderJoin<'_>) -> Vec<Take> {
    let first = &header.declaration.items[0];
    let facts = Facts {
        item: &program.join_item(header, first),
        names: &program.policy().names,
        risk: &[],
    };
    stocks.told(program.policy(), &facts)
}

/// What the oracle makes of a declaration.
pub(crate) fn declare(
    oracle: &Oracle<'_>,
    program: &Program,
    header: &HeaderJoin<'_>,
    (draws, stocks): (&impl Draws, &Stocks<'_>),
    traces: &mut Vec<Trace>,
) -> Seen {
    let policy = oracle.policy;
    let mut taking = Taking::new(stocks);
    let (mut items, mut spoke, mut all_in_scope) = (Vec::new(), Vec::new(), true);
    for item in &header.declaration.items {
        let join = program.join_item(header, item);
        let facts = Facts {
            item: &join,
            names: &policy.names,
            risk: &[],
        };
        all_in_scope &= facts.value(Fact::ZoneInScope) == Value::Bool(true);
        let mut trace = Trace::default();
        let (seen, rules) = oracle.item(&Case { facts, draws }, &mut taking, &mut trace);
        traces.push(trace);
        items.push(seen);
        spoke.extend(rules);
    }
    let strictest = VERDICTS
        .into_iter()
        .rfind(|verdict| items.iter().any(|item| item.verdict == *verdict));
    let mut seen = Seen {
        verdict: strictest.expect("a declaration has items"),
        items,
        random: None,
        priority: priority(&spoke),
        due_s: due(policy, &spoke, all_in_scope),
    };
    if seen.verdict == "release" {
        at_random(&mut seen, policy, header.declaration, draws);
    }
    seen
}

fn priority(spoke: &[&Rule]) -> &'static str {
    let named = |word: &str| {
        spoke.iter().any(|rule| {
            let priority = rule.then.obligations.priority;
            priority.is_some_and(|priority| priority.as_str() == word)
        })
    };
    ["urgent", "high"]
        .into_iter()
        .find(|word| named(word))
        .unwrap_or("normal")
}

/// The earliest of the rules' deadlines and the policy's.
fn due(policy: &Policy, spoke: &[&Rule], all_in_scope: bool) -> Option<u32> {
    let standard = match policy.deadline.members_s {
        Some(seconds) if all_in_scope => Some(seconds),
        _ => policy.deadline.others_s,
    };
    let deadlines = spoke
        .iter()
        .filter_map(|rule| rule.then.obligations.deadline_s);
    deadlines.chain(standard).min()
}

/// `[random]` turns a release into a sample of the item of highest value.
fn at_random(seen: &mut Seen, policy: &Policy, declaration: &Declaration<'_>, draws: &impl Draws) {
    let Some((share, draw)) = random_draw(policy, declaration.id.as_str(), draws) else {
        return;
    };
    let mut highest = 0;
    for (at, item) in declaration.items.iter().enumerate() {
        if item.value > declaration.items[highest].value {
            highest = at;
        }
    }
    let item: &mut SeenItem = &mut seen.items[highest];
    item.verdict = "sample";
    item.selected_by = Some("random");
    (item.rate, item.draw) = (Some(share.units()), Some(draw));
    let mode = policy.random.expect("it was drawn").mode.as_str();
    let order = ["document", "joint", "physical", "laboratory"];
    let rank = |mode: &str| order.iter().position(|known| *known == mode);
    if item.mode.is_none_or(|known| rank(mode) > rank(known)) {
        item.mode = Some(mode);
    }
    complete(item);
    // What is looked at is not written off.
    item.taken.retain(|take| take.kind != "lot");
    seen.verdict = "sample";
    seen.random = Some((highest, draw));
}
