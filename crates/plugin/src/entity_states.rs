//! What a plugin knows of how entities are: a column, a filter and counts of the catalog's lists.
//!
//! A state is no part of an entity: it changes without a change of the catalog, and every process knows it by itself.

use model::EntityRef;

use crate::{BadgeTone, Permission};

/// A state that plugins know of entities, as lists show it.
#[derive(Debug)]
pub struct StateColumn {
    /// Name of the column and the filter in addresses, for example `runtime`.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
    /// The states that an entity may have, in the order in which they are counted.
    pub values: &'static [StateValue],
}

/// One of the states that an entity may have.
#[derive(Debug)]
pub struct StateValue {
    /// The word in addresses, in lower case, for example `down`.
    pub value: &'static str,
    /// The word for people.
    pub title: &'static str,
    /// Its colour.
    pub tone: BadgeTone,
}

/// How an entity is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityState {
    /// The word of one of the column's values.
    pub value: &'static str,
    /// A few words.
    pub text: String,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// A path of this portal that says more.
    pub path: Option<String>,
}

/// Gives the catalog's lists a column and a filter. Answered from memory: it is part of every view of a list.
pub trait EntityStates: Send + Sync + 'static {
    /// The column.
    fn column(&self) -> &'static StateColumn;
    /// The permission without which the column and the filter are left out.
    fn needs(&self) -> Option<&'static Permission> {
        None
    }
    /// How an entity is; nothing where the plugin knows nothing of the entity.
    fn state(&self, reference: &EntityRef) -> Option<EntityState>;
    /// The entities in a state, in any order.
    fn having(&self, value: &str) -> Vec<EntityRef>;
    /// The topic whose announcement makes open lists fetch themselves again ([`crate::LiveTopic`]).
    fn topic(&self) -> Option<String> {
        None
    }
}
