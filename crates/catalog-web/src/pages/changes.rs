//! What changed in the catalog, by day: what descriptors and people here said, with the rest folded.

pub(super) mod days;
pub(super) mod state;
pub(super) mod view;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use catalog::browse::{Known, Named};
use catalog::{FeedEntry, View};
use model::EntityRef;
use sight::CurrentSight;
use ui::{Chrome, Live, PageHead};

use super::Pages;
use super::failure::PageFailure;
use days::days;
use state::ChangesState;
use view::{ChangesView, changes};

pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let state = ChangesState::parse(query.as_deref().unwrap_or_default());
    let view = load(pages.catalog.seen_by(&sight), state).await?;
    let content = changes(&view, chrome.now);
    Ok(chrome
        .page(PageHead::new("Changes").live(Live::Any), content)
        .into_response())
}

async fn load(seen: View<'_>, state: ChangesState) -> Result<ChangesView, PageFailure> {
    let mut feed = seen.feed(state.before).await?;
    let mut known = Named::new();
    for entry in &mut feed.entries {
        leave_out_hidden(seen, entry, &mut known);
    }
    let choices = state.choices(&feed.entries);
    let passing = feed.entries.into_iter().filter(|entry| state.has(entry));
    let (days, cut) = days(passing);
    Ok(ChangesView {
        older: cut.or(feed.older),
        choices,
        days,
        known,
        state,
    })
}

/// Takes the author out of an entry whose entity may not be seen. Notes what is known of the others, and of owners.
fn leave_out_hidden(seen: View<'_>, entry: &mut FeedEntry, known: &mut Named) {
    let author = state::author(entry).and_then(|author| author.parse::<EntityRef>().ok());
    for reference in entry.owner.iter().chain(&author) {
        if !known.contains_key(reference) {
            known.extend(seen.known([reference]));
        }
    }
    let is_hidden = author.is_some_and(|author| known.get(&author) == Some(&Known::Hidden));
    if is_hidden && let Some(cause) = entry.cause.as_object_mut() {
        cause.remove("actor");
    }
}
