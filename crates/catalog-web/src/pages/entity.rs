//! The page of one entity.

mod about;
mod dependencies;
pub(crate) mod history;
mod load;
pub(crate) mod missing;
pub(crate) mod people;
pub(crate) mod relations;
pub(crate) mod text;
pub(crate) mod view;

use std::time::{Duration, Instant};

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::Viewer;
use model::{EntityRef, Fault, entity};
use plugin::EntityPageContext;
use serde::Deserialize;
use ui::{Chrome, Crumb, Live, Page, PageHead, error_state, href};
use url::form_urlencoded;
use web::CurrentViewer;

use super::Pages;
use super::done::{telling, told};
use super::failure::PageFailure;
use catalog::browse::shown_title;
use catalog::{Sight, View};
use sight::CurrentSight;
use user_settings::personal;
use view::EntityFrame;

/// Near names offered for one that leads to nothing.
const NEAR: usize = 5;
/// Longest that a plugin's tab or card may take.
const PLUGIN_TIME: Duration = Duration::from_millis(1_500);

/// The overview.
pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name)): Path<(String, String, String)>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    page(&pages, &sight, &viewer, &reference, "", chrome).await
}

/// Any other tab.
pub(super) async fn show_tab(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name, tab)): Path<(String, String, String, String)>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    if tab == "raw.yaml" {
        return raw(pages.catalog.seen_by(&sight), &reference).await;
    }
    page(&pages, &sight, &viewer, &reference, &tab, chrome).await
}

async fn raw(view: View<'_>, reference: &EntityRef) -> Result<Response, PageFailure> {
    match view.entity(reference).await? {
        Some(entity) => Ok((
            [(CONTENT_TYPE, "text/plain; charset=utf-8")],
            yaml::to_string(&entity),
        )
            .into_response()),
        None => Err(Fault::not_found(format!("There is no entity {reference}")).into()),
    }
}

async fn page(
    pages: &Pages,
    sight: &Sight,
    viewer: &Viewer,
    reference: &EntityRef,
    tab: &str,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let seen = pages.catalog.seen_by(sight);
    let Some(frame) = load::frame(pages, seen, viewer, reference, tab).await? else {
        return not_found(seen, reference, chrome).await;
    };
    if !frame.tabs.iter().any(|(path, _)| *path == tab) {
        return Ok(Redirect::to(&href::entity(reference)).into_response());
    }
    let content = content(pages, seen, viewer, &frame, &chrome).await?;
    if tab.is_empty() && !chrome.prefetch && !viewer.is_service() && !chrome.is_refetch {
        let title = shown_title(&frame.entity).unwrap_or(reference.name());
        let visited = personal::record_visit(&pages.store, viewer.reference(), reference, title, chrome.now);
        // A page that can be read is not withheld because a visit cannot be noted, say on a full disk.
        if let Err(error) = visited.await {
            tracing::warn!(%error, entity = %reference, "a visit was not noted");
        }
    }
    let page = view::entity_page(&frame, &content);
    let markup = html! { (told(&chrome.query)) (page) };
    Ok(chrome.page(head(&frame), markup).into_response())
}

fn head(frame: &EntityFrame) -> PageHead {
    let reference = &frame.reference;
    let title = shown_title(&frame.entity).unwrap_or(reference.name());
    let kind = entity::kind(&frame.entity).unwrap_or(reference.kind());
    let mut crumbs = vec![
        Crumb::to("Catalog", "/catalog"),
        Crumb::to(kind, href::catalog_kind(reference.kind())),
    ];
    crumbs.push(Crumb::here(title));
    let tab = frame
        .tabs
        .iter()
        .find(|(path, _)| *path == frame.current && !path.is_empty());
    let heading = tab.map_or_else(|| title.to_owned(), |(_, tab)| format!("{title} · {tab}"));
    PageHead::new(heading)
        .crumbs(crumbs)
        .live(Live::Entity(reference.clone()))
}

async fn content(
    pages: &Pages,
    seen: View<'_>,
    viewer: &Viewer,
    frame: &EntityFrame,
    chrome: &Chrome,
) -> Result<Markup, PageFailure> {
    let context = EntityPageContext {
        entity: &frame.entity,
        reference: &frame.reference,
        viewer,
        query: &chrome.query,
        deadline: Instant::now() + PLUGIN_TIME,
    };
    match frame.current.as_str() {
        "" => Box::pin(load::overview(pages, seen, context, &frame.reference)).await,
        dependencies::TAB => {
            Box::pin(dependencies::tab(
                seen,
                &frame.entity,
                &frame.reference,
                &chrome.query,
            ))
            .await
        }
        "history" => history_tab(seen, &frame.reference, chrome).await,
        "yaml" => Ok(text::yaml_tab(
            &frame.reference,
            &yaml::to_string(&text::ordered(&frame.entity)),
        )),
        path => Ok(plugin_tab(pages, path, context).await),
    }
}

async fn plugin_tab(pages: &Pages, path: &str, context: EntityPageContext<'_>) -> Markup {
    let Some(tab) = pages.tabs.iter().find(|tab| tab.path() == path) else {
        return error_state(
            "There is no such view",
            "The plugin that brought it is not there any more.",
            None,
        );
    };
    match tokio::time::timeout(PLUGIN_TIME, tab.render(context)).await {
        Ok(Ok(markup)) => markup,
        Ok(Err(error)) => error_state(
            "This view could not be made",
            &error.message,
            error.hint.as_deref(),
        ),
        Err(_) => error_state(
            "This view took too long",
            "It was given up after a second and a half.",
            Some("Load the page again; if it stays like this, tell the people who run the portal."),
        ),
    }
}

async fn history_tab(seen: View<'_>, reference: &EntityRef, chrome: &Chrome) -> Result<Markup, PageFailure> {
    let number = |wanted: &str| {
        form_urlencoded::parse(chrome.query.as_bytes())
            .find(|(key, _)| key == wanted)
            .and_then(|(_, value)| value.parse::<i64>().ok())
    };
    let text = reference.to_string();
    if let Some(seq) = number("version") {
        let version = seen.version(&text, seq).await?;
        let yaml = version.entity.as_ref().map(yaml::to_string);
        return Ok(history::version(reference, seq, yaml.as_deref()));
    }
    let mut rows = seen
        .history(&text, number("before"), history::ENTRIES + 1)
        .await?;
    let more = rows.len() > history::ENTRIES;
    rows.truncate(history::ENTRIES);
    Ok(history::history(reference, &rows, more, chrome.now))
}

async fn not_found(seen: View<'_>, reference: &EntityRef, chrome: Chrome) -> Result<Response, PageFailure> {
    let problems = seen.condition(reference).await?.problems;
    let near = seen.near_names(reference, NEAR);
    let head = PageHead::new("Not found").crumbs(vec![
        Crumb::to("Catalog", "/catalog"),
        Crumb::here(reference.name()),
    ]);
    let page: Page = chrome.page(
        head.live(Live::Entity(reference.clone())),
        missing::missing(reference, &problems, &near),
    );
    Ok(page.status(StatusCode::NOT_FOUND).into_response())
}

#[derive(Deserialize)]
pub(super) struct RefreshForm {
    #[serde(rename = "entityRef")]
    entity_ref: String,
    #[serde(default)]
    r#return: String,
}

/// Has an entity's source read again soon.
pub(super) async fn refresh(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    Form(form): Form<RefreshForm>,
) -> Result<Redirect, PageFailure> {
    pages.catalog.seen_by(&sight).refresh(&form.entity_ref).await?;
    let page = if href::is_local(&form.r#return) {
        &form.r#return
    } else {
        "/catalog"
    };
    Ok(Redirect::to(&telling(page, "refreshed")))
}
