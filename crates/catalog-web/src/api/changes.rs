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

/// Versions in one answer.
const VERSIONS: usize = 100;
/// Most topics of one listener.
const MAX_TOPICS: usize = 100;

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

/// Which changes a listener wants: all, those of an entity, or those of entities whose reference begins with a
/// text that ends in `:` or `/`.
#[derive(Debug, Default)]
pub(super) struct Topics(Option<Vec<String>>);

impl ReadQuery for Topics {
    const PARAMETERS: &'static [Parameter] = &[Parameter::commas("topics")];

    fn read(values: &Values) -> Result<Self, Fault> {
        let topics = values.list("topics");
        if topics.is_some_and(|topics| topics.len() > MAX_TOPICS) {
            return Err(Fault::input(format!(
                "At most {MAX_TOPICS} topics can be followed"
            )));
        }
        Ok(Self(topics.map(<[String]>::to_vec)))
    }
}

impl Topics {
    fn concern(&self, reference: &str) -> bool {
        let concerns = |topic: &String| {
            let is_group = topic.ends_with([':', '/']) && reference.starts_with(topic.as_str());
            is_group || topic == "*" || topic == reference
        };
        self.0.as_ref().is_none_or(|topics| topics.iter().any(concerns))
    }
}

/// Server-sent events, one for each change as soon as it can be read. The first one, `last`, tells the
/// number of the last change before them.
pub(super) async fn stream(State(api): State<Api>, Query(topics): Query<Topics>) -> impl IntoResponse {
    let changes = api.catalog.index().changes();
    let last = api.catalog.index().applied();
    let last = last.and_then(|seq| {
        Event::default()
            .event("last")
            .json_data(json!({ "seq": seq }))
            .ok()
    });
    web::sse::from_channel(last, changes, api.soft.clone(), move |change| {
        let event = || Event::default().event("change").json_data(change.to_json()).ok();
        topics.concern(&change.reference).then(event).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::Topics;

    #[test]
    fn a_topic_is_an_entity_or_a_group_of_them() {
        let check = |topics: Option<&[&str]>, reference: &str, expected: bool| {
            let topics = Topics(topics.map(|topics| topics.iter().map(ToString::to_string).collect()));
            assert_eq!(topics.concern(reference), expected, "{topics:?} {reference}");
        };
        check(None, "component:default/pay", true);
        check(Some(&["*"]), "component:default/pay", true);
        check(Some(&["component:default/pay"]), "component:default/pay", true);
        check(
            Some(&["component:default/pay"]),
            "component:default/payment",
            false,
        );
        check(Some(&["group:", "user:"]), "user:default/a", true);
        check(Some(&["group:default/"]), "group:ops/a", false);
    }
}
