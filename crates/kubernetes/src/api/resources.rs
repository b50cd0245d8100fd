//! The objects of an entity, as the wire contract has them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use config::Secret;
use futures::future::join_all;
use model::{EntityRef, Fault};
use serde_json::{Map, Value, json};
use sight::CurrentSight;
use web::ApiError;
use web::api::{Json, JsonBody};

use super::Desk;
use super::custom::{self, Custom};
use super::metrics::pod_metrics;
use crate::engine::kinds::PODS;
use crate::engine::{
    Cluster, ClusterAnswer, Condition, Failure, Kind, KindState, Object, Question, Sort, Usage,
};

/// How long a program waits for a cluster that nobody asked before.
const FIRST_WAIT: Duration = Duration::from_secs(15);
/// How long it waits for what containers use.
const USE_WAIT: Duration = Duration::from_secs(5);
/// Where use is asked for.
const METRICS: &str = "/apis/metrics.k8s.io/v1beta1";

/// What the pods of the namespaces use.
pub(super) type Used = BTreeMap<String, Result<Arc<Usage>, Failure>>;

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
    Ok(Json(answer(&desk, &entity, &body["auth"], None).await?).into_response())
}

/// Objects of an entity.
pub(super) async fn workloads(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let entity = entity_of(&desk, &sight, &body).await?;
    Ok(Json(answer(&desk, &entity, &body["auth"], None).await?))
}

/// Custom resources of an entity.
pub(super) async fn custom(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let entity = entity_of(&desk, &sight, &body).await?;
    let asked = custom::read(&body["customResources"])?;
    Ok(Json(answer(&desk, &entity, &body["auth"], Some(&asked)).await?))
}

async fn entity_of(desk: &Desk, sight: &Sight, body: &Value) -> Result<Value, ApiError> {
    let text = body["entityRef"].as_str();
    let text = text.ok_or_else(|| Fault::input("entity is a required field"))?;
    let reference: EntityRef = text
        .parse()
        .map_err(|error| Fault::input(format!("Invalid entity ref, {error}")))?;
    let entity = desk.catalog.seen_by(sight).entity(&reference).await?;
    Ok(entity.ok_or_else(|| Fault::input(format!("Entity ref missing, {reference}")))?)
}

fn reference_of(entity: &Value) -> Result<EntityRef, ()> {
    let kind = model::entity::kind(entity).ok_or(())?;
    let name = model::entity::name(entity).ok_or(())?;
    Ok(EntityRef::new(kind, model::entity::namespace(entity), name))
}

/// What the clusters hold of an entity; of custom resources where some are asked for, otherwise of the kinds of the configuration.
async fn answer(desk: &Desk, entity: &Value, auth: &Value, asked: Option<&[Custom]>) -> Result<Value, Fault> {
    let question = Question::for_wire(entity).map_err(|error| Fault::input(error.to_string()))?;
    let clusters = desk.kubernetes.asked(&question);
    let items = clusters.iter().map(|cluster| {
        let question = Asking {
            desk,
            cluster,
            question: &question,
            token: token_for(cluster, auth),
        };
        async move { question.item(asked).await }
    });
    let items: Vec<Value> = join_all(items).await.into_iter().flatten().collect();
    Ok(json!({ "items": items }))
}

/// The viewer's token for a cluster that takes it; nothing where the body has none.
fn token_for(cluster: &Cluster, auth: &Value) -> Option<Secret> {
    let provider = cluster.viewer_provider()?;
    let token = auth["oidc"][provider].as_str().filter(|token| !token.is_empty());
    token.map(Secret::new)
}

/// A question to one cluster.
struct Asking<'a> {
    desk: &'a Desk,
    cluster: &'a Arc<Cluster>,
    question: &'a Question,
    token: Option<Secret>,
}

impl Asking<'_> {
    /// What the cluster answers; nothing where it has neither objects nor errors.
    async fn item(&self, asked: Option<&[Custom]>) -> Option<Value> {
        let (kinds, mut errors) = match asked {
            None => {
                let custom = &self.cluster.settings.wanted.custom;
                ([self.desk.kubernetes.of_wire(), custom].concat(), Vec::new())
            }
            Some(asked) => match custom::kinds(self.cluster, self.token.as_ref(), asked).await {
                Ok(found) => found,
                Err(failure) => return Some(self.shown(&[], &[], vec![fetch_error(&failure.message)])),
            },
        };
        let one = self.ask(&kinds).await;
        let used = self.used(&one).await;
        errors.extend(self.errors(&one));
        errors.extend(
            used.iter()
                .filter_map(|(namespace, usage)| self.metrics_error(namespace, usage)),
        );
        if one.objects.is_empty() && errors.is_empty() {
            return None;
        }
        let resources: Vec<Value> = one
            .kinds
            .iter()
            .filter(|state| state.condition == Condition::Current)
            .map(|state| self.resources(&one, state.kind))
            .collect();
        let metrics: Vec<Value> = one.of(&PODS).filter_map(|pod| pod_metrics(pod, &used)).collect();
        Some(self.shown(&resources, &metrics, errors))
    }

    async fn ask(&self, kinds: &[&'static Kind]) -> ClusterAnswer {
        match (self.cluster.viewer_provider(), &self.token) {
            (Some(_), Some(token)) => self.cluster.answer_as(token, self.question, kinds).await,
            (Some(provider), None) => self.cluster.answer_without_token(provider, kinds),
            (None, _) => {
                let kubernetes = &self.desk.kubernetes;
                let only = [self.cluster.clone()];
                kubernetes.watch_in(&only, FIRST_WAIT, |_| kinds.to_vec()).await;
                self.cluster.answer(self.question, kinds)
            }
        }
    }

    /// What the pods that were found use.
    async fn used(&self, one: &ClusterAnswer) -> Used {
        if self.cluster.settings.skips_metrics {
            return Used::new();
        }
        let namespaces: BTreeSet<&str> = one.of(&PODS).map(Object::namespace).collect();
        let asked = namespaces.into_iter().map(async |namespace| {
            let usage = match &self.token {
                Some(token) => self.cluster.usage_as(token, namespace, USE_WAIT).await,
                None => self.cluster.usage_within(namespace, USE_WAIT).await,
            };
            (namespace.to_owned(), usage)
        });
        join_all(asked).await.into_iter().collect()
    }

    fn errors(&self, one: &ClusterAnswer) -> Vec<Value> {
        // A cluster that cannot be asked at all is one error; a refusal is one of each kind.
        if let Some(failure) = one.away().filter(|failure| status_of(failure).is_none()) {
            return vec![fetch_error(&failure.message)];
        }
        one.kinds.iter().filter_map(|state| self.error(state)).collect()
    }

    fn error(&self, state: &KindState) -> Option<Value> {
        match &state.condition {
            Condition::Current => None,
            Condition::Loading => {
                let message = format!("{} of the cluster are still being loaded", state.kind.plural);
                Some(fetch_error(&message))
            }
            Condition::Failed(failure) => Some(match status_of(failure) {
                Some(status) => {
                    let namespace = self.question.namespace.as_deref();
                    refusal(status, &self.cluster.path(state.kind, namespace))
                }
                None => fetch_error(&failure.message),
            }),
        }
    }

    fn metrics_error(&self, namespace: &str, usage: &Result<Arc<Usage>, Failure>) -> Option<Value> {
        let failure = usage.as_ref().err()?;
        let status = match failure.sort {
            Sort::NotInstalled => Some(404),
            _ => status_of(failure),
        };
        let path = format!("{}{METRICS}/namespaces/{namespace}/pods", self.cluster.prefix());
        Some(status.map_or_else(|| fetch_error(&failure.message), |status| refusal(status, &path)))
    }

    fn resources(&self, one: &ClusterAnswer, kind: &'static Kind) -> Value {
        let all: Vec<&Value> = one.of(kind).map(|object| &object.value).collect();
        let is_of_wire = self.desk.kubernetes.of_wire().contains(&kind);
        let name = if is_of_wire {
            kind.plural
        } else {
            "customresources"
        };
        json!({"type": name, "resources": all})
    }

    fn shown(&self, resources: &[Value], metrics: &[Value], errors: Vec<Value>) -> Value {
        let settings = &self.cluster.settings;
        let mut cluster = Map::from_iter([("name".to_owned(), json!(settings.name))]);
        if let Some(title) = &settings.title {
            cluster.insert("title".to_owned(), json!(title));
        }
        cluster.extend(settings.dashboard.clone());
        json!({"cluster": cluster, "resources": resources, "podMetrics": metrics, "errors": errors})
    }
}

/// The status of an answer, unless it says no more than that the cluster is away.
fn status_of(failure: &Failure) -> Option<u16> {
    failure.status.filter(|_| failure.sort != Sort::Away)
}

pub(super) fn fetch_error(message: &str) -> Value {
    json!({"errorType": "FETCH_ERROR", "message": message})
}

/// A refusal by the API server. 403 has no word of its own in the contract.
pub(super) fn refusal(status: u16, path: &str) -> Value {
    let word = match status {
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED_ERROR",
        404 => "NOT_FOUND",
        500 => "SYSTEM_ERROR",
        _ => "UNKNOWN_ERROR",
    };
    json!({"errorType": word, "statusCode": status, "resourcePath": path})
}
