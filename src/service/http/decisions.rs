//! Deciding one declaration, and looking up what was decided.

use std::cell::{RefCell, RefMut};
use std::thread;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use serde::Deserialize;

use super::admission::Kind;
use super::body;
use super::gate::Who;
use super::problem::{Problem, json, json_again};
use super::shared::{Shared, elsewhere};
use crate::clock::Stopwatch;
use crate::engine::View;
use crate::journal::Sequence;
use crate::service::access::Known;
use crate::service::crash::{self, Point};
use crate::service::{Answered, Decided, Desk, Refusal, answer_for};
use crate::supervision::Matcher;

/// The engine's own time, for officers.
static ENGINE_NANOS: HeaderName = HeaderName::from_static("x-engine-nanos");

/// The room of a worker.
pub(super) type Room = Data<RefCell<Matcher>>;

/// A room that is lent. Whoever dies with it leaves it half filled: then it is emptied.
struct Lent<'r>(RefMut<'r, Matcher>);

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            *self.0 = Matcher::default();
        }
    }
}

/// An answer that is to be told when it is durable.
pub(super) enum Pending {
    Now(Fresh),
    Before(Sequence),
}

/// A declaration that was just decided.
pub(super) struct Fresh {
    sequence: Sequence,
    pub(super) answer: Vec<u8>,
    decided: Option<Decided>,
    /// Since it was settled.
    settled: Stopwatch,
}

impl Fresh {
    /// Waits until it is durable, and counts it.
    pub(super) async fn durable(&self, desk: &Desk, shared: &Shared) -> Result<(), Refusal> {
        desk.durable(self.sequence).await?;
        if let Some(decided) = &self.decided {
            shared.metrics.decided(decided, self.settled.elapsed());
        }
        Ok(())
    }
}

/// Decides a declaration.
#[utoipa::path(
    post,
    path = "/v1/decisions",
    tag = "decisions",
    request_body(content = super::bodies::Declaration, description = "The declaration."),
    responses(
        (status = 200, description = "The decision, durable. A repeated identical declaration gets its first answer, with `Idempotent-Replay: true`.", body = super::bodies::Decision,
            headers(
                ("Idempotent-Replay" = Option<String>, description = "`true` where the answer was given before."),
                ("X-Engine-Nanos" = Option<u64>, description = "Nanoseconds in which the declaration was matched and settled; for an `officer`, of a new decision."),
            )),
        (status = 400, description = "Not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The same id and version with another content, or a version that is not above the latest.", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large.", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not `application/json`.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Faults of the declaration.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No room, or not ready; ask again.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn decide(
    Who(who): Who,
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    room: Room,
) -> Result<HttpResponse, Problem> {
    let (desk, limits) = (shared.desk()?, shared.limits());
    if !body::is_small(&request) {
        shared.admission.expects(&limits)?;
    }
    let bytes = body::json(&request, payload, &shared, limits.declaration_bytes).await?;
    let _slot = shared.admission.decision(&limits)?;
    crash::reach(Point::Handler);
    let pending = loop {
        match submit(desk, &room, &bytes, &who) {
            Err(Refusal::Old(key)) => recall(&shared, key).await?,
            done => break done?,
        }
    };
    match pending {
        Pending::Now(fresh) => {
            fresh.durable(desk, &shared).await?;
            // For the log.
            request.extensions_mut().insert(fresh.sequence);
            let mut response = json(fresh.answer);
            // A draw takes longer than none: whoever must not know of it is not told.
            if let (View::Officer, Some(decided)) = (who.view(), fresh.decided) {
                let nanos = HeaderValue::from(decided.took.engine_ns());
                response.headers_mut().insert(ENGINE_NANOS.clone(), nanos);
            }
            Ok(response)
        }
        Pending::Before(sequence) => {
            let answer = repeated(&shared, sequence, who.view(), Kind::Recall).await?;
            Ok(json_again(answer))
        }
    }
}

/// Submits a declaration, with the worker's room lent to it.
pub(super) fn submit(
    desk: &Desk,
    room: &Room,
    bytes: &[u8],
    who: &Known,
) -> Result<Pending, Refusal> {
    let mut matcher = Lent(room.borrow_mut());
    match desk.decide(&mut matcher.0, bytes, who.caller())? {
        // Written while the journal's thread writes the record.
        Answered::Now(at) => {
            crash::reach(Point::Matching);
            let settled = Stopwatch::start();
            Ok(Pending::Now(Fresh {
                sequence: at.sequence,
                answer: answer_for(who.view(), &matcher.0.payload, at.sequence)?,
                decided: Decided::of(&matcher.0),
                settled,
            }))
        }
        Answered::Before(sequence) => Ok(Pending::Before(sequence)),
    }
}

/// Knows an old declaration again.
pub(super) async fn recall(shared: &Shared, key: u128) -> Result<(), Problem> {
    elsewhere(shared, Kind::Recall, move |desk| desk.recall(key)).await
}

pub(super) async fn repeated(
    shared: &Shared,
    sequence: Sequence,
    view: View,
    kind: Kind,
) -> Result<Vec<u8>, Problem> {
    shared.desk()?.durable(sequence).await?;
    elsewhere(shared, kind, move |desk| {
        answer_for(view, &desk.record(sequence)?, sequence)
    })
    .await
}

/// Which decision is wanted.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    version: Option<u32>,
}

/// The latest decision on a declaration.
#[utoipa::path(
    get,
    path = "/v1/decisions/{declaration_id}",
    tag = "decisions",
    params(
        ("declaration_id" = String, Path, description = "The single window's id."),
        ("version" = Option<u32>, Query, description = "The version; else the latest."),
    ),
    responses(
        (status = 200, description = "The latest revision.", body = super::bodies::Decision),
        (status = 404, description = "No such declaration or version.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn latest(
    Who(who): Who,
    id: Path<String>,
    which: Result<Query<Which>, actix_web::Error>,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let which = query(which)?;
    let sequence = elsewhere(&shared, Kind::Work, move |desk| {
        desk.latest(&id, which.version)
    })
    .await?;
    Ok(json(
        repeated(&shared, sequence, who.view(), Kind::Work).await?,
    ))
}

/// A query that can be read.
pub(super) fn query<T>(query: Result<Query<T>, actix_web::Error>) -> Result<T, Problem> {
    let wrong = |error: actix_web::Error| Problem::new(StatusCode::BAD_REQUEST, error.to_string());
    query.map(Query::into_inner).map_err(wrong)
}
