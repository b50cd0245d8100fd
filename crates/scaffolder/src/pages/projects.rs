//! The list of projects that templates made, and what a newer template changes in one.

pub(super) mod samples;
pub(super) mod view;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value};
use ui::{Chrome, Crumb, PageHead};
use web::{ApiError, CurrentActor};

use super::{Pages, address};
use crate::api::access::{self, Caller};
use crate::updates::Update;
use crate::updates::tables::{Project, Standing};
use view::{ProjectView, Question};

/// The address of the list.
pub(super) const LIST: &str = "/create/projects";
/// What values of the form begin with.
const VALUE: &str = "value/";

pub(super) async fn list(
    State(pages): State<Pages>,
    caller: Caller,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let mut projects = caller.projects(&pages.scaffolder).await?;
    projects.sort_by_key(|project| project.found.standing);
    let state = address::first(&chrome.query, "state");
    let head =
        PageHead::new("Projects").crumbs(vec![Crumb::to("Create", "/create"), Crumb::here("Projects")]);
    let content = view::projects(&projects, state.as_deref(), chrome.now);
    Ok(chrome.page(head, content).into_response())
}

fn head(project: &Project) -> PageHead {
    let name = view::name_of(project);
    PageHead::new(name.clone()).crumbs(vec![
        Crumb::to("Create", "/create"),
        Crumb::to("Projects", LIST),
        Crumb::here(name),
    ])
}

/// What the newest template changes in a project.
pub(super) async fn show(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let project = caller.project(&pages.scaffolder, &id).await?;
    let update = pages
        .scaffolder
        .updates
        .work_out(&project, &Value::Null, &actor)
        .await;
    Ok(page(&project, update, &Value::Null, chrome))
}

fn page(project: &Project, update: Result<Update, model::Fault>, more: &Value, chrome: Chrome) -> Response {
    let questions = update.as_ref().map(|update| questions(update, more));
    let view = ProjectView {
        project,
        update: update.as_ref(),
        questions: questions.unwrap_or_default(),
        values: more,
    };
    let content = view::project(&view, chrome.now);
    chrome.page(head(project), content).into_response()
}

/// The fields that the newest template asks for and the record does not answer.
fn questions(update: &Update, more: &Value) -> Vec<Question> {
    let question = |wrong: &crate::validation::Violation| {
        let name = wrong.path.first().cloned();
        let name = name.or_else(|| wrong.argument.as_str().map(str::to_owned))?;
        let fields = update.template.pages.iter();
        let mut fields = fields.map(|page| &page.schema["properties"][&name]);
        let field = fields.find(|field| field.is_object()).unwrap_or(&Value::Null);
        let known = more.get(&name).or_else(|| update.next.parameters.get(&name));
        Some(Question {
            label: field["title"].as_str().unwrap_or(&name).to_owned(),
            hint: field["description"].as_str().map(str::to_owned),
            value: known.map_or_else(String::new, |value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
            problem: wrong.message.clone(),
            name,
        })
    };
    let mut all: Vec<Question> = update.wrong.iter().filter_map(question).collect();
    all.dedup_by(|a, b| a.name == b.name);
    all
}

/// Works the update out with further values, and proposes it where nothing is missing.
pub(super) async fn propose(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
    chrome: Chrome,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, ApiError> {
    let project = caller.project(&pages.scaffolder, &id).await?;
    let desk = &pages.scaffolder.updates;
    let more = values(&sent);
    let update = match desk.work_out(&project, &more, &actor).await {
        Ok(update) if update.wrong.is_empty() => update,
        other => return Ok(page(&project, other, &more, chrome)),
    };
    access::check_every_action(&update.template, &caller.viewer, &caller.permissions).await?;
    let is_sent = sent.iter().any(|(name, _)| name == "propose");
    if !is_sent {
        return Ok(page(&project, Ok(update), &more, chrome));
    }
    desk.propose(&project, &update, &actor).await?;
    // A form may lead to pages of the portal alone; the project's page has the link to the pull request.
    Ok(Redirect::to(&format!("{LIST}/{}", project.id)).into_response())
}

/// Looks again whether a project is behind its template.
pub(super) async fn check(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Redirect, ApiError> {
    let project = caller.project(&pages.scaffolder, &id).await?;
    pages.scaffolder.updates.check(&project).await?;
    Ok(Redirect::to(LIST))
}

/// Values of a form: JSON where they are, else texts.
fn values(sent: &[(String, String)]) -> Value {
    let mut values = Map::new();
    for (name, text) in sent {
        let Some(name) = name.strip_prefix(VALUE) else {
            continue;
        };
        let value = match serde_json::from_str(text) {
            Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::Array(_) | Value::Object(_))) => value,
            _ => text.as_str().into(),
        };
        values.insert(name.to_owned(), value);
    }
    Value::Object(values)
}

/// The words of the list's filter.
pub(super) const STATES: [(&str, &str); 5] = [
    ("", "Any"),
    ("behind", "Behind"),
    ("current", "Up to date"),
    ("unknown", "Not known"),
    ("unchecked", "Not looked at"),
];

/// The word of a standing for people.
pub(super) fn title_of(standing: Standing) -> &'static str {
    let word = standing.word();
    let found = STATES.iter().find(|(known, _)| *known == word);
    found.map_or("", |(_, title)| title)
}
