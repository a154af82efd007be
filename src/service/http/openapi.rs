//! The description of the API (`OpenAPI` 3.1), made of the routes, and a page that shows it.

use actix_web::HttpResponse;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::problem::Problem;
use super::{decisions, declarations, events, feed, health, registry, trace};
use crate::supervision::event::schemas;

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "greenlane",
        description = "Decides customs declarations: release, sample or hold, with reasons and obligations. What is answered is durable."
    ),
    paths(
        decisions::decide,
        decisions::batch,
        decisions::latest,
        declarations::show,
        declarations::cancel,
        declarations::overrule,
        trace::show,
        feed::changes,
        events::take,
        feed::events,
        events::registry,
        registry::enterprise,
        registry::file,
        registry::zone,
        registry::lot,
        health::alive,
        health::ready,
        health::metrics,
        json,
        page
    ),
    components(schemas(Problem))
)]
struct Api;

/// The description as JSON.
#[must_use]
pub fn openapi() -> String {
    let mut api = serde_json::to_value(Api::openapi()).unwrap_or_default();
    if let Some(Value::Object(known)) = api.pointer_mut("/components/schemas") {
        describe_events(known);
    }
    serde_json::to_string_pretty(&api).unwrap_or_default()
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
