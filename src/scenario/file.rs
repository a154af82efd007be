//! The scenario format: given registry rows and declarations, expect verdicts, rules and obligations. One file
//! for a topic; each scenario names the measures that it shows. Its cases contrast what one difference does; or its
//! steps tell a story, in which what comes first decides what comes later.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::draws::Draw;
use super::step::{MADE, RawStep, Step, When, made, read_steps};

/// Members of a declaration or item.
pub type Members = serde_json::Map<String, Value>;

/// Rows added to the registry, by table.
pub type Rows = BTreeMap<String, Vec<BTreeMap<String, Value>>>;

/// One file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// The topic.
    pub title: String,
    /// Its scenarios.
    #[serde(default)]
    pub scenario: Vec<Scenario>,
}

/// One scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawScenario")]
pub struct Scenario {
    /// What it claims.
    pub name: String,
    /// Rows of the measures that it shows.
    pub measures: Vec<String>,
    /// The draws, where a case or step has no others.
    pub draw: Option<Draw>,
    /// The day on which the standing of persons is read; the declaration's where absent. With steps it is the clock's.
    pub decision_day: Option<String>,
    /// Rows added to the registry.
    pub registry: Rows,
    /// Members of every declaration.
    pub declaration: Members,
    /// Members of every item.
    pub item: Members,
    /// What it is made of.
    pub parts: Parts,
}

/// What a scenario is made of.
#[derive(Debug, Clone)]
pub enum Parts {
    /// Declarations, each by itself.
    Cases(Vec<Case>),
    /// A story.
    Steps {
        /// When it begins.
        start: When,
        /// Its steps.
        steps: Vec<Step>,
    },
}

/// A scenario as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScenario {
    name: String,
    #[serde(default)]
    measures: Vec<String>,
    draw: Option<Draw>,
    decision_day: Option<String>,
    start: Option<String>,
    #[serde(default)]
    registry: Rows,
    #[serde(default)]
    declaration: Members,
    #[serde(default)]
    item: Members,
    #[serde(default)]
    case: Vec<Case>,
    #[serde(default)]
    step: Vec<RawStep>,
}

impl TryFrom<RawScenario> for Scenario {
    type Error = String;

    fn try_from(raw: RawScenario) -> Result<Self, String> {
        let wrong = |why: String| format!("scenario `{}`: {why}", raw.name);
        let parts = match (raw.case.is_empty(), raw.step.is_empty()) {
            (false, true) => cases(raw.case, raw.start.as_deref()),
            (true, false) => made(&raw.declaration, &MADE)
                .and_then(|()| story(raw.step, raw.start.as_deref(), raw.decision_day.as_deref())),
            (true, true) => Err("it has neither cases nor steps".to_owned()),
            (false, false) => Err("it has cases and steps: it may have one of them".to_owned()),
        };
        Ok(Self {
            parts: parts.map_err(wrong)?,
            name: raw.name,
            measures: raw.measures,
            draw: raw.draw,
            decision_day: raw.decision_day,
            registry: raw.registry,
            declaration: raw.declaration,
            item: raw.item,
        })
    }
}

fn cases(cases: Vec<Case>, start: Option<&str>) -> Result<Parts, String> {
    if start.is_some() {
        return Err("`start` goes with steps".to_owned());
    }
    match cases.iter().find(|case| !case.expect.is_one_thing()) {
        None => Ok(Parts::Cases(cases)),
        Some(case) => Err(format!("case `{}`: {REFUSED_ALONE}", case.name)),
    }
}

fn story(
    steps: Vec<RawStep>,
    start: Option<&str>,
    decision_day: Option<&str>,
) -> Result<Parts, String> {
    if decision_day.is_some() {
        return Err("`decision_day` goes with cases; with steps it is the clock's".to_owned());
    }
    let start = start.ok_or("with steps it needs a `start`, its first day")?;
    Ok(Parts::Steps {
        start: When::read(start).map_err(|why| format!("start: {why}"))?,
        steps: read_steps(steps)?,
    })
}

/// What a case or step puts on top of its scenario's members.
pub(super) struct Overlay<'o> {
    pub(super) declaration: &'o Members,
    pub(super) item: &'o Members,
    pub(super) items: Option<&'o [Members]>,
}

impl Scenario {
    /// A declaration as JSON: defaults, then the scenario's members, then its own.
    pub(super) fn body(&self, id: &str, own: &Overlay<'_>) -> Members {
        let mut members = Members::new();
        members.insert("declaration_id".to_owned(), id.into());
        members.insert("version".to_owned(), 1.into());
        members.insert("direction".to_owned(), "export".into());
        members.extend(self.declaration.clone());
        members.extend(own.declaration.clone());
        let items = self.items(own.item, own.items.unwrap_or(&[Members::new()]));
        members.insert("items".to_owned(), items);
        members
    }

    /// Items, each on top of the scenario's and of what all of them have.
    pub(super) fn items(&self, all: &Members, each: &[Members]) -> Value {
        let items = each.iter().zip(1_u64..).map(|(own, no)| {
            let mut item = Members::new();
            item.insert("item_no".to_owned(), no.into());
            item.extend(self.item.clone());
            item.extend(all.clone());
            item.extend(own.clone());
            Value::Object(item)
        });
        items.collect()
    }
}

/// A name as a part of an id, with at most so many characters.
pub(super) fn slug(name: &str, most: usize) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    name.chars().map(plain).take(most).collect()
}

/// One case: what differs, and what is expected.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What differs.
    #[serde(default)]
    pub name: String,
    /// Members that replace the scenario's.
    #[serde(default)]
    pub declaration: Members,
    /// Members of the item that replace the scenario's.
    #[serde(default)]
    pub item: Members,
    /// Several items instead of one; each on top of the scenario's.
    pub items: Option<Vec<Members>>,
    /// Rows added for this case only.
    #[serde(default)]
    pub registry: Rows,
    /// The draws of this case.
    pub draw: Option<Draw>,
    /// The decision's day of this case.
    pub decision_day: Option<String>,
    /// What is expected.
    pub expect: Expect,
}

macro_rules! expectations {
    ($(#[$doc:meta])* $name:ident { $($(#[$own_doc:meta])* $own:ident: $own_type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$own_doc])* pub $own: Option<$own_type>,)*
            /// The verdict; of the declaration, where it stands for the declaration.
            pub verdict: Option<String>,
            /// The rules that spoke, as `book/rule` in book order.
            pub rules: Option<Vec<String>>,
            /// Rules that matched without being selected, among others.
            pub matched: Option<Vec<String>>,
            /// Rules that neither spoke nor matched.
            pub absent: Option<Vec<String>>,
            /// The reason codes of the rules that spoke.
            pub reasons: Option<Vec<String>>,
            /// The mode of inspection.
            pub mode: Option<String>,
            /// The tests.
            pub tests: Option<Vec<String>>,
            /// The documents.
            pub documents: Option<Vec<String>>,
            /// What is inspected.
            pub objects: Option<Vec<String>>,
            /// The office that does it, by its code.
            pub office: Option<String>,
            /// The number of specimens.
            pub specimens: Option<u32>,
            /// Units to be inspected by the sampling plan.
            pub sample_size: Option<u32>,
            /// How many of them may not conform.
            pub acceptance: Option<u32>,
            /// What follows.
            pub follow_up: Option<Vec<String>>,
            /// The rate of the last rule tried in the deciding book.
            pub rate: Option<String>,
            /// What selected it.
            pub selected_by: Option<String>,
            /// Scores by name.
            pub risk: Option<BTreeMap<String, i32>>,
        }
    };
}

expectations! {
    /// What is expected of an item.
    ItemExpect {}
}
expectations! {
    /// What is expected of a declaration, and of its only item where it has one.
    Expect {
        /// What became of it.
        status: String,
        /// Its version.
        version: u32,
        /// The revision of the version.
        revision: u32,
        /// `normal`, `high` or `urgent`.
        priority: String,
        /// Hours from the answer until it is due.
        due_hours: u32,
        /// The codes of its faults, where it is refused; with steps also `conflict`, `state` and `not_found`.
        refused: Vec<String>,
        /// What is expected of each item.
        items: Vec<ItemExpect>,
    }
}

pub(super) const REFUSED_ALONE: &str =
    "where `refused` is expected there is no answer to expect more of";

impl Expect {
    /// Whether it expects a refusal or an answer, not both.
    pub(super) fn is_one_thing(&self) -> bool {
        let refused = self.refused.clone();
        let alone = Self {
            refused,
            ..Self::default()
        };
        self.refused.is_none() || *self == alone
    }

    /// What is expected of the only item.
    #[must_use]
    pub fn only_item(&self) -> ItemExpect {
        let Self {
            verdict: _,
            rules,
            matched,
            absent,
            reasons,
            mode,
            tests,
            documents,
            objects,
            office,
            specimens,
            sample_size,
            acceptance,
            follow_up,
            rate,
            selected_by,
            risk,
            ..
        } = self.clone();
        ItemExpect {
            verdict: None,
            rules,
            matched,
            absent,
            reasons,
            mode,
            tests,
            documents,
            objects,
            office,
            specimens,
            sample_size,
            acceptance,
            follow_up,
            rate,
            selected_by,
            risk,
        }
    }
}
