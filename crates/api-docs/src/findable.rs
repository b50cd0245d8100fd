//! Operations of APIs as something to be found: each leads to its place in the definition.

use async_trait::async_trait;
use model::{EntityRef, Fault, entity};
use plugin::{SearchDocument, SearchSource};
use serde_json::{Map, Value};
use ui::href;

use crate::formats::{self, Format, Reading};
use crate::outline::{Group, Operation};
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
        let operations = outline.groups.iter().flat_map(|group| {
            let with_group = move |operation| (group, operation);
            group.operations.iter().map(with_group)
        });
        let documents = operations.take(MOST).enumerate().map(|(at, (group, operation))| {
            let location = location(&reference, at, operation);
            document(&reference, api, group, operation, location)
        });
        Ok(documents.collect())
    }
}

/// Where the operation is shown. What the page leaves out of a long definition, it shows when asked.
fn location(reference: &EntityRef, position: usize, operation: &Operation) -> String {
    let words = Some(operation.signature.as_str()).filter(|_| position >= MAX_ENTRIES);
    let path = href::entity_tab(reference, "api");
    let page = href::with_query(&path, words.map(|words| ("q", words)));
    format!("{page}#{}", operation.anchor)
}

fn document(
    reference: &EntityRef,
    api: &str,
    group: &Group,
    operation: &Operation,
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
    use crate::pages;

    #[test]
    fn every_location_is_on_the_page_it_leads_to() {
        let reference: EntityRef = "api:default/big".parse().expect("a reference");
        let operation = Operation {
            verb: "GET".to_owned(),
            signature: "/things/{id}".to_owned(),
            anchor: "get-things-id".to_owned(),
            ..Operation::default()
        };
        let tab = "/catalog/default/api/big/api";
        assert_eq!(
            location(&reference, 0, &operation),
            format!("{tab}#get-things-id")
        );
        assert_eq!(
            location(&reference, MAX_ENTRIES, &operation),
            format!("{tab}?q=/things/%7Bid%7D#get-things-id")
        );
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
        let Reading::Outline(outline) = formats::read(Format::OpenApi, &text) else {
            panic!("the definition is right");
        };
        let asked = pages::Asked::default();
        let page = pages::definition(Format::OpenApi, &outline, &asked, "/api").0;
        for (document, summary) in documents.iter().zip(["one", "two", "three"]) {
            let (_, anchor) = document.location.split_once('#').expect("an anchor");
            let entry = page
                .split("<details")
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
