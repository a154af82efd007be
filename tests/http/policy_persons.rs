//! Callers who are told apart: whoever puts a candidate does not let it decide.

use std::sync::Arc;

use greenlane::archive::RollOptions;
use greenlane::declaration::Moment;
use greenlane::journal::Options;
use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::service::{Begin, Between, Caller, Refusal, StartOptions, Started, end, start};
use greenlane::supervision::AsOf;
use serde_json::json;

use crate::service::folder;

const POLICY: &str = "[policy]\nid = \"p\"\ntitle = \"p\"\ntimezone = \"+08:00\"\nbase_currency = \"CNY\"\nparty_ids = \"any\"\ndefault = \"release\"\n";

fn policy(more: &str) -> PolicySource {
    let file = ("policy.toml".to_owned(), format!("{POLICY}{more}"));
    PolicySource::from_files([file]).unwrap()
}

const fn caller(name: &'static str) -> Caller<'static> {
    Caller {
        name,
        officer: false,
    }
}

#[test]
fn with_tokens_the_second_person_is_who_calls_and_nobody_else() {
    let begin = Begin {
        policy: policy(""),
        registry: Some(RegistrySource::default()),
        as_of: AsOf::Decision,
    };
    let options = StartOptions {
        data: folder("policy-persons"),
        begin: Some(begin),
        demonstration: None,
        journal: Options::default(),
        roll: RollOptions::default(),
        clock: Arc::new(|| Moment::from_micros(1_772_323_200_000_000)),
        between: Between::default(),
    };
    let Started { desk, tail, .. } = start(options, &mut |_, _| ()).unwrap();
    let candidate = policy("[random]\nrate = 0.5\nmode = \"physical\"\n");
    let put = desk.put_candidate(&candidate, caller("chen")).unwrap();
    assert_eq!(put["put_by"], "chen");
    let asked = |confirmed_by: Option<&str>| {
        let asked = json!({ "policy": put["hash"], "reason": "why", "confirmed_by": confirmed_by });
        asked.to_string().into_bytes()
    };
    let alone = desk.promote(&asked(None), caller("chen"));
    assert!(matches!(alone, Err(Refusal::Conflict(_))), "{alone:?}");
    // A name in the body is nobody's word.
    for who in ["chen", "liu"] {
        let named = desk.promote(&asked(Some("liu")), caller(who));
        assert!(matches!(named, Err(Refusal::Faults(_))), "{named:?}");
    }
    // Whoever puts the same again does not become the one who put it.
    let again = desk.put_candidate(&candidate, caller("liu")).unwrap();
    assert_eq!(
        (&again["put_by"], &again["repeated"]),
        (&json!("chen"), &json!(true))
    );
    let activated = desk.promote(&asked(None), caller("liu")).unwrap();
    assert_eq!(
        (&activated["by"], &activated["confirmed_by"]),
        (&json!("chen"), &json!("liu"))
    );
    let back = desk
        .roll_back(br#"{ "reason": "why" }"#, caller("liu"))
        .unwrap();
    assert_eq!(
        (&back["by"], &back["confirmed_by"]),
        (&json!("liu"), &json!(null))
    );
    end(&desk, tail).unwrap();
}
