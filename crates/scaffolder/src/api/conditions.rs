//! `/.well-known/backstage/permissions`: the permissions and rules of the plugin, and whether tasks meet conditions, for the plugin
//! that holds a policy (`@backstage/plugin-permission-node` 0.10).

use async_trait::async_trait;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use model::Fault;
use plugin::{Condition, ConditionalThings, Decision, Permission};
use serde_json::{Value, json};
use web::api::{Json, JsonBody};
use web::{ApiError, CurrentViewer};

use crate::Scaffolder;
use crate::conditions::{TASK, Thing, holds, rules};
use crate::permissions::PERMISSIONS;

/// Questions of one request, and tasks of one question.
const MOST: usize = 1_000;

pub(super) async fn metadata() -> Response {
    let permissions: Vec<Value> = PERMISSIONS.iter().copied().map(Permission::to_wire).collect();
    Json(json!({ "permissions": permissions, "rules": rules() })).into_response()
}

/// Whether tasks meet conditions. The other things have no names by which they could be found.
pub(super) async fn apply(
    State(scaffolder): State<Scaffolder>,
    CurrentViewer(viewer): CurrentViewer,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    if !viewer.is_service() {
        return Err(Fault::not_allowed("").into());
    }
    let items = body["items"].as_array().filter(|items| items.len() <= MOST);
    let items = items.ok_or_else(|| Fault::input(format!("items has to list up to {MOST} conditions")))?;
    let types = items.iter().filter_map(|item| item["resourceType"].as_str());
    let others: Vec<&str> = types.filter(|resource| *resource != TASK).collect();
    if !others.is_empty() {
        return Err(Fault::input(format!("Unexpected resource types: {}.", others.join(", "))).into());
    }
    let mut answers = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let wrong = |reason: String| Fault::input(format!("items/{at}: {reason}"));
        let id = item["id"]
            .as_str()
            .ok_or_else(|| wrong("id has to be a string".to_owned()))?;
        let condition = Condition::from_wire(&item["conditions"]).map_err(wrong)?;
        let names = names(&item["resourceRef"]).map_err(wrong)?;
        let decision = Decision::Conditional(condition);
        let met = scaffolder.meet(&decision, &names).await?;
        let words: Vec<&str> = met
            .iter()
            .map(|met| if *met { "ALLOW" } else { "DENY" })
            .collect();
        let result = if item["resourceRef"].is_array() {
            json!(words)
        } else {
            json!(words.first())
        };
        answers.push(json!({ "id": id, "result": result }));
    }
    Ok(Json(json!({ "items": answers })).into_response())
}

fn names(value: &Value) -> Result<Vec<&str>, String> {
    let names = match value {
        Value::String(one) => Some(vec![one.as_str()]),
        Value::Array(list) if list.len() <= MOST => list.iter().map(Value::as_str).collect(),
        _ => None,
    };
    names.ok_or_else(|| format!("resourceRef has to be a string, or a list of up to {MOST} strings"))
}

#[async_trait]
impl ConditionalThings for Scaffolder {
    fn resource(&self) -> &'static str {
        TASK
    }

    async fn meet(&self, decision: &Decision, tasks: &[&str]) -> Result<Vec<bool>, Fault> {
        // A condition that nobody can answer is an error, whether the tasks are there or not.
        holds(decision, Thing::Task { author: None })?;
        let mut met = Vec::with_capacity(tasks.len());
        for name in tasks {
            let task = match name.parse() {
                Ok(id) => self.tasks.show(id).await?,
                Err(_) => None,
            };
            let author = task.as_ref().map(|task| task.created_by.as_deref());
            met.push(match author {
                Some(author) => holds(decision, Thing::Task { author })?,
                None => false,
            });
        }
        Ok(met)
    }
}
