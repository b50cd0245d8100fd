//! What the viewer of a page sees of the catalog, for parts that are about other entities than the page's own.

use std::fmt;
use std::sync::Arc;

use model::Filter;

type Count = dyn Fn(&Filter) -> u64 + Send + Sync;

/// Counts the entities that a viewer sees. Without a catalog behind it, that is none.
#[derive(Clone, Default)]
pub struct Seen(Option<Arc<Count>>);

impl Seen {
    /// Counted by `count`, which must be quick and leave out what the viewer does not see.
    pub fn by(count: impl Fn(&Filter) -> u64 + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(count)))
    }

    /// How many of the entities that the viewer sees pass a filter.
    pub fn count(&self, filter: &Filter) -> u64 {
        self.0.as_ref().map_or(0, |count| count(filter))
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seen")
    }
}
