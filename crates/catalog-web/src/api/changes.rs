//! Ours beside the original's: history, sources and the stream of changes.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::response::sse::Event;
use model::{Fault, js};
use serde_json::json;
use sight::{CurrentSight, WholeSight};
use store::Seq;
use web::Query;
use web::api::{Json, Parameter, ReadQuery, Values};

use super::Api;
use super::answer::{Answer, for_sight};
use catalog::query::SeenNews;

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
    CurrentSight(sight): CurrentSight,
    Path((kind, namespace, name)): Path<(String, String, String)>,
    Query(page): Query<Page>,
) -> Answer {
    let reference = js::lowercase(&format!("{kind}:{namespace}/{name}"));
    let view = api.catalog.seen_by(&sight);
    let versions = view.history(&reference, page.before, page.limit).await?;
    if versions.is_empty() && page.before.is_none() && !view.exists(&reference).await? {
        return Err(Fault::not_found(format!("Nothing is known of an entity {reference}")).into());
    }
    let answer = json!({"entityRef": reference, "versions": versions});
    Ok(for_sight(&sight, Json(answer)))
}

/// The entity as one change left it.
pub(super) async fn version(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Path((kind, namespace, name, seq)): Path<(String, String, String, String)>,
    _: Query<()>,
) -> Answer {
    let reference = js::lowercase(&format!("{kind}:{namespace}/{name}"));
    let unknown = || Fault::not_found(format!("No version {seq} of {reference} is kept"));
    let seq: Seq = seq.parse().map_err(|_| unknown())?;
    let version = api.catalog.seen_by(&sight).version(&reference, seq).await?;
    Ok(for_sight(&sight, Json(version)))
}

pub(super) async fn sources(State(api): State<Api>, _: WholeSight, _: Query<()>) -> Answer {
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
        self.0.as_ref().is_none_or(|topics| concerns(topics, reference))
    }
}

/// Whether one of these topics is about an entity: names it, begins its reference and ends in `:` or `/`, or is `*`.
pub fn concerns(topics: &[String], reference: &str) -> bool {
    topics.iter().any(|topic| {
        let is_group = topic.ends_with([':', '/']) && reference.starts_with(topic.as_str());
        is_group || topic == "*" || topic == reference
    })
}

/// Server-sent events, one for each change as soon as it can be read. The first one, `last`, has the
/// number of the last change before them.
pub(super) async fn stream(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Query(topics): Query<Topics>,
) -> impl IntoResponse {
    let changes = api.catalog.seen_by(&sight).changes();
    let last = changes.last.and_then(|seq| {
        Event::default()
            .event("last")
            .json_data(json!({ "seq": seq }))
            .ok()
    });
    let sight = changes.sight;
    web::sse::from_channel(last, changes.applied, api.soft.clone(), move |news| {
        match sight.see(news)? {
            SeenNews::Change(seen) => {
                let event = || Event::default().event("change").json_data(seen.to_json()).ok();
                topics.concern(&seen.reference).then(event).flatten()
            }
            SeenNews::Reloaded => Some(web::sse::resync()),
        }
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
