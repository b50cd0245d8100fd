//! Fetches what the catalog list shows.

use std::collections::HashSet;

use model::Viewer;
use model::{EntityRef, Filter};
use serde_json::Value;
use ui::Direction;

use super::state::{FILTERS, ListState, MISSING, Scope};
use super::states::SeenStates;
use super::view::{self, ListView, StateCounts};
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

/// What the list is asked for.
pub(super) struct Asked<'a> {
    pub seen: View<'a>,
    pub store: &'a Store,
    pub viewer: &'a Viewer,
    pub states: &'a SeenStates,
}

/// A filter that does not count where its own values are counted.
#[derive(Clone, Copy)]
enum LeftOut {
    Nothing,
    Field(usize),
    State(usize),
}

/// One page of the list with counts for everything around it.
pub(super) async fn load(asked: &Asked<'_>, state: ListState) -> Result<ListView, PageFailure> {
    let seen = asked.seen;
    let starred = personal::star_set(asked.store, asked.viewer.reference()).await?;
    let scope = asked.scope(state.scope).await?;
    let request = asked.request(&state, scope.clone(), state.rows());
    let listing = seen.listing(&request).await?;
    let step = |start: Option<usize>| {
        let cursor = Some(start?.to_string());
        Some(state.with(|state| state.cursor = cursor).href(PATH))
    };
    let range = (listing.start + 1, listing.start + listing.entities.len());
    let (previous, next) = (step(listing.previous), step(listing.next));
    let mut facets = Vec::with_capacity(FILTERS.len());
    for (index, filter) in FILTERS.iter().enumerate() {
        // What is referred to in vain is no choice to browse: it is filtered by from the page of problems.
        let is_counted = filter.field != MISSING || !state.chosen[index].is_empty();
        facets.push(if is_counted {
            asked.counts(&state, scope.as_ref(), LeftOut::Field(index), filter.field)
        } else {
            Vec::new()
        });
    }
    let any_kind = state.with(|state| state.kind = None);
    let kinds = asked.counts(&any_kind, scope.as_ref(), LeftOut::Nothing, "kind");
    let known = seen.known(&named(&listing.entities, &facets));
    for values in &mut facets {
        values.retain(|(value, _)| !is_hidden(&known, value));
    }
    let catalog_is_empty = listing.total == 0 && seen.total() == 0;
    let scopes = asked.scope_counts(&state).await?;
    let state_of = |entity| EntityRef::of(entity).map_or_else(Vec::new, |entity| asked.states.of(&entity));
    let references: Vec<EntityRef> = listing.entities.iter().filter_map(EntityRef::of).collect();
    let healths = references.iter().cloned().zip(seen.healths(&references));
    Ok(ListView {
        healths: healths
            .filter_map(|(reference, health)| Some((reference, health?)))
            .collect(),
        unread: if catalog_is_empty {
            seen.health_counts().errors
        } else {
            0
        },
        states: listing.entities.iter().map(state_of).collect(),
        state_counts: asked.state_counts(&state, scope.as_ref()),
        twins: crate::pages::link::twins_among(&listing.entities),
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

impl Asked<'_> {
    /// The conditions of the address and of a scope.
    fn conditions(&self, state: &ListState, scope: Option<&Filter>, left_out: LeftOut) -> Vec<Filter> {
        let (field, own) = match left_out {
            LeftOut::Nothing => (None, None),
            LeftOut::Field(at) => (Some(at), None),
            LeftOut::State(at) => (None, Some(at)),
        };
        let mut parts = state.conditions(field);
        parts.extend(self.states.conditions(state, own));
        parts.extend(scope.cloned());
        parts
    }

    /// Values of a field with the number of entities that the other filters leave.
    fn counts(
        &self,
        state: &ListState,
        scope: Option<&Filter>,
        left_out: LeftOut,
        field: &str,
    ) -> Vec<(String, usize)> {
        let parts = self.conditions(state, scope, left_out);
        self.seen.counts_of(&Filter::All(parts), &state.text, field)
    }

    /// The same of the states that plugins know.
    fn state_counts(&self, state: &ListState, scope: Option<&Filter>) -> Vec<StateCounts> {
        let of = |at| {
            let parts = self.conditions(state, scope, LeftOut::State(at));
            let values = self.states.values(at).map(|(value, holds)| {
                let parts = parts.iter().cloned().chain([holds]).collect();
                (value, self.seen.total_of(&Filter::All(parts), &state.text))
            });
            values.collect()
        };
        (0..state.states.len()).map(of).collect()
    }

    /// Entities that the filters leave in each scope.
    async fn scope_counts(&self, state: &ListState) -> Result<[Option<usize>; 3], PageFailure> {
        let mut found = [None; 3];
        for (place, (scope, ..)) in found.iter_mut().zip(Scope::ALL) {
            let scope = self.scope(scope).await?;
            let parts = self.conditions(state, scope.as_ref(), LeftOut::Nothing);
            *place = Some(self.seen.total_of(&Filter::All(parts), &state.text));
        }
        Ok(found)
    }

    fn request(&self, state: &ListState, scope: Option<Filter>, limit: usize) -> ListRequest {
        let (order, direction) = state.order_field();
        let parts = self.conditions(state, scope.as_ref(), LeftOut::Nothing);
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

    async fn scope(&self, scope: Scope) -> Result<Option<Filter>, PageFailure> {
        Ok(match scope {
            Scope::All => None,
            Scope::Owned => Some(browse::owned_by(&self.seen.ownership(self.viewer).await?)),
            Scope::Starred => {
                let texts = personal::stars(self.store, self.viewer.reference()).await?;
                let references: Vec<EntityRef> = texts.iter().filter_map(|text| text.parse().ok()).collect();
                Some(browse::any_of(&references))
            }
        })
    }
}

/// All entities of the list, for an export, to be fetched by their versions.
pub(super) async fn everything(
    asked: &Asked<'_>,
    state: &ListState,
) -> Result<Vec<(uuid::Uuid, u64)>, PageFailure> {
    let scope = asked.scope(state.scope).await?;
    let request = asked.request(&state.with(|_| {}), scope, MAX_EXPORT);
    Ok(asked.seen.list(&request).await?.versions)
}
