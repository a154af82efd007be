//! The policy: what decides, what did, and the candidate that another person lets decide.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::admission::Kind;
use super::body;
use super::gate::Who;
use super::problem::{Problem, json};
use super::shared::{Shared, elsewhere};
use crate::limits::MAX_CANDIDATE_BYTES;
use crate::service::{CandidateFiles, Desk, Refusal};

/// The policy that decides, since when and by whom, and the candidate.
#[utoipa::path(
    get,
    path = "/v1/policy",
    tag = "policy",
    responses((status = 200, description = "The policy.", body = super::policy_bodies::ActivePolicy))
)]
pub(super) async fn show(shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    done(&shared, Desk::policy).await
}

/// The policies that decided, the last one last.
#[utoipa::path(
    get,
    path = "/v1/policy/history",
    tag = "policy",
    responses((status = 200, description = "Every activation; of many the last 1,000.", body = super::policy_bodies::PolicyHistory))
)]
pub(super) async fn history(shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    done(&shared, Desk::policy_history).await
}

/// Every reason that the policy may give.
#[utoipa::path(
    get,
    path = "/v1/policy/reasons",
    tag = "policy",
    responses((status = 200, description = "Reasons of rules, classifications and guards, in the policy's order.", body = super::policy_bodies::PolicyReasons))
)]
pub(super) async fn reasons(shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    done(&shared, |desk| Ok(desk.policy_reasons())).await
}

/// The candidate, and how it differs from the policy that decides.
#[utoipa::path(
    get,
    path = "/v1/policy/candidate",
    tag = "policy",
    responses(
        (status = 200, description = "The candidate.", body = super::policy_bodies::CandidatePolicy),
        (status = 404, description = "There is none.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn candidate(shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let mut told = elsewhere(&shared, Kind::Work, Desk::candidate).await?;
    let put = told.get("sequence").and_then(Value::as_u64);
    if let (Some(tail), Some(put), Some(members)) = (shared.tail.get(), put, told.as_object_mut()) {
        members.insert("shadow".to_owned(), tail.shadow.told(put));
    }
    Ok(json(told.to_string().into_bytes()))
}

/// Puts a policy as the candidate, instead of the one that may be there. It is checked and compiled, and decides nothing
/// yet.
#[utoipa::path(
    put,
    path = "/v1/policy/candidate",
    tag = "policy",
    request_body(content = BTreeMap<String, String>, description = "The policy's files: the text of each by its name, such as `books/inspection.toml`."),
    responses(
        (status = 200, description = "What it is, and how it differs from the policy that decides.", body = super::policy_bodies::CandidatePut),
        (status = 409, description = "It decides now.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Every mistake: `pointer` names the file, `line` and `column` the place in it.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    Who(who): Who,
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let bytes = body::json(&request, payload, &shared, MAX_CANDIDATE_BYTES).await?;
    done(&shared, move |desk| {
        let source = CandidateFiles::read(&bytes)?;
        desk.put_candidate(&source, who.caller())
    })
    .await
}

/// Takes the candidate back.
#[utoipa::path(
    delete,
    path = "/v1/policy/candidate",
    tag = "policy",
    responses(
        (status = 200, description = "It is no candidate any more.", body = super::policy_bodies::CandidateWithdrawn),
        (status = 404, description = "There is none.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn withdraw(Who(who): Who, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    done(&shared, move |desk| desk.withdraw_candidate(who.caller())).await
}

/// Lets the candidate decide. Another person than the one who put it does.
#[utoipa::path(
    post,
    path = "/v1/policy/candidate/promote",
    tag = "policy",
    request_body(content = super::policy_bodies::Promotion, description = "Which candidate was looked at, and why it is to decide."),
    responses(
        (status = 200, description = "It decides from this record on.", body = super::policy_bodies::Activated),
        (status = 404, description = "There is no candidate.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The candidate is another one, or the caller put it.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Faults of the body.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn promote(
    Who(who): Who,
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let limits = shared.limits();
    let bytes = body::json(&request, payload, &shared, limits.event_bytes).await?;
    done(&shared, move |desk| desk.promote(&bytes, who.caller())).await
}

/// Lets a policy decide again that did before. One person is enough: it is for emergencies.
#[utoipa::path(
    post,
    path = "/v1/policy/rollback",
    tag = "policy",
    request_body(content = super::policy_bodies::Rollback, description = "Which policy, and why."),
    responses(
        (status = 200, description = "It decides from this record on.", body = super::policy_bodies::Activated),
        (status = 404, description = "No such policy decided before.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It decides now, or what was recorded since could not be read by it.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Faults of the body.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn roll_back(
    Who(who): Who,
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let limits = shared.limits();
    let bytes = body::json(&request, payload, &shared, limits.event_bytes).await?;
    done(&shared, move |desk| desk.roll_back(&bytes, who.caller())).await
}

async fn done(
    shared: &Data<Shared>,
    act: impl FnOnce(&Desk) -> Result<Value, Refusal> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let told = elsewhere(shared, Kind::Work, act).await?;
    Ok(json(told.to_string().into_bytes()))
}
