//! `/gitea/<provider>/<number>/descriptor`: proposes a descriptor for a repository that has none.

pub(super) mod view;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use model::{Fault, Problem, Severity};
use scm::gitea::Repository;
use ui::{Chrome, Crumb, PageHead};
use web::{ApiError, CurrentActor};

use super::{Caller, Pages};
use crate::READ;
use crate::discovery::{DescriptorPath, Provider, tables};
use crate::proposal::{Facts, Fields, judge, proposed};
use view::{Opened, Proposal};

/// Where the descriptor goes where the configuration has a pattern.
const USUAL_PATH: &str = "catalog-info.yaml";

/// A repository, as a page is about it.
struct Subject<'a> {
    provider: &'a Provider,
    repository: Repository,
    path: String,
    here: String,
}

impl Subject<'_> {
    async fn opened(&self) -> Result<Option<Opened>, Fault> {
        let gitea = &self.provider.gitea;
        let found = proposed(gitea, &self.repository).await?;
        Ok(found.map(|pull| Opened {
            number: pull.number,
            href: gitea.pull_request_page(&self.repository, pull.number),
        }))
    }
}

/// The form, or the pull request that is open already.
pub(super) async fn show(
    State(pages): State<Pages>,
    caller: Caller,
    Path((provider, id)): Path<(String, i64)>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let subject = find(&pages, &caller, &provider, id).await?;
    if let Some(opened) = subject.opened().await? {
        let content = view::opened(&subject.repository.full_name, &opened);
        return Ok(page(chrome, content));
    }
    let facts = Facts::read(&subject.provider.gitea, &subject.repository).await?;
    let fields = Fields::of(&facts);
    let problems = judge(&subject.path, &fields.yaml);
    Ok(form(chrome, &subject, &fields, &problems, None))
}

/// The form was sent: writes the descriptor anew, checks it, or opens the pull request.
pub(super) async fn send(
    State(pages): State<Pages>,
    caller: Caller,
    CurrentActor(actor): CurrentActor,
    Path((provider, id)): Path<(String, i64)>,
    chrome: Chrome,
    Form(mut fields): Form<Fields>,
) -> Result<Response, ApiError> {
    let subject = find(&pages, &caller, &provider, id).await?;
    fields.yaml = fields.yaml.replace("\r\n", "\n");
    if fields.go == "write" {
        let facts = Facts::read(&subject.provider.gitea, &subject.repository).await?;
        fields.yaml = fields.descriptor(&facts);
    }
    let problems = judge(&subject.path, &fields.yaml);
    let is_wrong = problems.iter().any(|one| one.severity == Severity::Error);
    if fields.go != "open" || is_wrong {
        return Ok(form(chrome, &subject, &fields, &problems, None));
    }
    let (gitea, file) = (&subject.provider.gitea, (&*subject.path, &*fields.yaml));
    match pages.desk.open(gitea, &subject.repository, file, &actor).await {
        Ok(_) => Ok(Redirect::to(&subject.here).into_response()),
        Err(fault) => Ok(form(chrome, &subject, &fields, &problems, Some(&fault))),
    }
}

/// The repository of an address, as the server describes it now. Only those that a provider lists are looked up.
async fn find<'a>(pages: &'a Pages, caller: &Caller, provider: &str, id: i64) -> Result<Subject<'a>, Fault> {
    let nothing = || Fault::not_found(format!("No repository number {id} is known of {provider}"));
    if !caller.has(&READ).await? {
        return Err(Fault::not_allowed(format!(
            "To see repositories needs the permission {}",
            READ.name
        )));
    }
    let found = pages.providers.iter().find(|one| one.settings.id == provider);
    let provider = found.ok_or_else(nothing)?;
    let mut session = pages
        .store
        .read()
        .await
        .map_err(|error| catalog::store_fault(&error))?;
    let known = tables::one(&mut session, &provider.settings.name(), id).await;
    drop(session);
    known
        .map_err(|error| catalog::store_fault(&error))?
        .ok_or_else(nothing)?;
    let repository = provider.gitea.repository_by_id(id).await?.ok_or_else(nothing)?;
    let path = match &provider.settings.path {
        DescriptorPath::File(path) => path.clone(),
        DescriptorPath::Pattern(_) => USUAL_PATH.to_owned(),
    };
    Ok(Subject {
        here: format!("/gitea/{}/{id}/descriptor", provider.settings.id),
        provider,
        repository,
        path,
    })
}

fn form(
    chrome: Chrome,
    subject: &Subject<'_>,
    fields: &Fields,
    problems: &[Problem],
    failed: Option<&Fault>,
) -> Response {
    let content = view::form(&Proposal {
        repository: &subject.repository.full_name,
        page: &subject.provider.gitea.page(&subject.repository.full_name),
        action: &subject.here,
        path: &subject.path,
        fields,
        problems,
        failed: failed.map(Fault::describe).as_deref(),
    });
    let status = if failed.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    let answer = page(chrome, content);
    (status, answer).into_response()
}

fn page(chrome: Chrome, content: maud::Markup) -> Response {
    let crumbs = vec![
        Crumb::to("Repositories", "/gitea"),
        Crumb::here("Make a descriptor"),
    ];
    let head = PageHead::new("Make a descriptor").crumbs(crumbs);
    chrome.page(head, content).into_response()
}
