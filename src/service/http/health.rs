//! Whether the service lives and is ready, and what it has counted.

use std::sync::atomic::Ordering;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use super::shared::{Phase, Shared};

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

/// What was counted, in the text format of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    responses((status = 200, description = "Metrics.", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(shared: Data<Shared>) -> HttpResponse {
    if let Some(Ok(overdue)) = shared.desk().ok().map(|desk| desk.overdue()) {
        shared.metrics.overdue(overdue.len());
    }
    if let Some(tail) = shared.tail.get() {
        shared.metrics.shadowed(&tail.shadow);
    }
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(shared.metrics.text())
}
