//! Generated conditions: trees over every fact that the schema carries out and every operator of the language,
//! as texts that the policy reader takes.

use greenlane::declaration::{AttributeSchema, AttributeType, Role};
use greenlane::policy::schema::{Constants, NAMED, PARTY_NAMED};
use greenlane::policy::{FactType, Names, Parameter, ParameterValue};

use super::pool::{
    ALERT_KINDS, AMOUNTS, AREAS, BUREAUS, CATEGORIES, CERTIFICATES, COMMODITY_GROUPS, COUNTRIES,
    COUNTRY_GROUPS, DAYS, DECLARED, DOCUMENTS, Dice, END_USES, ENTERPRISES, FACILITATIONS, GRADES,
    HS_CODES, HS_PREFIXES, LISTS, OFFICES, PRODUCT_CODES, RESULTS, SIZES, STRANGERS, TESTS, TITLES,
    TRADE_MODES, TRANSPORT, UNITS, ZONES,
};

/// A condition as a tree, so that a failing one can be cut down.
#[derive(Debug, Clone)]
pub(crate) enum Cond {
    Atom(String),
    Not(Box<Cond>),
    /// Compared with `true` or `false`.
    Is(Box<Cond>, &'static str),
    And(Vec<Cond>),
    Or(Vec<Cond>),
}

impl Cond {
    pub(crate) fn text(&self) -> String {
        let joined = |parts: &[Self], operator: &str| {
            let parts: Vec<String> = parts.iter().map(Self::inner).collect();
            parts.join(operator)
        };
        match self {
            Self::Atom(text) => text.clone(),
            Self::Not(inner) => format!("!({})", inner.text()),
            Self::Is(inner, what) => format!("({}) {what}", inner.text()),
            Self::And(parts) => joined(parts, " && "),
            Self::Or(parts) => joined(parts, " || "),
        }
    }

    fn inner(&self) -> String {
        match self {
            Self::Atom(_) | Self::Not(_) => self.text(),
            _ => format!("({})", self.text()),
        }
    }

    /// What is left when one operator or one part is taken away.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        match self {
            Self::Atom(text) if text == "true" => Vec::new(),
            Self::Atom(_) => vec![Self::Atom("true".to_owned())],
            Self::Not(inner) => {
                let mut all = vec![(**inner).clone()];
                all.extend(
                    inner
                        .smaller()
                        .into_iter()
                        .map(|part| Self::Not(part.into())),
                );
                all
            }
            Self::Is(inner, what) => {
                let mut all = vec![(**inner).clone()];
                all.extend(
                    inner
                        .smaller()
                        .into_iter()
                        .map(|part| Self::Is(part.into(), what)),
                );
                all
            }
            Self::And(parts) => smaller_parts(parts, Self::And),
            Self::Or(parts) => smaller_parts(parts, Self::Or),
        }
    }
}

fn smaller_parts(parts: &[Cond], make: fn(Vec<Cond>) -> Cond) -> Vec<Cond> {
    let mut all = parts.to_vec();
    for (at, part) in parts.iter().enumerate() {
        for less in part.smaller() {
            let mut changed = parts.to_vec();
            changed[at] = less;
            all.push(make(changed));
        }
    }
    all
}

/// A fact as conditions name it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) kind: FactType,
    pub(crate) optional: bool,
    pub(crate) constants: Constants,
}

/// Every fact that a condition of one policy may read.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    pub(crate) entries: Vec<Entry>,
    /// Comparisons of facts with each other that may still come.
    pub(crate) residuals: usize,
}

/// The attributes that generated policies declare.
pub(crate) fn attributes() -> AttributeSchema {
    AttributeSchema::new(vec![
        ("area".to_owned(), AttributeType::Text),
        ("duty".to_owned(), AttributeType::Decimal),
        ("lanes".to_owned(), AttributeType::Int),
    ])
}

impl Vocabulary {
    pub(crate) fn new(scores: &[&str]) -> Self {
        let mut names = Names {
            attributes: attributes(),
            scores: scores.iter().map(|id| (*id).to_owned()).collect(),
            alert_kinds: Vec::new(),
            // Facts that depend on it may be read; what it is, a policy says.
            monitoring_days: Some(Parameter {
                name: "material_monitoring_days".to_owned(),
                value: ParameterValue::Bool(false),
                overrides: Vec::new(),
            }),
        };
        let named = NAMED.iter().map(|(name, _)| (*name).to_owned());
        let party = Role::ALL.into_iter().flat_map(|role| {
            let facts = PARTY_NAMED.iter();
            facts.map(move |(last, _)| format!("{}.{last}", role.as_str()))
        });
        let others = ["attribute.area", "attribute.duty", "attribute.lanes"];
        let others = others.into_iter().map(str::to_owned);
        let alerts = ALERT_KINDS.iter().map(|kind| format!("alert.{kind}"));
        let risk = scores.iter().map(|id| format!("risk.{id}"));
        let all: Vec<String> = named
            .chain(party)
            .chain(others)
            .chain(alerts)
            .chain(risk)
            .collect();
        let entry = |name: String| {
            let fact = names.fact(&name).expect("every name is the schema's");
            let info = fact.info(&names.attributes);
            Entry {
                name,
                kind: info.kind,
                optional: info.optional,
                constants: info.constants,
            }
        };
        Self {
            entries: all.into_iter().map(entry).collect(),
            residuals: 20,
        }
    }

    /// Those of some types.
    fn of(&self, kinds: &[FactType]) -> Vec<&Entry> {
        let fits = |entry: &&Entry| kinds.contains(&entry.kind);
        self.entries.iter().filter(fits).collect()
    }

    /// One of a type by name.
    fn name_of(&self, kind: FactType, dice: &mut Dice) -> String {
        dice.one_of(&self.of(&[kind])).name.clone()
    }

    /// A fact that may be the key of a table.
    pub(crate) fn key(&self, kinds: &[FactType], dice: &mut Dice) -> Entry {
        let fits: Vec<&Entry> = self
            .of(kinds)
            .into_iter()
            .filter(|entry| !entry.name.starts_with("risk."))
            .collect();
        (*dice.one_of(&fits)).clone()
    }

    pub(crate) fn condition(&mut self, dice: &mut Dice, depth: usize) -> Cond {
        let parts = |this: &mut Self, dice: &mut Dice| {
            let count = dice.within(2, 3);
            (0..count)
                .map(|_| this.condition(dice, depth - 1))
                .collect()
        };
        match dice.below(20) {
            0 => Cond::Atom(
                dice.pick(&["true", "true", "true", "false", "parameter.strict"])
                    .to_owned(),
            ),
            1..=6 if depth > 0 => Cond::And(parts(self, dice)),
            7..=9 if depth > 0 => Cond::Or(parts(self, dice)),
            10..=11 if depth > 0 => Cond::Not(self.condition(dice, depth - 1).into()),
            12 if depth > 0 => {
                let what = dice.pick(&["== true", "== false", "!= true", "!= false"]);
                Cond::Is(self.condition(dice, depth - 1).into(), what)
            }
            _ => Cond::Atom(self.atom(dice)),
        }
    }

    fn atom(&mut self, dice: &mut Dice) -> String {
        let entry = dice.one_of(&self.entries).clone();
        let name = &entry.name;
        if entry.optional && dice.percent(15) {
            return format!("has({name})");
        }
        match entry.kind {
            FactType::Bool => {
                let forms = ["", " == true", " != true", " == false", " != false"];
                match dice.below(6) {
                    0 => format!("true == {name}"),
                    _ => format!("{name}{}", dice.pick(&forms)),
                }
            }
            FactType::List => list_atom(&entry, dice),
            FactType::Text => self.text_atom(&entry, dice),
            FactType::Day => self.day_atom(&entry, dice),
            FactType::Int | FactType::Amount => self.number_atom(&entry, dice),
        }
    }

    fn text_atom(&mut self, entry: &Entry, dice: &mut Dice) -> String {
        let name = &entry.name;
        match dice.below(20) {
            0..=2 => {
                let count = dice.within(1, 3);
                let list: Vec<String> = (0..count).map(|_| text_constant(entry, dice)).collect();
                format!("{name} in [{}]", list.join(", "))
            }
            3 if entry.constants == Constants::Country => format!("{name} in parameter.nations"),
            3 if entry.constants == Constants::Open => format!("{name} in parameter.words"),
            4..=6 => format!("{name}.startsWith({})", prefix(entry, dice)),
            7..=8 if self.residuals > 0 => {
                self.residuals -= 1;
                let other = self.name_of(FactType::Text, dice);
                format!("{name} {} {other}", dice.pick(OPERATORS))
            }
            9..=11 => format!("{name} {} {}", dice.pick(ORDERS), bound(entry, dice)),
            12 => format!("{} {} {name}", bound(entry, dice), dice.pick(ORDERS)),
            13 => format!("{} == {name}", text_constant(entry, dice)),
            _ => format!(
                "{name} {} {}",
                dice.pick(&["==", "==", "!="]),
                text_constant(entry, dice)
            ),
        }
    }

    fn day_atom(&mut self, entry: &Entry, dice: &mut Dice) -> String {
        let name = &entry.name;
        let day = |dice: &mut Dice| {
            let pool = if dice.percent(60) { DAYS } else { DECLARED };
            quoted(dice.pick(pool))
        };
        match dice.below(10) {
            0..=1 => format!("{name} in [{}, {}]", day(dice), day(dice)),
            2 if self.residuals > 0 => {
                self.residuals -= 1;
                let other = self.name_of(FactType::Day, dice);
                format!("{name} {} {other}", dice.pick(OPERATORS))
            }
            3 => format!("{} {} {name}", day(dice), dice.pick(OPERATORS)),
            _ => format!("{name} {} {}", dice.pick(OPERATORS), day(dice)),
        }
    }

    fn number_atom(&mut self, entry: &Entry, dice: &mut Dice) -> String {
        let (name, operator) = (&entry.name, dice.pick(OPERATORS));
        match dice.below(20) {
            0..=2 => {
                let list: Vec<String> = (0..2).map(|_| number(entry, dice)).collect();
                format!("{name} in [{}]", list.join(", "))
            }
            3..=4 => format!("{name} {operator} {}", parameter(entry)),
            5 => format!("{} {operator} {name}", number(entry, dice)),
            6..=8 if self.residuals > 0 => {
                self.residuals -= 1;
                let other = self.name_of(entry.kind, dice);
                format!("{name} {operator} {other}")
            }
            9..=12 if self.residuals > 0 => {
                self.residuals -= 1;
                let (left, right) = (self.term(entry, dice), self.side(entry, dice));
                if dice.percent(70) {
                    format!("{left} {operator} {right}")
                } else {
                    format!("{right} {operator} {left}")
                }
            }
            _ => format!("{name} {operator} {}", number(entry, dice)),
        }
    }

    /// A sum or product that reads the fact.
    fn term(&self, entry: &Entry, dice: &mut Dice) -> String {
        let name = &entry.name;
        let factor = dice.pick(&[
            "0",
            "1",
            "2",
            "3",
            "10",
            "-2",
            "9000000000000",
            "parameter.count",
        ]);
        match dice.below(8) {
            0..=1 => format!("{factor} * {name}"),
            2 => format!("{name} * {factor}"),
            3 => format!("{name} + {}", number(entry, dice)),
            4 => format!("{name} + {}", parameter(entry)),
            5 => format!("{name} + {}", self.name_of(entry.kind, dice)),
            6 => format!("{} * {name}", self.name_of(FactType::Int, dice)),
            _ => format!(
                "{factor} * ({name} + {}) + {}",
                number(entry, dice),
                number(entry, dice)
            ),
        }
    }

    fn side(&self, entry: &Entry, dice: &mut Dice) -> String {
        match dice.below(6) {
            0..=1 => number(entry, dice),
            2 => parameter(entry).to_owned(),
            3 => format!("{} + {}", entry.name, number(entry, dice)),
            4 => format!("3 * {}", self.name_of(entry.kind, dice)),
            _ => self.name_of(entry.kind, dice),
        }
    }
}

const OPERATORS: &[&str] = &["==", "!=", "<", "<=", ">", ">="];
const ORDERS: &[&str] = &["<", "<=", ">", ">="];

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn list_atom(entry: &Entry, dice: &mut Dice) -> String {
    let name = &entry.name;
    match dice.below(20) {
        0..=1 => format!("{name} == []"),
        2..=3 => format!("{name} != []"),
        4 => format!("[] == {name}"),
        5 if entry.constants == Constants::Open => format!("parameter.word in {name}"),
        6 if entry.constants == Constants::Open => format!("\"nowhere\" in {name}"),
        _ => format!("{} in {name}", quoted(dice.pick(texts(entry)))),
    }
}

/// A whole constant of the fact's domain, or a parameter that is one.
fn text_constant(entry: &Entry, dice: &mut Dice) -> String {
    match entry.constants {
        Constants::Country if dice.percent(10) => "parameter.nation".to_owned(),
        Constants::Open if dice.percent(10) => "parameter.word".to_owned(),
        _ => quoted(dice.pick(texts(entry))),
    }
}

/// A text at which an order changes; of an HS fact never longer than its digits.
fn bound(entry: &Entry, dice: &mut Dice) -> String {
    prefix(entry, dice)
}

/// The beginning of a constant.
fn prefix(entry: &Entry, dice: &mut Dice) -> String {
    if let Constants::Digits(count) = entry.constants {
        let text = dice.pick(HS_PREFIXES);
        let len = dice.within(1, text.len()).min(count);
        return quoted(&text[..len]);
    }
    if entry.constants == Constants::Open && dice.percent(10) {
        return "parameter.word".to_owned();
    }
    let text = dice.pick(texts(entry));
    let len = if dice.percent(50) {
        text.len()
    } else {
        dice.within(0, text.len())
    };
    quoted(&text[..len])
}

/// A number of the fact's domain.
fn number(entry: &Entry, dice: &mut Dice) -> String {
    match (entry.kind, entry.constants) {
        (FactType::Amount, _) if dice.percent(8) => {
            dice.pick(&["-0.5", "-12", "400000000000"]).to_owned()
        }
        (FactType::Amount, _) => dice.pick(AMOUNTS).to_owned(),
        (_, Constants::Range(low, high)) => dice.within(low as usize, high as usize).to_string(),
        _ => dice
            .pick(&["0", "1", "2", "3", "5", "7", "10", "15", "40", "-3", "-10"])
            .to_owned(),
    }
}

fn parameter(entry: &Entry) -> &'static str {
    match entry.kind {
        FactType::Amount => "parameter.limit",
        _ => "parameter.count",
    }
}

/// The constants of a text or list fact.
pub(crate) fn texts(entry: &Entry) -> &'static [&'static str] {
    if let Constants::Words(words) = entry.constants {
        return words;
    }
    if entry.constants == Constants::Country {
        return COUNTRIES;
    }
    let (_, last) = entry.name.split_once('.').unwrap_or_default();
    match last {
        "hs" => HS_CODES,
        "chapter" => &["94", "85", "43", "61"],
        "heading" => &["9405", "8539", "4303"],
        "subheading" => &["940511", "940521", "430310"],
        "office" => OFFICES,
        "bureau" => BUREAUS,
        "trade_mode" => TRADE_MODES,
        "transport_mode" => TRANSPORT,
        "unit" => UNITS,
        "end_use" => END_USES,
        "product_code" => PRODUCT_CODES,
        "result" => RESULTS,
        "area" => AREAS,
        "size" => SIZES,
        "credit" => GRADES,
        "id" => &ENTERPRISES[..4],
        "country_groups" => COUNTRY_GROUPS,
        "documents" | "kinds" | "missing" | "remedy_missing" => DOCUMENTS,
        "tests" => TESTS,
        "ids" => ZONES,
        "categories" => CATEGORIES,
        "groups" => COMMODITY_GROUPS,
        "legal_exceptions" => FACILITATIONS,
        "lists" => LISTS,
        "titles" => TITLES,
        "certificates" => CERTIFICATES,
        _ => STRANGERS,
    }
}
