//! What classifications with `propose = true` propose: worked out whenever somebody asks, and kept nowhere.

use serde_json::{Map, Value, json};

use super::classify::{Kind, asked};
use super::person::Person;
use crate::declaration::Day;
use crate::policy::{Classification, Policy, Reason};
use crate::registry::LiveRegistry;

/// What an officer is proposed to confirm; an event of the officer's does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Of whom.
    pub enterprise_id: String,
    /// The classification.
    pub rule: String,
    /// What it would give: `class`, `list` or `title`.
    pub gives: &'static str,
    /// Which: `1`, `red`, `demonstration_enterprise`.
    pub value: String,
    /// Rows of the measures.
    pub measures: Vec<String>,
    /// The legal basis.
    pub basis: Option<String>,
    /// Why.
    pub reason: Option<Reason>,
}

impl Proposal {
    fn new(person: &Person, rule: &Classification, kind: Kind, value: String) -> Self {
        Self {
            enterprise_id: person.id().to_owned(),
            rule: rule.id.clone(),
            gives: kind.gives(),
            value,
            measures: rule.measures.clone(),
            basis: rule.basis.clone(),
            reason: rule.reason.clone(),
        }
    }

    /// As JSON: `{"enterprise_id", "rule", "list": "red", "measures", "basis", "reason": {"code", "text", "remedy"}}`.
    #[must_use]
    pub fn json(&self) -> Value {
        let reason = self.reason.as_ref().map(|reason| {
            let text = reason.text.iter();
            let text: Map<String, Value> = text
                .map(|(language, text)| (language.clone(), text.as_str().into()))
                .collect();
            json!({ "code": reason.code, "text": text, "remedy": reason.remedy })
        });
        json!({
            "enterprise_id": self.enterprise_id,
            "rule": self.rule,
            self.gives: self.value,
            "measures": self.measures,
            "basis": self.basis,
            "reason": reason,
        })
    }
}

/// What is proposed of an enterprise on a day: for class, list and title what the first classification that speaks
/// would give, if it proposes and it is not so already.
pub(in crate::supervision) fn proposals(
    known: &LiveRegistry,
    policy: &Policy,
    enterprise_id: &str,
    day: Day,
) -> Vec<Proposal> {
    let person = Person::of(known, enterprise_id, policy);
    if !person.is_known() {
        return Vec::new();
    }
    let kinds = Kind::ALL.into_iter();
    let proposed = kinds.filter_map(|kind| {
        let own = person.without_given(kind.table());
        let mut all = policy.classifications.iter();
        let first = all.find(|rule| asked(kind, rule, &own, day))?;
        let value = kind.value(first)?;
        let is_so = kind.is_so(&person, &value, day);
        (first.propose && !is_so).then(|| Proposal::new(&person, first, kind, value))
    });
    proposed.collect()
}
