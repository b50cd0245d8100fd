//! Entities by uid, by name and by reference; where they come from; removing them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use model::{Fault, Filter, Predicate, js};
use serde_json::{Value, json};
use sight::{CurrentReach, CurrentSight};
use uuid::Uuid;
use web::api::{Json, Parameter, ReadQuery, Values};
use web::{CurrentActor, JsonBody, Query};

use super::answer::{Answer, Tag, entity, for_sight, send};
use super::{Api, texts};
use crate::outgoing::Outgoing;
use catalog::query::Fields;

/// Kind, namespace and name in a path.
type Name = (String, String, String);

pub(super) async fn by_uid(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Path(uid): Path<String>,
    _: Query<()>,
) -> Answer {
    let known = match Uuid::parse_str(&uid) {
        Ok(parsed) => api.catalog.seen_by(&sight).by_uid(parsed).await?,
        Err(_) => None,
    };
    let known = known.ok_or_else(|| Fault::not_found(format!("No entity with uid {uid}")))?;
    Ok(for_sight(&sight, entity(known)))
}

/// Answers 204 whether or not there was such an entity, to a caller who may remove any. One that its source still
/// declares comes back.
pub(super) async fn delete(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    CurrentReach(reach): CurrentReach,
    CurrentActor(actor): CurrentActor,
    Path(uid): Path<String>,
) -> Answer {
    // A text that is no uid is like the uid of no entity.
    let uid = Uuid::parse_str(&uid).unwrap_or_default();
    let seq = api
        .catalog
        .seen_by(&sight)
        .delete_by_uid(&actor, &reach, uid)
        .await?;
    api.visible(seq).await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn reference((kind, namespace, name): &Name) -> String {
    js::lowercase(&format!("{kind}:{namespace}/{name}"))
}

pub(super) async fn by_name(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Path(at): Path<Name>,
    _: Query<()>,
) -> Answer {
    let found = api.catalog.seen_by(&sight).by_reference(&reference(&at)).await?;
    let (kind, namespace, name) = at;
    let missing = || {
        Fault::not_found(format!(
            "No entity named '{name}' found, with kind '{kind}' in namespace '{namespace}'"
        ))
    };
    Ok(for_sight(&sight, entity(found.ok_or_else(missing)?)))
}

pub(super) async fn ancestry(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Path(at): Path<Name>,
    _: Query<()>,
) -> Answer {
    let reference = reference(&at);
    let found = api.catalog.seen_by(&sight).ancestry(&reference).await?;
    let found = found.ok_or_else(|| Fault::not_found(format!("No such entity {reference}")))?;
    let items: Vec<Value> = found
        .items
        .iter()
        .map(|item| {
            let entity: Value = serde_json::from_str(&item.entity).unwrap_or_default();
            json!({"entity": entity, "parentEntityRefs": item.parents})
        })
        .collect();
    let answer = json!({"rootEntityRef": found.root, "items": items});
    Ok(for_sight(&sight, Json(answer)))
}

pub(super) struct Filtered(Option<Filter>);

impl ReadQuery for Filtered {
    const PARAMETERS: &'static [Parameter] = &[Parameter::repeated("filter")];

    fn read(values: &Values) -> Result<Self, Fault> {
        Ok(Self(Filter::from_query_params(
            values.list("filter").unwrap_or_default(),
        )?))
    }
}

/// The predicate of a body, with the words that only this route has for a wrong one.
fn predicate(query: &Value) -> Result<Predicate, Fault> {
    Predicate::parse_at(query, &["query"])?.map_err(|issues| {
        Fault::input(format!(
            "Malformed request body (did you remember to specify an application/json content type?), {issues}"
        ))
    })
}

pub(super) async fn by_refs(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<Filtered>,
    JsonBody(body): JsonBody,
) -> Answer {
    let references: Vec<String> = texts(&body["entityRefs"]).map(str::to_owned).collect();
    let mut filters: Vec<Filter> = asked.0.into_iter().collect();
    if let Some(query) = body.get("query") {
        filters.push(predicate(query)?.to_filter()?);
    }
    let filter = (!filters.is_empty()).then_some(Filter::All(filters));
    let view = api.catalog.seen_by(&sight);
    let wanted = view.versions_by_reference(&references, filter.as_ref());
    let fields = Fields::parse(texts(&body["fields"]))?;
    let list = Outgoing::with_gaps(wanted, &fields).within("{\"items\":", "}");
    let response = send(view, list, Tag::of(&fields)).await?;
    Ok(for_sight(&sight, response))
}
