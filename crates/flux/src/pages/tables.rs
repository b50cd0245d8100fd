//! Tables of the tab: what applies, and what is applied.

use kubernetes::engine::Object;
use maud::{Markup, html};
use ui::{Badge, Card, Column, Row, Table, Tone, badge, card, data_table, time};

use super::running::{by, linked};
use super::scene::Scene;
use super::view::mark;
use crate::engine::kinds::HELM_RELEASES;
use crate::engine::{
    Delivery, Display, Link, Revision, Revisions, State, repository, source_name, state, suspension,
};

/// Letters of a digest that are shown.
const SHORT_DIGEST: usize = 14;

/// Kustomizations and releases.
pub(crate) fn appliers(scene: &Scene) -> Markup {
    let rows = scene.found.all.iter().map(|one| {
        let object = &one.applier;
        let belongs = html! { ", " (link(one.link)) };
        let cells = vec![
            name_cell(object, &one.cluster, &one.title, &belongs),
            html! { (mark(&one.state)) (more(object, &one.state, scene)) (acts(scene, &one.cluster, object)) },
            applied_cell(one.repository(), &one.revisions),
            source_cell(object, one.source.is_some()),
            html! { (object.text("/spec/interval").unwrap_or_default()) },
            one.state
                .since
                .map_or_else(Markup::default, |at| time(at, scene.now)),
        ];
        Row::new(cells).key(format!("applier-{}", object.uid()))
    });
    let table = Table {
        caption: "Kustomizations and releases",
        columns: vec![
            Column::new("Name"),
            Column::new("State"),
            Column::optional("Applied"),
            Column::optional("Source"),
            Column::optional("Interval"),
            Column::optional("Since"),
        ],
        rows: rows.collect(),
    };
    framed("Kustomizations and releases", &table)
}

/// A table with its heading, if it has rows.
pub(crate) fn framed(title: &str, table: &Table<'_>) -> Markup {
    let count = table.rows.len();
    html! {
        @if count > 0 {
            (card(Card { title, count: Some(count), flush: true, ..Card::default() }, data_table(table)))
        }
    }
}

/// The anchor of an object in the page.
pub(crate) fn anchor(cluster: &str, kind: &str, namespace: &str, name: &str) -> String {
    format!("flux-{cluster}-{kind}-{namespace}-{name}")
}

/// Kind, name and place.
pub(crate) fn name_cell(object: &Object, cluster: &str, title: &str, also: &Markup) -> Markup {
    let id = anchor(cluster, object.kind().name, object.namespace(), object.name());
    html! {
        div.flux-address id=(id) { (object.kind().name) " " strong { (object.name()) } }
        div.flux-address.muted { (object.namespace()) " in " (title) (also) }
    }
}

/// What there is to say beside the mark: the message of what is not ready, and who suspended it.
pub(crate) fn more(object: &Object, state: &State, scene: &Scene) -> Markup {
    html! {
        @if let Some(message) = trouble(state) { p.flux-message { (message) } }
        @if let Some(suspension) = suspension::of(object).filter(|one| one.by.is_some() || one.reason.is_some()) {
            p.flux-message {
                @if suspension.by.is_some() { "Suspended" (by(&suspension, scene.now)) }
                @if let Some(reason) = &suspension.reason { ": " (reason) }
            }
        }
    }
}

/// What people may have Flux do with an object, if anything.
pub(crate) fn acts(scene: &Scene, cluster: &str, object: &Object) -> Markup {
    let links = scene.links(cluster, object);
    html! { @if !links.0.is_empty() { div.flux-actions { (links) } } }
}

/// The message of what is not ready; that of what is repeats the revision.
fn trouble(state: &State) -> Option<&str> {
    state
        .message
        .as_deref()
        .filter(|_| state.display != Display::Ready)
}

fn link(link: Link) -> &'static str {
    match link {
        Link::Applies => "applies its workloads",
        Link::Above => "applies what applies them",
        Link::Labelled => "carries its label",
    }
}

/// What is applied, and the commit that it was built of.
pub(crate) fn applied_cell(repository: Option<&str>, revisions: &Revisions) -> Markup {
    html! {
        @match &revisions.applied {
            Some(applied) => { (linked(repository, applied)) }
            None => { span.muted { "nothing" } }
        }
        @if let Some(origin) = &revisions.applied_origin { div.muted { "built of " (linked(repository, origin)) } }
    }
}

/// The source, with the path or the chart in it.
pub(crate) fn source_cell(applier: &Object, is_there: bool) -> Markup {
    let chart = applier.text("/spec/chart/spec/chart").map(|chart| {
        let version = applier.text("/spec/chart/spec/version");
        version.map_or_else(|| chart.to_owned(), |version| format!("{chart} {version}"))
    });
    let default_path = (*applier.kind() != HELM_RELEASES).then_some("./");
    let path = applier.text("/spec/path").or(default_path).map(str::to_owned);
    html! {
        @match source_name(applier) {
            Some((kind, namespace, name)) => {
                div.flux-address { (kind) " " (namespace) "/" (name) }
                @if !is_there { div.muted { "which is not there, or may not be seen" } }
            }
            None => { span.muted { "none" } }
        }
        @if let Some(path) = chart.or(path) { div.muted { code { (path) } } }
    }
}

/// The sources, each once.
pub(crate) fn sources(scene: &Scene) -> Markup {
    let used = scene.found.all.iter().flat_map(|one: &Delivery| {
        let objects = [one.source.as_ref(), one.chart.as_ref()].into_iter().flatten();
        objects.map(|source| (one.cluster.as_str(), one.title.as_str(), source))
    });
    let unused = scene.found.sources.iter();
    let unused = unused.map(|placed| (placed.cluster.as_str(), placed.title.as_str(), &placed.object));
    let mut all: Vec<(&str, &str, &Object)> = Vec::new();
    for (cluster, title, source) in used.chain(unused) {
        if !all.iter().any(|(.., known)| known.uid() == source.uid()) {
            all.push((cluster, title, source));
        }
    }
    let rows = all.into_iter().map(|(cluster, title, source)| {
        let told = state::of(source);
        let cells = vec![
            html! { (name_cell(source, cluster, title, &provider(source))) (verified(source)) },
            html! { (mark(&told)) (more(source, &told, scene)) (acts(scene, cluster, source)) },
            artifact_cell(source),
            html! { span.flux-address { (address(source)) } },
            html! { (source.text("/spec/interval").unwrap_or_default()) },
            source
                .moment("/status/artifact/lastUpdateTime")
                .map_or_else(Markup::default, |at| time(at, scene.now)),
        ];
        Row::new(cells).key(format!("source-{}", source.uid()))
    });
    let table = Table {
        caption: "Sources",
        columns: vec![
            Column::new("Name"),
            Column::new("State"),
            Column::optional("Artifact"),
            Column::optional("Address"),
            Column::optional("Interval"),
            Column::optional("Updated"),
        ],
        rows: rows.collect(),
    };
    framed("Sources", &table)
}

/// Whose login is used, where that is not the usual one.
fn provider(source: &Object) -> Markup {
    let provider = source.text("/spec/provider").filter(|name| *name != "generic");
    html! { @if let Some(provider) = provider { ", at " (provider) } }
}

/// Whether the signature of what comes from it is checked, and what came of that.
pub(crate) fn verified(source: &Object) -> Markup {
    let has_rule = source.value["spec"]["verify"].is_object();
    let told = source.condition("SourceVerified");
    let (text, tone, icon) = match told.and_then(|told| told["status"].as_str()) {
        Some("True") => ("Signature verified", Tone::Green, "lock"),
        Some("False") => ("Signature does not fit", Tone::Red, "problem"),
        _ => ("Signature not checked yet", Tone::Amber, "clock"),
    };
    let message = told
        .and_then(|told| told["message"].as_str())
        .filter(|_| tone == Tone::Red);
    html! {
        @if has_rule {
            (badge(Badge { text, tone, icon: Some(icon) }))
            @if let Some(message) = message { p.flux-message { (message) } }
        }
    }
}

/// The newest artifact: branch, tag or version, its digest, and the commit that it was built of.
pub(crate) fn artifact_cell(source: &Object) -> Markup {
    let revision = Revision::read(source.text("/status/artifact/revision"));
    let metadata = &source.value["status"]["artifact"]["metadata"];
    let origin = Revision::read(metadata["org.opencontainers.image.revision"].as_str());
    let repository = repository(source);
    html! {
        @match &revision {
            Some(revision) if revision.commit.is_some() => {
                (linked(repository, revision))
                @if let Some(reference) = &revision.reference { div.muted { "on " (reference) } }
            }
            Some(revision) => {
                @match revision.reference.as_deref() {
                    Some(reference) => { code title=(revision.text) { (reference) } }
                    None => { code title=(revision.text) { (revision.text.chars().take(SHORT_DIGEST).collect::<String>()) } }
                }
            }
            None => { span.muted { "none" } }
        }
        @if let Some(origin) = &origin { div.muted { "built of " (linked(repository, origin)) } }
    }
}

/// Where it comes from, without a login.
pub(crate) fn address(source: &Object) -> String {
    let text = ["/spec/url", "/spec/endpoint", "/spec/chart"];
    let text = text
        .iter()
        .find_map(|pointer| source.text(pointer))
        .unwrap_or_default();
    match url::Url::parse(text) {
        Ok(mut url) => {
            let _ = (url.set_username(""), url.set_password(None));
            url.into()
        }
        Err(_) => match (source.text("/spec/bucketName"), source.text("/spec/version")) {
            (Some(bucket), _) => format!("{text}/{bucket}"),
            (None, Some(version)) if source.text("/spec/chart").is_some() => format!("{text} {version}"),
            _ => text.to_owned(),
        },
    }
}
