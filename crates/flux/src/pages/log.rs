//! The log of deployments: what was applied when, from which commit, and how it went.

use maud::{Markup, html};
use ui::{Card, TimelineEntry, Tone, time, timeline};

use super::running::revision_link;
use super::scene::Scene;
use crate::engine::Delivery;
use crate::engine::rollouts::{self, Outcome, Rollout};

/// Entries that are shown.
const MOST: usize = 40;

/// The log of what delivers the entity, newest first.
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
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let total = entries.len();
    entries.truncate(MOST);
    html! {
        @if total > 0 {
            (ui::card(Card { title: "Deploy log", count: Some(total), ..Card::default() }, timeline(&entries, scene.now)))
        }
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
        body: details(scene, rollout),
        key: format!("history-{}-{}", one.applier.uid(), rollout.key),
    }
}

fn details(scene: &Scene, rollout: &Rollout) -> Markup {
    let repeated = rollout.times.filter(|times| *times > 1);
    html! {
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
