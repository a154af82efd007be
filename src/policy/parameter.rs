//! Parameters: what the law leaves open, by name, with other values at an office or in a bureau.

use crate::declaration::Amount;

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterValue {
    /// A number with at most four decimals.
    Number(Amount),
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

impl ParameterValue {
    /// The type as messages name it.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Bool(_) => "bool",
            Self::Text(_) => "string",
            Self::List(_) => "list of strings",
        }
    }
}

/// Where another value holds. An office's comes before its bureau's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A declaring office.
    Office(String),
    /// A bureau with all its offices.
    Bureau(String),
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The name behind `parameter.`.
    pub name: String,
    /// The value where no other holds.
    pub value: ParameterValue,
    /// Other values by place, in file order.
    pub overrides: Vec<(Place, ParameterValue)>,
}

impl Parameter {
    /// The value at an office of a bureau.
    #[must_use]
    pub fn at(&self, office: Option<&str>, bureau: Option<&str>) -> &ParameterValue {
        let find = |is: &dyn Fn(&Place) -> bool| {
            self.overrides
                .iter()
                .find(|(place, _)| is(place))
                .map(|(_, value)| value)
        };
        find(&|place| matches!(place, Place::Office(id) if Some(id.as_str()) == office))
            .or_else(|| {
                find(&|place| matches!(place, Place::Bureau(id) if Some(id.as_str()) == bureau))
            })
            .unwrap_or(&self.value)
    }
}
