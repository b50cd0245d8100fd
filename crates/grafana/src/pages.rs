//! What people see, from plain data.

pub(crate) mod alerts;
pub(crate) mod boards;
pub(crate) mod charts;
pub(crate) mod connect;
pub(crate) mod foreign;
pub(crate) mod many;
mod samples;
pub(crate) mod selector;

pub use samples::page_samples;

use maud::{Markup, html};
use ui::{icon, inline_code};

use crate::trouble::Trouble;

/// Trouble in the place of what could not be shown.
pub(crate) fn trouble(trouble: &Trouble) -> Markup {
    html! {
        div.part-trouble {
            (icon("warning"))
            div {
                p { (trouble.message) }
                @if let Some(hint) = &trouble.hint { p.muted { (inline_code(hint)) } }
            }
        }
    }
}

/// A link that leaves the portal. Anything but an address of the web is only a text.
pub(crate) fn outward(href: &str, text: &str) -> Markup {
    let is_web = href.starts_with("https://") || href.starts_with("http://");
    html! {
        @if is_web { a.outward href=(href) rel="external noreferrer" { (text) (icon("external")) } }
        @else { (text) }
    }
}

/// A moment in milliseconds since 1970, in UTC.
pub(crate) fn moment(at: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    at.strftime("%-d %b %H:%M:%S").to_string()
}
