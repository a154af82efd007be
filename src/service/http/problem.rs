//! Problem details (RFC 9457): what is wrong, with every fault.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::declaration::{Fault, FaultCode};
use crate::limits::RETRY_AFTER_S;
use crate::policy::PolicyErrors;
use crate::service::policy::pointer;
use crate::service::refusal::Refusal;

/// The media type of a problem.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

static REPLAY: HeaderName = HeaderName::from_static("idempotent-replay");

/// A problem, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The HTTP status.
    status: u16,
    /// What kind of problem.
    title: &'static str,
    /// What is wrong.
    detail: String,
    /// The request's id, as in the answer's `X-Request-Id`; not of a line of a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// Every fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemFault>,
}

/// A fault of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ProblemFault {
    /// Where, as a JSON pointer (RFC 6901).
    pointer: String,
    /// What kind of fault.
    code: &'static str,
    /// What is wrong, and what would be right.
    detail: String,
    /// The line in the file that `pointer` names, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status: status.as_u16(),
            title: status.canonical_reason().unwrap_or_default(),
            detail: detail.into(),
            request_id: None,
            errors: Vec::new(),
        }
    }

    /// As a line of JSON without its end.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(out, self);
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Faults(faults) => of_faults(faults),
            Refusal::Policy(errors) => of_policy(errors),
            Refusal::Conflict(why) => Self::new(StatusCode::CONFLICT, why),
            Refusal::State(why) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, why),
            Refusal::NotFound(why) => Self::new(StatusCode::NOT_FOUND, why),
            Refusal::Old(_) | Refusal::Busy | Refusal::Stopped(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, refusal.to_string())
            }
        }
    }
}

fn of_faults(faults: Vec<Fault>) -> Problem {
    let syntax = faults.iter().any(|fault| fault.code == FaultCode::Syntax);
    let (status, detail) = if syntax {
        (StatusCode::BAD_REQUEST, "the body is not JSON")
    } else {
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            "what was sent has faults; each is in `errors`",
        )
    };
    let errors = faults.into_iter().map(|fault| ProblemFault {
        pointer: fault.pointer,
        code: fault.code.as_str(),
        detail: fault.detail,
        line: None,
        column: None,
    });
    Problem {
        errors: errors.collect(),
        ..Problem::new(status, detail)
    }
}

/// A mistake is where its file is, with line and column; what would be right follows what is wrong.
fn of_policy(errors: PolicyErrors) -> Problem {
    let errors = errors.0.into_iter().map(|mistake| ProblemFault {
        pointer: pointer(&mistake.file),
        code: FaultCode::Policy.as_str(),
        detail: match mistake.help {
            Some(help) => format!("{}; {help}", mistake.message),
            None => mistake.message,
        },
        line: Some(mistake.line),
        column: Some(mistake.column),
    });
    Problem {
        errors: errors.collect(),
        ..Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "the policy has mistakes; each is in `errors`",
        )
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.title, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut body = Vec::new();
        self.write(&mut body);
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CONTENT_TYPE, PROBLEM_JSON));
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"greenlane\""));
        }
        if [
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::TOO_MANY_REQUESTS,
        ]
        .contains(&status)
        {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER_S));
        }
        response.body(body)
    }
}

/// A problem as it was written, with the id of the request.
pub(super) fn of_request(id: &str, problem: &[u8]) -> Vec<u8> {
    with_member("request_id", &id.into(), problem)
}

/// An object of JSON as it was written, with a member before all others.
pub(super) fn with_member(name: &str, value: &Value, object: &[u8]) -> Vec<u8> {
    let mut out = format!("{{\"{name}\":{value},").into_bytes();
    out.extend_from_slice(object.get(1..).unwrap_or_default());
    out
}

/// JSON as an answer.
pub(super) fn json(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(body)
}

/// JSON as an answer that was given before.
pub(super) fn json_again(body: Vec<u8>) -> HttpResponse {
    let mut response = json(body);
    let value = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAY.clone(), value);
    response
}

pub(super) async fn no_such_path(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let detail = format!(
        "there is nothing at `{}`; `/docs` shows what there is",
        request.path()
    );
    Err(Problem::new(StatusCode::NOT_FOUND, detail))
}

pub(super) fn wrong_method(request: &HttpRequest, allowed: &str) -> HttpResponse {
    let detail = format!(
        "`{}` is not for {}, but for {allowed}",
        request.path(),
        request.method()
    );
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).error_response();
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
