//! What a task's repository will keep about its beginning, found out when the task begins: the template's commit may be another
//! one when it ends.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog::{Catalog, Sight};
use model::{EntityRef, entity};
use scm::UrlReader;
use serde_json::Value;

use super::making::may_make;
use super::record::Record;
use crate::template::{Step, Template};

static OWN_TEMPLATE: Sight = Sight::system("a repository records the template that it is made from");
/// Longest wait for the template's host.
const LONGEST: Duration = Duration::from_secs(5);

/// Finds out where templates come from.
pub(crate) struct Origins {
    pub(crate) catalog: Catalog,
    pub(crate) reader: UrlReader,
    /// Repositories keep a record.
    pub(crate) is_on: bool,
}

impl Origins {
    /// The record of a task; nothing where it publishes nothing, where the template is not at a Git host, and where that does not
    /// answer: a task does not wait for its record.
    pub(crate) async fn of(
        &self,
        template: &str,
        spec: &Value,
        steps: &[Step],
        secrets: &BTreeMap<String, String>,
    ) -> Option<Record> {
        if !self.is_on || !steps.iter().any(may_make) {
            return None;
        }
        let found = self.found(template).await?;
        let source = source(&found)?.to_owned();
        let pinned = tokio::time::timeout(LONGEST, self.reader.pinned(&source, None)).await;
        let pinned = match pinned {
            Ok(Ok(pinned)) => pinned,
            Ok(Err(fault)) => {
                tracing::warn!(template, %fault, "the commit of a template is not known, so that its repositories keep no record");
                return None;
            }
            Err(_) => {
                tracing::warn!(template, "the host of a template does not say its commit in time");
                return None;
            }
        };
        let record = Record {
            template: template.to_owned(),
            source,
            commit: pinned.commit,
            step: String::new(),
            by: spec["user"]["ref"].as_str().map(str::to_owned),
            parameters: spec["parameters"].clone(),
            hidden: Vec::new(),
            branch: None,
        };
        Some(record.hide(&Template::of(&found).ok()?, secrets))
    }

    async fn found(&self, template: &str) -> Option<Value> {
        let reference: EntityRef = template.parse().ok()?;
        let found = self.catalog.seen_by(&OWN_TEMPLATE).entity(&reference).await;
        found.ok().flatten()
    }
}

/// Where the file of a template lies at a Git host.
fn source(template: &Value) -> Option<&str> {
    entity::annotation(template, entity::MANAGED_BY_LOCATION)?.strip_prefix("url:")
}
