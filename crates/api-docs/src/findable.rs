//! Operations of APIs as something to be found: each leads to its place in the definition.

use async_trait::async_trait;
use model::{EntityRef, Fault, entity};
use plugin::{SearchDocument, SearchSource};
use serde_json::{Map, Value};
use ui::href;

use crate::formats::{self, Format, Reading};
use crate::outline::{Entry, Group, Sort};
use crate::pages::MAX_ENTRIES;

/// Operations of one definition that are made findable.
const MOST: usize = 2_000;

/// The search source.
pub(crate) struct Operations;

#[async_trait]
impl SearchSource for Operations {
    fn document_type(&self) -> &'static str {
        "api-operation"
    }

    fn title(&self) -> &'static str {
        "API operations"
    }

    async fn documents(&self, value: &Value) -> Result<Vec<SearchDocument>, Fault> {
        let definition = value.pointer("/spec/definition").and_then(Value::as_str);
        let (Some(reference), Some(text)) = (EntityRef::of(value), definition) else {
            return Ok(Vec::new());
        };
        let format = Format::of(entity::spec_type(value).unwrap_or_default(), text);
        let text = text.to_owned();
        // A large definition takes a while; other work goes on meanwhile.
        let reading = tokio::task::spawn_blocking(move || formats::read(format, &text)).await;
        let Ok(Reading::Outline(outline)) = reading else {
            return Ok(Vec::new());
        };
        let api = entity::title(value).unwrap_or(reference.name());
        let is_long = outline.entry_count() > MAX_ENTRIES;
        let operations = outline
            .entries()
            .filter(|(group, _)| group.sort == Sort::Operation);
        let documents = operations.take(MOST).map(|(group, operation)| {
            let location = location(&reference, is_long, operation);
            document(&reference, api, group, operation, location)
        });
        Ok(documents.collect())
    }
}

/// Where the operation is shown: on the page of the whole definition, or of a long one on a page of its own.
fn location(reference: &EntityRef, is_long: bool, operation: &Entry) -> String {
    let path = href::entity_tab(reference, "api");
    if is_long {
        format!("{path}/entry/{}", operation.anchor)
    } else {
        format!("{path}#{}", operation.anchor)
    }
}

fn document(
    reference: &EntityRef,
    api: &str,
    group: &Group,
    operation: &Entry,
    location: String,
) -> SearchDocument {
    let mut fields = Map::new();
    let mut add = |name: &str, text: &str| fields.insert(name.to_owned(), text.into());
    add("kind", "API");
    add("namespace", reference.namespace());
    add("name", reference.name());
    add("verb", &operation.verb);
    SearchDocument {
        title: format!("{} {}", operation.verb.to_uppercase(), operation.signature),
        names: [operation.name.clone(), operation.signature.clone()]
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect(),
        text: [&operation.summary, &operation.description, &group.name]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" · "),
        location,
        note: format!("{api} · operation"),
        weight: if operation.deprecated { 60 } else { 80 },
        fields,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pages::{Definition, Place};

    #[tokio::test]
    async fn every_location_is_on_the_page_it_leads_to() {
        for count in [2, MAX_ENTRIES + 1] {
            let paths: Map<String, Value> = (0..count)
                .map(|number| (format!("/things/{number}"), json!({"get": {"summary": "s"}})))
                .collect();
            let text = json!({"openapi": "3.0.0", "info": {"title": "t"}, "paths": paths}).to_string();
            let value = json!({
                "kind": "API", "metadata": {"name": "big"}, "spec": {"type": "openapi", "definition": text},
            });
            let definition = Definition::read("openapi", &text);
            let tab = "/catalog/default/api/big/api";
            let documents = Operations.documents(&value).await.expect("documents");
            assert_eq!(documents.len(), count);
            for document in documents {
                let rest = document
                    .location
                    .strip_prefix(tab)
                    .expect("an address of the tab");
                let (rest, anchor) = rest.split_once('#').unwrap_or((rest, ""));
                let page = definition.page(&Place::default(), rest.trim_start_matches('/'), "");
                let page = page.expect("a page").into_string();
                assert!(page.contains(&format!("id=\"{anchor}\"")) || page.contains("api-entry"));
            }
        }
    }

    #[tokio::test]
    async fn operations_that_read_alike_are_found_each_at_its_own_place() {
        let get = |summary: &str| json!({"get": {"summary": summary}});
        let paths = json!({"/a/{id}": get("one"), "/a/id": get("two"), "/A-id": get("three")});
        let text = json!({"openapi": "3.0.0", "info": {"title": "t"}, "paths": paths}).to_string();
        let value = json!({
            "kind": "API", "metadata": {"name": "twins"}, "spec": {"type": "openapi", "definition": text},
        });
        let documents = Operations.documents(&value).await.expect("documents");
        let definition = Definition::read("openapi", &text);
        let page = definition
            .page(&Place::default(), "", "")
            .expect("a page")
            .into_string();
        for (document, summary) in documents.iter().zip(["one", "two", "three"]) {
            let (_, anchor) = document.location.split_once('#').expect("an anchor");
            let entry = page
                .split("<details class=\"api-operation")
                .find(|entry| entry.contains(&format!("id=\"{anchor}\"")));
            assert!(
                entry.is_some_and(|entry| entry.contains(summary)),
                "{summary} at {anchor}"
            );
            assert_eq!(page.matches(&format!("id=\"{anchor}\"")).count(), 1);
        }
        assert_eq!(documents.len(), 3);
    }
}
