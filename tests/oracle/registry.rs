//! Generated registries: a few rows of every table that is joined, valid by construction (rows of one key never
//! share a day), as the CSV files that the registry reads.

use greenlane::registry::RegistrySource;

use super::goods::{goods, measures};
use super::pool::{
    BODIES, BUREAUS, CERTIFICATES, COUNTRIES, COUNTRY_GROUPS, DAYS, Dice, ENTERPRISES, GRADES,
    HS_SCOPES, LISTS, MATERIAL_LOTS, MATERIALS, OFFICES, PRODUCT_LOTS, PROJECTS, QUANTITIES, SHOPS,
    SIZES, TITLES, ZONES,
};

/// One table: its rows as texts in order of its columns.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [&'static str],
    pub(crate) rows: Vec<Vec<String>>,
}

/// All tables.
#[derive(Debug, Clone)]
pub(crate) struct RegistryPlan {
    pub(crate) tables: Vec<Table>,
}

/// A row being written.
macro_rules! row {
    ($($cell:expr),+ $(,)?) => { vec![$($cell.to_string()),+] };
}
pub(crate) use row;

impl Table {
    pub(crate) fn new(
        name: &'static str,
        columns: &'static [&'static str],
        rows: Vec<Vec<String>>,
    ) -> Self {
        Self {
            name,
            columns,
            rows,
        }
    }

    /// The file's text.
    pub(crate) fn csv(&self) -> String {
        let mut text = self.columns.join(",");
        for row in &self.rows {
            text.push('\n');
            text.push_str(&row.join(","));
        }
        text.push('\n');
        text
    }
}

impl RegistryPlan {
    /// The files as the registry reads them.
    pub(crate) fn source(&self) -> RegistrySource {
        let files = self
            .tables
            .iter()
            .map(|table| (format!("{}.csv", table.name), table.csv().into_bytes()));
        RegistrySource::from_files(files).expect("the names are those of tables")
    }

    pub(crate) fn generate(dice: &mut Dice) -> Self {
        // A registry that knows nobody is one as well.
        let known: Vec<&str> = if dice.percent(3) {
            Vec::new()
        } else {
            dice.some_of(70, ENTERPRISES)
        };
        let shops = if known.is_empty() {
            Vec::new()
        } else {
            dice.some_of(80, SHOPS)
        };
        let mut tables = vec![enterprises(dice, &known, &shops)];
        tables.extend(standing(dice, &known, &shops));
        tables.extend(zones(dice, &known));
        tables.extend(licences(dice, &known));
        tables.push(cases(dice, &known));
        tables.extend(goods(dice));
        tables.extend(measures(dice, &known));
        tables.extend(places(dice));
        tables.extend(diaries(dice, &known));
        let supervised = supervised(dice, &known, &tables);
        tables.extend(supervised);
        Self { tables }
    }
}

/// Spans of days that don't overlap, each as `from` and `to`; open ends are empty.
pub(crate) fn spans(dice: &mut Dice) -> Vec<(String, String)> {
    if dice.percent(35) {
        return vec![(String::new(), String::new())];
    }
    let mut cuts: Vec<String> = dice
        .some_of(35, DAYS)
        .into_iter()
        .map(str::to_owned)
        .collect();
    cuts.insert(0, String::new());
    cuts.push(String::new());
    let pairs = cuts
        .windows(2)
        .map(|pair| (pair[0].clone(), pair[1].clone()));
    pairs.filter(|_| dice.percent(65)).collect()
}

/// One span of a key that needs no other.
pub(crate) fn span(dice: &mut Dice) -> (String, String) {
    spans(dice)
        .into_iter()
        .next()
        .unwrap_or_else(|| ("2013-08-15".to_owned(), "2013-09-01".to_owned()))
}

/// A span that mostly has no ends.
fn seldom(dice: &mut Dice) -> (String, String) {
    match dice.percent(60) {
        true => (String::new(), String::new()),
        false => span(dice),
    }
}

pub(crate) fn list(texts: &[&str]) -> String {
    texts.join(";")
}

pub(crate) fn countries(dice: &mut Dice) -> String {
    if dice.percent(40) {
        return String::new();
    }
    let mut names = dice.some_of(30, COUNTRIES);
    names.extend(dice.some_of(30, COUNTRY_GROUPS));
    list(&names)
}

fn enterprises(dice: &mut Dice, known: &[&str], shops: &[&str]) -> Table {
    const KINDS: &[&str] = &["manufacturer", "trader", "processing", "agent", ""];
    let mut rows = Vec::new();
    for id in known {
        let (kind, size) = (dice.pick(KINDS), dice.maybe(70, SIZES).unwrap_or(""));
        rows.push(row![id, kind, size, dice.percent(50), ""]);
    }
    for id in shops {
        let owner = if dice.percent(80) {
            dice.pick(known)
        } else {
            ""
        };
        rows.push(row![id, "foreign", "", false, owner]);
    }
    Table::new(
        "enterprises",
        &[
            "enterprise_id",
            "kind",
            "size",
            "quality_file",
            "own_shop_of",
        ],
        rows,
    )
}

/// Classes, lists, titles, certificates and credit.
fn standing(dice: &mut Dice, known: &[&str], shops: &[&str]) -> Vec<Table> {
    let (mut classes, mut entries, mut credit) = (Vec::new(), Vec::new(), Vec::new());
    let mut papers = [
        (TITLES, "titles", Vec::new()),
        (CERTIFICATES, "certificates", Vec::new()),
    ];
    for id in known.iter().chain(shops) {
        for (from, to) in spans(dice) {
            classes.push(row![id, dice.within(1, 4), from, to]);
        }
        for name in dice.some_of(30, LISTS) {
            for authority in dice.some_of(60, &["CIQ", "AQSIQ"]) {
                let times = spans(dice).into_iter();
                entries.extend(times.map(|(from, to)| row![id, name, authority, from, to]));
            }
        }
        for (kinds, _, rows) in &mut papers {
            for kind in dice.some_of(35, kinds) {
                for number in dice.some_of(60, &["1", "2"]) {
                    let times = spans(dice).into_iter();
                    rows.extend(times.map(|(from, to)| row![id, kind, number, from, to]));
                }
            }
        }
        for (from, to) in spans(dice) {
            credit.push(row![id, dice.maybe(90, GRADES).unwrap_or(""), from, to]);
        }
    }
    const PAPER: &[&str] = &["enterprise_id", "kind", "number", "from", "to"];
    let [titles, certificates] = papers.map(|(_, name, rows)| Table::new(name, PAPER, rows));
    vec![
        Table::new(
            "classes",
            &["enterprise_id", "class", "from", "to"],
            classes,
        ),
        Table::new(
            "list_entries",
            &["enterprise_id", "list", "authority", "from", "to"],
            entries,
        ),
        titles,
        certificates,
        Table::new(
            "credit_assessments",
            &["enterprise_id", "grade", "from", "to"],
            credit,
        ),
    ]
}

fn zones(dice: &mut Dice, known: &[&str]) -> Vec<Table> {
    const STATES: &[&str] = &["approved", "announced", "announced", "announced", "exited"];
    let (mut zones, mut members) = (Vec::new(), Vec::new());
    for zone in dice.some_of(75, ZONES) {
        let mut times = spans(dice);
        if times.is_empty() {
            times.push(span(dice));
        }
        for (from, to) in times {
            let level = dice.pick(&["provincial", "national"]);
            let (scope, import) = (dice.pick(HS_SCOPES), dice.pick(HS_SCOPES));
            zones.push(row![zone, level, scope, import, from, to]);
        }
        for id in dice.some_of(45, known) {
            for (from, to) in spans(dice) {
                members.push(row![zone, id, dice.pick(STATES), from, to]);
            }
        }
    }
    vec![
        Table::new(
            "zones",
            &[
                "zone_id",
                "level",
                "hs_scope",
                "import_hs_scope",
                "from",
                "to",
            ],
            zones,
        ),
        Table::new(
            "memberships",
            &["zone_id", "enterprise_id", "state", "from", "to"],
            members,
        ),
    ]
}

fn licences(dice: &mut Dice, known: &[&str]) -> Vec<Table> {
    let (mut registrations, mut exemptions) = (Vec::new(), Vec::new());
    for id in known {
        for scope in dice.some_of(25, HS_SCOPES) {
            for (from, to) in spans(dice) {
                let state = dice.pick(&["provisional", "full"]);
                registrations.push(row![id, scope, state, from, to]);
            }
        }
        for _ in 0..dice.below(4) {
            let (from, to) = span(dice);
            let kind = dice.pick(&["inspection", "trade_remedy", "registration"]);
            exemptions.push(row![
                id,
                dice.pick(HS_SCOPES),
                kind,
                countries(dice),
                from,
                to
            ]);
        }
    }
    vec![
        Table::new(
            "registrations",
            &["enterprise_id", "hs_scope", "state", "from", "to"],
            registrations,
        ),
        Table::new(
            "exemptions",
            &[
                "enterprise_id",
                "hs_scope",
                "kind",
                "countries",
                "from",
                "to",
            ],
            exemptions,
        ),
    ]
}

/// Cases that are open, closed, of any cause, with and without an end of their measures.
fn cases(dice: &mut Dice, known: &[&str]) -> Table {
    const CAUSES: &[&str] = &["", "foreign_rule", "capability", "malice"];
    let mut rows = Vec::new();
    for id in known {
        for _ in 0..dice.below(4) {
            let opened = dice.below(DAYS.len());
            let case = format!("C{}", rows.len());
            rows.push(row![
                case,
                id,
                dice.pick(HS_SCOPES),
                DAYS[opened],
                dice.pick(CAUSES),
                dice.maybe(50, &DAYS[opened..]).unwrap_or(""),
                dice.maybe(50, &DAYS[opened..]).unwrap_or("")
            ]);
        }
    }
    Table::new(
        "cases",
        &[
            "case_id",
            "enterprise_id",
            "hs_scope",
            "opened_on",
            "cause",
            "measures_until",
            "closed_on",
        ],
        rows,
    )
}

/// What was made of what, and events that name some of it.
fn diaries(dice: &mut Dice, known: &[&str]) -> Vec<Table> {
    let (mut lots, mut products, mut traces) = (Vec::new(), Vec::new(), Vec::new());
    if !known.is_empty() {
        let bought = dice.some_of(80, MATERIAL_LOTS);
        for lot in &bought {
            let tested = dice.maybe(60, DAYS).unwrap_or("");
            let result = dice.pick(&["passed", "passed", "failed"]);
            let (from, to) = seldom(dice);
            let owner = match dice.percent(75) {
                true => known[0],
                false => dice.pick(known),
            };
            lots.push(row![
                lot,
                owner,
                dice.pick(MATERIALS),
                dice.pick(&QUANTITIES[2..]),
                dice.pick(&["KGM", "KGM", "MTR"]),
                tested,
                if tested.is_empty() { "" } else { result },
                from,
                to
            ]);
        }
        let (_, made) = PRODUCT_LOTS.split_last().expect("some lots");
        for lot in dice.some_of(80, made) {
            let materials = dice.some_of(40, &bought).join(";");
            products.push(row![lot, dice.pick(known), materials]);
        }
    }
    for no in 0..dice.below(4) {
        let named = dice.some_of(25, PRODUCT_LOTS);
        let (from, to) = span(dice);
        if !named.is_empty() {
            traces.push(row![format!("T{no}"), named.join(";"), from, to]);
        }
    }
    vec![
        Table::new(
            "lots",
            &[
                "lot_id",
                "enterprise_id",
                "material",
                "quantity",
                "unit",
                "tested_on",
                "result",
                "from",
                "to",
            ],
            lots,
        ),
        Table::new(
            "products",
            &["product_lot", "enterprise_id", "material_lots"],
            products,
        ),
        Table::new(
            "traces",
            &["trace_id", "product_lots", "from", "to"],
            traces,
        ),
    ]
}

/// What goods take of materials, and what is asked of whom.
fn supervised(dice: &mut Dice, known: &[&str], tables: &[Table]) -> Vec<Table> {
    let (mut norms, mut programmes) = (Vec::new(), Vec::new());
    for scope in dice.some_of(50, HS_SCOPES) {
        for material in dice.some_of(60, MATERIALS) {
            let (from, to) = seldom(dice);
            let unit = dice.pick(&["KGM", "KGM", "MTR"]);
            let least = dice.pick(&["0.3333", "0.5", "2", "0.0001"]);
            norms.push(row![scope, material, unit, least, from, to]);
        }
    }
    let zones = tables.iter().filter(|table| table.name == "zones");
    let mut zones: Vec<&str> = zones
        .flat_map(|table| table.rows.iter().map(|row| row[0].as_str()))
        .collect();
    zones.push("");
    for no in 0..dice.below(6) {
        let zone = dice.maybe(50, &zones).unwrap_or("");
        let chance = *dice.one_of(&[0, 20]);
        let named = dice.some_of(chance, known);
        let samples = dice.pick(&["0", "1", "2", "3", "120"]);
        let (from, to) = seldom(dice);
        programmes.push(row![
            format!("PR{no}"),
            dice.pick(HS_SCOPES),
            zone,
            list(&named),
            samples,
            from,
            to
        ]);
    }
    vec![
        Table::new(
            "consumption_norms",
            &["hs_scope", "material", "unit", "per_unit_min", "from", "to"],
            norms,
        ),
        Table::new(
            "programmes",
            &[
                "programme_id",
                "hs_scope",
                "zone_id",
                "enterprises",
                "samples",
                "from",
                "to",
            ],
            programmes,
        ),
    ]
}

fn places(dice: &mut Dice) -> Vec<Table> {
    let (mut bodies, mut projects, mut offices, mut groups) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for body in dice.some_of(80, &BODIES[..2]) {
        for scope in dice.some_of(35, HS_SCOPES) {
            let (from, to) = span(dice);
            bodies.push(row![body, scope, from, to]);
        }
    }
    for project in dice.some_of(70, PROJECTS) {
        projects.extend(
            spans(dice)
                .into_iter()
                .map(|(from, to)| row![project, from, to]),
        );
    }
    for office in dice.some_of(85, &OFFICES[..4]) {
        offices.push(row![office, dice.maybe(80, BUREAUS).unwrap_or("")]);
    }
    // Every group has a country, since other tables cite it and an empty one would read as any.
    for group in COUNTRY_GROUPS {
        let mut members = dice.some_of(40, COUNTRIES);
        members.push(dice.pick(COUNTRIES));
        members.sort_unstable();
        members.dedup();
        groups.push(row![group, list(&members)]);
    }
    let currencies = vec![
        row!["USD", "6.3", "2010-01-01"],
        row!["USD", dice.pick(&["6.1999", "7"]), "2013-08-15"],
    ];
    vec![
        Table::new("bodies", &["body_id", "hs_scope", "from", "to"], bodies),
        Table::new("projects", &["project_id", "from", "to"], projects),
        Table::new("offices", &["office", "bureau"], offices),
        Table::new("country_groups", &["group", "countries"], groups),
        Table::new("currencies", &["currency", "rate", "from"], currencies),
    ]
}
