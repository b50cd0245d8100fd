//! Where the code of an entity is.

use model::entity;
use serde_json::Value;
use url::Url;

use super::addresses::{location_address, web_address};

/// The page of the code: where the descriptor says that it is, and else where the descriptor itself is.
pub(crate) fn source_address(value: &Value) -> Option<&str> {
    location_address(entity::annotation(value, entity::SOURCE_LOCATION))
        .or_else(|| web_address(entity::annotation(value, entity::VIEW_URL)))
        .or_else(|| location_address(entity::annotation(value, entity::MANAGED_BY_LOCATION)))
}

/// The page that edits the descriptor.
pub(crate) fn edit_address(value: &Value) -> Option<&str> {
    web_address(entity::annotation(value, entity::EDIT_URL))
}

/// The Git host of the code, as the beginning of addresses; nothing when the code is nowhere a browser can go, or not of this
/// repository.
pub(super) fn host_of(value: &Value, slug: &str) -> Option<String> {
    let address = Url::parse(source_address(value)?).ok()?;
    let path = address.path().to_ascii_lowercase();
    let slug = format!("/{}", slug.to_ascii_lowercase());
    let rest = path.strip_prefix(&slug)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| address.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn where_the_code_is_leads_before_where_the_descriptor_is() {
        let code = (
            "backstage.io/source-location",
            "url:https://git.example.com/o/code/",
        );
        let view = (
            "backstage.io/view-url",
            "https://git.example.com/o/all/blob/main/a.yaml",
        );
        let managed = (
            "backstage.io/managed-by-location",
            "url:https://git.example.com/o/all/raw/a.yaml",
        );
        let disk = ("backstage.io/source-location", "file:/srv/a/");
        for (annotations, expected) in [
            (vec![managed, view, code], Some("https://git.example.com/o/code/")),
            (vec![managed, view], Some(view.1)),
            (vec![managed, view, disk], Some(view.1)),
            (vec![managed], Some("https://git.example.com/o/all/raw/a.yaml")),
            (vec![disk], None),
            (vec![], None),
        ] {
            let annotations: serde_json::Map<String, Value> = annotations
                .iter()
                .map(|(key, text)| ((*key).to_owned(), json!(text)))
                .collect();
            let value = json!({"metadata": {"annotations": annotations}});
            assert_eq!(source_address(&value), expected, "{value}");
        }
    }

    #[test]
    fn the_host_of_a_repository_is_where_its_code_is() {
        let value = json!({"metadata": {"annotations": {
            "backstage.io/source-location": "url:https://git.example.com:8443/O/Code/tree/main/"}}});
        assert_eq!(
            host_of(&value, "o/code").as_deref(),
            Some("https://git.example.com:8443")
        );
        assert_eq!(host_of(&value, "o/co"), None);
        assert_eq!(host_of(&json!({}), "o/code"), None);
    }
}
