//! # greenlane
//!
//! A customs decision engine. A national single window hands it every import and export declaration; it answers
//! **release**, **sample** or **hold**, with reasons and obligations, durably, and keeps every decision in Parquet.
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
//! declaration ──read──▶ facts ──match──▶ outcome ──settle──▶ decision ──▶ journal ──▶ answer
//!   (bytes)     once     (ids)   (bitmaps)         (in order)          (group commit)    │
//!                                                                           └──▶ archive (Parquet)
//! ```
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`clock`], [`limits`] | the only wall clock; every bound |
//! | [`declaration`] | what arrives: domain types, JSON, tables by a mapping |
//! | [`registry`] | what is known: tables of CSV, checked, as standings and a partition of goods; every table can change |
//! | [`policy`] | what the rules say: TOML and CEL, the fact schema, the type check |
//! | [`engine`] | compiled: dimensions, bitmaps, scores, draws, books; the answer as JSON |
//! | [`journal`] | the log: records durable before anyone is told |
//! | [`supervision`] | whatever has an order: records, settle, the state as a fold over records, checkpoints |
//! | [`archive`] | decisions, revisions and events as Parquet |
//! | [`analysis`] | the offline batch, replay, reports; SQL, with the feature `sql` |
//! | [`generate`] | synthetic registries, policies and declarations for load tests |
//! | [`service`] | the desk where requests come, start and recovery, the archive's thread, HTTP |
//! | [`scenario`] | a policy's own tests: cases, and stories through a desk |
//! | [`cli`] | the commands |
//! | [`guide`] | guides for those who use it |
//!
//! ## What it promises now
//!
//! 1. A decision that was answered survives `kill -9`, and with `fsync` the loss of power; a disk that errs stops
//!    acknowledgements, it never loses silently.
//! 2. The same declaration again gets the same answer; a decision sees exactly one revision of registry and policy.
//! 3. Every decision can be made again from its record and those before it, to the same outcome bytes; the service
//!    does so before it archives it.
//! 4. The archive holds every record that gives rows exactly once, at latest one sealing age after it was taken;
//!    under load it is taken later, so that no request waits for it.
//! 5. Every fault of a declaration, event, registry or policy is told at once, with its place.
//! 6. Nothing in a policy is silently ignored: what is not carried out is refused by name.
//! 7. From a typed declaration to its outcome nothing is allocated and nothing is waited for but, where a rule reads
//!    what happened before, one look into a shared table; the explanation (which rule spoke, which matched without
//!    being selected) is always part of the outcome.
//! 8. Membership of a zone never makes the outcome of rules and draws stricter; the black list beats every benefit.
//! 9. Whoever is not known may do nothing, a caller what its roles say; who declares sees neither reasons nor risk,
//!    rates or draws.
//! 10. A policy changes while the service runs: two persons let another one decide, and each decision is one policy's.
//!
//! A policy or event that asks for what is not there yet is refused.

pub mod analysis;
pub mod archive;
pub mod cli;
pub mod clock;
pub mod declaration;
pub mod engine;
pub mod generate;
pub mod guide;
pub mod journal;
pub mod limits;
pub mod policy;
pub mod registry;
pub mod scenario;
pub mod service;
pub mod supervision;
