//! `POST /v2/dry-run`: a template is tried with the values and files of the request.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Fault;
use plugin::Decision;
use serde_json::{Value, json};
use web::api::Json;
use web::{ApiError, CurrentActor, CurrentViewer, JsonBody, Permissions};
use workspace::WorkspaceFile;

use super::access;
use super::tasks::{secrets, violations};
use crate::Scaffolder;
use crate::dry_run::{Beside, DryRun, DryRunReport};
use crate::permissions::TEMPLATE_DRY_RUN;
use crate::refusal;
use crate::template::Template;
use crate::validation;

/// Longest time of an answer.
pub(crate) const LONGEST_ANSWER: Duration = Duration::from_mins(6);
/// Most files beside a template.
const MOST_FILES: usize = 5_000;

pub(super) async fn run(
    State(scaffolder): State<Scaffolder>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    Extension(permissions): Extension<Permissions>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    if permissions.decide(&viewer, &TEMPLATE_DRY_RUN).await? == Decision::Deny {
        return Err(Fault::not_allowed("This needs the permission scaffolder.template.dry-run").into());
    }
    let (template, values, files) = read(&body)?;
    let limit = access::check_actions(&template, &viewer, &permissions).await?;
    let secrets: BTreeMap<String, String> = secrets(&body)?;
    let wrong = validation::check(&template, values, &BTreeMap::new());
    if !wrong.is_empty() {
        return Ok(violations(&wrong));
    }
    let user = scaffolder.tasks.user(&viewer).await?;
    let wanted = DryRun {
        template: &template,
        values,
        secrets,
        user,
        actor,
        environment: None,
        beside: Beside::Files(files),
        until: None,
        is_made_up: false,
        limit,
    };
    let report = scaffolder.dry_runs.run(wanted, &scaffolder.stop).await?;
    if let Some(failure) = report.failure {
        return Err(failure.into());
    }
    Ok((StatusCode::OK, Json(to_wire(&report))).into_response())
}

/// What a request asks for.
fn read(body: &Value) -> Result<(Template, &Value, Vec<WorkspaceFile>), Fault> {
    let required = |key: &str| Fault::input(format!("request/body must have required property '{key}'"));
    let wrong = |key: &str, kind: &str| Fault::input(format!("request/body/{key} must be {kind}"));
    for key in ["template", "values", "directoryContents"] {
        if body.get(key).is_none() {
            return Err(required(key));
        }
    }
    let (template, values) = (&body["template"], &body["values"]);
    for key in ["template", "values"] {
        if !body[key].is_object() {
            return Err(wrong(key, "object"));
        }
    }
    if !body["directoryContents"].is_array() {
        return Err(wrong("directoryContents", "array"));
    }
    let files = files(&body["directoryContents"])?;
    if template["kind"] != "Template" {
        return Err(Fault::input("Input template is not a template"));
    }
    // What can be read is judged by the dry run itself.
    let read = Template::of(template).map_err(|fault| refusal::of_trial(template).unwrap_or(fault))?;
    Ok((read, values, files))
}

/// The files beside a template, as a request brings them.
pub(crate) fn files(list: &Value) -> Result<Vec<WorkspaceFile>, Fault> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.len() > MOST_FILES {
        return Err(Fault::input(format!(
            "There are more than {MOST_FILES} files beside the template"
        )));
    }
    list.iter().map(file).collect()
}

fn file(file: &Value) -> Result<WorkspaceFile, Fault> {
    let path = file["path"].as_str().unwrap_or_default().to_owned();
    let wrong = |_| Fault::input(format!("The content of {path} is not written in Base64"));
    let bytes = STANDARD
        .decode(file["base64Content"].as_str().unwrap_or_default())
        .map_err(wrong)?;
    Ok(WorkspaceFile {
        path,
        bytes,
        is_executable: file["executable"] == true,
    })
}

fn to_wire(report: &DryRunReport) -> Value {
    let log: Vec<Value> = report
        .log
        .iter()
        .map(|event| json!({"body": event.body()}))
        .collect();
    let file = |file: &WorkspaceFile| {
        json!({
            "path": file.path,
            "executable": file.is_executable,
            "base64Content": STANDARD.encode(&file.bytes),
        })
    };
    let files: Vec<Value> = report.files.iter().map(file).collect();
    json!({"log": log, "directoryContents": files, "output": report.output, "steps": report.steps})
}
