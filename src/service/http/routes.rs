//! The table of routes: each a line with the roles of whom it is for, none where it is open. Routes, gate and
//! description are all made of it.

use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, Resource, Route, dev::ServiceRequest};
use utoipa::OpenApi;

use super::problem::{self, Problem};
use super::{
    batch, decisions, declarations, events, feed, gate, health, openapi, policy, preview, registry,
    trace,
};
use crate::service::access::{Role, Roles};

/// A route.
pub(super) struct Entry {
    /// In small letters.
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// For whom it is; where it is open, nobody need say who they are.
    pub(super) roles: Roles,
    route: fn() -> Route,
}

macro_rules! routes {
    ($($method:ident $path:literal [$($role:ident)*] $($handler:ident)::+;)+) => {
        /// The description.
        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "greenlane",
                description = "Decides customs declarations: release, sample or hold, with reasons and obligations. What is answered is durable."
            ),
            paths($($($handler)::+),+),
            components(schemas(Problem))
        )]
        pub(super) struct Api;

        /// All routes.
        pub(super) const ROUTES: &[Entry] = &[$(
            Entry {
                method: stringify!($method),
                path: $path,
                roles: Roles::of(&[$(Role::$role),*]),
                route: || web::$method().to($($handler)::+),
            },
        )+];
    };
}

routes! {
    post "/v1/decisions" [Declare Officer] decisions::decide;
    post "/v1/decisions/batch" [Declare] batch::batch;
    get "/v1/decisions/{declaration_id}" [Declare Officer] decisions::latest;
    get "/v1/declarations/{declaration_id}" [Declare Officer] declarations::show;
    post "/v1/declarations/{declaration_id}/cancel" [Declare Officer] declarations::cancel;
    post "/v1/declarations/{declaration_id}/override" [Officer] declarations::overrule;
    get "/v1/product-lots/{product_lot}/trace" [Officer] trace::show;
    get "/v1/changes" [Declare] feed::changes;
    get "/v1/events" [Officer Analyst] feed::events;
    post "/v1/events" [Officer] events::take;
    post "/v1/registry/{table}" [Officer] events::registry;
    get "/v1/enterprises/{enterprise_id}" [Officer] registry::enterprise;
    get "/v1/enterprises/{enterprise_id}/file" [Officer] registry::file;
    get "/v1/zones/{zone_id}" [Officer] registry::zone;
    get "/v1/lots/{lot_id}" [Officer] registry::lot;
    post "/v1/preview" [Policy Officer] preview::preview;
    get "/v1/policy" [Policy] policy::show;
    get "/v1/policy/history" [Policy] policy::history;
    get "/v1/policy/reasons" [Policy] policy::reasons;
    get "/v1/policy/candidate" [Policy] policy::candidate;
    put "/v1/policy/candidate" [Policy] policy::put;
    delete "/v1/policy/candidate" [Policy] policy::withdraw;
    post "/v1/policy/candidate/promote" [Policy] policy::promote;
    post "/v1/policy/rollback" [Policy] policy::roll_back;
    get "/healthz" [] health::alive;
    get "/readyz" [] health::ready;
    get "/metrics" [] health::metrics;
    get "/openapi.json" [] openapi::json;
    get "/docs" [] openapi::page;
}

/// Registers all routes, each behind the gate.
pub(super) fn routes(config: &mut ServiceConfig) {
    let mut paths: Vec<&str> = ROUTES.iter().map(|entry| entry.path).collect();
    let mut seen = Vec::new();
    paths.retain(|path| {
        let new = !seen.contains(path);
        seen.push(path);
        new
    });
    for path in paths {
        config.service(resource(path));
    }
    config.default_service(web::to(problem::no_such_path));
}

/// What answers at a path, by its methods.
fn resource(path: &str) -> Resource {
    let mut resource = web::resource(path);
    let mut methods = Vec::new();
    let routes = ROUTES.iter().enumerate();
    for (at, entry) in routes.filter(|(_, entry)| entry.path == path) {
        let asks = (gate::Route(at), entry.roles);
        let gate = move |request: ServiceRequest, next: Next<_>| gate::pass(asks, request, next);
        resource = resource.route((entry.route)().wrap(from_fn(gate)));
        methods.push(entry.method.to_ascii_uppercase());
    }
    resource.default_service(other_methods(methods.join(", ")))
}

fn other_methods(allowed: String) -> Route {
    web::to(move |request: HttpRequest| {
        let response = problem::wrong_method(&request, &allowed);
        async move { response }
    })
}
