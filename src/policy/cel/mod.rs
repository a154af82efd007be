//! Conditions: CEL in the subset of the design. A token scan bounds the text and admits the subset's tokens
//! only, the `cel` crate parses, and the checker types the result against the fact schema.

mod check;
mod domain;
mod expr;
mod numbers;
mod pass;
mod scan;
mod typed;

pub use check::{Checker, Condition, Variant};
pub use expr::{Atom, CompareOp, Constant, Expr, Term};
