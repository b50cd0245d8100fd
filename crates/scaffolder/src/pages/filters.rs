//! The reference of the filters, functions and tests that expressions of templates have.

mod known;
pub(super) mod view;

use axum::response::{IntoResponse, Response};
use ui::{Chrome, Crumb, PageHead};

use super::address;

pub(super) async fn show(chrome: Chrome) -> Response {
    let text = address::first(&chrome.query, "q").unwrap_or_default();
    let crumbs = vec![
        Crumb::to("Create", "/create"),
        Crumb::here("Filters and functions"),
    ];
    let head = PageHead::new("Filters and functions").crumbs(crumbs);
    chrome.page(head, view::filters(&text)).into_response()
}
