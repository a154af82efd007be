//! Acts upon the policy: a candidate is put and taken back, and a policy begins to decide.

use serde_json::{Map, Value, json};

use super::reader::Reader;
use super::{EventErrors, What, one};
use crate::declaration::FaultCode;
use crate::limits::MAX_REGISTRY_TEXT_CHARS;

/// How a policy came to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum How {
    /// The service was started with it.
    Start,
    /// It was the candidate, and a second person let it decide.
    Promotion,
    /// It had decided before.
    Rollback,
}

impl How {
    /// All, by their numbers.
    pub const ALL: [Self; 3] = [Self::Start, Self::Promotion, Self::Rollback];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Promotion => "promotion",
            Self::Rollback => "rollback",
        }
    }
}

/// A policy that decides from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyActivated {
    /// The hash of its files.
    pub policy: String,
    /// Whether both laws are read on the declaration's day.
    pub as_of_declaration: bool,
    /// How it came to decide; older records, which do not say, are of starts.
    pub how: How,
    /// The policy that decided before; none before the first, and in older records.
    pub former: Option<String>,
    /// Who put it as the candidate, where it was one.
    pub put_by: Option<String>,
    /// The second person, without whom no candidate decides.
    pub confirmed_by: Option<String>,
    /// Why, where a person let it decide.
    pub reason: Option<String>,
}

impl PolicyActivated {
    pub(super) fn members(&self) -> Value {
        let mut members = json!({
            "policy": self.policy, "as_of_declaration": self.as_of_declaration, "how": self.how.as_str(),
        });
        let more = [
            ("former", &self.former),
            ("put_by", &self.put_by),
            ("confirmed_by", &self.confirmed_by),
            ("reason", &self.reason),
        ];
        for (name, value) in more {
            if let (Some(members), Some(value)) = (members.as_object_mut(), value) {
                members.insert(name.to_owned(), value.clone().into());
            }
        }
        members
    }
}

pub(super) fn act(kind: &str, reader: &mut Reader) -> Option<What> {
    match kind {
        "policy_activated" => activated(reader).map(What::PolicyActivated),
        _ => {
            let policy = reader.text("policy")?;
            Some(match kind {
                "policy_candidate_put" => What::CandidatePut(policy),
                _ => What::CandidateWithdrawn(policy),
            })
        }
    }
}

fn activated(reader: &mut Reader) -> Option<PolicyActivated> {
    let how = match reader.optional("how") {
        None => Some(How::Start),
        Some(word) => How::ALL.into_iter().find(|how| how.as_str() == word),
    };
    if how.is_none() {
        let why = "`start`, `promotion` or `rollback` is expected";
        reader.fault("/how", FaultCode::Range, why);
    }
    Some(PolicyActivated {
        policy: reader.text("policy")?,
        as_of_declaration: reader.flag("as_of_declaration")?,
        how: how?,
        former: reader.optional("former"),
        put_by: reader.optional("put_by"),
        confirmed_by: reader.optional("confirmed_by"),
        reason: reader.optional("reason"),
    })
}

// ----- what somebody asks for -----

/// Somebody lets the candidate decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// The candidate that was looked at: its hash, or its id with it.
    pub policy: String,
    /// Why.
    pub reason: String,
    /// A second person, where callers are not told apart.
    pub confirmed_by: Option<String>,
}

/// Somebody lets a policy decide again that did before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollback {
    /// Which, by its hash or its id with it; else the one before.
    pub policy: Option<String>,
    /// Why.
    pub reason: String,
}

impl Promotion {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// Every fault.
    pub fn read(body: &[u8]) -> Result<Self, EventErrors> {
        read(body, |reader| {
            let (policy, reason) = (reader.text("policy"), reason(reader));
            let confirmed_by = reader.optional_id("confirmed_by");
            Some(Self {
                policy: policy?,
                reason: reason?,
                confirmed_by,
            })
        })
    }
}

impl Rollback {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// Every fault.
    pub fn read(body: &[u8]) -> Result<Self, EventErrors> {
        read(body, |reader| {
            let (policy, reason) = (reader.optional("policy"), reason(reader));
            Some(Self {
                policy,
                reason: reason?,
            })
        })
    }
}

fn reason(reader: &mut Reader) -> Option<String> {
    let reason = reader.words("reason")?;
    if reason.chars().count() > MAX_REGISTRY_TEXT_CHARS {
        let why = format!("more than {MAX_REGISTRY_TEXT_CHARS} characters");
        reader.fault("/reason", FaultCode::Range, why);
        return None;
    }
    Some(reason)
}

fn read<T>(body: &[u8], then: impl FnOnce(&mut Reader) -> Option<T>) -> Result<T, EventErrors> {
    let members: Value =
        serde_json::from_slice(body).map_err(|why| one("", FaultCode::Syntax, why.to_string()))?;
    let Value::Object(mut members) = members else {
        return Err(one("", FaultCode::Type, "an object is expected"));
    };
    members.retain(|_: &String, value| !value.is_null());
    let mut reader = Reader::new(members as Map<String, Value>);
    let asked = then(&mut reader);
    let faults = reader.end(true);
    match asked {
        Some(asked) if faults.is_empty() => Ok(asked),
        _ => Err(EventErrors(faults)),
    }
}
