//! Pages for errors that no plugin has a page for.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::FromRequestParts;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use ui::{Button, Chrome, EmptyState, PageHead, Shell, button, empty_state, error_state};
use web::{ErrorPage, RenderErrorPage};

use crate::frame::Frame;

/// Renders errors in the portal's layout.
pub(crate) struct LayoutErrorPage {
    /// What surrounds every page.
    pub(crate) frame: Arc<Frame>,
}

impl LayoutErrorPage {
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
            request_id,
            mut request,
        } = error;
        let shell = self.shell_for(status, &request.extensions).await;
        request.extensions.insert(shell);
        let Ok(chrome) = Chrome::from_request_parts(&mut request, &()).await;
        let (title, reason, hint) = words(status, request.uri.path());
        let reason = message
            .filter(|_| status != StatusCode::INTERNAL_SERVER_ERROR)
            .unwrap_or(reason);
        let body = html! {
            h1.visually-hidden { (title) }
            @if status == StatusCode::NOT_FOUND { (not_found(title, &format!("{reason} {hint}"))) }
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

/// Nothing failed: the ways on are offered, not only named.
fn not_found(title: &str, text: &str) -> Markup {
    let way = |label, icon, address| {
        button(Button {
            label,
            icon: Some(icon),
            href: Some(address),
            ..Button::default()
        })
    };
    empty_state(EmptyState {
        icon: "search",
        title,
        text,
        actions: Some(
            html! { (way("Search", "search", "/search")) (way("Browse the catalog", "catalog", "/catalog")) },
        ),
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
