//! # greenlane
//!
//! A customs decision engine. A national single window hands it every import and export declaration; it answers
//! **release**, **sample** or **hold**, with reasons and obligations, and keeps every decision in Parquet.
//!
//! The law that it carries out is that of export quality and safety demonstration zones: enterprise classes, red
//! and black lists, zone membership, the statutory catalogue, tests by destination. It stands in a *policy*
//! that officers write, and in a *registry* that the authority keeps; none of it is in Rust.
//!
//! ## The way of a declaration
//!
//! ```text
//!        registry (who and what is known)        policy (what the rules say)
//!                           \                       /
//!                         compile, off the hot path
//!                                     |
//! declaration ──read──▶ facts ──match──▶ outcome ──▶ decision ──▶ answer (JSON) or archive (Parquet)
//!   (bytes)     once     (ids)   (bitmaps)
//! ```
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`clock`], [`limits`] | the only wall clock; every bound |
//! | [`declaration`] | what arrives: domain types, JSON, tables by a mapping |
//! | [`registry`] | what is known: tables of CSV, checked, as standings and a partition of goods; every row is kept and can change, the events that say so come with the service |
//! | [`policy`] | what the rules say: TOML and CEL, the fact schema, the type check |
//! | [`engine`] | compiled: dimensions, bitmaps, scores, draws, books |
//! | [`journal`] | the log: records durable before anyone is told; the service that uses it comes next |
//! | [`archive`] | decisions as Parquet and as JSON; the archive of a running service, which nothing writes yet |
//! | [`analysis`] | scenarios and the offline batch |
//! | [`generate`] | synthetic registries, policies and declarations for load tests |
//! | [`cli`] | the commands |
//!
//! ## What it promises now
//!
//! 1. The same declaration, registry, policy and draw key give the same outcome, to the byte.
//! 2. Every fault of a declaration, registry or policy is told at once, with its place.
//! 3. Nothing in a policy is silently ignored: what is not carried out yet is refused by name.
//! 4. From a typed declaration to its outcome there is neither allocation nor lock, and the explanation (which
//!    rule spoke, which matched without being selected) is always part of the outcome.
//! 5. Membership of a zone never makes the outcome of rules and draws stricter; the black list beats every benefit.
//! 6. A Parquet file appears whole or not at all; one of the archive never changes, and any change of it shows.
//!
//! The service (HTTP, life of a declaration) and the measures that depend on what happened before
//! (ledgers, monitoring, cases, history) are not there yet; a policy that asks for them is refused.

pub mod analysis;
pub mod archive;
pub mod cli;
pub mod clock;
pub mod declaration;
pub mod engine;
pub mod generate;
pub mod journal;
pub mod limits;
pub mod policy;
pub mod registry;
