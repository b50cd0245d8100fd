//! Gives entities without `spec.owner` the owner that their repository's `CODEOWNERS` names.

use async_trait::async_trait;
use model::Fault;
use plugin::{Freshness, ProcessContext, Remarks};
use serde_json::{Map, Value};
use url::Url;

use super::repositories::Repositories;
use crate::reader::UrlReader;

/// Kinds that have an owner.
const KINDS: [&str; 5] = ["API", "Component", "Domain", "Resource", "System"];

/// Fills in `spec.owner` from `CODEOWNERS`.
pub struct Processor {
    repositories: Repositories,
}

impl Processor {
    /// A processor that reads through `reader`.
    pub fn new(reader: UrlReader) -> Self {
        Self {
            repositories: Repositories::new(reader),
        }
    }

    async fn owner(&self, target: &str, remarks: &Remarks) -> Result<Option<String>, Fault> {
        let Ok(url) = Url::parse(target) else {
            return Ok(None);
        };
        let Some(integration) = self.repositories.integration(&url) else {
            return Ok(None);
        };
        let Some(file) = self.repositories.file(integration, target).await? else {
            return Ok(None);
        };
        let path = integration.path_in_repository(target)?;
        let asked = (file.clone(), path.clone());
        // Of a large file many patterns are compiled for that.
        let owner = tokio::task::spawn_blocking(move || asked.0.owner(&asked.1)).await;
        match owner.map_err(|error| Fault::error(error.to_string()))? {
            Ok(Some(owner)) => return Ok(Some(owner)),
            Ok(None) => remarks.add(format!("{} was read, and names no owner of {path}", file.url)),
            Err(error) => remarks.add(format!("{} was not used: {error}", file.url)),
        }
        Ok(None)
    }
}

fn lacks_owner(entity: &Value) -> bool {
    let kind = entity["kind"].as_str().unwrap_or_default();
    let owner = entity.get("spec").and_then(|spec| spec.get("owner"));
    let is_empty = matches!(owner, None | Some(Value::Null | Value::Bool(false)))
        || owner.is_some_and(|owner| owner == "" || owner == 0);
    KINDS.contains(&kind) && is_empty
}

#[async_trait]
impl plugin::Processor for Processor {
    fn name(&self) -> &'static str {
        "CodeOwnersProcessor"
    }

    fn freshness(&self, entity: &Value, context: &ProcessContext) -> Freshness {
        if context.location.kind != "url" || !lacks_owner(entity) {
            return Freshness::NotMine;
        }
        Freshness::Depends {
            on: Vec::new(),
            recheck: None,
        }
    }

    async fn pre_process(&self, mut entity: Value, context: &ProcessContext) -> Result<Value, Fault> {
        if self.freshness(&entity, context) == Freshness::NotMine {
            return Ok(entity);
        }
        if let Some(owner) = self.owner(&context.location.target, &context.remarks).await?
            && let Some(map) = entity.as_object_mut()
            && let Some(spec) = map
                .entry("spec")
                .or_insert_with(|| Value::Object(Map::new()))
                .as_object_mut()
        {
            spec.insert("owner".to_owned(), Value::String(owner));
        }
        Ok(entity)
    }
}
