//! The selectors of a rule that settle carries out: `monitor`, `write_off`, `programme`. Each takes something with the
//! one verdict that lets it stand, and is refused with any other.

use crate::declaration::Role;
use crate::policy::form::{Form, Notes};
use crate::policy::model::{Every, Monitor};
use crate::policy::vocabulary::Verdict;

/// What a rule says of them.
#[derive(Debug, Default)]
pub(super) struct Selectors {
    /// Whether one is named.
    pub(super) any: bool,
    /// Whether something is wrong with one.
    pub(super) wrong: bool,
    pub(super) monitor: Option<Monitor>,
    pub(super) write_off: bool,
    pub(super) programme: bool,
}

pub(super) fn selectors(
    form: &mut Form<'_>,
    verdict: Option<Verdict>,
    notes: &mut Notes,
) -> Selectors {
    let before = notes.0.len();
    let mut found = Selectors::default();
    if form.value("monitor").is_some() {
        found.any = true;
        let monitor = form.table("monitor", notes);
        found.monitor = monitor.and_then(|monitor| self::monitor(monitor, notes));
        needs(form, "monitor", verdict, Verdict::Sample, notes);
    }
    for (key, needed, slot) in [
        ("write_off", Verdict::Release, &mut found.write_off),
        ("programme", Verdict::Sample, &mut found.programme),
    ] {
        let Some(value) = form.value(key) else {
            continue;
        };
        found.any = true;
        match form.flag(key, notes) {
            Some(true) => *slot = true,
            Some(false) => {
                let message = format!("`{key}` is `true` or left out");
                notes.add(form.file, value.span(), message);
            }
            None => {}
        }
        needs(form, key, verdict, needed, notes);
    }
    found.wrong = notes.0.len() > before;
    found
}

/// With another verdict the rule would select and take nothing.
fn needs(
    form: &mut Form<'_>,
    key: &'static str,
    verdict: Option<Verdict>,
    needed: Verdict,
    notes: &mut Notes,
) {
    let Some(value) = form.value(key) else {
        return;
    };
    if let Some(verdict) = verdict.filter(|verdict| *verdict != needed) {
        let message = format!(
            "`{key}` goes with the verdict `{}`, not with `{}`",
            needed.as_str(),
            verdict.as_str()
        );
        notes.add(form.file, value.span(), message);
    }
}

fn monitor(mut form: Form<'_>, notes: &mut Notes) -> Option<Monitor> {
    const PERIODS: &[&str] = &["month", "quarter", "year", "P7D"];
    for key in ["every", "per"] {
        if form.value(key).is_none() {
            form.missing(key, notes);
        }
    }
    let every = form.word("every", PERIODS, Every::parse, notes);
    let per = parties(&mut form, notes);
    form.finish(notes);
    Some(Monitor {
        every: every?,
        per: per?,
    })
}

fn parties(form: &mut Form<'_>, notes: &mut Notes) -> Option<Vec<Role>> {
    let value = form.value("per")?;
    let named = form.texts("per", notes)?;
    if named.is_empty() {
        let message =
            "`per` names at least one party: `trader`, `producer`, `declarant` or `enterprise`";
        notes.add(form.file, value.span(), message);
    }
    let mut per = Vec::new();
    for (text, span) in named {
        let role = Role::ALL.into_iter().find(|role| role.as_str() == text);
        match role {
            None => {
                let message =
                    format!("`{text}` is none of `trader`, `producer`, `declarant`, `enterprise`");
                notes.add(form.file, span, message);
            }
            Some(role) if per.contains(&role) => {
                notes.add(form.file, span, format!("`{text}` is named twice"));
            }
            Some(role) => per.push(role),
        }
    }
    Some(per)
}
