//! An entity as it was, and what differs between two of its versions.

use catalog::Version;
use maud::{Markup, html};
use model::EntityRef;
use serde_json::Value;
use ui::{Button, Code, EmptyState, Language, button, code_block, empty_state, href, text_diff};

use crate::pages::cause::short_source;

/// A version as YAML.
pub(crate) struct Shown {
    /// Number of the change that made it.
    pub(crate) seq: i64,
    /// Which version of the entity it is.
    pub(crate) number: usize,
    /// `None` when the entity was not served then.
    pub(crate) yaml: Option<String>,
}

impl Shown {
    /// A version as a page shows it.
    pub(crate) fn of(version: &Version) -> Self {
        Self {
            seq: version.seq,
            number: version.number,
            yaml: version.entity.as_ref().map(yaml::to_string),
        }
    }

    /// The same to be compared: without the tag that follows from the rest, and without paths of the server's disk.
    pub(crate) fn to_compare(mut version: Version) -> Self {
        let metadata = version
            .entity
            .as_mut()
            .and_then(|entity| entity.get_mut("metadata"));
        if let Some(metadata) = metadata.and_then(Value::as_object_mut) {
            metadata.shift_remove("etag");
            let annotations = metadata.get_mut("annotations").and_then(Value::as_object_mut);
            let values = annotations.into_iter().flat_map(|all| all.values_mut());
            for value in values {
                if let Some(file) = value.as_str().filter(|text| text.starts_with("file:/")) {
                    *value = format!("file:{}", short_source(file)).into();
                }
            }
        }
        Self::of(&version)
    }
}

/// An old version as YAML, to be read and copied.
pub(crate) fn version(reference: &EntityRef, shown: &Shown) -> Markup {
    let path = href::entity_tab(reference, "history");
    let changed = format!("{path}?to={}", shown.seq);
    html! {
        div.toolbar {
            h2 { "Version " (shown.number) }
            div.toolbar-end {
                @if shown.number > 1 { (button(Button { label: "What changed", icon: Some("edit"), href: Some(&changed), ..Button::default() })) }
                (all_versions(&path))
            }
        }
        @match &shown.yaml {
            Some(yaml) => { (code_block(Code { title: Some("As it was served"), ..Code::new(yaml, Language::Yaml) })) }
            None => { (empty_state(EmptyState { icon: "trash", title: "The entity was not served", text: "This change removed it.", actions: None })) }
        }
    }
}

/// What differs between two versions. `before` is nothing where the entity did not exist.
pub(crate) fn comparison(reference: &EntityRef, before: Option<&Shown>, after: &Shown) -> Markup {
    let path = href::entity_tab(reference, "history");
    let text = |shown: Option<&Shown>| shown.and_then(|shown| shown.yaml.clone()).unwrap_or_default();
    let (old, new) = (text(before), text(Some(after)));
    let link = |shown: &Shown| html! { a href=(format_args!("{path}?version={}", shown.seq)) { "v" (shown.number) } };
    html! {
        div.toolbar {
            h2 { @if let Some(before) = before { (link(before)) } @else { "nothing" } " → " (link(after)) }
            div.toolbar-end { (all_versions(&path)) }
        }
        @if old == new { p.muted { "The two are the same." } } @else { (text_diff(&old, &new)) }
    }
}

fn all_versions(path: &str) -> Markup {
    button(Button {
        label: "All versions",
        icon: Some("history"),
        href: Some(path),
        ..Button::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn compared_is_what_was_said() {
        let entity = json!({"metadata": {"name": "a", "etag": "1", "annotations": {
            "backstage.io/managed-by-location": "file:/srv/portal/examples/a.yaml", "example.com/x": "file of mine",
        }}});
        let version = Version {
            seq: 7,
            number: 2,
            entity: Some(entity),
        };
        let yaml = Shown::to_compare(version).yaml.unwrap();
        assert!(!yaml.contains("etag") && !yaml.contains("/srv"), "{yaml}");
        assert!(
            yaml.contains("file:examples/a.yaml") && yaml.contains("file of mine"),
            "{yaml}"
        );
    }
}
