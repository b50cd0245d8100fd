//! Gives entities without `spec.owner` the owner that their repository's `CODEOWNERS` names.

use async_trait::async_trait;
use model::Fault;
use plugin::{Freshness, ProcessContext};
use serde_json::{Map, Value};
use url::Url;

use super::{CodeOwners, candidates};
use crate::git_url::GitUrl;
use crate::reader::UrlReader;

/// Kinds that have an owner.
const KINDS: [&str; 5] = ["API", "Component", "Domain", "Resource", "System"];

/// Fills in `spec.owner` from `CODEOWNERS`.
pub struct Processor {
    reader: UrlReader,
}

impl Processor {
    /// A processor that reads through `reader`.
    pub fn new(reader: UrlReader) -> Self {
        Self { reader }
    }

    async fn owner(&self, target: &str) -> Result<Option<String>, Fault> {
        let Ok(url) = Url::parse(target) else {
            return Ok(None);
        };
        let integrations = self.reader.integrations();
        let Some(integration) = integrations.by_url(&url) else {
            return Ok(None);
        };
        let mut failure = None;
        for path in candidates(integration.kind()) {
            let file = integrations.resolve_url(target, &format!("/{path}"))?;
            match self.reader.read_url(&file, None).await {
                Ok(read) => {
                    let owners = CodeOwners::parse(&String::from_utf8_lossy(&read.bytes));
                    return Ok(owners.owner(&path_within(integration.kind(), target)?));
                }
                Err(fault) if fault.name == "NotFoundError" => {}
                Err(fault) => failure = Some(fault),
            }
        }
        failure.map_or(Ok(None), Err)
    }
}

/// The catalog file's path in its repository. On Gitea the reference has a word before it.
fn path_within(kind: &str, target: &str) -> Result<String, Fault> {
    let file = GitUrl::parse_safe(target)?.file;
    let without_reference = file.split_once('/').filter(|_| kind == "gitea");
    Ok(without_reference
        .map_or(file.as_str(), |(_, path)| path)
        .to_owned())
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
        if let Some(owner) = self.owner(&context.location.target).await?
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
