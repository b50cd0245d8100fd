//! Lists, pages, facets and single entities, answered from the index.
//!
//! Filters, orders and counts come from memory; only the entities of the page at hand are fetched.
//! Every question is asked on behalf of somebody ([`Access`]). Nothing here knows HTTP.

mod ancestry;
mod by_query;
mod cursor;
mod cursor_check;
mod facets;
mod fields;
mod list;
mod locations;
mod ordered;
mod portions;
mod single;

use std::borrow::Cow;
use std::sync::Arc;

use model::{Fault, Filter};
use roaring::RoaringBitmap;
use store::StoreError;

pub use ancestry::{Ancestor, Ancestry};
pub use by_query::{FullText, Page, PageRequest};
pub use cursor::Cursor;
pub use facets::Facet;
pub use fields::Fields;
pub use list::{ListRequest, Listed};
pub use locations::LocationFilter;
pub use portions::{Portions, Wanted};

use crate::Catalog;
use read_model::ReadModel;

/// What the asking person or service may see.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Access {
    filter: Option<Filter>,
}

impl Access {
    /// Everything.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only entities that pass the filter.
    pub fn only(filter: Filter) -> Self {
        Self { filter: Some(filter) }
    }

    /// Whether nothing is hidden.
    pub fn is_everything(&self) -> bool {
        self.filter.is_none()
    }
}

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

/// Served JSON of an entity.
pub type Body = Arc<str>;

/// Questions on behalf of somebody.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    catalog: &'a Catalog,
    access: &'a Access,
}

impl Catalog {
    /// Asks on behalf of somebody.
    pub fn query<'a>(&'a self, access: &'a Access) -> Query<'a> {
        Query {
            catalog: self,
            access,
        }
    }
}

impl Query<'_> {
    /// Number of entities that pass a filter.
    pub fn count(&self, filter: Option<&Filter>) -> u64 {
        self.visible(&self.catalog.index().read(), filter).len()
    }

    /// Uids of everything that may be seen.
    pub fn visible_uids(&self) -> Vec<uuid::Uuid> {
        let model = self.catalog.index().read();
        let set = self.visible(&model, None);
        set.iter().map(|doc| model.uid(doc)).collect()
    }

    /// Entities that pass a filter and may be seen.
    fn visible<'m>(&self, model: &'m ReadModel, filter: Option<&Filter>) -> Cow<'m, RoaringBitmap> {
        let asked = filter.map(|filter| model.evaluate(filter));
        let allowed = self.access.filter.as_ref().map(|filter| model.evaluate(filter));
        match (asked, allowed) {
            (Some(asked), Some(allowed)) => Cow::Owned(asked.as_ref() & allowed.as_ref()),
            (Some(set), None) | (None, Some(set)) => set,
            (None, None) => model.everything(),
        }
    }

    fn may_see(&self, model: &ReadModel, doc: u32) -> bool {
        self.access
            .filter
            .as_ref()
            .is_none_or(|filter| model.evaluate(filter).contains(doc))
    }

    /// The bodies of entities, those that went away meanwhile left out.
    async fn present(&self, versions: &[(uuid::Uuid, u32)]) -> Result<Vec<Body>, StoreError> {
        let bodies = self
            .catalog
            .index()
            .bodies()
            .get(self.catalog.store(), versions)
            .await?;
        Ok(bodies.into_iter().flatten().collect())
    }
}

/// Uid and version of documents, to fetch their bodies by.
pub(crate) fn versions(model: &ReadModel, docs: impl IntoIterator<Item = u32>) -> Vec<(uuid::Uuid, u32)> {
    docs.into_iter()
        .map(|doc| (model.uid(doc), model.generation(doc)))
        .collect()
}
