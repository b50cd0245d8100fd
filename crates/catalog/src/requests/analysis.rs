//! What a repository could be registered as.

use model::Fault;
use serde_json::{Map, Value, json};

use crate::Catalog;

impl Catalog {
    /// Proposes a component for the repository of a URL: the answer of `analyze-location`.
    pub fn analyze_location(&self, target: &str) -> Result<Value, Fault> {
        let not_a_url = || Fault::input("The given location.target is not a URL");
        let url = url::Url::parse(target).map_err(|_| not_a_url())?;
        if !url.has_host() {
            return Err(not_a_url());
        }
        let analysis = self.parts.source.integrations().analyze(target)?;
        let mut metadata = Map::new();
        metadata.insert("name".to_owned(), analysis.name.into());
        if let Some((key, value)) = analysis.annotation {
            metadata.insert("annotations".to_owned(), json!({key: value}));
        }
        let entity = json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": metadata,
            "spec": {"type": "other", "lifecycle": "unknown"},
        });
        Ok(json!({"existingEntityFiles": [], "generateEntities": [{"entity": entity, "fields": []}]}))
    }
}
