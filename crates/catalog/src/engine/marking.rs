//! Marking sources that are to be refreshed now.

use store::{Lane, SourceKey};

use super::failure::EngineError;
use super::{Engine, entity_names, is_location};

impl Engine {
    /// Has these locations refreshed now; unknown ones are ignored.
    pub async fn mark_dirty(&self, locations: &[String]) -> Result<(), EngineError> {
        let context = &self.context;
        let keys = self.sources_among(locations).await?;
        if !keys.is_empty() {
            let mut tx = context.store.write(Lane::Person).await?;
            tx.mark_due(&keys, context.clock.now()).await?;
            tx.commit().await?;
            self.wake();
        }
        Ok(())
    }

    /// The sources of these locations; unknown ones are left out.
    pub async fn sources_among(&self, locations: &[String]) -> Result<Vec<SourceKey>, EngineError> {
        if locations.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.context.store.nodes(locations).await?;
        let locations = known.into_iter().filter(|node| is_location(&node.reference));
        Ok(locations.map(|node| SourceKey::Entity(node.reference)).collect())
    }

    /// Has all sources refreshed now that read something with one of these refresh keys.
    pub async fn refresh_by_keys(&self, keys: &[String]) -> Result<(), EngineError> {
        let store = &self.context.store;
        let references = store.refs_by_refresh_keys(keys).await?;
        if references.is_empty() {
            return Ok(());
        }
        let parents = store.parents(&references).await?;
        let locations: Vec<String> = parents
            .into_iter()
            .filter_map(|(_, parent)| parent.entity().map(str::to_owned))
            .collect();
        self.mark_dirty(&locations).await
    }

    /// Has all local files refreshed: they may have changed unnoticed, and are cheap to read.
    pub async fn refresh_local_files(&self) -> Result<(), EngineError> {
        let store = &self.context.store;
        let states = store.sources().await?;
        let nodes = store.nodes(&entity_names(&states)).await?;
        let is_local = |key: &Option<String>| key.as_deref().is_some_and(|key| key.starts_with("file:"));
        let local: Vec<String> = nodes
            .into_iter()
            .filter(|node| is_local(&node.location_key))
            .map(|node| node.reference)
            .collect();
        self.mark_dirty(&local).await
    }
}
