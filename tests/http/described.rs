//! The description of the API and its page.

use serde_json::Value;

use crate::service::{Service, right};

const ROUTES: [(&str, &str); 19] = [
    ("/v1/decisions", "post"),
    ("/v1/decisions/batch", "post"),
    ("/v1/decisions/{declaration_id}", "get"),
    ("/v1/declarations/{declaration_id}", "get"),
    ("/v1/declarations/{declaration_id}/cancel", "post"),
    ("/v1/declarations/{declaration_id}/override", "post"),
    ("/v1/changes", "get"),
    ("/v1/enterprises/{enterprise_id}", "get"),
    ("/v1/enterprises/{enterprise_id}/file", "get"),
    ("/v1/zones/{zone_id}", "get"),
    ("/v1/lots/{lot_id}", "get"),
    ("/v1/events", "post"),
    ("/v1/events", "get"),
    ("/v1/registry/{table}", "post"),
    ("/healthz", "get"),
    ("/readyz", "get"),
    ("/metrics", "get"),
    ("/openapi.json", "get"),
    ("/docs", "get"),
];

#[test]
fn the_description_is_openapi_3_1_and_names_every_route() {
    let mut service = Service::start("openapi");
    let api = right(&service.get("/openapi.json"));
    let version = api["openapi"].as_str().unwrap();
    assert!(version.starts_with("3.1"), "{version}");
    for (path, method) in ROUTES {
        let operation = &api["paths"][path][method];
        assert!(operation["responses"]["200"].is_object(), "{method} {path}");
    }
    let paths = api["paths"].as_object().unwrap();
    let count: usize = paths
        .values()
        .map(|path| path.as_object().unwrap().len())
        .sum();
    assert_eq!(count, ROUTES.len(), "{:?}", paths.keys());
    let mut named = Vec::new();
    references(&api, &mut named);
    for name in named {
        let schema = name.strip_prefix("#/components/schemas/").unwrap();
        assert!(api["components"]["schemas"][schema].is_object(), "{name}");
    }
}

fn references<'v>(value: &'v Value, named: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            named.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| references(value, named));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, named)),
        _ => {}
    }
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let mut service = Service::start("docs");
    let reply = service.get("/docs");
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let page = reply.text();
    assert!(page.contains("/openapi.json"));
    for far in ["http://", "https://", "//cdn", "src=", "@import", "url("] {
        assert!(!page.contains(far), "the page has `{far}`");
    }
}
