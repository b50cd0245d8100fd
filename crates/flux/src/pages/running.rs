//! The first line: what runs, since when, whether it is the newest, and if not, whose fault that is.

use jiff::Timestamp;
use maud::{Markup, html};
use scm::{Commit, Comparison};
use ui::{Badge, Card, Tone, badge, time};

use super::scene::{Scene, pair};
use super::tables::acts;
use super::view::mark;
use crate::engine::dependencies::Node;
use crate::engine::rollouts::{duration, next_run};
use crate::engine::suspension::{self, Suspension};
use crate::engine::{Delivery, Display, Revision, Sync, state};

/// What one applier runs.
pub(crate) fn card(scene: &Scene, one: &Delivery) -> Markup {
    let name = format!("{}/{}", one.applier.namespace(), one.applier.name());
    let title = format!("What runs in {}", one.title);
    let body = html! {
        div.flux-running {
            @match one.revisions.running() {
                Some(applied) => { p.flux-commit { (revision_words(scene, one, applied)) } }
                None => { p { "Nothing was applied yet." } }
            }
            p.flux-sync {
                (sync(scene, one))
                @if let Some(since) = one.since() { span.muted { "running since " (time(since, scene.now)) } }
                span.muted { "by " (one.applier.kind().name) " " code { (name) } }
            }
            (newer(scene, one))
            (trouble(scene, one))
            (schedule(one, scene.now))
            (acts(scene, &one.cluster, &one.applier))
        }
    };
    ui::card(
        Card {
            title: &title,
            actions: Some(mark(&one.state)),
            ..Card::default()
        },
        body,
    )
}

/// The commit with message and author, else the revision as it is.
fn revision_words(scene: &Scene, one: &Delivery, revision: &Revision) -> Markup {
    let told = told(scene, one, revision);
    let commit = told.and_then(|told| told.as_ref().ok()?.as_ref());
    html! {
        (revision_link(one, revision))
        @if let Some(reference) = revision.reference.as_ref().filter(|_| revision.commit.is_some()) { span.muted { "on " (reference) } }
        @if let Some(commit) = commit {
            strong { (commit.message.lines().next().unwrap_or_default()) }
            @if let Some(author) = &commit.author { span.muted { (author) } }
            @if let Some(at) = moment(commit) { span.muted { (time(at, scene.now)) } }
        }
        @if let Some(Err(reason)) = told { span.muted { "Its message is not known: " (reason) } }
    }
}

fn told<'a>(scene: &'a Scene, one: &Delivery, revision: &Revision) -> Option<&'a super::scene::Told> {
    scene.commit(one.repository()?, revision.commit.as_ref()?)
}

fn moment(commit: &Commit) -> Option<Timestamp> {
    commit.at.as_ref()?.parse().ok()
}

/// The short name of a revision, as a link to its commit where there is one.
pub(crate) fn revision_link(one: &Delivery, revision: &Revision) -> Markup {
    linked(one.repository(), revision)
}

/// The short name of a revision of a repository.
pub(crate) fn linked(repository: Option<&str>, revision: &Revision) -> Markup {
    let page = revision
        .commit
        .as_ref()
        .and_then(|sha| scm::commit_page(repository?, sha));
    html! {
        @match page {
            Some(page) => { a href=(page) rel="external noreferrer" title=(revision.text) { code { (revision.short()) } } }
            None => { code title=(revision.text) { (revision.short()) } }
        }
    }
}

/// Whether it is the newest, and else by how much it is older.
fn sync(scene: &Scene, one: &Delivery) -> Markup {
    let text = match one.sync() {
        Sync::Newest
            if one
                .revisions
                .running()
                .is_some_and(|running| running.commit.is_some()) =>
        {
            "newest commit"
        }
        Sync::Newest => "newest version",
        Sync::Behind => return behind(scene, one),
        Sync::Unknown => return Markup::default(),
    };
    badge(Badge {
        text,
        tone: Tone::Green,
        icon: Some("check"),
    })
}

/// How far it is behind, with the page that compares, and since when.
fn behind(scene: &Scene, one: &Delivery) -> Markup {
    let pair = pair(one);
    let compared = pair.as_ref().and_then(|pair| scene.compared.get(pair));
    let text = match compared {
        Some(Comparison { commits: 0, .. }) => "ahead of its source".to_owned(),
        Some(Comparison { commits: 1, .. }) => "1 commit behind".to_owned(),
        Some(Comparison { commits, .. }) => format!("{commits} commits behind"),
        None => behind_by(scene, one),
    };
    let mark = badge(Badge {
        text: &text,
        tone: Tone::Amber,
        icon: Some("warning"),
    });
    let page =
        pair.and_then(|(repository, running, coming)| scm::comparison_page(&repository, &running, &coming));
    let since = compared.and_then(|compared| compared.since.as_ref()?.parse::<Timestamp>().ok());
    html! {
        @match page {
            Some(page) => { a.flux-compare href=(page) rel="external noreferrer" title="Compare what runs with the newest" { (mark) } }
            None => { (mark) }
        }
        @if let Some(since) = since { span.muted { "since " (time(since, scene.now)) "," } }
    }
}

/// By how much the running commit is older than the newest one, as far as the Git host tells their moments.
fn behind_by(scene: &Scene, one: &Delivery) -> String {
    let at = |revision: Option<&Revision>| {
        let told = told(scene, one, revision?)?;
        moment(told.as_ref().ok()?.as_ref()?)
    };
    let moments = at(one.revisions.running()).zip(at(one.revisions.coming()));
    let apart = moments.map(|(running, coming)| coming.duration_since(running).as_secs());
    match apart {
        Some(seconds) if seconds >= 60 => format!("behind by {}", apart_words(seconds)),
        _ => "behind".to_owned(),
    }
}

fn apart_words(seconds: i64) -> String {
    let (number, word) = match seconds {
        ..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}

/// The newest revision of the source where another one runs, and the one that was tried in vain.
fn newer(scene: &Scene, one: &Delivery) -> Markup {
    let revisions = &one.revisions;
    let newest = revisions
        .coming()
        .filter(|_| one.sync() == Sync::Behind || revisions.applied.is_none());
    let is_other = |tried: &&Revision| {
        ![&revisions.applied, &revisions.newest]
            .into_iter()
            .flatten()
            .any(|known| known.is_same(tried))
    };
    let tried = revisions.attempted.as_ref().filter(is_other);
    html! {
        @if let Some(newest) = newest {
            p.flux-commit { span.muted { "Newest:" } (revision_words(scene, one, newest)) }
        }
        @if let Some(tried) = tried.filter(|_| one.state.display != Display::Ready) {
            p.flux-commit { span.muted { "Tried last:" } (revision_words(scene, one, tried)) }
        }
    }
}

/// Why it is not as it should be: the message verbatim, and what it waits for.
fn trouble(scene: &Scene, one: &Delivery) -> Markup {
    let state = &one.state;
    let is_fine = matches!(state.display, Display::Ready | Display::Static);
    let blocking = scene.dependencies.blocking(&one.cluster, &one.applier);
    html! {
        @if let Some(suspension) = suspension::of(&one.applier) {
            p { "Suspended" (by(&suspension, scene.now)) ". Changes of the source are not applied until somebody resumes it." }
            @if let Some(reason) = &suspension.reason { blockquote.flux-quote { (reason) } }
        }
        @if let Some(message) = state.message.as_ref().filter(|_| !is_fine) {
            pre.problem-cause { (message) }
        }
        @if state.display == Display::Waiting {
            @for (namespace, name) in one.depends_on() {
                p { "It waits for " code { (namespace) "/" (name) } (known(scene, one, &namespace, &name)) }
            }
            (blocked_by(&blocking))
        }
        (source_trouble(one))
    }
}

/// Who suspended something, and when, as the rest of a sentence.
pub(crate) fn by(suspension: &Suspension, now: Timestamp) -> Markup {
    html! {
        @if let Some(by) = &suspension.by { " by " strong { (by) } }
        @if let Some(at) = suspension.at { " " (time(at, now)) }
    }
}

/// The state of what is waited for.
fn known(scene: &Scene, one: &Delivery, namespace: &str, name: &str) -> Markup {
    let node = scene.dependencies.nodes.iter().find(|node| {
        (node.cluster.as_str(), node.namespace.as_str(), node.name.as_str())
            == (&one.cluster, namespace, name)
            && node.kind == one.applier.kind().name
    });
    html! {
        @match node.map(|node| &node.state) {
            Some(Some(state)) => { " " (mark(state)) }
            _ => { ", which is not there, or may not be seen" }
        }
    }
}

/// The ones to look at: at the end of the chain of those that wait.
fn blocked_by(blocking: &[&Node]) -> Markup {
    let name = |node: &Node| html! { code { (node.namespace) "/" (node.name) } };
    let (circle, others): (Vec<&Node>, Vec<&Node>) = blocking.iter().partition(|node| node.is_in_circle);
    html! {
        @if !circle.is_empty() {
            p.flux-blocking {
                "A circle: "
                @for (at, node) in circle.iter().enumerate() { @if at > 0 { ", " } (name(node)) }
                " wait for themselves through their own dependsOn, so that none of them ever begins. Take one dependsOn out."
            }
        }
        @for node in others {
            p.flux-blocking {
                "Blocked by " (node.kind) " " (name(node))
                @if node.state.is_none() { ", which is not there" }
            }
            @if let Some(message) = node.state.as_ref().and_then(|state| state.message.as_ref()) { pre.problem-cause { (message) } }
        }
    }
}

/// A source that has nothing new though its repository may: the fault is there, not in what is applied.
fn source_trouble(one: &Delivery) -> Markup {
    let source = one.chart.iter().chain(&one.source);
    let bad = source
        .map(|source| (source, state::of(source)))
        .find(|(_, state)| {
            matches!(
                state.display,
                Display::Failed | Display::Stalled | Display::Suspended
            )
        });
    let missing = one.source_name.as_ref().filter(|_| one.source.is_none());
    html! {
        @if let Some((source, state)) = bad {
            p.flux-blocking {
                "Its source " (source.kind().name) " " code { (source.namespace()) "/" (source.name()) } " brings nothing new " (mark(&state))
            }
            @if let Some(message) = &state.message { pre.problem-cause { (message) } }
        }
        @if let Some((kind, namespace, name)) = missing {
            p.flux-blocking { "Its source " (kind) " " code { (namespace) "/" (name) } " is not there, or may not be seen." }
        }
    }
}

/// How often it looks, and when it looks again.
fn schedule(one: &Delivery, now: Timestamp) -> Markup {
    let next = next_run(&one.applier).filter(|_| one.state.display == Display::Ready);
    let retry = one
        .applier
        .text("/spec/retryInterval")
        .filter(|_| one.state.display == Display::Failed);
    let every = one
        .applier
        .text("/spec/interval")
        .filter(|text| duration(text).is_some());
    html! {
        @if let Some(every) = every {
            p.muted.flux-schedule {
                "It looks every " (every)
                @match next {
                    Some(next) if next > now => { ", next " (time(next, now)) }
                    Some(next) => { ", and should have looked " (time(next, now)) }
                    None => {}
                }
                @if let Some(retry) = retry { ", and every " (retry) " after a failure" }
            }
        }
    }
}
