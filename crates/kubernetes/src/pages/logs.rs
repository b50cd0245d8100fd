//! `/kubernetes/logs`: the last lines of a container, and with a script those that follow.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use sight::CurrentSight;
use ui::{Button, Chrome, Crumb, EmptyState, PageHead, Tab, button, empty_state, href, segmented};
use web::ApiError;

use crate::api::{Desk, LogAddress};
use crate::engine::{Failure, LogLine};
use crate::health::container::containers;

/// The address of the page.
pub(crate) const PATH: &str = "/kubernetes/logs";
/// The address of the stream.
const STREAM: &str = "/api/kubernetes/logs";

pub(super) async fn show(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let address = LogAddress::read(&chrome.query)?;
    let pod = desk.pod(&sight, &address).await?;
    let lines = desk.kubernetes.last_lines(&address.question()).await;
    let all = containers(&pod.value, chrome.now);
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let content = page(&address, &names, &lines);
    let tab = href::entity_tab(&address.entity, "kubernetes");
    let crumbs = vec![
        Crumb::to(address.entity.name(), href::entity(&address.entity)),
        Crumb::to("Kubernetes", tab),
        Crumb::here(format!("Log of {}", address.container)),
    ];
    let head = PageHead::new(format!("Log of {}", address.pod)).crumbs(crumbs);
    Ok(chrome.page(head, content).into_response())
}

/// The page from plain data. `names` are the pod's containers.
pub(crate) fn page(address: &LogAddress, names: &[&str], lines: &Result<Vec<LogLine>, Failure>) -> Markup {
    html! {
        div.page-head { h1 { "Log of " (address.container) } }
        p.page-lead { "Pod " code { (address.pod) } " in " code { (address.namespace) } " of " (address.cluster) }
        div.toolbar {
            (choices(address, names))
            div.toolbar-end { (button(Button { label: "Read again", icon: Some("refresh"), href: Some(&address.with_path(PATH)), ..Button::default() })) }
        }
        @match lines {
            Err(failure) => { (empty_state(EmptyState { icon: "note", title: "There is no log", text: &sentence(failure), actions: None })) }
            Ok(lines) => { (list(address, lines)) }
        }
    }
}

fn sentence(failure: &Failure) -> String {
    match failure.way_out() {
        Some(way_out) => format!("{}. {way_out}", failure.message),
        None => failure.message.clone(),
    }
}

fn choices(address: &LogAddress, names: &[&str]) -> Markup {
    let containers: Vec<Tab> = names
        .iter()
        .map(|name| {
            let other = LogAddress {
                container: (*name).to_owned(),
                ..address.clone()
            };
            Tab::new(*name, other.with_path(PATH), *name == address.container)
        })
        .collect();
    let runs = [("This run", false), ("Run before", true)].map(|(title, is_previous)| {
        let other = LogAddress {
            is_previous,
            ..address.clone()
        };
        Tab::new(title, other.with_path(PATH), address.is_previous == is_previous)
    });
    html! {
        @if names.len() > 1 { (segmented("Containers", &containers)) }
        (segmented("Runs", &runs))
    }
}

/// The lines. The script opens the stream that the element names, from the last line on.
fn list(address: &LogAddress, lines: &[LogLine]) -> Markup {
    let last = lines.iter().rev().find_map(|line| line.at);
    let stream = (!address.is_previous).then(|| {
        let stream = address.with_path(STREAM);
        match last {
            Some(at) => format!("{stream}&after={}", href::encode(&at.to_string())),
            None => stream,
        }
    });
    html! {
        p.k8s-log-state role="status" data-log-state { "The last " (lines.len()) " lines." }
        div.k8s-log tabindex="0" role="log" aria-label="Lines" data-log=[stream] {
            @for line in lines {
                div.k8s-line { @if let Some(at) = line.at { time datetime=(at) { (at.strftime("%H:%M:%S%.3f")) } " " } (line.text) }
            }
        }
    }
}
