//! Marking sources that must be read again, and deleting single entities.

use std::collections::HashSet;

use model::{Actor, Fault, js};
use store::{Lane, Seq, SourceKey};
use uuid::Uuid;

use super::cause;
use crate::Catalog;
use crate::engine::{EngineError, Writer, is_location};

/// Most steps from an entity up to its locations.
const MAX_ANCESTRY: usize = 32;

impl Catalog {
    /// Has these locations read again now; unknown ones are ignored. For watches and webhooks.
    pub async fn mark_dirty(&self, locations: &[String]) -> Result<(), Fault> {
        self.mark(locations).await.map_err(Into::into)
    }

    async fn mark(&self, locations: &[String]) -> Result<(), EngineError> {
        let known = self.parts.store.nodes(locations).await?;
        let keys: Vec<SourceKey> = known
            .into_iter()
            .filter(|node| is_location(&node.reference))
            .map(|node| SourceKey::Entity(node.reference))
            .collect();
        if !keys.is_empty() {
            let mut tx = self.parts.store.write(Lane::Person).await?;
            tx.mark_due(&keys, self.parts.clock.now()).await?;
            tx.commit().await?;
            self.parts.engine.wake();
        }
        Ok(())
    }

    /// Has an entity and all locations above it read again now. The reference is taken as text, only
    /// lower-cased. Fails with `NotFoundError` for an unknown entity.
    pub(crate) async fn refresh(&self, entity_ref: &str) -> Result<(), Fault> {
        let reference = js::lowercase(entity_ref);
        let known = self
            .parts
            .store
            .nodes(std::slice::from_ref(&reference))
            .await
            .map_err(EngineError::from)?;
        if known.is_empty() {
            return Err(Fault::not_found(format!("Entity {entity_ref} not found")));
        }
        let locations = self.locations_above(vec![reference]).await?;
        self.mark_dirty(&locations).await
    }

    /// Has all sources that used these refresh keys read again now.
    pub async fn refresh_by_keys(&self, keys: &[String]) -> Result<(), Fault> {
        let references = self
            .parts
            .store
            .refs_by_refresh_keys(keys)
            .await
            .map_err(EngineError::from)?;
        if references.is_empty() {
            return Ok(());
        }
        let parents = self
            .parts
            .store
            .parents(&references)
            .await
            .map_err(EngineError::from)?;
        let locations: Vec<String> = parents
            .into_iter()
            .filter_map(|(_, parent)| parent.entity().map(str::to_owned))
            .collect();
        self.mark_dirty(&locations).await
    }

    /// The entities themselves and all locations that lead to them.
    async fn locations_above(&self, references: Vec<String>) -> Result<Vec<String>, Fault> {
        let mut seen: HashSet<String> = references.iter().cloned().collect();
        let mut frontier = references;
        for _ in 0..MAX_ANCESTRY {
            if frontier.is_empty() {
                break;
            }
            let parents = self
                .parts
                .store
                .parents(&frontier)
                .await
                .map_err(EngineError::from)?;
            let entities = parents
                .into_iter()
                .filter_map(|(_, parent)| parent.entity().map(str::to_owned));
            frontier = entities.filter(|parent| seen.insert(parent.clone())).collect();
        }
        let mut all: Vec<String> = seen.into_iter().collect();
        all.sort();
        Ok(all)
    }

    /// Deletes an entity. It comes back if a location or the list of locations still brings it; an unknown uid is no
    /// error.
    pub(crate) async fn delete_by_uid(&self, actor: &Actor, uid: Uuid) -> Result<Option<Seq>, Fault> {
        let mut subject = uid.to_string();
        let outcome = self.delete_and_bring_back(actor, uid, &mut subject).await;
        self.audited(actor, "catalog.entity.delete", subject, outcome)
            .await
    }

    /// Names the entity in `subject` as soon as it is known.
    async fn delete_and_bring_back(
        &self,
        actor: &Actor,
        uid: Uuid,
        subject: &mut String,
    ) -> Result<Option<Seq>, Fault> {
        let Some((reference, seq)) = self.delete_entity(actor, uid).await? else {
            return Ok(None);
        };
        subject.clone_from(&reference);
        let back = self.bring_back_location(&reference).await?;
        Ok(back.or(seq))
    }

    /// The name of the deleted entity, and the last change.
    async fn delete_entity(
        &self,
        actor: &Actor,
        uid: Uuid,
    ) -> Result<Option<(String, Option<Seq>)>, EngineError> {
        let mut writer = Writer::begin(&self.parts, Lane::Person, cause(actor, "delete entity")).await?;
        let Some(node) = writer.tx.nodes_by_uid(&[uid]).await?.pop() else {
            return Ok(None);
        };
        let reference = node.reference.clone();
        let parents = writer.tx.parents(std::slice::from_ref(&node.reference)).await?;
        let sources: Vec<SourceKey> = parents
            .into_iter()
            .map(|(_, parent)| parent)
            .filter(|parent| parent.entity().is_some())
            .collect();
        let orphans = writer.delete(&[node.reference]).await?;
        writer
            .collect_orphans(orphans, self.parts.settings.orphans)
            .await?;
        let mut states = writer.tx.source_state(&sources).await?;
        for state in &mut states {
            // Without a hash the documents are gone through although the file is the same.
            state.content_hash = None;
            state.etag = None;
        }
        writer.tx.set_source_state(&states).await?;
        writer.tx.mark_due(&sources, self.parts.clock.now()).await?;
        let seq = writer.commit().await?;
        self.parts.engine.wake();
        Ok(Some((reference, seq)))
    }
}
