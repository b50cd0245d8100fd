//! Which entities a sight shows, for indexes of other features that know entities by the first half of their uids.

use super::View;
use crate::{Catalog, Sight};

/// A sight that can be asked on any thread whether it shows entities.
#[derive(Clone)]
pub struct SeenIds {
    catalog: Catalog,
    sight: Sight,
}

impl View<'_> {
    /// The entities that another feature's index may show; nothing where it may show all.
    pub fn seen_ids(&self) -> Option<SeenIds> {
        (!self.sight.is_everything()).then(|| SeenIds {
            catalog: self.catalog.clone(),
            sight: self.sight.clone(),
        })
    }
}

impl SeenIds {
    /// Changes whenever the sight shows other entities.
    pub fn version(&self) -> u64 {
        let model = self.catalog.index().read();
        self.catalog.index().sights().version(&model, &self.sight)
    }

    /// Whether each of some entities is seen, by the first half of its uid. One that is gone is not.
    pub fn are_seen(&self, half_uids: &[u64]) -> Vec<bool> {
        let model = self.catalog.index().read();
        let seen = self.catalog.index().sights().excerpt(&model, &self.sight);
        let is_seen = |half: &u64| {
            let doc = model.by_half_uid(*half);
            doc.is_some_and(|doc| seen.as_ref().is_none_or(|seen| seen.set().contains(doc)))
        };
        half_uids.iter().map(is_seen).collect()
    }
}
