//! What a caller may ask to be done to an entity: only to one that it sees.

use model::{Actor, Fault, js};
use store::Seq;
use uuid::Uuid;

use super::View;

impl View<'_> {
    /// Has an entity and all locations above it looked at now. The reference is taken as text, only lower-cased.
    /// Fails with `NotFoundError` for an unknown entity.
    pub async fn refresh(&self, actor: &Actor, entity_ref: &str) -> Result<(), Fault> {
        let outcome = if self.is_in_sight(&js::lowercase(entity_ref)) {
            self.catalog.refresh(entity_ref).await
        } else {
            Err(Fault::not_found(format!("Entity {entity_ref} not found")))
        };
        self.catalog
            .audited(actor, "catalog.entity.refresh", entity_ref.to_owned(), outcome)
            .await
    }

    /// Deletes an entity. It comes back if a location still brings it; an unknown uid is no error.
    pub async fn delete_by_uid(&self, actor: &Actor, uid: Uuid) -> Result<Option<Seq>, Fault> {
        let is_in_sight = self.sight.is_everything() || {
            let model = self.catalog.index().read();
            self.eyes(&model).has_uid(uid)
        };
        if !is_in_sight {
            return Ok(None);
        }
        self.catalog.delete_by_uid(actor, uid).await
    }

    /// Whether a reference may lead to something: any may where nothing is hidden, elsewhere that of a served entity
    /// that may be seen.
    pub(crate) fn is_in_sight(&self, reference: &str) -> bool {
        self.sight.is_everything() || self.eyes(&self.catalog.index().read()).find(reference).is_some()
    }
}
