//! Whatever has an order: the record of each change, the state that is a fold over records, and settle, the one
//! short critical section in which they get their place. Journal order is the order of change.
//!
//! [`Record`] is what the journal holds. [`Ledger`] is what is known of declarations and events, [`World`] what the
//! registry and the policy say, [`State`] both, as records make them. A [`Matcher`] decides a declaration by a
//! [`Snapshot`]; [`Settle`] gives the decision its place.

mod accountability;
mod affects;
mod answer;
mod bytes;
mod checkpoint;
mod effect;
pub mod event;
mod files;
mod folder;
mod keys;
mod known;
mod ledger;
mod life;
mod marks;
mod matcher;
mod persons;
mod policies;
mod record;
mod settle;
mod snapshot;
mod state;
mod status;
mod transition;
mod world;

pub use affects::{Affects, Concerned};
pub use answer::{write_answer_for, write_answer_of, write_preview_of};
pub use checkpoint::{checkpoints, read_checkpoint, write_checkpoint};
pub use effect::Effect;
pub use event::{Event, EventErrors, What};
pub use folder::{DataFolder, FolderError};
pub use keys::{KeyError, Keys};
pub use known::Known;
pub use ledger::{
    Affected, Counters, Entry, Inspected, Ledger, Open, Overdue, Pending, Recalled, Seen, Step,
    Stocks, Tables, digest,
};
pub use life::{NotNow, Now, Transition};
pub use marks::{Marker, marks_of_event, note, withdraw};
pub use matcher::{Cause, Draft, Matcher, Prior, Took};
pub use persons::Proposal;
pub use policies::{Activation, Candidate, Policies};
pub(crate) use record::stamp;
pub use record::{
    Act, Awaited, Due, Moves, Ordered, Record, RecordError, Revision, encode_outcome, marks,
};
pub use settle::{Clock, Held, Settle, Settled, Unsettled};
pub use snapshot::Snapshot;
pub use state::{FoldError, State, read_recorded};
pub use status::{RevisionKind, Status};
pub use world::{AsOf, World, WorldError, caught_up};
