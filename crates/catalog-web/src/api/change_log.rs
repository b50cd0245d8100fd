//! What changed in the catalog, newest first, as JSON: an addition of this portal beside the stream of changes.

use axum::extract::State;
use catalog::{FeedEntry, RelationChange};
use model::Fault;
use serde_json::{Value, json};
use sight::CurrentSight;
use store::Seq;
use web::Query;
use web::api::{Json, Parameter, ReadQuery, Values};

use super::Api;
use super::answer::{Answer, for_sight};

/// Where to go on.
pub(super) struct Before(Option<Seq>);

impl ReadQuery for Before {
    const PARAMETERS: &'static [Parameter] = &[Parameter::integer("before")];

    fn read(values: &Values) -> Result<Self, Fault> {
        let before = values.integer("before");
        Ok(Self(before.and_then(|before| Seq::try_from(before).ok())))
    }
}

/// One part of the log. It may hold nothing and yet not be the last: `older` says where the next begins.
pub(super) async fn show(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Query(Before(before)): Query<Before>,
) -> Answer {
    let feed = api.catalog.seen_by(&sight).feed(before).await?;
    let changes: Vec<Value> = feed.entries.iter().map(change).collect();
    let answer = json!({"changes": changes, "older": feed.older});
    Ok(for_sight(&sight, Json(answer)))
}

fn change(entry: &FeedEntry) -> Value {
    let fields: Vec<&str> = entry
        .told
        .fields
        .iter()
        .map(|field| field.path.as_str())
        .collect();
    let relation = |relation: &RelationChange| {
        let op = if relation.is_new { "added" } else { "removed" };
        json!({"op": op, "type": relation.kind, "targetRef": relation.target.to_string()})
    };
    let relations: Vec<Value> = entry.told.relations.iter().map(relation).collect();
    json!({
        "seq": entry.seq,
        "entityRef": entry.reference.to_string(),
        "op": entry.kind.as_str(),
        "class": entry.told.class.as_str(),
        "at": entry.at,
        "ownerRef": entry.owner.as_ref().map(ToString::to_string),
        "origin": entry.origin,
        "cause": entry.cause,
        "fields": fields,
        "relations": relations,
    })
}
