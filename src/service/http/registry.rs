//! What officers look at: enterprises, their quality files, zones, lots of raw material.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use serde_json::Value;

use super::admission::Kind;
use super::decisions::query;
use super::problem::{Problem, json};
use super::shared::{Shared, elsewhere};
use crate::declaration::Day;
use crate::registry::{Heading, MemberState};
use crate::service::{Desk, FileParts, Part, Refusal};

/// The query of any of these routes; each takes what goes with it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct On {
    on: Option<String>,
}

/// The query of a list that comes in parts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnePart {
    on: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// The query of a zone.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfZone {
    on: Option<String>,
    state: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// The query of a quality file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfFile {
    on: Option<String>,
    heading: Option<String>,
    limit: Option<usize>,
    headings_after: Option<String>,
    months_after: Option<String>,
    tests_after: Option<String>,
    diary_after: Option<String>,
}

type Asked<T> = Result<Query<T>, actix_web::Error>;

fn bad(why: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, why)
}

fn day(text: Option<&String>) -> Result<Option<Day>, Problem> {
    let parsed = text.map(|text| Day::parse(text));
    let parsed = parsed.transpose();
    parsed.map_err(|error| bad(format!("on: {error}")))
}

fn heading(text: &str) -> Result<Heading, Problem> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    let wrong = || bad(format!("heading: `{text}` has not four digits, as 9405"));
    number.map(Heading::from_number).ok_or_else(wrong)
}

fn member_state(text: &str) -> Result<MemberState, Problem> {
    let words = || MemberState::ALL.iter().map(|state| state.as_str());
    let wrong = || {
        let words: Vec<_> = words().collect();
        bad(format!("state: `{text}` is none of {}", words.join(", ")))
    };
    MemberState::parse(text).ok_or_else(wrong)
}

async fn look(
    shared: &Data<Shared>,
    at: impl FnOnce(&Desk) -> Result<Value, Refusal> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let found = elsewhere(shared, Kind::Work, at).await?;
    Ok(json(found.to_string().into_bytes()))
}

/// An enterprise: what the registry knows of it, and what that makes of it on a day.
#[utoipa::path(
    get,
    path = "/v1/enterprises/{enterprise_id}",
    tag = "registry",
    params(
        ("enterprise_id" = String, Path, description = "The enterprise."),
        ("on" = Option<String>, Query, description = "The day, as 2016-03-10; else today."),
    ),
    responses(
        (status = 200, description = "Its standing on the day and its rows of all tables.", body = super::bodies::Enterprise),
        (status = 404, description = "No such enterprise.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn enterprise(
    id: Path<String>,
    asked: Asked<On>,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let on = day(query(asked)?.on.as_ref())?;
    look(&shared, move |desk| desk.enterprise(&id, on)).await
}

/// The quality files of an enterprise: its diary, and what the authority counts of its goods.
#[utoipa::path(
    get,
    path = "/v1/enterprises/{enterprise_id}/file",
    tag = "registry",
    params(
        ("enterprise_id" = String, Path, description = "The enterprise."),
        ("on" = Option<String>, Query, description = "The day with which windows end, as 2016-03-10; else today."),
        ("heading" = Option<String>, Query, description = "Only this heading, four digits."),
        ("limit" = Option<usize>, Query, description = "Rows of each list at most, 1 to 1,000."),
        ("headings_after" = Option<String>, Query, description = "`headings_next` of the part before."),
        ("months_after" = Option<String>, Query, description = "`months_next` of the part before."),
        ("tests_after" = Option<String>, Query, description = "`tests_next` of the part before."),
        ("diary_after" = Option<String>, Query, description = "`diary_next` of the part before."),
    ),
    responses(
        (status = 200, description = "The files, each list in parts.", body = super::bodies::QualityFile),
        (status = 404, description = "No such enterprise.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn file(
    id: Path<String>,
    asked: Asked<OfFile>,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let asked = query(asked)?;
    let on = day(asked.on.as_ref())?;
    let limit = asked.limit;
    let part = |after| Part { after, limit };
    let parts = FileParts {
        heading: asked.heading.as_deref().map(heading).transpose()?,
        headings: part(asked.headings_after),
        months: part(asked.months_after),
        tests: part(asked.tests_after),
        diary: part(asked.diary_after),
    };
    look(&shared, move |desk| desk.quality_file(&id, on, &parts)).await
}

/// A zone and its members.
#[utoipa::path(
    get,
    path = "/v1/zones/{zone_id}",
    tag = "registry",
    params(
        ("zone_id" = String, Path, description = "The zone."),
        ("on" = Option<String>, Query, description = "The day, as 2016-03-10; else today."),
        ("state" = Option<String>, Query, description = "Only memberships in this state, such as `announced`."),
        ("after" = Option<String>, Query, description = "`members_next` of the part before."),
        ("limit" = Option<usize>, Query, description = "Members at most, 1 to 1,000."),
    ),
    responses(
        (status = 200, description = "What it is on the day, and its members.", body = super::bodies::Zone),
        (status = 404, description = "No such zone.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn zone(
    id: Path<String>,
    asked: Asked<OfZone>,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let asked = query(asked)?;
    let on = day(asked.on.as_ref())?;
    let state = asked.state.as_deref().map(member_state).transpose()?;
    let part = Part {
        after: asked.after,
        limit: asked.limit,
    };
    look(&shared, move |desk| desk.zone(&id, on, state, &part)).await
}

/// A lot of raw material: its supplier, its test, what is left of it.
#[utoipa::path(
    get,
    path = "/v1/lots/{lot_id}",
    tag = "registry",
    params(
        ("lot_id" = String, Path, description = "The lot."),
        ("on" = Option<String>, Query, description = "The day of whose knowledge of its test is told, as 2016-03-10; else today."),
        ("after" = Option<String>, Query, description = "`product_lots_next` of the part before."),
        ("limit" = Option<usize>, Query, description = "Product lots at most, 1 to 1,000."),
    ),
    responses(
        (status = 200, description = "The lot.", body = super::bodies::Lot),
        (status = 404, description = "No such lot.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn lot(
    id: Path<String>,
    asked: Asked<OnePart>,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let asked = query(asked)?;
    let on = day(asked.on.as_ref())?;
    let part = Part {
        after: asked.after,
        limit: asked.limit,
    };
    look(&shared, move |desk| desk.lot(&id, on, &part)).await
}
