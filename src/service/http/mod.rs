//! HTTP: the routes of the contract, over the desk. Deciding runs on the worker that read the request; whatever reads
//! the disk runs elsewhere.

mod body;
mod decisions;
mod declarations;
mod events;
mod feed;
mod health;
mod metrics;
mod openapi;
mod problem;
mod serve;
mod shared;

pub use openapi::openapi;
pub use serve::{ServeError, ServeOptions, serve};

use actix_web::web::{self, ServiceConfig};

/// All routes.
fn routes(config: &mut ServiceConfig) {
    let json = [
        ("/v1/decisions", web::post().to(decisions::decide)),
        ("/v1/decisions/batch", web::post().to(decisions::batch)),
        ("/v1/decisions/{id}", web::get().to(decisions::latest)),
        ("/v1/declarations/{id}", web::get().to(declarations::show)),
        (
            "/v1/declarations/{id}/cancel",
            web::post().to(declarations::cancel),
        ),
        (
            "/v1/declarations/{id}/override",
            web::post().to(declarations::overrule),
        ),
        ("/v1/changes", web::get().to(feed::changes)),
        ("/v1/registry/{table}", web::post().to(events::registry)),
        ("/healthz", web::get().to(health::alive)),
        ("/readyz", web::get().to(health::ready)),
        ("/metrics", web::get().to(health::metrics)),
        ("/openapi.json", web::get().to(openapi::json)),
        ("/docs", web::get().to(openapi::page)),
    ];
    for (path, route) in json {
        let resource = web::resource(path).route(route);
        config.service(resource.default_service(web::to(problem::wrong_method)));
    }
    let events = web::resource("/v1/events")
        .route(web::post().to(events::take))
        .route(web::get().to(feed::events));
    config.service(events.default_service(web::to(problem::wrong_method)));
    config.default_service(web::to(problem::no_such_path));
}
