//! Rules about persons: `[[classification]]` and `[[guard]]`.

use super::Reader;
use super::rules::validity;
use crate::limits::MAX_ID_CHARS;
use crate::policy::cel::Condition;
use crate::policy::diagnostic::Diagnostic;
use crate::policy::form::{Form, Notes};
use crate::policy::model::{Reason, Span};
use crate::policy::persons::{Classification, EVENT_TYPES, Guard, Reads};

/// What both kinds say of themselves.
struct Common {
    id: Option<String>,
    measures: Vec<String>,
    basis: Option<String>,
    validity: Span,
    when: Option<Condition>,
    reason: Option<Reason>,
}

/// What a classification gives.
struct Outcome {
    class: Option<u8>,
    list: Option<String>,
    title: Option<String>,
    propose: bool,
}

impl Reader<'_> {
    pub(super) fn classifications(&mut self, forms: &mut [Form<'_>]) -> Vec<Classification> {
        let tables: Vec<Form<'_>> = forms
            .iter_mut()
            .flat_map(|form| form.tables("classification", &mut self.notes))
            .collect();
        tables
            .into_iter()
            .filter_map(|form| self.classification(form))
            .collect()
    }

    pub(super) fn guards(&mut self, forms: &mut [Form<'_>]) -> Vec<Guard> {
        let tables: Vec<Form<'_>> = forms
            .iter_mut()
            .flat_map(|form| form.tables("guard", &mut self.notes))
            .collect();
        tables
            .into_iter()
            .filter_map(|form| self.guard(form))
            .collect()
    }

    fn common(&mut self, form: &mut Form<'_>, kind: &'static str, reads: Reads) -> Common {
        let id = self.id(form);
        if let (Some(id), Some(value)) = (&id, form.value("id")) {
            self.take_id(kind, id, form.file, value.span());
        }
        let measures = form.texts("measures", &mut self.notes).unwrap_or_default();
        let basis = form.text("basis", &mut self.notes);
        let validity = validity(form, &mut self.notes);
        let when = match form.value("when") {
            Some(value) => self.condition(form.file, value, reads),
            None => {
                form.missing("when", &mut self.notes);
                None
            }
        };
        let reason = form.table("reason", &mut self.notes);
        let reason = reason.and_then(|reason| self.reason(reason));
        Common {
            id,
            measures: measures.into_iter().map(|(id, _)| id).collect(),
            basis,
            validity,
            when,
            reason,
        }
    }

    fn classification(&mut self, mut form: Form<'_>) -> Option<Classification> {
        let common = self.common(&mut form, "classification", Reads::Classification);
        if form.value("then").is_none() {
            form.missing("then", &mut self.notes);
        }
        let then = form.table("then", &mut self.notes);
        let then = then.map(|then| outcome(then, &mut self.notes));
        form.finish(&mut self.notes);
        let Outcome {
            class,
            list,
            title,
            propose,
        } = then?;
        Some(Classification {
            id: common.id?,
            measures: common.measures,
            basis: common.basis,
            validity: common.validity,
            when: common.when?,
            class,
            list,
            title,
            propose,
            reason: common.reason,
        })
    }

    fn guard(&mut self, mut form: Form<'_>) -> Option<Guard> {
        let common = self.common(&mut form, "guard", Reads::Guard);
        let on = event_types(&mut form, &mut self.notes);
        let bureau = form.text("bureau", &mut self.notes);
        if form.value("reason").is_none() {
            form.missing("reason", &mut self.notes);
        }
        form.finish(&mut self.notes);
        Some(Guard {
            id: common.id?,
            measures: common.measures,
            basis: common.basis,
            validity: common.validity,
            on,
            bureau,
            when: common.when?,
            reason: common.reason?,
        })
    }
}

fn outcome(mut form: Form<'_>, notes: &mut Notes) -> Outcome {
    let class = form.count("class", notes);
    let class = class.map(|class| u8::try_from(class).unwrap_or(u8::MAX));
    if let (Some(class), Some(value)) = (class, form.value("class"))
        && !(1..=4).contains(&class)
    {
        notes.add(form.file, value.span(), "a class is from 1 to 4");
    }
    let list = name(&mut form, "list", notes);
    let title = name(&mut form, "title", notes);
    let propose = form.flag("propose", notes).unwrap_or(false);
    let any = ["class", "list", "title"].map(|key| form.value(key).is_some());
    if !any.contains(&true) {
        let why = "a classification gives a `class`, a `list` or a `title`";
        notes.add(form.file, form.span.clone(), why);
    }
    form.finish(notes);
    Outcome {
        class,
        list,
        title,
        propose,
    }
}

/// A name that a cell of the registry can hold.
fn name(form: &mut Form<'_>, key: &'static str, notes: &mut Notes) -> Option<String> {
    let name = form.text(key, notes)?;
    let span = form.value(key)?.span();
    let fits = (1..=MAX_ID_CHARS).contains(&name.chars().count())
        && name.trim() == name
        && !name.chars().any(char::is_control);
    if !fits {
        let why = format!("a `{key}` has 1 to {MAX_ID_CHARS} characters, no space at its ends");
        notes.add(form.file, span, why);
        return None;
    }
    Some(name)
}

fn event_types(form: &mut Form<'_>, notes: &mut Notes) -> Vec<String> {
    let Some(types) = form.texts("on", notes) else {
        form.missing("on", notes);
        return Vec::new();
    };
    if let Some(value) = form.value("on").filter(|_| types.is_empty()) {
        let why = "an empty list of events would never refuse one";
        notes.add(form.file, value.span(), why);
    }
    for (kind, span) in &types {
        if !EVENT_TYPES.contains(&kind.as_str()) {
            let why = format!("`{kind}` is no type of event that a guard may look at");
            let diagnostic = Diagnostic::new(form.file, span.clone(), why);
            let known = EVENT_TYPES.iter().copied();
            notes.0.push(diagnostic.nearest(kind, known));
        }
    }
    types.into_iter().map(|(kind, _)| kind).collect()
}
