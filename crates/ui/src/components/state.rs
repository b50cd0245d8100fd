//! Pages and parts with nothing to show: empty, failed, not permitted. Each says what to do next.

use maud::{Markup, html};

use super::badge::Tone;
use crate::icon::icon;

/// A state in which there is nothing to show.
#[derive(Debug, Clone, Default)]
pub struct EmptyState<'a> {
    /// Icon above the title.
    pub icon: &'a str,
    /// What is the case.
    pub title: &'a str,
    /// Why, and what to do.
    pub text: &'a str,
    /// Buttons.
    pub actions: Option<Markup>,
}

/// Nothing is there.
#[expect(clippy::needless_pass_by_value, reason = "properties are built at the call")]
pub fn empty_state(state: EmptyState<'_>) -> Markup {
    html! {
        div.state {
            span.state-icon { (icon(state.icon)) }
            h2 { (state.title) }
            p { (state.text) }
            @if let Some(actions) = &state.actions { div.state-actions { (actions) } }
        }
    }
}

/// Something failed: what, why, and what the viewer can do.
pub fn error_state(title: &str, message: &str, hint: Option<&str>) -> Markup {
    html! {
        div.state.state-error {
            span.state-icon { (icon("problem")) }
            h2 { (title) }
            p { (message) }
            @if let Some(hint) = hint { p.state-hint { (hint) } }
        }
    }
}

/// The viewer may not see this: which permission is missing.
pub fn no_permission(what: &str, permission: &str) -> Markup {
    html! {
        div.state {
            span.state-icon { (icon("lock")) }
            h2 { "You may not see " (what) }
            p { "It needs the permission " code { (permission) } ". Ask the people who run this portal for it." }
        }
    }
}

/// A message above the content: what an action did.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// Colour by meaning.
    pub tone: Tone,
    /// The message.
    pub text: &'a str,
}

/// A message above the content.
pub fn notice(notice: Notice<'_>) -> Markup {
    let name = match notice.tone {
        Tone::Green => "check",
        Tone::Red => "problem",
        Tone::Amber => "warning",
        _ => "info",
    };
    html! {
        div class=(format_args!("notice tone-{}", notice.tone.as_str())) role="status" { (icon(name)) span { (notice.text) } }
    }
}
