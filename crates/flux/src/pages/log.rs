//! The log of deployments: what was applied when, from which commit, and how it went, beside changes of the descriptor.

use maud::{Markup, html};
use ui::{Card, TimelineEntry, Tone, href, time, timeline};

use super::failures;
use super::running::{linked, revision_link};
use super::scene::{Change, Scene};
use crate::engine::failures::Failed;
use crate::engine::rollouts::{self, Outcome, Rollout};
use crate::engine::{Delivery, Pushed, Revision};

/// Entries that are shown.
const MOST: usize = 40;

/// What was deployed, what Flux told, and what changed in the descriptor: one time line, newest first.
pub(crate) fn card(scene: &Scene) -> Markup {
    let main = scene.main();
    let names_appliers = main.len() > 1;
    let mut entries: Vec<TimelineEntry<'_>> = main
        .iter()
        .flat_map(|one| {
            let all = rollouts::of(&one.applier).into_iter();
            all.map(|rollout| entry(scene, one, &rollout, names_appliers))
        })
        .collect();
    let failed = scene.failed.iter().filter(|failed| !is_logged(&main, failed));
    entries.extend(failed.map(|failed| failures::entry(&main, failed, scene.now)));
    let is_new = |told: &&Pushed| !is_repeated(&main, told) && !failures::tell(&scene.failed, told);
    let told = scene.pushed.iter().filter(is_new);
    entries.extend(told.map(|told| pushed(&main, told)));
    let has_deployments = !entries.is_empty();
    entries.extend(scene.changes.iter().map(|one| change(scene, one)));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let total = entries.len();
    entries.truncate(MOST);
    let title = if scene.changes.is_empty() {
        "Deploy log"
    } else {
        "Deploy log and changes of the descriptor"
    };
    html! {
        @if has_deployments {
            (ui::card(Card { title, count: Some(total), ..Card::default() }, timeline(&entries, scene.now)))
        }
    }
}

/// Whether the deploy log of the applier says the same already.
fn is_repeated(main: &[&Delivery], told: &Pushed) -> bool {
    let revision = Revision::read(Some(&told.revision));
    !told.is_error
        && main.iter().filter(|one| is_about(one, told)).any(|one| {
            let mut logged = rollouts::of(&one.applier).into_iter();
            logged.any(|rollout| {
                rollout
                    .revision
                    .zip(revision.clone())
                    .is_some_and(|(own, told)| own.is_same(&told))
            })
        })
}

/// Whether the deploy log of the applier has an entry of it, which then tells the message.
fn is_logged(main: &[&Delivery], failed: &Failed) -> bool {
    main.iter().filter(|one| is_of(one, failed)).any(|one| {
        let mut logged = rollouts::of(&one.applier).into_iter();
        logged.any(|rollout| failed.is_in(&rollout))
    })
}

fn is_of(one: &Delivery, failed: &Failed) -> bool {
    let object = &one.applier;
    failed.title == one.title && failed.is_about(object.kind().name, object.namespace(), object.name())
}

fn is_about(one: &Delivery, told: &Pushed) -> bool {
    let object = &one.applier;
    (object.kind().name, object.namespace(), object.name())
        == (told.kind.as_str(), told.namespace.as_str(), told.name.as_str())
}

/// The repository of an applier, or of a source by its kind, namespace and name.
pub(super) fn repository_of<'a>(main: &[&'a Delivery], about: (&str, &str, &str)) -> Option<&'a str> {
    let found = main.iter().find(|one| {
        let source = one.source_name.as_ref();
        let is_source = source.is_some_and(|(kind, namespace, name)| {
            (kind.as_str(), namespace.as_str(), name.as_str()) == about
        });
        let object = &one.applier;
        is_source || (object.kind().name, object.namespace(), object.name()) == about
    });
    found?.repository()
}

/// What Flux told.
fn pushed(main: &[&Delivery], told: &Pushed) -> TimelineEntry<'static> {
    let repository = repository_of(main, (&told.kind, &told.namespace, &told.name));
    let revision = Revision::read(Some(&told.revision));
    let (tone, icon) = if told.is_error {
        (Tone::Red, "problem")
    } else {
        (Tone::Green, "check")
    };
    TimelineEntry {
        at: told.at,
        title: html! {
            @if let Some(revision) = &revision { (linked(repository, revision)) " " }
            (told.reason) " " span.muted { (told.kind) " " (told.namespace) "/" (told.name) }
        },
        tone,
        icon,
        body: html! { p.flux-message { (told.message) } },
        key: format!("told-{}-{}-{}", told.kind, told.name, told.at),
    }
}

/// A change of the descriptor.
fn change(scene: &Scene, one: &Change) -> TimelineEntry<'static> {
    let version = href::with_query(
        &href::entity_tab(&scene.reference, "history"),
        [("version", one.seq.to_string().as_str())],
    );
    TimelineEntry {
        at: one.at,
        title: html! { "Descriptor " (one.kind) ": " a href=(version) { "version " (one.seq) } },
        tone: Tone::Blue,
        icon: "edit",
        body: Markup::default(),
        key: format!("change-{}", one.seq),
    }
}

fn entry(scene: &Scene, one: &Delivery, rollout: &Rollout, names_appliers: bool) -> TimelineEntry<'static> {
    let (tone, icon) = match rollout.outcome {
        Outcome::Done => (Tone::Green, "check"),
        Outcome::Failed => (Tone::Red, "problem"),
        Outcome::Other => (Tone::Neutral, "minus"),
    };
    let commit = rollout.revision.as_ref().and_then(|revision| {
        let told = scene.commit(one.repository()?, revision.commit.as_ref()?)?;
        told.as_ref().ok()?.as_ref()
    });
    let title = html! {
        @match &rollout.revision { Some(revision) => { (revision_link(one, revision)) } None => { "an older form" } }
        @if let Some(commit) = commit { " " strong { (commit.message.lines().next().unwrap_or_default()) } }
        " " span.muted {
            (rollout.word) " in " (one.title)
            @if names_appliers { " by " (one.applier.namespace()) "/" (one.applier.name()) }
        }
    };
    TimelineEntry {
        at: rollout.at,
        title,
        tone,
        icon,
        body: details(scene, one, rollout),
        key: format!("history-{}-{}", one.applier.uid(), rollout.key),
    }
}

fn details(scene: &Scene, one: &Delivery, rollout: &Rollout) -> Markup {
    let mut failed = scene.failed.iter().filter(|failed| is_of(one, failed));
    let failed = failed.find(|failed| failed.is_in(rollout));
    let repeated = rollout.times.filter(|times| *times > 1);
    html! {
        @if let Some(failed) = failed { p.flux-message { (failed.message) } }
        @if let Some(release) = &rollout.release { p.muted { (release) } }
        @if rollout.last.is_some() || rollout.took.is_some() {
            p.muted {
                @if let Some(last) = rollout.last { "last applied " (time(last, scene.now)) }
                @if let Some(times) = repeated { ", " (times) " times" }
                @if let Some(took) = &rollout.took { ", it took " (took) }
            }
        }
    }
}
