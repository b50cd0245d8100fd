//! The editor of templates: the text, beside it the form that it makes, beside that what a dry run gives.
//!
//! Nothing is kept: text, values and files travel in the form.

mod judge;
pub(super) mod samples;
mod source;
mod trial;
mod trial_view;
pub(super) mod view;

use axum::Form;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use maud::Markup;
use model::{Actor, EntityRef, Fault, Viewer};
use serde_json::Value;
use sight::CurrentSight;
use ui::{Chrome, Crumb, PageHead};
use web::{ApiError, CurrentActor};
use workspace::WorkspaceFile;

use super::wizard::Desk;
use super::wizard::state::{Go, Wizard};
use super::{Pages, address, supply};
use crate::api::access::Caller;
use crate::api::dry_run::files;
use crate::forms::check::Mistakes;
use crate::forms::reading::Sent;
use crate::sample;
pub(super) use judge::{Judged, Mistake};
pub(super) use trial::{TrialFile, TrialStep, TrialView};
use view::{EditorView, FormPart};

/// What stands in the editor at first: a template that runs as it is.
const FIRST: &str = include_str!("editor/first.yaml");

/// What is being edited.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Draft {
    pub text: String,
    /// The template of the catalog that it began as, beside which its files lie.
    pub origin: Option<EntityRef>,
    /// The files of a folder that was chosen, as the API takes them; empty without any.
    pub files: String,
}

impl Draft {
    fn read(sent: &Sent) -> Self {
        let text = sent.last("text").unwrap_or_default().replace("\r\n", "\n");
        Self {
            text,
            origin: sent.last("origin").and_then(|origin| origin.parse().ok()),
            files: sent.last("files").unwrap_or_default().to_owned(),
        }
    }

    /// The files that a browser sent along.
    fn files(&self) -> Result<Vec<WorkspaceFile>, Fault> {
        if self.files.is_empty() {
            return Ok(Vec::new());
        }
        let sent: Value = serde_json::from_str(&self.files)
            .map_err(|error| Fault::input(format!("The files are no JSON: {error}")))?;
        files(&sent)
    }
}

/// One call of the editor.
struct Bench<'a> {
    pages: &'a Pages,
    sight: &'a Sight,
    caller: &'a Caller,
    draft: Draft,
    judged: Judged,
}

/// How far the form is filled in, and what a run gave.
#[derive(Default)]
struct Outcome {
    wizard: Wizard,
    mistakes: Mistakes,
    focus: Option<String>,
    trial: Option<TrialView>,
}

/// The editor with a template of the catalog, or with a small one to begin with.
pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    caller: Caller,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let asked = address::first(&chrome.query, "template");
    let draft = match asked
        .map(|reference| reference.parse::<EntityRef>())
        .transpose()?
    {
        Some(reference) => Draft {
            text: source::text(&pages, &sight, &reference).await?,
            origin: Some(reference),
            files: String::new(),
        },
        None => Draft {
            text: FIRST.to_owned(),
            ..Draft::default()
        },
    };
    let bench = Bench::new(&pages, &sight, &caller, draft);
    let mut outcome = Outcome::default();
    if let Some(desk) = bench.desk() {
        outcome.wizard = desk.at_page(Wizard::default(), 0);
    }
    bench.answer(chrome, outcome).await
}

/// The text or the form was changed, or a run is asked for.
pub(super) async fn work(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    caller: Caller,
    CurrentActor(actor): CurrentActor,
    chrome: Chrome,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, ApiError> {
    let sent = Sent::new(pairs);
    let bench = Bench::new(&pages, &sight, &caller, Draft::read(&sent));
    let outcome = match bench.desk() {
        Some(desk) => {
            let last = desk.template.pages.len().saturating_sub(1);
            let mut wizard = Wizard::read(&sent);
            wizard.page = wizard.page.min(last);
            let wizard = desk.fill(wizard, &sent);
            bench.turn(&desk, wizard, &sent, &actor).await?
        }
        None => Outcome {
            wizard: Wizard::read(&sent),
            ..Outcome::default()
        },
    };
    bench.answer(chrome, outcome).await
}

impl<'a> Bench<'a> {
    fn new(pages: &'a Pages, sight: &'a Sight, caller: &'a Caller, draft: Draft) -> Self {
        let judged = judge::judge(&draft.text, pages.scaffolder.actions.get());
        Self {
            pages,
            sight,
            caller,
            draft,
            judged,
        }
    }

    fn viewer(&self) -> &'a Viewer {
        &self.caller.viewer
    }

    /// The form of the template; nothing where the text is none.
    fn desk(&self) -> Option<Desk<'a>> {
        let template = self.judged.template.clone()?;
        Some(Desk {
            pages: self.pages,
            sight: self.sight,
            viewer: self.viewer(),
            template,
        })
    }

    /// What a button does with the form.
    async fn turn(
        &self,
        desk: &Desk<'_>,
        mut wizard: Wizard,
        sent: &Sent,
        actor: &Actor,
    ) -> Result<Outcome, ApiError> {
        match sent.last("go") {
            Some("run") => return self.run(desk, wizard, actor).await,
            Some("sample") => {
                wizard.take_values(sample::values(&desk.template));
                let at = wizard.page;
                return Ok(Outcome {
                    wizard: desk.at_page(wizard, at),
                    ..Outcome::default()
                });
            }
            _ => {}
        }
        let at = match Go::read(sent) {
            Go::Page(at) => at,
            Go::Back => wizard.page.saturating_sub(1),
            Go::Next => {
                let mistakes = desk.mistakes(&wizard, true).await?;
                if !mistakes.is_empty() {
                    return Ok(Outcome {
                        wizard,
                        mistakes,
                        ..Outcome::default()
                    });
                }
                wizard.page + 1
            }
            Go::Edit(edit) => {
                let focus = desk.edit(&mut wizard, &edit);
                return Ok(Outcome {
                    wizard,
                    focus,
                    ..Outcome::default()
                });
            }
            Go::Update | Go::Create => {
                return Ok(Outcome {
                    wizard,
                    ..Outcome::default()
                });
            }
        };
        let last = desk.template.pages.len().saturating_sub(1);
        Ok(Outcome {
            wizard: desk.at_page(wizard, at.min(last)),
            ..Outcome::default()
        })
    }

    /// Tries the template with the values of the form; a page with a mistake is shown instead.
    async fn run(&self, desk: &Desk<'_>, mut wizard: Wizard, actor: &Actor) -> Result<Outcome, ApiError> {
        let page = wizard.page;
        if let Some(mistakes) = desk.first_mistakes(&mut wizard, true).await? {
            return Ok(Outcome {
                wizard,
                mistakes,
                ..Outcome::default()
            });
        }
        let values = desk.values(&mut wizard);
        wizard.page = page;
        let base_url = match &self.draft.origin {
            Some(origin) if self.draft.files.is_empty() => {
                source::base_url(self.pages, self.sight, origin).await?
            }
            _ => None,
        };
        let trial = trial::run(trial::Wanted {
            scaffolder: &self.pages.scaffolder,
            caller: self.caller,
            actor,
            template: &desk.template,
            values: &values,
            secrets: wizard.filled.secrets.clone(),
            files: self.draft.files()?,
            base_url,
        });
        let trial = trial.await?;
        Ok(Outcome {
            trial: Some(trial),
            wizard,
            ..Outcome::default()
        })
    }

    /// The page, which is kept nowhere: it may hold secrets.
    async fn answer(&self, chrome: Chrome, outcome: Outcome) -> Result<Response, ApiError> {
        let desk = self.desk();
        let form = match &desk {
            Some(desk) => Some(FormPart {
                template: &desk.template,
                page: outcome.wizard.page,
                fields: self.fields(desk, &outcome).await?,
                mistakes: &outcome.mistakes,
            }),
            None => None,
        };
        let content = view::editor(&EditorView {
            draft: &self.draft,
            judged: &self.judged,
            form,
            trial: outcome.trial.as_ref(),
            templates: supply::templates(self.pages.scaffolder.catalog.seen_by(self.sight)).await?,
            state: outcome.wizard.state(),
            secrets: outcome.wizard.secrets(),
        });
        let crumbs = vec![Crumb::to("Create", "/create"), Crumb::here("Edit a template")];
        let mut response = chrome
            .page(PageHead::new("Edit a template").crumbs(crumbs), content)
            .into_response();
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    async fn fields(&self, desk: &Desk<'_>, outcome: &Outcome) -> Result<Markup, ApiError> {
        // The text keeps the focus unless a button of the form was used.
        let focus = match &outcome.focus {
            None if outcome.mistakes.is_empty() => Some(String::new()),
            focus => focus.clone(),
        };
        desk.fields(&outcome.wizard, &outcome.mistakes, focus).await
    }
}
