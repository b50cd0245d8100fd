//! Whom to ask about an entity: its owners with mail, chat and who is on call.

use catalog::browse::shown_title;
use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{Card, avatar, card, entity_link, icon, missing_link};
use url::Url;

use super::addresses::{harmless, web_address};
use super::annotations::address_of;

/// Ways of one kind that are shown of one contact.
const WAYS: usize = 3;
/// Hosts of programs to talk in.
const CHAT_HOSTS: [&str; 7] = [
    "chat.google.com",
    "discord.com",
    "discord.gg",
    "element.io",
    "matrix.to",
    "slack.com",
    "teams.microsoft.com",
];
/// Schemes of the same.
const CHAT_SCHEMES: [&str; 7] = ["irc", "ircs", "matrix", "msteams", "sgnl", "slack", "xmpp"];
/// Hosts that tell who is on call.
const ON_CALL_HOSTS: [&str; 3] = ["incident.io", "opsgenie.com", "pagerduty.com"];
/// Annotations that name somebody to call, and what their words are of.
const ON_CALL: [(&str, &str); 6] = [
    ("grafana.com/oncall-team", "Grafana"),
    ("opsgenie.com/component-selector", "Opsgenie"),
    ("opsgenie.com/team", "Opsgenie"),
    ("pagerduty.com/escalation-policy-id", "PagerDuty"),
    ("pagerduty.com/service-id", "PagerDuty"),
    ("pagerduty.com/team-id", "PagerDuty"),
];

/// A way to reach somebody: what it is called, and where it leads, if anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    title: String,
    address: Option<String>,
}

/// Somebody to ask.
#[derive(Debug, Clone)]
pub(crate) struct Contact {
    reference: EntityRef,
    title: Option<String>,
    picture: Option<String>,
    mail: Option<String>,
    chat: Vec<Way>,
    on_call: Vec<Way>,
    is_missing: bool,
}

impl Contact {
    /// What an owner says about itself; nothing is known of one that is not in the catalog.
    pub(crate) fn of(reference: &EntityRef, value: Option<&Value>) -> Self {
        let value = value.unwrap_or(&Value::Null);
        let profile = |key: &str| {
            value["spec"]["profile"][key]
                .as_str()
                .filter(|text| !text.trim().is_empty())
        };
        Self {
            reference: reference.clone(),
            title: shown_title(value).map(str::to_owned),
            // Others would come from elsewhere, which the pages forbid.
            picture: profile("picture")
                .filter(|picture| is_inline_picture(picture))
                .map(str::to_owned),
            mail: profile("email").map(str::to_owned),
            chat: chat(value),
            on_call: on_call(value),
            is_missing: value.is_null(),
        }
    }

    fn has_ways(&self) -> bool {
        self.mail.is_some() || !self.chat.is_empty() || !self.on_call.is_empty()
    }
}

fn is_inline_picture(text: &str) -> bool {
    ["png", "jpeg", "gif", "webp"].iter().any(|kind| {
        text.strip_prefix("data:image/")
            .is_some_and(|rest| rest.starts_with(kind))
    })
}

fn has_host(address: &str, hosts: &[&str]) -> bool {
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    hosts.iter().any(|known| {
        host.strip_suffix(known)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

fn is_chat(address: &str, icon: &str) -> bool {
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_program = CHAT_SCHEMES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme));
    icon.eq_ignore_ascii_case("chat") || is_program || has_host(address, &CHAT_HOSTS)
}

fn is_on_call(address: &str, title: &str) -> bool {
    let title = title.to_ascii_lowercase().replace('-', " ");
    title.contains("on call") || title.contains("oncall") || has_host(address, &ON_CALL_HOSTS)
}

/// The links of an entity that are of some use.
fn chosen(value: &Value, is_chosen: impl Fn(&str, &str, &str) -> bool) -> Vec<Way> {
    let links = value["metadata"]["links"].as_array().into_iter().flatten();
    let ways = links.filter_map(|link| {
        let address = harmless(link["url"].as_str()?)?;
        let title = link["title"].as_str().unwrap_or(address);
        let icon = link["icon"].as_str().unwrap_or_default();
        is_chosen(address, title, icon).then(|| Way {
            title: title.to_owned(),
            address: Some(address.to_owned()),
        })
    });
    ways.collect()
}

/// Where to talk with somebody: links, and annotations that name a channel.
fn chat(value: &Value) -> Vec<Way> {
    let mut ways = chosen(value, |address, _, icon| is_chat(address, icon));
    let annotations = value["metadata"]["annotations"].as_object().into_iter().flatten();
    ways.extend(annotations.filter_map(|(key, text)| {
        let text = text.as_str()?.trim();
        let is_channel =
            ["slack", "msteams", "chat"].iter().any(|word| key.contains(word)) && text.starts_with('#');
        let address = web_address(Some(text)).filter(|address| has_host(address, &CHAT_HOSTS));
        (is_channel || address.is_some()).then(|| Way {
            title: text.strip_prefix("https://").unwrap_or(text).to_owned(),
            address: address.map(str::to_owned),
        })
    }));
    bounded(ways)
}

/// Who is called when something is broken.
fn on_call(value: &Value) -> Vec<Way> {
    let mut ways = chosen(value, |address, title, _| is_on_call(address, title));
    ways.extend(ON_CALL.iter().filter_map(|(key, of)| {
        let text = entity::annotation(value, key)
            .map(str::trim)
            .filter(|text| !text.is_empty())?;
        Some(Way {
            title: format!("{of}: {text}"),
            address: address_of(value, key, text),
        })
    }));
    bounded(ways)
}

fn bounded(mut ways: Vec<Way>) -> Vec<Way> {
    let mut seen: Vec<Way> = Vec::new();
    ways.retain(|way| {
        let is_new = !seen
            .iter()
            .any(|known| known.address.is_some() && known.address == way.address);
        if is_new {
            seen.push(way.clone());
        }
        is_new
    });
    ways.truncate(WAYS);
    ways
}

/// The owners of an entity, and who is on call for the entity itself, unless it is somebody, whose card says that.
pub(crate) fn owners(value: &Value, owners: &[Contact], is_somebody: bool) -> Markup {
    let own = if is_somebody { Vec::new() } else { on_call(value) };
    html! {
        @if !owners.is_empty() || !own.is_empty() {
            (card(Card { title: if owners.len() > 1 { "Owners" } else { "Owner" }, ..Card::default() }, html! {
                @for owner in owners {
                    div.contact {
                        div.contact-name {
                            (face(owner))
                            @if owner.is_missing { (missing_link(&owner.reference)) } @else { (entity_link(&owner.reference, owner.title.as_deref())) }
                        }
                        (ways(owner))
                    }
                }
                @if !own.is_empty() { div.contact { p.muted { "On call for this" } ul.contact-ways { (lines("bell", "On call", &own)) } } }
            }))
        }
    }
}

/// How to reach the person or group whose page it is.
pub(crate) fn own(contact: &Contact) -> Markup {
    html! {
        @if contact.has_ways() { (card(Card { title: "Contact", ..Card::default() }, html! { div.contact { (ways(contact)) } })) }
    }
}

fn face(contact: &Contact) -> Markup {
    let name = contact.title.as_deref().unwrap_or(contact.reference.name());
    html! {
        @match &contact.picture {
            Some(picture) => { img.avatar src=(picture) alt="" width="22" height="22"; }
            None => { (avatar(name)) }
        }
    }
}

fn ways(contact: &Contact) -> Markup {
    html! {
        @if contact.has_ways() {
            ul.contact-ways {
                @if let Some(mail) = &contact.mail { li { (icon("mail")) a href=(format_args!("mailto:{mail}")) { (mail) } } }
                (lines("chat", "Chat", &contact.chat))
                (lines("bell", "On call", &contact.on_call))
            }
        }
    }
}

fn lines(sign: &str, what: &str, ways: &[Way]) -> Markup {
    html! {
        @for way in ways {
            li {
                span title=(what) { (icon(sign)) span.visually-hidden { (what) } }
                @match &way.address {
                    Some(address) => { a href=(address) rel="external noreferrer" { (way.title) } }
                    None => { span { (way.title) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn team() -> Value {
        json!({"kind": "Group", "metadata": {"name": "a", "title": "Team A",
            "annotations": {"pagerduty.com/service-id": "P1", "slack.com/channel": "#team-a", "opsgenie.com/team": "A"},
            "links": [
                {"url": "slack://channel?id=C1", "title": "Chat with us"},
                {"url": "https://acme.slack.com/archives/C1", "title": "#help"},
                {"url": "https://acme.pagerduty.com/schedules#P2", "title": "Schedule"},
                {"url": "https://notslack.com.example.com", "title": "Elsewhere"},
                {"url": "javascript:a()", "title": "on-call"},
            ]},
            "spec": {"profile": {"email": "a@example.com", "picture": "https://example.com/a.png"}}})
    }

    #[test]
    fn a_team_says_how_it_is_reached() {
        let contact = Contact::of(&EntityRef::new("group", "default", "a"), Some(&team()));
        let titles = |ways: &[Way]| ways.iter().map(|way| way.title.clone()).collect::<Vec<_>>();
        assert_eq!(titles(&contact.chat), ["Chat with us", "#help", "#team-a"]);
        assert_eq!(
            titles(&contact.on_call),
            ["Schedule", "Opsgenie: A", "PagerDuty: P1"]
        );
        let page = owners(&json!({}), &[contact], false).into_string();
        for part in [
            "mailto:a@example.com",
            "slack://channel?id=C1",
            "https://app.pagerduty.com/service-directory/P1",
            "Team A",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        for gone in ["javascript", "Elsewhere", "<img"] {
            assert!(!page.contains(gone), "{gone} in {page}");
        }
    }

    #[test]
    fn pictures_that_the_descriptor_holds_are_shown() {
        let mut value = team();
        for (picture, is_shown) in [
            ("data:image/png;base64,AAAA", true),
            ("data:image/svg+xml;base64,AAAA", false),
            ("data:text/html,a", false),
            ("https://example.com/a.png", false),
        ] {
            value["spec"]["profile"]["picture"] = json!(picture);
            let contact = Contact::of(&EntityRef::new("group", "default", "a"), Some(&value));
            assert_eq!(contact.picture.is_some(), is_shown, "{picture}");
        }
    }

    #[test]
    fn who_is_on_call_for_the_thing_itself_is_told() {
        let value = json!({"metadata": {"annotations": {"pagerduty.com/service-id": "P9"}}});
        assert!(
            owners(&value, &[], false)
                .into_string()
                .contains("On call for this")
        );
        assert_eq!(owners(&value, &[], true).into_string(), "");
    }

    #[test]
    fn nobody_to_ask_is_no_card() {
        assert_eq!(owners(&json!({}), &[], false).into_string(), "");
        let unknown = Contact::of(&EntityRef::new("group", "default", "gone"), None);
        assert!(
            owners(&json!({}), std::slice::from_ref(&unknown), false)
                .into_string()
                .contains("not in the catalog")
        );
        assert_eq!(own(&unknown).into_string(), "");
    }
}
