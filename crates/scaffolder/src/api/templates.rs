//! The form of a template, and templates as callers see them.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use model::{EntityRef, Fault};
use plugin::Decision;
use serde_json::{Value, json};
use sight::CurrentSight;
use web::api::Json;
use web::{ApiError, CurrentViewer, Permissions, Query};

use crate::Scaffolder;
use crate::permissions::TEMPLATE_PARAMETER_READ;
use crate::template::Template;

/// A template that a caller sees.
pub(super) async fn template(
    scaffolder: &Scaffolder,
    sight: &Sight,
    reference: &EntityRef,
) -> Result<Template, Fault> {
    if reference.kind() != "template" {
        return Err(Fault::input("Invalid kind, only 'Template' kind is supported"));
    }
    let found = scaffolder.catalog.seen_by(sight).entity(reference).await?;
    let entity = found.ok_or_else(|| Fault::not_found(format!("Template {reference} not found")))?;
    Template::of(&entity)
}

pub(super) async fn parameter_schema(
    State(scaffolder): State<Scaffolder>,
    Path((namespace, kind, name)): Path<(String, String, String)>,
    CurrentSight(sight): CurrentSight,
    CurrentViewer(viewer): CurrentViewer,
    Extension(permissions): Extension<Permissions>,
    _: Query<()>,
) -> Result<Response, ApiError> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    let template = template(&scaffolder, &sight, &reference).await?;
    let decision = permissions.decide(&viewer, &TEMPLATE_PARAMETER_READ).await?;
    let mut answer = json!({ "title": template.title });
    let optional = [
        ("presentation", template.presentation.clone()),
        ("description", template.description.clone().map(Value::from)),
        ("ui:options", template.entity["spec"].get("ui:options").cloned()),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            answer[key] = value;
        }
    }
    let pages = template
        .pages
        .iter()
        .filter(|page| is_shown(&decision, &page.schema));
    let pages = pages.map(|page| {
        let mut shown = json!({ "title": page.title });
        if let Some(description) = &page.description {
            shown["description"] = description.as_str().into();
        }
        shown["schema"] = page.schema.clone();
        shown
    });
    answer["steps"] = pages.collect();
    let spec = &template.entity["spec"];
    if let Some(decorators) = spec
        .get("formDecorators")
        .or(spec.get("EXPERIMENTAL_formDecorators"))
    {
        answer["formDecorators"] = decorators.clone();
    }
    Ok(Json(answer).into_response())
}

/// Whether a page is shown: without condition, or where its tags are those of the condition.
fn is_shown(decision: &Decision, schema: &Value) -> bool {
    use plugin::Condition;
    fn is_met(condition: &Condition, tags: &[&str]) -> bool {
        match condition {
            Condition::Rule { name, parameters } if name == "HAS_TAG" => {
                parameters["tag"].as_str().is_some_and(|tag| tags.contains(&tag))
            }
            Condition::Rule { .. } => false,
            Condition::All(all) => all.iter().all(|one| is_met(one, tags)),
            Condition::Any(any) => any.iter().any(|one| is_met(one, tags)),
            Condition::Not(one) => !is_met(one, tags),
        }
    }
    let tags = schema["backstage:permissions"]["tags"].as_array();
    let tags: Vec<&str> = tags.into_iter().flatten().filter_map(Value::as_str).collect();
    match decision {
        Decision::Allow => true,
        Decision::Deny => false,
        Decision::Conditional(condition) => is_met(condition, &tags),
    }
}
