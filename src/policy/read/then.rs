//! What a rule says: verdict, rate, obligations.

use super::Reader;
use super::sampling_plan::sampling_plan;
use super::selector::selectors;
use crate::declaration::Amount;
use crate::limits::MAX_RATE_FACTORS;
use crate::policy::diagnostic::{Diagnostic, nearest};
use crate::policy::form::{Form, Notes, Value, amount, duration_s, word};
use crate::policy::model::{ModeChoice, Obligations, Otherwise, RateExpr, RateFactor, Texts, Then};
use crate::policy::parameter::ParameterValue;
use crate::policy::source::SourceFile;
use crate::policy::vocabulary::{FollowUp, Mode, Object, OfficeKind, Priority, Verdict};

/// The largest factor of a rate, so that products stay exact in 128 bits.
const MAX_FACTOR: i64 = 100_000 * Amount::SCALE;

impl Reader<'_> {
    pub(super) fn then(&mut self, mut form: Form<'_>) -> Option<Then> {
        if form.value("verdict").is_none() {
            form.missing("verdict", &mut self.notes);
        }
        let verdict = form.word("verdict", Verdict::WORDS, Verdict::parse, &mut self.notes);
        let rate = form
            .value("rate")
            .and_then(|value| self.rate(form.file, value));
        let has_rate = form.value("rate").is_some();
        let selectors = selectors(&mut form, verdict, &mut self.notes);
        let has_selector = has_rate || selectors.any;
        let per_item = form.word(
            "per",
            &["item"],
            |text| (text == "item").then_some(true),
            &mut self.notes,
        );
        let otherwise = otherwise(&mut form, &mut self.notes);
        if let Some(value) = form.value("otherwise").filter(|_| !has_selector) {
            self.notes.add(
                form.file,
                value.span(),
                "`otherwise` needs a selector, such as `rate`: without one the rule always speaks",
            );
        }
        if let Some(value) = form.value("per").filter(|_| !has_rate) {
            let message = match has_selector {
                true => "`per` needs `rate`: nothing else is drawn",
                false => {
                    "`per` needs a selector, such as `rate`: without one the rule always speaks"
                }
            };
            self.notes.add(form.file, value.span(), message);
        }
        let obligations = obligations(&mut form, &mut self.notes);
        form.finish(&mut self.notes);
        if has_rate && rate.is_none() || selectors.wrong {
            return None;
        }
        Some(Then {
            verdict: verdict?,
            rate,
            per_item: per_item.unwrap_or(false),
            monitor: selectors.monitor,
            write_off: selectors.write_off,
            programme: selectors.programme,
            otherwise: otherwise.unwrap_or(Otherwise::Next),
            obligations,
        })
    }

    fn rate(&mut self, file: &SourceFile, value: &Value<'_>) -> Option<RateExpr> {
        let span = value.span();
        let Some(text) = value.get_ref().as_str() else {
            let number = amount(file, value, &mut self.notes)?;
            if !(0..=Amount::SCALE).contains(&number.units()) {
                self.notes.add(file, span, "a rate is from 0 to 1");
                return None;
            }
            return Some(RateExpr {
                text: number.to_string(),
                factors: vec![RateFactor::Number(number)],
            });
        };
        let factors: Vec<Option<RateFactor>> = text
            .split('*')
            .map(|part| self.factor(file, value, part.trim()))
            .collect();
        if factors.len() > MAX_RATE_FACTORS {
            self.notes.add(
                file,
                span,
                format!("a rate has at most {MAX_RATE_FACTORS} factors"),
            );
            return None;
        }
        Some(RateExpr {
            text: text.to_owned(),
            factors: factors.into_iter().collect::<Option<_>>()?,
        })
    }

    fn factor(&mut self, file: &SourceFile, value: &Value<'_>, part: &str) -> Option<RateFactor> {
        let span = value.span();
        let within = |number: Amount| (0..=MAX_FACTOR).contains(&number.units());
        if part.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') {
            return match Amount::parse(part) {
                Ok(number) if within(number) => Some(RateFactor::Number(number)),
                Ok(_) => self.refuse_rate(
                    file,
                    value,
                    format!("the factor `{part}` is outside 0 to 100000"),
                ),
                Err(error) => self.refuse_rate(file, value, format!("`{part}`: {error}")),
            };
        }
        let name = part.strip_prefix("parameter.").unwrap_or(part);
        if let Some(at) = self
            .parameters
            .iter()
            .position(|parameter| parameter.name == name)
        {
            let values = self.parameters.get(at).map(|p| {
                std::iter::once(&p.value).chain(p.overrides.iter().map(|(_, value)| value))
            });
            let fits = values.is_some_and(|mut values| {
                values
                    .all(|value| matches!(value, ParameterValue::Number(number) if within(*number)))
            });
            return match fits {
                true => Some(RateFactor::Parameter(at)),
                false => self.refuse_rate(
                    file,
                    value,
                    format!("the parameter `{name}` is no number from 0 to 100000"),
                ),
            };
        }
        if let Some(at) = self.rate_tables.iter().position(|table| table.id == name) {
            return Some(RateFactor::Table(at));
        }
        let known = self
            .parameters
            .iter()
            .map(|p| p.name.as_str())
            .chain(self.rate_tables.iter().map(|t| t.id.as_str()));
        let message = format!("`{name}` is neither a number, a parameter nor a rate table");
        let diagnostic = match nearest(name, known) {
            Some(near) => {
                Diagnostic::new(file, span, message).help(format!("did you mean `{near}`?"))
            }
            None => Diagnostic::new(file, span, message),
        };
        self.notes.0.push(diagnostic);
        None
    }

    fn refuse_rate(
        &mut self,
        file: &SourceFile,
        value: &Value<'_>,
        message: String,
    ) -> Option<RateFactor> {
        self.notes.add(file, value.span(), message);
        None
    }
}

fn otherwise(form: &mut Form<'_>, notes: &mut Notes) -> Option<Otherwise> {
    let words: Vec<&str> = std::iter::once("next")
        .chain(Verdict::WORDS.iter().copied())
        .collect();
    let parse = |text: &str| match text {
        "next" => Some(Otherwise::Next),
        text => Verdict::parse(text).map(Otherwise::Verdict),
    };
    form.word("otherwise", &words, parse, notes)
}

fn obligations(form: &mut Form<'_>, notes: &mut Notes) -> Obligations {
    let mode_words: Vec<&str> = Mode::WORDS.iter().copied().chain(["requirement"]).collect();
    let mode = |text: &str| match text {
        "requirement" => Some(ModeChoice::Requirement),
        text => Mode::parse(text).map(ModeChoice::Mode),
    };
    let mode = form.word("mode", &mode_words, mode, notes);
    Obligations {
        mode,
        sampling_plan: sampling_plan(form, mode, notes),
        tests: choice(form, "tests", notes),
        documents: choice(form, "documents", notes),
        specimens: form.count("specimens", notes),
        objects: words(form, "object", Object::WORDS, Object::parse, notes),
        office: form.word("office", OfficeKind::WORDS, OfficeKind::parse, notes),
        priority: form.word("priority", Priority::WORDS, Priority::parse, notes),
        deadline_s: duration_s(form, "deadline", notes),
        follow_up: words(form, "follow_up", FollowUp::WORDS, FollowUp::parse, notes),
        officer_note: form.text("officer_note", notes),
    }
}

/// A list of texts, or `"requirement"`.
fn choice(form: &mut Form<'_>, key: &'static str, notes: &mut Notes) -> Texts {
    if form.value(key).and_then(|value| value.get_ref().as_str()) == Some("requirement") {
        return Texts::Requirement;
    }
    let mut list: Vec<String> = form
        .texts(key, notes)
        .unwrap_or_default()
        .into_iter()
        .map(|(text, _)| text)
        .collect();
    list.sort();
    list.dedup();
    Texts::List(list)
}

/// A word or a list of words of a closed vocabulary.
fn words<W: Ord>(
    form: &mut Form<'_>,
    key: &'static str,
    all: &[&str],
    parse: impl Fn(&str) -> Option<W>,
    notes: &mut Notes,
) -> Vec<W> {
    let Some(value) = form.value(key) else {
        return Vec::new();
    };
    let mut list: Vec<W> = match value.get_ref().as_array() {
        Some(array) => array
            .iter()
            .filter_map(|element| word(form.file, element, all, &parse, notes))
            .collect(),
        None => word(form.file, value, all, &parse, notes)
            .into_iter()
            .collect(),
    };
    list.sort();
    list.dedup();
    list
}
