//! The contract over HTTP, held by the real binary: each test starts a service of its own on a data folder of its own.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "http/at_once.rs"]
mod at_once;
#[path = "http/batch.rs"]
mod batch;
#[path = "http/callers.rs"]
mod callers;
#[path = "http/cases.rs"]
mod cases;
#[path = "http/commands.rs"]
mod commands;
#[path = "http/decide.rs"]
mod decide;
#[path = "http/described.rs"]
mod described;
#[path = "http/drain.rs"]
mod drain;
#[path = "http/events.rs"]
mod events;
#[path = "http/feed.rs"]
mod feed;
#[path = "support/http.rs"]
mod http;
#[path = "http/life.rs"]
mod life;
#[path = "http/limits.rs"]
mod limits;
#[path = "http/logs.rs"]
mod logs;
#[path = "http/metrics.rs"]
mod metrics;
#[path = "http/observed.rs"]
mod observed;
#[path = "http/overload.rs"]
mod overload;
#[path = "http/packaging.rs"]
mod packaging;
#[path = "http/panics.rs"]
mod panics;
#[path = "http/persons.rs"]
mod persons;
#[path = "http/policy.rs"]
mod policy;
#[path = "http/policy_persons.rs"]
mod policy_persons;
#[path = "http/process.rs"]
mod process;
#[path = "http/refused.rs"]
mod refused;
#[path = "http/registry.rs"]
mod registry;
#[path = "http/reload.rs"]
mod reload;
#[path = "http/reports.rs"]
mod reports;
#[path = "http/sampling.rs"]
mod sampling;
#[path = "support/server.rs"]
mod server;
#[path = "http/service.rs"]
mod service;
#[path = "http/shadow.rs"]
mod shadow;
#[path = "http/stopped.rs"]
mod stopped;
#[path = "http/stories.rs"]
mod stories;
#[path = "http/tls.rs"]
mod tls;
#[path = "http/traceback.rs"]
mod traceback;
#[path = "http/views.rs"]
mod views;
