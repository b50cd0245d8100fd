//! The text of a template that is in the catalog: that of its file where it can be read, else its entity written as YAML.

use catalog::Sight;
use model::{EntityRef, Fault, entity};
use serde_json::Value;
use yaml::Limits;

use super::judge::MOST_BYTES;
use crate::pages::Pages;
use crate::template::Template;

/// The text of a template, as the viewer sees it.
pub(super) async fn text(pages: &Pages, sight: &Sight, reference: &EntityRef) -> Result<String, Fault> {
    let missing = || Fault::not_found(format!("There is no template {reference} in the catalog"));
    let entity = entity_of(pages, sight, reference).await?.ok_or_else(missing)?;
    let text = match entity::annotation(&entity, entity::MANAGED_BY_LOCATION) {
        Some(location) => file(pages, location).await,
        None => None,
    };
    let text = text.and_then(|text| document(&text, reference));
    Ok(text.unwrap_or_else(|| yaml::to_string(&as_written(&entity))))
}

/// What relative addresses of a template of the catalog start from.
pub(super) async fn base_url(
    pages: &Pages,
    sight: &Sight,
    reference: &EntityRef,
) -> Result<Option<String>, Fault> {
    let entity = entity_of(pages, sight, reference).await?;
    let template = entity.and_then(|entity| Template::of(&entity).ok());
    Ok(template.and_then(|template| template.base_url))
}

async fn entity_of(pages: &Pages, sight: &Sight, reference: &EntityRef) -> Result<Option<Value>, Fault> {
    if reference.kind() != "template" {
        return Ok(None);
    }
    pages.scaffolder.catalog.seen_by(sight).entity(reference).await
}

/// The text of a location. Where it cannot be read the entity is good enough.
async fn file(pages: &Pages, location: &str) -> Option<String> {
    let (kind, target) = location.split_once(':')?;
    let bytes = match kind {
        "url" => pages
            .scaffolder
            .reader
            .read_url(target, None)
            .await
            .ok()?
            .bytes
            .to_vec(),
        "file" => {
            let size = tokio::fs::metadata(target).await.ok()?.len();
            let fits = usize::try_from(size).is_ok_and(|size| size <= MOST_BYTES);
            if !fits {
                return None;
            }
            tokio::fs::read(target).await.ok()?
        }
        _ => return None,
    };
    let text = String::from_utf8(bytes).ok()?;
    (text.len() <= MOST_BYTES).then_some(text)
}

/// The part of a file that is this template's document; nothing where the file has none.
fn document(text: &str, reference: &EntityRef) -> Option<String> {
    let documents = yaml::parse(text, &Limits::default());
    let is_wanted = |value: &Value| EntityRef::of(value).is_some_and(|known| known == *reference);
    let at = documents
        .iter()
        .position(|document| document.value.as_ref().is_ok_and(is_wanted))?;
    if documents.len() == 1 {
        return Some(text.to_owned());
    }
    let end = documents.get(at + 1).map_or(text.len(), |next| next.offset);
    let part = text.get(documents[at].offset..end)?.trim_end();
    Some(format!("{}\n", part.trim_end_matches("---").trim_end()))
}

/// An entity as people write it, without what the catalog adds.
fn as_written(entity: &Value) -> Value {
    let mut entity = entity.clone();
    let Some(fields) = entity.as_object_mut() else {
        return entity;
    };
    fields.retain(|name, _| !matches!(name.as_str(), "relations" | "status"));
    if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|name, _| !matches!(name.as_str(), "uid" | "etag"));
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.retain(|name, _| !name.starts_with("backstage.io/"));
        }
        metadata.retain(|name, value| {
            name != "annotations" || value.as_object().is_some_and(|all| !all.is_empty())
        });
    }
    entity
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_document_of_a_template_is_found_in_its_file() {
        let reference = EntityRef::new("template", "default", "b");
        let one = "# about\nkind: Template\nmetadata: { name: b }\n";
        assert_eq!(document(one, &reference).as_deref(), Some(one));
        let among = "kind: Group\nmetadata: { name: b }\n---\nkind: Template\nmetadata: { name: b }\n---\nkind: Template\nmetadata: { name: c }\n";
        let found = document(among, &reference);
        assert_eq!(found.as_deref(), Some("kind: Template\nmetadata: { name: b }\n"));
        assert_eq!(document("kind: Secret\n", &reference), None);
    }

    #[test]
    fn what_the_catalog_adds_is_left_out() {
        let entity = json!({
            "kind": "Template", "relations": [], "status": {},
            "metadata": {"name": "b", "uid": "1", "etag": "2", "annotations": {"backstage.io/managed-by-location": "file:x"}},
        });
        assert_eq!(
            as_written(&entity),
            json!({"kind": "Template", "metadata": {"name": "b"}})
        );
    }
}
