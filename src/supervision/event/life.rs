//! Events of a declaration's life.

use serde_json::Value;

use super::reader::Reader;
use crate::declaration::{FaultCode, Moment};
use crate::limits::MAX_ITEMS;
use crate::policy::{Object, Verdict};

/// What an inspection of an item found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionResult {
    /// The declaration.
    pub declaration_id: String,
    /// Its version.
    pub version: u32,
    /// The item.
    pub item_no: u16,
    /// What was inspected.
    pub object: Object,
    /// What each test found.
    pub tests: Vec<TestFound>,
    /// Whether the item passed: every test did, and the conclusion is not `failed`.
    pub passed: bool,
    /// The officer's conclusion.
    pub conclusion: Option<String>,
    /// The officer.
    pub officer_id: Option<String>,
    /// When it began.
    pub started_at: Option<Moment>,
    /// When it ended.
    pub finished_at: Option<Moment>,
}

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFound {
    /// The test.
    pub test: String,
    /// What was measured.
    pub value: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// The limit.
    pub limit: Option<String>,
    /// Whether it was passed.
    pub passed: bool,
}

/// Documents that came for a declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentsReceived {
    /// The declaration.
    pub declaration_id: String,
    /// Each with its item, as a declaration has it.
    pub documents: Vec<(u16, Value)>,
}

pub(super) fn inspection(reader: &mut Reader) -> Option<InspectionResult> {
    let declaration_id = reader.id("declaration_id");
    let version = reader.number("version", u32::MAX);
    let item_no = reader.number("item_no", MAX_ITEMS as u32);
    let object = object(reader);
    let tests = reader.objects("tests", test);
    let conclusion = reader.optional("conclusion");
    let failed = match conclusion.as_deref() {
        None | Some("passed") => false,
        Some("failed") => true,
        Some(_) => {
            let why = "`passed` or `failed` is expected";
            reader.fault("/conclusion", FaultCode::Range, why);
            true
        }
    };
    let officer_id = reader.optional("officer_id");
    let started_at = reader.optional_moment("started_at");
    let finished_at = reader.optional_moment("finished_at");
    let tests = tests?;
    if tests.is_empty() && conclusion.is_none() {
        let why = "without a test the conclusion is required";
        reader.fault("/conclusion", FaultCode::Required, why);
        return None;
    }
    Some(InspectionResult {
        declaration_id: declaration_id?,
        version: version?,
        item_no: item_no? as u16,
        object: object?,
        passed: !failed && tests.iter().all(|test| test.passed),
        tests,
        conclusion,
        officer_id,
        started_at,
        finished_at,
    })
}

fn object(reader: &mut Reader) -> Option<Object> {
    let text = reader.optional("object");
    let object = text.map_or(Some(Object::Product), |text| Object::parse(&text));
    if object.is_none() {
        let why = "`product` or `raw_material` is expected";
        reader.fault("/object", FaultCode::Range, why);
    }
    object
}

fn test(reader: &mut Reader) -> Option<TestFound> {
    let test = reader.text("test");
    let value = measured(reader, "value");
    let unit = reader.optional("unit");
    let limit = measured(reader, "limit");
    Some(TestFound {
        value,
        unit,
        limit,
        passed: reader.flag("passed")?,
        test: test?,
    })
}

/// A number or words, as the laboratory wrote them.
fn measured(reader: &mut Reader, name: &str) -> Option<String> {
    match reader.take(name)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => {
            let why = "a number or text is expected";
            reader.fault(&format!("/{name}"), FaultCode::Type, why);
            None
        }
    }
}

pub(super) fn documents(reader: &mut Reader) -> Option<DocumentsReceived> {
    let declaration_id = reader.id("declaration_id");
    let documents = reader.objects("documents", |document| {
        let item_no = document.number("item_no", MAX_ITEMS as u32);
        let members = document.rest();
        Some((item_no? as u16, Value::Object(members)))
    })?;
    if documents.is_empty() {
        reader.fault(
            "/documents",
            FaultCode::Required,
            "at least one is required",
        );
        return None;
    }
    Some(DocumentsReceived {
        declaration_id: declaration_id?,
        documents,
    })
}

/// A declaration that was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancelled {
    /// The declaration.
    pub declaration_id: String,
    /// Why.
    pub reason_text: Option<String>,
}

/// What an officer decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// The declaration.
    pub declaration_id: String,
    /// What is decided instead.
    pub verdict: Verdict,
    /// Why, as a code.
    pub reason_code: String,
    /// Why, in words.
    pub reason_text: String,
    /// The officer.
    pub officer_id: String,
    /// A second officer, without whom nothing becomes milder.
    pub confirmed_by: Option<String>,
}

pub(super) fn cancelled(reader: &mut Reader) -> Option<Cancelled> {
    let declaration_id = reader.id("declaration_id");
    let reason_text = reader.optional("reason_text");
    Some(Cancelled {
        declaration_id: declaration_id?,
        reason_text,
    })
}

/// `document` is every event's member, and here required: whoever reads the event has seen to it.
pub(super) fn overridden(reader: &mut Reader) -> Option<Overridden> {
    let declaration_id = reader.id("declaration_id");
    let verdict = reader.text("verdict").and_then(|text| {
        let verdict = Verdict::parse(&text);
        if verdict.is_none() {
            let why = "`release`, `sample` or `hold` is expected";
            reader.fault("/verdict", FaultCode::Range, why);
        }
        verdict
    });
    let reason_code = reader.text("reason_code");
    let reason_text = reader.text("reason_text");
    let officer_id = reader.id("officer_id");
    let confirmed_by = reader.optional("confirmed_by");
    if confirmed_by.is_some() && confirmed_by == officer_id {
        let why = "a second officer is expected, not the same one";
        reader.fault("/confirmed_by", FaultCode::Range, why);
        return None;
    }
    Some(Overridden {
        declaration_id: declaration_id?,
        verdict: verdict?,
        reason_code: reason_code?,
        reason_text: reason_text?,
        officer_id: officer_id?,
        confirmed_by,
    })
}
