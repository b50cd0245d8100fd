//! The graph of relations: a page of its own, and parts of the entity page.

pub(crate) mod state;
pub(crate) mod view;

use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use model::{EntityRef, Filter};
use ui::{Chrome, Crumb, Flow, Live, PageHead, href};

use super::Pages;
use super::failure::PageFailure;
use catalog::neighbourhood::{Neighbourhood, Request};
use catalog::query::ListRequest;
use catalog::{View, browse};
use sight::CurrentSight;
use state::GraphState;
use view::{Drawing, GraphPage};

/// Most entities in a graph.
pub(crate) const MAX_PLACES: usize = 500;
/// Most entities that a landscape begins with.
const MAX_ROOTS: usize = 100;
/// Longest that drawing may take.
const DRAWING_TIME: Duration = Duration::from_millis(1_500);

/// The graph as the address says.
pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let state = GraphState::parse(query.as_deref().unwrap_or_default());
    let seen = pages.catalog.seen_by(&sight);
    let everything = Filter::All(Vec::new());
    let kinds = seen.counts_of(&everything, "", "kind");
    let mut request = state.request(MAX_PLACES);
    if state.roots.is_empty() {
        request = landscape(seen, request).await?;
    }
    let drawing = draw(seen, &request, state.flow).await?;
    let roots = seen.known(&state.roots);
    let head = match state.roots.as_slice() {
        [] => PageHead::new("Graph"),
        [root, ..] => {
            let title = browse::title_of(&roots, root).unwrap_or(root.name());
            PageHead::new(format!("Graph of {title}")).crumbs(vec![
                Crumb::to("Catalog", "/catalog"),
                Crumb::to(title, href::entity(root)),
                Crumb::here("Graph"),
            ])
        }
    };
    let page = GraphPage {
        state,
        kinds: kinds.into_iter().map(|(kind, _)| kind).collect(),
        drawing,
        roots,
    };
    Ok(chrome
        .page(head.live(Live::Any), view::page(&page))
        .into_response())
}

/// Without a root: the domains, or where there are none the systems, and what they consist of.
async fn landscape(seen: View<'_>, request: Request) -> Result<Request, PageFailure> {
    for kind in ["domain", "system", "component"] {
        let first = ListRequest::for_people(browse::one_of("kind", &[kind.to_owned()]));
        let listing = seen.listing(&first.page(0, MAX_ROOTS)).await?;
        if !listing.entities.is_empty() {
            let relations = if request.relations.is_empty() {
                vec!["hasPart".to_owned()]
            } else {
                request.relations
            };
            return Ok(Request {
                roots: listing.entities.iter().filter_map(EntityRef::of).collect(),
                relations,
                ..request
            });
        }
    }
    Ok(request)
}

/// Collects and lays out. The layout runs beside the threads that serve requests.
pub(super) async fn draw(seen: View<'_>, request: &Request, flow: Flow) -> Result<Drawing, PageFailure> {
    draw_found(seen.neighbourhood(request).await?, request, flow).await
}

/// Lays out what was collected.
pub(super) async fn draw_found(
    found: Neighbourhood,
    request: &Request,
    flow: Flow,
) -> Result<Drawing, PageFailure> {
    let graph = view::graph(&found, request, flow);
    let task = tokio::task::spawn_blocking(move || {
        let layout = ui::layout(&graph, DRAWING_TIME);
        (graph, layout.ok())
    });
    let (graph, layout) = match task.await {
        Ok((graph, layout)) => (graph, layout),
        Err(error) => {
            tracing::error!("the layout of a graph failed: {error}");
            (ui::Graph::default(), None)
        }
    };
    Ok(Drawing { found, graph, layout })
}
