//! Reads the members of an event one by one, noting every fault; what is left at the end is unknown.

use serde_json::{Map, Value};

use super::cells::{cell, is_of};
use crate::declaration::{Day, Fault, FaultCode, Faults, Moment};
use crate::limits::MAX_ID_CHARS;
use crate::registry::CellKind;

/// See the module.
pub(super) struct Reader {
    members: Map<String, Value>,
    /// Where the object is.
    at: String,
    faults: Faults,
}

impl Reader {
    pub(super) fn new(members: Map<String, Value>) -> Self {
        Self::inside(members, String::new())
    }

    /// A reader of an object within another, at a JSON pointer.
    pub(super) fn inside(members: Map<String, Value>, at: String) -> Self {
        Self {
            members,
            at,
            faults: Faults::default(),
        }
    }

    /// A fault at a pointer that begins where the object is.
    pub(super) fn fault(&mut self, member: &str, code: FaultCode, detail: impl Into<String>) {
        self.faults
            .push(format!("{}{member}", self.at), code, detail);
    }

    /// Takes a member; none where it is absent.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    /// Whether a member that nobody has taken yet is a text.
    pub(super) fn has(&self, name: &str, text: &str) -> bool {
        self.members.get(name).and_then(Value::as_str) == Some(text)
    }

    /// The members that nobody has taken yet.
    pub(super) fn rest(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.members)
    }

    fn required(&mut self, name: &str) -> Option<Value> {
        let value = self.take(name);
        if value.is_none() {
            self.fault(&format!("/{name}"), FaultCode::Required, "is required");
        }
        value
    }

    fn wrong(&mut self, name: &str, code: FaultCode, detail: impl Into<String>) {
        self.fault(&format!("/{name}"), code, detail);
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.required(name)? {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => {
                self.wrong(name, FaultCode::Type, "a text is expected");
                None
            }
        }
    }

    /// The cell of a row, which says something, of a kind where one is asked.
    pub(super) fn cell(&mut self, name: &str, kind: Option<CellKind>) -> Option<String> {
        let value = self.required(name)?;
        let fits = kind.is_none_or(|kind| is_of(&value, kind));
        let cell = cell(&value).filter(|cell| fits && !cell.is_empty());
        if cell.is_none() {
            self.wrong(name, FaultCode::Type, "a text, number or list is expected");
        }
        cell
    }

    /// A text that is not blank.
    pub(super) fn words(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        if text.trim().is_empty() {
            self.wrong(name, FaultCode::Required, "is required");
            return None;
        }
        Some(text)
    }

    pub(super) fn id(&mut self, name: &str) -> Option<String> {
        let id = self.text(name)?;
        self.short(name, id)
    }

    pub(super) fn optional_id(&mut self, name: &str) -> Option<String> {
        let value = self.take(name)?;
        self.id_of(name, value)
    }

    /// The ids of a list; none where it is absent.
    pub(super) fn ids(&mut self, name: &str) -> Vec<String> {
        let list = match self.take(name) {
            None => return Vec::new(),
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.wrong(name, FaultCode::Type, "a list of texts is expected");
                return Vec::new();
            }
        };
        let ids = list.into_iter().enumerate();
        ids.filter_map(|(index, value)| self.id_of(&format!("{name}/{index}"), value))
            .collect()
    }

    fn id_of(&mut self, name: &str, value: Value) -> Option<String> {
        match value {
            Value::String(id) if !id.is_empty() => self.short(name, id),
            _ => {
                self.wrong(name, FaultCode::Type, "a text is expected");
                None
            }
        }
    }

    fn short(&mut self, name: &str, id: String) -> Option<String> {
        if id.chars().count() > MAX_ID_CHARS {
            let why = format!("more than {MAX_ID_CHARS} characters");
            self.wrong(name, FaultCode::Range, why);
            return None;
        }
        Some(id)
    }

    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong(name, FaultCode::Type, "a text is expected");
                None
            }
        }
    }

    pub(super) fn moment(&mut self, name: &str) -> Option<Moment> {
        let text = self.text(name)?;
        self.parsed(name, Moment::parse(&text))
    }

    pub(super) fn optional_moment(&mut self, name: &str) -> Option<Moment> {
        let text = self.optional(name)?;
        self.parsed(name, Moment::parse(&text))
    }

    pub(super) fn day(&mut self, name: &str) -> Option<Day> {
        let text = self.text(name)?;
        self.parsed(name, Day::parse(&text))
    }

    pub(super) fn optional_day(&mut self, name: &str) -> Option<Day> {
        let text = self.optional(name)?;
        self.parsed(name, Day::parse(&text))
    }

    pub(super) fn parsed<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        read: Result<T, E>,
    ) -> Option<T> {
        read.map_err(|why| self.wrong(name, FaultCode::Format, why.to_string()))
            .ok()
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = self.required(name)?.as_bool();
        if flag.is_none() {
            self.wrong(name, FaultCode::Type, "true or false is expected");
        }
        flag
    }

    /// A whole number of at least 1.
    pub(super) fn number(&mut self, name: &str, most: u32) -> Option<u32> {
        let number = self.required(name)?.as_u64();
        let fits = |number: &u64| (1..=u64::from(most)).contains(number);
        let number = number.filter(fits).map(|number| number as u32);
        if number.is_none() {
            let why = format!("a whole number from 1 to {most} is expected");
            self.wrong(name, FaultCode::Range, why);
        }
        number
    }

    /// The objects of a list, each with a reader of its own; `then` reads one.
    pub(super) fn objects<T>(
        &mut self,
        name: &str,
        mut then: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Array(list) = self.required(name)? else {
            self.wrong(name, FaultCode::Type, "a list of objects is expected");
            return None;
        };
        let (mut all, count) = (Vec::new(), list.len());
        for (index, element) in list.into_iter().enumerate() {
            let place = format!("/{name}/{index}");
            let Value::Object(members) = element else {
                self.fault(&place, FaultCode::Type, "an object is expected");
                continue;
            };
            let mut reader = Self::inside(members, format!("{}{place}", self.at));
            reader.members.retain(|_, value| !value.is_null());
            all.extend(then(&mut reader));
            for Fault {
                pointer,
                code,
                detail,
            } in reader.end(true)
            {
                self.faults.push(pointer, code, detail);
            }
        }
        (all.len() == count).then_some(all)
    }

    /// All faults; unless told otherwise, members that nobody took are some.
    pub(super) fn end(mut self, known: bool) -> Vec<Fault> {
        let left = if known { self.rest() } else { Map::new() };
        for name in left.keys() {
            self.fault(
                &format!("/{name}"),
                FaultCode::UnknownMember,
                "this event has no such member",
            );
        }
        self.faults.into_vec()
    }
}
