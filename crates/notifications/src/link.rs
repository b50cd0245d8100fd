//! Links of notifications: only those that lead to a page. A path is one of this portal.

use std::sync::LazyLock;

use model::Fault;
use url::Url;

/// Stands for the portal itself while a link is read; the top-level domain is reserved (RFC 2606).
static PORTAL: LazyLock<Url> =
    LazyLock::new(|| Url::parse("http://portal.invalid/").expect("an address that is known"));

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a page of the portal, by its path.
    Portal(String),
    /// To another server.
    Elsewhere(String),
}

/// Where a link leads; nothing for one that is not followed over HTTP.
pub(crate) fn target(link: &str) -> Option<Target> {
    let url = PORTAL.join(link).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if url.origin() != PORTAL.origin() {
        return Some(Target::Elsewhere(url.into()));
    }
    let whole: &str = url.as_str();
    let path = whole.strip_prefix(PORTAL.as_str()).unwrap_or_default();
    Some(Target::Portal(format!("/{}", path.trim_start_matches('/'))))
}

/// Refuses a link that is not followed over HTTP, in the original's words.
pub(crate) fn check(link: &str) -> Result<(), Fault> {
    if link.is_empty() || target(link).is_some() {
        return Ok(());
    }
    let cause = Fault::error("Only HTTP/HTTPS links are allowed");
    Err(Fault::input("Invalid link provided").caused_by(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_links_lead_somewhere() {
        let check = |link: &str, expected: Option<&str>| {
            let found = target(link).map(|target| match target {
                Target::Portal(path) => format!("here {path}"),
                Target::Elsewhere(url) => url,
            });
            assert_eq!(found.as_deref(), expected, "{link}");
        };
        check("/catalog?kind=api#x", Some("here /catalog?kind=api#x"));
        check("catalog/a b", Some("here /catalog/a%20b"));
        check("../..//evil.example", Some("here /evil.example"));
        check("https://grafana.example/d/1", Some("https://grafana.example/d/1"));
        check("//other.example/a", Some("http://other.example/a"));
        check("\\\\other.example\\a", Some("http://other.example/a"));
        check("javascript:alert(1)", None);
        check("java\nscript:alert(1)", None);
        check(" \u{1}javascript:alert(1)", None);
        check("data:text/html,x", None);
        check("http://", None);
    }
}
