//! What an entity says about itself: description, tags, links, labels, annotations.

use maud::{Markup, html};
use model::{Place, entity};
use serde_json::Value;
use ui::{Card, card, copy_button, definitions, href, icon, place_text, tag};

use super::addresses::{harmless, location_address, web_address};
use super::annotations::annotations;
use crate::pages::prose::prose;

/// Where an entity is written and what it leads to, as people know these places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// Its file.
    pub(crate) origin: Option<String>,
    /// What a location leads to.
    pub(crate) targets: Vec<String>,
}

impl Places {
    /// Those of an entity; `shown_path` says how a path of the server's disk is shown.
    pub(crate) fn of(value: &Value, shown_path: impl Fn(&str) -> String) -> Self {
        let shown = |target: &str| {
            if target.starts_with('/') {
                shown_path(target)
            } else {
                target.to_owned()
            }
        };
        let origin = entity::annotation(value, entity::MANAGED_BY_LOCATION);
        Self {
            origin: origin.map(|origin| shown(origin.split_once(':').map_or(origin, |(_, target)| target))),
            targets: targets(value).map(shown).collect(),
        }
    }
}

/// Description, tags and where it is written.
pub(crate) fn about(value: &Value, places: &Places) -> Markup {
    let tags: Vec<&str> = entity::tags(value).collect();
    let mut items: Vec<(&str, Markup)> = Vec::new();
    if !places.targets.is_empty() {
        items.push((
            "Targets",
            html! { ul.plain { @for target in &places.targets { li { (location_link(target)) } } } },
        ));
    }
    if let Some(origin) = &places.origin {
        items.push(("Defined in", location_link(origin)));
    }
    let base = location_address(entity::annotation(value, entity::MANAGED_BY_LOCATION));
    card(
        Card {
            title: "About",
            ..Card::default()
        },
        html! {
            @match entity::description(value).filter(|text| !text.trim().is_empty()) {
                Some(text) => { (prose(text, base)) }
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
    let place = Place {
        source: format!("url:{target}"),
        ..Place::default()
    };
    html! {
        span.origin {
            @match web_address(Some(target)) { Some(address) => { a href=(address) title=(address) { (place_text(&place)) } } None => { code { (target) } } }
            (copy_button(target, "Copy the location"))
        }
    }
}

/// Links of the entity. One that may not be followed is told by its title alone.
pub(crate) fn links(value: &Value) -> Markup {
    let links = value["metadata"]["links"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let shown: Vec<(Option<&str>, &str, &str)> = links
        .iter()
        .filter_map(|link| {
            let written = link["url"].as_str()?;
            let title = link["title"].as_str().filter(|title| !title.trim().is_empty());
            let icon = link["icon"].as_str().unwrap_or("external");
            Some((harmless(written), title.unwrap_or(written), icon))
        })
        .collect();
    html! {
        @if !shown.is_empty() {
            (card(Card { title: "Links", count: Some(shown.len()), ..Card::default() }, html! {
                ul.link-list { @for (address, title, name) in &shown { li {
                    @match address {
                        Some(address) => { a href=(address) rel="external noreferrer" { (icon(link_icon(name))) (title) } }
                        None => { span.muted title="Its address is none that is safe to follow" { (title) } }
                    }
                } } }
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
    let labels = value["metadata"]["labels"].as_object();
    let labels: Vec<(&String, String)> = labels
        .into_iter()
        .flatten()
        .map(|(name, text)| (name, ui::value_text(text)))
        .collect();
    html! {
        @if !labels.is_empty() {
            (card(Card { title: "Labels", count: Some(labels.len()), flush: true, ..Card::default() }, html! {
                dl.key-values { @for (key, text) in &labels { div { dt { (key) } dd { (text) } } } }
            }))
        }
        (annotations(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_link_is_listed_and_counted() {
        let link = |url: &str| json!({"url": url, "title": url.split_once(':').map(|(scheme, _)| scheme)});
        let value = json!({"metadata": {"links": [
            link("https://example.com"), link("slack://channel?id=C1"), link("tel:+1555"), link("javascript:alert(1)"), {"title": "no address"},
        ]}});
        let page = links(&value).into_string();
        assert_eq!(page.matches("<li>").count(), 4, "{page}");
        assert_eq!(page.matches("<a href").count(), 3, "{page}");
        assert!(page.contains(&ui::count(4).into_string()), "{page}");
        assert!(
            page.contains("slack://channel?id=C1") && !page.contains("alert"),
            "{page}"
        );
    }

    #[test]
    fn paths_of_the_disk_are_shown_as_the_catalog_says() {
        let value = json!({"kind": "Location", "metadata": {"annotations": {
            "backstage.io/managed-by-location": "file:/srv/portal/a.yaml"}},
            "spec": {"target": "/srv/portal/b.yaml", "targets": ["./c.yaml", "https://example.com/d.yaml"]}});
        let places = Places::of(&value, |path| path.replace("/srv/portal/", ""));
        assert_eq!(places.origin.as_deref(), Some("a.yaml"));
        assert_eq!(
            places.targets,
            ["b.yaml", "./c.yaml", "https://example.com/d.yaml"]
        );
    }
}
