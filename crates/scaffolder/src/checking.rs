//! What is wrong with templates of the catalog. Their files are read, and the findings kept as long as the entity is the same, for
//! some minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::{EntityRef, FaultKind, Kinds, entity};
use nunjucks::Extensions;
use plugin::{ActionRegistry, Slot};
use serde_json::Value;
use yaml::Limits;

use crate::actions::source::Sources;
use crate::lint::{Finding, Folders, Linter, Subject, fetched};

/// How long findings are shown before the files are read again.
const FRESH: Duration = Duration::from_mins(5);
/// Most templates whose findings are kept.
const MOST: usize = 500;

/// Findings of a template, and the entity and the moment that they are of.
type Kept = (String, Instant, Arc<Vec<Finding>>);

/// Checks templates of the catalog. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Checking {
    actions: Slot<ActionRegistry>,
    filters: Extensions,
    sources: Sources,
    kept: Arc<Mutex<HashMap<EntityRef, Kept>>>,
}

impl Checking {
    pub(crate) fn new(actions: Slot<ActionRegistry>, filters: Extensions, sources: Sources) -> Self {
        Self {
            actions,
            filters,
            sources,
            kept: Arc::default(),
        }
    }

    /// The findings of a template.
    pub(crate) async fn findings(&self, reference: &EntityRef, template: &Value) -> Arc<Vec<Finding>> {
        let version = entity::etag(template).unwrap_or_default().to_owned();
        if let Some((of, at, findings)) = self.lock().get(reference)
            && *of == version
            && at.elapsed() < FRESH
        {
            return findings.clone();
        }
        let findings = Arc::new(self.check(template).await);
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(reference.clone(), (version, Instant::now(), findings.clone()));
        findings
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<EntityRef, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn check(&self, template: &Value) -> Vec<Finding> {
        let registry = self.actions.get().cloned().unwrap_or_default();
        let linter = Linter::new(registry, self.filters.clone(), Kinds::builtin());
        let base = own_file(template);
        let text = match &base {
            Some(base) => self.sources.text_at(base).await.ok(),
            None => None,
        };
        let document = text.as_deref().and_then(|text| document(text, template));
        let name = base.as_deref().and_then(|base| base.rsplit('/').next());
        let subject = Subject {
            file: name.unwrap_or("template"),
            text: document.map(|(text, _)| text),
            line: document.map_or(1, |(_, line)| line),
            entity: template,
        };
        linter.lint_served(subject, &self.folders(base.as_deref(), template).await)
    }

    /// What the steps fetch from beside the template. What a host does not give now is not judged.
    async fn folders(&self, base: Option<&str>, template: &Value) -> Folders {
        let mut folders = Folders::new();
        let Some(base) = base else { return folders };
        for address in fetched(template) {
            let read = self.sources.beside(base, &address).await;
            let is_judged = match &read {
                Ok(_) => true,
                Err(fault) => fault.is(&FaultKind::NotAllowed) && base.starts_with("file:"),
            };
            if is_judged {
                folders.insert(address, read);
            }
        }
        folders
    }
}

/// Where the template's own file lies.
fn own_file(template: &Value) -> Option<String> {
    let location = entity::annotation(template, entity::MANAGED_BY_LOCATION)?;
    match location.split_once(':')? {
        ("url", target) => Some(target.to_owned()),
        ("file", target) => Some(format!("file://{target}")),
        _ => None,
    }
}

/// The document of a template in a file: its text, and the line with which it begins.
fn document<'t>(text: &'t str, template: &Value) -> Option<(&'t str, usize)> {
    let documents = yaml::parse(text, &Limits::default());
    let is_it = |value: &Value| {
        entity::kind(value) == entity::kind(template) && entity::name(value) == entity::name(template)
    };
    let index = documents
        .iter()
        .position(|document| document.value.as_ref().is_ok_and(is_it))?;
    let end = documents.get(index + 1).map_or(text.len(), |next| next.offset);
    let found = &documents[index];
    Some((text.get(found.offset..end)?, found.line))
}
