//! Guides for those who use greenlane, as part of its documentation.

#[doc = include_str!("archive.md")]
pub mod archive {}

#[doc = include_str!("policy.md")]
pub mod policy {}

#[doc = include_str!("operating.md")]
pub mod operating {}

#[doc = include_str!("security.md")]
pub mod security {}
