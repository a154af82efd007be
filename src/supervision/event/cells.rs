//! JSON values as the cells of a registry's row: texts as they are, numbers and flags as they are written, lists
//! separated by `;`.

use serde_json::Value;

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

fn single(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) => None,
        other => cell(other),
    }
}
