//! What the rules say: a policy's files read, typed against the fact schema and kept as books of checked
//! rules. Nothing in a policy is silently ignored: what is not carried out is refused.

pub mod cel;
mod diagnostic;
mod difference;
mod form;
mod model;
mod names;
mod parameter;
mod persons;
mod read;
mod sampling_plan;
pub mod schema;
mod source;
mod vocabulary;

pub use cel::Condition;
pub use diagnostic::{Diagnostic, PolicyErrors};
pub use difference::{Changes, Difference, difference};
pub use model::{
    Accountability, Book, Deadline, Every, Expected, Life, ModeChoice, Monitor, Obligations,
    Otherwise, Policy, RANDOM_BOOK, Random, RateExpr, RateFactor, RateTable, Reason, Rule, Score,
    ScoreTable, Selection, Span, TOP_UP_BOOK, Texts, Then,
};
pub use parameter::{Parameter, ParameterValue, Place};
pub use persons::{Classification, EVENT_TYPES, Guard, PersonFact, Reads};
pub use read::read;
pub use sampling_plan::{Aql, InspectionLevel, SamplingPlan};
pub use schema::{Fact, FactType, Names, PartyFact};
pub use source::{PolicySource, SourceError, SourceFile};
pub(crate) use vocabulary::vocabulary;
pub use vocabulary::{FollowUp, Mode, Object, OfficeKind, Priority, Trigger, Verdict};
