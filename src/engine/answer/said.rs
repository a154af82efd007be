//! What an answer says of a rule, as JSON: the same whenever the rule matches, so it is written when the policy is
//! compiled.

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::policy::{Book, Policy, Reason, Rule};

/// See the module.
#[derive(Debug)]
pub(in crate::engine) struct Said {
    /// The public reason, told of a rule that spoke.
    pub(super) message: Option<Box<RawValue>>,
    /// The rule as officers see it where it spoke.
    spoke: Box<RawValue>,
    /// The same where it was matched and not selected.
    silent: Box<RawValue>,
}

impl Said {
    /// What is said of every rule, in the order of their numbers.
    pub(in crate::engine) fn of(policy: &Policy) -> Vec<Self> {
        let books = policy.books.iter();
        let rules = books.flat_map(|book| book.rules.iter().map(move |rule| (book, rule)));
        rules.map(|(book, rule)| Self::new(book, rule)).collect()
    }

    fn new(book: &Book, rule: &Rule) -> Self {
        let public = rule.reason.as_ref().filter(|reason| reason.public);
        let message = public.map(|reason| Message {
            code: &reason.code,
            text: Texts(reason),
            basis: rule.basis.as_deref(),
            remedy: reason.remedy.as_deref(),
        });
        let reason = |spoke| ReasonAnswer {
            book: &book.id,
            rule: &rule.id,
            code: rule.reason.as_ref().map(|reason| reason.code.as_str()),
            spoke,
        };
        Self {
            message: message.as_ref().map(json),
            spoke: json(&reason(true)),
            silent: json(&reason(false)),
        }
    }

    pub(super) const fn reason(&self, spoke: bool) -> &RawValue {
        if spoke { &self.spoke } else { &self.silent }
    }
}

fn json(value: &impl Serialize) -> Box<RawValue> {
    // Texts can always be written.
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[derive(Serialize)]
struct Message<'d> {
    code: &'d str,
    text: Texts<'d>,
    basis: Option<&'d str>,
    remedy: Option<&'d str>,
}

/// Texts by language.
struct Texts<'d>(&'d Reason);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.text.iter().map(|(language, text)| (language, text)))
    }
}

#[derive(Serialize)]
struct ReasonAnswer<'d> {
    book: &'d str,
    rule: &'d str,
    code: Option<&'d str>,
    /// If not, it was matched and not selected.
    spoke: bool,
}
