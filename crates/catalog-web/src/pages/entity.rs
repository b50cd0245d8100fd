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
use catalog::browse;
use user_settings::personal::Visited;
use view::EntityFrame;

/// Most names looked at for near ones.
const NAMES_COMPARED: usize = 100_000;
/// Longest that a plugin's tab or card may take.
const PLUGIN_TIME: Duration = Duration::from_millis(1_500);

/// The overview.
pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    Path((namespace, kind, name)): Path<(String, String, String)>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    page(
        &pages,
        &viewer,
        &EntityRef::new(&kind, &namespace, &name),
        "",
        chrome,
    )
    .await
}

/// Any other tab.
pub(super) async fn show_tab(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    Path((namespace, kind, name, tab)): Path<(String, String, String, String)>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    if tab == "raw.yaml" {
        return raw(&pages, &reference).await;
    }
    page(&pages, &viewer, &reference, &tab, chrome).await
}

async fn raw(pages: &Pages, reference: &EntityRef) -> Result<Response, PageFailure> {
    match browse::entity(&pages.catalog, reference).await? {
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
    viewer: &Viewer,
    reference: &EntityRef,
    tab: &str,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let Some(frame) = load::frame(pages, viewer, reference, tab).await? else {
        return not_found(pages, reference, chrome).await;
    };
    if !frame.tabs.iter().any(|(path, _)| *path == tab) {
        return Ok(Redirect::to(&href::entity(reference)).into_response());
    }
    let content = content(pages, viewer, &frame, &chrome).await?;
    if tab.is_empty() && !chrome.prefetch && !viewer.is_service() && !chrome.is_refetch {
        let title = browse::shown_title(&frame.entity).unwrap_or(reference.name());
        let visited = Visited {
            entity: reference.clone(),
            title: Some(title.to_owned()),
            at: chrome.now,
        };
        pages.visits.note(viewer.reference(), visited);
    }
    let page = view::entity_page(&frame, &content);
    let markup = html! { (told(&chrome.query)) (page) };
    Ok(chrome.page(head(&frame), markup).into_response())
}

fn head(frame: &EntityFrame) -> PageHead {
    let reference = &frame.reference;
    let title = browse::shown_title(&frame.entity).unwrap_or(reference.name());
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
        "" => Box::pin(load::overview(pages, context, &frame.reference)).await,
        dependencies::TAB => {
            Box::pin(dependencies::tab(
                pages,
                &frame.entity,
                &frame.reference,
                &chrome.query,
            ))
            .await
        }
        "history" => history_tab(pages, &frame.reference, chrome).await,
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

async fn history_tab(pages: &Pages, reference: &EntityRef, chrome: &Chrome) -> Result<Markup, PageFailure> {
    let number = |wanted: &str| {
        form_urlencoded::parse(chrome.query.as_bytes())
            .find(|(key, _)| key == wanted)
            .and_then(|(_, value)| value.parse::<i64>().ok())
    };
    let text = reference.to_string();
    if let Some(seq) = number("version") {
        let version = pages.catalog.version(&text, seq).await?;
        let yaml = version.entity.as_ref().map(yaml::to_string);
        return Ok(history::version(reference, seq, yaml.as_deref()));
    }
    let mut rows = pages
        .catalog
        .history(&text, number("before"), history::ENTRIES + 1)
        .await?;
    let more = rows.len() > history::ENTRIES;
    rows.truncate(history::ENTRIES);
    Ok(history::history(reference, &rows, more, chrome.now))
}

async fn not_found(pages: &Pages, reference: &EntityRef, chrome: Chrome) -> Result<Response, PageFailure> {
    let node = pages.catalog.store().node(&reference.to_string()).await?;
    let problems = node.map(|node| node.problems).unwrap_or_default();
    let near = missing::nearest(reference, browse::names(&pages.catalog, NAMES_COMPARED), 5);
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
    Form(form): Form<RefreshForm>,
) -> Result<Redirect, PageFailure> {
    pages.catalog.refresh(&form.entity_ref).await?;
    let page = if href::is_local(&form.r#return) {
        &form.r#return
    } else {
        "/catalog"
    };
    Ok(Redirect::to(&telling(page, "refreshed")))
}
