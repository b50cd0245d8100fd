//! What an entity says about itself: description, tags, profile, links, labels, annotations.

use maud::{Markup, html};
use model::entity;
use serde_json::Value;
use ui::{Card, card, copy_button, definitions, href, icon, tag};

/// Description, tags and where it is written.
pub(crate) fn about(value: &Value) -> Markup {
    let tags: Vec<&str> = entity::tags(value).collect();
    let mut items: Vec<(&str, Markup)> = Vec::new();
    if let Some(mail) = value["spec"]["profile"]["email"].as_str() {
        items.push((
            "Mail",
            html! { a href=(format_args!("mailto:{mail}")) { (mail) } },
        ));
    }
    let targets: Vec<&str> = targets(value).collect();
    if !targets.is_empty() {
        items.push((
            "Targets",
            html! { ul.plain { @for target in &targets { li { (location_link(target)) } } } },
        ));
    }
    if let Some(origin) = entity::annotation(value, entity::MANAGED_BY_LOCATION) {
        let target = origin.split_once(':').map_or(origin, |(_, target)| target);
        items.push(("Defined in", location_link(target)));
    }
    card(
        Card {
            title: "About",
            ..Card::default()
        },
        html! {
            @match entity::description(value).filter(|text| !text.trim().is_empty()) {
                Some(text) => { p.card-lead { (text) } }
                None => { p.card-lead.muted { "Nothing is said about it yet: " code { "metadata.description" } " is empty." } }
            }
            @if !tags.is_empty() {
                div.tags { @for text in tags { (tag(text, Some(&href::with_query("/catalog", [("tag", text)])))) } }
            }
            (definitions(&items))
        },
    )
}

/// What a location leads to.
fn targets(value: &Value) -> impl Iterator<Item = &str> {
    let is_location = entity::kind(value) == Some("Location");
    let one = value["spec"]["target"].as_str();
    let list = value["spec"]["targets"].as_array().into_iter().flatten();
    one.into_iter()
        .chain(list.filter_map(Value::as_str))
        .filter(move |_| is_location)
}

fn location_link(target: &str) -> Markup {
    html! {
        span.origin {
            @match web_address(Some(target)) { Some(address) => { a href=(address) { (target) } } None => { code { (target) } } }
            (copy_button(target, "Copy the location"))
        }
    }
}

/// Addresses that a browser may be led to; a descriptor can hold anything.
pub(crate) fn web_address(text: Option<&str>) -> Option<&str> {
    text.filter(|text| {
        ["https://", "http://", "mailto:"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
    })
}

/// Links of the entity.
pub(crate) fn links(value: &Value) -> Markup {
    let links = value["metadata"]["links"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let shown: Vec<(&str, &str, &str)> = links
        .iter()
        .filter_map(|link| {
            let address = web_address(link["url"].as_str())?;
            let title = link["title"].as_str().unwrap_or(address);
            Some((address, title, link["icon"].as_str().unwrap_or("external")))
        })
        .collect();
    html! {
        @if !shown.is_empty() {
            (card(Card { title: "Links", count: Some(shown.len()), ..Card::default() }, html! {
                ul.link-list { @for (address, title, name) in &shown { li { a href=(address) rel="external noreferrer" { (icon(link_icon(name))) (title) } } } }
            }))
        }
    }
}

fn link_icon(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "dashboard" => "dashboard",
        "docs" | "techdocs" | "article" => "docs",
        "chat" | "help" => "chat",
        "email" => "mail",
        "github" | "gitlab" | "code" | "scaffolder" => "code",
        "group" => "group",
        "user" => "user",
        "catalog" => "catalog",
        "alert" | "warning" => "warning",
        _ => "external",
    }
}

/// Labels and annotations.
pub(crate) fn details(value: &Value) -> Markup {
    let pairs = |title: &str, key: &str| {
        let map = value["metadata"][key].as_object();
        let pairs: Vec<(&String, String)> = map
            .into_iter()
            .flatten()
            .map(|(name, text)| (name, ui::value_text(text)))
            .collect();
        html! {
            @if !pairs.is_empty() {
                (card(Card { title, count: Some(pairs.len()), flush: true, ..Card::default() }, html! {
                    dl.key-values { @for (key, text) in &pairs { div { dt { (key) } dd { (text) } } } }
                }))
            }
        }
    };
    html! { (pairs("Labels", "labels")) (pairs("Annotations", "annotations")) }
}
