//! States of entities that plugins know: columns, filters and counts of the list, as far as the viewer may see them.

use std::sync::Arc;

use catalog::browse::any_of;
use model::{EntityRef, Fault, Filter, Viewer};
use plugin::{
    Decision, EntityState, EntityStates, Of, Permission, PluginId, StateColumn, StateValue, contained_now,
};
use web::Permissions;

use super::state::ListState;

/// What plugins know of how entities are.
#[derive(Default)]
pub(crate) struct PluginStates(pub Vec<Of<Arc<dyn EntityStates>>>);

/// Those that one viewer may see.
#[derive(Clone, Default)]
pub(crate) struct SeenStates(Vec<Of<Arc<dyn EntityStates>>>);

impl PluginStates {
    /// Those that a viewer may see.
    pub async fn seen(
        &self,
        viewer: &Viewer,
        permissions: Option<&Permissions>,
    ) -> Result<SeenStates, Fault> {
        let needed = self
            .0
            .iter()
            .filter_map(|of| Some((&of.plugin, of.part.needs()?)));
        let needed: Vec<(&PluginId, &'static Permission)> = needed.collect();
        let decisions = match permissions {
            Some(permissions) => permissions.decide_all(viewer, &needed).await?,
            None => vec![Decision::Deny; needed.len()],
        };
        let allowed: Vec<&str> = needed
            .iter()
            .zip(decisions)
            .filter(|(_, decision)| *decision == Decision::Allow)
            .map(|((_, permission), _)| permission.name)
            .collect();
        let may_be_seen = |of: &&Of<Arc<dyn EntityStates>>| {
            let needed = of.part.needs();
            needed.is_none_or(|permission| allowed.contains(&permission.name))
        };
        Ok(SeenStates(self.0.iter().filter(may_be_seen).cloned().collect()))
    }
}

impl SeenStates {
    /// The columns.
    pub fn columns(&self) -> Vec<&'static StateColumn> {
        self.0.iter().map(|of| of.part.column()).collect()
    }

    /// Topics on whose announcements the list may change.
    pub fn topics(&self) -> Vec<String> {
        self.0.iter().filter_map(|of| of.part.topic()).collect()
    }

    /// How an entity is, in the order of the columns.
    pub fn of(&self, reference: &EntityRef) -> Vec<Option<EntityState>> {
        let ask = |of: &Of<Arc<dyn EntityStates>>| {
            contained_now(&of.plugin, "state", || of.part.state(reference)).flatten()
        };
        self.0.iter().map(ask).collect()
    }

    /// The conditions of the chosen states, without those of the column at `left_out`.
    pub fn conditions(&self, state: &ListState, left_out: Option<usize>) -> Vec<Filter> {
        let chosen = state.states.iter().enumerate();
        let chosen = chosen.filter(|(at, filter)| Some(*at) != left_out && !filter.chosen.is_empty());
        let conditions = chosen.map(|(at, filter)| {
            let found = filter.chosen.iter().flat_map(|value| self.having(at, value));
            any_of(&found.collect::<Vec<_>>())
        });
        conditions.collect()
    }

    /// The values of the column at `at` with a condition for each.
    pub fn values(&self, at: usize) -> impl Iterator<Item = (&'static StateValue, Filter)> {
        let column = self.0.get(at).map(|of| of.part.column());
        let values = column.into_iter().flat_map(|column| column.values);
        values.map(move |value| (value, any_of(&self.having(at, value.value))))
    }

    fn having(&self, at: usize, value: &str) -> Vec<EntityRef> {
        let of = self.0.get(at);
        let found = of.and_then(|of| contained_now(&of.plugin, "state", || of.part.having(value)));
        found.unwrap_or_default()
    }
}
