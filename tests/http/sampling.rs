//! A lot that is inspected by a sampling plan: told, kept over a restart, and decided again to the same bytes.

use serde_json::{Value, json};

use crate::commands::greenlane;
use crate::service::{Service, selected};

/// Fur of an enterprise of class 4, every lot of which is inspected.
fn fur(id: &str, quantity: &str) -> Value {
    json!({
        "declaration_id": id, "version": 1, "direction": "export", "declared_at": "2012-10-15T10:00:00+08:00",
        "country": "BR", "trader_id": "91131121624039309U",
        "items": [{ "item_no": 1, "hs_code": "4303101000", "quantity": quantity, "unit": "PCE", "value": "120000" }],
    })
}

#[test]
fn a_lot_is_inspected_by_its_plan_and_decided_again_the_same() {
    let mut service = Service::start("sampling");
    let plan = |accepted: u32| {
        json!({
            "level": "II", "aql": "2.5", "severity": "normal",
            "acceptance_number": accepted, "rejection_number": accepted + 1,
        })
    };
    let mut answers = Vec::new();
    for (id, quantity, size, accepted) in [("D-1", "1200", 80, 5), ("D-2", "1200.5", 125, 7)] {
        let answer = service.declare(&fur(id, quantity));
        let item = &answer["items"][0];
        assert_eq!(item["obligations"]["mode"], "physical", "{answer}");
        assert_eq!(item["obligations"]["sample_size"], size);
        assert_eq!(item["sampling_plan"], plan(accepted));
        answers.push(answer);
    }
    let answer = service.declare(&selected("D-3"));
    let item = &answer["items"][0];
    assert_eq!(item["obligations"]["sample_size"], Value::Null);
    assert_eq!(item["sampling_plan"], Value::Null);
    let mut service = service.again();
    assert_eq!(service.latest("D-1"), answers[0]);
    assert_eq!(service.latest("D-2"), answers[1]);
    let Service {
        data,
        server,
        client,
    } = service;
    drop(client);
    server.stop();
    let (code, told, said) = greenlane(&["replay", "--fold", "--data"], &[&data]);
    assert_eq!(code, Some(0), "{told}{said}");
    let (code, told, said) = greenlane(&["archive", "verify", "--data"], &[&data]);
    assert_eq!(code, Some(0), "{told}{said}");
}
