//! What the gallery looks like.

use std::collections::HashSet;

use catalog::browse::{Known, Named, title_of};
use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{
    Badge, Button, ButtonKind, Card, Code, EmptyState, Facet, FacetOption, Facets, Language, Tab, Tone,
    badge, button, card, code_block, empty_state, entity_link, facet_panel, icon, search_field, segmented,
    star_button, tag,
};

use super::{FILTERS, GalleryState};
use crate::pages::address;

/// Everything that the page shows.
pub(in crate::pages) struct Gallery {
    pub state: GalleryState,
    pub templates: Vec<Value>,
    /// Templates that fit, also those beyond the page.
    pub total: usize,
    /// The catalog has no template at all.
    pub is_empty: bool,
    /// Per filter: values with the number of templates that the other filters leave.
    pub facets: [Vec<(String, usize)>; 3],
    /// How many templates fit: of all, and of those that the viewer starred.
    pub scopes: [usize; 2],
    /// References of what the viewer starred.
    pub starred: HashSet<String>,
    /// The viewer may edit templates.
    pub can_edit: bool,
    /// What is known of owners.
    pub known: Named,
}

/// How a template comes into the catalog.
const LOCATION: &str = "catalog:\n  rules:\n    - allow: [Component, API, Resource, System, Domain, Group, User, Location, Template]\n  locations:\n    - type: url\n      target: https://gitea.example.com/platform/templates/src/branch/main/templates.yaml\n";

/// The whole content of the page.
pub(in crate::pages) fn gallery(gallery: &Gallery) -> Markup {
    html! {
        div.page-head {
            h1 { "Create" }
            @if !gallery.is_empty { (scopes(gallery)) }
            div.page-actions {
                (button(Button { label: "Tasks", icon: Some("history"), href: Some("/create/tasks"), ..Button::default() }))
                (button(Button { label: "Projects", icon: Some("sources"), href: Some("/create/projects"), ..Button::default() }))
                @if gallery.can_edit { (button(Button { label: "Edit a template", icon: Some("edit"), href: Some("/create/edit"), ..Button::default() })) }
                (button(Button { label: "Actions", icon: Some("code"), href: Some("/create/actions"), ..Button::default() }))
            }
        }
        @if gallery.is_empty { (no_template()) } @else {
            p.page-lead { "Choose what to start from. A template asks for a few values, shows what it will do, and does it." }
            div.with-facets {
                (facet_panel(&facets(gallery)))
                div { (toolbar(&gallery.state)) div data-results { (results(gallery)) } }
            }
        }
    }
}

/// All templates, or the starred ones.
fn scopes(gallery: &Gallery) -> Markup {
    let tab = |title: &str, is_starred: bool| Tab {
        count: Some(gallery.scopes[usize::from(is_starred)]),
        ..Tab::new(
            title,
            gallery.state.scoped(is_starred).href(),
            gallery.state.is_starred == is_starred,
        )
    };
    segmented("Which templates", &[tab("All", false), tab("Starred", true)])
}

fn toolbar(state: &GalleryState) -> Markup {
    let pairs = state.kept();
    let kept: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    html! { div.toolbar { (search_field("/create", "q", &state.text, "Filter by name or title", &kept)) } }
}

fn results(gallery: &Gallery) -> Markup {
    if gallery.templates.is_empty() {
        let actions = button(Button {
            label: "Show all templates",
            icon: Some("close"),
            href: Some("/create"),
            ..Button::default()
        });
        let is_star_missing = gallery.state == GalleryState::default().scoped(true);
        let (icon, title, text) = if is_star_missing {
            (
                "star",
                "Nothing starred here",
                "Star the templates that you use, and find them again here.",
            )
        } else {
            (
                "filter",
                "No template matches",
                "No template has all that was asked for.",
            )
        };
        return empty_state(EmptyState {
            icon,
            title,
            text,
            actions: Some(actions),
        });
    }
    let beyond = gallery.total.saturating_sub(gallery.templates.len());
    html! {
        ul.template-grid { @for template in &gallery.templates { (template_card(template, gallery)) } }
        @if beyond > 0 { p.muted { "And " (beyond) " more; filter or search to see them." } }
    }
}

fn template_card(template: &Value, gallery: &Gallery) -> Markup {
    let known = &gallery.known;
    let Some(reference) = EntityRef::of(template) else {
        return html! {};
    };
    let title = entity::title(template).unwrap_or(reference.name());
    let text = reference.to_string();
    let is_starred = gallery.starred.contains(&text);
    let owner = entity::relations(template).find(|(kind, _)| *kind == "ownedBy");
    let owner = owner.and_then(|(_, owner)| owner.parse::<EntityRef>().ok());
    html! {
        li.template-card data-key=(reference) {
            div.template-head {
                span.kind-icon.tone-violet { (icon("template")) }
                h2 { a href=(address::wizard(&reference)) { (title) } }
                @if let Some(kind) = entity::spec_type(template) {
                    (badge(Badge { text: kind, tone: Tone::Neutral, ..Badge::default() }))
                }
                (star_button(&text, is_starred, &gallery.state.href()))
            }
            p.template-description { (entity::description(template).unwrap_or("No description.")) }
            div.template-foot {
                @if let Some(owner) = &owner {
                    @match known.get(owner) {
                        Some(Known::Hidden) => {}
                        _ => { (entity_link(owner, title_of(known, owner))) }
                    }
                }
                span.tags-line {
                    @for word in entity::tags(template).take(3) {
                        (tag(word, Some(&ui::href::with_query("/create", [("tag", word)]))))
                    }
                }
            }
        }
    }
}

fn facets(gallery: &Gallery) -> Facets {
    let state = &gallery.state;
    let groups = FILTERS.iter().enumerate().map(|(at, (_, _, title))| {
        let mut cleared = state.clone();
        cleared.chosen[at].clear();
        Facet {
            title: (*title).to_owned(),
            options: options(gallery, at),
            shown: 8,
            clear: (!state.chosen[at].is_empty()).then(|| cleared.href()),
        }
    });
    let active = state.chosen.iter().map(Vec::len).sum();
    Facets {
        groups: groups.collect(),
        clear: (active > 0).then(|| GalleryState::default().scoped(state.is_starred).href()),
        active,
    }
}

fn options(gallery: &Gallery, at: usize) -> Vec<FacetOption> {
    let state = &gallery.state;
    let label = |value: &str| match value.parse::<EntityRef>() {
        Ok(owner) if FILTERS[at].0 == "owner" => title_of(&gallery.known, &owner)
            .unwrap_or(owner.name())
            .to_owned(),
        _ => value.to_owned(),
    };
    let is_chosen = |value: &str| state.chosen[at].contains(&model::js::lowercase(value));
    let mut values: Vec<(String, usize)> = gallery.facets[at].clone();
    for chosen in &state.chosen[at] {
        if !values
            .iter()
            .any(|(value, _)| model::js::lowercase(value) == *chosen)
        {
            values.push((chosen.clone(), 0));
        }
    }
    values.sort_by(|left, right| {
        let rank = |one: &(String, usize)| (!is_chosen(&one.0), usize::MAX - one.1);
        rank(left).cmp(&rank(right)).then_with(|| left.0.cmp(&right.0))
    });
    let option = |(value, count): (String, usize)| FacetOption {
        label: label(&value),
        count: Some(count),
        href: state.toggled(at, &model::js::lowercase(&value)).href(),
        selected: is_chosen(&value),
    };
    values.into_iter().map(option).collect()
}

fn no_template() -> Markup {
    let actions = html! {
        (button(Button { label: "Register a template", icon: Some("plus"), kind: ButtonKind::Primary, href: Some("/catalog-import"), ..Button::default() }))
        (button(Button { label: "Look at the sources", href: Some("/sources"), ..Button::default() }))
    };
    html! {
        (empty_state(EmptyState {
            icon: "template",
            title: "No template yet",
            text: "A template is an entity of the kind Template. Register its file by its address, or add a location to the configuration that may bring templates.",
            actions: Some(actions),
        }))
        div.template-help {
            (card(Card { title: "In the configuration", ..Card::default() }, code_block(Code { title: Some("app-config.yaml"), ..Code::new(LOCATION, Language::Yaml) })))
        }
    }
}
