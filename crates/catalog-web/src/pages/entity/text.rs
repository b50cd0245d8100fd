//! The entity as text: YAML with a link to the raw form and to the API.

use maud::{Markup, html};
use model::EntityRef;
use serde_json::Value;
use ui::{Button, ButtonKind, Code, Language, button, code_block, href};

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

/// The YAML tab.
pub(crate) fn yaml_tab(reference: &EntityRef, yaml: &str) -> Markup {
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
        (code_block(Code { title: Some("Entity as YAML"), ..Code::new(yaml, Language::Yaml) }))
    }
}
