//! The objects of an entity, as the wire contract has them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::{EntityRef, Fault};
use serde_json::{Map, Value, json};
use sight::CurrentSight;
use web::ApiError;
use web::api::{Json, JsonBody};

use super::Desk;
use crate::engine::kinds::{EVENTS, OF_ENTITIES, PODS};
use crate::engine::{ClusterAnswer, Failure, Kind, Object, Question, Sort, Usage};
use crate::health::container::{Container, containers};
use crate::health::quantity::Quantity;

/// What the pods of the namespaces use.
type Used = BTreeMap<String, Result<Arc<Usage>, Failure>>;

/// Objects of the entity in the body; the name in the path is for logs of the original alone.
pub(super) async fn services(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let Ok(reference) = reference_of(&body["entity"]) else {
        // Clients of the original get its failures of this address as a text.
        let told = json!({"error": "The body has no entity with kind and metadata.name"});
        return Ok((StatusCode::INTERNAL_SERVER_ERROR, Json(told)).into_response());
    };
    let entity = desk.catalog.seen_by(&sight).entity(&reference).await?;
    let entity = entity.ok_or_else(|| Fault::not_allowed(format!("Entity not found, {reference}")))?;
    Ok(Json(answer(&desk, &entity).await?).into_response())
}

/// Objects of an entity.
pub(super) async fn workloads(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let text = body["entityRef"].as_str();
    let text = text.ok_or_else(|| Fault::input("entity is a required field"))?;
    let reference: EntityRef = text
        .parse()
        .map_err(|error| Fault::input(format!("Invalid entity ref, {error}")))?;
    let entity = desk.catalog.seen_by(&sight).entity(&reference).await?;
    let entity = entity.ok_or_else(|| Fault::input(format!("Entity ref missing, {reference}")))?;
    Ok(Json(answer(&desk, &entity).await?))
}

fn reference_of(entity: &Value) -> Result<EntityRef, ()> {
    let kind = model::entity::kind(entity).ok_or(())?;
    let name = model::entity::name(entity).ok_or(())?;
    Ok(EntityRef::new(kind, model::entity::namespace(entity), name))
}

async fn answer(desk: &Desk, entity: &Value) -> Result<Value, Fault> {
    let question = Question::for_wire(entity).map_err(|error| Fault::input(error.to_string()))?;
    let kubernetes = &desk.kubernetes;
    kubernetes.watch(&OF_ENTITIES).await;
    let mut items = Vec::new();
    for one in kubernetes.ask(&question, &OF_ENTITIES).clusters {
        let namespaces: BTreeSet<&str> = one.of(&PODS).map(Object::namespace).collect();
        let mut used = Used::new();
        for namespace in namespaces {
            let usage = kubernetes.usage(&one.cluster, namespace).await;
            used.insert(namespace.to_owned(), usage);
        }
        let dashboard = kubernetes
            .cluster(&one.cluster)
            .map(|cluster| &cluster.settings.dashboard);
        items.extend(item(&one, dashboard, &used));
    }
    Ok(json!({ "items": items }))
}

/// A cluster; nothing for one that has neither objects nor errors.
fn item(one: &ClusterAnswer, dashboard: Option<&Map<String, Value>>, used: &Used) -> Option<Value> {
    let kinds = one.kinds.iter().filter(|state| *state.kind != EVENTS);
    let errors: Vec<Value> = match one.away() {
        Some(failure) => vec![json!({"errorType": "FETCH_ERROR", "message": failure.message})],
        None => kinds
            .clone()
            .filter_map(|state| Some(error(state.kind, state.failure()?)))
            .collect(),
    };
    let shown = kinds.filter(|state| state.failure().is_none());
    let resources: Vec<Value> = shown
        .map(|state| {
            let all: Vec<&Value> = one.of(state.kind).map(|object| &object.value).collect();
            json!({"type": state.kind.plural, "resources": all})
        })
        .collect();
    let is_empty = one.objects.iter().all(|object| *object.kind() == EVENTS);
    if is_empty && errors.is_empty() {
        return None;
    }
    let mut cluster = Map::from_iter([("name".to_owned(), json!(one.cluster))]);
    if one.title != one.cluster {
        cluster.insert("title".to_owned(), json!(one.title));
    }
    cluster.extend(dashboard.cloned().unwrap_or_default());
    let metrics: Vec<Value> = one.of(&PODS).filter_map(|pod| pod_metrics(pod, used)).collect();
    Some(json!({"cluster": cluster, "resources": resources, "podMetrics": metrics, "errors": errors}))
}

fn error(kind: &Kind, failure: &Failure) -> Value {
    let status = failure.status.filter(|_| failure.sort != Sort::Away);
    let Some(status) = status else {
        return json!({"errorType": "FETCH_ERROR", "message": failure.message});
    };
    let word = match status {
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED_ERROR",
        404 => "NOT_FOUND",
        500 => "SYSTEM_ERROR",
        _ => "UNKNOWN_ERROR",
    };
    let version = match kind.group {
        "" => "/api/v1".to_owned(),
        "autoscaling" => "/apis/autoscaling/v2".to_owned(),
        group => format!("/apis/{group}/v1"),
    };
    let path = format!("{version}/{}", kind.plural);
    json!({"errorType": word, "statusCode": status, "resourcePath": path})
}

fn pod_metrics(pod: &Object, used: &Used) -> Option<Value> {
    let usage = used.get(pod.namespace())?.as_ref().ok()?;
    let uses = usage.pods.get(pod.name())?;
    let all = containers(&pod.value, jiff::Timestamp::UNIX_EPOCH);
    let main: Vec<&Container> = all.iter().filter(|one| !one.is_initial).collect();
    let cpu = |current: Quantity, of: &[&Container]| {
        let total =
            |amount: fn(&Container) -> Option<Quantity>| cores(of.iter().filter_map(|one| amount(one)).sum());
        json!({
            "currentUsage": cores(current),
            "requestTotal": total(|one| one.resources.cpu_request),
            "limitTotal": total(|one| one.resources.cpu_limit),
        })
    };
    let memory = |current: Quantity, of: &[&Container]| {
        let total = |amount: fn(&Container) -> Option<Quantity>| {
            let sum: Quantity = of.iter().filter_map(|one| amount(one)).sum();
            sum.whole().to_string()
        };
        json!({
            "currentUsage": current.whole().to_string(),
            "requestTotal": total(|one| one.resources.memory_request),
            "limitTotal": total(|one| one.resources.memory_limit),
        })
    };
    let each: Vec<Value> = uses
        .iter()
        .map(|used| {
            let of: Vec<&Container> = main.iter().filter(|one| one.name == used.container).copied().collect();
            json!({"container": used.container, "cpuUsage": cpu(used.cpu, &of), "memoryUsage": memory(used.memory, &of)})
        })
        .collect();
    Some(json!({
        "pod": pod.value,
        "cpu": cpu(uses.iter().map(|used| used.cpu).sum(), &main),
        "memory": memory(uses.iter().map(|used| used.memory).sum(), &main),
        "containers": each,
    }))
}

/// Cores as a number.
fn cores(amount: Quantity) -> Value {
    amount.to_string().parse::<f64>().map_or(Value::Null, Into::into)
}
