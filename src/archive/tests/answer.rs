//! Answers are those of the contract, and who declares does not see what officers see.

use serde_json::{Value, json};

use super::decide;
use crate::engine::{View, write_answer};

fn answer(view: View) -> (String, Value) {
    let mut out = Vec::new();
    decide(|decision| write_answer(decision, view, &mut out));
    let text = String::from_utf8(out).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    let policy = value["policy"].take();
    let hash = policy
        .as_str()
        .unwrap()
        .strip_prefix("small@sha256:")
        .unwrap();
    assert_eq!(hash.len(), 64);
    assert_eq!(value["decision_id"].take().as_str().unwrap().len(), 36);
    (text, value)
}

/// What every reader sees.
fn golden() -> Value {
    let lamps = json!({ "code": "LAMPS", "text": { "en": "lamps are inspected", "zh": "检验灯具" }, "basis": "Law, 6(1)", "remedy": "wait" });
    let nothing = json!({ "mode": null, "tests": [], "documents": [], "sample_size": null, "specimens": null, "objects": [], "office": null, "follow_up": [] });
    json!({
        "decision_id": null, "declaration_id": "530120161234567890", "version": 1, "revision": 1,
        "verdict": "sample", "status": "selected", "decided_at": "2016-11-02T20:00:00Z", "due_at": "2016-11-04T20:00:00Z",
        "priority": "high",
        "items": [
            { "item_no": 1, "verdict": "sample", "messages": [lamps],
              "obligations": { "mode": "physical", "tests": ["glow", "lead"], "documents": ["invoice"], "sample_size": 80,
                "specimens": 3, "objects": ["product"], "office": "5720", "follow_up": ["audit"] } },
            { "item_no": 2, "verdict": "release", "messages": [], "obligations": nothing },
        ],
        "policy": null, "registry_revision": 3, "sequence": 17,
    })
}

#[test]
fn who_declares_sees_verdicts_public_messages_and_obligations() {
    let (text, value) = answer(View::Declare);
    assert_eq!(value, golden());
    assert!(!text.contains('\n'));
    let start = r#"{"decision_id":"#;
    assert!(text.starts_with(start), "{text}");
}

#[test]
fn who_declares_sees_no_risk_rate_draw_or_reasons() {
    let (text, _) = answer(View::Declare);
    let secrets = [
        "risk",
        "rate",
        "draw",
        "reasons",
        "selected_by",
        "officer_note",
        "SECRET",
        "fraud",
        "RARE",
        "look twice",
        "acceptance",
        "aql",
    ];
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn an_officer_also_sees_why() {
    let (_, value) = answer(View::Officer);
    let mut expected = golden();
    let reason = |book: &str, rule: &str, code: &str, spoke: bool| json!({ "book": book, "rule": rule, "code": code, "spoke": spoke });
    let more = [
        json!({
            "reasons": [
                reason("inspection", "lamps", "LAMPS", true),
                reason("inspection", "rare", "RARE", false),
                reason("intelligence", "risky", "SECRET", true),
            ],
            "selected_by": "draw", "risk": { "fraud": 40 }, "rate": "0.5", "draw": "4611686018427387904",
            "sampling_plan": { "level": "II", "aql": "2.5", "severity": "normal", "acceptance_number": 5, "rejection_number": 6 },
            "officer_note": "look twice\nfraud",
        }),
        json!({ "reasons": [], "selected_by": null, "risk": { "fraud": 0 }, "rate": null, "draw": null, "sampling_plan": null, "officer_note": null }),
    ];
    for (at, more) in more.into_iter().enumerate() {
        let item = expected["items"][at].as_object_mut().unwrap();
        item.extend(more.as_object().unwrap().clone());
    }
    assert_eq!(value, expected);
}
