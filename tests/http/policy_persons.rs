//! Callers who are told apart: whoever puts a candidate does not let it decide.

use std::sync::Arc;

use greenlane::archive::RollOptions;
use greenlane::declaration::Moment;
use greenlane::journal::Options;
use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::service::{Begin, Between, Caller, Refusal, StartOptions, Started, end, start};
use greenlane::supervision::AsOf;
use serde_json::{Value, json};

use crate::callers::{client, configuration, post, token};
use crate::http::JSON;
use crate::policy::{CANDIDATE, PROMOTE, stricter};
use crate::service::{Service, arguments, folder, problem, released, right};

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

#[test]
fn over_http_two_tokens_let_a_candidate_decide_and_one_does_not() {
    let [chen, liu, window] = [("chen", "policy"), ("liu", "policy"), ("window", "declare")]
        .map(|(name, role)| token(name, &[role], "2999-01-01"));
    let config = configuration("two-persons", "", &[&chen.1, &liu.1, &window.1]);
    let config = config.to_string_lossy();
    let service = Service::with(folder("two-persons"), &arguments(&["--config", &config]));
    let [mut chen, mut liu, mut window] = [chen, liu, window].map(|(it, _)| client(&service, &it));
    let files = stricter().to_string();
    let put = chen.send("PUT", CANDIDATE, Some(JSON), files.as_bytes());
    let candidate = right(&put.unwrap());
    assert_eq!(candidate["put_by"], "chen");
    let mut status = |id: &str| {
        let told = right(&post(&mut window, "/v1/decisions", &released(id)));
        (told["status"].clone(), told["policy"].clone())
    };
    let before = status("D-1");
    let asked = json!({ "policy": candidate["hash"], "reason": "a test" });
    problem(&post(&mut chen, PROMOTE, &asked), 409);
    assert_eq!(status("D-2"), before);
    let activated = right(&post(&mut liu, PROMOTE, &asked));
    assert_eq!(
        (&activated["by"], &activated["confirmed_by"]),
        (&json!("chen"), &json!("liu"))
    );
    let after = status("D-3");
    assert_eq!(
        (&before.0, &after.0),
        (&Value::from("released"), &Value::from("selected"))
    );
    assert_ne!(before.1, after.1);
    service.server.stop();
}
