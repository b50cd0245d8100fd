//! `/kubernetes/logs`: the last lines of a container or of all pods of a workload, and with a script those that follow.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use sight::CurrentSight;
use ui::{Button, Chrome, Crumb, EmptyState, PageHead, Tab, button, empty_state, href, icon, segmented};
use web::ApiError;

use super::log_lines::{ReadLine, shown};
use crate::api::{Desk, LogAddress, LogOf, SPANS, container_names};
use crate::engine::{Failure, LogLine, Marks, Source};

/// The address of the page.
pub(crate) const PATH: &str = "/kubernetes/logs";
/// The address of the stream.
const STREAM: &str = "/api/kubernetes/logs";
/// The address of the file.
const TEXT: &str = "/api/kubernetes/logs/text";
/// Lines of each container.
const TAIL: usize = 500;
/// Bytes of all containers together.
const TAIL_BYTES: u64 = 2 << 20;
/// Lines of the page.
const MOST: usize = 2_000;

/// The last lines, or why there are none.
pub(crate) type Lines = Result<Vec<(Source, LogLine)>, Failure>;

pub(super) async fn show(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let address = LogAddress::read(&chrome.query)?;
    let (_, pods) = desk.logged(&sight, &address).await?;
    let lines = desk.last_lines(&address, &pods, TAIL, TAIL_BYTES).await;
    let content = page(&address, pods.len(), &container_names(&pods, chrome.now), &lines);
    let tab = href::entity_tab(&address.entity, "kubernetes");
    let crumbs = vec![
        Crumb::to(address.entity.name(), href::entity(&address.entity)),
        Crumb::to("Kubernetes", tab),
        Crumb::here(format!("Log of {}", named(&address))),
    ];
    let head = PageHead::new(format!("Log of {}", named(&address))).crumbs(crumbs);
    Ok(chrome.page(head, content).into_response())
}

fn named(address: &LogAddress) -> &str {
    match &address.of {
        LogOf::Pod(name) | LogOf::Workload { name, .. } => name,
    }
}

/// The page from plain data. `names` are the containers of its `pods` pods.
pub(crate) fn page(address: &LogAddress, pods: usize, names: &[String], lines: &Lines) -> Markup {
    html! {
        div.page-head { h1 { "Log of " (named(address)) } }
        p.page-lead {
            @match &address.of {
                LogOf::Pod(_) => { "Pod in " code { (address.namespace) } }
                LogOf::Workload { kind, .. } => { (pods) " pods of " code { (kind) "/" (named(address)) } " in " code { (address.namespace) } }
            }
            " of " (address.cluster)
        }
        div.k8s-log-tools { (choices(address, names)) }
        div.k8s-log-tools { (search(address)) }
        @match lines {
            Ok(lines) => { (list(address, lines)) }
            // A container that has not begun is followed from its first line on.
            Err(failure) if failure.status == Some(400) && !address.is_previous => {
                p.k8s-log-wait { (icon("clock")) (sentence(failure)) }
                (list(address, &[]))
            }
            Err(failure) => { (empty_state(EmptyState { icon: "note", title: "There is no log", text: &sentence(failure), actions: None })) }
        }
    }
}

fn sentence(failure: &Failure) -> String {
    match failure.way_out() {
        Some(way_out) => format!("{}. {way_out}", failure.message),
        None => failure.message.clone(),
    }
}

fn choices(address: &LogAddress, names: &[String]) -> Markup {
    let with = |change: &dyn Fn(&mut LogAddress)| {
        let mut other = address.clone();
        other.marks = Marks::default();
        change(&mut other);
        other.with_path(PATH)
    };
    let mut containers = vec![Tab::new(
        "All",
        with(&|other| other.container = None),
        address.container.is_none(),
    )];
    containers.extend(names.iter().map(|name| {
        let path = with(&|other| other.container = Some(name.clone()));
        Tab::new(name, path, address.container.as_ref() == Some(name))
    }));
    let runs = [("This run", false), ("Run before", true)].map(|(title, is_previous)| {
        Tab::new(
            title,
            with(&|other| other.is_previous = is_previous),
            address.is_previous == is_previous,
        )
    });
    let mut spans = vec![Tab::new(
        "Last lines",
        with(&|other| other.since = None),
        address.since.is_none(),
    )];
    spans.extend(SPANS.map(|(word, _)| {
        Tab::new(
            word,
            with(&|other| other.since = Some(word)),
            address.since == Some(word),
        )
    }));
    html! {
        @if names.len() > 1 { (segmented("Containers", &containers)) }
        (segmented("Runs", &runs))
        (segmented("Since", &spans))
    }
}

/// The search, which works without a script; and what needs one, hidden until it runs.
fn search(address: &LogAddress) -> Markup {
    let (pod, workload) = match &address.of {
        LogOf::Pod(pod) => (Some(pod.clone()), None),
        LogOf::Workload { kind, name } => (None, Some(format!("{kind}/{name}"))),
    };
    let kept = [
        ("entity", Some(address.entity.to_string())),
        ("cluster", Some(address.cluster.clone())),
        ("namespace", Some(address.namespace.clone())),
        ("pod", pod),
        ("workload", workload),
        ("container", address.container.clone()),
        ("previous", address.is_previous.then(|| "true".to_owned())),
        ("since", address.since.map(str::to_owned)),
    ];
    let file = address.with_path(TEXT);
    html! {
        form.k8s-log-search role="search" action=(PATH) method="get" data-log-search {
            @for (name, value) in kept { @if let Some(value) = value { input type="hidden" name=(name) value=(value); } }
            input.input type="search" name="q" value=(address.search) placeholder="Only lines with…" aria-label="Only lines with this text";
        }
        div.k8s-log-buttons {
            label.k8s-log-switch hidden data-log-tool { input type="checkbox" data-log-wrap checked; "Wrap" }
            button.button type="button" hidden data-log-tool data-log-pause aria-pressed="false" { "Pause" }
            button.button type="button" hidden data-log-tool data-log-copy { (icon("copy")) span { "Copy" } }
            (button(Button { label: "Download", icon: Some("download"), href: Some(&file), ..Button::default() }))
            (button(Button { label: "Read again", icon: Some("refresh"), href: Some(&address.with_path(PATH)), ..Button::default() }))
        }
    }
}

/// The lines. The script opens the stream that the element names, from the last line on.
fn list(address: &LogAddress, lines: &[(Source, LogLine)]) -> Markup {
    let mut marks = Marks::default();
    for (source, line) in lines {
        marks.saw(source, line);
    }
    let is_found = |line: &LogLine| address.search.is_empty() || line.text.contains(&address.search);
    let found: Vec<&(Source, LogLine)> = lines.iter().filter(|(_, line)| is_found(line)).collect();
    let shown_lines = &found[found.len().saturating_sub(MOST)..];
    let stream = (!address.is_previous).then(|| {
        LogAddress {
            marks,
            search: String::new(),
            ..address.clone()
        }
        .with_path(STREAM)
    });
    let has_sources = matches!(address.of, LogOf::Workload { .. }) || address.container.is_none();
    html! {
        p.k8s-log-state role="status" data-log-state {
            "The last " (shown_lines.len()) " lines" @if !address.search.is_empty() { " with “" (address.search) "”" } "."
        }
        div.k8s-log tabindex="0" role="log" aria-label="Lines" data-log=[stream] data-log-sources[has_sources] {
            @for (source, line) in shown_lines { (row(source, line, has_sources, &address.search)) }
        }
    }
}

fn row(source: &Source, line: &LogLine, has_source: bool, search: &str) -> Markup {
    let read = ReadLine::of(&line.text);
    let level = read
        .level
        .map(|level| format!(" k8s-line-{}", level.word()))
        .unwrap_or_default();
    html! {
        div class=(format_args!("k8s-line{level}")) {
            @if let Some(at) = line.at { time datetime=(at) { (at.strftime("%H:%M:%S%.3f")) } " " }
            @if has_source {
                span class=(format_args!("k8s-source k8s-hue-{}", hue(&source.pod))) title=(format_args!("{}/{}", source.pod, source.container)) { (short(source)) }
                " "
            }
            (shown(&read, search))
        }
    }
}

/// What tells a pod from the others of its workload, and the container.
fn short(source: &Source) -> String {
    let end = source.pod.rsplit('-').next().unwrap_or_default();
    format!("{end}/{}", source.container)
}

/// One of six hues, the same for the same pod here and in the script.
fn hue(pod: &str) -> u32 {
    pod.bytes()
        .fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 65_521)
        % 6
}
