//! `/api/auth`: the sign-in as the original's routes have it, in the redirect flow and in that of popups, and who is asking (`identity`).

mod back_channel;
mod identity;
pub(crate) mod popup;

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{CACHE_CONTROL, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use model::{Fault, FaultKind};
use plugin::{Rows, Rule};
use serde_json::json;
use ui::Chrome;
use url::form_urlencoded;
use web::api::Json;
use web::{ApiError, RequestId};

use crate::front::{Answer, Front, HOME};
use crate::oidc::Provider;
use crate::pages;
use crate::refusal::Refusal;

/// The rows below `/api/auth`.
pub(crate) fn rows(front: &Front) -> Rows {
    Rows::new()
        .get("/{provider}/start", Rule::anyone(), start)
        .get("/{provider}/handler/frame", Rule::anyone(), frame)
        .post("/{provider}/logout", Rule::anyone(), logout)
        .with_state(front)
        .and(identity::rows().with_state(front))
        .and(back_channel::rows().with_state(front))
}

/// A parameter of a query string, decoded.
pub(crate) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let found = pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned());
    found.filter(|value| !value.is_empty())
}

/// Sends a browser to the provider.
async fn start(
    State(front): State<Front>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    chrome: Chrome,
    request: Request,
) -> Result<Response, ApiError> {
    refuse_proxy(&front, &id)?;
    let query = query.as_deref();
    let provider = wanted_provider(&front, &id, query)?;
    let return_to = match flow(query)? {
        Flow::Redirect => wanted_page(&front, query)?,
        Flow::Popup(origin) => popup::return_to(&origin),
    };
    let headers = request.headers();
    if let Some(elsewhere) = own_address(&front, &id, headers, query) {
        return Ok(see_other(StatusCode::FOUND, &elsewhere));
    }
    let begun = match front.brakes.begin(&front.sessions, request.extensions()).await {
        Ok(()) => front.begin(provider, &return_to, headers).await,
        Err(refusal) => Err(refusal),
    };
    match begun {
        Ok(begun) => {
            let mut answer = see_other(StatusCode::FOUND, begun.url.as_str());
            let cookie = front.sessions.cookies.begin_sign_in(&begun.browser);
            answer.headers_mut().append(SET_COOKIE, cookie);
            Ok(answer)
        }
        Err(refusal) => Ok(match popup::origin(&return_to) {
            Some(origin) => popup::refused(origin, &refusal),
            None => pages::refused(&front, chrome, &refusal, &return_to),
        }),
    }
}

/// The provider of the environment that is asked for, in the original's words.
fn wanted_provider<'a>(front: &'a Front, id: &str, query: Option<&str>) -> Result<&'a Provider, Fault> {
    check_provider(front, id)?;
    let environment = parameter(query, "env")
        .ok_or_else(|| Fault::input("Must specify 'env' query to select environment"))?;
    let provider = front.provider_of(id, &environment).ok_or_else(|| {
        Fault::not_found(format!(
            "No configuration available for the '{environment}' environment of this provider."
        ))
    })?;
    if let Some(origin) = parameter(query, "origin")
        && !front.is_own_origin(&origin)
    {
        return Err(Fault::not_allowed(format!("Origin '{origin}' is not allowed")));
    }
    Ok(provider)
}

/// A provider of this name is configured, if with mistakes.
fn check_provider(front: &Front, id: &str) -> Result<(), Fault> {
    if front.is_configured(id) {
        return Ok(());
    }
    // The original says so of a provider whose module is not installed (recorded answers `misc`, unknown-provider).
    Err(Fault::not_found(format!("Unknown auth provider '{id}'")))
}

/// A proxy has signed people in before they come here: there is nothing to begin.
fn refuse_proxy(front: &Front, id: &str) -> Result<(), Fault> {
    match front.proxies.get(id) {
        Some(_) => Err(not_implemented()),
        None => Ok(()),
    }
}

fn not_implemented() -> Fault {
    Fault::new(FaultKind::NotImplemented.as_wire(), "Not implemented")
}

/// How a sign-in ends.
enum Flow {
    /// The browser is led to a page.
    Redirect,
    /// The window tells the one of this origin that opened it.
    Popup(String),
}

/// The origin was checked with the provider.
fn flow(query: Option<&str>) -> Result<Flow, Fault> {
    match (parameter(query, "flow").as_deref(), parameter(query, "origin")) {
        (None | Some("redirect"), _) => Ok(Flow::Redirect),
        (Some("popup"), Some(origin)) => Ok(Flow::Popup(origin)),
        (Some("popup"), None) => Err(Fault::input(
            "flow=popup needs 'origin', the origin of the page that waits",
        )),
        (Some(other), _) => Err(Fault::input(format!("flow is popup or redirect, not '{other}'"))),
    }
}

/// The page that is wanted afterwards.
fn wanted_page(front: &Front, query: Option<&str>) -> Result<String, Fault> {
    let Some(text) = parameter(query, "redirectUrl") else {
        return Ok(HOME.to_owned());
    };
    let refused = || Fault::input("redirectUrl must be a page of this portal");
    let page = front.page_of(&text).or_else(|| front.page_of_app(&text));
    page.ok_or_else(refused)
}

/// The address of this very request on the host that the provider leads back to, where it came by another name of the
/// machine: a cookie is good for one host.
fn own_address(front: &Front, id: &str, headers: &HeaderMap, query: Option<&str>) -> Option<String> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let wanted = &front.base_url[url::Position::BeforeHost..url::Position::AfterPort];
    if host.eq_ignore_ascii_case(wanted) {
        return None;
    }
    let mut url = front.address(&format!("/api/auth/{id}/start"));
    url.set_query(query);
    // Behind a proxy that changes the host this would go in circles.
    let is_second = parameter(query, "moved").is_some();
    url.query_pairs_mut().append_pair("moved", "true");
    (!is_second).then(|| url.into())
}

/// The provider sends a browser back.
async fn frame(
    State(front): State<Front>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    chrome: Chrome,
    request: Request,
) -> Response {
    if let Err(fault) = refuse_proxy(&front, &id).and_then(|()| check_provider(&front, &id)) {
        return ApiError::new(fault).into_response();
    }
    let (parts, _) = request.into_parts();
    let query = query.as_deref();
    let answer = Answer {
        provider: id,
        state: parameter(query, "state"),
        code: parameter(query, "code"),
        issuer: parameter(query, "iss"),
        error: parameter(query, "error"),
        error_description: parameter(query, "error_description"),
    };
    if let Err(refusal) = front.brakes.may_end(&parts.extensions) {
        return pages::refused(&front, chrome, &refusal, HOME);
    }
    let (waiting, finished) = front.finish(answer, &parts).await;
    let signed_in = match finished {
        Ok(signed_in) => signed_in,
        Err(refusal) => {
            let extensions = &parts.extensions;
            front.brakes.refused(&front.sessions, extensions, &refusal).await;
            return match waiting.as_deref().and_then(popup::origin) {
                Some(origin) => popup::refused(origin, &refusal),
                None => pages::refused(&front, chrome, &refusal, HOME),
            };
        }
    };
    let mut answer = match popup::origin(&signed_in.return_to) {
        None => see_other(StatusCode::SEE_OTHER, &signed_in.return_to),
        Some(origin) => match identity::of_sign_in(&front, &signed_in).await {
            Ok(response) => popup::signed_in(origin, &response),
            Err(fault) => popup::refused(origin, &Refusal::failed(&fault)),
        },
    };
    let cookie = front.sessions.cookies.begin(&signed_in.secret, signed_in.seconds);
    answer.headers_mut().append(SET_COOKIE, cookie);
    answer
}

/// Ends the session, for scripts. The header is one that a form of another site cannot send.
async fn logout(
    State(front): State<Front>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    refuse_proxy(&front, &id)?;
    check_provider(&front, &id)?;
    let (parts, _) = request.into_parts();
    check_script(&front, &parts.headers)?;
    let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
    let elsewhere = front.sign_out(&parts.headers, id).await?;
    let mut answer = match elsewhere {
        Some(url) => Json(json!({ "logoutUrl": url.as_str() })).into_response(),
        None => StatusCode::OK.into_response(),
    };
    answer
        .headers_mut()
        .append(SET_COOKIE, front.sessions.cookies.end());
    Ok(no_store(answer))
}

/// An answer that nobody may keep.
fn no_store(mut answer: Response) -> Response {
    answer
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Whether a script of a page asks that may: of this portal, or of the frontend at `app.baseUrl`.
fn check_script(front: &Front, headers: &HeaderMap) -> Result<(), Fault> {
    const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(REQUESTED_WITH) != Some("XMLHttpRequest") {
        let fault = Fault::new(
            FaultKind::Authentication.as_wire(),
            "Invalid X-Requested-With header",
        );
        return Err(fault);
    }
    match text(ORIGIN) {
        Some(origin) if !front.is_own_origin(origin) => {
            Err(Fault::not_allowed(format!("Origin '{origin}' is not allowed")))
        }
        _ => Ok(()),
    }
}

/// An answer that leads elsewhere and that nobody may keep.
fn see_other(status: StatusCode, address: &str) -> Response {
    let headers = [(LOCATION, address), (CACHE_CONTROL, "no-store")];
    (status, headers).into_response()
}
