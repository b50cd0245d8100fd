//! The form of a template, and templates as callers see them.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use model::{EntityRef, Fault};
use serde_json::{Value, json};
use sight::CurrentSight;
use web::api::Json;
use web::{ApiError, CurrentViewer, Permissions, Query};

use super::access;
use crate::Scaffolder;
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
    let template = access::seen(template, &viewer, &permissions).await?;
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
    let pages = template.pages.iter().map(|page| {
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
