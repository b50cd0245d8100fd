//! Operations of APIs as something to be found: each leads to its place in the definition.

use async_trait::async_trait;
use model::{EntityRef, Fault, entity};
use plugin::{SearchDocument, SearchSource};
use serde_json::{Map, Value};
use ui::href;

use crate::formats::{self, Format, Reading};
use crate::outline::{Group, Operation};

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
        let documents = operations
            .take(MOST)
            .map(|(group, operation)| document(&reference, api, group, operation));
        Ok(documents.collect())
    }
}

fn document(reference: &EntityRef, api: &str, group: &Group, operation: &Operation) -> SearchDocument {
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
        location: format!("{}#{}", href::entity_tab(reference, "api"), operation.anchor()),
        note: format!("{api} · operation"),
        weight: if operation.deprecated { 60 } else { 80 },
        fields,
    }
}
