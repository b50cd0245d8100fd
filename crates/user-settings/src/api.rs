//! `/api/user-settings`: values by bucket and key, of the person who asks (as in `@backstage/plugin-user-settings-backend` 0.4.7).

mod multiget;

use axum::extract::{FromRef, FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::Fault;
use model::Viewer;
use plugin::{Rows, Rule};
use serde_json::{Value, json};
use store::{SettingKey, Store, StoreError};
use web::api::Json;
use web::{ApiError, CurrentViewer, JsonBody};

/// The rows below `/api/user-settings`.
pub fn rows(store: &Store) -> Rows {
    const VALUE: &str = "/buckets/{bucket}/keys/{*key}";
    Rows::new()
        .get(VALUE, Rule::person(), read)
        .put(VALUE, Rule::person(), write)
        .delete(VALUE, Rule::person(), remove)
        .post("/multiget", Rule::person(), multiget::multiget)
        .with_state(store)
}

/// The person who asks. Services have no settings.
pub(crate) struct Person(pub(crate) String);

impl<S> FromRequestParts<S> for Person
where
    S: Send + Sync,
    Store: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentViewer(viewer) = CurrentViewer::from_request_parts(parts, state).await?;
        person(&viewer)
            .map(Self)
            .map_err(|fault| ApiError::new(fault).into_response())
    }
}

fn person(viewer: &Viewer) -> Result<String, Fault> {
    if viewer.is_service() {
        return Err(Fault::not_allowed(
            "This endpoint does not allow 'service' credentials",
        ));
    }
    Ok(viewer.reference().to_string())
}

pub(crate) fn failed(error: StoreError) -> ApiError {
    catalog::store_fault(&error).into()
}

async fn read(
    State(store): State<Store>,
    Person(user): Person,
    Path((bucket, key)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let name = SettingKey { user, bucket, key };
    match store.setting_get(&name).await.map_err(failed)? {
        Some(value) => Ok(setting(&name, &value)),
        None => Err(Fault::not_found(format!(
            "Unable to find '{}' in bucket '{}'",
            name.key, name.bucket
        ))
        .into()),
    }
}

async fn write(
    State(store): State<Store>,
    Person(user): Person,
    Path((bucket, key)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let Some(value) = body.get("value") else {
        return Err(Fault::input("Missing required field \"value\"").into());
    };
    let name = SettingKey { user, bucket, key };
    store.setting_put(&name, value).await.map_err(failed)?;
    Ok(setting(&name, value))
}

async fn remove(
    State(store): State<Store>,
    Person(user): Person,
    Path((bucket, key)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    store
        .setting_delete(&SettingKey { user, bucket, key })
        .await
        .map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

fn setting(name: &SettingKey, value: &Value) -> Response {
    Json(json!({ "bucket": name.bucket, "key": name.key, "value": value })).into_response()
}
