//! Documents that are part of the contract and served as they are.

use std::sync::LazyLock;

use axum::response::IntoResponse;
use serde_json::Value;
use web::Query;
use web::api::{Description, Json};

use super::answer::Answer;

/// The description of this API.
pub(super) static DESCRIPTION: LazyLock<Description> =
    LazyLock::new(|| Description::embedded(include_str!("documents/openapi.json")));

static PERMISSIONS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("documents/permissions.json")).expect("embedded documents are JSON")
});

/// Which permissions and rules there are (as in `@backstage/plugin-catalog-backend` 4.0.0).
pub(super) async fn permissions(_: Query<()>) -> Answer {
    Ok(Json(&*PERMISSIONS).into_response())
}
