//! Tests of the archive over one small policy, an empty registry and one declaration of two items.

mod answer;
mod file;
mod name;
mod schema;

use std::sync::Arc;

use crate::declaration::{CurrencyTable, Moment, read_json};
use crate::engine::{Decision, DecisionMeta, FixedDraw, HeaderJoin, Outcome, Program, Scratch};
use crate::policy::{PolicySource, read};
use crate::registry::Registry;

const POLICY: &str = r#"
[policy]
id = "small"
title = "A small policy"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"
default = "release"

[attributes]
courier = "string"
duty = "decimal"
parcels = "int"

[deadline]
others = "PT48H"

[[score]]
id = "fraud"
when = [ { if = 'item.value >= 50000', points = 40 } ]

[[book]]
id = "inspection"

[[book.rule]]
id = "rare"
when = 'item.chapter == "94"'
then = { verdict = "hold", rate = 0.0001 }
reason = { code = "RARE" }

[[book.rule]]
id = "lamps"
basis = "Law, 6(1)"
when = 'item.chapter == "94"'
then = { verdict = "sample", rate = 0.5, mode = "physical", sampling_plan = { level = "II", aql = 2.5 }, tests = ["lead", "glow"], office = "declared", specimens = 3, officer_note = "look twice" }
reason = { code = "LAMPS", text = { en = "lamps are inspected", zh = "检验灯具" }, remedy = "wait", public = true }

[[book]]
id = "intelligence"

[[book.rule]]
id = "risky"
when = 'risk.fraud >= 40 && alert.counterfeit == 0'
then = { verdict = "sample", documents = ["invoice"], priority = "high", follow_up = ["audit"], officer_note = "fraud" }
reason = { code = "SECRET", text = { en = "the score is high" } }
"#;

const DECLARATION: &str = r#"{ "declaration_id": "530120161234567890", "version": 1, "direction": "export",
  "declared_at": "2016-11-02T09:30:00+08:00", "office": "5720", "trade_mode": "0110", "country": "DE",
  "trader_id": "T-1", "producer_id": "P-1", "transport_mode": "2", "currency": "CNY",
  "attributes": { "courier": "sea", "duty": "1.50" },
  "items": [
    { "item_no": 1, "hs_code": "9405110000", "quantity": "1200", "unit": "PCE", "net_mass_kg": "840", "value": "96000.00", "end_use": "sale", "origin": "CN",
      "documents": [ { "kind": "self_declaration", "number": "SD-1", "issued_on": "2016-10-30" }, { "kind": "invoice", "expires_on": "2016-01-01" } ],
      "material_lots": [ { "lot_id": "L-1", "quantity": "12.5" }, { "lot_id": "L-2" } ], "product_lots": ["P-1", "P-2"],
      "attributes": { "courier": "air", "parcels": 7 } },
    { "item_no": 2, "hs_code": "850110", "value": "0.0001" } ] }"#;

/// Decides the declaration with a draw of a quarter.
fn decide(then: impl FnOnce(&Decision<'_>)) {
    let files = [("policy.toml".to_owned(), POLICY.to_owned())];
    let policy = Arc::new(read(&PolicySource::from_files(files).unwrap()).unwrap());
    let declaration = read_json(
        DECLARATION.as_bytes(),
        &policy.profile,
        &CurrencyTable::default(),
    )
    .unwrap();
    let registry = Arc::new(Registry::default());
    let program = Program::compile(policy, registry).unwrap();
    let header = HeaderJoin::new(program.registry(), &declaration, declaration.day);
    let mut outcome = Outcome::default();
    let draw = FixedDraw(1 << 62);
    program.decide_joined(&header, &draw, &mut Scratch::default(), &mut outcome);
    then(&Decision {
        program: &program,
        header: &header,
        outcome: &outcome,
        cause: None,
        meta: DecisionMeta {
            sequence: 17,
            revision: 1,
            kind: "initial",
            decided_at: Moment::parse("2016-11-02T20:00:00Z").unwrap(),
            registry_revision: 3,
            engine_ns: Some(420),
        },
    });
}
