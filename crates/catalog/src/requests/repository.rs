//! The descriptors of a repository, for who has only its address.

use model::Fault;
use serde_json::Value;

use crate::Catalog;

/// Name of descriptors, as the original looks for it.
const DESCRIPTOR: &str = "catalog-info.yaml";
/// Most descriptors that are named; a repository with more is registered by a pattern.
const MOST: usize = 50;

/// What a repository has for the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryDescriptors {
    /// Addresses of its descriptors on the default branch, at most 50.
    pub found: Vec<String>,
    /// Where one belongs that is not there yet.
    pub usual: String,
    /// A descriptor to begin with, as YAML.
    pub proposal: String,
}

impl Catalog {
    /// Whether an address names a whole repository of a configured host.
    pub fn names_repository(&self, address: &str) -> bool {
        self.parts.source.names_repository(address)
    }

    /// Looks for descriptors in all folders of the default branch.
    ///
    /// # Errors
    /// The repository does not exist, may not be read, is empty, or its host does not answer.
    pub async fn descriptors_of(&self, address: &str) -> Result<RepositoryDescriptors, Fault> {
        let contents = self.parts.source.contents_of(address).await?;
        let all = format!("{contents}**/{DESCRIPTOR}");
        let found = self.parts.source.search(&all, None).await?;
        let mut found: Vec<String> = found.files.into_iter().map(|file| file.url).collect();
        // The one at the root is what most people mean.
        found.sort_by_key(|url| (url.len(), url.clone()));
        found.truncate(MOST);
        Ok(RepositoryDescriptors {
            found,
            usual: format!("{contents}{DESCRIPTOR}"),
            proposal: self.proposal(address)?,
        })
    }

    fn proposal(&self, address: &str) -> Result<String, Fault> {
        let analysis = self.analyze_location(address)?;
        let mut entity = analysis["generateEntities"][0]["entity"].clone();
        entity["spec"] =
            serde_json::json!({"type": "service", "lifecycle": "production", "owner": "my-team"});
        if let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("description".to_owned(), "What it does, in one sentence.".into());
        }
        Ok(yaml::to_string(&entity))
    }
}
