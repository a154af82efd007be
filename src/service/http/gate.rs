//! The gate before every route: who calls, whether they may, and whether they ask too often. What is open is so on this
//! machine; whoever comes from another is a caller there, too.

use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, ResponseError as _};

use super::panics;
use super::problem::Problem;
use super::shared::Shared;
use crate::clock;
use crate::declaration::{Moment, Zone};
use crate::service::access::{Fingerprint, Known, Roles, Stranger};

/// Whoever calls, once they have passed the gate.
pub(super) struct Who(pub(super) Arc<Known>);

impl FromRequest for Who {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Arc<Known>>().cloned();
        ready(known.map(Self).ok_or_else(|| stranger(&Stranger::Nothing)))
    }
}

/// The certificate that was shown when the connection was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown(pub(super) Fingerprint);

/// The route of a request, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route(pub(super) usize);

/// Lets a request to a route pass that asks for one of these roles; for none of them where the route is open.
pub(super) async fn pass(
    (route, roles): (Route, Roles),
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(shared) = request.app_data::<Data<Shared>>().cloned() else {
        let why = "the service is not whole";
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, why);
        return Ok(request.error_response(problem));
    };
    request.extensions_mut().insert(route);
    let asked = request.request().clone();
    let answer = panics::caught(&shared, async {
        match entry(roles, &request, &shared) {
            Ok(()) => next.call(request).await,
            Err(problem) => Ok(request.error_response(problem)),
        }
    });
    match answer.await {
        Ok(answer) => answer,
        Err(died) => Ok(ServiceResponse::new(asked, died.error_response())),
    }
}

/// Notes who calls, also of whoever may not.
fn entry(roles: Roles, request: &ServiceRequest, shared: &Shared) -> Result<(), Problem> {
    let settings = shared.settings.load();
    let headers = request.headers();
    check_size(headers, settings.limits.header_bytes)?;
    if roles.is_empty() && is_here(request.peer_addr()) {
        return Ok(());
    }
    let token = bearer(headers)?;
    let shown = request.conn_data::<Shown>().map(|shown| &shown.0);
    let today = Moment::from_micros(clock::now_micros()).day(Zone::UTC);
    let known = settings.access.who(token, shown, today);
    let known = known.map_err(|why| stranger(&why))?;
    request.extensions_mut().insert(Arc::clone(known));
    let pace = known.pace.as_ref().map_or(Ok(()), |pace| pace.take());
    pace.map_err(|_| {
        let why = format!("`{}` asks more often than it may", known.name);
        Problem::new(StatusCode::TOO_MANY_REQUESTS, why)
    })?;
    if !roles.is_empty() && !roles.meets(known.roles) {
        let (name, has) = (&known.name, known.roles);
        let why = format!("this is for the roles {roles}; `{name}` has {has}");
        return Err(Problem::new(StatusCode::FORBIDDEN, why));
    }
    Ok(())
}

/// Whether somebody is on this machine.
fn is_here(peer: Option<SocketAddr>) -> bool {
    peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}

fn check_size(headers: &HeaderMap, most: usize) -> Result<(), Problem> {
    let bytes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    match bytes.sum::<usize>() <= most {
        true => Ok(()),
        false => {
            let why = format!("the headers have more than {most} bytes");
            Err(Problem::new(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                why,
            ))
        }
    }
}

/// The token that a request brings.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut named = headers.get_all(AUTHORIZATION);
    let Some(value) = named.next() else {
        return Ok(None);
    };
    let words = value.to_str().ok().and_then(|value| value.split_once(' '));
    match words {
        Some((scheme, token))
            if scheme.eq_ignore_ascii_case("bearer") && named.next().is_none() =>
        {
            Ok(Some(token.trim()))
        }
        // Whatever it is, nobody repeats it.
        _ => Err(stranger(&Stranger::Token)),
    }
}

fn stranger(why: &Stranger) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_on_this_machine_is_here() {
        let here = [
            "127.0.0.1:1",
            "[::1]:1",
            "[::ffff:127.0.0.1]:1",
            "127.8.0.1:9",
        ];
        let there = ["192.0.2.1:1", "[2001:db8::1]:1", "0.0.0.0:1"];
        let is = |text: &&str| is_here(Some(text.parse().unwrap()));
        assert!(here.iter().all(is) && !there.iter().any(is) && !is_here(None));
    }
}
