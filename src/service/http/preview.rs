//! A preview: what would be decided, without recording it.

use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::admission::Kind;
use super::body;
use super::decisions::query;
use super::problem::{Problem, json};
use super::shared::{Shared, elsewhere};

/// By which policy.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    #[serde(default)]
    policy: Which,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Which {
    #[default]
    Active,
    Candidate,
}

/// Decides a declaration without recording it: as it would be decided now, with its draws, and with stocks and counters
/// as they are.
#[utoipa::path(
    post,
    path = "/v1/preview",
    tag = "policy",
    params(("policy" = Option<String>, Query, description = "`active`, or `candidate` for the policy that is the candidate.")),
    request_body(content = super::bodies::Declaration, description = "The declaration; of one that is known its next version, or its latest to be decided again."),
    responses(
        (status = 200, description = "The answer as an officer would see it, without `sequence`.", body = super::bodies::Decision),
        (status = 404, description = "There is no candidate.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "A later version is known.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Faults of the declaration.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn preview(
    request: HttpRequest,
    by: Result<Query<By>, actix_web::Error>,
    payload: Payload,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    shared.desk()?;
    let limits = shared.limits();
    let by_candidate = query(by)?.policy == Which::Candidate;
    let bytes = body::json(&request, payload, &shared, limits.declaration_bytes).await?;
    let answer = elsewhere(&shared, Kind::Work, move |desk| {
        desk.preview(&bytes, by_candidate)
    })
    .await?;
    Ok(json(answer))
}
