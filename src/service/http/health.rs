//! Whether the service lives and is ready, and what it has counted.

use std::sync::atomic::Ordering;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde_json::json;

use super::gate::Who;
use super::problem::Problem;
use super::shared::{Phase, Shared};
use crate::service::access::{Role, Roles};

/// Whether the process lives.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "health",
    responses((status = 200, description = "It lives.", body = String, content_type = "text/plain"))
)]
pub(super) async fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain")
        .body("alive\n")
}

/// Whether it takes requests, and where in its life it is: `recovering`, `ready`, `draining` or `stopped`.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    responses(
        (status = 200, description = "Ready.", body = super::bodies::Readiness),
        (status = 503, description = "Not ready.", body = super::bodies::Readiness),
    )
)]
pub(super) async fn ready(shared: Data<Shared>) -> HttpResponse {
    let phase = shared.phase();
    let tail = shared.tail.get();
    let body = json!({
        "phase": phase.as_str(),
        "recovered": shared.recovered.load(Ordering::Relaxed),
        "to_recover": shared.to_recover.load(Ordering::Relaxed),
        "archived": tail.map(|tail| tail.archived.load(Ordering::Relaxed)),
        "archive_stopped": tail.and_then(|tail| tail.stopped()),
    });
    let mut response = match phase {
        Phase::Ready => HttpResponse::Ok(),
        _ => HttpResponse::ServiceUnavailable(),
    };
    response
        .content_type("application/json")
        .body(body.to_string())
}

/// Roles of whoever may read the numbers from another machine. Not those who only declare: what the numbers do while
/// they declare tells how it was decided.
const READERS: Roles = Roles::of(&[Role::Officer, Role::Policy, Role::Analyst]);

/// What was counted, in the text format of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    responses(
        (status = 200, description = "Metrics.", body = String, content_type = "text/plain"),
        (status = 403, description = "The caller is on another machine and only declares.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn metrics(
    who: Option<Who>,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    may_read(who.as_ref())?;
    let failed =
        |why: prometheus::Error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, why.to_string());
    let text = shared.metrics.text(&shared).map_err(failed)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text))
}

/// Whoever is on this machine need not say who they are, and may.
fn may_read(who: Option<&Who>) -> Result<(), Problem> {
    match who {
        Some(Who(known)) if !READERS.meets(known.roles) => {
            let why = format!("from another machine this is for the roles {READERS}");
            Err(Problem::new(StatusCode::FORBIDDEN, why))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::service::access::Known;

    #[test]
    fn from_another_machine_who_only_declares_does_not_read_the_numbers() {
        let who = |roles: &[Role]| {
            Who(Arc::new(Known {
                name: "X".to_owned(),
                roles: Roles::of(roles),
                secret: None,
                pace: None,
            }))
        };
        assert!(may_read(Some(&who(&[Role::Declare]))).is_err());
        assert!(may_read(None).is_ok());
        for reader in [Role::Officer, Role::Policy, Role::Analyst] {
            assert!(may_read(Some(&who(&[reader]))).is_ok());
            assert!(may_read(Some(&who(&[Role::Declare, reader]))).is_ok());
        }
    }
}
