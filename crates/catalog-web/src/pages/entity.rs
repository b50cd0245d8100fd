//! The page of one entity.

pub(crate) mod about;
pub(in crate::pages) mod addresses;
mod annotations;
pub(crate) mod contacts;
mod dependencies;
pub(crate) mod deprecation;
pub(crate) mod history;
pub(in crate::pages) mod impact;
mod load;
pub(crate) mod missing;
pub(crate) mod parts;
pub(crate) mod people;
pub(crate) mod relations;
mod source;
pub(crate) mod text;
pub(crate) mod view;

use std::time::Instant;

use axum::Form;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::Viewer;
use model::{EntityRef, Fault, entity};
use plugin::{Body, EntityPage, Form as SentForm, Seen, TabAnswer};
use serde::Deserialize;
use ui::{Chrome, Crumb, Live, Page, PageHead, href};
use web::{CurrentActor, CurrentViewer, Permissions};

use super::Pages;
use super::failure::PageFailure;
use super::flash::{flash, with_flash};
use catalog::browse::shown_title;
use catalog::{Sight, View};
use parts::Wanted;
use sight::{CurrentReach, CurrentSight};
use user_settings::personal::Visited;
use view::EntityFrame;

/// Near names offered for one that leads to nothing.
const NEAR: usize = 5;
/// Paths of the tabs that need no plugin.
pub const BUILT_IN_TABS: [&str; 5] = ["", dependencies::TAB, "history", "yaml", "raw.yaml"];

/// Who looks, and what decides about what they may see.
pub(crate) struct Caller(pub(crate) Viewer, pub(crate) Option<Permissions>);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentViewer(viewer) = CurrentViewer::from_request_parts(parts, state).await?;
        Ok(Self(viewer, parts.extensions.get::<Permissions>().cloned()))
    }
}

/// The overview.
pub(super) async fn show(
    State(pages): State<Pages>,
    caller: Caller,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name)): Path<(String, String, String)>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    page(&pages, &sight, &caller, &reference, ("", ""), chrome).await
}

/// Any other tab.
pub(super) async fn show_tab(
    State(pages): State<Pages>,
    caller: Caller,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name, tab)): Path<(String, String, String, String)>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    if tab == "raw.yaml" {
        return raw(pages.catalog.seen_by(&sight), &reference).await;
    }
    page(&pages, &sight, &caller, &reference, (&tab, ""), chrome).await
}

/// An address below a tab.
pub(super) async fn show_below_tab(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    caller: Caller,
    Path((namespace, kind, name, tab, rest)): Path<(String, String, String, String, String)>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    page(&pages, &sight, &caller, &reference, (&tab, &rest), chrome).await
}

/// A form that was sent to a tab.
pub(super) async fn act(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    caller: Caller,
    Path((namespace, kind, name, tab)): Path<(String, String, String, String)>,
    chrome: Chrome,
    Form(form): Form<SentForm>,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    sent(&pages, &sight, &caller, &reference, (&tab, ""), chrome, form).await
}

/// A form that was sent to an address below a tab.
pub(super) async fn act_below(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    caller: Caller,
    Path((namespace, kind, name, tab, rest)): Path<(String, String, String, String, String)>,
    chrome: Chrome,
    Form(form): Form<SentForm>,
) -> Result<Response, PageFailure> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    sent(&pages, &sight, &caller, &reference, (&tab, &rest), chrome, form).await
}

async fn sent(
    pages: &Pages,
    sight: &Sight,
    Caller(viewer, permissions): &Caller,
    reference: &EntityRef,
    (tab, rest): (&str, &str),
    chrome: Chrome,
    form: SentForm,
) -> Result<Response, PageFailure> {
    let seen = pages.catalog.seen_by(sight);
    let Some(frame) = load::frame(pages, seen, (viewer, permissions.as_ref()), reference, tab).await? else {
        return not_found(seen, reference, chrome).await;
    };
    if !frame.tabs.iter().any(|(path, _)| path == tab) {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let at = entity_page(pages, seen, (&frame, viewer), rest, &chrome.query);
    let answer = pages.parts().act(tab, at, form, &frame.denied).await;
    Ok(answered(answer, |content| {
        whole(pages, viewer, &frame, &content, chrome)
    }))
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
    Caller(viewer, permissions): &Caller,
    reference: &EntityRef,
    (tab, rest): (&str, &str),
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let seen = pages.catalog.seen_by(sight);
    let Some(frame) = load::frame(pages, seen, (viewer, permissions.as_ref()), reference, tab).await? else {
        return not_found(seen, reference, chrome).await;
    };
    if !frame.tabs.iter().any(|(path, _)| path == tab) {
        return Ok(Redirect::to(&instead_of_tab(&frame, tab)).into_response());
    }
    let answer = content(pages, seen, viewer, &frame, rest, &chrome).await?;
    if frame.current.is_empty() && !chrome.prefetch && !viewer.is_service() && !chrome.is_refetch {
        let title = shown_title(&frame.entity).unwrap_or(reference.name());
        let visited = Visited {
            entity: reference.clone(),
            title: Some(title.to_owned()),
            at: chrome.now,
        };
        pages.visits.note(viewer.reference(), visited);
    }
    Ok(answered(answer, |content| {
        whole(pages, viewer, &frame, &content, chrome)
    }))
}

/// Tabs of a stock Backstage that have another name here.
const STOCK_TABS: [(&str, &str); 6] = [
    ("ci-cd", "code"),
    ("definition", "api"),
    ("flux", "deployments"),
    ("gitea", "code"),
    ("grafana", "monitoring"),
    ("pull-requests", "code"),
];

/// Where somebody is led who asks for a tab that the entity does not have.
fn instead_of_tab(frame: &EntityFrame, tab: &str) -> String {
    let here = STOCK_TABS.iter().find(|(stock, _)| *stock == tab);
    match here.filter(|(_, here)| frame.tabs.iter().any(|(path, _)| path == here)) {
        Some((_, here)) => href::entity_tab(&frame.reference, here),
        None => with_flash(&href::entity(&frame.reference), "no-such-tab"),
    }
}

fn answered(answer: Option<TabAnswer>, page: impl FnOnce(Markup) -> Response) -> Response {
    match answer {
        Some(TabAnswer::Content(Body::Ours(content))) => page(content),
        Some(TabAnswer::Content(Body::Foreign(html))) => page(ui::foreign_html(&html)),
        Some(TabAnswer::Redirect(path)) if href::is_local(&path) => Redirect::to(&path).into_response(),
        Some(TabAnswer::Redirect(_) | TabAnswer::NotFound) | None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The page around a tab's content.
fn whole(pages: &Pages, viewer: &Viewer, frame: &EntityFrame, content: &Markup, chrome: Chrome) -> Response {
    let (badges, actions) = (
        pages
            .parts()
            .badges(&frame.reference, &frame.entity, viewer, &frame.denied),
        pages.parts().actions(&frame.reference, &frame.entity, viewer),
    );
    let page = view::entity_page(frame, (badges, actions), content);
    let markup = html! { (flash(&chrome.query)) (page) };
    chrome.page(head(pages, frame), markup).into_response()
}

/// What a plugin's part gets.
fn entity_page(
    pages: &Pages,
    seen: View<'_>,
    (frame, viewer): (&EntityFrame, &Viewer),
    rest: &str,
    query: &str,
) -> EntityPage {
    let (catalog, sight) = (seen.catalog().clone(), seen.sight().clone());
    EntityPage {
        entity: frame.entity.clone(),
        reference: frame.reference.clone(),
        viewer: viewer.clone(),
        denied: frame.denied.clone(),
        rest: rest.to_owned(),
        query: query.to_owned(),
        deadline: Instant::now(),
        markers: pages.parts().markers(&frame.denied),
        seen: Seen::by(move |filter| catalog.seen_by(&sight).count(Some(filter))),
    }
}

fn head(pages: &Pages, frame: &EntityFrame) -> PageHead {
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
    let topics = pages
        .parts()
        .topics(&frame.current, reference, &frame.entity, &frame.denied);
    let live = if topics.is_empty() {
        Live::Entity(reference.clone())
    } else {
        Live::EntityAnd(reference.clone(), topics)
    };
    PageHead::new(heading).crumbs(crumbs).live(live)
}

async fn content(
    pages: &Pages,
    seen: View<'_>,
    viewer: &Viewer,
    frame: &EntityFrame,
    rest: &str,
    chrome: &Chrome,
) -> Result<Option<TabAnswer>, PageFailure> {
    let (wanted, query) = Wanted::split(&chrome.query);
    let at = entity_page(pages, seen, (frame, viewer), rest, &query);
    let content = match frame.current.as_str() {
        "" => Box::pin(load::overview(pages, seen, &wanted, at, &frame.denied)).await?,
        dependencies::TAB => {
            Box::pin(dependencies::tab(
                seen,
                &frame.entity,
                &frame.reference,
                &chrome.query,
            ))
            .await?
        }
        "history" => history::load::tab(seen, &frame.reference, chrome).await?,
        "yaml" => text::yaml_tab(&frame.reference, &yaml::to_string(&text::ordered(&frame.entity))),
        path => return Ok(pages.parts().tab(path, &wanted, at, &frame.denied).await),
    };
    let is_below = !rest.is_empty();
    Ok((!is_below).then_some(TabAnswer::Content(Body::Ours(content))))
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
        missing::missing(reference, &problems, &near, &seen.known(&near)),
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
    CurrentReach(reach): CurrentReach,
    CurrentActor(actor): CurrentActor,
    Form(form): Form<RefreshForm>,
) -> Result<Redirect, PageFailure> {
    pages
        .catalog
        .seen_by(&sight)
        .refresh(&actor, &reach, &form.entity_ref)
        .await?;
    let page = if href::is_local(&form.r#return) {
        &form.r#return
    } else {
        "/catalog"
    };
    Ok(Redirect::to(&with_flash(page, "refreshed")))
}
