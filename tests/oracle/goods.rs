//! Generated tables about goods: the catalogue and what hangs on it, requirements, remedies with rulings,
//! assessments, alerts and prices.

use super::pool::{
    ALERT_KINDS, AMOUNTS, CATEGORIES, COMMODITY_GROUPS, COUNTRIES, DOCUMENTS, Dice, FACILITATIONS,
    HS_PREFIXES, HS_SCOPES, PRODUCT_CODES, RESULTS, TESTS,
};
use super::registry::{Table, countries, list, row, span, spans};

/// The catalogue and what hangs on it.
pub(crate) fn goods(dice: &mut Dice) -> Vec<Table> {
    const DIRECTIONS: &[&str] = &["", "export", "import"];
    let (mut catalogue, mut exceptions, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for prefix in dice.some_of(45, HS_PREFIXES) {
        let direction = dice.pick(DIRECTIONS);
        for (from, to) in spans(dice) {
            let categories = list(&dice.some_of(40, CATEGORIES));
            let level = dice.pick(&["", "0", "1", "2", "3"]);
            let registration = dice.pick(&["", "law", "scheme"]);
            catalogue.push(row![
                prefix,
                direction,
                categories,
                level,
                registration,
                from,
                to
            ]);
        }
    }
    for _ in 0..dice.below(4) {
        let (from, to) = span(dice);
        let (scope, direction) = (dice.pick(&HS_SCOPES[1..]), dice.pick(DIRECTIONS));
        let barred = list(&dice.some_of(50, FACILITATIONS));
        exceptions.push(row![scope, direction, barred, from, to]);
    }
    for _ in 0..dice.below(5) {
        groups.push(row![
            dice.pick(COMMODITY_GROUPS),
            dice.pick(&HS_SCOPES[1..])
        ]);
    }
    let accidents = (0..dice.below(3))
        .map(|at| {
            let (from, to) = span(dice);
            row![format!("ACC-{at}"), dice.pick(&HS_SCOPES[1..]), from, to]
        })
        .collect();
    vec![
        Table::new(
            "catalogue",
            &[
                "hs_prefix",
                "direction",
                "categories",
                "risk_level",
                "registration",
                "from",
                "to",
            ],
            catalogue,
        ),
        Table::new(
            "legal_exceptions",
            &["hs_scope", "direction", "facilitations", "from", "to"],
            exceptions,
        ),
        Table::new("commodity_groups", &["group", "hs_scope"], groups),
        Table::new(
            "accidents",
            &["accident_id", "hs_scope", "from", "to"],
            accidents,
        ),
    ]
}

/// Requirements, remedies with rulings, assessments, alerts and prices.
pub(crate) fn measures(dice: &mut Dice, known: &[&str]) -> Vec<Table> {
    let mut tables = vec![requirements(dice)];
    tables.extend(remedies(dice, known));
    let party = |dice: &mut Dice| {
        if known.is_empty() || dice.percent(60) {
            ""
        } else {
            dice.pick(known)
        }
    };
    let (mut assessments, mut alerts) = (Vec::new(), Vec::new());
    for _ in 0..dice.below(6) {
        let (from, to) = span(dice);
        let (scope, country) = (
            dice.pick(HS_SCOPES),
            dice.maybe(50, COUNTRIES).unwrap_or(""),
        );
        let result = dice.maybe(90, RESULTS).unwrap_or("");
        assessments.push(row![scope, country, party(dice), result, from, to]);
    }
    for at in 0..dice.below(8) {
        let (from, to) = span(dice);
        let (kind, level) = (dice.pick(ALERT_KINDS), dice.below(4));
        let scope = dice.pick(HS_SCOPES);
        let nations = countries(dice);
        alerts.push(row![
            format!("AL-{at}"),
            kind,
            level,
            scope,
            nations,
            party(dice),
            from,
            to
        ]);
    }
    tables.extend([
        Table::new(
            "risk_assessments",
            &[
                "hs_scope",
                "country",
                "enterprise_id",
                "result",
                "from",
                "to",
            ],
            assessments,
        ),
        Table::new(
            "alerts",
            &[
                "alert_id",
                "kind",
                "level",
                "hs_scope",
                "countries",
                "enterprise_id",
                "from",
                "to",
            ],
            alerts,
        ),
        price_bands(dice),
    ]);
    tables
}

fn price_bands(dice: &mut Dice) -> Table {
    let mut rows = Vec::new();
    for prefix in dice.some_of(50, HS_PREFIXES) {
        for country in dice.some_of(35, &["", "DE", "US", "CN"]) {
            for unit in dice.some_of(60, &["", "PCE", "KGM"]) {
                let mut ends = [dice.below(6), dice.below(6)];
                ends.sort_unstable();
                let [low, high] = ends.map(|at| {
                    let end = AMOUNTS[at];
                    if dice.percent(85) { end } else { "" }
                });
                let (from, to) = span(dice);
                rows.push(row![prefix, country, low, high, unit, from, to]);
            }
        }
    }
    Table::new(
        "price_bands",
        &["hs_prefix", "country", "low", "high", "unit", "from", "to"],
        rows,
    )
}

fn requirements(dice: &mut Dice) -> Table {
    const MODES: &[&str] = &["", "document", "joint", "physical", "laboratory"];
    let mut rows = Vec::new();
    for _ in 0..dice.below(8) {
        let (from, to) = span(dice);
        let direction = dice.pick(&["", "export", "import"]);
        let (tests, documents) = (dice.some_of(20, TESTS), dice.some_of(20, DOCUMENTS));
        rows.push(row![
            dice.pick(HS_SCOPES),
            direction,
            countries(dice),
            list(&tests),
            list(&documents),
            dice.pick(MODES),
            from,
            to
        ]);
    }
    Table::new(
        "requirements",
        &[
            "hs_scope",
            "direction",
            "countries",
            "tests",
            "documents",
            "mode",
            "from",
            "to",
        ],
        rows,
    )
}

fn remedies(dice: &mut Dice, known: &[&str]) -> [Table; 2] {
    let (mut remedies, mut rulings) = (Vec::new(), Vec::new());
    for at in 0..dice.below(6) {
        let (from, to) = span(dice);
        let id = format!("REM-{at}");
        let country = dice.maybe(50, COUNTRIES).unwrap_or("");
        let (codes, documents) = (dice.some_of(25, PRODUCT_CODES), dice.some_of(25, DOCUMENTS));
        let scope = dice.pick(HS_SCOPES);
        remedies.push(row![
            id,
            scope,
            country,
            list(&codes),
            list(&documents),
            from,
            to
        ]);
        for number in 0..dice.below(3) {
            let (from, to) = span(dice);
            let party = if known.is_empty() || dice.percent(50) {
                ""
            } else {
                dice.pick(known)
            };
            let code = dice.maybe(40, PRODUCT_CODES).unwrap_or("");
            rulings.push(row![
                format!("RUL-{at}-{number}"),
                id,
                party,
                code,
                from,
                to
            ]);
        }
    }
    [
        Table::new(
            "remedies",
            &[
                "remedy_id",
                "hs_scope",
                "country",
                "product_codes",
                "documents",
                "from",
                "to",
            ],
            remedies,
        ),
        Table::new(
            "rulings",
            &[
                "ruling_id",
                "remedy_id",
                "enterprise_id",
                "product_code",
                "from",
                "to",
            ],
            rulings,
        ),
    ]
}
