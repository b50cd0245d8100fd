//! The entity as text: YAML with a link to the raw form and to the API.

use maud::{Markup, html};
use model::EntityRef;
use ui::{Button, ButtonKind, Code, Language, button, code_block, href};

/// The YAML tab.
pub(crate) fn yaml_tab(reference: &EntityRef, yaml: &str) -> Markup {
    let raw = format!("{}.yaml", href::entity_tab(reference, "raw"));
    let api = href::entity_api(reference);
    let link = |label, icon, address| Button {
        label,
        icon: Some(icon),
        kind: ButtonKind::Ghost,
        href: Some(address),
        value: None,
    };
    html! {
        div.toolbar {
            p.muted { "As it is served, with what the catalog added." }
            div.toolbar-end { (button(link("Raw", "download", &raw))) (button(link("API", "api", &api))) }
        }
        (code_block(Code { title: Some("Entity as YAML"), ..Code::new(yaml, Language::Yaml) }))
    }
}
