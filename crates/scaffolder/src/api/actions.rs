//! The actions of all plugins, and what expressions have beside the language.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use plugin::{Action, ActionExample, ActionRegistry};
use serde_json::{Value, json};
use web::api::Json;
use web::{ApiError, Query};

use crate::Scaffolder;

pub(super) async fn list(State(scaffolder): State<Scaffolder>, _: Query<()>) -> Result<Response, ApiError> {
    let actions = scaffolder.actions.get();
    let actions = actions
        .into_iter()
        .flat_map(ActionRegistry::all)
        .map(|action| shown(&**action));
    Ok(Json(actions.collect::<Value>()).into_response())
}

fn shown(action: &dyn Action) -> Value {
    let schema = action.schema();
    let mut schemas = json!({"input": schema.input});
    if !schema.output.is_null() {
        schemas["output"] = schema.output;
    }
    let examples = action.examples();
    let examples = examples.iter().map(|one| example(action.id(), one));
    json!({
        "id": action.id(),
        "description": action.description(),
        "examples": examples.collect::<Vec<_>>(),
        "schema": schemas,
    })
}

/// An example as the step of a template.
fn example(action: &str, example: &ActionExample) -> Value {
    let step = json!({"steps": [{"action": action, "id": action.replace(':', "-"), "name": example.description, "input": example.input}]});
    json!({"description": example.description, "example": yaml::to_string(&step)})
}

pub(super) async fn extensions(_: Query<()>) -> Result<Response, ApiError> {
    let filter = |description: &str| json!({ "description": description });
    let filters = json!({
        "parseRepoUrl": filter("Parses a repository URL into its components, such as host, owner, repo."),
        "parseEntityRef": filter("Extracts the parts of an entity reference, such as kind, namespace, and name."),
        "pick": filter("Selects a specific property (kind, namespace, name) from an object."),
        "projectSlug": filter("Generates a project slug from a repository URL."),
    });
    let answer = json!({"filters": filters, "globals": {"functions": {}, "values": {}}});
    Ok(Json(answer).into_response())
}
