//! Which tasks a caller may see or end, and which parts and actions of templates.

use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::{Fault, Viewer};
use plugin::{Decision, Permission};
use serde_json::Value;
use web::{ApiError, CurrentViewer, Permissions};

use crate::Scaffolder;
use crate::conditions::{ActionLimit, Thing, holds, unauthorized};
use crate::permissions::{ACTION_EXECUTE, TEMPLATE_PARAMETER_READ, TEMPLATE_STEP_READ};
use crate::tasks::{TaskId, TaskReport, missing};
use crate::template::Template;

/// The caller of a page or of the API, and the way to the tasks that it may see or end.
pub(crate) struct Caller {
    pub viewer: Viewer,
    pub permissions: Permissions,
}

impl Caller {
    /// A task for which the caller has a permission. One that it may not see is as good as missing.
    pub(crate) async fn task(
        &self,
        scaffolder: &Scaffolder,
        id: &str,
        needed: &'static Permission,
    ) -> Result<TaskReport, ApiError> {
        let id: TaskId = id.parse()?;
        let decision = self.permissions.decide(&self.viewer, needed).await?;
        let task = scaffolder.tasks.show(id).await?.ok_or_else(|| missing(id))?;
        let author = task.created_by.as_deref();
        if holds(&decision, Thing::Task { author })? {
            return Ok(task);
        }
        Err(Fault::not_allowed(format!("This needs the permission {} for the task", needed.name)).into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentViewer(viewer) = CurrentViewer::from_request_parts(parts, state).await?;
        let permissions = Extension::<Permissions>::from_request_parts(parts, state).await;
        let Extension(permissions) = permissions.map_err(IntoResponse::into_response)?;
        Ok(Self { viewer, permissions })
    }
}

/// What the steps of a template may do in a caller's name. Refuses a caller who may have no action run.
pub(crate) async fn check_actions(
    template: &Template,
    viewer: &Viewer,
    permissions: &Permissions,
) -> Result<ActionLimit, Fault> {
    let decision = permissions.decide(viewer, &ACTION_EXECUTE).await?;
    let action = template.steps.first().map_or("", |step| step.action.as_str());
    ActionLimit::of(decision).ok_or_else(|| unauthorized(action))
}

/// The same for steps whose inputs are not known: refuses every action that may be run with some inputs only.
pub(crate) async fn check_every_action(
    template: &Template,
    viewer: &Viewer,
    permissions: &Permissions,
) -> Result<(), Fault> {
    let limit = check_actions(template, viewer, permissions).await?;
    template
        .steps
        .iter()
        .try_for_each(|step| limit.check(&step.action, None))
}

/// A template as a caller sees it: without the pages of parameters and the steps that it may not read, by their tags.
pub(crate) async fn seen(
    template: Template,
    viewer: &Viewer,
    permissions: &Permissions,
) -> Result<Template, Fault> {
    let pages = permissions.decide(viewer, &TEMPLATE_PARAMETER_READ).await?;
    let steps = permissions.decide(viewer, &TEMPLATE_STEP_READ).await?;
    if (&pages, &steps) == (&Decision::Allow, &Decision::Allow) {
        return Ok(template);
    }
    let mut entity = template.entity;
    let spec = &mut entity["spec"];
    for (key, decision) in [("parameters", &pages), ("steps", &steps)] {
        leave(&mut spec[key], decision)?;
    }
    Template::of(&entity)
}

/// Leaves of a list, or of one thing in its place, what a decision holds for.
fn leave(list: &mut Value, decision: &Decision) -> Result<(), Fault> {
    match list {
        Value::Array(all) => {
            let mut left = Vec::with_capacity(all.len());
            for one in std::mem::take(all) {
                if is_shown(&one, decision)? {
                    left.push(one);
                }
            }
            *all = left;
        }
        Value::Null => {}
        one => {
            if !is_shown(one, decision)? {
                *one = Value::Null;
            }
        }
    }
    Ok(())
}

fn is_shown(part: &Value, decision: &Decision) -> Result<bool, Fault> {
    let tags = part["backstage:permissions"]["tags"].as_array();
    let tags: Vec<&str> = tags.into_iter().flatten().filter_map(Value::as_str).collect();
    holds(decision, Thing::Part { tags: &tags })
}

#[cfg(test)]
mod tests {
    use plugin::Condition;
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_and_steps_are_left_out_by_their_tags() {
        let part = |tags: &[&str]| json!({"backstage:permissions": {"tags": tags}});
        let secret = Condition::Rule {
            name: "HAS_TAG".to_owned(),
            parameters: json!({"tag": "secret"}),
        };
        let open = Decision::Conditional(Condition::Not(Box::new(secret)));
        let mut list = json!([part(&["secret"]), part(&["other"]), {}]);
        leave(&mut list, &open).unwrap();
        assert_eq!(list, json!([part(&["other"]), {}]));
        let mut one = part(&["secret"]);
        leave(&mut one, &open).unwrap();
        assert_eq!(one, Value::Null);
        leave(&mut list, &Decision::Deny).unwrap();
        assert_eq!(list, json!([]));
    }
}
