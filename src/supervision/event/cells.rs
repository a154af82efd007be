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

/// What a value of the kind is in JSON, as a message tells it.
pub(super) const fn told(kind: CellKind) -> &'static str {
    match kind {
        CellKind::List(_) | CellKind::Scope => "a text, or a list of them, is expected",
        CellKind::Flag => "`true` or `false` is expected",
        CellKind::Whole(..) => "a whole number is expected",
        CellKind::Number | CellKind::Score => "a number, or its text, is expected",
        _ => "a text is expected",
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

#[cfg(test)]
mod tests {
    use crate::declaration::Zone;
    use crate::supervision::Event;

    #[test]
    fn a_list_where_a_text_belongs_was_taken_for_an_empty_name() {
        let event = |group: &str| {
            let members = r#""event_id":"E","type":"country_group_changed","at":"2016-01-01T00:00:00Z","rows":[]"#;
            format!(r#"{{{members},"group":{group},"authority":"A","document":"D"}}"#)
        };
        let read = |group: &str| Event::read(event(group).as_bytes(), Zone::UTC);
        assert!(read(r#""EU""#).is_ok());
        let faults = read("[null,null]").unwrap_err().0;
        let told: Vec<&str> = faults.iter().map(|fault| &*fault.pointer).collect();
        assert_eq!(told, ["/group"]);
        // What was recorded then is read as it was.
        assert!(Event::parse(event("[null,null]").as_bytes(), Zone::UTC).is_ok());
    }
}
