//! HTTP: the routes of the contract, over the desk. Deciding runs on the worker that read the request; whatever reads
//! the disk runs elsewhere.

mod access_log;
mod admission;
mod batch;
mod bodies;
mod body;
mod connection;
mod decisions;
mod declarations;
mod events;
mod exact;
mod feed;
mod gate;
mod health;
mod metrics;
mod observe;
mod openapi;
mod panics;
mod policy;
mod policy_bodies;
mod preview;
mod problem;
mod registry;
mod request_id;
mod routes;
mod serve;
mod settings;
mod shared;
mod tls;
mod trace;

pub use access_log::Logged;
pub use openapi::openapi;
pub use request_id::current_request;
pub use serve::{Reload, Reloaded, ServeError, ServeOptions, may_listen, serve};
pub use settings::{Connections, Limits, LogSettings, Settings};
pub use tls::{Certificates, TlsError, TlsFile, TlsFiles};
