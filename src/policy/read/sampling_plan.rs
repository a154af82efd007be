//! `sampling_plan` in what a rule says: level and AQL, of an inspection in which the goods are looked at.

use crate::declaration::Amount;
use crate::policy::form::{Form, Notes};
use crate::policy::model::ModeChoice;
use crate::policy::sampling_plan::{Aql, InspectionLevel, SamplingPlan};
use crate::policy::vocabulary::Mode;

/// The plan of a rule with this mode; a plan needs units that are looked at one by one.
pub(super) fn sampling_plan(
    form: &mut Form<'_>,
    mode: Option<ModeChoice>,
    notes: &mut Notes,
) -> Option<SamplingPlan> {
    let value = form.value("sampling_plan")?;
    // A mode that cannot be read has a message of its own.
    let is_told = mode.is_none() && form.value("mode").is_some();
    if mode != Some(ModeChoice::Mode(Mode::Physical)) && !is_told {
        let message = "`sampling_plan` needs `mode = \"physical\"`";
        notes.add(form.file, value.span(), message);
    }
    let mut plan = Form::of(form.file, value, notes)?;
    for key in ["level", "aql"] {
        if plan.value(key).is_none() {
            plan.missing(key, notes);
        }
    }
    let words = InspectionLevel::WORDS;
    let level = plan.word("level", words, InspectionLevel::parse, notes);
    let aql = aql(&mut plan, notes);
    plan.finish(notes);
    Some(SamplingPlan {
        level: level?,
        aql: aql?,
    })
}

fn aql(form: &mut Form<'_>, notes: &mut Notes) -> Option<Aql> {
    let value = form.value("aql")?;
    let number = form.amount("aql", notes)?;
    let aql = Aql::of(number);
    if aql.is_none() {
        let is_meant = |word: &&str| Amount::parse(word) == Ok(number);
        let (message, help) = match Aql::UNCERTAIN.iter().find(|word| is_meant(word)) {
            Some(word) => (
                format!("the AQL `{word}` is not carried out: its table is not certain"),
                format!("those that are: {}", words(Aql::ALL.iter(), ", ")),
            ),
            None => (
                format!("`{number}` is no AQL of ISO 2859-1"),
                nearest(number),
            ),
        };
        notes.add_help(form.file, value.span(), message, help);
    }
    aql
}

/// The AQLs below and above a number that is none.
fn nearest(number: Amount) -> String {
    let known = |aql: &&Aql| aql.number().map(|known| known < number);
    let below = Aql::ALL.iter().rfind(|aql| known(aql) == Some(true));
    let above = Aql::ALL.iter().find(|aql| known(aql) == Some(false));
    let near = below.into_iter().chain(above);
    format!("the nearest valid: {}", words(near, " and "))
}

fn words<'a>(aqls: impl Iterator<Item = &'a Aql>, between: &str) -> String {
    let words: Vec<String> = aqls.map(|aql| format!("`{}`", aql.as_str())).collect();
    words.join(between)
}
