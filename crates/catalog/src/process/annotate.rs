//! Annotations that say where an entity comes from (as in `@backstage/plugin-catalog-backend` 4.0.0).

use model::{LocationRef, entity};
use scm::Integrations;
use serde_json::{Map, Value};
use url::Url;

/// Writes on an emitted entity which file and which registered location it comes from. Whatever
/// the author wrote there is replaced; annotations that are no object are left for validation.
pub(crate) fn claim(value: &mut Value, location: &LocationRef, origin: &LocationRef) {
    let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let annotations = metadata
        .entry("annotations")
        .or_insert_with(|| Value::Object(Map::new()));
    if annotations.is_null() {
        *annotations = Value::Object(Map::new());
    }
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.insert(
            entity::MANAGED_BY_ORIGIN_LOCATION.to_owned(),
            origin.to_string().into(),
        );
        annotations.insert(
            entity::MANAGED_BY_LOCATION.to_owned(),
            location.to_string().into(),
        );
    }
}

/// Completes the location annotations, and adds links to the source for what came by URL. What
/// the entity already has stays. Ours come first, as in the original.
pub(super) fn annotate(
    value: &mut Value,
    location: &LocationRef,
    origin: &LocationRef,
    hosts: &Integrations,
) {
    let mut ours = Map::new();
    ours.insert(
        entity::MANAGED_BY_LOCATION.to_owned(),
        location.to_string().into(),
    );
    ours.insert(
        entity::MANAGED_BY_ORIGIN_LOCATION.to_owned(),
        origin.to_string().into(),
    );
    if location.kind == "url" {
        add_links(&mut ours, &location.target, hosts);
    }
    let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    match metadata.get_mut("annotations") {
        None | Some(Value::Null) => {
            let mut first = Map::new();
            first.insert("annotations".to_owned(), Value::Object(ours));
            first.extend(
                std::mem::take(metadata)
                    .into_iter()
                    .filter(|(key, _)| key != "annotations"),
            );
            *metadata = first;
        }
        Some(Value::Object(theirs)) => {
            ours.extend(std::mem::take(theirs));
            *theirs = ours;
        }
        Some(_) => {}
    }
}

fn add_links(annotations: &mut Map<String, Value>, target: &str, hosts: &Integrations) {
    annotations.insert(entity::VIEW_URL.to_owned(), target.into());
    let known = Url::parse(target).is_ok_and(|url| hosts.by_url(&url).is_some());
    if !known {
        return;
    }
    if !names_commit(target) {
        annotations.insert(entity::EDIT_URL.to_owned(), hosts.edit_url(target).into());
    }
    if let Ok(folder) = hosts.resolve_url(target, "./") {
        annotations.insert(entity::SOURCE_LOCATION.to_owned(), format!("url:{folder}").into());
    }
}

/// Whether a word of 40 or more hex digits stands in the text: there is nothing to edit at a commit.
fn names_commit(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|word| {
            word.len() >= 40
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_overwrite_what_the_author_wrote() {
        let mut value = json!({"metadata": {"name": "x", "annotations": {"backstage.io/managed-by-location": "url:evil", "a": "b"}}});
        claim(
            &mut value,
            &LocationRef::new("file", "/a.yaml"),
            &LocationRef::new("file", "/root.yaml"),
        );
        assert_eq!(
            value["metadata"]["annotations"],
            json!({
                "backstage.io/managed-by-location": "file:/a.yaml",
                "a": "b",
                "backstage.io/managed-by-origin-location": "file:/root.yaml",
            })
        );
        let mut broken = json!({"metadata": {"name": "x", "annotations": [1]}});
        claim(
            &mut broken,
            &LocationRef::new("file", "/a"),
            &LocationRef::new("file", "/a"),
        );
        assert_eq!(broken["metadata"]["annotations"], json!([1]));
    }

    #[test]
    fn urls_of_known_hosts_get_links_and_others_only_the_view() {
        let check = |target: &str, expected: &[&str]| {
            let hosts = Integrations::new(&config::IntegrationsSection::default());
            let mut value = json!({"kind": "A", "metadata": {"name": "x"}});
            let location = LocationRef::new("url", target);
            annotate(&mut value, &location, &location, &hosts);
            let keys: Vec<_> = value["metadata"]["annotations"]
                .as_object()
                .unwrap()
                .keys()
                .skip(2)
                .cloned()
                .collect();
            assert_eq!(keys, expected, "{target}");
        };
        check("http://127.0.0.1:9/a.yaml", &["backstage.io/view-url"]);
        check(
            "https://github.com/o/r/blob/main/a.yaml",
            &[
                "backstage.io/view-url",
                "backstage.io/edit-url",
                "backstage.io/source-location",
            ],
        );
        let commit = "0123456789abcdef0123456789abcdef01234567";
        check(
            &format!("https://github.com/o/r/blob/{commit}/a.yaml"),
            &["backstage.io/view-url", "backstage.io/source-location"],
        );
    }
}
