//! Books and rules.

use super::Reader;
use crate::declaration::Day;
use crate::policy::form::{Form, Notes};
use crate::policy::model::{Book, RANDOM_BOOK, Reason, Rule, Span, TOP_UP_BOOK};
use crate::policy::persons::Reads;

impl Reader<'_> {
    pub(super) fn book(&mut self, mut form: Form<'_>) -> Option<Book> {
        let id = self.id(&mut form);
        if let (Some(id), Some(value)) = (&id, form.value("id")) {
            self.take_id("book", id, form.file, value.span());
            let drawn = [(RANDOM_BOOK, "[random]"), (TOP_UP_BOOK, "[selection]")];
            if let Some((_, by)) = drawn.iter().find(|(name, _)| id == name) {
                self.notes.add(
                    form.file,
                    value.span(),
                    format!("no book may be called `{id}`: `{by}` draws under that name"),
                );
            }
        }
        let authority = form.text("authority", &mut self.notes);
        let validity = validity(&mut form, &mut self.notes);
        let offices = offices(&mut form, &mut self.notes);
        let rules = form.tables("rule", &mut self.notes);
        let rules = rules
            .into_iter()
            .filter_map(|rule| self.rule(rule, id.as_deref().unwrap_or_default(), validity))
            .collect();
        form.finish(&mut self.notes);
        Some(Book {
            id: id?,
            authority,
            validity,
            offices,
            rules,
        })
    }

    fn rule(&mut self, mut form: Form<'_>, book: &str, book_validity: Span) -> Option<Rule> {
        let id = self.id(&mut form);
        if let (Some(id), Some(value)) = (&id, form.value("id")) {
            self.take_id("rule", &format!("{book}/{id}"), form.file, value.span());
        }
        let measures = form
            .texts("measures", &mut self.notes)
            .unwrap_or_default()
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        let basis = form.text("basis", &mut self.notes);
        let validity = validity(&mut form, &mut self.notes).and(book_validity);
        let offices = offices(&mut form, &mut self.notes);
        let when = match form.value("when") {
            Some(value) => self.condition(form.file, value, Reads::Rule),
            None => {
                form.missing("when", &mut self.notes);
                None
            }
        };
        let then = match form.table("then", &mut self.notes) {
            Some(then) => self.then(then),
            None => {
                if form.value("then").is_none() {
                    form.missing("then", &mut self.notes);
                }
                None
            }
        };
        let reason = form
            .table("reason", &mut self.notes)
            .and_then(|reason| self.reason(reason));
        form.finish(&mut self.notes);
        Some(Rule {
            id: id?,
            measures,
            basis,
            validity,
            offices,
            when: when?,
            then: then?,
            reason,
        })
    }

    pub(super) fn reason(&mut self, mut form: Form<'_>) -> Option<Reason> {
        let notes = &mut self.notes;
        let code = form.required_text("code", notes);
        let remedy = form.text("remedy", notes);
        let public = form.flag("public", notes).unwrap_or(false);
        let mut text = Vec::new();
        if let Some(mut texts) = form.table("text", notes) {
            let file = texts.file;
            for (language, _, value) in texts.entries() {
                if let Some(written) = crate::policy::form::text(file, value, notes) {
                    text.push((language.to_owned(), written.to_owned()));
                }
            }
        }
        form.finish(notes);
        Some(Reason {
            code: code?,
            text,
            remedy,
            public,
        })
    }
}

fn offices(form: &mut Form<'_>, notes: &mut Notes) -> Vec<String> {
    let Some(offices) = form.texts("offices", notes) else {
        return Vec::new();
    };
    if let Some(value) = form.value("offices").filter(|_| offices.is_empty()) {
        notes.add(
            form.file,
            value.span(),
            "an empty list of offices would never be in force; leave it out for all offices",
        );
    }
    offices.into_iter().map(|(office, _)| office).collect()
}

/// `from` inclusive, `to` exclusive.
pub(super) fn validity(form: &mut Form<'_>, notes: &mut Notes) -> Span {
    let from = form.day("from", notes).unwrap_or(Day::MIN);
    let to = form.day("to", notes).unwrap_or(Day::MAX);
    if let Some(value) = form.value("to").filter(|_| to <= from) {
        notes.add(
            form.file,
            value.span(),
            format!(
                "`to` ({to}) is the first day no longer in force and must be after `from` ({from})"
            ),
        );
    }
    Span { from, to }
}
