//! stub
pub(super) const TABLES: &[&str] = &["enterprises"];
