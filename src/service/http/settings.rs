//! What callers are allowed: who they are, how much they may send at once, and how long they may take; and what is
//! logged. What is asked of each request and what is logged can change while the service runs; what the server is built
//! with cannot.

use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::limits::{
    ANSWER_S, BODY_BYTES, BODY_S, CONNECTIONS, DECISIONS, DECLARATION_BYTES, EVENT_BYTES, HEAD_S,
    HEADER_BYTES, KEEP_ALIVE_S, LEAVE_S, QUEUE_MS, REQUESTS_EVERY, STREAM_IDLE_S, STREAMS, Setting,
    TABLE_BYTES, WORK,
};
use crate::service::access::Access;

/// What is asked of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a declaration.
    pub declaration_bytes: usize,
    /// Bytes of an event, cancellation or override.
    pub event_bytes: usize,
    /// Bytes of a registry's table, or of a stream of events.
    pub table_bytes: usize,
    /// Bytes of the names and values of headers.
    pub header_bytes: usize,
    /// How long a body may take.
    pub body: Duration,
    /// How long the next line of a stream may take, and whoever reads its answers.
    pub stream_idle: Duration,
    /// Declarations that are decided and not yet answered, at the same time.
    pub decisions: usize,
    /// How long a declaration may wait its turn.
    pub queue: Duration,
    /// Streams at the same time.
    pub streams: usize,
    /// Bytes of bodies that are held at the same time.
    pub body_bytes: usize,
    /// For how long a service that was asked to end tells connections to go.
    pub leave: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            declaration_bytes: number(DECLARATION_BYTES),
            event_bytes: number(EVENT_BYTES),
            table_bytes: number(TABLE_BYTES),
            header_bytes: number(HEADER_BYTES),
            body: Duration::from_secs(BODY_S.usual),
            stream_idle: Duration::from_secs(STREAM_IDLE_S.usual),
            decisions: number(DECISIONS),
            queue: Duration::from_millis(QUEUE_MS.usual),
            streams: number(STREAMS),
            body_bytes: number(BODY_BYTES),
            leave: Duration::from_secs(LEAVE_S.usual),
        }
    }
}

/// What the server is built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// How many there may be at the same time.
    pub most: usize,
    /// How long the head of a request may take, and to agree upon a connection.
    pub head: Duration,
    /// For how long one without a request is kept.
    pub keep_alive: Duration,
    /// How long an answer may take to be read, besides.
    pub answer: Duration,
    /// Acts, events and look-ups that are done at the same time.
    pub work: usize,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: number(CONNECTIONS),
            head: Duration::from_secs(HEAD_S.usual),
            keep_alive: Duration::from_secs(KEEP_ALIVE_S.usual),
            answer: Duration::from_secs(ANSWER_S.usual),
            work: number(WORK),
        }
    }
}

fn number(setting: Setting) -> usize {
    usize::try_from(setting.usual).unwrap_or(usize::MAX)
}

/// What can change while the service runs.
#[derive(Debug, Default)]
pub struct Settings {
    /// Who may call.
    pub access: Access,
    /// What is asked of each request.
    pub limits: Limits,
    /// What is logged.
    pub log: LogSettings,
}

/// What is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogSettings {
    /// What is less than this is left out.
    pub level: LevelFilter,
    /// Of requests that went well, every how many-th is told also where `debug` is left out; 0 for none.
    pub requests_every: u64,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: LevelFilter::INFO,
            requests_every: REQUESTS_EVERY.usual,
        }
    }
}
