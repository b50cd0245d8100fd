//! An entity as it was, and what differs between two of its versions.

use catalog::Version;
use maud::{Markup, html};
use model::EntityRef;
use ui::{Button, Code, EmptyState, Language, button, code_block, empty_state, href, text_diff};

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
