//! Failures in the log of deployments: what objects and events of the cluster tell, also without the webhook.

use std::time::Duration;

use jiff::Timestamp;
use maud::html;
use ui::{TimelineEntry, Tone, time};

use super::log::repository_of;
use super::running::linked;
use crate::engine::failures::{Failed, gist};
use crate::engine::{Delivery, Pushed};

/// A controller tells of a failure a moment before it writes it down.
const MOMENT: Duration = Duration::from_mins(1);

/// Whether one of these failures is what Flux told by its webhook.
pub(super) fn tell(failures: &[Failed], told: &Pushed) -> bool {
    let mut of_object = failures
        .iter()
        .filter(|one| one.is_about(&told.kind, &told.namespace, &told.name));
    // A long message is kept cut.
    let is_it = |one: &Failed| {
        one.reason == told.reason
            && gist(&one.message).starts_with(&gist(&told.message))
            && told.at.saturating_add(MOMENT).is_ok_and(|at| at >= one.at)
    };
    told.is_error && of_object.any(is_it)
}

/// An entry of the log.
pub(super) fn entry(main: &[&Delivery], failed: &Failed, now: Timestamp) -> TimelineEntry<'static> {
    let about = (failed.kind, failed.namespace.as_str(), failed.name.as_str());
    let repository = repository_of(main, about);
    let last = failed.last.filter(|last| *last > failed.at && failed.times > 1);
    let title = html! {
        @if let Some(revision) = &failed.revision { (linked(repository, revision)) " " }
        (failed.reason) " " span.muted { (failed.kind) " " (failed.namespace) "/" (failed.name) " in " (failed.title) }
    };
    TimelineEntry {
        at: failed.at,
        title,
        tone: Tone::Red,
        icon: "problem",
        body: html! {
            p.flux-message { (failed.message) }
            @if let Some(last) = last { p.muted { (failed.times) " times, last " (time(last, now)) @if failed.lasts { ", and it is so now" } } }
            @else if failed.lasts { p.muted { "It is so now" } }
        },
        key: format!(
            "failed-{}-{}-{}-{}-{}",
            failed.title, failed.kind, failed.name, failed.reason, failed.at
        ),
    }
}
