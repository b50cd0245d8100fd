//! The notice of a finished action on the page that follows it: `?done=registered`.

use maud::{Markup, html};
use ui::{Notice, Tone, notice};
use url::form_urlencoded;

/// Words of the address with the notices they stand for.
const NOTICES: [(&str, &str); 5] = [
    (
        "registered",
        "Registered. It is being read; what it brings is in the catalog in a moment.",
    ),
    (
        "unregistered",
        "Unregistered, with everything that only this location brought.",
    ),
    (
        "refreshed",
        "Its source is read again now; what changed shows in a moment.",
    ),
    (
        "no-such-tab",
        "This entity has no tab of that name here. This is its overview.",
    ),
    ("removed", "Removed. It comes back if a source still declares it."),
];

/// The notice that the address of a page asks for.
pub(super) fn flash(query: &str) -> Markup {
    let done = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "done");
    let text = done.and_then(|(_, word)| NOTICES.iter().find(|(known, _)| *known == word));
    html! { @if let Some((_, text)) = text { (notice(Notice { tone: Tone::Green, text })) } }
}

/// The address of a page with a notice.
pub(super) fn with_flash(address: &str, word: &str) -> String {
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}done={word}")
}
