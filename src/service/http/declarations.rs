//! The life of a declaration: what it is, and what its sender or an officer makes of it.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::admission::Kind;
use super::body::{self, JSON};
use super::gate::Who;
use super::problem::{Problem, json as answer_json, json_again};
use super::shared::{Shared, elsewhere};
use crate::journal::Sequence;
use crate::service::{Desk, Refusal, answer_for};
use crate::supervision::Event;

/// What became of a declaration: its status, its versions, and every revision.
#[utoipa::path(
    get,
    path = "/v1/declarations/{declaration_id}",
    tag = "declarations",
    params(("declaration_id" = String, Path, description = "The single window's id.")),
    responses(
        (status = 200, description = "Status, versions and revisions, the latest last.", body = super::bodies::Life),
        (status = 404, description = "No such declaration.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn show(id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let desk = shared.desk()?;
    let latest = desk.latest(&id, None)?;
    desk.durable(latest).await?;
    let body = elsewhere(&shared, Kind::Work, move |desk| life(desk, &id, latest)).await?;
    Ok(answer_json(body))
}

/// Follows the revisions back to the first.
fn life(desk: &Desk, id: &str, latest: Sequence) -> Result<Vec<u8>, Refusal> {
    let mut revisions = Vec::new();
    let zone = desk.settle().snapshot().program.policy().profile.zone;
    desk.revisions(latest, |sequence, record, revision| {
        let event = record.act.as_ref();
        let event = event.and_then(|act| Event::parse(act.body.as_bytes(), zone).ok());
        revisions.push(json!({
            "version": revision.version,
            "revision": revision.revision,
            "kind": revision.kind.as_str(),
            "status": revision.status.as_str(),
            "verdict": revision.verdict.as_str(),
            "at": record.at.to_string(),
            "sequence": sequence.get(),
            "cause_event_id": event.as_ref().map(Event::cause_id),
            "by": revision.by,
            "why": revision.why,
        }));
    })?;
    revisions.reverse();
    let last = revisions.last().cloned().unwrap_or_default();
    let mut versions: Vec<u64> = revisions
        .iter()
        .filter_map(|revision| revision.get("version")?.as_u64())
        .collect();
    versions.dedup();
    let body = json!({
        "declaration_id": id,
        "status": last.get("status"),
        "verdict": last.get("verdict"),
        "version": last.get("version"),
        "revision": last.get("revision"),
        "versions": versions,
        "revisions": revisions,
    });
    Ok(body.to_string().into_bytes())
}

/// Withdraws a declaration. Only an officer withdraws what is selected or held.
#[utoipa::path(
    post,
    path = "/v1/declarations/{declaration_id}/cancel",
    tag = "declarations",
    params(("declaration_id" = String, Path, description = "The single window's id.")),
    request_body(content = super::bodies::Cancellation, description = "Why, if anybody says; the body may be empty."),
    responses(
        (status = 200, description = "The revision; where it is withdrawn already, that which withdrew it, with `Idempotent-Replay: true`.", body = super::bodies::Decision),
        (status = 404, description = "No such declaration.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It cannot be withdrawn as it is now.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn cancel(
    request: HttpRequest,
    id: Path<String>,
    who: Who,
    payload: Payload,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    act(
        "declaration_cancelled",
        (&request, id, who),
        payload,
        &shared,
    )
    .await
}

/// Lets an officer decide otherwise.
#[utoipa::path(
    post,
    path = "/v1/declarations/{declaration_id}/override",
    tag = "declarations",
    params(("declaration_id" = String, Path, description = "The single window's id.")),
    request_body(content = super::bodies::Override, description = "What is decided instead, by whom, and why."),
    responses(
        (status = 200, description = "The revision.", body = super::bodies::Decision),
        (status = 404, description = "No such declaration.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Faults, or a milder verdict without a second officer.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn overrule(
    request: HttpRequest,
    id: Path<String>,
    who: Who,
    payload: Payload,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    act("decision_overridden", (&request, id, who), payload, &shared).await
}

async fn act(
    kind: &'static str,
    (request, id, Who(who)): (&HttpRequest, Path<String>, Who),
    payload: Payload,
    shared: &Data<Shared>,
) -> Result<HttpResponse, Problem> {
    shared.desk()?;
    let limits = shared.limits();
    let members = body::whole(payload, shared, limits.event_bytes).await?;
    if !members.is_empty() {
        body::media_type(request, &[JSON])?;
    }
    let acted = elsewhere(shared, Kind::Work, move |desk| {
        let acted = desk.request(kind, &id, &members, who.caller())?;
        desk.wait_durable(acted.sequence)?;
        let record = desk.record(acted.sequence)?;
        let answer = answer_for(who.view(), &record, acted.sequence)?;
        Ok((answer, acted.repeated))
    });
    let (answer, repeated) = acted.await?;
    Ok(match repeated {
        true => json_again(answer),
        false => answer_json(answer),
    })
}
