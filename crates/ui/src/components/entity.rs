//! Entities in pages: links, lines in lists, and the head of the entity page.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};
use model::EntityRef;

use super::avatar::initials;
use super::badge::kind_tone;
use super::button::copy_button;
use crate::href;
use crate::icon::{icon, kind_icon};

/// A link to an entity: kind icon and title, or the name when it has no title.
pub fn entity_link(reference: &EntityRef, title: Option<&str>) -> Markup {
    entity_link_among(reference, title, false)
}

/// Entities that others of the same list are called like, so that only their references tell them apart.
pub fn twins<'a>(named: impl IntoIterator<Item = (&'a EntityRef, Option<&'a str>)>) -> HashSet<EntityRef> {
    let mut of_name: HashMap<String, Vec<&EntityRef>> = HashMap::new();
    for (reference, title) in named {
        let name = title.unwrap_or(reference.name()).trim().to_lowercase();
        let all = of_name.entry(name).or_default();
        if !all.contains(&reference) {
            all.push(reference);
        }
    }
    let repeated = of_name.into_values().filter(|all| all.len() > 1);
    repeated.flatten().cloned().collect()
}

/// Like [`entity_link`], with the reference behind the title of an entity that has a twin.
pub fn entity_link_among(reference: &EntityRef, title: Option<&str>, is_twin: bool) -> Markup {
    html! {
        a.entity-link href=(href::entity(reference)) title=(reference) {
            span class=(format_args!("kind-icon tone-{}", kind_tone(reference.kind()).as_str())) { (kind_icon(reference.kind())) }
            span.entity-name { (title.unwrap_or(reference.name())) }
            @if is_twin {
                span.entity-namespace { (reference) }
            } @else if title.is_none() && reference.namespace() != "default" {
                span.entity-namespace { (reference.namespace()) }
            }
        }
    }
}

/// A link to an entity that is not in the catalog; its page says what to do.
pub fn missing_link(reference: &EntityRef) -> Markup {
    html! {
        a.entity-link.entity-missing href=(href::entity(reference)) title={ (reference) " is not in the catalog" } {
            span.kind-icon.tone-amber { (icon("warning")) }
            span.entity-name { (reference.name()) }
            span.visually-hidden { "(not in the catalog)" }
        }
    }
}

/// An entity in a list.
#[derive(Debug, Clone)]
pub struct EntityLine {
    /// The entity.
    pub reference: EntityRef,
    /// Its title.
    pub title: Option<String>,
    /// What stands beside the link, for example type or description.
    pub note: Option<String>,
    /// The reference leads to nothing.
    pub missing: bool,
}

/// Entities, one under another.
pub fn entity_lines(lines: &[EntityLine]) -> Markup {
    html! {
        ul.entity-lines {
            @for line in lines {
                li {
                    (entity_link(&line.reference, line.title.as_deref()))
                    @if line.missing { span.badge.tone-amber { "not in the catalog" } }
                    @if let Some(note) = &line.note { span.entity-note { (note) } }
                }
            }
        }
    }
}

/// The head of an entity's page.
#[derive(Debug, Clone)]
pub struct EntityHeader<'a> {
    /// The entity.
    pub reference: &'a EntityRef,
    /// Its title, or its name.
    pub title: &'a str,
    /// Kind as the entity spells it.
    pub kind: &'a str,
    /// One line about it.
    pub description: Option<&'a str>,
    /// Small facts in a row: type, lifecycle, owner, system.
    pub facts: Vec<(&'a str, Markup)>,
    /// Buttons at the right.
    pub actions: Markup,
}

/// The head of an entity's page.
pub fn entity_header(header: &EntityHeader<'_>) -> Markup {
    html! {
        header.entity-header {
            div.entity-mark {
                span class=(format_args!("entity-tile tone-{}", kind_tone(header.kind).as_str())) {
                    @if header.reference.kind() == "user" { span aria-hidden="true" { (initials(header.title)) } } @else { (kind_icon(header.kind)) }
                }
            }
            div.entity-heading {
                div.entity-kind { (header.kind) }
                div.entity-title {
                    h1 { (header.title) }
                    (copy_button(&header.reference.to_string(), "Copy the reference"))
                }
            }
            div.entity-actions { (header.actions) }
            @if let Some(description) = header.description { p.entity-description { (description) } }
            @if !header.facts.is_empty() {
                dl.entity-facts {
                    @for (name, value) in &header.facts { div { dt { (name) } dd { (value) } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_those_that_are_called_the_same_the_reference_is_shown() {
        let reference = |text: &str| text.parse::<EntityRef>().unwrap();
        let all = [
            ("group:default/billing", Some("Billing")),
            ("system:default/billing", None),
            ("system:default/other", Some("Other")),
            ("system:default/other", Some("Other")),
            ("component:a/x", Some("Policy")),
            ("component:b/x", Some("policy ")),
        ]
        .map(|(text, title)| (reference(text), title));
        let found = twins(all.iter().map(|(reference, title)| (reference, *title)));
        let mut found: Vec<String> = found.iter().map(ToString::to_string).collect();
        found.sort();
        assert_eq!(
            found,
            [
                "component:a/x",
                "component:b/x",
                "group:default/billing",
                "system:default/billing"
            ]
        );
        let link = entity_link_among(&all[0].0, all[0].1, true).into_string();
        assert!(link.contains("group:default/billing</span>"), "{link}");
        assert!(
            !entity_link(&all[0].0, all[0].1)
                .into_string()
                .contains("billing</span>")
        );
    }
}
