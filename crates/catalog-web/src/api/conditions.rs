//! `POST /.well-known/backstage/permissions/apply-conditions`: whether entities meet the conditions of a policy, for the plugin that
//! holds the policy (`@backstage/plugin-permission-node` 0.10).

use axum::extract::State;
use axum::response::IntoResponse;
use catalog::Sight;
use model::{EntityRef, Fault};
use plugin::{Condition, Decision};
use serde_json::{Value, json};
use web::CurrentViewer;
use web::api::{Json, JsonBody};

use super::Api;
use super::answer::Answer;

/// The type of things of the catalog.
const ENTITY: &str = "catalog-entity";
/// Questions of one request, and entities of one question.
const MOST: usize = 1_000;

pub(super) async fn apply(
    State(api): State<Api>,
    CurrentViewer(viewer): CurrentViewer,
    JsonBody(body): JsonBody,
) -> Answer {
    if !viewer.is_service() {
        return Err(Fault::not_allowed("").into());
    }
    let items = body["items"].as_array();
    let items = items.ok_or_else(|| Fault::input("items has to be a list of conditions"))?;
    let others: Vec<&str> = items
        .iter()
        .filter_map(|item| item["resourceType"].as_str())
        .filter(|resource| *resource != ENTITY)
        .collect();
    if !others.is_empty() {
        return Err(Fault::input(format!("Unexpected resource types: {}.", others.join(", "))).into());
    }
    let mut answers = Vec::with_capacity(items.len().min(MOST));
    for (at, item) in items.iter().take(MOST).enumerate() {
        answers.push(answer(&api, item).await.map_err(|fault| named(fault, at))?);
    }
    Ok(Json(json!({ "items": answers })).into_response())
}

/// Mistakes of the request name their item.
fn named(fault: Fault, at: usize) -> Fault {
    match fault.message.strip_prefix(ITEM) {
        Some(reason) => Fault::input(format!("items/{at}: {reason}")),
        None => fault,
    }
}

/// How the message of a mistake in an item begins, until it has its place.
const ITEM: &str = "item: ";

async fn answer(api: &Api, item: &Value) -> Result<Value, Fault> {
    let wrong = |reason: &str| Fault::input(format!("{ITEM}{reason}"));
    let id = item["id"]
        .as_str()
        .ok_or_else(|| wrong("id has to be a string"))?;
    let condition = Condition::from_wire(&item["conditions"]).map_err(|reason| wrong(&reason))?;
    let sight = Sight::of(&Decision::Conditional(condition))?;
    let result = match &item["resourceRef"] {
        Value::String(one) => seen(api, &sight, &[one]).await?.remove(0).into(),
        Value::Array(list) if list.len() <= MOST => {
            let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
            let texts = texts.ok_or_else(|| wrong("resourceRef has to list strings"))?;
            json!(seen(api, &sight, &texts).await?)
        }
        _ => return Err(wrong("resourceRef has to be a string or a list of strings")),
    };
    Ok(json!({ "id": id, "result": result }))
}

/// Whether entities are seen; one that is not there is not, whatever the condition says.
async fn seen(api: &Api, sight: &Sight, names: &[&str]) -> Result<Vec<&'static str>, Fault> {
    let references: Vec<Option<EntityRef>> = names.iter().map(|name| name.parse().ok()).collect();
    let named: Vec<EntityRef> = references.iter().flatten().cloned().collect();
    let mut found = api.catalog.seen_by(sight).entities(&named).await?.into_iter();
    let is_seen = |reference: &Option<EntityRef>| reference.is_some() && found.next().flatten().is_some();
    let words = references
        .iter()
        .map(is_seen)
        .map(|is_seen| if is_seen { "ALLOW" } else { "DENY" });
    Ok(words.collect())
}
