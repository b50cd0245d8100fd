//! The visits under way, each a task of its own: one that panics is a failed visit, not a lost one.

use std::collections::HashMap;

use store::SourceKey;
use tokio::task::{Id, JoinError, JoinSet};

/// The visits under way.
#[derive(Default)]
pub(super) struct Visits {
    tasks: JoinSet<()>,
    keys: HashMap<Id, SourceKey>,
}

/// How a visit ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It has recorded the outcome itself.
    Well,
    /// It panicked, and nobody has recorded that.
    Panicked(SourceKey),
}

impl Visits {
    /// Begins a visit of a source.
    pub fn begin(&mut self, key: SourceKey, visit: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(visit);
        self.keys.insert(task.id(), key);
    }

    /// How many are under way.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether none is under way.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Waits for the end of one; `None` when none is under way.
    pub async fn next(&mut self) -> Option<Ended> {
        let ended = self.tasks.join_next_with_id().await?;
        Some(self.ended(ended))
    }

    /// One that has ended already.
    pub fn try_next(&mut self) -> Option<Ended> {
        let ended = self.tasks.try_join_next_with_id()?;
        Some(self.ended(ended))
    }

    fn ended(&mut self, result: Result<(Id, ()), JoinError>) -> Ended {
        let id = match &result {
            Ok((id, ())) => *id,
            Err(error) => error.id(),
        };
        match (self.keys.remove(&id), result) {
            (Some(key), Err(_)) => Ended::Panicked(key),
            _ => Ended::Well,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_names_the_source_and_hurts_no_other() {
        let mut visits = Visits::default();
        let key = SourceKey::Entity("location:default/a".to_owned());
        visits.begin(key.clone(), async { panic!("on purpose") });
        assert_eq!(visits.next().await, Some(Ended::Panicked(key.clone())));
        visits.begin(key, async {});
        assert_eq!(visits.next().await, Some(Ended::Well));
        assert_eq!(visits.next().await, None);
    }
}
