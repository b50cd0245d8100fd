//! Values of keys with the number of entities that have them (`/entity-facets`).

use model::{Fault, Filter, js};

use super::{QueryError, View};

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Facet {
    /// The value as it is written in the entities.
    pub value: String,
    /// How many entities have it.
    pub count: u64,
}

impl View<'_> {
    /// Values of each key among the entities that pass a filter, in the order of the keys asked for.
    pub fn facets(&self, keys: &[String], filter: Option<&Filter>) -> Result<Vec<Vec<Facet>>, QueryError> {
        if keys.iter().all(String::is_empty) {
            return Err(Fault::input("Missing or empty facets parameter").into());
        }
        let model = self.catalog.index().read();
        let is_restricted = filter.is_some() || !self.sight.is_everything();
        let set = is_restricted.then(|| self.visible(&model, filter));
        let facet = |key: &String| {
            let values = model.facet(&js::lowercase(key), set.as_deref());
            values
                .into_iter()
                .map(|(value, count)| Facet { value, count })
                .collect()
        };
        Ok(keys.iter().map(facet).collect())
    }
}
