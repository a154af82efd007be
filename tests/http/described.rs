//! The description of the API and its page.

use std::fs;

use greenlane::declaration::{FaultCode, Zone};
use greenlane::supervision::Event;
use greenlane::supervision::event::{CYCLES, TableEvent, TableOp};
use serde_json::{Map, Value, json};

use crate::service::{Service, problem, right};

const ROUTES: [(&str, &str); 29] = [
    ("/v1/decisions", "post"),
    ("/v1/decisions/batch", "post"),
    ("/v1/decisions/{declaration_id}", "get"),
    ("/v1/declarations/{declaration_id}", "get"),
    ("/v1/declarations/{declaration_id}/cancel", "post"),
    ("/v1/declarations/{declaration_id}/override", "post"),
    ("/v1/product-lots/{product_lot}/trace", "get"),
    ("/v1/changes", "get"),
    ("/v1/enterprises/{enterprise_id}", "get"),
    ("/v1/enterprises/{enterprise_id}/file", "get"),
    ("/v1/zones/{zone_id}", "get"),
    ("/v1/lots/{lot_id}", "get"),
    ("/v1/events", "post"),
    ("/v1/events", "get"),
    ("/v1/registry/{table}", "post"),
    ("/v1/policy", "get"),
    ("/v1/policy/history", "get"),
    ("/v1/policy/reasons", "get"),
    ("/v1/policy/candidate", "get"),
    ("/v1/policy/candidate", "put"),
    ("/v1/policy/candidate", "delete"),
    ("/v1/policy/candidate/promote", "post"),
    ("/v1/policy/rollback", "post"),
    ("/v1/preview", "post"),
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
        for (status, response) in operation["responses"].as_object().unwrap() {
            let headers = &response["headers"];
            assert!(headers["X-Request-Id"].is_object(), "{method} {path}");
            let again = ["429", "503"].contains(&status.as_str());
            assert_eq!(headers["Retry-After"].is_object(), again, "{method} {path}");
        }
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
        let place = name.strip_prefix('#').unwrap();
        assert!(api.pointer(place).is_some_and(Value::is_object), "{name}");
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

// ----- events -----

/// The types of events with their schemas.
fn events() -> Vec<(String, Value)> {
    let api: Value = serde_json::from_str(&greenlane::service::http::openapi()).unwrap();
    let body = &api["components"]["schemas"]["EventBody"];
    let each = body["oneOf"].as_array().unwrap().len();
    let mapping = body["discriminator"]["mapping"].as_object().unwrap();
    assert_eq!(each, mapping.len());
    let schema = |(kind, place): (&String, &Value)| {
        let place = place.as_str().unwrap().strip_prefix('#').unwrap();
        (kind.clone(), api.pointer(place).unwrap().clone())
    };
    mapping.iter().map(schema).collect()
}

/// A value that fits a schema.
fn example(schema: &Value) -> Value {
    let words = schema["enum"].as_array();
    let word = words.and_then(|words| words.get(words.len() / 2));
    if let Some(word) = schema.get("const").or(word) {
        return word.clone();
    }
    let kind = schema["type"].get(0).unwrap_or(&schema["type"]);
    match (kind.as_str().unwrap(), schema["format"].as_str()) {
        ("string", Some("date")) => "2016-11-02".into(),
        ("string", Some("date-time")) => "2016-11-01T10:00:00Z".into(),
        ("string", _) if schema["pattern"].as_str() == Some("^[A-Z]{3}$") => "USD".into(),
        ("string", _) if schema.get("pattern").is_some() => "940510".into(),
        ("string", _) if schema["maxLength"] == 3 => "DE".into(),
        ("string", _) => "X-1".into(),
        ("integer", _) => schema["minimum"].clone(),
        ("number", _) => 7.into(),
        ("boolean", _) => true.into(),
        ("array", _) => json!([example(&schema["items"])]),
        ("object", _) => Value::Object(whole(schema)),
        (other, _) => panic!("{other}"),
    }
}

fn whole(schema: &Value) -> Map<String, Value> {
    let properties = schema["properties"].as_object().unwrap().iter();
    properties
        .map(|(name, schema)| (name.clone(), example(schema)))
        .collect()
}

/// The members that must be there, in the first of several ways.
fn minimal(schema: &Value) -> Map<String, Value> {
    let ways = [&schema["required"], &schema["anyOf"][0]["required"]];
    let needed = ways.into_iter().filter_map(Value::as_array).flatten();
    let needed = needed.map(|name| name.as_str().unwrap());
    let properties = &schema["properties"];
    needed
        .map(|name| (name.to_owned(), example(&properties[name])))
        .collect()
}

/// What an event is refused with, before anybody looks at what is known.
fn refused(event: &Map<String, Value>) -> Vec<(String, FaultCode)> {
    let bytes = Value::Object(event.clone()).to_string();
    let faults = Event::read(bytes.as_bytes(), Zone::UTC);
    let faults = faults.err().map_or(Vec::new(), |errors| errors.0);
    faults
        .into_iter()
        .map(|fault| (fault.pointer, fault.code))
        .collect()
}

#[test]
fn every_event_that_its_schema_allows_is_read() {
    for (kind, schema) in events() {
        let (minimal, mut whole) = (minimal(&schema), whole(&schema));
        assert_eq!(refused(&minimal), [], "{kind}: {minimal:?}");
        let rows = whole.remove("rows");
        assert_eq!(refused(&whole), [], "{kind}: {whole:?}");
        if let Some(rows) = rows {
            let mut by_rows = minimal.clone();
            let row = rows[0].as_object().unwrap();
            by_rows.retain(|name, _| {
                !row.contains_key(name) || ["authority", "document"].contains(&name.as_str())
            });
            by_rows.insert("rows".to_owned(), rows);
            assert_eq!(refused(&by_rows), [], "{kind}: {by_rows:?}");
        }
    }
}

#[test]
fn an_event_that_its_schema_does_not_allow_is_refused() {
    let mut service = Service::start("schemas");
    for (kind, schema) in events() {
        let (minimal, whole) = (minimal(&schema), whole(&schema));
        let mut more = minimal.clone();
        more.insert("colour".to_owned(), 1.into());
        let unknown = ("/colour".to_owned(), FaultCode::UnknownMember);
        assert_eq!(refused(&more), [unknown], "{kind}");
        for name in whole.keys() {
            let mut other = minimal.clone();
            other.insert(name.clone(), json!({ "of": 1 }));
            let faults = refused(&other);
            let place = format!("/{name}");
            let mut own = faults.iter().filter(|(at, _)| *at == place);
            let known = own
                .next()
                .is_some_and(|(_, code)| *code != FaultCode::UnknownMember);
            assert!(known, "{kind}, {name}: {faults:?}");
        }
        for name in minimal.keys() {
            let mut fewer = minimal.clone();
            fewer.remove(name);
            let said = ["event_id", "type", "at", "authority", "document"].contains(&name.as_str());
            let column_of = TableEvent::of(&kind)
                .filter(|event| !said && !matches!(event.op, TableOp::Raise(_)));
            match column_of {
                None => {
                    let required = (format!("/{name}"), FaultCode::Required);
                    let faults = refused(&fewer);
                    assert!(
                        faults.contains(&required),
                        "{kind} without {name}: {faults:?}"
                    );
                }
                // The registry tells.
                Some(event) if !CYCLES.contains(&event.table) => {
                    let reply = service.post("/v1/events", &Value::Object(fewer));
                    let found = problem(&reply, 422).to_string();
                    assert!(
                        found.contains(&format!("column {name}: is missing")),
                        "{kind} without {name}: {found}"
                    );
                }
                Some(_) => {}
            }
        }
    }
}

/// Whether a value fits a schema, as far as ours go; where it does not.
fn misfits(value: &Value, schema: &Value, place: &str, wrong: &mut Vec<String>) {
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.clone(),
        one => vec![one.clone()],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = kinds
        .iter()
        .any(|known| known == kind || known == "number" && kind == "integer");
    let words = schema["enum"].as_array();
    if !fits || words.is_some_and(|words| !words.contains(value)) {
        wrong.push(format!("{place}: {value} is not {schema}"));
    }
    match value {
        Value::Array(list) => {
            let items = list.iter().enumerate();
            items.for_each(|(at, value)| {
                misfits(value, &schema["items"], &format!("{place}/{at}"), wrong);
            });
        }
        Value::Object(members) => {
            for (name, value) in members {
                match schema["properties"].get(name) {
                    Some(schema) => misfits(value, schema, &format!("{place}/{name}"), wrong),
                    None => wrong.push(format!("{place}/{name}: unknown")),
                }
            }
            let needed = schema["required"].as_array().into_iter().flatten();
            let missing = needed.filter(|name| !members.contains_key(name.as_str().unwrap()));
            wrong.extend(missing.map(|name| format!("{place}/{name}: missing")));
        }
        _ => {}
    }
}

#[test]
fn the_events_of_the_scenarios_fit_their_schemas() {
    let schemas: Map<String, Value> = events().into_iter().collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios");
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let file: Value =
            serde_json::to_value(toml::from_str::<toml::Value>(&text).unwrap()).unwrap();
        let scenarios = file["scenario"].as_array().unwrap().iter();
        let steps = scenarios.filter_map(|scenario| scenario["step"].as_array());
        let taken = steps
            .flatten()
            .filter(|step| step["expect"].get("refused").is_none());
        for step in taken.filter(|step| step.get("event").is_some()) {
            let mut event = step["event"].clone();
            let members = event.as_object_mut().unwrap();
            if members.remove("of").is_some() {
                members.insert("declaration_id".to_owned(), "D".into());
                if members["type"] == "inspection_result" {
                    members.entry("version").or_insert_with(|| 1.into());
                }
            }
            for name in ["event_id", "at"] {
                members
                    .entry(name)
                    .or_insert_with(|| "2016-11-01T10:00:00Z".into());
            }
            let mut wrong = Vec::new();
            let kind = event["type"].as_str().unwrap();
            misfits(&event, &schemas[kind], "", &mut wrong);
            assert!(wrong.is_empty(), "{}: {event}: {wrong:#?}", path.display());
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
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
