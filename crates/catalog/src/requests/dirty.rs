//! Marking sources that must be read again, and deleting single entities.

use std::collections::HashSet;

use model::{Actor, Fault, js};
use store::{Lane, Seq, SourceKey};
use uuid::Uuid;

use super::{Asked, cause};
use crate::Catalog;
use crate::engine::{EngineError, Writer};

/// Most steps from an entity up to its locations.
const MAX_ANCESTRY: usize = 32;

impl Catalog {
    /// Has these locations read again now; unknown ones are ignored. For watches and webhooks.
    pub async fn mark_dirty(&self, locations: &[String]) -> Result<(), Fault> {
        Ok(self.parts.engine.mark_dirty(locations).await?)
    }

    /// Has these locations refreshed now, and keeps together with that who asked for it.
    pub(super) async fn mark(&self, locations: &[String], asked: &Asked<'_>) -> Result<(), EngineError> {
        let keys = self.parts.engine.sources_among(locations).await?;
        let mut tx = self.parts.store.write(Lane::Person).await?;
        tx.mark_due(&keys, self.parts.clock.now()).await?;
        self.audit(&mut tx, asked).await?;
        tx.commit().await?;
        self.parts.engine.wake();
        Ok(())
    }

    /// Has an entity and all locations above it read again now. The reference is taken as text, only
    /// lower-cased. Fails with `NotFoundError` for an unknown entity.
    pub(crate) async fn refresh(&self, asked: &Asked<'_>, entity_ref: &str) -> Result<(), Fault> {
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
        self.mark(&locations, asked).await.map_err(Into::into)
    }

    /// Has all sources that used these refresh keys read again now.
    pub async fn refresh_by_keys(&self, keys: &[String]) -> Result<(), Fault> {
        Ok(self.parts.engine.refresh_by_keys(keys).await?)
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
        let mut asked = Asked {
            actor,
            action: "catalog.entity.delete",
            subject: uid.to_string(),
        };
        let outcome = self.delete_entity(&mut asked, uid).await.map_err(Into::into);
        let Some((reference, seq)) = self.attempted(&asked, outcome).await? else {
            return Ok(None);
        };
        let back = self.bring_back_location(&reference).await?;
        Ok(back.or(seq))
    }

    /// The name of the deleted entity, and the last change. The name is the subject as soon as it is known.
    async fn delete_entity(
        &self,
        asked: &mut Asked<'_>,
        uid: Uuid,
    ) -> Result<Option<(String, Option<Seq>)>, EngineError> {
        let mut writer =
            Writer::begin(&self.parts, Lane::Person, cause(asked.actor, "delete entity")).await?;
        let Some(node) = writer.tx.nodes_by_uid(&[uid]).await?.pop() else {
            return Ok(None);
        };
        let reference = node.reference.clone();
        asked.subject.clone_from(&reference);
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
        self.audit(&mut writer.tx, asked).await?;
        let seq = writer.commit().await?;
        self.parts.engine.wake();
        Ok(Some((reference, seq)))
    }
}
