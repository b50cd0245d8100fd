//! Events in time, newest first.

use jiff::Timestamp;
use maud::{Markup, html};

use super::badge::Tone;
use super::time::time;
use crate::icon::icon;

/// One event.
#[derive(Debug, Clone)]
pub struct TimelineEntry<'a> {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub title: Markup,
    /// Colour of its mark.
    pub tone: Tone,
    /// Icon in its mark.
    pub icon: &'a str,
    /// More about it.
    pub body: Markup,
    /// Identity that stays when the page is fetched again.
    pub key: String,
}

/// Events, in the order given.
pub fn timeline(entries: &[TimelineEntry<'_>], now: Timestamp) -> Markup {
    html! {
        ol.timeline {
            @for entry in entries {
                li.timeline-entry data-key=(entry.key) {
                    span class=(format_args!("timeline-mark tone-{}", entry.tone.as_str())) { (icon(entry.icon)) }
                    div.timeline-head { div.timeline-title { (entry.title) } (time(entry.at, now)) }
                    div.timeline-body { (entry.body) }
                }
            }
        }
    }
}
