//! Events described: for each type that somebody may send the JSON schema (2020-12) of its members, made of the tables
//! by which events are read.

use serde_json::{Map, Value, json};

use super::tables::{GIVEN_BY, TableEvent, TableOp};
use super::{AdverseKind, VOIDED, kinds};
use crate::limits::{MAX_ID_CHARS, MAX_ITEMS, MAX_LOTS, MAX_REGISTRY_TEXT_CHARS};
use crate::policy::Object;
use crate::registry::{CaseCause, CellKind, owner_column, table_columns};

/// The members of an object.
#[derive(Default)]
struct Members {
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl Members {
    fn required(&mut self, name: &'static str, schema: Value, about: &str) {
        self.required.push(name);
        self.properties
            .insert(name.to_owned(), described(schema, about));
    }

    fn optional(&mut self, name: &str, schema: Value, about: &str) {
        let schema = described(nullable(schema), about);
        self.properties.insert(name.to_owned(), schema);
    }

    fn object(self) -> Map<String, Value> {
        let object = json!({
            "type": "object",
            "additionalProperties": false,
            "properties": self.properties,
            "required": self.required,
        });
        match object {
            Value::Object(object) => object,
            _ => Map::new(),
        }
    }
}

/// Every type with its schema.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Value)> {
    let schema = |kind| {
        let schema = TableEvent::of(kind).map_or_else(|| happening(kind), |event| change(&event));
        (kind, Value::Object(schema))
    };
    kinds().map(schema).collect()
}

/// What every event has; `by_document` where it must name who acted, and the document of the act.
fn common(kind: &str, by_document: bool) -> Members {
    let mut members = Members::default();
    let about = "Given by whoever sends it; the same id is the same event.";
    members.required("event_id", cell(CellKind::Id), about);
    members.required(
        "type",
        json!({ "type": "string", "const": kind }),
        "What happened.",
    );
    let about = "When it happened or takes effect (RFC 3339).";
    members.required("at", moment(), about);
    for (name, about) in [
        ("authority", "Who acted."),
        ("document", "The document of the act."),
    ] {
        match by_document {
            true => members.required(name, words(), about),
            false => members.optional(name, text(), about),
        }
    }
    members
}

// ----- changes of tables -----

/// An event of a table: its members are the columns.
fn change(event: &TableEvent) -> Map<String, Value> {
    let mut members = common(event.kind, event.is_by_document());
    let owner = owner_column(event.table).unwrap_or_default();
    let columns = table_columns(event.table).unwrap_or_default();
    let said = |name: &str| members.properties.contains_key(name);
    let own = |name: &str| match event.op {
        TableOp::Raise(_) => ["alert_id", "kind"].contains(&name),
        _ => said(name) || name == GIVEN_BY,
    };
    let columns: Vec<_> = columns.iter().filter(|column| !own(column.name)).collect();
    let mut keys = Vec::new();
    for column in &columns {
        let is_needed = match event.op {
            // The day from which it holds is that of the event.
            TableOp::Put => column.key && column.name != "from",
            TableOp::End => column.name == owner,
            TableOp::Raise(_) => false,
        };
        let schema = cell(column.kind);
        match is_needed && (column.name == owner || !event.brings_rows()) {
            true => members.required(column.name, schema, column.doc),
            false => members.optional(column.name, schema, column.doc),
        }
        if is_needed {
            keys.push(column.name);
        }
    }
    let mut rows = Members::default();
    for column in columns.iter().filter(|column| column.name != owner) {
        match column.key {
            // It must be there; where nothing is said, an empty cell is.
            true => rows.required(column.name, nullable(cell(column.kind)), column.doc),
            false => rows.optional(column.name, cell(column.kind), column.doc),
        }
    }
    if event.brings_rows() {
        let about = "Every row of the owner, instead of one that comes.";
        let rows = json!({ "type": "array", "items": rows.object() });
        members.optional("rows", rows, about);
    }
    let mut schema = members.object();
    if event.brings_rows() {
        let ways = json!([{ "required": keys }, { "required": [owner, "rows"] }]);
        schema.insert("anyOf".to_owned(), ways);
    }
    if let TableOp::Raise(_) = event.op {
        let of = ["hs_scope", "countries", "enterprise_id"];
        let of = of.map(|name| json!({ "required": [name] }));
        schema.insert("anyOf".to_owned(), json!(of));
    }
    let about = match event.op {
        TableOp::Put => format!("A row of `{}` comes.", event.table),
        TableOp::End => format!(
            "A row of `{}` ends on the day of `at`, or on `to`.",
            event.table
        ),
        TableOp::Raise(kind) => format!("It raises an alert of kind `{kind}`, under its own id."),
    };
    schema.insert("description".to_owned(), about.into());
    schema
}

// ----- what happens -----

fn happening(kind: &str) -> Map<String, Value> {
    let mut members = common(kind, kind == VOIDED);
    match kind {
        VOIDED => {
            members.required("voided_event_id", cell(CellKind::Id), "The mistaken event.");
            members.required("reason", words(), "Why.");
        }
        "case_cause_found" => {
            members.required("case_id", cell(CellKind::Id), "The case.");
            let causes = cell(CellKind::Word(CaseCause::WORDS));
            members.required("cause", causes, "What it came from.");
            let about = "The day from which measures no longer apply.";
            members.optional("measures_until", cell(CellKind::Day), about);
        }
        "case_closed" => members.required("case_id", cell(CellKind::Id), "The case."),
        _ if AdverseKind::parse(kind).is_some() => adverse(&mut members),
        _ => upon(kind, &mut members),
    }
    let mut schema = members.object();
    match kind {
        "case_cause_found" => {
            let malice =
                json!({ "properties": { "cause": { "const": CaseCause::Malice.as_str() } } });
            schema.insert("if".to_owned(), malice);
            schema.insert(
                "then".to_owned(),
                json!({ "required": ["authority", "document"] }),
            );
        }
        "inspection_result" => {
            let some = json!({ "properties": { "tests": { "minItems": 1 } } });
            let ways = json!([some, { "required": ["conclusion"] }]);
            schema.insert("anyOf".to_owned(), ways);
        }
        _ => {}
    }
    schema
}

fn adverse(members: &mut Members) {
    members.optional(
        "enterprise_id",
        cell(CellKind::Id),
        "The enterprise, where it is known.",
    );
    members.required("hs_code", cell(CellKind::Digits(6, 13)), "The goods.");
    members.optional("country", cell(CellKind::Country), "Where it happened.");
    let lots = json!({ "type": "array", "items": cell(CellKind::Id), "maxItems": MAX_LOTS });
    members.optional("product_lots", lots, "The product lots that it names.");
    let about = "The declaration under which the goods went.";
    members.optional("declaration_id", cell(CellKind::Id), about);
    members.optional("reason", text(), "Why, in words.");
}

/// What acts upon a declaration.
fn upon(kind: &str, members: &mut Members) {
    members.required("declaration_id", cell(CellKind::Id), "The declaration.");
    let item_no = || cell(CellKind::Whole(1, MAX_ITEMS as u32));
    match kind {
        "inspection_result" => {
            let version = cell(CellKind::Whole(1, u32::MAX));
            members.required("version", version, "Its version.");
            members.required("item_no", item_no(), "The item.");
            let objects: Vec<&str> = Object::ALL.iter().map(|object| object.as_str()).collect();
            let objects = json!({ "type": "string", "enum": objects });
            members.optional(
                "object",
                objects,
                "What was inspected; the product where nothing is said.",
            );
            let tests = json!({ "type": "array", "items": test() });
            members.required("tests", tests, "What each test found.");
            let conclusions = cell(CellKind::Word(&["passed", "failed"]));
            members.optional(
                "conclusion",
                conclusions,
                "The officer's conclusion; required without a test.",
            );
            members.optional("officer_id", text(), "The officer.");
            members.optional("started_at", moment(), "When it began (RFC 3339).");
            members.optional("finished_at", moment(), "When it ended (RFC 3339).");
        }
        "documents_received" => {
            let mut document = Members::default();
            document.required("item_no", item_no(), "The item that it is for.");
            document.required("kind", cell(CellKind::Id), "What it is.");
            document.optional("number", cell(CellKind::Id), "Its number.");
            document.optional("issuer_id", cell(CellKind::Id), "Who issued it.");
            document.optional(
                "issued_on",
                cell(CellKind::Day),
                "First day of its validity.",
            );
            let about = "First day on which it is no longer valid.";
            document.optional("expires_on", cell(CellKind::Day), about);
            let documents = json!({ "type": "array", "minItems": 1, "items": document.object() });
            members.required("documents", documents, "The documents that came.");
        }
        _ => {}
    }
}

fn test() -> Map<String, Value> {
    let measured = || json!({ "type": ["number", "string"] });
    let mut test = Members::default();
    test.required("test", words(), "The test.");
    test.optional("value", measured(), "What was measured.");
    test.optional("unit", text(), "Its unit.");
    test.optional("limit", measured(), "The limit.");
    test.required("passed", cell(CellKind::Flag), "Whether it was passed.");
    test.object()
}

// ----- values -----

/// Any text: one that need not be said may be empty.
fn text() -> Value {
    json!({ "type": "string" })
}

fn words() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn cell(kind: CellKind) -> Value {
    match kind {
        CellKind::Text => json!({ "type": "string", "maxLength": MAX_REGISTRY_TEXT_CHARS }),
        CellKind::Id => json!({ "type": "string", "minLength": 1, "maxLength": MAX_ID_CHARS }),
        CellKind::Flag => json!({ "type": "boolean" }),
        CellKind::Whole(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        CellKind::Number => json!({ "type": ["number", "string"] }),
        CellKind::Score => json!({ "type": ["number", "string"], "minimum": 0, "maximum": 100 }),
        CellKind::Day => json!({ "type": "string", "format": "date" }),
        CellKind::Word(words) => json!({ "type": "string", "enum": words }),
        // Or with `;` between them, as a file has them.
        CellKind::List(kind) => json!({ "type": ["array", "string"], "items": cell(*kind) }),
        CellKind::Scope => {
            let part = json!({ "type": "string", "pattern": "^[0-9]+(-[0-9]+)?$" });
            json!({ "type": ["array", "string"], "items": part })
        }
        CellKind::Digits(least, most) => {
            json!({ "type": "string", "pattern": format!("^[0-9]{{{least},{most}}}$") })
        }
        CellKind::Country => json!({ "type": "string", "minLength": 2, "maxLength": 3 }),
        CellKind::Currency => json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
    }
}

fn described(mut schema: Value, about: &str) -> Value {
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), about.trim().into());
    }
    schema
}

/// The same, or null, which says nothing.
fn nullable(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        let mut kinds = match kind.take() {
            Value::Array(kinds) => kinds,
            one => vec![one],
        };
        kinds.push("null".into());
        *kind = Value::Array(kinds);
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
    }
    schema
}
