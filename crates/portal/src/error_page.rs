//! Pages for errors that no plugin has a page for, and the way to the sign-in for who has not signed in.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, CACHE_CONTROL, HeaderName};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{Extensions, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use config::Config;
use maud::{Markup, html};
use model::{Principal, Viewer};
use plugin::{Audience, Permission};
use ui::{Button, Chrome, EmptyState, PageHead, Shell, button, empty_state, error_state, icon};
use web::{ErrorPage, RenderErrorPage};

use crate::frame::Frame;
use crate::stock_addresses::{self, MissingPlugin, StockAddress};

/// Renders errors in the portal's layout.
pub(crate) struct LayoutErrorPage {
    /// What surrounds every page.
    frame: Arc<Frame>,
    signs_people_in: bool,
    /// Whom to ask for a permission.
    administrators: Vec<String>,
}

impl LayoutErrorPage {
    pub(crate) fn new(frame: Arc<Frame>, config: &Config) -> Self {
        Self {
            frame,
            signs_people_in: config.signs_people_in(),
            administrators: config.portal().administrators.clone(),
        }
    }

    /// Leads a person who opens a page to the sign-in, and from there back to the page.
    fn sign_in(&self, status: StatusCode, request: &Parts) -> Option<Response> {
        let is_asked = self.signs_people_in && status == StatusCode::UNAUTHORIZED;
        if !is_asked || !opens_page(request) {
            return None;
        }
        let here = request.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let address = ui::href::with_query("/sign-in", [("return", here)]);
        Some(([(CACHE_CONTROL, "no-store")], Redirect::to(&address)).into_response())
    }

    /// Who the caller is, which permission it lacks, and who gives it.
    fn not_permitted(&self, viewer: Option<&Viewer>, permission: &Permission) -> Markup {
        let who = viewer.map(|viewer| viewer.reference().to_string());
        let groups = viewer.map(own_groups).unwrap_or_default();
        let ask = if self.administrators.is_empty() {
            "Ask the people who run this portal for it.".to_owned()
        } else {
            format!("Ask for it: {}.", self.administrators.join(", "))
        };
        html! {
            div.state {
                span.state-icon { (icon("lock")) }
                h2 { "You may not open this page" }
                @if let Some(who) = &who {
                    p { "You are " code { (who) } @if !groups.is_empty() { ", of " (groups) } "." }
                }
                p { "It needs the permission " code { (permission.name) } ", which you do not have. " (ask) }
                @if permission.audience == Audience::Administrators {
                    p { "Administrators have it; " code { "portal.administrators" } " of the configuration names them." }
                }
                @if self.signs_people_in && viewer.is_some_and(|viewer| viewer.who == Principal::Guest) {
                    div.state-actions {
                        (button(Button { label: "Sign in", icon: Some("sign-in"), href: Some("/sign-in"), ..Button::default() }))
                    }
                }
            }
        }
    }

    /// Who may not see the portal gets no navigation, each entry of which would lead to the same refusal.
    async fn shell_for(&self, status: StatusCode, request: &Extensions) -> Arc<Shell> {
        let shell = self.frame.shell_for(request).await;
        if status != StatusCode::UNAUTHORIZED {
            return shell;
        }
        let mut bare = Shell::clone(&shell);
        bare.navigation.clear();
        bare.last_change = None;
        Arc::new(bare)
    }
}

#[async_trait]
impl RenderErrorPage for LayoutErrorPage {
    async fn render(&self, error: ErrorPage) -> Response {
        let ErrorPage {
            status,
            message,
            missing,
            request_id,
            mut request,
        } = error;
        if let Some(redirect) = self.sign_in(status, &request) {
            return redirect;
        }
        let stock = Some(request.uri.path()).filter(|_| status == StatusCode::NOT_FOUND);
        let stock = stock.and_then(stock_addresses::of);
        if let Some(StockAddress::Moved(address)) = stock
            && opens_page(&request)
        {
            return Redirect::to(address).into_response();
        }
        let shell = self.shell_for(status, &request.extensions).await;
        request.extensions.insert(shell);
        let Ok(chrome) = Chrome::from_request_parts(&mut request, &()).await;
        let (title, reason, hint) = words(status, request.uri.path());
        let reason = message
            .filter(|_| status != StatusCode::INTERNAL_SERVER_ERROR)
            .unwrap_or(reason);
        let body = html! {
            h1.visually-hidden { (title) }
            @if let Some(permission) = missing { (self.not_permitted(chrome.viewer.as_ref(), permission)) }
            @else if let Some(StockAddress::Missing(plugin)) = stock { (not_here(plugin)) }
            @else if status == StatusCode::NOT_FOUND { (not_found(title, &format!("{reason} {hint}"))) }
            @else { (error_state(title, &reason, Some(hint))) }
            @if status.is_server_error() {
                p { "Request " code { (request_id.0) } }
            }
        };
        chrome
            .page(PageHead::new(title), body)
            .status(status)
            .into_response()
    }
}

/// Whether a person opens a page in a browser, so that another page may answer.
fn opens_page(request: &Parts) -> bool {
    let text = |name: HeaderName| request.headers.get(name).and_then(|value| value.to_str().ok());
    let is_reading = matches!(request.method, Method::GET | Method::HEAD);
    let is_refetch = request.headers.contains_key("x-refetch");
    is_reading && !is_refetch && text(ACCEPT).is_some_and(|accepted| accepted.contains("text/html"))
}

/// The groups by which a viewer is known, as a text.
fn own_groups(viewer: &Viewer) -> String {
    let groups = viewer.claims.iter().filter(|claim| *claim != viewer.reference());
    groups.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Nothing failed: the ways on are offered, not only named.
fn not_found(title: &str, text: &str) -> Markup {
    empty_state(EmptyState {
        icon: "search",
        title,
        text,
        actions: Some(ways_on()),
    })
}

/// A bookmark of another installation whose plugin this portal does not have.
fn not_here(plugin: MissingPlugin) -> Markup {
    let text = format!(
        "The address belongs to the plugin {} of other Backstage installations.",
        plugin.name
    );
    empty_state(EmptyState {
        icon: "search",
        title: "This portal does not have that plugin",
        text: &text,
        actions: Some(html! {
            @if let Some((label, address)) = plugin.nearest { (way(label, "chevron-right", address)) }
            (ways_on())
        }),
    })
}

fn ways_on() -> Markup {
    html! { (way("Search", "search", "/search")) (way("Browse the catalog", "catalog", "/catalog")) }
}

fn way(label: &str, symbol: &str, address: &str) -> Markup {
    button(Button {
        label,
        icon: Some(symbol),
        href: Some(address),
        ..Button::default()
    })
}

fn words(status: StatusCode, path: &str) -> (&'static str, String, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "Page not found",
            format!("There is nothing at {path}."),
            "It may have moved or been removed.",
        ),
        StatusCode::UNAUTHORIZED => (
            "This portal is not open to you",
            "The request carried nothing that says who asks.".to_owned(),
            "How people sign in here is described under Access in docs/operations.md.",
        ),
        StatusCode::FORBIDDEN => (
            "Not allowed",
            "The request came from a page of another site, or is not yours to make.".to_owned(),
            "Open the portal directly and try again.",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "Too many tries",
            "Too many requests of this kind came from your address.".to_owned(),
            "Try again in a minute.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Not ready yet",
            "The catalog is loading or took too long to answer.".to_owned(),
            "Reload the page in a moment.",
        ),
        status if status.is_server_error() => (
            "Something went wrong",
            "The portal failed to build this page. The log tells more under the request's id.".to_owned(),
            "Reload the page; if it fails again, tell whoever runs the portal the id below.",
        ),
        _ => (
            "The request was refused",
            status
                .canonical_reason()
                .unwrap_or("It does not fit what this address takes.")
                .to_owned(),
            "Go back and try again.",
        ),
    }
}
