//! Which tasks a caller may see or end.

use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::{Fault, Viewer};
use plugin::{Condition, Decision, Permission};
use serde_json::Value;
use web::{ApiError, CurrentViewer, Permissions};

use crate::Scaffolder;
use crate::permissions::ACTION_EXECUTE;
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
        if is_granted(&decision, task.created_by.as_deref()) {
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

/// Refuses a template with an action that the caller may not have run.
pub(crate) async fn check_actions(
    template: &Template,
    viewer: &Viewer,
    permissions: &Permissions,
) -> Result<(), Fault> {
    if permissions.decide(viewer, &ACTION_EXECUTE).await? != Decision::Deny {
        return Ok(());
    }
    let action = template.steps.first().map_or("", |step| step.action.as_str());
    Err(Fault::not_allowed(format!(
        "Unauthorized action: {action}. The action is not allowed."
    )))
}

/// Whether a decision holds for a task of an author. A rule that is not known holds for none.
pub(crate) fn is_granted(decision: &Decision, author: Option<&str>) -> bool {
    match decision {
        Decision::Allow => true,
        Decision::Deny => false,
        Decision::Conditional(condition) => is_met(condition, author),
    }
}

fn is_met(condition: &Condition, author: Option<&str>) -> bool {
    match condition {
        Condition::Rule { name, parameters } if name == "IS_TASK_OWNER" => {
            let authors = parameters["createdBy"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            author.is_some_and(|author| authors.into_iter().any(|one| one == author))
        }
        Condition::Rule { .. } => false,
        Condition::All(all) => all.iter().all(|one| is_met(one, author)),
        Condition::Any(any) => any.iter().any(|one| is_met(one, author)),
        Condition::Not(one) => !is_met(one, author),
    }
}

/// The authors whose tasks a decision shows; nothing for all.
pub(crate) fn authors(decision: &Decision) -> Result<Option<Vec<String>>, Fault> {
    let Decision::Conditional(condition) = decision else {
        return Ok(None);
    };
    if let Condition::Rule { name, parameters } = condition
        && name == "IS_TASK_OWNER"
    {
        let authors = parameters["createdBy"].as_array().into_iter().flatten();
        return Ok(Some(
            authors.filter_map(Value::as_str).map(str::to_owned).collect(),
        ));
    }
    Err(Fault::not_allowed(
        "The policy's condition on tasks is not understood; IS_TASK_OWNER alone can be used for lists",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_name_the_authors() {
        let rule = |name: &str| Condition::Rule {
            name: name.to_owned(),
            parameters: json!({"createdBy": ["user:default/ines"]}),
        };
        let owner = Decision::Conditional(rule("IS_TASK_OWNER"));
        assert!(is_granted(&owner, Some("user:default/ines")));
        assert!(!is_granted(&owner, Some("user:default/omar")) && !is_granted(&owner, None));
        assert_eq!(authors(&owner), Ok(Some(vec!["user:default/ines".to_owned()])));
        let other = Decision::Conditional(Condition::Any(vec![rule("HAS_LUCK")]));
        assert!(!is_granted(&other, Some("user:default/ines")) && authors(&other).is_err());
        assert_eq!(authors(&Decision::Allow), Ok(None));
    }
}
