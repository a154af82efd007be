//! From files to a checked policy. Two passes: first what conditions need to know (attributes, parameters, the
//! names of scores and rate tables), then books and scores. Every mistake of every file is noted before the
//! policy is refused.

mod header;
mod monitoring;
mod persons;
mod rules;
mod sampling_plan;
mod selection;
mod selector;
mod tables;
mod then;

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::cel::{Checker, Condition};
use super::diagnostic::{Diagnostic, PolicyErrors};
use super::form::{Form, Notes, Value};
use super::model::{Book, Policy, RateTable, Score};
use super::parameter::Parameter;
use super::persons::Reads;
use super::schema::Names;
use super::source::{PolicySource, SourceFile};
use crate::limits::{MAX_BOOKS, MAX_PERSON_RULES, MAX_SCORES};

/// Reads and checks a policy.
///
/// # Errors
/// Every mistake of every file.
pub fn read(source: &PolicySource) -> Result<Policy, PolicyErrors> {
    let mut notes = Notes::default();
    let documents = parse(source, &mut notes);
    let mut forms: Vec<Form<'_>> = documents
        .iter()
        .map(|(file, document)| Form::new(file, document.span(), document.get_ref()))
        .collect();
    let mut reader = Reader {
        source,
        notes,
        names: Names::default(),
        parameters: Vec::new(),
        rate_tables: Vec::new(),
        ids: BTreeMap::new(),
    };
    let policy = reader.policy(&mut forms);
    for form in forms {
        form.finish(&mut reader.notes);
    }
    let mut found = reader.notes.0;
    found.sort();
    found.dedup();
    match policy {
        Some(policy) if found.is_empty() => Ok(policy),
        _ => Err(PolicyErrors(found)),
    }
}

fn parse<'s>(
    source: &'s PolicySource,
    notes: &mut Notes,
) -> Vec<(&'s SourceFile, Spanned<DeTable<'s>>)> {
    let mut documents = Vec::new();
    for file in source
        .files()
        .iter()
        .filter(|file| file.path.ends_with(".toml"))
    {
        let (document, errors) = DeTable::parse_recoverable(&file.text);
        for error in errors {
            notes.add(
                file,
                error.span().unwrap_or(0..0),
                format!("not TOML: {}", error.message()),
            );
        }
        documents.push((file, document));
    }
    documents
}

/// What is known while the files are read.
struct Reader<'s> {
    source: &'s PolicySource,
    notes: Notes,
    names: Names,
    parameters: Vec<Parameter>,
    rate_tables: Vec<RateTable>,
    /// Ids of books, rules (in their book), scores, parameters and rate tables, with the place of the first.
    ids: BTreeMap<(&'static str, String), (String, usize)>,
}

impl Reader<'_> {
    fn policy(&mut self, forms: &mut [Form<'_>]) -> Option<Policy> {
        let header = self.header(forms);
        self.attributes(forms);
        self.parameters(forms);
        self.monitoring_days();
        self.score_names(forms);
        self.rate_tables(forms);
        let (random, deadline, life) = (self.random(forms), self.deadline(forms), self.life(forms));
        let selection = self.selection(forms);
        let accountability = self.accountability(forms);
        let scores = self.scores(forms);
        let books = self.books(forms);
        let classifications = self.classifications(forms);
        let guards = self.guards(forms);
        self.bound(forms, books.len(), MAX_BOOKS, "books");
        self.bound(forms, scores.len(), MAX_SCORES, "score groups");
        let of_persons = classifications.len() + guards.len();
        self.bound(
            forms,
            of_persons,
            MAX_PERSON_RULES,
            "classifications and guards",
        );
        let header = header?;
        Some(Policy {
            id: header.id,
            title: header.title,
            hash: self.source.hash(),
            profile: crate::declaration::Profile {
                attributes: self.names.attributes.clone(),
                ..header.profile
            },
            names: std::mem::take(&mut self.names),
            default: header.default,
            parameters: std::mem::take(&mut self.parameters),
            rate_tables: std::mem::take(&mut self.rate_tables),
            scores,
            books,
            classifications,
            guards,
            random,
            selection,
            deadline,
            life,
            accountability,
        })
    }

    fn bound(&mut self, forms: &[Form<'_>], count: usize, limit: usize, what: &str) {
        if let Some(form) = forms.first().filter(|_| count > limit) {
            self.notes.add(
                form.file,
                0..0,
                format!("the policy has {count} {what}; at most {limit} are allowed"),
            );
        }
    }

    fn books(&mut self, forms: &mut [Form<'_>]) -> Vec<Book> {
        let tables: Vec<Form<'_>> = forms
            .iter_mut()
            .flat_map(|form| form.tables("book", &mut self.notes))
            .collect();
        tables
            .into_iter()
            .filter_map(|form| self.book(form))
            .collect()
    }

    fn scores(&mut self, forms: &mut [Form<'_>]) -> Vec<Score> {
        let tables: Vec<Form<'_>> = forms
            .iter_mut()
            .flat_map(|form| form.tables("score", &mut self.notes))
            .collect();
        tables
            .into_iter()
            .filter_map(|form| self.score(form))
            .collect()
    }

    /// Notes an id; a second one of its kind is a mistake.
    fn take_id(&mut self, kind: &'static str, id: &str, file: &SourceFile, span: Range<usize>) {
        let place = Diagnostic::new(file, span.clone(), "");
        match self.ids.get(&(kind, id.to_owned())) {
            Some((file_name, line)) => {
                let help = format!("the first stands at {file_name}:{line}");
                self.notes
                    .add_help(file, span, format!("a second {kind} `{id}`"), help);
            }
            None => {
                self.ids
                    .insert((kind, id.to_owned()), (place.file, place.line));
            }
        }
    }

    /// The id of a form.
    fn id(&mut self, form: &mut Form<'_>) -> Option<String> {
        let id = form.required_text("id", &mut self.notes)?;
        let span = form.value("id")?.span();
        let fits = !id.is_empty()
            && id.len() <= 64
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !fits {
            self.notes.add(
                form.file,
                span,
                format!("`{id}` is no id; ids have 1 to 64 letters, digits, `-`, `_` and `.`"),
            );
            return None;
        }
        Some(id)
    }

    /// Checks a condition where it stands.
    fn condition(
        &mut self,
        file: &SourceFile,
        value: &Value<'_>,
        reads: Reads,
    ) -> Option<Condition> {
        let text = super::form::text(file, value, &mut self.notes)?;
        let span = value.span();
        let raw = file.text.get(span.clone()).unwrap_or_default();
        let quote = if raw.starts_with("'''") { 3 } else { 1 };
        if !raw.starts_with('\'') {
            self.notes.add(file, span, "a condition is written between single quotes, so that texts in it may stand in double quotes");
            return None;
        }
        // TOML drops a line break right behind the opening quotes.
        let body = span.start
            + quote
            + raw
                .get(quote..)
                .map_or(0, |body| {
                    body.len() - body.trim_start_matches(['\r', '\n']).len()
                })
                .min(if quote == 3 { 2 } else { 0 });
        let mut checker = Checker {
            names: &mut self.names,
            parameters: &self.parameters,
            reads,
        };
        match checker.check(text) {
            Ok(condition) => Some(condition),
            Err(complaints) => {
                for (at, message) in complaints {
                    let (message, help) = match message.split_once("; ") {
                        Some((message, help)) => (message.to_owned(), Some(help.to_owned())),
                        None => (message, None),
                    };
                    let diagnostic = Diagnostic::new(file, body + at.start..body + at.end, message);
                    self.notes.0.push(match help {
                        Some(help) => diagnostic.help(help),
                        None => diagnostic,
                    });
                }
                None
            }
        }
    }
}
