//! Who may call what: every route that is described, for every role, with no token, a wrong one and one that has
//! expired; and every act carries its caller.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::commands::greenlane;
use crate::http::{Client, JSON, Reply};
use crate::service::{Service, arguments, folder, problem, released, right, selected};

/// For whom each route is, as the contract says; for nobody in particular where there is no role.
const CONTRACT: [(&str, &str, &[&str]); 29] = [
    ("post", "/v1/decisions", &["declare", "officer"]),
    ("post", "/v1/decisions/batch", &["declare"]),
    (
        "get",
        "/v1/decisions/{declaration_id}",
        &["declare", "officer"],
    ),
    (
        "get",
        "/v1/declarations/{declaration_id}",
        &["declare", "officer"],
    ),
    (
        "post",
        "/v1/declarations/{declaration_id}/cancel",
        &["declare", "officer"],
    ),
    (
        "post",
        "/v1/declarations/{declaration_id}/override",
        &["officer"],
    ),
    ("get", "/v1/product-lots/{product_lot}/trace", &["officer"]),
    ("get", "/v1/changes", &["declare"]),
    ("post", "/v1/events", &["officer"]),
    ("get", "/v1/events", &["officer", "analyst"]),
    ("post", "/v1/registry/{table}", &["officer"]),
    ("get", "/v1/enterprises/{enterprise_id}", &["officer"]),
    ("get", "/v1/enterprises/{enterprise_id}/file", &["officer"]),
    ("get", "/v1/zones/{zone_id}", &["officer"]),
    ("get", "/v1/lots/{lot_id}", &["officer"]),
    ("post", "/v1/preview", &["officer", "policy"]),
    ("get", "/v1/policy", &["policy"]),
    ("get", "/v1/policy/history", &["policy"]),
    ("get", "/v1/policy/reasons", &["policy"]),
    ("get", "/v1/policy/candidate", &["policy"]),
    ("put", "/v1/policy/candidate", &["policy"]),
    ("delete", "/v1/policy/candidate", &["policy"]),
    ("post", "/v1/policy/candidate/promote", &["policy"]),
    ("post", "/v1/policy/rollback", &["policy"]),
    ("get", "/healthz", &[]),
    ("get", "/readyz", &[]),
    ("get", "/metrics", &[]),
    ("get", "/openapi.json", &[]),
    ("get", "/docs", &[]),
];
const ROLES: [&str; 4] = ["declare", "officer", "policy", "analyst"];
const OFFICES: &str = include_str!("../../fixtures/ciq/registry/offices.csv");
const LATER: &str = "2999-01-01";

/// A token as `greenlane token create` makes it, and its line of the configuration.
pub(crate) fn token(name: &str, roles: &[&str], expires: &str) -> (String, String) {
    let mut words = vec![
        "token",
        "create",
        "--quiet",
        "--name",
        name,
        "--expires",
        expires,
    ];
    roles.iter().for_each(|role| words.extend(["--role", role]));
    let (code, told, said) = greenlane(&words, &[]);
    assert_eq!(code, Some(0), "{said}");
    let (token, line) = told.trim_end().split_once('\n').unwrap();
    assert!(!line.contains(token) && !line.contains('\n'), "{line}");
    (token.to_owned(), line.to_owned())
}

/// A configuration file with these callers, and more of it before them.
pub(crate) fn configuration(name: &str, before: &str, callers: &[&str]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("http-{name}.toml"));
    fs::write(
        &path,
        format!("{before}\n[tokens]\n{}\n", callers.join("\n")),
    )
    .unwrap();
    path
}

/// A caller's own connection.
pub(crate) fn client(service: &Service, token: &str) -> Client {
    let mut client = service.server.client();
    client.authorization = Some(format!("Bearer {token}"));
    client
}

pub(crate) fn post(client: &mut Client, path: &str, body: &Value) -> Reply {
    client
        .post(path, JSON, body.to_string().as_bytes())
        .unwrap()
}

/// A service with a caller for each role, named as it is, and one whose token has expired.
fn service_of_all(name: &str) -> (Service, BTreeMap<&'static str, String>) {
    let mut tokens = BTreeMap::new();
    let mut lines = Vec::new();
    for role in ROLES {
        let (token, line) = token(role, &[role], LATER);
        tokens.insert(role, token);
        lines.push(line);
    }
    let (expired, line) = token("expired", &ROLES, "2020-01-01");
    tokens.insert("expired", expired);
    lines.push(line);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let config = configuration(name, "", &lines);
    let data = folder(name);
    let config = config.to_string_lossy();
    let service = Service::with(data, &arguments(&["--config", &config]));
    (service, tokens)
}

/// A path with ids of things that are not there.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "X-1",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_is_for_its_roles_and_for_nobody_else() {
    let (mut service, tokens) = service_of_all("roles");
    let api = right(&service.get("/openapi.json"));
    let mut described = Vec::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.push((method.clone(), path.clone(), operation.clone()));
        }
    }
    assert_eq!(described.len(), CONTRACT.len());
    for (method, path, operation) in described {
        let of_contract = CONTRACT
            .iter()
            .find(|(of, at, _)| *of == method && *at == path);
        let (_, _, roles) = of_contract.unwrap_or_else(|| panic!("{method} {path}"));
        assert_eq!(operation["x-roles"], json!(roles), "{method} {path}");
        let told = |status: &str| operation["responses"][status].is_object();
        // The numbers are open here, and from elsewhere not for everybody.
        let forbids = !roles.is_empty() || path == "/metrics";
        assert!(
            told("401") && told("429") && told("403") == forbids,
            "{path}"
        );
        let at = filled(&path);
        let mut ask = |token: Option<&str>| {
            service.client.authorization = token.map(|token| format!("Bearer {token}"));
            let (method, media) = (method.to_uppercase(), Some(JSON));
            service.client.send(&method, &at, media, b"{}").unwrap()
        };
        let wrong = tokens["officer"].replace('_', "_0");
        for stranger in [None, Some(tokens["expired"].as_str()), Some(wrong.as_str())] {
            let reply = ask(stranger);
            if roles.is_empty() {
                assert_eq!(reply.status, 200, "{path}");
                continue;
            }
            let told = problem(&reply, 401)["detail"].to_string();
            assert_eq!(
                reply.header("www-authenticate"),
                Some("Bearer realm=\"greenlane\"")
            );
            assert_eq!(
                told.contains("expired"),
                stranger == Some(&tokens["expired"]),
                "{told}"
            );
        }
        for role in ROLES {
            let reply = ask(Some(&tokens[role]));
            match roles.is_empty() || roles.contains(&role) {
                true => assert!(
                    ![401, 403].contains(&reply.status),
                    "{role} {method} {path}"
                ),
                false => {
                    let told = problem(&reply, 403)["detail"].to_string();
                    assert!(told.contains(role) && told.contains(roles[0]), "{told}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_bearer_token_is_refused() {
    let (mut service, tokens) = service_of_all("bearer");
    let token = &tokens["declare"];
    let right = [format!("Bearer {token}"), format!("bearer  {token}")];
    let wrong = [
        token.clone(),
        format!("Basic {token}"),
        format!("Bearer {token}x"),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {token}\r\nAuthorization: Bearer {token}"),
    ];
    for (authorization, status) in right
        .iter()
        .map(|a| (a, 404))
        .chain(wrong.iter().map(|a| (a, 401)))
    {
        service.client.authorization = Some(authorization.clone());
        let reply = service.get("/v1/decisions/D-1");
        assert_eq!(reply.status, status, "{authorization}: {}", reply.text());
    }
}

#[test]
fn every_act_carries_its_caller_and_no_token_is_kept_or_told() {
    let (service, tokens) = service_of_all("acts");
    let mut officer = client(&service, &tokens["officer"]);
    let mut window = client(&service, &tokens["declare"]);
    right(&post(&mut window, "/v1/decisions", &selected("D-1")));
    right(&post(&mut window, "/v1/decisions", &released("D-2")));
    let refused = window
        .post("/v1/declarations/D-1/cancel", JSON, b"")
        .unwrap();
    problem(&refused, 422);
    right(
        &window
            .post("/v1/declarations/D-2/cancel", JSON, b"")
            .unwrap(),
    );
    let event = json!({
        "event_id": "E-1", "type": "alert_raised", "at": "2012-01-01T00:00:00+08:00", "alert_id": "A-1",
        "kind": "counterfeit", "level": 2, "hs_scope": ["9405"], "source": "market supervision",
    });
    right(&post(&mut officer, "/v1/events", &event));
    let overruled = json!({ "verdict": "hold", "reason_code": "X", "reason_text": "y", "document": "Z-1", "officer_id": "O-7" });
    right(&post(
        &mut officer,
        "/v1/declarations/D-1/override",
        &overruled,
    ));
    let table = format!("{OFFICES}9999,4400,origin\n");
    right(
        &officer
            .post("/v1/registry/offices", "text/csv", table.as_bytes())
            .unwrap(),
    );
    let acts = officer.get("/v1/events").unwrap().lines();
    let by: Vec<(&str, &str)> = acts
        .iter()
        .map(|act| (act["type"].as_str().unwrap(), act["by"].as_str().unwrap()))
        .filter(|(_, by)| *by != "greenlane")
        .collect();
    let expected = [
        ("callers_configured", "local"),
        ("declaration_cancelled", "declare"),
        ("alert_raised", "officer"),
        ("decision_overridden", "officer"),
        ("registry_imported", "officer"),
    ];
    assert_eq!(by, expected);
    who_may_call(&acts);
    let data = service.data.clone();
    let said = service.server.said();
    service.server.stop();
    for token in tokens.values() {
        let secret = token.strip_prefix("greenlane_").unwrap();
        assert!(!said.contains(secret));
        assert_eq!(holds(&data, secret.as_bytes()), None::<PathBuf>);
    }
    for command in [
        &["replay", "--fold", "--data"][..],
        &["archive", "verify", "--data"],
    ] {
        let (code, told, said) = greenlane(command, &[&data]);
        assert_eq!(code, Some(0), "{told}{said}");
    }
}

/// That the acts say who may call.
fn who_may_call(acts: &[Value]) {
    let mut configured = acts
        .iter()
        .filter(|act| act["type"] == "callers_configured");
    let callers = configured.next().unwrap()["callers"].as_array().unwrap();
    assert_eq!(callers.len(), 5, "{callers:?}");
    let window = callers
        .iter()
        .find(|caller| caller["name"] == "declare")
        .unwrap();
    let expected =
        json!({ "name": "declare", "roles": ["declare"], "known_by": "token", "expires": LATER });
    assert_eq!(window, &expected);
}

/// A file in a folder that holds some bytes.
fn holds(folder: &Path, bytes: &[u8]) -> Option<PathBuf> {
    fs::read_dir(folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        let text = fs::read(&path).unwrap();
        let mut windows = text.windows(bytes.len());
        windows.any(|window| window == bytes).then_some(path)
    })
}

#[test]
fn a_caller_of_several_roles_sees_what_an_officer_sees() {
    let (both, line) = token("both", &["declare", "officer"], LATER);
    let (window, other) = token("window.1", &["declare"], LATER);
    let config = configuration("both", "", &[&line, &other]);
    let config = config.to_string_lossy();
    let service = Service::with(folder("both"), &arguments(&["--config", &config]));
    let mut window = client(&service, &window);
    let first = right(&post(&mut window, "/v1/decisions", &selected("D-1")));
    assert_eq!(first["items"][0].get("reasons"), None);
    let mut both = client(&service, &both);
    let seen = right(&both.get("/v1/decisions/D-1").unwrap());
    assert!(seen["items"][0]["reasons"].is_array());
}
