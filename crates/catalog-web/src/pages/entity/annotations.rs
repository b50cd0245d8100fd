//! Annotations: those that name a thing elsewhere lead there, the others are folded.

use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{Card, card, href};
use url::Url;

use super::addresses::{harmless, location_address};
use super::source::host_of;

/// What the catalog itself notes about where an entity comes from; the page says it elsewhere.
const OF_THE_CATALOG: [&str; 2] = [entity::MANAGED_BY_LOCATION, entity::MANAGED_BY_ORIGIN_LOCATION];

/// Annotations whose value is the end of an address.
const AT: [(&str, &str); 10] = [
    ("buildkite.com/project-slug", "https://buildkite.com/"),
    ("circleci.com/project-slug", "https://app.circleci.com/pipelines/"),
    ("codecov.io/repo-slug", "https://app.codecov.io/gh/"),
    ("github.com/user-login", "https://github.com/"),
    ("gitlab.com/project-id", "https://gitlab.com/projects/"),
    ("gitlab.com/user-login", "https://gitlab.com/"),
    ("npm/package", "https://www.npmjs.com/package/"),
    (
        "pagerduty.com/service-id",
        "https://app.pagerduty.com/service-directory/",
    ),
    ("quay.io/repository-slug", "https://quay.io/repository/"),
    ("travis-ci.com/repo-slug", "https://app.travis-ci.com/github/"),
];

/// Annotations that name a repository, with the host where the code's own address does not tell it.
const REPOSITORIES: [(&str, Option<&str>); 5] = [
    ("bitbucket.org/project-slug", Some("https://bitbucket.org")),
    ("gitea.com/repo-slug", None),
    ("github.com/project-slug", Some("https://github.com")),
    ("gitlab.com/project-slug", Some("https://gitlab.com")),
    ("gitea.io/repo-slug", None),
];

/// Where an annotation leads; nothing when it is only a word.
pub(crate) fn address_of(value: &Value, key: &str, text: &str) -> Option<String> {
    let text = text.trim();
    if key == "backstage.io/source-template" {
        return text.parse().ok().map(|template| href::entity(&template));
    }
    if let Some(address) = location_address(Some(text)) {
        return harmless(address).map(str::to_owned);
    }
    repository(value, key, text)
        .or_else(|| {
            let (_, start) = AT.iter().find(|(known, _)| *known == key)?;
            Some(format!("{start}{}", path(text)?))
        })
        .or_else(|| of_two_parts(key, text))
        .or_else(|| documentation(value, key, text))
}

fn repository(value: &Value, key: &str, text: &str) -> Option<String> {
    let (_, usual) = REPOSITORIES.iter().find(|(known, _)| *known == key)?;
    let path = path(text)?;
    let host = host_of(value, text).or_else(|| usual.map(str::to_owned))?;
    Some(format!("{host}/{path}"))
}

/// Values that two names make.
fn of_two_parts(key: &str, text: &str) -> Option<String> {
    let (first, second) = text.split_once('/')?;
    let (first, second) = (path(first)?, path(second)?);
    match key {
        "github.com/team-slug" => Some(format!("https://github.com/orgs/{first}/teams/{second}")),
        // The organisation becomes a part of the host, and so may hold nothing that ends one.
        "sentry.io/project-slug"
            if first
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-') =>
        {
            Some(format!("https://{first}.sentry.io/projects/{second}/"))
        }
        _ => None,
    }
}

/// The entity's documentation in the portal.
fn documentation(value: &Value, key: &str, text: &str) -> Option<String> {
    let of = match key {
        "backstage.io/techdocs-ref" => EntityRef::of(value)?,
        "backstage.io/techdocs-entity" => text.parse().ok()?,
        _ => return None,
    };
    Some(format!(
        "{}/",
        href::entity(&of).replacen("/catalog/", "/docs/", 1)
    ))
}

/// A value as part of an address, its slashes kept; nothing for what climbs.
fn path(text: &str) -> Option<String> {
    let text = text.trim_matches('/');
    let parts: Vec<String> = text.split('/').map(href::encode).collect();
    let climbs = text.split('/').any(|part| ["", ".", ".."].contains(&part));
    (!climbs).then(|| parts.join("/").replace("%40", "@"))
}

/// Annotations in a card; nothing when there are none that people wrote.
pub(crate) fn annotations(value: &Value) -> Markup {
    let map = value["metadata"]["annotations"].as_object();
    let all: Vec<(&str, String, Option<String>)> = map
        .into_iter()
        .flatten()
        .filter(|(key, _)| !OF_THE_CATALOG.contains(&key.as_str()))
        .map(|(key, text)| {
            let text = ui::value_text(text);
            let address = address_of(value, key, &text);
            (key.as_str(), text, address)
        })
        .collect();
    let (linked, words): (Vec<_>, Vec<_>) = all.iter().partition(|(.., address)| address.is_some());
    html! {
        @if !all.is_empty() {
            (card(Card { title: "Annotations", count: Some(all.len()), flush: true, ..Card::default() }, html! {
                @if !linked.is_empty() { (lines(&linked)) }
                @if !words.is_empty() {
                    details.folded data-key="annotations" {
                        summary { (words.len()) @if !linked.is_empty() { " more" } @else if words.len() == 1 { " annotation" } @else { " annotations" } }
                        (lines(&words))
                    }
                }
            }))
        }
    }
}

fn lines(lines: &[&(&str, String, Option<String>)]) -> Markup {
    html! {
        dl.key-values {
            @for (key, text, address) in lines {
                div { dt { (key) } dd {
                    @match address { Some(address) => { a href=(address) rel="external noreferrer" { (shown(text)) } } None => { (text) } }
                } }
            }
        }
    }
}

/// A value as it is shown: an address without what every address has.
fn shown(text: &str) -> &str {
    let text = text.strip_prefix("url:").unwrap_or(text);
    match Url::parse(text) {
        Ok(_) => text.strip_prefix("https://").unwrap_or(text),
        Err(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(key: &str, text: &str, expected: Option<&str>) {
        let value = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": {"name": "a", "namespace": "default", "annotations": {
                "backstage.io/source-location": "url:https://git.example.com/o/r/src/branch/main/"}},
        });
        assert_eq!(
            address_of(&value, key, text).as_deref(),
            expected,
            "{key}: {text}"
        );
    }

    #[test]
    fn known_annotations_lead_to_what_they_name() {
        check("github.com/project-slug", "x/y", Some("https://github.com/x/y"));
        // A repository of the same name as the code's is at the code's host.
        check(
            "github.com/project-slug",
            "o/r",
            Some("https://git.example.com/o/r"),
        );
        check(
            "gitlab.com/project-slug",
            "g/s/p",
            Some("https://gitlab.com/g/s/p"),
        );
        check("gitea.com/repo-slug", "o/r", Some("https://git.example.com/o/r"));
        check("gitea.com/repo-slug", "x/y", None);
        check(
            "github.com/team-slug",
            "o/t",
            Some("https://github.com/orgs/o/teams/t"),
        );
        check(
            "pagerduty.com/service-id",
            "P1",
            Some("https://app.pagerduty.com/service-directory/P1"),
        );
        check(
            "sentry.io/project-slug",
            "o/p",
            Some("https://o.sentry.io/projects/p/"),
        );
        check("npm/package", "@x/y", Some("https://www.npmjs.com/package/@x/y"));
        check(
            "quay.io/repository-slug",
            "o/r",
            Some("https://quay.io/repository/o/r"),
        );
        check(
            "backstage.io/techdocs-ref",
            "dir:.",
            Some("/docs/default/component/a/"),
        );
        check(
            "backstage.io/techdocs-entity",
            "system:b",
            Some("/docs/default/system/b/"),
        );
        check(
            "backstage.io/source-template",
            "template:default/t",
            Some("/catalog/default/template/t"),
        );
    }

    #[test]
    fn addresses_are_links_under_any_name() {
        check(
            "example.com/any",
            "https://example.com/d",
            Some("https://example.com/d"),
        );
        check(
            "backstage.io/adr-location",
            "url:https://example.com/d",
            Some("https://example.com/d"),
        );
        check("example.com/any", "a word", None);
        check("example.com/any", "javascript:alert(1)", None);
    }

    #[test]
    fn values_that_would_change_an_address_are_words() {
        check("github.com/project-slug", "../../x", None);
        check("github.com/project-slug", "", None);
        check(
            "npm/package",
            "a?b#c",
            Some("https://www.npmjs.com/package/a%3Fb%23c"),
        );
        check("sentry.io/project-slug", "evil.example.com#/p", None);
        check("sentry.io/project-slug", "p", None);
    }

    #[test]
    fn the_servers_disk_is_not_shown() {
        let value = json!({"kind": "Component", "metadata": {"name": "a", "annotations": {
            "backstage.io/managed-by-location": "file:/srv/portal/a.yaml",
            "backstage.io/managed-by-origin-location": "file:/srv/portal/all.yaml",
            "github.com/project-slug": "x/y", "b": "word", "c": "other"}}});
        let page = annotations(&value).into_string();
        assert!(!page.contains("/srv/"), "{page}");
        assert!(
            page.contains("<summary>2 more</summary>") && page.contains("https://github.com/x/y"),
            "{page}"
        );
        assert_eq!(
            annotations(&json!({"metadata": {"annotations": {
            "backstage.io/managed-by-location": "file:/srv/a"}}}))
            .into_string(),
            ""
        );
    }
}
