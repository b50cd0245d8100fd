//! `/alerts`: the alerts of many entities, as a page and as the content of cards.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use model::Viewer;
use plugin::{Rows, Rule as RouteRule};
use sight::{CurrentSight, ENTITY_READ};
use ui::{Chrome, EmptyState, Live, PageHead, Tab, empty_state, entity_link, href, icon, segmented, time};
use url::form_urlencoded;
use web::ApiError;

use super::alerts::state;
use crate::alerts::refresh::TOPIC;
use crate::many::{Line, Lines, Many, Whose, content};
use crate::tab::PATH;

/// The address of the page.
pub(crate) const ADDRESS: &str = "/alerts";
/// The id of the part that cards fetch.
const ID: &str = "alerts-of-many";

/// The page, where Grafana is connected.
pub(crate) fn rows(many: Option<&Many>) -> Rows {
    let rule = RouteRule::signed_in().left_to_handler(&ENTITY_READ);
    Rows::new().get(ADDRESS, rule, show).with_state(&many.cloned())
}

async fn show(
    State(many): State<Option<Many>>,
    CurrentSight(sight): CurrentSight,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let mut pairs = form_urlencoded::parse(chrome.query.as_bytes());
    let asked = pairs
        .find(|(name, _)| name == "of")
        .map(|(_, value)| value.into_owned());
    let whose = Whose::read(asked.as_deref().unwrap_or("mine"));
    let viewer = chrome.viewer.clone().unwrap_or_else(Viewer::nobody);
    let body = match &many {
        Some(many) => content(many, &whose, (&sight, &viewer), chrome.now).await?,
        None => super::connect::how_to_connect(),
    };
    let head = PageHead::new("Alerts").live(Live::Topics(vec![TOPIC.to_owned()]));
    let body = html! { (choice(&whose)) section.card { div.card-body.card-flush { (body) } } };
    Ok(chrome.page(head, body).into_response())
}

fn choice(whose: &Whose) -> Markup {
    let tab = |title: &str, of: &Whose| {
        let word = of.word();
        let address = href::with_query(ADDRESS, [("of", word.as_str())]);
        Tab::new(title.to_owned(), address, of == whose)
    };
    let mut tabs = vec![tab("What you own", &Whose::Mine), tab("Everything", &Whose::All)];
    if let Whose::Parts(system) = whose {
        tabs.push(tab(&format!("Parts of {}", system.name()), whose));
    }
    html! { div.alerts-choice { (segmented("Whose alerts", &tabs)) } }
}

/// The place in a card until the content has come.
pub(crate) fn waiting(whose: &Whose) -> Markup {
    let word = whose.word();
    let address = href::with_query(ADDRESS, [("of", word.as_str())]);
    html! { div id=(ID) data-deferred=(address) { p.muted { "Loading… " a href=(address) { "Show the alerts" } } } }
}

/// The alerts of many entities.
pub(crate) fn lines(lines: &Lines, whose: &Whose, now: Timestamp) -> Markup {
    html! {
        div id=(ID) {
            @for (host, since) in &lines.away {
                p.part-note {
                    "Grafana " (host) " does not answer; "
                    @match since { Some(at) => { "what it said is from " (time(*at, now)) "." } None => { "nothing is known of its alerts." } }
                }
            }
            @if lines.total == 0 {
                (empty_state(EmptyState { icon: "bell", title: "No entity here selects alerts",
                    text: "Entities select alerts with the annotation grafana/alert-label-selector, or with labels in grafana/dashboard-selector.", actions: None }))
            } @else if lines.loud.is_empty() {
                div.all-quiet { span.tone-green.quiet-mark { (icon("check")) } p {
                    "No alert is firing. " span.muted { (lines.total) @if lines.total == 1 { " entity has" } @else { " entities have" } " alerts." }
                } }
            } @else {
                ul.alerts-of-many { @for line in &lines.loud { (one(line, now)) } }
                p.alerts-rest.muted { (lines.total - lines.loud.len().min(lines.total)) " of " (lines.total) " entities are quiet"
                    @if *whose == Whose::All && lines.is_cut { "; only the first were looked at" } "." }
            }
        }
    }
}

fn one(line: &Line, now: Timestamp) -> Markup {
    html! {
        li {
            (state(line.worst))
            (entity_link(&line.entity, line.title.as_deref()))
            @if line.counts.firing > 1 { span.muted { (line.counts.firing) " alerts" } }
            a.alerts-names href=(href::entity_tab(&line.entity, PATH)) {
                @for (at, (name, _)) in line.rules.iter().enumerate() { @if at > 0 { ", " } (name) }
            }
            @if let Some(since) = line.rules.iter().filter_map(|(_, since)| *since).min() { span.alert-since { "began " (time(since, now)) } }
        }
    }
}
