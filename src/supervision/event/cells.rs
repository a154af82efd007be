//! JSON values as the cells of a registry's row: texts as they are, numbers and flags as they are written, lists
//! separated by `;`.

use serde_json::Value;

use crate::registry::CellKind;

/// The cell of a value; none where a row cannot hold it.
pub(super) fn cell(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(list) => {
            let cells: Option<Vec<_>> = list.iter().map(single).collect();
            cells.map(|cells| cells.join(";"))
        }
        Value::Object(_) => None,
    }
}

/// Whether a value is of the type that a cell of the kind has in JSON, or nothing.
pub(super) fn is_of(value: &Value, kind: CellKind) -> bool {
    match (value, kind) {
        (Value::Null, _) => true,
        (Value::Array(list), CellKind::List(kind)) => {
            list.iter().all(|one| says(one) && is_of(one, *kind))
        }
        (Value::Array(list), CellKind::Scope) => {
            list.iter().all(|one| says(one) && one.is_string())
        }
        (Value::Array(_) | Value::Object(_), _) => false,
        (Value::Bool(_), kind) => matches!(kind, CellKind::Flag),
        (Value::Number(_), kind) => {
            matches!(
                kind,
                CellKind::Whole(..) | CellKind::Number | CellKind::Score
            )
        }
        (Value::String(_), kind) => !matches!(kind, CellKind::Flag | CellKind::Whole(..)),
    }
}

fn says(value: &Value) -> bool {
    !value.is_null() && value.as_str() != Some("")
}

fn single(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) => None,
        other => cell(other),
    }
}
