//! What is logged: events as lines, each request with its id, and no secret.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use greenlane::clock::Stopwatch;
use serde_json::{Value, json};

use crate::callers::{client, configuration, post, token};
use crate::http::{Client, JSON, NDJSON};
use crate::server::Server;
use crate::service::{Service, arguments, folder, problem, released, right, selected};

const LATER: &str = "2999-01-01";

/// A service whose log is as this says, who declares to it, and an officer, with the token of each.
fn start(name: &str, log: &str) -> (Service, [(Client, String); 2]) {
    let (window, window_line) = token("window", &["declare"], LATER);
    let (officer, officer_line) = token("officer", &["officer", "policy"], LATER);
    let config = configuration(
        name,
        &format!("[log]\n{log}"),
        &[&window_line, &officer_line],
    );
    let config = config.to_string_lossy();
    let service = Service::with(folder(name), &arguments(&["--config", &config]));
    let clients = [window, officer].map(|token| (client(&service, &token), token));
    (service, clients)
}

/// Lines of the log as objects, once there is one of such a request.
fn objects(service: &Service, id: &str) -> Vec<Value> {
    service.server.says(id).unwrap();
    let said = service.server.said();
    let object = |line: &str| {
        let read = serde_json::from_str::<Value>(line);
        read.unwrap_or_else(|_| panic!("no JSON: {line}"))
    };
    said.lines().map(object).collect()
}

/// The lines of requests.
fn requests(lines: &[Value]) -> Vec<&Value> {
    let requests = lines.iter().filter(|line| line["message"] == "request");
    requests.collect()
}

fn of<'v>(lines: &[&'v Value], id: &str) -> &'v Value {
    let mut found = lines.iter().filter(|line| line["request_id"] == id);
    let line = found
        .next()
        .unwrap_or_else(|| panic!("no line of {id}: {lines:?}"));
    assert!(found.next().is_none(), "{id} is told twice");
    line
}

#[test]
fn each_request_is_a_line_with_who_asked_for_which_route_and_what_became_of_it() {
    let (service, [(mut window, _), _]) =
        start("log-lines", "level = \"debug\"\nformat = \"json\"");
    window.request_id = Some("first".to_owned());
    let decision = right(&post(&mut window, "/v1/decisions", &selected("D-1")));
    window.request_id = Some("second".to_owned());
    right(&window.get("/v1/decisions/D-1?version=1").unwrap());
    window.request_id = Some("third".to_owned());
    problem(&window.get("/v1/nothing").unwrap(), 404);
    let mut stranger = service.server.client();
    stranger.request_id = Some("fourth".to_owned());
    problem(&stranger.get("/v1/decisions/D-1").unwrap(), 401);
    window.request_id = Some("the-end".to_owned());
    problem(&post(&mut window, "/v1/events", &json!({})), 403);

    let lines = objects(&service, "the-end");
    assert!(lines.iter().all(|line| {
        ["timestamp", "level", "message"]
            .iter()
            .all(|name| line[name].is_string())
    }));
    let lines = requests(&lines);
    let told = |id: &str| {
        let line = of(&lines, id);
        let nanos = line["nanos"].as_u64();
        assert!(
            nanos.is_some_and(|nanos| (1_000..60_000_000_000).contains(&nanos)),
            "{line}"
        );
        ["level", "caller", "method", "route", "status"].map(|name| line[name].clone())
    };
    let expected = |level: &str, caller: Value, method: &str, route: Value, status: u16| {
        [level.into(), caller, method.into(), route, status.into()]
    };
    let decisions = "/v1/decisions/{declaration_id}";
    assert_eq!(
        told("first"),
        expected(
            "DEBUG",
            "window".into(),
            "POST",
            "/v1/decisions".into(),
            200
        )
    );
    assert_eq!(of(&lines, "first")["sequence"], decision["sequence"]);
    assert_eq!(
        told("second"),
        expected("DEBUG", "window".into(), "GET", decisions.into(), 200)
    );
    assert_eq!(
        told("third"),
        expected("DEBUG", Value::Null, "GET", Value::Null, 404)
    );
    assert_eq!(
        told("fourth"),
        expected("WARN", Value::Null, "GET", decisions.into(), 401)
    );
    assert_eq!(
        told("the-end"),
        expected("WARN", "window".into(), "POST", "/v1/events".into(), 403)
    );
}

#[test]
fn usually_only_refusals_and_a_sample_of_what_went_well_are_told() {
    let (service, [(mut window, _), _]) =
        start("log-sample", "format = \"json\"\nrequests_every = 4");
    for number in 0..8 {
        window.request_id = Some(format!("well-{number}"));
        right(&window.get("/readyz").unwrap());
    }
    let mut stranger = service.server.client();
    stranger.request_id = Some("refused".to_owned());
    problem(&stranger.get("/v1/decisions/D-1").unwrap(), 401);
    let lines = objects(&service, "refused");
    let told = requests(&lines).into_iter();
    let told: Vec<&str> = told
        .map(|line| line["request_id"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["well-0", "well-4", "refused"]);
}

#[test]
fn what_the_service_does_of_itself_is_told() {
    let (service, [_, (mut officer, _)]) = start("log-acts", "format = \"json\"");
    officer.request_id = Some("rolled".to_owned());
    let reply = officer
        .post("/v1/policy/rollback", JSON, b"{\"reason\": \"x\"}")
        .unwrap();
    problem(&reply, 404);
    let offices = include_bytes!("../../fixtures/ciq/registry/offices.csv");
    let fewer = offices
        .split_inclusive(|byte| *byte == b'\n')
        .take(3)
        .collect::<Vec<_>>()
        .concat();
    let reply = officer
        .post("/v1/registry/offices?replace=true", "text/csv", &fewer)
        .unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    service.server.says("registry_imported").unwrap();
    let said = service.server.said();
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let acts = lines.iter().filter(|line| line["message"] == "recorded");
    let acts: Vec<[&Value; 2]> = acts.map(|line| [&line["kind"], &line["by"]]).collect();
    for act in [
        ["day_turned", "greenlane"],
        ["callers_configured", "local"],
        ["registry_imported", "officer"],
    ] {
        let act = act.map(Value::from);
        assert!(acts.contains(&[&act[0], &act[1]]), "{act:?}: {acts:?}");
    }
    let recovered = lines
        .iter()
        .find(|line| line["message"] == "recovered")
        .unwrap();
    assert!(recovered["seconds"].as_f64() > Some(0.0));
}

#[test]
fn no_secret_is_logged_wherever_it_is_sent() {
    for format in ["plain", "json"] {
        let log = format!("level = \"debug\"\nformat = \"{format}\"");
        let (service, [(mut window, own), (mut officer, other)]) =
            start(&format!("log-secrets-{format}"), &log);
        let wrong = own.replace('_', "_0");
        for client in [&mut window, &mut officer] {
            client.request_id = Some(other.clone());
            let paths = [
                "/v1/decisions/{}",
                "/v1/decisions/D-1?version={}",
                "/v1/nothing/{}",
                "/{}",
            ];
            for path in paths {
                client.get(&path.replace("{}", &other)).unwrap();
            }
            let mut declaration = released("D-1");
            declaration["trader_id"] = other.clone().into();
            post(client, "/v1/decisions", &declaration);
            declaration = released(&other);
            post(client, "/v1/decisions", &declaration);
            post(
                client,
                "/v1/events",
                &json!({ "event_id": other, "type": "recall", "authority": other, "document": own }),
            );
            post(
                client,
                "/v1/declarations/D-1/override",
                &json!({ "reason_text": other }),
            );
            let candidate = json!({ "policy.toml": format!("[policy]\nid = \"{other}\"") });
            client
                .send(
                    "PUT",
                    "/v1/policy/candidate",
                    Some(JSON),
                    candidate.to_string().as_bytes(),
                )
                .unwrap();
            client
                .post("/v1/decisions", &other, other.as_bytes())
                .unwrap();
            let lines = format!("{}\n{other}\n", released(&own));
            client
                .post("/v1/decisions/batch", NDJSON, lines.as_bytes())
                .unwrap();
            client.authorization = Some(format!("Bearer {wrong}"));
            client.get("/v1/decisions/D-1").unwrap();
            client.authorization = Some(other.clone());
            client.get("/v1/decisions/D-1").unwrap();
        }
        window.request_id = Some("the-end".to_owned());
        window.get("/healthz").unwrap();
        service.server.says("the-end").unwrap();
        let said = service.server.said();
        assert!(said.lines().count() > 30, "{said}");
        assert!(said.contains("401") && said.contains("window"), "{said}");
        for secret in [&own, &other, &wrong] {
            let digits = secret.split('_').next_back().unwrap();
            assert!(!said.contains(digits), "{format}: {said}");
        }
    }
}

#[test]
fn a_panic_is_an_error_with_the_request_that_met_it() {
    for point in ["matching", "elsewhere"] {
        let data = folder(&format!("log-panic-{point}"));
        let variables = [
            ("GREENLANE_PANIC", format!("{point}:1")),
            ("GREENLANE_LOG_FORMAT", "json".to_owned()),
        ];
        let variables = variables
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let server = Server::spawn(&data, &arguments(&[]), &variables);
        assert!(server.is_ready(), "{}", server.said());
        let client = server.client();
        let mut service = Service {
            data,
            server,
            client,
        };
        service.client.request_id = Some("unlucky".to_owned());
        if point == "elsewhere" {
            service.declare(&released("D-1"));
            problem(&service.get("/v1/decisions/D-1"), 500);
        } else {
            problem(&service.post("/v1/decisions", &released("D-1")), 500);
        }
        service.server.says("\"request\"").unwrap();
        let lines = objects(&service, "unlucky");
        let errors: Vec<&Value> = lines
            .iter()
            .filter(|line| line["level"] == "ERROR")
            .collect();
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(
            errors.iter().all(|line| line["request_id"] == "unlucky"),
            "{errors:?}"
        );
        let why = errors[0]["message"].as_str().unwrap();
        assert!(
            why.starts_with("panicked: ") && errors[0]["place"].is_string(),
            "{errors:?}"
        );
        assert_eq!(errors[1]["status"], 500);
    }
}

#[test]
fn a_log_that_nobody_reads_holds_nobody_up_and_what_is_left_out_is_counted() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenlane"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(folder("log-unread")).args(arguments(&[]));
    command.env("GREENLANE_LOG_LEVEL", "debug");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    let mut address = None;
    while !line.contains("ready; ") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended");
        if line.contains("listening on http") {
            address = line.trim_end().rsplit('/').next().unwrap().parse().ok();
        }
    }
    let mut client = Client::new(address.unwrap());
    let watch = Stopwatch::start();
    // More lines than the pipe and the room before it hold.
    for _ in 0..12_000 {
        assert_eq!(client.get("/healthz").unwrap().status, 200);
    }
    let metrics = client.get("/metrics").unwrap().text();
    let left_out = metrics
        .lines()
        .find_map(|line| line.strip_prefix("greenlane_log_left_out_total{reason=\"not_taken\"} "));
    let left_out: f64 = left_out.unwrap().parse().unwrap();
    assert!(left_out > 1_000.0, "{left_out}");
    assert!(
        watch.elapsed() < Duration::from_mins(1),
        "{:?}",
        watch.elapsed()
    );
    child.kill().unwrap();
    child.wait().unwrap();
}
