//! The door to the catalog's data: every question is asked through a [`View`], which is given for a [`Sight`].
//!
//! Filters, orders and counts come from memory; only the entities of the page at hand are fetched. What a sight
//! hides is answered as if it were not there. Nothing here knows HTTP.

mod ancestry;
mod by_query;
mod changes;
mod chosen;
mod cursor;
mod cursor_check;
mod facets;
mod fetch;
mod fields;
mod health;
mod list;
mod locations;
mod mutations;
mod near;
mod ordered;
mod portions;
mod seen;
mod single;
mod unhealthy;

use std::sync::Arc;

use model::{Fault, Filter};
use store::StoreError;

pub use ancestry::{Ancestor, Ancestry};
pub use by_query::{FullText, Page, PageRequest};
pub use changes::{ChangeSight, Changes, SeenChange, SeenNews};
pub use cursor::Cursor;
pub use facets::Facet;
pub use fields::Fields;
pub(crate) use health::CountsKept;
pub use health::{HealthCounts, Said};
pub use list::{ListRequest, Listed, Ties};
pub use locations::LocationFilter;
pub use portions::{PORTION_BYTES, Portions, Wanted};
pub use seen::SeenIds;
pub use unhealthy::{Condition, Unhealthy};

use crate::index::Version;
use crate::{Catalog, Sight};
use read_model::ReadModel;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The question is wrong.
    #[error("{0}")]
    Refused(Fault),
    /// The entities could not be fetched.
    #[error("the entities could not be read")]
    Store(#[from] StoreError),
}

impl From<Fault> for QueryError {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault)
    }
}

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Low first.
    #[default]
    Ascending,
    /// High first.
    Descending,
}

impl Direction {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// Reads the word on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "asc" => Some(Self::Ascending),
            "desc" => Some(Self::Descending),
            _ => None,
        }
    }
}

/// What to order by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderField {
    /// Key of the search rows.
    pub field: String,
    /// Direction.
    pub direction: Direction,
}

impl From<QueryError> for Fault {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Refused(fault) => fault,
            QueryError::Store(error) => crate::store_fault(&error),
        }
    }
}

/// Served JSON of an entity.
pub type Body = Arc<str>;

/// The catalog as far as a sight lets it be seen.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) sight: &'a Sight,
}

impl Catalog {
    /// The only way to entities, their history and relations, names, changes and counts.
    pub fn seen_by<'a>(&'a self, sight: &'a Sight) -> View<'a> {
        View { catalog: self, sight }
    }
}

impl<'a> View<'a> {
    /// The catalog that is seen.
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// The sight it is seen with.
    pub fn sight(&self) -> &'a Sight {
        self.sight
    }

    /// Number of entities that pass a filter.
    pub fn count(&self, filter: Option<&Filter>) -> u64 {
        self.chosen(&self.catalog.index().read(), filter).len()
    }
}

/// Uid and version of documents, to fetch their bodies by.
pub(crate) fn versions(model: &ReadModel, docs: impl IntoIterator<Item = u32>) -> Vec<Version> {
    docs.into_iter()
        .map(|doc| (model.uid(doc), model.generation(doc)))
        .collect()
}
