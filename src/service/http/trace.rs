//! Traceback: a product lot with what it was made of, what else was made of that, and who declared any of it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::admission::Kind;
use super::problem::{Problem, json as answer_json};
use super::shared::{Shared, elsewhere};

/// A product lot followed back to its raw material and forth to what else was made of it.
#[utoipa::path(
    get,
    path = "/v1/product-lots/{product_lot}/trace",
    tag = "traceback",
    params(("product_lot" = String, Path, description = "The product lot's id, as the enterprise's diary has it.")),
    responses(
        (status = 200, description = "Its diary, raw material with suppliers, other product lots of that, declarations and open events.", body = super::bodies::ProductLot),
        (status = 404, description = "No diary has it, no open event leads to it, and no declaration in memory cites it.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn show(id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let body = elsewhere(&shared, Kind::Work, move |desk| desk.trace(&id)).await?;
    Ok(answer_json(body.to_string().into_bytes()))
}
