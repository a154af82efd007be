//! The service: declarations in, durable answers out. The [`Desk`] knows no protocol; [`http`] speaks HTTP with it;
//! the [`Tail`] follows the journal into the archive;
//! [`access`] says who may call.

pub mod access;
mod acts;
mod crash;
mod desk;
mod feeds;
pub mod http;
mod lives;
mod look;
mod persons;
mod policy;
mod preview;
mod redecide;
mod refusal;
mod shadow;
mod start;
mod tail;
mod told;
mod trace;
mod voiding;
mod waiters;
mod world;

pub use acts::Acted;
pub use crash::Between;
pub use desk::{Answered, Caller, Desk};
pub use look::{FileParts, Part};
pub use policy::CandidateFiles;
pub use refusal::Refusal;
pub use shadow::Shadowed;
pub use start::{Begin, EndError, StartError, StartOptions, Started, end, start};
pub use tail::{Tail, TailError, TailParts, TailProgress};
pub use told::{answer, answer_for};
