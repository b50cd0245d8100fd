//! Small marks: how CI is, moments, and names of commits.

use jiff::Timestamp;
use maud::{Markup, html};
use scm::gitea::activity::State;
use ui::{Badge, Tone, badge, icon};

/// Digits of a commit's name that people compare.
const SHORT: usize = 10;

fn look(state: State) -> (Tone, &'static str) {
    match state {
        State::Success => (Tone::Green, "check"),
        State::Failing => (Tone::Red, "problem"),
        State::Running => (Tone::Blue, "refresh"),
        State::Waiting | State::Pending => (Tone::Amber, "clock"),
        State::Warning => (Tone::Amber, "warning"),
        State::Cancelled => (Tone::Neutral, "close"),
        State::Skipped => (Tone::Neutral, "minus"),
    }
}

/// How CI is, as a word.
pub(super) fn word(state: Option<State>) -> Markup {
    match state {
        None => badge(Badge {
            text: "no CI",
            ..Badge::default()
        }),
        Some(state) => {
            let (tone, icon) = look(state);
            badge(Badge {
                text: state.word(),
                tone,
                icon: Some(icon),
            })
        }
    }
}

/// How CI is, as a sign before a row. A row without CI keeps the room.
pub(super) fn sign(state: Option<State>) -> Markup {
    html! {
        @match state {
            Some(state) => {
                @let (tone, name) = look(state);
                span class=(format_args!("repo-sign tone-{}", tone.as_str())) title=(format_args!("CI: {}", state.word())) {
                    (icon(name)) span.visually-hidden { "CI: " (state.word()) }
                }
            }
            None => { span.repo-sign {} }
        }
    }
}

/// A moment as a server writes it; nothing where it is none.
pub(super) fn at(moment: &str, now: Timestamp) -> Option<Markup> {
    let moment: Timestamp = moment.parse().ok()?;
    Some(ui::time(moment, now))
}

/// The beginning of a commit's name.
pub(super) fn short(sha: &str) -> &str {
    sha.get(..SHORT).unwrap_or(sha)
}

/// How long something took; nothing where one of the moments has not come.
pub(super) fn took(from: &str, to: &str) -> Option<String> {
    let (from, to): (Timestamp, Timestamp) = (from.parse().ok()?, to.parse().ok()?);
    let took = to.as_millisecond() - from.as_millisecond();
    u64::try_from(took).ok().map(ui::duration)
}

/// A number of things.
pub(super) fn counted(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
