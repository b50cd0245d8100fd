//! `/gitea/owners`: who owns a path. `/gitea/ownership`: repositories whose owners are unknown or gone.

mod path;
mod repositories;
mod samples;

pub(crate) use samples::samples;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use model::FaultKind;
use plugin::{Rows, Rule};
use sight::{CurrentSight, for_sight};
use ui::{Chrome, EmptyState, PageHead, Tab, empty_state, error_state, tabs};
use web::ApiError;

use crate::READ;
use crate::api::ownership::Asked;
use crate::ownership::{Owners, ReportQuestion};

const SEE: Rule = Rule::signed_in().needs(&READ);

/// Pages of owners and their addresses.
const PATH: &str = "/gitea/owners";
pub(crate) const REPOSITORIES: &str = "/gitea/ownership";

/// The pages with their full paths.
pub(crate) fn rows(owners: &Owners) -> Rows {
    Rows::new()
        .get(PATH, SEE, show_path)
        .get(REPOSITORIES, SEE.prefetch(), show_repositories)
        .with_state(owners)
}

async fn show_path(
    State(owners): State<Owners>,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let asked = Asked::parse(&query.unwrap_or_default());
    let body = if owners.hosts.is_empty() {
        framed(PATH, &not_connected())
    } else if asked.is_empty() {
        path::question(&asked, None)
    } else {
        let answered = async {
            let (place, path) = asked.place(&owners)?;
            owners.answer(&place, path, &sight).await
        };
        match answered.await {
            Ok(answer) => path::answer(&asked, &answer, chrome.now),
            Err(fault) if is_of_server(&fault.kind()) => return Err(ApiError::new(fault)),
            Err(fault) => path::question(&asked, Some(&fault)),
        }
    };
    Ok(for_sight(
        &sight,
        chrome.page(PageHead::new("Who owns a path"), body),
    ))
}

/// The portal's own failures have a page of their own; what was asked wrongly, or what Gitea says, stands beside the question.
fn is_of_server(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::Type)
}

async fn show_repositories(
    State(owners): State<Owners>,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let head = PageHead::new("Owners of repositories");
    if owners.hosts.is_empty() {
        let body = framed(REPOSITORIES, &not_connected());
        return Ok(chrome.page(head, body).into_response());
    }
    let body = match ReportQuestion::parse(&query.unwrap_or_default()) {
        Ok(question) => {
            let report = owners.report(&question, &sight).await?;
            repositories::report(&question, &report)
        }
        Err(fault) => {
            let hint = format!("Change the address, or begin anew at {REPOSITORIES}.");
            framed(
                REPOSITORIES,
                &error_state("The question was not understood", &fault.message, Some(&hint)),
            )
        }
    };
    Ok(for_sight(&sight, chrome.page(head, body)))
}

/// The head of both pages, with the content of one.
fn framed(current: &str, content: &Markup) -> Markup {
    let tab = |title: &str, path: &str| Tab::new(title, path, path == current);
    html! {
        div.page-head { h1 { "Owners" } }
        (tabs("Owners", &[tab("Repositories", REPOSITORIES), tab("Who owns a path", PATH)]))
        (content)
    }
}

fn not_connected() -> Markup {
    let text = "Name a host and a token under integrations.gitea, and its repositories are gone through every few minutes.";
    empty_state(EmptyState {
        icon: "link",
        title: "No Gitea is connected",
        text,
        actions: None,
    })
}
