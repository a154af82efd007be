//! Who declares cannot tell a declaration that was drawn from one that a rule picked which says nothing to them, what they
//! are obliged to being equal: not by the content, not by the size, not by the time.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use greenlane::clock::Stopwatch;
use serde_json::{Value, json};

use crate::callers::{client, configuration, post, token};
use crate::http::{Client, NDJSON, Reply};
use crate::service::{Service, folder, result, right};

const POLICY: &str = r#"
[policy]
id = "two-views"
title = "A lot that is drawn and one that is picked"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"
default = "release"

[attributes]
lane = "string"

[[book]]
id = "lots"
[[book.rule]]
id = "drawn"
when = 'attribute.lane == "plain"'
then = { verdict = "sample", rate = 0.5, mode = "physical", tests = ["lead"] }
reason = { code = "DRAWN", text = { en = "This lot was drawn." } }
[[book.rule]]
id = "a-target-of-whom-nobody-should-know"
when = 'attribute.lane == "other"'
then = { verdict = "sample", mode = "physical", tests = ["lead"], officer_note = "look at the lining" }
reason = { code = "SECRET_TARGET", text = { en = "Smugglers." } }
"#;

/// How many of each sort are declared; of the first, half are drawn.
const COUNT: usize = 200;

/// Folders with a policy and with a registry of one trader.
pub(crate) fn world(name: &str, policy_text: &str) -> (PathBuf, PathBuf) {
    let policy = folder(&format!("{name}-policy"));
    let registry = folder(&format!("{name}-registry"));
    for (folder, file, text) in [
        (&policy, "policy.toml", policy_text),
        (
            &registry,
            "enterprises.csv",
            "enterprise_id,kind\nT1,trader\n",
        ),
    ] {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(file), text).unwrap();
    }
    (policy, registry)
}

fn declaration(id: &str, lane: &str) -> Value {
    json!({
        "declaration_id": id, "version": 1, "direction": "export", "declared_at": "2016-11-02T09:30:00+08:00",
        "country": "DE", "trader_id": "T1", "attributes": { "lane": lane },
        "items": [{ "item_no": 1, "hs_code": "9405110000", "value": "96000.00" }],
    })
}

/// Everything but which declaration it is, and when and in which place it was decided.
fn masked(body: &[u8]) -> String {
    let mut text = String::from_utf8(body.to_vec()).unwrap();
    let decision: Value = serde_json::from_str(&text).unwrap();
    for name in [
        "decision_id",
        "declaration_id",
        "decided_at",
        "due_at",
        "sequence",
        "registry_revision",
    ] {
        if decision.get(name).is_some() {
            let said = format!("\"{name}\":{}", decision[name]);
            assert_eq!(text.matches(&said).count(), 1, "{said} in {text}");
            text = text.replace(&said, &format!("\"{name}\":0"));
        }
    }
    text
}

/// The headers of an answer but the length, which the body has, the time, and which request it was of.
fn headers(reply: &Reply) -> Vec<(String, String)> {
    let headers = reply.headers.iter().cloned();
    let headers = headers.filter(|(name, _)| !["content-length", "date"].contains(&name.as_str()));
    let masked = |(name, value): (String, String)| match name.as_str() {
        "x-request-id" => (name, "x".repeat(value.len())),
        _ => (name, value),
    };
    headers.map(masked).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// What who declares is told of each sort, and how long it took.
#[derive(Default)]
struct Told {
    ids: Vec<String>,
    seen: Vec<(String, Vec<(String, String)>)>,
    times: Vec<Duration>,
}

impl Told {
    fn declare(&mut self, window: &mut Client, id: &str, lane: &str) {
        let body = declaration(id, lane);
        let watch = Stopwatch::start();
        let reply = post(window, "/v1/decisions", &body);
        let time = watch.elapsed();
        if right(&reply)["status"] == "selected" {
            self.ids.push(id.to_owned());
            self.seen.push((masked(&reply.body), headers(&reply)));
            self.times.push(time);
        }
    }
}

/// A service, who declares to it, and an officer.
fn start(name: &str) -> (Service, Client, Client) {
    let (window, window_line) = token("window", &["declare"], "2999-01-01");
    let (officer, officer_line) = token("officer", &["officer"], "2999-01-01");
    let config = configuration(name, "", &[&window_line, &officer_line]);
    let (policy, registry) = world(name, POLICY);
    let paths = [config, policy, registry];
    let [config, policy, registry] = paths.map(|path| path.to_string_lossy().into_owned());
    let flags = [
        "--config",
        &config,
        "--policy",
        &policy,
        "--registry",
        &registry,
    ];
    let more = ["--as-of", "declaration", "--durability", "buffered"];
    let flags: Vec<&str> = flags.into_iter().chain(more).collect();
    let service = Service::with(folder(name), &flags);
    let (window, officer) = (client(&service, &window), client(&service, &officer));
    (service, window, officer)
}

#[test]
fn who_declares_cannot_tell_what_was_drawn_from_what_was_picked() {
    let (_service, mut window, _) = start("views");
    let (mut drawn, mut picked) = (Told::default(), Told::default());
    for number in 0..COUNT {
        drawn.declare(&mut window, &format!("A-{number:03}"), "plain");
        picked.declare(&mut window, &format!("B-{number:03}"), "other");
    }
    assert!(drawn.seen.len() > COUNT / 4 && drawn.seen.len() < COUNT * 3 / 4);
    assert_eq!(picked.seen.len(), COUNT);
    let first = &drawn.seen[0];
    assert!(
        !first.1.iter().any(|(name, _)| name == "x-engine-nanos"),
        "{first:?}"
    );
    let mut all = drawn.seen.iter().chain(&picked.seen);
    assert!(all.all(|seen| seen == first), "{first:?}");
    assert!(
        !first.0.contains("reasons") && !first.0.contains("SECRET"),
        "{first:?}"
    );
    let (one, other) = (median(drawn.times), median(picked.times));
    assert!(one < other * 2 && other < one * 2, "{one:?} and {other:?}");
}

#[test]
fn nor_by_what_comes_later_but_an_officer_can() {
    let (_service, mut window, mut officer) = start("views-later");
    let (mut drawn, mut picked) = (Told::default(), Told::default());
    for number in 0..COUNT {
        if drawn.ids.is_empty() {
            drawn.declare(&mut window, &format!("A-{number:03}"), "plain");
        }
    }
    picked.declare(&mut window, "B-000", "other");
    let (a, b) = (drawn.ids[0].clone(), picked.ids[0].clone());
    let ids = [(a.as_str(), "plain"), (b.as_str(), "other")];
    let mut replies = |ask: &mut dyn FnMut(&mut Client, &str, &str) -> Reply| {
        let seen = ids.map(|(id, lane)| masked(&ask(&mut window, id, lane).body));
        assert_eq!(seen[0], seen[1]);
        assert!(!seen[0].contains("reasons"), "{}", seen[0]);
    };
    replies(&mut |window, id, lane| post(window, "/v1/decisions", &declaration(id, lane)));
    replies(&mut |window, id, _| window.get(&format!("/v1/decisions/{id}")).unwrap());
    replies(&mut |window, id, lane| {
        let line = declaration(id, lane).to_string();
        window
            .post("/v1/decisions/batch", NDJSON, line.as_bytes())
            .unwrap()
    });
    for (id, _) in ids {
        let result = result(&format!("R-{id}"), id, 1, true);
        right(&post(&mut officer, "/v1/events", &result));
    }
    let changes = window.get("/v1/changes").unwrap();
    let lines = changes.body.split(|byte| *byte == b'\n');
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).map(masked).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0], lines[1]);
    assert!(!lines[0].contains("reasons"), "{}", lines[0]);
    assert_eq!(life(&mut window, &a), life(&mut window, &b));

    let seen = ids.map(|(id, _)| officer.get(&format!("/v1/decisions/{id}")).unwrap());
    let seen = seen.map(|reply| masked(&reply.body));
    assert!(seen[1].contains("SECRET_TARGET") && !seen[0].contains("SECRET_TARGET"));
}

/// What became of a declaration, but which it is, and when.
fn life(window: &mut Client, id: &str) -> Value {
    let mut life = right(&window.get(&format!("/v1/declarations/{id}")).unwrap());
    life["declaration_id"].take();
    for revision in life["revisions"].as_array_mut().unwrap() {
        let own = ["at", "sequence", "cause_event_id"];
        own.iter().for_each(|name| drop(revision[*name].take()));
    }
    life
}
