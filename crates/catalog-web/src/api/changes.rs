//! Ours beside the original's: history, sources and the stream of changes.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::response::sse::Event;
use model::{Fault, js};
use serde_json::json;
use store::Seq;
use web::Query;
use web::api::{Json, Parameter, ReadQuery, Values};

use super::Api;
use super::answer::Answer;
use catalog::index::IndexNews;

/// Versions in one answer.
const VERSIONS: usize = 100;

pub(super) struct Page {
    before: Option<Seq>,
    limit: usize,
}

impl ReadQuery for Page {
    const PARAMETERS: &'static [Parameter] = &[Parameter::integer("before"), Parameter::integer("limit")];

    fn read(values: &Values) -> Result<Self, Fault> {
        let limit = values
            .integer("limit")
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(VERSIONS);
        let before = values
            .integer("before")
            .and_then(|before| Seq::try_from(before).ok());
        Ok(Self {
            before,
            limit: limit.clamp(1, VERSIONS),
        })
    }
}

pub(super) async fn history(
    State(api): State<Api>,
    Path((kind, namespace, name)): Path<(String, String, String)>,
    Query(page): Query<Page>,
) -> Answer {
    let reference = js::lowercase(&format!("{kind}:{namespace}/{name}"));
    let versions = api.catalog.history(&reference, page.before, page.limit).await?;
    if versions.is_empty() && page.before.is_none() && !api.catalog.exists(&reference).await? {
        return Err(Fault::not_found(format!("Nothing is known of an entity {reference}")).into());
    }
    Ok(Json(json!({"entityRef": reference, "versions": versions})).into_response())
}

/// The entity as one change left it.
pub(super) async fn version(
    State(api): State<Api>,
    Path((kind, namespace, name, seq)): Path<(String, String, String, String)>,
    _: Query<()>,
) -> Answer {
    let reference = js::lowercase(&format!("{kind}:{namespace}/{name}"));
    let unknown = || Fault::not_found(format!("No version {seq} of {reference} is kept"));
    let seq: Seq = seq.parse().map_err(|_| unknown())?;
    Ok(Json(api.catalog.version(&reference, seq).await?).into_response())
}

pub(super) async fn sources(State(api): State<Api>, _: Query<()>) -> Answer {
    let sources = api.catalog.sources().await?;
    Ok(Json(json!({ "sources": sources })).into_response())
}

/// Server-sent events, one for each change as soon as it can be read. The first one, `last`, tells the
/// number of the last change before them.
pub(super) async fn stream(State(api): State<Api>) -> impl IntoResponse {
    let changes = api.catalog.index().news();
    let last = api.catalog.index().applied();
    let last = last.and_then(|seq| {
        Event::default()
            .event("last")
            .json_data(json!({ "seq": seq }))
            .ok()
    });
    web::sse::from_channel(last, changes, api.soft.clone(), |news| match news {
        IndexNews::Change(change) => Event::default().event("change").json_data(change.to_json()).ok(),
        IndexNews::Reloaded => Some(web::sse::resync()),
    })
}
