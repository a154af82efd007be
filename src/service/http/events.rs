//! Events and tables of the registry, as officers send them.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::admission::Kind;
use super::body::{self, CSV, JSON, NDJSON};
use super::gate::Who;
use super::problem::{Problem, json as answer_json};
use super::shared::{Shared, elsewhere};
use crate::registry::RegistrySource;
use crate::service::{Acted, Caller, Desk, Refusal};
use crate::supervision::{Proposal, Record};

/// Takes an event, or several in their order.
#[utoipa::path(
    post,
    path = "/v1/events",
    tag = "events",
    request_body(content = super::bodies::EventBody, description = "An event as `application/json`, or one a line as `application/x-ndjson`."),
    responses(
        (status = 200, description = "The record of the event and the revision of the registry after it; a line for each line of a stream. The same event again gets the same answer.", body = super::bodies::EventRecorded),
        (status = 404, description = "No such declaration.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The same id came with another content.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Faults, or what cannot be as things are now.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn take(
    Who(who): Who,
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    shared.desk()?;
    let limits = shared.limits();
    if body::media_type(&request, &[JSON, NDJSON])? == JSON {
        let bytes = body::whole(payload, &shared, limits.event_bytes).await?;
        let answer = elsewhere(&shared, Kind::Work, move |desk| {
            one(desk, &bytes, who.caller())
        })
        .await?;
        return Ok(answer_json(answer.into_bytes()));
    }
    let bytes = body::whole(payload, &shared, limits.table_bytes).await?;
    let most = limits.event_bytes;
    let answers = elsewhere(&shared, Kind::Work, move |desk| {
        Ok(several(desk, &bytes, most, who.caller()))
    });
    let answers = answers.await?;
    Ok(HttpResponse::Ok().content_type(NDJSON).body(answers))
}

fn one(desk: &Desk, bytes: &[u8], caller: Caller<'_>) -> Result<String, Refusal> {
    let acted = desk.event(bytes, caller)?;
    desk.wait_durable(acted.sequence)?;
    recorded(desk, acted)
}

fn recorded(desk: &Desk, acted: Acted) -> Result<String, Refusal> {
    let broken = |why: &dyn std::fmt::Display| Refusal::Stopped(why.to_string());
    let payload = desk.record(acted.sequence)?;
    let record = Record::decode(&payload).map_err(|error| broken(&error))?;
    let act = record
        .act
        .ok_or_else(|| broken(&"an act's record has none"))?;
    let body: serde_json::Value = serde_json::from_str(act.body).unwrap_or_default();
    let mut answer = json!({
        "event_id": body.get("event_id"),
        "sequence": acted.sequence.get(),
        "registry_revision": act.registry_revision,
        "recorded_at": record.at.to_string(),
        "repeated": acted.repeated,
    });
    let proposals = desk.proposals_after(act.body)?;
    if let Some(members) = answer.as_object_mut().filter(|_| !proposals.is_empty()) {
        let proposals = proposals.iter().map(Proposal::json).collect::<Vec<_>>();
        members.insert("proposals".to_owned(), proposals.into());
    }
    Ok(answer.to_string())
}

/// Each line by itself; a bad one does not stop the rest.
fn several(desk: &Desk, bytes: &Bytes, most: usize, caller: Caller<'_>) -> String {
    let mut out = String::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = match line.len() <= most {
            true => one(desk, line, caller).map_err(Problem::from),
            false => Err(body::too_large("the line", most)),
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(problem) => {
                let problem = serde_json::to_value(problem);
                let mut problem = problem.unwrap_or_default();
                if let Some(members) = problem.as_object_mut() {
                    members.insert("line".to_owned(), (index + 1).into());
                }
                problem.to_string()
            }
        };
        // Writing to memory does not fail.
        let _ = writeln!(out, "{answer}");
    }
    out
}

/// Makes a table of the registry what a CSV file says: the differences are journaled, whole or not at all.
#[utoipa::path(
    post,
    path = "/v1/registry/{table}",
    tag = "events",
    params(("table" = String, Path, description = "The table, such as `classes`.")),
    request_body(content = String, content_type = "text/csv", description = "The whole table, with its header."),
    responses(
        (status = 200, description = "How many owners' rows changed, and the record, if any did.", body = super::bodies::Imported),
        (status = 404, description = "No such table.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Faults of rows.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn registry(
    request: HttpRequest,
    table: Path<String>,
    Who(who): Who,
    payload: Payload,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    shared.desk()?;
    let limits = shared.limits();
    body::media_type(&request, &[CSV])?;
    let bytes = body::whole(payload, &shared, limits.table_bytes).await?;
    let files = [(format!("{}.csv", table.into_inner()), bytes.to_vec())];
    let source = RegistrySource::from_files(files)
        .map_err(|error| Problem::new(StatusCode::NOT_FOUND, error.to_string()))?;
    let answer = elsewhere(&shared, Kind::Work, move |desk| {
        let (changes, acted) = desk.import(&source, false, who.caller())?;
        if let Some(acted) = acted {
            desk.wait_durable(acted.sequence)?;
        }
        let sequence = acted.map(|acted| acted.sequence.get());
        let revision = desk.settle().snapshot().revision;
        Ok(json!({ "changes": changes, "sequence": sequence, "registry_revision": revision }))
    });
    Ok(answer_json(answer.await?.to_string().into_bytes()))
}
