//! What a caller may ask to be done to an entity: only to one that it sees and on which it may act.
//!
//! `reach` is what a policy's decision about the permission to act lets through. Where that is not everything, an
//! entity out of reach is refused in the same words as one that is hidden or unknown.

use model::{Actor, Fault, js};
use store::Seq;
use uuid::Uuid;

use super::View;
use super::chosen::Eyes;
use crate::Sight;
use crate::requests::Asked;

const REFRESH: &str = "catalog.entity.refresh";
const DELETE: &str = "catalog.entity.delete";

impl View<'_> {
    /// Has an entity and all locations above it read again now. The reference is taken as text, only lower-cased.
    /// Fails with `NotFoundError` for an unknown entity, with `NotAllowedError` for one out of reach.
    pub async fn refresh(&self, actor: &Actor, reach: &Sight, entity_ref: &str) -> Result<(), Fault> {
        let asked = Asked {
            actor,
            action: REFRESH,
            subject: entity_ref.to_owned(),
        };
        let reference = js::lowercase(entity_ref);
        let within = self.check_reach(reach, REFRESH, |eyes| eyes.find(&reference).is_some());
        let outcome = match within {
            Err(refused) => Err(refused),
            Ok(()) if self.is_in_sight(&reference) => self.catalog.refresh(&asked, entity_ref).await,
            Ok(()) => Err(Fault::not_found(format!("Entity {entity_ref} not found"))),
        };
        self.catalog.attempted(&asked, outcome).await
    }

    /// Deletes an entity. It comes back if a location still brings it; an unknown uid is no error. Fails with
    /// `NotAllowedError` for an entity out of reach.
    pub async fn delete_by_uid(&self, actor: &Actor, reach: &Sight, uid: Uuid) -> Result<Option<Seq>, Fault> {
        let within = self.check_reach(reach, DELETE, |eyes| eyes.has_uid(uid));
        if within.is_err() {
            let asked = Asked {
                actor,
                action: DELETE,
                subject: uid.to_string(),
            };
            return self.catalog.attempted(&asked, within.map(|()| None)).await;
        }
        let is_in_sight = self.sight.is_everything() || self.eyes(&self.catalog.index().read()).has_uid(uid);
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

    fn check_reach(
        &self,
        reach: &Sight,
        permission: &str,
        is_there: impl Fn(&Eyes<'_>) -> bool,
    ) -> Result<(), Fault> {
        if reach.is_everything() {
            return Ok(());
        }
        let model = self.catalog.index().read();
        let within = self.catalog.seen_by(reach);
        if is_there(&self.eyes(&model)) && is_there(&within.eyes(&model)) {
            return Ok(());
        }
        Err(Fault::not_allowed(format!(
            "This needs the permission {permission} for the entity"
        )))
    }
}
