//! Feeds that can be resumed: revisions that nobody was told of at once, and events.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::admission::Kind;
use super::body::NDJSON;
use super::decisions::query;
use super::gate::Who;
use super::problem::Problem;
use super::shared::{Shared, elsewhere};
use crate::journal::Sequence;
use crate::limits::{FEED_LIMIT, FEED_WAIT_S};
use crate::service::answer_for;

/// Where to go on.
#[derive(Debug, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_s: u64,
    limit: Option<usize>,
}

impl From {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(FEED_LIMIT).clamp(1, FEED_LIMIT)
    }
}

/// Every revision that was not answered at once, in order.
#[utoipa::path(
    get,
    path = "/v1/changes",
    tag = "declarations",
    params(
        ("after" = Option<u64>, Query, description = "The `sequence` of the last change that was seen; 0 from the beginning."),
        ("wait_s" = Option<u64>, Query, description = "Seconds to wait for a change where there is none, at most 60."),
        ("limit" = Option<usize>, Query, description = "Changes at most, 1 to 1,000."),
    ),
    responses(
        (status = 200, description = "A decision a line: the declaration as it then was. Nothing where nothing came.", body = String, content_type = "application/x-ndjson"),
    )
)]
pub(super) async fn changes(
    Who(who): Who,
    from: Result<Query<From>, actix_web::Error>,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let desk = shared.desk()?;
    let from = query(from)?;
    let wait = Duration::from_secs(from.wait_s.min(FEED_WAIT_S));
    let after = Sequence::new(from.after);
    let found = desk.changes(after, from.limit(), wait).await?;
    let lines = elsewhere(&shared, Kind::Work, move |desk| {
        let mut lines = Vec::new();
        for sequence in found {
            lines.extend(answer_for(who.view(), &desk.record(sequence)?, sequence)?);
            lines.push(b'\n');
        }
        Ok(lines)
    });
    Ok(HttpResponse::Ok().content_type(NDJSON).body(lines.await?))
}

/// Events and other acts, in order.
#[utoipa::path(
    get,
    path = "/v1/events",
    tag = "events",
    params(
        ("after" = Option<u64>, Query, description = "The `sequence` of the last event that was seen; 0 from the beginning."),
        ("limit" = Option<usize>, Query, description = "Events at most, 1 to 1,000."),
    ),
    responses(
        (status = 200, description = "An event a line, with its `sequence`, `recorded_at`, `by` and `registry_revision`.", body = String, content_type = "application/x-ndjson"),
    )
)]
pub(super) async fn events(
    from: Result<Query<From>, actix_web::Error>,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let from = query(from)?;
    let lines = elsewhere(&shared, Kind::Work, move |desk| {
        let mut lines = Vec::new();
        desk.events_after(Sequence::new(from.after), from.limit(), |line| {
            lines.extend_from_slice(line.as_bytes());
            lines.push(b'\n');
        })?;
        Ok(lines)
    });
    Ok(HttpResponse::Ok().content_type(NDJSON).body(lines.await?))
}
