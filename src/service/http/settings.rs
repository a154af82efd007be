//! What callers are allowed: who they are, how much they may send at once, and how long they may take. What is asked of
//! each request can change while the service runs; what the server is built with cannot.

use std::time::Duration;

use crate::limits::{
    BODY_S, CONNECTIONS, DECLARATION_BYTES, EVENT_BYTES, HEAD_S, HEADER_BYTES, KEEP_ALIVE_S,
    STREAM_IDLE_S, Setting, TABLE_BYTES,
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
    /// For how long a stream may send nothing.
    pub stream_idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            declaration_bytes: bytes(DECLARATION_BYTES),
            event_bytes: bytes(EVENT_BYTES),
            table_bytes: bytes(TABLE_BYTES),
            header_bytes: bytes(HEADER_BYTES),
            body: Duration::from_secs(BODY_S.usual),
            stream_idle: Duration::from_secs(STREAM_IDLE_S.usual),
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
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: bytes(CONNECTIONS),
            head: Duration::from_secs(HEAD_S.usual),
            keep_alive: Duration::from_secs(KEEP_ALIVE_S.usual),
        }
    }
}

fn bytes(setting: Setting) -> usize {
    usize::try_from(setting.usual).unwrap_or(usize::MAX)
}

/// What can change while the service runs.
#[derive(Debug, Default)]
pub struct Settings {
    /// Who may call.
    pub access: Access,
    /// What is asked of each request.
    pub limits: Limits,
}
