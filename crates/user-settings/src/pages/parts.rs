//! What plugins put on home and settings, each contained: a failure is shown in its place.

use std::future::Future;
use std::time::{Duration, Instant};

use futures::future::join_all;
use maud::Markup;
use model::Viewer;
use plugin::{Body, Place, PluginId, RenderError, Seen, Slot, contained};
use ui::{Card, card, error_state, foreign_html};

use crate::PersonalParts;

/// Longest that a part may hold up the page.
const LIMIT: Duration = Duration::from_millis(300);

/// The cards for the home page that have something to say.
pub(super) async fn home_cards(parts: &Slot<PersonalParts>, viewer: &Viewer, seen: &Seen) -> Vec<Markup> {
    let made = parts
        .get()
        .into_iter()
        .flat_map(|parts| &parts.home_cards)
        .map(|of| {
            let (part, viewer, seen) = (of.part.clone(), viewer.clone(), seen.clone());
            let work = async move { part.show(viewer, seen, Instant::now() + LIMIT).await };
            framed(of.part.place(), &of.plugin, "home card", work)
        });
    join_all(made).await.into_iter().flatten().collect()
}

/// The sections for the settings page.
pub(super) async fn settings_sections(parts: &Slot<PersonalParts>, viewer: &Viewer) -> Vec<Markup> {
    let made = parts
        .get()
        .into_iter()
        .flat_map(|parts| &parts.settings_sections)
        .map(|of| {
            let (part, viewer) = (of.part.clone(), viewer.clone());
            let work = async move { part.show(viewer, Instant::now() + LIMIT).await.map(Some) };
            framed(of.part.place(), &of.plugin, "settings section", work)
        });
    join_all(made).await.into_iter().flatten().collect()
}

async fn framed(
    place: &Place,
    plugin: &PluginId,
    sort: &'static str,
    work: impl Future<Output = Result<Option<Body>, RenderError>> + Send + 'static,
) -> Option<Markup> {
    let content = match contained(plugin, sort, LIMIT, work).await {
        Ok(Some(Body::Ours(markup))) => markup,
        Ok(Some(Body::Foreign(html))) => foreign_html(&html),
        Ok(None) => return None,
        Err(failure) => {
            let error = failure.explain(plugin);
            error_state(
                "This part could not be made",
                &error.message,
                error.hint.as_deref(),
            )
        }
    };
    let frame = Card {
        title: &place.title,
        id: Some(&place.path),
        ..Card::default()
    };
    Some(card(frame, content))
}
