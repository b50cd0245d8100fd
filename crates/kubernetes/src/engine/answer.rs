//! What clusters hold for a question, and how far that can be relied on.

use jiff::Timestamp;

use super::failure::{Failure, Sort};
use super::kinds::Kind;
use super::object::Object;
use super::pulse::Condition;

/// What all clusters hold.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The clusters that were asked, in the order of the configuration.
    pub clusters: Vec<ClusterAnswer>,
}

/// What one cluster holds.
#[derive(Debug, Clone, Default)]
pub struct ClusterAnswer {
    /// The cluster's name.
    pub cluster: String,
    /// Its name for people.
    pub title: String,
    /// The state of each kind, in the order asked for.
    pub kinds: Vec<KindState>,
    /// The objects, by kind, namespace and name.
    pub objects: Vec<Object>,
}

/// How what is known of a kind is.
#[derive(Debug, Clone)]
pub struct KindState {
    /// The kind.
    pub kind: &'static Kind,
    /// The state of its watch.
    pub condition: Condition,
    /// When the cluster was last heard of it; nothing if its objects never came.
    pub as_of: Option<Timestamp>,
    /// Objects of the kind in the whole cluster.
    pub count: usize,
}

impl ClusterAnswer {
    /// Objects of a kind.
    pub fn of(&self, kind: &'static Kind) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    /// Objects that belong to one directly.
    pub fn owned<'a>(&'a self, by: &'a Object) -> impl Iterator<Item = &'a Object> {
        self.objects
            .iter()
            .filter(move |object| object.owners().any(|owner| owner == by.uid()))
    }

    /// The failure of the whole cluster: every kind failed, and the first for a reason that is not its own.
    pub fn away(&self) -> Option<&Failure> {
        let mut failures = self.kinds.iter().map(KindState::failure);
        let first = failures.next().flatten()?;
        let is_own = matches!(first.sort, Sort::Forbidden | Sort::NotInstalled);
        (!is_own && failures.all(|failure| failure.is_some())).then_some(first)
    }

    /// The moment of which all that is shown is true, if anything is known at all.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.kinds.iter().filter_map(|state| state.as_of).min()
    }

    /// Whether objects are still on their way.
    pub fn is_loading(&self) -> bool {
        self.kinds
            .iter()
            .any(|state| state.condition == Condition::Loading)
    }
}

impl KindState {
    /// Why changes do not come, if they do not.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.condition {
            Condition::Failed(failure) => Some(failure),
            Condition::Loading | Condition::Current => None,
        }
    }
}
