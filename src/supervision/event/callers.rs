//! Who may call, as it was configured: an audit trail of who could do what, without anything by which they are known.

use serde::{Deserialize, Serialize};

use super::reader::Reader;

/// A caller that was configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerConfigured {
    /// Its name, which its acts carry.
    pub name: String,
    /// The words of its roles.
    pub roles: Vec<String>,
    /// By what it is known: `token` or `certificate`.
    pub known_by: String,
    /// The first day on which a token is not accepted any more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires: Option<String>,
}

pub(super) fn configured(reader: &mut Reader) -> Option<Vec<CallerConfigured>> {
    serde_json::from_value(reader.take("callers")?).ok()
}
