//! The description of the API (`OpenAPI` 3.1), made of the routes, and a page that shows it.

use actix_web::HttpResponse;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::exact::make_exact;
use super::routes::{Api, Entry, ROUTES};
use crate::limits::MAX_REQUEST_ID_BYTES;
use crate::service::access::Role;
use crate::supervision::event::schemas;

/// The description as JSON.
#[must_use]
pub fn openapi() -> String {
    let mut api = serde_json::to_value(Api::openapi()).unwrap_or_default();
    if let Some(Value::Object(known)) = api.pointer_mut("/components/schemas") {
        describe_events(known);
    }
    make_exact(&mut api);
    describe_callers(&mut api);
    serde_json::to_string_pretty(&api).unwrap_or_default()
}

/// For whom each route is, and what others are told.
fn describe_callers(api: &mut Value) {
    let schemes = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "A token, as `greenlane token create` makes it." },
        "certificate": { "type": "mutualTLS", "description": "A certificate that the configuration names." },
    });
    if let Some(Value::Object(components)) = api.pointer_mut("/components") {
        components.insert("securitySchemes".to_owned(), schemes);
        let id = json!({ "type": "string", "minLength": 1, "maxLength": MAX_REQUEST_ID_BYTES });
        let headers = json!({
            "RequestId": { "description": "The request's id: the one that it brought, or another.", "schema": id },
            "RetryAfter": { "description": "Seconds after which to ask again.", "schema": { "type": "integer", "minimum": 0 } },
        });
        components.insert("headers".to_owned(), headers);
        let parameters = json!({
            "RequestId": {
                "name": "X-Request-Id", "in": "header", "required": false, "schema": { "type": "string" },
                "description": format!("An id for the request, which its answer and the service's log carry: 1 to {MAX_REQUEST_ID_BYTES} characters of visible ASCII. Another one is made where there is none, or it is not such."),
            },
        });
        components.insert("parameters".to_owned(), parameters);
    }
    let Some(Value::Object(paths)) = api.get_mut("paths") else {
        return;
    };
    for entry in ROUTES {
        let operation = paths
            .get_mut(entry.path)
            .and_then(|path| path.get_mut(entry.method));
        if let Some(Value::Object(operation)) = operation {
            describe_caller(entry, operation);
        }
    }
}

fn describe_caller(entry: &Entry, operation: &mut Map<String, Value>) {
    let roles: Vec<&str> = entry.roles.each().map(Role::as_str).collect();
    let mut security = vec![json!({ "token": roles }), json!({ "certificate": roles })];
    let mut refused = vec![
        (
            "401",
            "No token or certificate, or one that nobody has or that has expired.",
        ),
        ("429", "The caller asks more often than it may; ask again."),
    ];
    match entry.roles.is_empty() {
        // On this machine nobody need say who they are.
        true => security.push(json!({})),
        false => refused.push(("403", "The caller has none of the roles.")),
    }
    operation.insert("security".to_owned(), security.into());
    operation.insert("x-roles".to_owned(), roles.into());
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let content = json!({ "application/problem+json": { "schema": schema } });
    if let Some(Value::Object(responses)) = operation.get_mut("responses") {
        if !entry.roles.is_empty() && !responses.contains_key("503") {
            refused.push((
                "503",
                "More comes than can be taken, or the service is not ready; ask again.",
            ));
        }
        for (status, description) in refused {
            let response = json!({ "description": description, "content": content });
            responses.insert(status.to_owned(), response);
        }
        for (status, response) in responses {
            describe_headers(status, response);
        }
    }
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        parameters.push(json!({ "$ref": "#/components/parameters/RequestId" }));
    }
}

/// What every answer says in its head, and what one says that asks to come again.
fn describe_headers(status: &str, response: &mut Value) {
    let Some(response) = response.as_object_mut() else {
        return;
    };
    let headers = response.entry("headers").or_insert_with(|| json!({}));
    let Some(headers) = headers.as_object_mut() else {
        return;
    };
    let mut refer = |header: &str, component: &str| {
        let place = format!("#/components/headers/{component}");
        headers.insert(header.to_owned(), json!({ "$ref": place }));
    };
    refer("X-Request-Id", "RequestId");
    if ["429", "503"].contains(&status) {
        refer("Retry-After", "RetryAfter");
    }
}

/// Events have a schema for each type.
fn describe_events(known: &mut Map<String, Value>) {
    let (mut each, mut mapping) = (Vec::new(), Map::new());
    for (kind, schema) in schemas() {
        let name = format!("{}Event", capitals(kind));
        let place = format!("#/components/schemas/{name}");
        each.push(json!({ "$ref": place }));
        mapping.insert(kind.to_owned(), place.into());
        known.insert(name, schema);
    }
    let body = json!({
        "description": "An event: its type says which members it has.",
        "oneOf": each,
        "discriminator": { "propertyName": "type", "mapping": mapping },
    });
    known.insert("EventBody".to_owned(), body);
}

/// `list_left` as `ListLeft`.
fn capitals(kind: &str) -> String {
    let words = kind.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "description",
    responses((status = 200, description = "OpenAPI 3.1.", body = String, content_type = "application/json"))
)]
pub(super) async fn json() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(openapi())
}

/// The description as a page.
#[utoipa::path(
    get,
    path = "/docs",
    tag = "description",
    responses((status = 200, description = "A page that loads nothing from elsewhere.", body = String, content_type = "text/html"))
)]
pub(super) async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(include_str!("docs.html"))
}
