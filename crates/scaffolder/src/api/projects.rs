//! Projects and their updates; the original has neither. `template update` and the pages ask for the same.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use model::{Fault, FaultKind};
use plugin::Permission;
use scm::TreeFile;
use serde_json::{Value, json};
use uuid::Uuid;
use web::api::Json;
use web::{ApiError, CurrentActor, JsonBody};

use super::access::{self, Caller};
use super::tasks::violations;
use crate::Scaffolder;
use crate::conditions::{Authors, Thing, holds};
use crate::permissions::TASK_READ;
use crate::updates::Update;
use crate::updates::merge::FileChange;
use crate::updates::record;
use crate::updates::tables::Project;

impl Caller {
    /// A project whose task the caller may see.
    pub(crate) async fn project(&self, scaffolder: &Scaffolder, id: &str) -> Result<Project, ApiError> {
        let needed: &'static Permission = &TASK_READ;
        let missing = || Fault::not_found(format!("No project with id '{id}' found"));
        let id: Uuid = id.parse().map_err(|_| missing())?;
        let decision = self.permissions.decide(&self.viewer, needed).await?;
        let project = scaffolder.updates.show(id).await?.ok_or_else(missing)?;
        let author = project.created_by.as_deref();
        if holds(&decision, Thing::Task { author })? {
            return Ok(project);
        }
        Err(Fault::not_allowed(format!(
            "This needs the permission {} for the project",
            needed.name
        ))
        .into())
    }

    /// The projects whose tasks the caller may see.
    pub(crate) async fn projects(&self, scaffolder: &Scaffolder) -> Result<Vec<Project>, ApiError> {
        let decision = self.permissions.decide(&self.viewer, &TASK_READ).await?;
        Ok(scaffolder.updates.list(&Authors::of(&decision)?).await?)
    }
}

pub(super) async fn list(State(scaffolder): State<Scaffolder>, caller: Caller) -> Result<Response, ApiError> {
    let projects = caller.projects(&scaffolder).await?;
    let projects: Vec<Value> = projects.iter().map(to_wire).collect();
    Ok(Json(json!({ "projects": projects })).into_response())
}

/// Works an update out. Where the body says `propose: true` the pull request is opened; where it says `write: true` the caller puts
/// the files into the repository by himself, and gets the record as well.
pub(super) async fn update(
    State(scaffolder): State<Scaffolder>,
    caller: Caller,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let project = caller.project(&scaffolder, &id).await?;
    let more = &body["values"];
    if !more.is_null() && !more.is_object() {
        return Err(Fault::input("request/body/values must be object").into());
    }
    let desk = &scaffolder.updates;
    let update = desk.work_out(&project, more, &actor).await?;
    access::check_every_action(&update.template, &caller.viewer, &caller.permissions).await?;
    if !update.wrong.is_empty() {
        return Ok(violations(&update.wrong));
    }
    let mut told = update_to_wire(&update);
    if (body["propose"] == true || body["write"] == true) && update.is_empty() {
        return Err(Fault::new(FaultKind::Conflict, "The project is as new as its template").into());
    }
    if body["write"] == true {
        desk.hand_out(&project, &update, &actor).await?;
        told["record"] = json!({"path": record::PATH, "after": update.next.text()});
    }
    if body["propose"] == true {
        let proposed = desk.propose(&project, &update, &actor).await?;
        told["branch"] = proposed.branch.into();
        let key = if proposed.has_request {
            "pullRequest"
        } else {
            "branchPage"
        };
        told[key] = proposed.page.into();
    }
    Ok((StatusCode::OK, Json(told)).into_response())
}

fn to_wire(project: &Project) -> Value {
    let proposal = project.proposal.as_ref();
    let page = |is_branch: bool| {
        let found = proposal.filter(|proposal| proposal.branch.is_some() == is_branch);
        found.map(|proposal| &proposal.page)
    };
    json!({
        "id": project.id.to_string(),
        "repository": project.repository,
        "template": project.template,
        "task": project.task.to_string(),
        "createdBy": project.created_by,
        "createdAt": project.created_at.to_string(),
        "state": project.found.standing.word(),
        "commit": project.found.recorded,
        "newest": project.found.newest,
        "problem": project.found.problem,
        "pullRequest": page(false),
        "branch": proposal.and_then(|proposal| proposal.branch.as_ref()),
        "branchPage": page(true),
        "checkedAt": project.checked_at.map(|at| at.to_string()),
    })
}

fn update_to_wire(update: &Update) -> Value {
    let text = |file: &Option<TreeFile>| {
        let text = std::str::from_utf8(&file.as_ref()?.bytes).ok()?;
        Some(text.to_owned())
    };
    let file = |change: &FileChange| {
        let mut told = json!({
            "path": change.path,
            "change": change.outcome.word(),
            "meaning": change.outcome.meaning(),
            "before": text(&change.before),
            "after": text(&change.after),
            "executableBefore": change.before.as_ref().is_some_and(|before| before.is_executable),
            "executable": change.after.as_ref().is_some_and(|after| after.is_executable),
        });
        for (key, file) in [("beforeBytes", &change.before), ("afterBytes", &change.after)] {
            if let Some(file) = file.as_ref().filter(|_| text(file).is_none()) {
                told[key] = STANDARD.encode(&file.bytes).into();
            }
        }
        told
    };
    json!({
        "template": update.record.template,
        "from": update.record.commit,
        "to": update.next.commit,
        "values": update.next.parameters,
        "files": update.changes.iter().map(file).collect::<Vec<_>>(),
    })
}
