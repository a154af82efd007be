//! The scenario format: given registry rows and declarations, expect verdicts, rules and obligations. One file
//! for a topic; each scenario names the measures that it shows; its cases contrast what one difference does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

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
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it claims.
    pub name: String,
    /// Rows of the measures that it shows.
    #[serde(default)]
    pub measures: Vec<String>,
    /// The draw of every book, from 0 to below 1.
    pub draw: Option<String>,
    /// The day on which the standing of persons is read; the declaration's where absent.
    pub decision_day: Option<String>,
    /// Rows added to the registry.
    #[serde(default)]
    pub registry: Rows,
    /// Members of the declaration.
    #[serde(default)]
    pub declaration: Members,
    /// Members of its single item.
    #[serde(default)]
    pub item: Members,
    /// Its cases.
    pub case: Vec<Case>,
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
    /// The draw of this case.
    pub draw: Option<String>,
    /// The decision's day of this case.
    pub decision_day: Option<String>,
    /// What is expected.
    pub expect: Expect,
}

macro_rules! expectations {
    ($(#[$doc:meta])* $name:ident { $($(#[$own_doc:meta])* $own:ident: $own_type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Deserialize)]
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
        /// `normal`, `high` or `urgent`.
        priority: String,
        /// Hours until it is due.
        due_hours: u32,
        /// The codes of its faults, where it is refused.
        refused: Vec<String>,
        /// What is expected of each item.
        items: Vec<ItemExpect>,
    }
}

impl Expect {
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
