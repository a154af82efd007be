//! Bodies of requests, read with a bound.

use std::future::poll_fn;
use std::ops::Deref;
use std::pin::Pin;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpRequest, error::PayloadError};
use futures_core::Stream as _;

use super::admission::Slot;
use super::problem::Problem;
use super::shared::Shared;
use crate::limits::SMALL_BODY_BYTES;

pub(super) const JSON: &str = "application/json";
pub(super) const NDJSON: &str = "application/x-ndjson";
pub(super) const CSV: &str = "text/csv";

/// The media type of a request, which must be one of these.
pub(super) fn media_type(
    request: &HttpRequest,
    allowed: &[&'static str],
) -> Result<&'static str, Problem> {
    let named = request.headers().get(CONTENT_TYPE);
    let named = named.and_then(|value| value.to_str().ok()).unwrap_or("");
    let named = named.split(';').next().unwrap_or_default().trim();
    let same = |known: &&&'static str| known.eq_ignore_ascii_case(named);
    allowed.iter().find(same).copied().ok_or_else(|| {
        let detail = format!("the content type must be {}", allowed.join(" or "));
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    })
}

/// The next part of a body.
pub(super) async fn next(payload: &mut Payload) -> Option<Result<Bytes, PayloadError>> {
    poll_fn(|context| Pin::new(&mut *payload).poll_next(context)).await
}

/// A body that has come whole, and its room.
pub(super) struct Body {
    bytes: Bytes,
    _room: Slot,
}

impl Deref for Body {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.bytes
    }
}

/// Whether a body is so short that it has come with the head, or soon will.
pub(super) fn is_small(request: &HttpRequest) -> bool {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| length <= SMALL_BODY_BYTES)
}

/// The whole body, which has a number of bytes at most and comes within the time that there is for it.
pub(super) async fn whole(payload: Payload, shared: &Shared, most: usize) -> Result<Body, Problem> {
    let within = shared.limits().body;
    let read = timeout(within, read(payload, shared, most)).await;
    read.unwrap_or_else(|_| Err(too_slow("the body has not come", within)))
}

/// The whole body of a request, which must be JSON.
pub(super) async fn json(
    request: &HttpRequest,
    payload: Payload,
    shared: &Shared,
    most: usize,
) -> Result<Body, Problem> {
    media_type(request, &[JSON])?;
    whole(payload, shared, most).await
}

/// What did not come in time.
pub(super) fn too_slow(what: &str, within: Duration) -> Problem {
    let detail = format!("{what} within {} seconds", within.as_secs());
    Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
}

/// What has more than its number of bytes.
pub(super) fn too_large(what: &str, most: usize) -> Problem {
    let detail = format!("{what} has more than {most} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

async fn read(mut payload: Payload, shared: &Shared, most: usize) -> Result<Body, Problem> {
    let (mut room, limits) = (shared.admission.body(), shared.limits());
    let mut body = BytesMut::new();
    while let Some(part) = next(&mut payload).await {
        let part = part.map_err(|error| {
            let detail = format!("the body broke off: {error}");
            Problem::new(StatusCode::BAD_REQUEST, detail)
        })?;
        if body.len() + part.len() > most {
            return Err(too_large("the body", most));
        }
        shared.admission.hold(&mut room, part.len(), &limits)?;
        if body.is_empty() {
            // Most bodies come in one part.
            body = BytesMut::with_capacity(part.len());
        }
        body.extend_from_slice(&part);
    }
    Ok(Body {
        bytes: body.freeze(),
        _room: room,
    })
}
