//! Around everything that answers: each request gets an id, which its answer carries, and its problem; and it is
//! counted and logged.

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::dev::{ResponseHead, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpRequest};

use super::access_log::Answered;
use super::gate::Route;
use super::problem::{self, PROBLEM_JSON};
use super::request_id::{REQUEST_ID, RequestId, work_on};
use super::shared::Shared;
use crate::clock::Stopwatch;

/// Lets a request pass and sees to its answer.
pub(super) async fn observe(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let watch = Stopwatch::start();
    let id = RequestId::of(request.headers());
    let method = request.method().clone();
    let shared = request.app_data::<Data<Shared>>().cloned();
    let see = |request: Option<&HttpRequest>, status: StatusCode| {
        let Some(shared) = &shared else { return };
        let (route, took) = (request.and_then(route_of), watch.elapsed());
        let status = status.as_u16();
        shared.metrics.answered(route, status, took);
        shared.log.tell(&Answered {
            id: &id,
            method: &method,
            request,
            route,
            status,
            took,
        });
    };
    match work_on(&id, next.call(request)).await {
        Ok(response) => {
            see(Some(response.request()), response.status());
            Ok(response.map_body(|head, body| name(&id, head, body)))
        }
        // An error of whatever stands around a route is an answer, too.
        Err(error) => {
            let response = error.error_response();
            see(None, response.status());
            let response = response.map_body(|head, body| name(&id, head, body));
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// The place of the route that a request came to; none where there is none.
fn route_of(request: &HttpRequest) -> Option<usize> {
    request.extensions().get::<Route>().map(|route| route.0)
}

/// Tells the id in an answer's head, and in its body where that is a problem.
fn name(id: &RequestId, head: &mut ResponseHead, body: BoxBody) -> BoxBody {
    let headers = head.headers_mut();
    headers.insert(REQUEST_ID.clone(), id.value());
    let is_problem = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == PROBLEM_JSON);
    if !is_problem {
        return body;
    }
    match body.try_into_bytes() {
        Ok(bytes) => BoxBody::new(problem::of_request(id.as_str(), &bytes)),
        Err(body) => body,
    }
}
