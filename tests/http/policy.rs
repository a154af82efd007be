//! The policy changes while the service runs: a candidate is checked, another person lets it decide, and each decision
//! is one policy's, which it names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use greenlane::analysis::replay::replay;
use greenlane::supervision::DataFolder;
use serde_json::{Map, Value, json};

use crate::http::{JSON, Reply};
use crate::server::Server;
use crate::service::{
    Service, arguments, folder, held, pointers, problem, released, right, selected,
};

pub(crate) const CANDIDATE: &str = "/v1/policy/candidate";
pub(crate) const PROMOTE: &str = "/v1/policy/candidate/promote";
const ROLLBACK: &str = "/v1/policy/rollback";

/// A book that samples every export, so that nothing of it is released.
const EVERY_EXPORT: &str = r#"
[[book]]
id = "every"
[[book.rule]]
id = "export"
basis = "A test"
when = 'declaration.direction == "export"'
then = { verdict = "sample", mode = "physical" }
reason = { code = "EVERY_EXPORT", text = { en = "Every export is looked at." }, public = true }
"#;

/// The files of the policy that the services of these tests start with, and more.
fn files(more: &[(&str, &str)]) -> Value {
    let folder = arguments(&[])[1].to_owned();
    let files = fs::read_dir(folder).unwrap().map(|file| {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, Value::from(fs::read_to_string(path).unwrap()))
    });
    let mut files: Map<String, Value> = files.collect();
    let more = more
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Value::from(*text)));
    files.extend(more);
    Value::Object(files)
}

pub(crate) fn stricter() -> Value {
    files(&[("90-every.toml", EVERY_EXPORT)])
}

pub(crate) fn put(service: &mut Service, files: &Value) -> Reply {
    let body = files.to_string();
    let sent = service
        .client
        .send("PUT", CANDIDATE, Some(JSON), body.as_bytes());
    sent.unwrap()
}

pub(crate) fn withdraw(service: &mut Service) -> Reply {
    service.client.send("DELETE", CANDIDATE, None, b"").unwrap()
}

/// What the activation of the candidate is.
pub(crate) fn promote(service: &mut Service, policy: &Value) -> Value {
    let asked = json!({ "policy": policy, "reason": "a test", "confirmed_by": "second" });
    right(&service.post(PROMOTE, &asked))
}

/// Everything of a folder comes out as it was recorded, and so does the state.
fn is_right(data: &Path) {
    let replayed = replay(DataFolder::read(data).unwrap(), true, |_, _| ()).unwrap();
    assert!(replayed.is_right(), "{replayed:?}");
    assert!(replayed.decisions > 0);
}

/// Stops it cleanly; what it leaves is right.
pub(crate) fn stop(service: Service) {
    let Service {
        data,
        server,
        client,
    } = service;
    drop(client);
    server.stop();
    is_right(&data);
}

fn archive_goes_on(service: &mut Service) {
    let ready = right(&service.get("/readyz"));
    assert_eq!(ready["archive_stopped"], Value::Null);
}

#[test]
fn a_candidate_is_compiled_and_told_how_it_differs_and_decides_nothing() {
    let mut service = Service::start("candidate");
    problem(&service.get(CANDIDATE), 404);
    let active = right(&service.get("/v1/policy"));
    let told = right(&put(&mut service, &stricter()));
    assert_eq!(told["active"], active["policy"]);
    assert_ne!(told["hash"], active["hash"]);
    assert_eq!(told["put_by"], "local");
    assert_eq!(
        (&told["replaced"], &told["repeated"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(
        told["books"].as_u64(),
        active["books"].as_u64().map(|books| books + 1)
    );
    assert_eq!(
        told["rules"].as_u64(),
        active["rules"].as_u64().map(|rules| rules + 1)
    );
    let none = json!({ "added": [], "removed": [], "changed": [] });
    assert_eq!(told["differences"]["books"]["added"], json!(["every"]));
    assert_eq!(
        told["differences"]["rules"]["added"],
        json!(["every/export"])
    );
    assert_eq!(told["differences"]["parameters"], none);
    assert_eq!(told["differences"]["other"], json!([]));
    let shown = right(&service.get(CANDIDATE));
    assert_eq!(shown["sequence"], told["sequence"]);
    assert_eq!(shown["differences"], told["differences"]);
    let decided = service.declare(&released("D-1"));
    assert_eq!(
        (&decided["policy"], &decided["status"]),
        (&active["policy"], &json!("released"))
    );
    assert_eq!(decided["registry_revision"], active["registry_revision"]);
    // The same again is no other; another one replaces it.
    let again = right(&put(&mut service, &stricter()));
    assert_eq!(
        (&again["sequence"], &again["repeated"]),
        (&told["sequence"], &json!(true))
    );
    let other = right(&put(&mut service, &files(&[("91-none.toml", "")])));
    assert_eq!(other["replaced"], told["hash"]);
    assert_eq!(right(&withdraw(&mut service))["hash"], other["hash"]);
    problem(&service.get(CANDIDATE), 404);
    problem(&withdraw(&mut service), 404);
    // What decides already is no candidate.
    problem(&put(&mut service, &files(&[])), 409);
    stop(service);
}

#[test]
fn every_mistake_of_a_candidate_is_told_with_its_place() {
    let mut service = Service::start("candidate-mistakes");
    let wrong = "[[book]]\nid = \"wrong\"\n[[book.rule]]\nid = \"a\"\nwhen = 'item.valeu > 1'\nthen = { verdict = \"release\" }\n";
    let sent = files(&[("90-a.toml", wrong), ("books/b.toml", "[[book]]\nid = 7\n")]);
    let told = problem(&put(&mut service, &sent), 422);
    let mut places: Vec<_> = told["errors"].as_array().unwrap().iter().collect();
    assert!(places.iter().all(|fault| fault["code"] == "policy"));
    places.retain(|fault| fault["pointer"] == "/90-a.toml");
    assert_eq!(places.len(), 1, "{told}");
    assert_eq!(
        (&places[0]["line"], &places[0]["column"]),
        (&json!(5), &json!(9))
    );
    let detail = places[0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("item.valeu") && detail.contains("item.value"),
        "{detail}"
    );
    assert!(pointers(&told).contains(&"/books~1b.toml"), "{told}");
    let names = json!({ "../a.toml": "", "b.txt": "", "scenarios/c.toml": "" });
    let told = problem(&put(&mut service, &names), 422);
    assert_eq!(
        pointers(&told),
        ["/..~1a.toml", "/b.txt", "/scenarios~1c.toml"]
    );
    let broken = service.client.send("PUT", CANDIDATE, Some(JSON), b"{");
    problem(&broken.unwrap(), 400);
    let text = service
        .client
        .send("PUT", CANDIDATE, Some("text/plain"), b"");
    problem(&text.unwrap(), 415);
    problem(&service.get(CANDIDATE), 404);
    stop_without_decisions(service);
}

fn stop_without_decisions(service: Service) {
    drop(service.client);
    service.server.stop();
}

#[test]
fn a_candidate_by_which_what_is_known_could_not_be_read_is_refused() {
    let mut service = Service::start("candidate-profile");
    let policy = files(&[]);
    let header = policy["00-policy.toml"].as_str().unwrap();
    for (was, is, word) in [
        ("timezone = \"+08:00\"", "timezone = \"+09:00\"", "timezone"),
        ("party_ids = \"uscc\"", "party_ids = \"any\"", "party_ids"),
    ] {
        assert!(header.contains(was));
        let other = files(&[("00-policy.toml", &header.replace(was, is))]);
        let told = problem(&put(&mut service, &other), 422);
        let errors = told["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{told}");
        assert!(
            errors[0]["detail"].as_str().unwrap().contains(word),
            "{told}"
        );
    }
    // An attribute may come, and stays as it came.
    let with = |kind: &str| {
        let more = format!("[attributes]\nnew_one = \"{kind}\"\n");
        files(&[("90-more.toml", &more)])
    };
    let policy = right(&put(&mut service, &with("string")))["policy"].clone();
    promote(&mut service, &policy);
    let mut declaration = released("D-1");
    declaration["attributes"]["new_one"] = "x".into();
    service.declare(&declaration);
    let told = problem(&put(&mut service, &with("int")), 422);
    assert!(
        told["errors"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("new_one"),
        "{told}"
    );
    let told = problem(&put(&mut service, &stricter()), 422);
    assert!(
        told["errors"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("new_one"),
        "{told}"
    );
    // So there is no way back, either, but a candidate that has it.
    let told = problem(&service.post(ROLLBACK, &json!({ "reason": "none" })), 409);
    assert!(
        told["detail"].as_str().unwrap().contains("new_one"),
        "{told}"
    );
    stop(service);
}

#[test]
fn nobody_lets_a_candidate_decide_alone_or_another_than_was_looked_at() {
    let mut service = Service::start("promote-alone");
    let asked = json!({ "policy": "x", "reason": "a test", "confirmed_by": "second" });
    problem(&service.post(PROMOTE, &asked), 404);
    let policy = right(&put(&mut service, &stricter()))["policy"].clone();
    let told = problem(&service.post(PROMOTE, &asked), 409);
    assert!(
        told["detail"]
            .as_str()
            .unwrap()
            .contains(policy.as_str().unwrap()),
        "{told}"
    );
    let alone = json!({ "policy": policy, "reason": "a test" });
    let told = problem(&service.post(PROMOTE, &alone), 422);
    assert_eq!(pointers(&told), ["/confirmed_by"]);
    let alone = json!({ "policy": policy, "reason": "a test", "confirmed_by": "local" });
    let told = problem(&service.post(PROMOTE, &alone), 422);
    assert_eq!(pointers(&told), ["/confirmed_by"]);
    let told = problem(
        &service.post(PROMOTE, &json!({ "reason": " ", "colour": 1 })),
        422,
    );
    assert_eq!(pointers(&told), ["/policy", "/reason", "/colour"]);
    assert_eq!(service.declare(&released("D-1"))["status"], "released");
    let history = right(&service.get("/v1/policy/history"));
    assert_eq!(history["activations"].as_array().map(Vec::len), Some(1));
    stop(service);
}

#[test]
fn a_candidate_decides_from_its_record_on_and_a_restart_changes_nothing() {
    let mut service = Service::start("promoted");
    let before = service.declare(&released("D-1"));
    let put_ = right(&put(&mut service, &stricter()));
    let activated = promote(&mut service, &put_["policy"]);
    assert_eq!(activated["policy"], put_["policy"]);
    assert_eq!(
        (
            &activated["how"],
            &activated["by"],
            &activated["confirmed_by"],
            &activated["reason"]
        ),
        (
            &json!("promotion"),
            &json!("local"),
            &json!("second"),
            &json!("a test")
        )
    );
    let after = service.declare(&released("D-2"));
    assert_eq!(
        (&after["policy"], &after["status"]),
        (&put_["policy"], &json!("selected"))
    );
    assert_eq!(after["registry_revision"], activated["registry_revision"]);
    assert_ne!(before["policy"], after["policy"]);
    problem(&service.get(CANDIDATE), 404);
    // What was decided stays, and its life goes on.
    assert_eq!(service.declare(&released("D-1")), before);
    let acts = service.get("/v1/events").lines();
    let acts: Vec<_> = acts
        .iter()
        .map(|act| act["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        acts[acts.len() - 2..],
        ["policy_candidate_put", "policy_activated"]
    );
    let next = right(&put(&mut service, &files(&[("92-none.toml", "")])));
    let history = right(&service.get("/v1/policy/history"));
    assert_eq!(
        history["activations"][1]["former"],
        history["activations"][0]["hash"]
    );

    // The same policy is given as at the first start, as whoever keeps the service running does.
    let mut service = service.again();
    let said = service.server.said();
    assert!(said.contains("is the one of an earlier start"), "{said}");
    assert_eq!(right(&service.get("/v1/policy/history")), history);
    assert_eq!(right(&service.get(CANDIDATE))["sequence"], next["sequence"]);
    assert_eq!(service.declare(&released("D-3"))["policy"], put_["policy"]);
    archive_goes_on(&mut service);
    // A kill leaves it to the journal.
    service.server.kill();
    service.server.wait();
    let mut service = Service::on(service.data.clone(), &[]);
    assert_eq!(right(&service.get("/v1/policy/history")), history);
    assert_eq!(right(&service.get(CANDIDATE))["sequence"], next["sequence"]);
    assert_eq!(service.declare(&released("D-4"))["policy"], put_["policy"]);
    stop(service);
}

#[test]
fn every_reason_of_the_policy_is_told() {
    let mut service = Service::start("reasons");
    let policy = right(&put(&mut service, &stricter()))["policy"].clone();
    promote(&mut service, &policy);
    let reasons = right(&service.get("/v1/policy/reasons"));
    let all = reasons["reasons"].as_array().unwrap();
    let every = all.iter().find(|reason| reason["code"] == "EVERY_EXPORT");
    let every = every.unwrap();
    assert_eq!(
        (&every["id"], &every["public"], &every["basis"]),
        (&json!("every/export"), &json!(true), &json!("A test"))
    );
    assert_eq!(reasons["policy"], policy);
    let of = |kind: &str| all.iter().filter(|reason| reason["of"] == kind).count();
    assert!(of("rule") > 20 && of("guard") > 0, "{reasons}");
    stop_without_decisions(service);
}

#[test]
fn a_policy_that_decided_before_can_be_let_decide_again_by_one_person() {
    let mut service = Service::start("rollback");
    let first = right(&service.get("/v1/policy"));
    problem(
        &service.post(ROLLBACK, &json!({ "reason": "nothing before" })),
        404,
    );
    let second = right(&put(&mut service, &stricter()));
    promote(&mut service, &second["hash"]);
    assert_eq!(service.declare(&released("D-1"))["status"], "selected");
    let told = problem(&service.post(ROLLBACK, &json!({})), 422);
    assert_eq!(pointers(&told), ["/reason"]);
    let back = right(&service.post(ROLLBACK, &json!({ "reason": "too much" })));
    assert_eq!(
        (&back["hash"], &back["former"]),
        (&first["hash"], &second["hash"])
    );
    assert_eq!(
        (&back["how"], &back["reason"]),
        (&json!("rollback"), &json!("too much"))
    );
    assert_eq!(service.declare(&released("D-2"))["status"], "released");
    // Known declarations go on under the policy of now: what was selected stays selected.
    assert_eq!(service.latest("D-1")["status"], "selected");
    let named = json!({ "policy": first["hash"], "reason": "again" });
    problem(&service.post(ROLLBACK, &named), 409);
    let named = json!({ "policy": second["policy"], "reason": "again" });
    assert_eq!(
        right(&service.post(ROLLBACK, &named))["hash"],
        second["hash"]
    );
    problem(
        &service.post(ROLLBACK, &json!({ "policy": "x", "reason": "none" })),
        404,
    );
    let history = right(&service.get("/v1/policy/history"));
    let hows = history["activations"].as_array().unwrap().iter();
    let hows: Vec<_> = hows.map(|of| of["how"].as_str().unwrap()).collect();
    assert_eq!(hows, ["start", "promotion", "rollback", "rollback"]);
    archive_goes_on(&mut service);
    stop(service);
}

#[test]
fn while_many_decide_each_decision_is_one_policys_and_names_it() {
    let mut service = Service::start("policy-at-once");
    let first = right(&service.get("/v1/policy"))["policy"].clone();
    let second = right(&put(&mut service, &stricter()))["policy"].clone();
    let (address, ended) = (service.server.address().unwrap(), AtomicBool::new(false));
    let decided = thread::scope(|scope| {
        let senders: Vec<_> = (0..8)
            .map(|sender| {
                let ended = &ended;
                scope.spawn(move || {
                    let mut client = crate::http::Client::new(address);
                    let mut decided = Vec::new();
                    for number in 0.. {
                        let last = ended.load(Ordering::SeqCst);
                        let body = released(&format!("D-{sender}-{number}")).to_string();
                        let reply = client.post("/v1/decisions", JSON, body.as_bytes());
                        decided.push(right(&reply.unwrap()));
                        if last {
                            break;
                        }
                    }
                    decided
                })
            })
            .collect();
        promote(&mut service, &second);
        for number in 0..3 {
            // The registry changes meanwhile, too.
            let alert = json!({
                "event_id": format!("A-{number}"), "type": "alert_raised", "at": "2016-11-02T10:00:00+08:00",
                "alert_id": format!("A-{number}"), "kind": "x", "hs_scope": "0101", "level": 1,
            });
            service.tell(&alert);
            right(&service.post(ROLLBACK, &json!({ "reason": "there and back" })));
        }
        ended.store(true, Ordering::SeqCst);
        let senders = senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap());
        senders.collect::<Vec<_>>()
    });
    let history = right(&service.get("/v1/policy/history"));
    let activations = history["activations"].as_array().unwrap();
    assert_eq!(activations.len(), 5);
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for decision in &decided {
        let policy = decision["policy"].as_str().unwrap();
        *count.entry(policy).or_default() += 1;
        let status = if *policy == first {
            "released"
        } else {
            "selected"
        };
        assert!(*policy == first || *policy == second, "{policy}");
        assert_eq!(decision["status"], status, "{decision}");
        // It is the policy that was in force at its place.
        let sequence = decision["sequence"].as_u64();
        let in_force = activations
            .iter()
            .rev()
            .find(|of| of["sequence"].as_u64() < sequence);
        assert!(policy.ends_with(in_force.unwrap()["hash"].as_str().unwrap()));
    }
    assert_eq!(count.len(), 2, "{count:?}");
    archive_goes_on(&mut service);
    stop(service);
}

#[test]
fn a_crash_between_a_policys_files_and_its_record_leaves_nothing_half_done() {
    let data = folder("policy-crash");
    let crash = |count: u32| [("GREENLANE_CRASH", format!("policy_kept:{count}"))];
    let start = |count: u32| {
        let variables = crash(count);
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let server = Server::spawn(&data, &arguments(&[]), &variables);
        assert!(server.is_ready(), "{}", server.said());
        let client = server.client();
        Service {
            data: data.clone(),
            server,
            client,
        }
    };
    let mut service = start(1);
    let first = right(&service.get("/v1/policy"));
    let body = stricter().to_string();
    assert!(
        service
            .client
            .send("PUT", CANDIDATE, Some(JSON), body.as_bytes())
            .is_err()
    );
    service.server.wait();

    // Its files are there, and nobody says that it is the candidate. Then it comes to the point at the promotion.
    let mut service = start(2);
    problem(&service.get(CANDIDATE), 404);
    let put_ = right(&put(&mut service, &stricter()));
    let asked = json!({ "policy": put_["hash"], "reason": "a test", "confirmed_by": "second" });
    let body = asked.to_string();
    assert!(service.client.post(PROMOTE, JSON, body.as_bytes()).is_err());
    service.server.wait();

    let mut service = Service::on(data.clone(), &[]);
    assert_eq!(right(&service.get("/v1/policy"))["policy"], first["policy"]);
    assert_eq!(right(&service.get(CANDIDATE))["sequence"], put_["sequence"]);
    assert_eq!(service.declare(&released("D-1"))["status"], "released");
    promote(&mut service, &put_["hash"]);
    assert_eq!(service.declare(&released("D-2"))["status"], "selected");
    stop(service);
}

#[test]
fn a_preview_is_what_would_be_decided_and_leaves_nothing_behind() {
    let mut service = Service::start("preview");
    let last = right(&service.get("/readyz"));
    for declaration in [released("D-1"), selected("D-2"), held("D-3")] {
        let mut told = right(&service.post("/v1/preview", &declaration));
        let id = declaration["declaration_id"].as_str().unwrap();
        problem(&service.get(&format!("/v1/decisions/{id}")), 404);
        let mut decided = service.declare(&declaration);
        for answer in [&mut told, &mut decided] {
            let members = answer.as_object_mut().unwrap();
            members.remove("decided_at");
            members.remove("due_at");
        }
        assert!(told.get("sequence").is_none());
        decided.as_object_mut().unwrap().remove("sequence");
        assert_eq!(told, decided);
    }
    let faults = problem(&service.post("/v1/preview", &json!({ "version": 0 })), 422);
    assert!(pointers(&faults).contains(&"/declaration_id"));
    problem(
        &service.post("/v1/preview?policy=candidate", &released("D-4")),
        404,
    );
    problem(
        &service.post("/v1/preview?policy=other", &released("D-4")),
        400,
    );
    let candidate = right(&put(&mut service, &stricter()))["policy"].clone();
    let told = right(&service.post("/v1/preview?policy=candidate", &released("D-4")));
    assert_eq!(
        (&told["policy"], &told["status"]),
        (&candidate, &json!("selected"))
    );
    let told = right(&service.post("/v1/preview?policy=active", &released("D-4")));
    assert_eq!(told["status"], "released");
    // A declaration that is known, decided again as it is.
    let told = right(&service.post("/v1/preview?policy=candidate", &released("D-1")));
    assert_eq!(
        (&told["status"], &told["revision"]),
        (&json!("selected"), &json!(2))
    );
    assert_eq!(service.latest("D-1")["status"], "released");
    assert_eq!(last["phase"], "ready");
    stop(service);
}
