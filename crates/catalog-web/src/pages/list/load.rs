//! Fetches what the catalog list shows.

use std::collections::HashSet;

use model::Viewer;
use model::{EntityRef, Filter};
use serde_json::Value;
use ui::Direction;

use super::state::{FILTERS, ListState, Scope};
use super::view::{self, ListView};
use crate::pages::failure::PageFailure;
use catalog::View;
use catalog::browse::{self, Known};
use catalog::query::{self, ListRequest};
use store::Store;
use user_settings::personal;

/// Most entities in an export.
const MAX_EXPORT: usize = 100_000;
/// Addresses of pages start here.
const PATH: &str = "/catalog";

/// One page of the list with counts for everything around it.
pub(super) async fn load(
    seen: View<'_>,
    store: &Store,
    viewer: &Viewer,
    state: ListState,
) -> Result<ListView, PageFailure> {
    let starred = personal::star_set(store, viewer.reference()).await?;
    let scope = scope_of(seen, store, viewer, state.scope).await?;
    let listing = seen
        .listing(&request(&state, scope.clone(), state.rows()))
        .await?;
    let step = |start: Option<usize>| {
        let cursor = Some(start?.to_string());
        Some(state.with(|state| state.cursor = cursor).href(PATH))
    };
    let range = (listing.start + 1, listing.start + listing.entities.len());
    let (previous, next) = (step(listing.previous), step(listing.next));
    let mut facets = Vec::with_capacity(FILTERS.len());
    for (index, filter) in FILTERS.iter().enumerate() {
        facets.push(counts(seen, &state, scope.as_ref(), Some(index), filter.field));
    }
    let kinds = counts(
        seen,
        &state.with(|state| state.kind = None),
        scope.as_ref(),
        None,
        "kind",
    );
    let known = seen.known(&named(&listing.entities, &facets));
    for values in &mut facets {
        values.retain(|(value, _)| !is_hidden(&known, value));
    }
    let catalog_is_empty = listing.total == 0 && seen.total() == 0;
    let scopes = scope_counts(seen, store, viewer, &state).await?;
    Ok(ListView {
        entities: listing.entities,
        total: listing.total,
        range,
        previous,
        next,
        kinds,
        facets,
        scopes,
        starred,
        catalog_is_empty,
        known,
        state,
    })
}

/// Whether a value names an entity that may not be seen.
fn is_hidden(known: &browse::Named, value: &str) -> bool {
    let reference = value.parse::<EntityRef>();
    reference.is_ok_and(|reference| known.get(&reference) == Some(&Known::Hidden))
}

/// The entities that rows and filters name.
fn named(entities: &[Value], facets: &[Vec<(String, usize)>]) -> HashSet<EntityRef> {
    let related = |value| [view::OWNER, view::SYSTEM].map(|relation| view::first_target(value, relation));
    let values = facets.iter().flatten().map(|(value, _)| value);
    entities
        .iter()
        .flat_map(related)
        .flatten()
        .chain(values.filter_map(|value| value.parse().ok()))
        .collect()
}

/// Values of a field with the number of entities that the other filters leave.
fn counts(
    seen: View<'_>,
    state: &ListState,
    scope: Option<&Filter>,
    left_out: Option<usize>,
    field: &str,
) -> Vec<(String, usize)> {
    let mut parts = state.conditions(left_out);
    parts.extend(scope.cloned());
    seen.counts_of(&Filter::All(parts), &state.text, field)
}

/// Entities that the filters leave in each scope.
async fn scope_counts(
    seen: View<'_>,
    store: &Store,
    viewer: &Viewer,
    state: &ListState,
) -> Result<[Option<usize>; 3], PageFailure> {
    let mut found = [None; 3];
    for (place, (scope, ..)) in found.iter_mut().zip(Scope::ALL) {
        let mut parts = state.conditions(None);
        parts.extend(scope_of(seen, store, viewer, scope).await?);
        *place = Some(seen.total_of(&Filter::All(parts), &state.text));
    }
    Ok(found)
}

/// All entities of the list, for an export, to be fetched by their versions.
pub(super) async fn everything(
    seen: View<'_>,
    store: &Store,
    viewer: &Viewer,
    state: &ListState,
) -> Result<Vec<(uuid::Uuid, u64)>, PageFailure> {
    let scope = scope_of(seen, store, viewer, state.scope).await?;
    let request = request(&state.with(|_| {}), scope, MAX_EXPORT);
    Ok(seen.list(&request).await?.versions)
}

fn request(state: &ListState, scope: Option<Filter>, limit: usize) -> ListRequest {
    let (order, direction) = state.order_field();
    let mut parts = state.conditions(None);
    parts.extend(scope);
    let start = state.cursor.as_deref().and_then(|cursor| cursor.parse().ok());
    let request = ListRequest {
        text: state.text.clone(),
        ..ListRequest::for_people(Filter::All(parts))
    };
    let direction = match direction {
        Direction::Ascending => query::Direction::Ascending,
        Direction::Descending => query::Direction::Descending,
    };
    request.by(order, direction).page(start.unwrap_or(0), limit)
}

async fn scope_of(
    seen: View<'_>,
    store: &Store,
    viewer: &Viewer,
    scope: Scope,
) -> Result<Option<Filter>, PageFailure> {
    Ok(match scope {
        Scope::All => None,
        Scope::Owned => Some(browse::owned_by(&seen.ownership(viewer).await?)),
        Scope::Starred => {
            let texts = personal::stars(store, viewer.reference()).await?;
            let references: Vec<EntityRef> = texts.iter().filter_map(|text| text.parse().ok()).collect();
            Some(browse::any_of(&references))
        }
    })
}
