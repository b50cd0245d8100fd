//! Each heading of documentation as something to be found.

use std::sync::Arc;

use async_trait::async_trait;
use model::{EntityRef, Fault, FaultKind, entity};
use plugin::{SearchDocument, SearchSource};
use serde_json::{Map, Value};
use ui::href;

use crate::library::Library;
use crate::site::{Rendered, Section, Site};
use crate::source::Source;

/// Headings of one site that can be found.
const MOST: usize = 3_000;

/// The search source.
pub(crate) struct Headings(pub Arc<Library>);

#[async_trait]
impl SearchSource for Headings {
    fn document_type(&self) -> &'static str {
        "techdocs"
    }

    fn title(&self) -> &'static str {
        "Documentation"
    }

    async fn documents(&self, value: &Value) -> Result<Vec<SearchDocument>, Fault> {
        let source = self.0.source_of(value);
        let (Some(reference), Some(source)) = (EntityRef::of(value), source) else {
            return Ok(Vec::new());
        };
        let source = source?;
        let shown = match self.0.look(&source).await {
            // CI has published nothing yet.
            Err(fault) if matches!(source, Source::Published(_)) && fault.is(&FaultKind::NotFound) => {
                return Ok(Vec::new());
            }
            shown => shown?,
        };
        let value = value.clone();
        let made = tokio::task::spawn_blocking(move || documents(&shown.site, &reference, &value));
        made.await.map_err(|error| Fault::error(error.to_string()))
    }
}

fn documents(site: &Site, reference: &EntityRef, value: &Value) -> Vec<SearchDocument> {
    let mut documents = Vec::new();
    for at in 0..site.pages.len() {
        let rendered = site.rendered(at);
        for section in &rendered.sections {
            if documents.len() >= MOST {
                return documents;
            }
            documents.push(document(site, at, &rendered, section, reference, value));
        }
    }
    documents
}

fn document(
    site: &Site,
    at: usize,
    rendered: &Rendered,
    section: &Section,
    reference: &EntityRef,
    value: &Value,
) -> SearchDocument {
    let page = &site.pages[at];
    let heading = section.heading.and_then(|heading| rendered.headings.get(heading));
    let title = heading.map_or(page.title.clone(), |heading| heading.text.clone());
    let anchor = heading
        .map(|heading| format!("#{}", heading.id))
        .unwrap_or_default();
    let path = format!("{}{anchor}", page.url);
    let entity_title = entity::title(value).unwrap_or(reference.name());
    let is_page = heading.is_none_or(|heading| heading.level == 1);
    SearchDocument {
        title: title.clone(),
        names: if title == page.title {
            Vec::new()
        } else {
            vec![page.title.clone()]
        },
        text: section.text.clone(),
        location: location(reference, &page.url, &anchor),
        note: if is_page {
            format!("{entity_title} · documentation")
        } else {
            format!("{entity_title} · {}", page.title)
        },
        weight: match (is_page, section.is_code) {
            (true, _) => 85,
            (false, false) => 70,
            // Words of code say less about a section than those that somebody wrote about it.
            (false, true) => 50,
        },
        fields: fields(value, reference, entity_title, &path),
    }
}

/// The address of a heading, without a slash at the end of its page.
fn location(reference: &EntityRef, url: &str, anchor: &str) -> String {
    let page = format!("{}{url}", base(reference));
    format!("{}{anchor}", page.trim_end_matches('/'))
}

/// Fields of the original's document.
fn fields(value: &Value, reference: &EntityRef, entity_title: &str, path: &str) -> Map<String, Value> {
    let owner = entity::relations(value).find(|(kind, _)| *kind == "ownedBy");
    let owner = owner
        .and_then(|(_, target)| target.rsplit('/').next())
        .unwrap_or_default();
    let kind = entity::spec_type(value).unwrap_or("other");
    [
        ("kind", reference.kind()),
        ("namespace", reference.namespace()),
        ("name", reference.name()),
        ("entityTitle", entity_title),
        ("componentType", kind),
        ("type", kind),
        ("lifecycle", entity::lifecycle(value).unwrap_or_default()),
        ("owner", owner),
        ("path", path),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), Value::from(text)))
    .collect()
}

/// The address of a site, with a slash at the end.
pub(crate) fn base(reference: &EntityRef) -> String {
    let part = |text: &str| href::encode(text);
    format!(
        "/docs/{}/{}/{}/",
        part(reference.namespace()),
        part(reference.kind()),
        part(reference.name())
    )
}
