//! What stands once in a policy: `[policy]`, `[attributes]`, `[parameters]`, `[[override]]`, `[random]`,
//! `[deadline]`, `[life]` and `[accountability]`.

use super::Reader;
use super::monitoring::check_days;
use crate::declaration::{
    Amount, AttributeSchema, AttributeType, Currency, PartyIds, Profile, Zone, check_uscc,
};
use crate::limits::{MAX_RELEASED_WITHIN_HOURS, MAX_TIGHTENING_MONTHS};
use crate::policy::diagnostic::{Diagnostic, nearest};
use crate::policy::form::{Form, Notes, Value, amount, duration_s, texts};
use crate::policy::model::{Accountability, Deadline, Life, Random};
use crate::policy::parameter::{Parameter, ParameterValue, Place};
use crate::policy::schema::is_identifier;
use crate::policy::source::SourceFile;
use crate::policy::vocabulary::{Mode, Trigger, Verdict};

/// What `[policy]` says.
pub(super) struct Header {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) default: Verdict,
    pub(super) profile: Profile,
}

const ATTRIBUTE_TYPES: &[&str] = &["string", "int", "decimal"];

impl Reader<'_> {
    /// The table of this name, which may stand in one file only.
    pub(super) fn once<'t>(
        &mut self,
        key: &'static str,
        forms: &mut [Form<'t>],
    ) -> Option<Form<'t>> {
        let mut found: Option<Form<'t>> = None;
        for form in forms {
            let Some(table) = form.table(key, &mut self.notes) else {
                continue;
            };
            match &found {
                Some(first) => {
                    let help = format!("the first stands in {}", first.file.path);
                    self.notes.add_help(
                        table.file,
                        table.span.clone(),
                        format!("a second `[{key}]`"),
                        help,
                    );
                }
                None => found = Some(table),
            }
        }
        found
    }

    pub(super) fn header(&mut self, forms: &mut [Form<'_>]) -> Option<Header> {
        let Some(mut form) = self.once("policy", forms) else {
            match forms.first() {
                Some(form) => self.notes.add_help(
                    form.file,
                    0..0,
                    "no file has `[policy]`",
                    "exactly one file of the policy's folders begins with it",
                ),
                None => {
                    let empty = SourceFile {
                        path: "(no file)".to_owned(),
                        text: String::new(),
                    };
                    self.notes
                        .add(&empty, 0..0, "the policy's folders hold no `.toml` file");
                }
            }
            return None;
        };
        let notes = &mut self.notes;
        let id = form.required_text("id", notes);
        let title = form.text("title", notes).unwrap_or_default();
        let zone = parsed(&mut form, "timezone", notes, |text| {
            Zone::parse(text).map_err(|error| error.to_string())
        });
        let base_currency = parsed(&mut form, "base_currency", notes, |text| {
            Currency::parse(text).map_err(|error| error.to_string())
        });
        let default = form.word("default", Verdict::WORDS, Verdict::parse, notes);
        let party_ids = party_ids(&mut form, notes);
        form.finish(notes);
        let profile = Profile {
            party_ids: party_ids?,
            attributes: AttributeSchema::default(),
            zone: zone?,
            base_currency: base_currency?,
        };
        Some(Header {
            id: id?,
            title,
            default: default.unwrap_or(Verdict::Release),
            profile,
        })
    }

    pub(super) fn attributes(&mut self, forms: &mut [Form<'_>]) {
        let mut entries = Vec::new();
        for form in forms {
            let Some(mut table) = form.table("attributes", &mut self.notes) else {
                continue;
            };
            let file = table.file;
            for (name, span, value) in table.entries() {
                self.take_id("attribute", name, file, span.clone());
                if !is_identifier(name) {
                    self.notes.add(
                        file,
                        span,
                        format!(
                            "`{name}` is no name of an attribute; it has letters, digits and `_`"
                        ),
                    );
                }
                let parse = |text: &str| match text {
                    "string" => Some(AttributeType::Text),
                    "int" => Some(AttributeType::Int),
                    "decimal" => Some(AttributeType::Decimal),
                    _ => None,
                };
                if let Some(kind) =
                    crate::policy::form::word(file, value, ATTRIBUTE_TYPES, parse, &mut self.notes)
                {
                    entries.push((name.to_owned(), kind));
                }
            }
        }
        self.names.attributes = AttributeSchema::new(entries);
    }

    pub(super) fn parameters(&mut self, forms: &mut [Form<'_>]) {
        for form in forms.iter_mut() {
            let Some(mut table) = form.table("parameters", &mut self.notes) else {
                continue;
            };
            let file = table.file;
            for (name, span, value) in table.entries() {
                self.take_id("parameter or rate table", name, file, span.clone());
                if !is_identifier(name) {
                    self.notes.add(
                        file,
                        span,
                        format!(
                            "`{name}` is no name of a parameter; it has letters, digits and `_`"
                        ),
                    );
                }
                let named = (Some(name), value);
                if let Some(value) = parameter_value(file, named, &mut self.notes) {
                    self.parameters.push(Parameter {
                        name: name.to_owned(),
                        value,
                        overrides: Vec::new(),
                    });
                }
            }
        }
        self.parameters.sort_by(|a, b| a.name.cmp(&b.name));
        let overrides: Vec<Form<'_>> = forms
            .iter_mut()
            .flat_map(|form| form.tables("override", &mut self.notes))
            .collect();
        for form in overrides {
            self.parameter_override(form);
        }
    }

    fn parameter_override(&mut self, mut form: Form<'_>) {
        let notes = &mut self.notes;
        let name = form.required_text("parameter", notes);
        let (office, bureau) = (form.text("office", notes), form.text("bureau", notes));
        if form.value("value").is_none() {
            form.missing("value", notes);
        }
        let value = form
            .value("value")
            .and_then(|value| parameter_value(form.file, (name.as_deref(), value), notes));
        let place = match (office, bureau) {
            (Some(office), None) => Some(Place::Office(office)),
            (None, Some(bureau)) => Some(Place::Bureau(bureau)),
            _ => {
                notes.add(
                    form.file,
                    form.span.clone(),
                    "an override names an `office` or a `bureau`, one of them",
                );
                None
            }
        };
        if let (Some(name), Some(value), Some(place), Some(span)) = (
            name,
            value,
            place,
            form.value("parameter").map(toml::Spanned::span),
        ) {
            let names: Vec<&str> = self
                .parameters
                .iter()
                .map(|parameter| parameter.name.as_str())
                .collect();
            let near = nearest(&name, names).map(str::to_owned);
            match self
                .parameters
                .iter_mut()
                .find(|parameter| parameter.name == name)
            {
                None => {
                    let diagnostic =
                        Diagnostic::new(form.file, span, format!("unknown parameter `{name}`"));
                    notes.0.push(near.into_iter().fold(diagnostic, |d, near| {
                        d.help(format!("did you mean `{near}`?"))
                    }));
                }
                Some(parameter) if parameter.value.type_name() != value.type_name() => {
                    notes.add(
                        form.file,
                        span,
                        format!(
                            "`{name}` is a {}; its override must be one too",
                            parameter.value.type_name()
                        ),
                    );
                }
                Some(parameter) if parameter.overrides.iter().any(|(known, _)| *known == place) => {
                    notes.add(
                        form.file,
                        span,
                        format!("a second override of `{name}` at the same place"),
                    );
                }
                Some(parameter) => parameter.overrides.push((place, value)),
            }
        }
        form.finish(notes);
    }

    pub(super) fn random(&mut self, forms: &mut [Form<'_>]) -> Option<Random> {
        let mut form = self.once("random", forms)?;
        let notes = &mut self.notes;
        if form.value("rate").is_none() {
            form.missing("rate", notes);
        }
        let rate = form.amount("rate", notes);
        if let (Some(rate), Some(value)) = (rate, form.value("rate"))
            && !(0..=Amount::SCALE).contains(&rate.units())
        {
            notes.add(form.file, value.span(), "a rate is from 0 to 1");
        }
        let mode = form
            .word("mode", Mode::WORDS, Mode::parse, notes)
            .unwrap_or(Mode::Physical);
        form.finish(notes);
        Some(Random { rate: rate?, mode })
    }

    pub(super) fn deadline(&mut self, forms: &mut [Form<'_>]) -> Deadline {
        let none = Deadline {
            members_s: None,
            others_s: None,
        };
        let Some(mut form) = self.once("deadline", forms) else {
            return none;
        };
        let members_s = duration_s(&mut form, "members", &mut self.notes);
        let others_s = duration_s(&mut form, "others", &mut self.notes);
        form.finish(&mut self.notes);
        Deadline {
            members_s,
            others_s,
        }
    }

    pub(super) fn life(&mut self, forms: &mut [Form<'_>]) -> Life {
        let standard = Life::default();
        let Some(mut form) = self.once("life", forms) else {
            return standard;
        };
        let notes = &mut self.notes;
        let life = Life {
            release_on_pass: form
                .flag("release_on_pass", notes)
                .unwrap_or(standard.release_on_pass),
            hold_expires_days: form
                .count("hold_expires_days", notes)
                .unwrap_or(standard.hold_expires_days),
            max_declaration_age_days: form
                .count("max_declaration_age_days", notes)
                .unwrap_or(standard.max_declaration_age_days),
            redecide_on: triggers(&mut form, notes),
            released_within_hours: released_within(&mut form, notes)
                .unwrap_or(standard.released_within_hours),
        };
        form.finish(notes);
        life
    }

    pub(super) fn accountability(&mut self, forms: &mut [Form<'_>]) -> Accountability {
        const MONTHS: &str = "tightening_months";
        let standard = Accountability::default();
        let Some(mut form) = self.once("accountability", forms) else {
            return standard;
        };
        let notes = &mut self.notes;
        let months = form.count(MONTHS, notes);
        if let (Some(months), Some(value)) = (months, form.value(MONTHS))
            && !(1..=MAX_TIGHTENING_MONTHS).contains(&months)
        {
            let why = format!("`{MONTHS}` is from 1 to {MAX_TIGHTENING_MONTHS}");
            notes.add(form.file, value.span(), why);
        }
        form.finish(notes);
        Accountability {
            tightening_months: months.unwrap_or(standard.tightening_months),
        }
    }
}

fn parsed<T>(
    form: &mut Form<'_>,
    key: &'static str,
    notes: &mut Notes,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let text = form.required_text(key, notes)?;
    let span = form.value(key)?.span();
    parse(&text)
        .map_err(|error| notes.add(form.file, span, format!("`{text}` is {error}")))
        .ok()
}

/// The events upon which declarations are decided again, each once.
fn triggers(form: &mut Form<'_>, notes: &mut Notes) -> Vec<Trigger> {
    let named = form.texts("redecide_on", notes).unwrap_or_default();
    let mut triggers = Vec::new();
    for (text, span) in named {
        match Trigger::parse(&text) {
            Some(trigger) if triggers.contains(&trigger) => {
                notes.add(form.file, span, format!("a second `{text}`"));
            }
            Some(trigger) => triggers.push(trigger),
            None => {
                let known = Trigger::WORDS.iter().map(|word| format!("`{word}`"));
                let known = known.collect::<Vec<_>>().join(", ");
                let why = format!(
                    "of no event `{text}` it is said which declarations are affected; of these it is: {known}"
                );
                let diagnostic = Diagnostic::new(form.file, span, why);
                notes
                    .0
                    .push(diagnostic.nearest(&text, Trigger::WORDS.iter().copied()));
            }
        }
    }
    triggers
}

fn released_within(form: &mut Form<'_>, notes: &mut Notes) -> Option<u32> {
    const HOURS: &str = "released_within_hours";
    let hours = form.count(HOURS, notes);
    if let (Some(hours), Some(value)) = (hours, form.value(HOURS))
        && hours > MAX_RELEASED_WITHIN_HOURS
    {
        let why = format!("`{HOURS}` is {MAX_RELEASED_WITHIN_HOURS} at the most");
        notes.add(form.file, value.span(), why);
    }
    hours
}

fn party_ids(form: &mut Form<'_>, notes: &mut Notes) -> Option<PartyIds> {
    let kind = form.word(
        "party_ids",
        &["uscc", "any"],
        |text| matches!(text, "uscc" | "any").then(|| text.to_owned()),
        notes,
    );
    if form.value("party_ids").is_none() {
        form.missing("party_ids", notes);
    }
    let exceptions = form.texts("party_id_exceptions", notes).unwrap_or_default();
    for (id, span) in exceptions.iter().filter(|(id, _)| check_uscc(id).is_ok()) {
        notes.add(
            form.file,
            span.clone(),
            format!("`{id}` has right check digits; it needs no exception"),
        );
    }
    let mut exceptions: Vec<String> = exceptions.into_iter().map(|(id, _)| id).collect();
    exceptions.sort();
    Some(if kind? == "uscc" {
        PartyIds::Uscc { exceptions }
    } else {
        PartyIds::Any
    })
}

/// The value of a parameter of this name.
fn parameter_value(
    file: &SourceFile,
    (name, value): (Option<&str>, &Value<'_>),
    notes: &mut Notes,
) -> Option<ParameterValue> {
    let found = any_value(file, value, notes)?;
    check_days(name, &found, (file, value.span()), notes);
    Some(found)
}

fn any_value(file: &SourceFile, value: &Value<'_>, notes: &mut Notes) -> Option<ParameterValue> {
    let inner = value.get_ref();
    if let Some(flag) = inner.as_bool() {
        return Some(ParameterValue::Bool(flag));
    }
    if let Some(text) = inner.as_str() {
        return Some(ParameterValue::Text(text.to_owned()));
    }
    if inner.is_array() {
        let list = texts(file, value, notes)
            .into_iter()
            .map(|(text, _)| text)
            .collect();
        return Some(ParameterValue::List(list));
    }
    amount(file, value, notes).map(ParameterValue::Number)
}
