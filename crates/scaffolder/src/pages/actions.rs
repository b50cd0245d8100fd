//! The reference of the actions that templates can use here.

mod fields;
pub(super) mod view;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use plugin::{ActionExample, ActionSchema};
use ui::{Chrome, Crumb, PageHead};

use super::{Pages, address};
use view::ActionDocs;

pub(super) async fn show(State(pages): State<Pages>, chrome: Chrome) -> Response {
    let text = address::first(&chrome.query, "q").unwrap_or_default();
    let all = pages.scaffolder.actions.get();
    let docs = all
        .into_iter()
        .flat_map(plugin::ActionRegistry::all_with_plugins)
        .map(|(plugin, action)| {
            let ActionSchema { input, output } = action.schema();
            ActionDocs {
                id: action.id().to_owned(),
                plugin: plugin.to_string(),
                description: action.description().to_owned(),
                input,
                output,
                examples: action
                    .examples()
                    .into_iter()
                    .map(|one: ActionExample| (one.description, one.input))
                    .collect(),
                has_dry_run: action.has_dry_run(),
            }
        });
    let docs: Vec<ActionDocs> = docs.collect();
    let crumbs = vec![Crumb::to("Create", "/create"), Crumb::here("Actions")];
    let head = PageHead::new("Actions").crumbs(crumbs);
    chrome.page(head, view::actions(&docs, &text)).into_response()
}
