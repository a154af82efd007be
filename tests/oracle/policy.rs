//! Generated policies, as the TOML and CSV that the reader takes: books of rules with every form of `then`,
//! parameters with overrides, rate tables, scores, `[random]` and `[deadline]`.

use greenlane::policy::{FactType, PolicySource};

use super::condition::{Cond, Entry, Vocabulary, texts};
use super::pool::{AMOUNTS, BUREAUS, COUNTRIES, Dice, OFFICES};
use super::rules::{MODES, book, material_book};

/// A rule.
#[derive(Debug, Clone)]
pub(crate) struct RulePlan {
    pub(crate) id: String,
    /// `from`, `to` and `offices`, as TOML lines.
    pub(crate) frame: Vec<String>,
    pub(crate) when: Cond,
    /// The members of `then` with their TOML.
    pub(crate) then: Vec<(&'static str, String)>,
}

/// A book.
#[derive(Debug, Clone)]
pub(crate) struct BookPlan {
    pub(crate) id: String,
    pub(crate) frame: Vec<String>,
    pub(crate) rules: Vec<RulePlan>,
}

/// A rate or score table: its name, header and rows.
#[derive(Debug, Clone)]
pub(crate) struct TablePlan {
    pub(crate) name: String,
    pub(crate) keys: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A score group.
#[derive(Debug, Clone)]
pub(crate) struct ScorePlan {
    pub(crate) id: &'static str,
    pub(crate) tables: Vec<TablePlan>,
    pub(crate) conditions: Vec<(Cond, i32)>,
}

/// A policy.
#[derive(Debug, Clone)]
pub(crate) struct PolicyPlan {
    pub(crate) default: &'static str,
    /// `[parameters]`, which conditions and rates read by name.
    pub(crate) parameters: Vec<String>,
    /// `[[override]]`, `[random]` and `[deadline]`, each as TOML.
    pub(crate) extras: Vec<String>,
    pub(crate) rates: Vec<TablePlan>,
    pub(crate) scores: Vec<ScorePlan>,
    pub(crate) books: Vec<BookPlan>,
}

const SCORES: &[&str] = &["fraud", "quality", "origin"];
const RATE_KEYS: &[FactType] = &[FactType::Bool, FactType::Int, FactType::Text];
const SCORE_KEYS: &[FactType] = &[
    FactType::Bool,
    FactType::Int,
    FactType::Text,
    FactType::Amount,
];
pub(crate) const RATES: &[&str] = &["0", "1", "0.5", "0.25", "0.0001", "0.9999", "0.3333"];

// ----- text -----

impl PolicyPlan {
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let mut files: Vec<(String, String)> = Vec::new();
        let tables = self.scores.iter().flat_map(|score| &score.tables);
        for (table, last) in self
            .rates
            .iter()
            .map(|table| (table, "rate"))
            .chain(tables.map(|table| (table, "points")))
        {
            files.push((format!("{}.csv", table.name), table.csv(last)));
        }
        files.push(("policy.toml".to_owned(), self.toml()));
        files
    }

    pub(crate) fn source(&self) -> PolicySource {
        PolicySource::from_files(self.files()).expect("every file has its own name")
    }

    fn toml(&self) -> String {
        let mut lines = vec![
            "[policy]".to_owned(),
            "id = \"generated\"\ntimezone = \"+08:00\"\nbase_currency = \"CNY\"\nparty_ids = \"any\"".to_owned(),
            format!("default = \"{}\"", self.default),
            "[attributes]\narea = \"string\"\nlanes = \"int\"\nduty = \"decimal\"".to_owned(),
            "[parameters]".to_owned(),
        ];
        lines.extend(self.parameters.iter().cloned());
        lines.extend(self.extras.iter().cloned());
        for table in &self.rates {
            let keys: Vec<String> = table.keys.iter().map(|key| format!("{key:?}")).collect();
            let (name, keys) = (&table.name, keys.join(", "));
            lines.push(format!(
                "[[rate_table]]\nid = {name:?}\nkeys = [{keys}]\nrows = \"{name}.csv\""
            ));
        }
        lines.extend(self.scores.iter().map(ScorePlan::toml));
        lines.extend(self.books.iter().map(BookPlan::toml));
        lines.join("\n") + "\n"
    }
}

impl TablePlan {
    fn csv(&self, last: &str) -> String {
        let mut lines = vec![format!("{},{last}", self.keys.join(","))];
        lines.extend(self.rows.iter().map(|row| row.join(",")));
        lines.join("\n") + "\n"
    }
}

impl ScorePlan {
    fn toml(&self) -> String {
        let tables = self.tables.iter();
        let tables: Vec<String> = tables
            .map(|table| format!("\"{}.csv\"", table.name))
            .collect();
        let conditions = self.conditions.iter();
        let conditions: Vec<String> = conditions
            .map(|(when, points)| format!("{{ if = '{}', points = {points} }}", when.text()))
            .collect();
        let (id, tables, conditions) = (self.id, tables.join(", "), conditions.join(", "));
        format!("[[score]]\nid = {id:?}\ntables = [{tables}]\nwhen = [{conditions}]")
    }
}

impl BookPlan {
    fn toml(&self) -> String {
        let mut lines = vec![format!("[[book]]\nid = {:?}", self.id)];
        lines.extend(self.frame.iter().cloned());
        for rule in &self.rules {
            lines.push(format!("[[book.rule]]\nid = {:?}", rule.id));
            lines.extend(rule.frame.iter().cloned());
            lines.push(format!("when = '{}'", rule.when.text()));
            let then = rule.then.iter();
            let then: Vec<String> = then
                .map(|(key, value)| format!("{key} = {value}"))
                .collect();
            lines.push(format!("then = {{ {} }}", then.join(", ")));
        }
        lines.join("\n")
    }
}

// ----- generation -----

impl PolicyPlan {
    pub(crate) fn generate(dice: &mut Dice) -> Self {
        let count = dice.below(SCORES.len() + 1);
        let scores = &SCORES[..count];
        let mut vocabulary = Vocabulary::new(scores);
        let mut scoring = Vocabulary::new(&[]);
        scoring.residuals = 6;
        let scores = scores
            .iter()
            .map(|id| score(dice, id, &mut scoring))
            .collect();
        let rates = ["lot_rate", "test_rate"].map(|name| rate_table(dice, name, &vocabulary));
        let parameters = parameters(dice);
        let mut extras = overrides(dice);
        extras.extend(once(dice));
        // Beyond 512 terms the index has several blocks.
        let (books, rules) = match dice.below(100) {
            0..=2 => (6, 100),
            _ => (dice.within(1, 6), 12),
        };
        let mut books: Vec<BookPlan> = (0..books)
            .map(|at| {
                let count = dice.within(if rules > 12 { rules } else { 1 }, rules);
                book(dice, at, count, &mut vocabulary)
            })
            .collect();
        if dice.percent(35) {
            books.truncate(1);
        }
        if dice.percent(85) {
            books.push(material_book(dice, books.len(), &mut vocabulary));
        }
        Self {
            default: dice.pick(&["release", "release", "release", "sample", "hold"]),
            parameters,
            extras,
            rates: rates.into(),
            scores,
            books,
        }
    }
}

fn parameters(dice: &mut Dice) -> Vec<String> {
    let mut lines = Vec::new();
    for name in PARAMETERS {
        lines.push(format!("{name} = {}", value(dice, name)));
    }
    lines
}

const PARAMETERS: &[&str] = &[
    "limit",
    "count",
    "share",
    "factor",
    "strict",
    "nation",
    "word",
    "nations",
    "words",
    "material_monitoring_days",
];

/// A value of a parameter's type, also for its overrides.
fn value(dice: &mut Dice, name: &str) -> String {
    let quoted = |text: &str| format!("{text:?}");
    let list = |texts: [&str; 2]| format!("{texts:?}");
    match name {
        "limit" => dice.pick(AMOUNTS).to_owned(),
        "count" => dice.pick(&["0", "1", "2", "3"]).to_owned(),
        "share" => dice.pick(RATES).to_owned(),
        "factor" => dice.pick(&["0.5", "2", "0.8", "1.25"]).to_owned(),
        "material_monitoring_days" => dice.pick(&["1", "3", "40", "180"]).to_owned(),
        "strict" => dice.pick(&["true", "false"]).to_owned(),
        "nation" => quoted(dice.pick(COUNTRIES)),
        "word" => quoted(dice.pick(&["5720", "PCE", "E01", "red", "sale", "A", "lead", "north"])),
        "nations" => list([dice.pick(COUNTRIES), dice.pick(COUNTRIES)]),
        _ => list([dice.pick(OFFICES), dice.pick(&["PCE", "E02", "sale", "B"])]),
    }
}

fn overrides(dice: &mut Dice) -> Vec<String> {
    let mut lines = Vec::new();
    for name in PARAMETERS {
        if dice.percent(60) {
            continue;
        }
        let places = dice
            .some_of(30, OFFICES)
            .into_iter()
            .map(|id| ("office", id));
        let bureaus = dice
            .some_of(40, BUREAUS)
            .into_iter()
            .map(|id| ("bureau", id));
        for (place, id) in places.chain(bureaus).collect::<Vec<_>>() {
            let value = value(dice, name);
            lines.push(format!(
                "[[override]]\nparameter = {name:?}\n{place} = {id:?}\nvalue = {value}"
            ));
        }
    }
    lines
}

/// `[random]` and `[deadline]`.
fn once(dice: &mut Dice) -> Vec<String> {
    let mut lines = Vec::new();
    if dice.percent(60) {
        let (rate, mode) = (dice.pick(RATES), dice.maybe(70, MODES));
        let mode = mode.map_or_else(String::new, |mode| format!("\nmode = {mode:?}"));
        lines.push(format!("[random]\nrate = {rate}{mode}"));
    }
    if dice.percent(70) {
        let mut deadline = "[deadline]".to_owned();
        if dice.percent(80) {
            deadline.push_str("\nmembers = \"PT12H\"");
        }
        if dice.percent(80) {
            deadline.push_str("\nothers = \"PT48H\"");
        }
        lines.push(deadline);
    }
    lines
}

fn rate_table(dice: &mut Dice, name: &str, vocabulary: &Vocabulary) -> TablePlan {
    let keys: Vec<Entry> = (0..dice.within(1, 3))
        .map(|_| vocabulary.key(RATE_KEYS, dice))
        .collect();
    let mut rows: Vec<Vec<String>> = (0..dice.below(6))
        .map(|_| {
            let cells = keys.iter().map(|key| {
                if dice.percent(35) {
                    "*".to_owned()
                } else {
                    constant(dice, key)
                }
            });
            let mut row: Vec<String> = cells.collect();
            row.push(
                dice.pick(&["0", "1", "0.5", "0.3333", "2", "1000"])
                    .to_owned(),
            );
            row
        })
        .collect();
    let mut last = vec!["*".to_owned(); keys.len()];
    last.push(dice.pick(RATES).to_owned());
    rows.push(last);
    TablePlan {
        name: name.to_owned(),
        keys: keys.into_iter().map(|key| key.name).collect(),
        rows,
    }
}

/// A cell that the fact's column takes.
fn constant(dice: &mut Dice, key: &Entry) -> String {
    use greenlane::policy::schema::Constants;
    match (key.kind, key.constants) {
        (FactType::Bool, _) => dice.pick(&["true", "false"]).to_owned(),
        (FactType::Int, Constants::Range(low, high)) => {
            dice.within(low as usize, high as usize).to_string()
        }
        (FactType::Int, _) => dice.pick(&["0", "1", "2", "3", "7", "-3"]).to_owned(),
        (FactType::Amount, _) => dice.pick(AMOUNTS).to_owned(),
        _ => dice.pick(texts(key)).to_owned(),
    }
}

fn score(dice: &mut Dice, id: &'static str, vocabulary: &mut Vocabulary) -> ScorePlan {
    let tables = (0..dice.below(4))
        .map(|at| {
            let name = format!("{id}_{at}");
            if dice.percent(3) {
                wide_table(dice, name)
            } else {
                score_table(dice, name, vocabulary)
            }
        })
        .collect();
    let conditions = (0..dice.below(4))
        .map(|_| (vocabulary.condition(dice, 2), points(dice)))
        .collect();
    ScorePlan {
        id,
        tables,
        conditions,
    }
}

fn points(dice: &mut Dice) -> i32 {
    if dice.percent(4) {
        *dice.one_of(&[i32::MAX, i32::MIN])
    } else {
        *dice.one_of(&[5, 10, 40, -10, 1, 0])
    }
}

fn score_table(dice: &mut Dice, name: String, vocabulary: &Vocabulary) -> TablePlan {
    let keys: Vec<Entry> = (0..*dice.one_of(&[1, 1, 2, 2, 3]))
        .map(|_| vocabulary.key(SCORE_KEYS, dice))
        .collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for _ in 0..dice.below(12) {
        let cells = keys.iter().map(|key| {
            if key.optional && dice.percent(25) {
                String::new()
            } else {
                constant(dice, key)
            }
        });
        let cells: Vec<String> = cells.collect();
        if rows.iter().all(|row| row[..keys.len()] != cells[..]) {
            let points = points(dice).to_string();
            rows.push(cells.into_iter().chain([points]).collect());
        }
    }
    TablePlan {
        name,
        keys: keys.into_iter().map(|key| key.name).collect(),
        rows,
    }
}

/// A cross with more cells than are laid out densely.
fn wide_table(dice: &mut Dice, name: String) -> TablePlan {
    let keys = ["trader.id", "item.product_code", "attribute.area"].map(str::to_owned);
    let mut rows: Vec<Vec<String>> = (0..45)
        .map(|at| {
            vec![
                format!("a{at}"),
                format!("b{at}"),
                format!("c{at}"),
                "1".to_owned(),
            ]
        })
        .collect();
    for id in super::pool::ENTERPRISES {
        for code in ["", "P1", "FLOOR-2PLY", "FLOOR-3PLY"] {
            for area in ["", "north", "south"] {
                rows.push(vec![
                    (*id).to_owned(),
                    code.to_owned(),
                    area.to_owned(),
                    points(dice).to_string(),
                ]);
            }
        }
    }
    TablePlan {
        name,
        keys: keys.into(),
        rows,
    }
}
