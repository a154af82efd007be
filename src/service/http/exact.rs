//! What the types of the description leave open: of which form a text is, how many of something there may be, that
//! members beyond those that are named are refused, and what is answered where a query or a body is no such thing.

use serde_json::{Map, Value, json};

use super::routes::ROUTES;
use crate::limits::{MAX_DOCUMENTS, MAX_ID_CHARS, MAX_ITEMS, MAX_LOTS, MAX_POLICY_FILES};
use crate::registry::MemberState;

/// What is sent: all of its members are named.
const SENT: [&str; 8] = [
    "Declaration",
    "DeclarationItem",
    "Document",
    "MaterialLot",
    "Cancellation",
    "Override",
    "Promotion",
    "Rollback",
];
/// No control characters, and no blanks around it.
const ID: &str = "^[^\\s\\u0000-\\u001f\\u007f-\\u009f]([^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f])?$";
/// The most that a number of 64 bits can be.
const MOST: u64 = u64::MAX;

/// Makes a description exact.
pub(super) fn make_exact(api: &mut Value) {
    for name in SENT {
        let place = format!("/components/schemas/{name}");
        if let Some(Value::Object(schema)) = api.pointer_mut(&place) {
            close(schema, name);
        }
    }
    for entry in ROUTES {
        let path = api
            .get_mut("paths")
            .and_then(|paths| paths.get_mut(entry.path));
        let operation = path.and_then(|path| path.get_mut(entry.method));
        if let Some(Value::Object(operation)) = operation {
            describe_asking(operation);
        }
    }
    // A line that is no declaration is answered in its place: a stream as such is never wrong.
    let lines =
        "/paths/~1v1~1decisions~1batch/post/requestBody/content/application~1x-ndjson/schema";
    if let Some(lines) = api.pointer_mut(lines) {
        *lines = json!({});
    }
    let files = "/paths/~1v1~1policy~1candidate/put/requestBody/content/application~1json/schema";
    if let Some(Value::Object(files)) = api.pointer_mut(files) {
        files.insert("minProperties".to_owned(), 1.into());
        files.insert("maxProperties".to_owned(), MAX_POLICY_FILES.into());
    }
}

/// Says of each member what it must be, and that there are no others.
fn close(schema: &mut Map<String, Value>, name: &str) {
    let others = match name {
        // They become events, of which null says nothing whatever its name.
        "Cancellation" | "Override" => json!({ "type": "null" }),
        _ => false.into(),
    };
    schema.insert("additionalProperties".to_owned(), others);
    if let Some(Value::Object(members)) = schema.get_mut("properties") {
        for (name, member) in members {
            narrow(member, form(name));
        }
    }
}

/// Of which form a member is, by its name, which means the same wherever it stands.
fn form(name: &str) -> Value {
    match name {
        "version" => json!({ "minimum": 1, "maximum": u32::MAX }),
        "item_no" => json!({ "minimum": 1, "maximum": MAX_ITEMS }),
        "direction" => json!({ "enum": ["export", "import"] }),
        "verdict" => json!({ "enum": ["release", "sample", "hold"] }),
        "declared_at" => json!({ "format": "date-time" }),
        "issued_on" | "expires_on" => json!({ "format": "date" }),
        "country" | "origin" => json!({ "pattern": "^([A-Z]{2}|[A-Z]{3}|[0-9]{3})$" }),
        "currency" => json!({ "pattern": "^[A-Z]{3}$" }),
        "hs_code" => json!({ "pattern": "^([0-9]{6}|[0-9]{8}|[0-9]{10}|[0-9]{13})$" }),
        "quantity" | "net_mass_kg" | "value" => {
            json!({ "type": ["string", "number"], "pattern": "^[0-9]{1,12}(\\.[0-9]{1,4})?$", "minimum": 0 })
        }
        "items" => json!({ "minItems": 1, "maxItems": MAX_ITEMS }),
        "documents" => json!({ "maxItems": MAX_DOCUMENTS }),
        "material_lots" => json!({ "maxItems": MAX_LOTS }),
        "product_lots" => json!({ "maxItems": MAX_LOTS, "items": of_id() }),
        "attributes" => json!({ "type": ["object", "null"] }),
        "reason_text" => json!({}),
        "policy" | "reason" | "document" => json!({ "minLength": 1 }),
        _ => of_id(),
    }
}

/// An id or a code.
fn of_id() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": MAX_ID_CHARS, "pattern": ID })
}

/// Says more of a schema; what may be null still may.
fn narrow(schema: &mut Value, more: Value) {
    let (Value::Object(schema), Value::Object(more)) = (schema, more) else {
        return;
    };
    let nullable = schema.get("type").is_some_and(|kind| {
        let kinds = kind.as_array();
        kinds.is_some_and(|kinds| kinds.contains(&"null".into()))
    });
    for (key, value) in more {
        let value = match key.as_str() {
            "type" if nullable => or(value, "null".into()),
            "enum" if nullable => or(value, Value::Null),
            _ => value,
        };
        schema.insert(key, value);
    }
}

/// One thing or several, or another one.
fn or(value: Value, other: Value) -> Value {
    let mut all = match value {
        Value::Array(all) => all,
        one => vec![one],
    };
    all.push(other);
    all.into()
}

/// What a query must be, and what is answered to one, or to a body, that is not.
fn describe_asking(operation: &mut Map<String, Value>) {
    let mut asks = operation.contains_key("requestBody");
    let parameters = operation.get_mut("parameters");
    let parameters = parameters.and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        if parameter.get("in") != Some(&"query".into()) {
            continue;
        }
        asks = true;
        let name = parameter.get("name").and_then(Value::as_str);
        let kind = parameter.pointer("/schema/type").map(Value::to_string);
        let counts = kind.is_some_and(|kind| kind.contains("integer"));
        let form = query_form(name.unwrap_or_default(), counts);
        if let Some(parameter) = parameter.as_object_mut() {
            parameter.insert("schema".to_owned(), form);
        }
    }
    let mut refused = Vec::new();
    if asks {
        refused.push(("400", "The query or the body is no such thing."));
    }
    if operation.contains_key("requestBody") {
        refused.extend([
            ("408", "The body did not come in time."),
            ("413", "The body is too large."),
            ("415", "The body is of another media type."),
        ]);
    }
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let content = json!({ "application/problem+json": { "schema": schema } });
    let Some(Value::Object(responses)) = operation.get_mut("responses") else {
        return;
    };
    for (status, description) in refused {
        let response = || json!({ "description": description, "content": content });
        responses.entry(status).or_insert_with(response);
    }
}

fn query_form(name: &str, counts: bool) -> Value {
    match name {
        "on" => json!({ "type": "string", "format": "date" }),
        "heading" => json!({ "type": "string", "pattern": "^[0-9]{4}$" }),
        "state" => {
            let words: Vec<&str> = MemberState::ALL
                .iter()
                .map(|state| state.as_str())
                .collect();
            json!({ "type": "string", "enum": words })
        }
        "policy" => json!({ "type": "string", "enum": ["active", "candidate"] }),
        "version" => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        _ if counts => json!({ "type": "integer", "minimum": 0, "maximum": MOST }),
        _ => json!({ "type": "string" }),
    }
}
