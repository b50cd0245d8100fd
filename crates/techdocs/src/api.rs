//! `/api/techdocs`: metadata, files and the end of a build, as clients of the original ask for them.

mod files;

use axum::extract::{Path, State};
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use futures::stream;
use model::{EntityRef, Fault, entity};
use plugin::{Rows, Rule};
use serde_json::{Value, json};
use sight::{CurrentSight, ENTITY_READ, for_sight};
use tokio_util::sync::CancellationToken;
use web::ApiError;
use web::api::Json;

use crate::Docs;
use crate::library::Shown;
use crate::site::metadata;
use crate::source::Source;

pub(crate) use files::{content_type, file_answer, shown_type};

/// Namespace, kind and name of an address.
pub(crate) type Triplet = (String, String, String);

/// The rows below `/api/techdocs`.
pub(crate) fn rows(docs: &Docs) -> Rows {
    let (reading, by_cookie) = (
        Rule::signed_in().left_to_handler(&ENTITY_READ),
        Rule::person_by_cookie().left_to_handler(&ENTITY_READ),
    );
    Rows::new()
        .get(
            "/metadata/techdocs/{namespace}/{kind}/{name}",
            reading,
            site_metadata,
        )
        .get(
            "/metadata/entity/{namespace}/{kind}/{name}",
            reading,
            entity_metadata,
        )
        .get("/sync/{namespace}/{kind}/{name}", reading, sync)
        .get(
            "/static/docs/{namespace}/{kind}/{name}",
            by_cookie,
            files::redirect,
        )
        .get(
            "/static/docs/{namespace}/{kind}/{name}/{*path}",
            by_cookie,
            files::show,
        )
        .with_state(docs)
}

/// An entity that the caller sees.
pub(crate) async fn seen(docs: &Docs, sight: &Sight, reference: &EntityRef) -> Result<Option<Value>, Fault> {
    docs.catalog.seen_by(sight).entity(reference).await
}

/// The site of an entity that the caller sees.
pub(crate) async fn site(
    docs: &Docs,
    sight: &Sight,
    (namespace, kind, name): &Triplet,
) -> Result<Shown, Fault> {
    let reference = EntityRef::new(kind, namespace, name);
    let missing = || Fault::not_found(format!("Unable to get metadata for '{reference}'"));
    let value = seen(docs, sight, &reference).await?.ok_or_else(missing)?;
    let source = match docs.library.published_source(&value) {
        Some(source) => source,
        None => docs
            .library
            .source_of(&value)
            .ok_or_else(|| no_annotation(&value))??,
    };
    docs.library.read(&source, &reference).await
}

fn no_annotation(value: &Value) -> Fault {
    let name = entity::name(value).unwrap_or_default();
    Fault::input(format!(
        "No backstage.io/techdocs-ref annotation provided in entity: {name}"
    ))
}

async fn site_metadata(
    State(docs): State<Docs>,
    CurrentSight(sight): CurrentSight,
    Path(triplet): Path<Triplet>,
) -> Result<Response, ApiError> {
    let (namespace, kind, name) = &triplet;
    let reference = EntityRef::new(kind, namespace, name);
    match site(&docs, &sight, &triplet).await {
        Ok(shown) => Ok(for_sight(&sight, Json(metadata(&shown.site)))),
        Err(fault) => {
            let message = format!("Unable to get metadata for '{reference}'");
            Err(ApiError::new(Fault::not_found(message).caused_by(fault)))
        }
    }
}

async fn entity_metadata(
    State(docs): State<Docs>,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name)): Path<Triplet>,
) -> Result<Response, ApiError> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    let refused = |fault: Option<Fault>| {
        let refusal = Fault::not_found(format!("Unable to get metadata for '{reference}'"));
        ApiError::new(match fault {
            Some(fault) => refusal.caused_by(fault),
            None => refusal,
        })
    };
    let Some(mut value) = seen(&docs, &sight, &reference).await? else {
        return Err(refused(None));
    };
    let source = Source::of(&value, docs.library.integrations());
    let source = source.ok_or_else(|| refused(Some(no_annotation(&value))))?;
    let (kind, target) = source.map_err(|fault| refused(Some(fault)))?.location();
    value["locationMetadata"] = json!({"type": kind, "target": target});
    Ok(for_sight(&sight, Json(value)))
}

/// Nothing is built: the newest version is looked for, and the answer is whether there was one. Where another program builds,
/// a site that is missing or cannot be read is no failed build.
async fn sync(
    State(docs): State<Docs>,
    CurrentSight(sight): CurrentSight,
    Path(triplet): Path<Triplet>,
) -> Result<Response, ApiError> {
    let (namespace, kind, name) = &triplet;
    let reference = EntityRef::new(kind, namespace, name);
    if seen(&docs, &sight, &reference).await?.is_none() {
        return Err(ApiError::new(Fault::not_found("Entity metadata UID missing")));
    }
    let finish = |updated: bool| {
        let data = json!({"updated": updated}).to_string();
        Event::default().event("finish").data(data)
    };
    let event = match site(&docs, &sight, &triplet).await {
        Ok(shown) => finish(shown.is_new),
        Err(_) if docs.library.published().is_some() => finish(false),
        Err(fault) => Event::default()
            .event("error")
            .data(Value::from(fault.to_string()).to_string()),
    };
    Ok(web::sse::answer(stream::iter([event]), CancellationToken::new()).into_response())
}
