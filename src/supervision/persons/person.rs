//! An enterprise as rules about persons see it: its rows of the registry, and what they say of it on a day.

use std::collections::{BTreeMap, BTreeSet};

use super::eval::Place;
use super::material::{self, Tests};
use crate::declaration::{Amount, Day};
use crate::engine::Value;
use crate::policy::{PartyFact, PersonFact, Policy};
use crate::registry::{Colour, LiveRegistry, MaterialDay, OwnedRows, Registry};
use crate::supervision::accountability::{Row, cell, day_of};

/// The tables that say what an enterprise is.
pub(super) const TABLES: [&str; 7] = [
    "enterprises",
    "classes",
    "list_entries",
    "titles",
    "certificates",
    "credit_assessments",
    "recommendations",
];

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    id: String,
    /// Sorted, table by table.
    rows: BTreeMap<&'static str, Vec<Row>>,
    office: Option<String>,
    bureau: Option<String>,
    /// Of its raw material; none where no rule about persons reads them.
    tests: Tests,
    /// For how many days one of them counts.
    counted_days: i64,
}

impl Person {
    /// As it is known now.
    pub(super) fn of(known: &LiveRegistry, id: &str, policy: &Policy) -> Self {
        let rows = TABLES.map(|table| (table, known.rows(table, id)));
        let tests = match material::is_read(policy) {
            true => Tests::of(known, id),
            false => Tests::default(),
        };
        let place = (known.current().as_ref(), policy);
        Self::new(id, BTreeMap::from(rows), tests, place)
    }

    /// As it will be with rows of its own, or of lots of its own, that were drafted.
    pub(super) fn with(
        &self,
        drafted: &[&OwnedRows],
        known: &LiveRegistry,
        policy: &Policy,
    ) -> Self {
        let (mut rows, mut tests) = (self.rows.clone(), self.tests.clone());
        for drafted in drafted {
            if drafted.table == material::LOTS {
                let were = known.rows(drafted.table, &drafted.owner);
                tests.set_lot(&self.id, &were, &drafted.rows);
            } else {
                rows.insert(drafted.table, drafted.rows.clone());
            }
        }
        Self::new(&self.id, rows, tests, (known.current(), policy))
    }

    /// As it will be with another test of its raw material.
    pub(super) fn with_test(&self, test: MaterialDay) -> Self {
        let mut person = self.clone();
        person.tests.add(test);
        person
    }

    fn new(
        id: &str,
        mut rows: BTreeMap<&'static str, Vec<Row>>,
        tests: Tests,
        (registry, policy): (&Registry, &Policy),
    ) -> Self {
        rows.values_mut().for_each(|rows| rows.sort_unstable());
        let own = rows.get("enterprises").and_then(|rows| rows.first());
        let office = own.and_then(|row| cell(row, "office")).map(str::to_owned);
        let bureau = office.as_deref().and_then(|id| bureau_of(registry, id));
        Self {
            id: id.to_owned(),
            counted_days: material::counted_days(policy, (office.as_deref(), bureau)),
            bureau: bureau.map(str::to_owned),
            office,
            rows,
            tests,
        }
    }

    /// With other rows of a table.
    pub(super) fn set(&mut self, table: &'static str, mut rows: Vec<Row>) {
        rows.sort_unstable();
        self.rows.insert(table, rows);
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn is_known(&self) -> bool {
        !self.rows("enterprises").is_empty()
    }

    pub(super) fn place(&self) -> Place<'_> {
        (self.office.as_deref(), self.bureau.as_deref())
    }

    pub(super) fn rows(&self, table: &str) -> &[Row] {
        self.rows.get(table).map_or(&[], Vec::as_slice)
    }

    /// Without what rules have given in a table.
    pub(super) fn without_given(&self, table: &'static str) -> Self {
        let mut person = self.clone();
        if let Some(rows) = person.rows.get_mut(table) {
            rows.retain(|row| !is_given(row));
        }
        person
    }

    /// The rows of a table that hold on a day.
    pub(super) fn on(&self, table: &str, day: Day) -> impl Iterator<Item = &Row> {
        let rows = self.rows(table).iter();
        rows.filter(move |row| begins(row) <= day && day < ends(row))
    }

    /// The row that says its class on a day: what a rule gave stands over what an officer said.
    pub(super) fn class(&self, day: Day) -> Option<&Row> {
        self.on("classes", day).max_by_key(|row| is_given(row))
    }

    /// The days behind one on which a row begins or ends, or a test does to count.
    pub(super) fn cuts(&self, behind: Day, cuts: &mut BTreeSet<Day>) {
        self.tests.cuts(self.counted_days, behind, cuts);
        for row in self.rows.values().flatten() {
            let days = [begins(row), ends(row)].into_iter();
            cuts.extend(days.filter(|day| *day > behind && *day < Day::MAX));
        }
    }

    // ----- facts -----

    /// What it is on a day; absent where nobody says, or where the fact is none of a party.
    pub(super) fn value(&self, fact: PersonFact, day: Day) -> Value<'_> {
        match fact {
            PersonFact::Party(fact) => self.party(fact, day),
            PersonFact::Bureau => Value::text(self.bureau.as_deref().unwrap_or_default()),
            PersonFact::Class1Periods => Value::Number(self.class_1_periods(day)),
            PersonFact::Recommended => {
                Value::Bool(self.on("recommendations", day).next().is_some())
            }
            PersonFact::Recommendation => self.score("recommendation", day),
            PersonFact::LawfulOperation => self.score("lawful_operation", day),
            PersonFact::Management => self.score("management", day),
            PersonFact::SocialEvaluation => self.score("social_evaluation", day),
            _ => Value::Absent,
        }
    }

    fn party(&self, fact: PartyFact, day: Day) -> Value<'_> {
        let own = self.rows("enterprises").first();
        let own = |column| own.and_then(|row| cell(row, column));
        match fact {
            PartyFact::Known => Value::Bool(self.is_known()),
            PartyFact::Id => Value::text(&self.id),
            PartyFact::Kind => Value::text(own("kind").unwrap_or_default()),
            PartyFact::Size => Value::text(own("size").unwrap_or_default()),
            PartyFact::Class => {
                let class = self.class(day).and_then(|row| cell(row, "class"));
                Value::Number(class.and_then(|class| class.parse().ok()).unwrap_or(0))
            }
            PartyFact::Standing => {
                let lists = self.on("list_entries", day);
                let colours = lists.filter_map(|row| Colour::parse(cell(row, "list")?));
                Value::text(colours.max().unwrap_or_default().as_str())
            }
            PartyFact::Lists => self.list("list_entries", "list", day),
            PartyFact::Titles => self.list("titles", "kind", day),
            PartyFact::Certificates => self.list("certificates", "kind", day),
            PartyFact::Credit => Value::optional(self.credit("grade", day)),
            PartyFact::QualityFile => Value::Bool(own("quality_file") == Some("true")),
            PartyFact::MaterialMonitoring => {
                Value::text(self.tests.monitoring(day, self.counted_days).as_str())
            }
            PartyFact::Registration | PartyFact::ExemptFrom => Value::Absent,
        }
    }

    fn list(&self, table: &str, column: &str, day: Day) -> Value<'_> {
        let names: BTreeSet<&str> = self
            .on(table, day)
            .filter_map(|row| cell(row, column))
            .collect();
        Value::List(names.into_iter().collect())
    }

    /// A cell of the integrity assessment in force.
    pub(super) fn credit(&self, column: &str, day: Day) -> Option<&str> {
        cell(self.on("credit_assessments", day).next()?, column)
    }

    fn score(&self, column: &str, day: Day) -> Value<'_> {
        let score = self.credit(column, day);
        let score = score.and_then(|text| Amount::parse(text).ok());
        score.map_or(Value::Absent, |score| Value::Number(score.units()))
    }

    /// How many periods that were assessed follow each other in class 1, the last of them that of a day; a class without
    /// a period is of none.
    fn class_1_periods(&self, day: Day) -> i64 {
        let rows = self.rows("classes").iter();
        let mut starts: BTreeSet<Day> = rows.flat_map(|row| [begins(row), ends(row)]).collect();
        starts.retain(|start| *start <= day);
        let mut periods = BTreeSet::new();
        for start in starts.into_iter().rev() {
            match self.class(start) {
                Some(row) if cell(row, "class") == Some("1") => periods.extend(cell(row, "period")),
                _ => break,
            }
        }
        periods.len() as i64
    }
}

/// The bureau of an office.
pub(super) fn bureau_of<'r>(registry: &'r Registry, office: &str) -> Option<&'r str> {
    let offices = registry.offices();
    let office = offices.get(offices.find(office)?)?;
    Some(registry.symbols().name(office.bureau)).filter(|bureau| !bureau.is_empty())
}

/// Whether a rule gave a row.
pub(super) fn is_given(row: &Row) -> bool {
    cell(row, "rule").is_some()
}

/// The first day of a row.
pub(super) fn begins(row: &Row) -> Day {
    day_of(row, "from").unwrap_or(Day::MIN)
}

/// The first day after a row.
pub(super) fn ends(row: &Row) -> Day {
    day_of(row, "to").unwrap_or(Day::MAX)
}
