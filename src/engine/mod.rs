//! Compiled: a policy against a registry as dimensions, classes and bitmaps, and the way of a declaration
//! through them. Pure: no clock, no disk, no network, no allocation on the way, and no lock but that of a quality file
//! where a rule reads one.

mod answer;
mod asked;
mod bind;
mod bits;
mod case;
mod collect;
mod compile;
mod compile_rule;
mod decide;
mod decision;
mod dimension;
mod domain;
mod draw;
mod facts;
mod history;
mod index;
mod index_build;
mod join;
mod keep;
mod lookup;
mod normal;
mod obligation;
mod obligations;
mod ordered;
mod outcome;
mod party;
mod program;
pub mod sampling;
mod say;
mod source;
mod stock;
mod supervise;
mod trace;
mod universe;
mod value;

pub use answer::{AnswerHead, View, declare_items, write_answer, write_items};
pub use case::CaseJoin;
pub use compile::CompileError;
pub use decide::{Bound, Scratch};
pub use decision::{Decision, DecisionMeta, decision_id};
pub use draw::{DrawKey, DrawKeyError, Draws, FixedDraw, Rate};
pub use facts::Facts;
pub use join::{HeaderJoin, ItemJoin, PartyJoin, THIRD_PARTY_REPORT};
pub use keep::Kept;
pub use normal::NormalError;
pub(crate) use obligation::{follow_ups, objects, office, words};
pub use outcome::{BookOutcome, ItemObligations, ItemOutcome, Outcome, RuleNo, SelectedBy, WordNo};
pub use program::{Program, ProgramSize};
pub(crate) use say::says;
pub use source::Source;
pub use stock::{Inputs, ItemTake, StockKey, StockKind, Take};
pub use value::{Value, truth};
