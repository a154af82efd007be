//! # greenlane
//!
//! A customs decision engine: declarations in, **release**, **sample** or **hold** out, with reasons and obligations.

pub mod clock;
pub mod declaration;
pub mod limits;
pub mod registry;
