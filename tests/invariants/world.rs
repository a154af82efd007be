//! Variants of the shipped registry, and declarations drawn over it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use greenlane::declaration::{Day, Declaration, read_json};
use greenlane::engine::{
    DrawKey, Facts, HeaderJoin, ItemOutcome, Outcome, Program, Scratch, SelectedBy, Value,
};
use greenlane::policy::{Fact, PolicySource, Verdict, read};
use greenlane::registry::{Registry, RegistrySource};
use proptest::prelude::*;

/// Anything that stops a test.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// The files of a registry as rows of cells.
#[derive(Debug, Clone)]
pub(crate) struct Table(BTreeMap<String, Vec<Vec<String>>>);

/// Tables whose rows are the standing of persons.
const PERSONS: &[&str] = &[
    "classes",
    "list_entries",
    "titles",
    "certificates",
    "credit_assessments",
    "memberships",
    "registrations",
    "exemptions",
    "alerts",
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ciq")
}

impl Table {
    /// The shipped registry.
    pub(crate) fn shipped() -> Result<Self, Failure> {
        let mut tables = BTreeMap::new();
        for entry in std::fs::read_dir(fixtures().join("registry"))? {
            let path = entry?.path();
            let name = path
                .file_stem()
                .and_then(|name| name.to_str())
                .unwrap_or_default()
                .to_owned();
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_path(&path)?;
            let rows = reader
                .records()
                .map(|row| row.map(|row| row.iter().map(str::to_owned).collect()));
            tables.insert(name, rows.collect::<Result<_, _>>()?);
        }
        Ok(Self(tables))
    }

    /// The distinct cells of a column.
    pub(crate) fn column(&self, table: &str, column: &str) -> Vec<String> {
        let rows = self.0.get(table).map_or(&[] as &[_], Vec::as_slice);
        let at = rows
            .first()
            .and_then(|header| header.iter().position(|name| name == column))
            .unwrap_or(usize::MAX);
        let mut cells: Vec<String> = rows
            .iter()
            .skip(1)
            .filter_map(|row| row.get(at).cloned())
            .collect();
        cells.sort();
        cells.dedup();
        cells
    }

    /// The same registry with other rows in one table.
    pub(crate) fn replace(&self, table: &str, header: &str, rows: &[String]) -> Self {
        let cells = |line: &str| line.split(',').map(str::to_owned).collect();
        let rows = std::iter::once(header)
            .chain(rows.iter().map(String::as_str))
            .map(cells)
            .collect();
        let mut tables = self.0.clone();
        tables.insert(table.to_owned(), rows);
        Self(tables)
    }

    /// The registry in which persons have what is in force on a day, and have it always.
    pub(crate) fn persons_on(&self, day: Day) -> Self {
        let mut tables = self.0.clone();
        for table in PERSONS {
            let Some(rows) = tables.get_mut(*table) else {
                continue;
            };
            let Some(header) = rows.first().cloned() else {
                continue;
            };
            let at = |name: &str| {
                header
                    .iter()
                    .position(|column| column == name)
                    .unwrap_or(usize::MAX)
            };
            let (from, to) = (at("from"), at("to"));
            let edge =
                |row: &[String], at: usize| row.get(at).and_then(|cell| Day::parse(cell).ok());
            let mut kept = vec![header.clone()];
            for mut row in rows.drain(1..) {
                if edge(&row, from).is_none_or(|from| from <= day)
                    && edge(&row, to).is_none_or(|to| day < to)
                {
                    row.iter_mut()
                        .enumerate()
                        .filter(|(column, _)| *column == from || *column == to)
                        .for_each(|(_, cell)| cell.clear());
                    kept.push(row);
                }
            }
            *rows = kept;
        }
        Self(tables)
    }

    fn source(&self) -> Result<RegistrySource, Failure> {
        let mut files = Vec::new();
        for (name, rows) in &self.0 {
            let mut writer = csv::Writer::from_writer(Vec::new());
            rows.iter().try_for_each(|row| writer.write_record(row))?;
            files.push((format!("{name}.csv"), writer.into_inner()?));
        }
        Ok(RegistrySource::from_files(files)?)
    }
}

/// The shipped policy compiled against a registry.
pub(crate) struct World {
    program: Program,
}

impl World {
    pub(crate) fn new(table: &Table) -> Result<Self, Failure> {
        let policy = Arc::new(read(&PolicySource::from_dirs(&[
            fixtures().join("policy")
        ])?)?);
        let registry = Registry::build(&table.source()?, Some(&policy.profile.party_ids))?;
        let program =
            Program::compile(policy, Arc::new(registry)).map_err(|errors| format!("{errors:?}"))?;
        Ok(Self { program })
    }

    fn with<T>(
        &self,
        draft: &Draft,
        day: Day,
        see: impl FnOnce(&HeaderJoin<'_>, &Outcome) -> T,
    ) -> Result<T, TestCaseError> {
        let json = draft.json();
        let (policy, registry) = (self.program.policy(), self.program.registry());
        let declaration: Declaration<'_> =
            read_json(json.as_bytes(), &policy.profile, registry.currencies())
                .map_err(|faults| TestCaseError::fail(format!("{faults:?} in {json}")))?;
        let header = HeaderJoin::new(registry, &declaration, day);
        let mut outcome = Outcome::default();
        self.program.decide_joined(
            &header,
            &DrawKey::TEST,
            &mut Scratch::default(),
            &mut outcome,
        );
        Ok(see(&header, &outcome))
    }

    /// The verdict of the declaration, then what rules and draws made of each item: `[random]` picks its item only where
    /// all of them were released, and is apart.
    pub(crate) fn verdicts(&self, draft: &Draft) -> Result<Vec<Verdict>, TestCaseError> {
        self.with(draft, draft.day, |_, outcome| {
            std::iter::once(outcome.verdict)
                .chain(outcome.items.iter().map(rules_and_draws))
                .collect()
        })
    }

    /// The outcome when it is decided on a later day.
    pub(crate) fn outcome_on(&self, draft: &Draft, day: Day) -> Result<Outcome, TestCaseError> {
        self.with(draft, day, |_, outcome| outcome.clone())
    }

    /// Verdict and cause of each item.
    pub(crate) fn selected_by(
        &self,
        draft: &Draft,
    ) -> Result<Vec<(Verdict, Option<SelectedBy>)>, TestCaseError> {
        self.with(draft, draft.day, |_, outcome| {
            outcome
                .items
                .iter()
                .map(|item| (item.verdict, item.selected_by))
                .collect()
        })
    }

    /// A fact of each item.
    pub(crate) fn facts(
        &self,
        draft: &Draft,
        fact: Fact,
    ) -> Result<Vec<Value<'static>>, TestCaseError> {
        self.with(draft, draft.day, |header, _| {
            let items = header.declaration.items.iter();
            items
                .map(|item| {
                    let join = self.program.join_item(header, item);
                    match (Facts {
                        item: &join,
                        names: &self.program.policy().names,
                        risk: &[],
                    })
                    .value(fact)
                    {
                        Value::Bool(value) => Value::Bool(value),
                        Value::Number(value) => Value::Number(value),
                        _ => Value::Absent,
                    }
                })
                .collect()
        })
    }
}

fn rules_and_draws(item: &ItemOutcome) -> Verdict {
    match item.selected_by {
        Some(SelectedBy::Random) => Verdict::Release,
        _ => item.verdict,
    }
}

/// A declaration to be.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) id: u32,
    pub(crate) day: Day,
    pub(crate) direction: &'static str,
    pub(crate) country: &'static str,
    pub(crate) trade_mode: &'static str,
    pub(crate) office: &'static str,
    pub(crate) parties: [String; 3],
    pub(crate) counterparty: Option<String>,
    pub(crate) hs_codes: Vec<&'static str>,
    pub(crate) value: u32,
    pub(crate) end_use: Option<&'static str>,
    pub(crate) documents: Vec<&'static str>,
}

const UNKNOWN: &str = "91350200776049653A";
const HS_CODES: &[&str] = &[
    "9405100000",
    "9405409000",
    "8539310000",
    "6115950000",
    "6115210000",
    "4409210000",
    "4412109000",
    "4418740000",
    "4302199090",
    "4303101000",
    "8711200000",
    "8516500000",
    "6911101900",
    "8402119000",
    "0203290000",
    "3902100090",
    "8479899990",
    "9503002900",
];
const COUNTRIES: &[&str] = &[
    "DE", "US", "JP", "KR", "RU", "BR", "KE", "EG", "AE", "GB", "FR", "CN",
];
const DOCUMENTS: &[&str] = &[
    "self_declaration",
    "third_party_report",
    "ce_declaration",
    "origin_certificate",
    "self_test_report",
];

impl Draft {
    /// A lamp maker's ordinary export.
    pub(crate) fn plain() -> Self {
        Self {
            id: 1,
            day: Day::from_number(16_000),
            direction: "export",
            country: "DE",
            trade_mode: "0110",
            office: "5720",
            parties: [
                "91442000109245642F".to_owned(),
                String::new(),
                String::new(),
            ],
            counterparty: None,
            hs_codes: vec!["9405409000"],
            value: 1,
            end_use: None,
            documents: Vec::new(),
        }
    }

    pub(crate) fn trader_is_known(&self) -> bool {
        self.parties.first().is_some_and(|trader| trader != UNKNOWN)
    }

    fn json(&self) -> String {
        let optional = |text: &str| {
            if text.is_empty() {
                serde_json::Value::Null
            } else {
                text.into()
            }
        };
        let documents: Vec<_> = self
            .documents
            .iter()
            .map(|kind| serde_json::json!({ "kind": kind, "issuer_id": "CQC" }))
            .collect();
        let items: Vec<_> = self
            .hs_codes
            .iter()
            .enumerate()
            .map(|(at, hs_code)| {
                serde_json::json!({ "item_no": at + 1, "hs_code": hs_code, "value": self.value, "quantity": 10, "unit": "PCE", "origin": self.country,
                    "end_use": self.end_use, "documents": documents })
            })
            .collect();
        let [trader, producer, declarant] = &self.parties;
        serde_json::json!({ "declaration_id": format!("D-{}", self.id), "version": 1, "direction": self.direction, "declared_at": format!("{}T09:00:00+08:00", self.day),
            "office": self.office, "trade_mode": self.trade_mode, "country": self.country, "trader_id": trader, "producer_id": optional(producer),
            "declarant_id": optional(declarant), "counterparty_id": self.counterparty, "items": items })
        .to_string()
    }
}

/// Random declarations over the shipped registry.
pub(crate) fn draft() -> impl Strategy<Value = Draft> {
    let ids: Vec<String> = Table::shipped()
        .map(|table| table.column("enterprises", "enterprise_id"))
        .unwrap_or_default();
    let (domestic, foreign): (Vec<String>, Vec<String>) = ids
        .into_iter()
        .partition(|id| greenlane::declaration::check_uscc(id).is_ok());
    let party = prop_oneof![30 => proptest::sample::select(domestic.clone()), 1 => Just(UNKNOWN.to_owned())];
    let other = prop_oneof![2 => Just(String::new()), 1 => proptest::sample::select(domestic)];
    let word = proptest::sample::select;
    let header = (
        any::<u32>(),
        15_300i32..17_600,
        word(vec!["export", "export", "export", "import"]),
        word(COUNTRIES.to_vec()),
    );
    let place = (
        word(vec!["0110", "3511", "1300", "1039", "5010", "2025", "0615"]),
        word(vec!["5720", "2200", "1592", "2910", "0900"]),
    );
    let parties = (
        party,
        other.clone(),
        other,
        proptest::option::of(proptest::sample::select(foreign)),
    );
    let goods = (
        proptest::collection::vec(word(HS_CODES.to_vec()), 1..4),
        1u32..5_000_000,
        proptest::option::of(word(vec![
            "sale",
            "own_use",
            "raw_material",
            "part",
            "test",
        ])),
        proptest::collection::vec(word(DOCUMENTS.to_vec()), 0..3),
    );
    (header, place, parties, goods).prop_map(
        |(
            (id, day, direction, country),
            (trade_mode, office),
            (trader, producer, declarant, counterparty),
            (hs_codes, value, end_use, documents),
        )| {
            Draft {
                id,
                day: Day::from_number(day),
                direction,
                country,
                trade_mode,
                office,
                parties: [trader, producer, declarant],
                counterparty,
                hs_codes,
                value,
                end_use,
                documents,
            }
        },
    )
}
