//! Refreshing the sources that read addresses whose content changed, for webhooks.

use model::Fault;

use super::reports::addresses;
use crate::Catalog;
use crate::engine::{EngineError, entity_names};

impl Catalog {
    /// Has every source refreshed now that reads an address which `fits`: as one of its targets, or because one of its
    /// entities takes in the file. Answers how many sources and files these are.
    pub async fn refresh_addresses(&self, fits: impl Fn(&str) -> bool + Send) -> Result<usize, Fault> {
        let store = &self.parts.store;
        let states = store.sources().await.map_err(EngineError::from)?;
        let nodes = store
            .nodes(&entity_names(&states))
            .await
            .map_err(EngineError::from)?;
        let mut sources = Vec::new();
        for node in nodes {
            let addresses = addresses(&node, &self.parts);
            if addresses
                .iter()
                .filter_map(|one| one.strip_prefix("url:"))
                .any(&fits)
            {
                sources.push(node.reference);
            }
        }
        let files = store.refresh_addresses().await.map_err(EngineError::from)?;
        let files = files.into_iter().filter(|address| fits(address));
        let files: Vec<String> = files.map(|address| format!("url:{address}")).collect();
        self.mark_dirty(&sources).await?;
        self.refresh_by_keys(&files).await?;
        Ok(sources.len() + files.len())
    }
}
