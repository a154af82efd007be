//! HTTP: the routes of the contract, over the desk. Deciding runs on the worker that read the request; whatever reads
//! the disk runs elsewhere.

mod bodies;
mod body;
mod decisions;
mod declarations;
mod events;
mod feed;
mod health;
mod metrics;
mod openapi;
mod problem;
mod registry;
mod serve;
mod shared;
mod trace;

pub use openapi::openapi;
pub use serve::{ServeError, ServeOptions, serve};

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, Route};

/// All routes.
fn routes(config: &mut ServiceConfig) {
    let posts = [
        ("/v1/decisions", web::post().to(decisions::decide)),
        ("/v1/decisions/batch", web::post().to(decisions::batch)),
        (
            "/v1/declarations/{id}/cancel",
            web::post().to(declarations::cancel),
        ),
        (
            "/v1/declarations/{id}/override",
            web::post().to(declarations::overrule),
        ),
        ("/v1/registry/{table}", web::post().to(events::registry)),
    ];
    let gets = [
        ("/v1/decisions/{id}", web::get().to(decisions::latest)),
        ("/v1/declarations/{id}", web::get().to(declarations::show)),
        ("/v1/product-lots/{id}/trace", web::get().to(trace::show)),
        ("/v1/changes", web::get().to(feed::changes)),
        ("/v1/enterprises/{id}", web::get().to(registry::enterprise)),
        ("/v1/enterprises/{id}/file", web::get().to(registry::file)),
        ("/v1/zones/{id}", web::get().to(registry::zone)),
        ("/v1/lots/{id}", web::get().to(registry::lot)),
        ("/healthz", web::get().to(health::alive)),
        ("/readyz", web::get().to(health::ready)),
        ("/metrics", web::get().to(health::metrics)),
        ("/openapi.json", web::get().to(openapi::json)),
        ("/docs", web::get().to(openapi::page)),
    ];
    for (path, route) in posts {
        let resource = web::resource(path).route(route);
        config.service(resource.default_service(other_methods("POST")));
    }
    for (path, route) in gets {
        let resource = web::resource(path).route(route);
        config.service(resource.default_service(other_methods("GET")));
    }
    let events = web::resource("/v1/events")
        .route(web::post().to(events::take))
        .route(web::get().to(feed::events));
    config.service(events.default_service(other_methods("GET, POST")));
    config.default_service(web::to(problem::no_such_path));
}

fn other_methods(allowed: &'static str) -> Route {
    web::to(move |request: HttpRequest| async move { problem::wrong_method(&request, allowed) })
}
