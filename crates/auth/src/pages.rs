//! The pages: sign-in, sign-out, and what a person sees of its sessions.

mod home;
mod samples;
mod sessions;
mod view;

pub(crate) use home::AccessCard;
pub use samples::page_samples;
pub(crate) use sessions::SessionsSection;

use axum::Form;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::{CACHE_CONTROL, REFRESH, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use model::{EntityRef, Fault, Principal};
use plugin::{Rows, Rule};
use serde::Deserialize;
use ui::{Chrome, PageHead};
use web::{ApiError, CurrentActor, CurrentViewer, RequestId};

use crate::api::parameter;
use crate::front::{Front, HOME};
use crate::refusal::Refusal;
use view::{Choice, SignIn};

/// The pages with their full paths.
pub(crate) fn rows(front: &Front) -> Rows {
    Rows::new()
        .get("/sign-in", Rule::anyone(), sign_in)
        .post("/sign-out", Rule::anyone(), sign_out)
        .post("/sign-out/session", Rule::person(), end_session)
        .with_state(front)
}

async fn sign_in(
    State(front): State<Front>,
    RawQuery(query): RawQuery,
    chrome: Chrome,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let query = query.as_deref();
    let wanted = parameter(query, "return");
    let return_to = wanted
        .and_then(|text| front.page_of(&text))
        .unwrap_or_else(|| HOME.to_owned());
    let is_signed_out = parameter(query, "notice").as_deref() == Some("signed-out");
    match front.proxies.person(&parts).await {
        Ok(Some(_)) if !is_signed_out => return Ok(no_store(Redirect::to(&return_to).into_response())),
        Ok(_) => {}
        Err(refusal) => {
            // Of headers that are not believed the audit hears nothing: anybody can send them.
            if refusal.status == StatusCode::FORBIDDEN {
                let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
                let who = "somebody behind a proxy";
                front.sessions.refused(who, &refusal.message, id).await;
            }
            return Ok(refused(&front, chrome, &refusal, &return_to));
        }
    }
    let session = front.sessions.of(&parts.headers).await?;
    let is_alone = front.offered().next().is_none() && session.is_none() && !is_signed_out;
    if let Some((proxy, header)) = front.proxies.first().filter(|_| is_alone) {
        let refusal = Refusal::without_proxy(proxy, header, front.base_url.as_str());
        return Ok(refused(&front, chrome, &refusal, &return_to));
    }
    let page = SignIn {
        signed_in: session.map(|session| session.entity),
        is_signed_out,
        guest: front.access.admits_as_guest(&parts),
        ..offer(&front, &chrome.shell.title, &return_to)
    };
    Ok(shown(chrome, StatusCode::OK, &page))
}

/// The sign-in page that says why a sign-in did not come about.
pub(crate) fn refused(front: &Front, chrome: Chrome, refusal: &Refusal, return_to: &str) -> Response {
    let page = SignIn {
        refusal: Some(refusal),
        ..offer(front, &chrome.shell.title, return_to)
    };
    let mut answer = shown(chrome, refusal.status, &page);
    if refusal.status == StatusCode::TOO_MANY_REQUESTS {
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("60"));
    }
    answer
}

fn offer<'a>(front: &Front, portal: &str, return_to: &str) -> SignIn<'a> {
    let choices = front.offered().map(|provider| Choice {
        label: provider.settings.label(),
        host: provider.settings.host().to_owned(),
        href: ui::href::with_query(
            &format!("/api/auth/{}/start", provider.settings.id),
            [
                ("env", &*front.environment),
                ("flow", "redirect"),
                ("redirectUrl", return_to),
            ],
        ),
    });
    SignIn {
        portal: portal.to_owned(),
        choices: choices.collect(),
        unusable: front.unusable.as_deref().map(str::to_owned),
        by_proxy: front.proxies.first().is_some(),
        return_to: return_to.to_owned(),
        ..SignIn::default()
    }
}

fn shown(chrome: Chrome, status: StatusCode, page: &SignIn<'_>) -> Response {
    let content = view::sign_in(page);
    alone(chrome, "Sign in", status, content)
}

fn alone(chrome: Chrome, title: &str, status: StatusCode, content: maud::Markup) -> Response {
    let head = PageHead::new(title).alone();
    // Going back must not show a form that was for somebody else.
    no_store(chrome.page(head, content).status(status).into_response())
}

fn no_store(mut answer: Response) -> Response {
    answer
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Ends the session of this browser here, and then at its provider.
///
/// The way to the provider is no redirect, because forms of the pages lead to this portal alone. It goes by a header, as
/// the address names the person.
async fn sign_out(
    State(front): State<Front>,
    chrome: Chrome,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
    let elsewhere = front.sign_out(&parts.headers, id).await?;
    let next = elsewhere.as_ref().and_then(|url| refresh_to(url.as_str()));
    let mut answer = match next {
        Some(next) => {
            let host = elsewhere
                .as_ref()
                .and_then(|url| url.host_str())
                .unwrap_or_default();
            let mut answer = alone(chrome, "Signed out", StatusCode::OK, view::leaving(host));
            answer.headers_mut().insert(REFRESH, next);
            answer
        }
        None => Redirect::to("/sign-in?notice=signed-out").into_response(),
    };
    answer
        .headers_mut()
        .append(SET_COOKIE, front.sessions.cookies.end());
    Ok(answer)
}

fn refresh_to(url: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("0; url={url}")).ok()
}

/// Which sessions of its own a person ends: the one of that name, or all.
#[derive(Deserialize)]
struct EndForm {
    #[serde(default)]
    id: Option<String>,
}

async fn end_session(
    State(front): State<Front>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    Form(form): Form<EndForm>,
) -> Result<Response, ApiError> {
    let Principal::Person { entity, session } = &viewer.who else {
        return Ok(Redirect::to("/settings").into_response());
    };
    if viewer.scopes().is_some() {
        let fault = Fault::not_allowed("An access token ends no sessions; sign in for that");
        return Err(fault.into());
    }
    let entity: &EntityRef = entity;
    front
        .sessions
        .end_of_person(entity, form.id.as_deref(), actor)
        .await?;
    let is_own = form.id.is_none() || form.id.as_deref() == session.as_deref();
    if !is_own {
        return Ok(Redirect::to("/settings#sessions").into_response());
    }
    let mut answer = Redirect::to("/sign-in?notice=signed-out").into_response();
    answer
        .headers_mut()
        .append(SET_COOKIE, front.sessions.cookies.end());
    Ok(answer)
}
