//! Addresses in descriptors that a browser may be led to; a descriptor can hold anything.

use ui::href;
use url::Url;

/// Schemes that run something in the portal's page, show what the descriptor brings itself, or reach into the reader's disk.
const REFUSED: [&str; 7] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "javascript",
    "vbscript",
];

/// An address of whatever program, if following it does no harm. A path leads to a page of the portal.
pub(crate) fn harmless(text: &str) -> Option<&str> {
    let text = text.trim();
    if href::is_local(text) {
        return Some(text);
    }
    // The parser takes an address apart as browsers do, with what they leave out of a scheme.
    let scheme = Url::parse(text).ok()?.scheme().to_owned();
    let is_refused = REFUSED.contains(&scheme.as_str()) || scheme == "view-source";
    (!is_refused).then_some(text)
}

/// An address of a page.
pub(crate) fn web_address(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| {
        ["https://", "http://"].iter().any(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })
    })
}

/// The page that a location leads to (`url:https://…`, or the address alone).
pub(crate) fn location_address(text: Option<&str>) -> Option<&str> {
    let text = text?.trim();
    web_address(Some(text.strip_prefix("url:").unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_followed_that_does_no_harm() {
        for address in [
            "https://example.com/a",
            "HTTP://example.com",
            "mailto:team@example.com",
            "tel:+15551234",
            "slack://channel?team=T1&id=C1",
            "msteams:/l/channel/1",
            "vscode://file/a",
            "ssh://git@example.com/a",
            "ftp://example.com/a",
            "xmpp:room@example.com",
            "irc://irc.example.com/room",
            "/docs/default/component/a",
        ] {
            assert_eq!(harmless(address), Some(address));
        }
    }

    #[test]
    fn what_runs_or_brings_its_own_content_is_not() {
        for address in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,<script>1</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://example.com/1",
            "filesystem:https://example.com/1",
            "view-source:https://example.com",
            "about:blank",
            "//example.com/a",
            "/\\example.com",
            "docs/a",
            "",
        ] {
            assert_eq!(harmless(address), None, "{address:?}");
        }
    }

    #[test]
    fn locations_lead_to_pages() {
        for (text, expected) in [
            ("url:https://example.com/a", Some("https://example.com/a")),
            ("https://example.com/a", Some("https://example.com/a")),
            ("file:/srv/a.yaml", None),
            ("url:javascript:alert(1)", None),
            ("dir:.", None),
            ("", None),
        ] {
            assert_eq!(location_address(Some(text)), expected, "{text}");
        }
    }
}
