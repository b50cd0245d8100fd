//! The form of a template: its pages, the review, and the begin of a task.
//!
//! Nothing is kept between the pages: what was filled in travels in the form, secrets included, and is checked anew
//! at the end.

pub(super) mod state;
pub(super) mod view;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use catalog::Sight;
use maud::Markup;
use model::{EntityRef, Fault, Viewer};
use serde::Deserialize;
use serde_json::{Value, json};
use sight::CurrentSight;
use ui::{Chrome, Crumb, PageHead};
use web::{ApiError, CurrentActor};

use super::{Pages, address, supply};
use crate::TASK_READ;
use crate::api::access::{self, Caller};
use crate::conditions::ActionLimit;
use crate::forms::check::Mistakes;
use crate::forms::edit::Edit;
use crate::forms::reading::Sent;
use crate::forms::{Form as FormPage, draw, review};
use crate::tasks::NotCreated;
use crate::template::Template;
use state::{Go, Wizard};
use view::{FormView, Frame, ReviewView};

/// What an address may say to begin with.
#[derive(Deserialize)]
pub(super) struct Beginning {
    /// A task whose values are taken over.
    from: Option<String>,
    /// Values as links of the original carry them.
    #[serde(rename = "formData")]
    form_data: Option<String>,
}

/// One call of these pages.
pub(super) struct Desk<'a> {
    pub(super) pages: &'a Pages,
    pub(super) sight: &'a Sight,
    pub(super) viewer: &'a Viewer,
    pub(super) template: Template,
}

/// The first page.
pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    caller: Caller,
    Path(path): Path<(String, String)>,
    Query(beginning): Query<Beginning>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let template = match find(&pages, &sight, &path).await? {
        Ok(template) => template,
        Err(fault) => return Ok(unusable(chrome, &path, &fault)),
    };
    let template = access::seen(template, &caller.viewer, &caller.permissions).await?;
    let mut wizard = Wizard::default();
    if let Some(text) = &beginning.form_data {
        wizard.take_values(serde_json::from_str(text).unwrap_or(Value::Null));
    }
    if let Some(id) = &beginning.from {
        let task = caller.task(&pages.scaffolder, id, &TASK_READ).await?;
        wizard.take_values(task.values().clone());
    }
    let desk = Desk {
        pages: &pages,
        sight: &sight,
        viewer: &caller.viewer,
        template,
    };
    desk.enter(chrome, wizard, 0).await
}

/// A page was sent: shows it again, the next one, another one, or begins the task.
pub(super) async fn step(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    Caller { viewer, permissions }: Caller,
    CurrentActor(actor): CurrentActor,
    Path(path): Path<(String, String)>,
    chrome: Chrome,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, ApiError> {
    let template = match find(&pages, &sight, &path).await? {
        Ok(template) => template,
        Err(fault) => return Ok(unusable(chrome, &path, &fault)),
    };
    let template = access::seen(template, &viewer, &permissions).await?;
    let desk = Desk {
        pages: &pages,
        sight: &sight,
        viewer: &viewer,
        template,
    };
    let sent = Sent::new(pairs);
    let wizard = desk.fill(Wizard::read(&sent), &sent);
    match Go::read(&sent) {
        Go::Create => {
            let limit = access::check_actions(&desk.template, &viewer, &permissions).await?;
            desk.create(chrome, wizard, (&actor, &limit)).await
        }
        Go::Page(at) => desk.enter(chrome, wizard, at).await,
        Go::Back => {
            let before = wizard.page.saturating_sub(1);
            desk.enter(chrome, wizard, before).await
        }
        Go::Update => desk.form(chrome, wizard, &Mistakes::new(), None).await,
        Go::Edit(edit) => {
            let mut wizard = wizard;
            let focus = desk.edit(&mut wizard, &edit);
            desk.form(chrome, wizard, &Mistakes::new(), focus).await
        }
        Go::Next => desk.next(chrome, wizard).await,
    }
}

/// The template at an address, or why its entity is none.
async fn find(
    pages: &Pages,
    sight: &Sight,
    (namespace, name): &(String, String),
) -> Result<Result<Template, Fault>, Fault> {
    let reference = EntityRef::new("template", namespace, name);
    let entity = pages.scaffolder.catalog.seen_by(sight).entity(&reference).await?;
    let entity =
        entity.ok_or_else(|| Fault::not_found(format!("There is no template {reference} in the catalog")))?;
    Ok(Template::of(&entity))
}

fn unusable(chrome: Chrome, (namespace, name): &(String, String), fault: &Fault) -> Response {
    let reference = EntityRef::new("template", namespace, name);
    let crumbs = vec![Crumb::to("Create", "/create"), Crumb::here(name.clone())];
    let head = PageHead::new(name.clone()).crumbs(crumbs).narrow();
    chrome
        .page(head, view::unusable(&reference, fault))
        .status(StatusCode::UNPROCESSABLE_ENTITY)
        .into_response()
}

impl Desk<'_> {
    fn page<'w>(&'w self, wizard: &'w Wizard) -> Option<FormPage<'w>> {
        let page = self.template.pages.get(wizard.page)?;
        Some(FormPage::new(
            &page.schema,
            wizard.branches(wizard.page),
            &self.pages.hosts,
        ))
    }

    /// Takes in what was sent for the page that it was sent from.
    pub(super) fn fill(&self, mut wizard: Wizard, sent: &Sent) -> Wizard {
        wizard.page = wizard.page.min(self.template.pages.len());
        wizard.choose_branches(sent);
        if let Some(form) = self.page(&wizard) {
            wizard.filled = form.fill(sent, &wizard.filled);
        }
        wizard
    }

    /// A page as one comes to it: empty fields have their defaults.
    pub(super) fn at_page(&self, mut wizard: Wizard, at: usize) -> Wizard {
        wizard.page = at.min(self.template.pages.len());
        self.drop_blank_rows(&mut wizard);
        if let Some(form) = self.page(&wizard) {
            wizard.filled = form.fill(&Sent::default(), &wizard.filled);
        }
        wizard
    }

    /// Changes the rows of a list; which field has the focus then.
    pub(super) fn edit(&self, wizard: &mut Wizard, edit: &Edit) -> Option<String> {
        wizard.move_branches(edit);
        let form = self.page(wizard)?;
        let (filled, focus) = form.edited(edit, wizard.filled.clone());
        wizard.filled = filled;
        focus
    }

    /// What is wrong on the page at hand, by its schema and, unless the template is only tried, by the catalog.
    pub(super) async fn mistakes(&self, wizard: &Wizard, is_trial: bool) -> Result<Mistakes, Fault> {
        let Some(form) = self.page(wizard) else {
            return Ok(Mistakes::new());
        };
        if is_trial {
            return Ok(form.check(&wizard.filled.values));
        }
        let values = &wizard.filled.values;
        let view = self.pages.scaffolder.catalog.seen_by(self.sight);
        let effective = form.effective(values);
        let unknown = supply::unknown_references(view, self.viewer, &effective, values).await?;
        let mut mistakes = form.placed(unknown, values);
        mistakes.extend(form.check(values));
        Ok(mistakes)
    }

    /// Turns to the first page with a mistake, if there is one.
    pub(super) async fn first_mistakes(
        &self,
        wizard: &mut Wizard,
        is_trial: bool,
    ) -> Result<Option<Mistakes>, Fault> {
        let before = wizard.page;
        for at in 0..self.template.pages.len() {
            wizard.page = at;
            let mistakes = self.mistakes(wizard, is_trial).await?;
            if !mistakes.is_empty() {
                return Ok(Some(mistakes));
            }
        }
        wizard.page = before;
        Ok(None)
    }

    async fn enter(&self, chrome: Chrome, wizard: Wizard, at: usize) -> Result<Response, ApiError> {
        let wizard = self.at_page(wizard, at);
        if wizard.page < self.template.pages.len() {
            return self.form(chrome, wizard, &Mistakes::new(), None).await;
        }
        Ok(self.review(chrome, &wizard, &[]))
    }

    fn drop_blank_rows(&self, wizard: &mut Wizard) {
        let form = self.page(wizard);
        let kept = form.map(|form| form.without_blank_rows(&wizard.filled.values));
        if let Some(values) = kept {
            wizard.filled.values = values;
        }
    }

    /// The next page, or this one with what is wrong.
    async fn next(&self, chrome: Chrome, mut wizard: Wizard) -> Result<Response, ApiError> {
        self.drop_blank_rows(&mut wizard);
        let mistakes = self.mistakes(&wizard, false).await?;
        if !mistakes.is_empty() {
            return self.form(chrome, wizard, &mistakes, None).await;
        }
        let next = wizard.page + 1;
        self.enter(chrome, wizard, next).await
    }

    /// Begins the task; a page with a mistake is shown instead.
    async fn create(
        &self,
        chrome: Chrome,
        mut wizard: Wizard,
        (actor, limit): (&model::Actor, &ActionLimit),
    ) -> Result<Response, ApiError> {
        if let Some(mistakes) = self.first_mistakes(&mut wizard, false).await? {
            return self.form(chrome, wizard, &mistakes, None).await;
        }
        wizard.page = self.template.pages.len();
        let values = self.values(&mut wizard);
        let tasks = &self.pages.scaffolder.tasks;
        let created = tasks
            .create(
                &self.template,
                &values,
                &wizard.filled.secrets,
                (self.viewer, limit),
                actor,
            )
            .await;
        match created {
            Ok(id) => Ok(Redirect::to(&address::task(id)).into_response()),
            Err(NotCreated::Invalid(violations)) => {
                let told: Vec<String> = violations
                    .iter()
                    .map(|violation| {
                        format!("{} {}", violation.path.join("."), violation.message)
                            .trim()
                            .to_owned()
                    })
                    .collect();
                Ok(self.review(chrome, &wizard, &told))
            }
            Err(NotCreated::Fault(fault)) => Err(fault.into()),
        }
    }

    /// The values that all pages ask for.
    pub(super) fn values(&self, wizard: &mut Wizard) -> Value {
        let mut values = serde_json::Map::new();
        for at in 0..self.template.pages.len() {
            wizard.page = at;
            if let Some(form) = self.page(wizard) {
                values.extend(form.result(&wizard.filled.values));
            }
        }
        wizard.page = self.template.pages.len();
        json!(values)
    }

    async fn form(
        &self,
        chrome: Chrome,
        wizard: Wizard,
        mistakes: &Mistakes,
        focus: Option<String>,
    ) -> Result<Response, ApiError> {
        let Some(page) = self.template.pages.get(wizard.page) else {
            return Ok(self.review(chrome, &wizard, &[]));
        };
        let content = view::form(&FormView {
            frame: self.frame(&wizard),
            page,
            fields: self.fields(&wizard, mistakes, focus).await?,
            mistakes,
        });
        Ok(self.answer(chrome, &wizard, content))
    }

    /// The fields of the page at hand; none behind the last page. Without `focus` the form says which field has it.
    pub(super) async fn fields(
        &self,
        wizard: &Wizard,
        mistakes: &Mistakes,
        focus: Option<String>,
    ) -> Result<Markup, ApiError> {
        let Some(form) = self.page(wizard) else {
            return Ok(Markup::default());
        };
        let effective = form.effective(&wizard.filled.values);
        let view = self.pages.scaffolder.catalog.seen_by(self.sight);
        let offers = supply::offers(view, self.viewer, &effective).await?;
        let drawing = draw::Drawing {
            branches: wizard.branches(wizard.page),
            offers: &offers,
            mistakes,
            triggers: &form.triggers(),
            hosts: &self.pages.hosts,
            focus: focus.or_else(|| draw::focus(&effective, mistakes)),
        };
        Ok(drawing.fields(&effective, "", &wizard.filled.values))
    }

    fn review(&self, chrome: Chrome, wizard: &Wizard, told: &[String]) -> Response {
        let lines = self.template.pages.iter().enumerate().map(|(at, page)| {
            let form = FormPage::new(&page.schema, wizard.branches(at), &self.pages.hosts);
            let values = Value::Object(form.result(&wizard.filled.values));
            (
                page.title.as_str(),
                review::lines(&form.effective(&wizard.filled.values), &values),
            )
        });
        let content = view::review(&ReviewView {
            frame: self.frame(wizard),
            lines: lines.collect(),
            told,
        });
        self.answer(chrome, wizard, content)
    }

    fn frame<'f>(&'f self, wizard: &'f Wizard) -> Frame<'f> {
        let known = self.pages.scaffolder.actions.get();
        let is_missing = |action: &&str| known.is_some_and(|known| known.get(action).is_none());
        let mut missing: Vec<&str> = self
            .template
            .steps
            .iter()
            .map(|step| step.action.as_str())
            .filter(is_missing)
            .collect();
        missing.sort_unstable();
        missing.dedup();
        Frame {
            template: &self.template,
            page: wizard.page,
            state: wizard.state(),
            secrets: wizard.secrets(),
            missing,
        }
    }

    /// A page that is kept nowhere: it may hold secrets.
    fn answer(&self, chrome: Chrome, wizard: &Wizard, content: Markup) -> Response {
        let title = self.template.title.clone();
        let crumbs = vec![Crumb::to("Create", "/create"), Crumb::here(title.clone())];
        let head = PageHead::new(title).crumbs(crumbs);
        let mut response = chrome.page(head, content).into_response();
        if !wizard.filled.secrets.is_empty() {
            response
                .headers_mut()
                .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}
