//! Generated declarations, as the JSON that the reader takes: fields absent, parties unknown, documents at the
//! ends of their validity, attributes on header and items.

use greenlane::declaration::Day;

use super::pool::{
    AMOUNTS, AREAS, BODIES, COUNTRIES, DECLARED, DOCUMENTS, Dice, END_USES, ENTERPRISES, HS_CODES,
    MATERIAL_LOTS, OFFICES, PRODUCT_CODES, PRODUCT_LOTS, PROJECTS, QUANTITIES, SHOPS, STRANGERS,
    TRADE_MODES, TRANSPORT, UNITS,
};

/// An object's members with their JSON.
pub(crate) type Members = Vec<(&'static str, String)>;

/// One declaration and the day of its decision.
#[derive(Debug, Clone)]
pub(crate) struct DeclarationPlan {
    pub(crate) header: Members,
    pub(crate) items: Vec<Members>,
    /// Days from the declaration's to the decision's.
    pub(crate) later: i32,
    /// The same draw everywhere; none for draws by the key.
    pub(crate) fixed_draw: Option<u64>,
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

pub(crate) fn object(members: &Members) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{name:?}:{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

impl DeclarationPlan {
    pub(crate) fn json(&self) -> String {
        let items: Vec<String> = self.items.iter().map(object).collect();
        let mut members = self.header.clone();
        members.push(("items", format!("[{}]", items.join(","))));
        object(&members)
    }

    pub(crate) fn decision_day(&self, day: Day) -> Day {
        Day::from_number(day.number() + self.later)
    }

    pub(crate) fn generate(dice: &mut Dice, id: usize, items: usize) -> Self {
        let mut header: Members = vec![
            (
                "declaration_id",
                quoted(&format!("D-{id}-{}", dice.below(10_000))),
            ),
            ("version", dice.within(1, 3).to_string()),
            ("direction", quoted(dice.pick(&["export", "import"]))),
            ("declared_at", declared_at(dice)),
            ("country", quoted(dice.pick(COUNTRIES))),
            ("trader_id", quoted(&party(dice))),
        ];
        let optional: [(usize, &'static str, String); 9] = [
            (80, "office", quoted(dice.pick(OFFICES))),
            (80, "trade_mode", quoted(dice.pick(TRADE_MODES))),
            (80, "transport_mode", quoted(dice.pick(TRANSPORT))),
            (60, "producer_id", quoted(&party(dice))),
            (60, "declarant_id", quoted(&party(dice))),
            (70, "counterparty_id", quoted(&overseas(dice))),
            (60, "project_id", quoted(dice.pick(PROJECTS))),
            (40, "currency", quoted(dice.pick(&["USD", "CNY"]))),
            (70, "attributes", attributes(dice, 50)),
        ];
        for (chance, name, value) in optional {
            if dice.percent(chance) {
                header.push((name, value));
            } else if dice.percent(20) {
                header.push((name, "null".to_owned()));
            }
        }
        let items = (1..=items).map(|no| item(dice, no)).collect();
        let later = *dice.one_of(&[0, 0, 0, 1, 2, 17, 300]);
        let fixed_draw = dice.percent(25).then(|| edge(dice));
        Self {
            header,
            items,
            later,
            fixed_draw,
        }
    }
}

/// A draw at the edge of a rate that the policies have, where a rounded comparison would go wrong.
fn edge(dice: &mut Dice) -> u64 {
    let rate = *dice.one_of(&[0u128, 1, 2_500, 3_333, 5_000, 9_999, 10_000]);
    let share = (rate << 64) / 10_000;
    let beside = share.saturating_sub(1) + dice.below(3) as u128;
    u64::try_from(beside).unwrap_or(u64::MAX)
}

/// A moment whose civil day depends on the zone, so that days are the policy's.
fn declared_at(dice: &mut Dice) -> String {
    let day = dice.pick(DECLARED);
    let clock = dice.pick(&[
        "00:00:00+08:00",
        "23:59:59+08:00",
        "10:00:00Z",
        "17:30:00Z",
        "01:00:00+09:00",
    ]);
    quoted(&format!("{day}T{clock}"))
}

fn party(dice: &mut Dice) -> String {
    // Whose lots most are, so that they are written off.
    if dice.percent(40) {
        return ENTERPRISES[0].to_owned();
    }
    let pool = if dice.percent(85) {
        ENTERPRISES
    } else {
        STRANGERS
    };
    dice.pick(pool).to_owned()
}

fn overseas(dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => "Müller GmbH".to_owned(),
        1 => party(dice),
        _ => dice.pick(SHOPS).to_owned(),
    }
}

fn attributes(dice: &mut Dice, chance: usize) -> String {
    let mut members: Members = Vec::new();
    if dice.percent(chance) {
        members.push(("area", quoted(dice.pick(AREAS))));
    }
    if dice.percent(chance) {
        members.push(("lanes", dice.pick(&["0", "1", "2", "7", "-3"]).to_owned()));
    }
    if dice.percent(chance) {
        let duty = dice.pick(&["0", "-0.5", "12.5", "100.0001", "1000"]);
        members.push(("duty", quoted(duty)));
    }
    object(&members)
}

fn item(dice: &mut Dice, no: usize) -> Members {
    let value = match dice.below(12) {
        // Near the end of what an amount holds, so that products overflow.
        0 => "400000000000".to_owned(),
        _ => dice.pick(AMOUNTS).to_owned(),
    };
    let mut members: Members = vec![
        ("item_no", no.to_string()),
        ("hs_code", quoted(dice.pick(HS_CODES))),
        ("value", quoted(&value)),
    ];
    let texts: [(&'static str, &[&str]); 4] = [
        ("product_code", PRODUCT_CODES),
        ("unit", UNITS),
        ("end_use", END_USES),
        ("origin", COUNTRIES),
    ];
    for (name, pool) in texts {
        if let Some(text) = dice.maybe(75, pool) {
            members.push((name, quoted(text)));
        }
    }
    for name in ["quantity", "net_mass_kg"] {
        if let Some(amount) = dice.maybe(80, AMOUNTS) {
            members.push((name, amount.to_owned()));
        }
    }
    let documents: Vec<String> = (0..dice.below(5)).map(|_| document(dice)).collect();
    members.push(("documents", format!("[{}]", documents.join(","))));
    if dice.percent(30) {
        let lots = dice.some_of(25, PRODUCT_LOTS);
        members.push(("product_lots", list(&lots)));
    }
    if dice.percent(70) {
        let lots = match dice.percent(60) {
            true => vec![dice.pick(MATERIAL_LOTS)],
            false => dice.some_of(25, MATERIAL_LOTS),
        };
        let lots = lots.iter().map(|lot| {
            let mut members = vec![("lot_id", quoted(lot))];
            let amount = dice.maybe(70, &QUANTITIES[..4]);
            members.extend(amount.map(|amount| ("quantity", amount.to_owned())));
            object(&members)
        });
        let lots: Vec<String> = lots.collect();
        members.push(("material_lots", format!("[{}]", lots.join(","))));
    }
    if dice.percent(60) {
        members.push(("attributes", attributes(dice, 40)));
    }
    members
}

fn list(texts: &[&str]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(","))
}

fn document(dice: &mut Dice) -> String {
    let mut members: Members = vec![("kind", quoted(dice.pick(DOCUMENTS)))];
    if let Some(issuer) = dice.maybe(70, BODIES) {
        members.push(("issuer_id", quoted(issuer)));
    }
    if let Some(day) = dice.maybe(30, DECLARED) {
        members.push(("issued_on", quoted(day)));
    }
    if let Some(day) = dice.maybe(40, DECLARED) {
        members.push(("expires_on", quoted(day)));
    }
    object(&members)
}
