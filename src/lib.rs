//! # greenlane
//!
//! A customs decision engine: declarations in, **release**, **sample** or **hold** out, with reasons and obligations.

pub mod analysis;
pub mod archive;
pub mod cli;
pub mod clock;
pub mod declaration;
pub mod engine;
pub mod limits;
pub mod policy;
pub mod registry;
