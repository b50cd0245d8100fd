//! The entity as text: YAML with a link to the raw form and to the API.

use maud::{Markup, html};
use model::EntityRef;
use serde_json::Value;
use ui::{Button, ButtonKind, Code, Language, Notice, Tone, button, code_block, href, notice};

/// Bytes of YAML that are shown; with colours they are several times as many.
const MAX_SHOWN: usize = 128 << 10;

/// The order in which people write an entity; anything else follows as it is served.
const ORDER: [&str; 6] = ["apiVersion", "kind", "metadata", "spec", "relations", "status"];

/// The same entity with its parts in the order of a descriptor.
pub(super) fn ordered(entity: &Value) -> Value {
    let Value::Object(fields) = entity else {
        return entity.clone();
    };
    let known = ORDER.iter().filter_map(|key| fields.get_key_value(*key));
    let others = fields.iter().filter(|(key, _)| !ORDER.contains(&key.as_str()));
    Value::Object(
        known
            .chain(others)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    )
}

/// As many whole lines as are shown.
fn beginning(yaml: &str) -> &str {
    if yaml.len() <= MAX_SHOWN {
        return yaml;
    }
    let end = yaml.floor_char_boundary(MAX_SHOWN);
    &yaml[..yaml[..end].rfind('\n').map_or(end, |line| line + 1)]
}

/// The YAML tab.
pub(crate) fn yaml_tab(reference: &EntityRef, yaml: &str) -> Markup {
    let shown = beginning(yaml);
    let raw = format!("{}.yaml", href::entity_tab(reference, "raw"));
    let api = href::entity_api(reference);
    let link = |label, icon, address| Button {
        label,
        icon: Some(icon),
        kind: ButtonKind::Ghost,
        href: Some(address),
        ..Button::default()
    };
    html! {
        div.toolbar {
            p.muted { "As it is served, with what the catalog added." }
            div.toolbar-end { (button(link("Raw", "download", &raw))) (button(link("API", "api", &api))) }
        }
        @if shown.len() < yaml.len() {
            (notice(Notice { tone: Tone::Amber, text: "The entity is too long to be shown whole: this is its beginning. The raw form has all of it." }))
        }
        (code_block(Code { title: Some("Entity as YAML"), ..Code::new(shown, Language::Yaml) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_entity_is_shown_from_its_beginning_in_whole_lines() {
        let line = "- ä long line of yaml\n";
        let yaml = line.repeat(100_000);
        let shown = beginning(&yaml);
        assert!(shown.len() <= MAX_SHOWN && shown.len() > MAX_SHOWN - line.len());
        assert!(shown.ends_with('\n'));
        let reference = EntityRef::new("component", "default", "a");
        let page = yaml_tab(&reference, &yaml).into_string();
        assert!(
            page.len() < 2 << 20 && page.contains("too long to be shown whole"),
            "{}",
            page.len()
        );
        assert_eq!(beginning("a: 1"), "a: 1");
    }
}
