//! `backend.reading.allow`: which URLs may be read without an integration.

use config::ReadingAllow;
use url::Url;

use crate::git_url::climbs;

/// The allowed hosts, ports and paths.
#[derive(Debug, Clone, Default)]
pub struct AllowList {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    host: String,
    any_subdomain: bool,
    ports: Option<(u16, u16)>,
    paths: Option<Vec<String>>,
}

impl AllowList {
    /// Reads the configured entries; entries with a malformed port allow nothing.
    pub fn new(allow: &[ReadingAllow]) -> Self {
        Self {
            entries: allow.iter().filter_map(Entry::new).collect(),
        }
    }

    /// Whether a URL may be read.
    pub fn allows(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https") && self.entries.iter().any(|entry| entry.allows(url))
    }
}

impl Entry {
    fn new(allow: &ReadingAllow) -> Option<Self> {
        let (host, port) = split_port(&allow.host);
        let ports = match port {
            None => None,
            Some(port) => {
                let (from, to) = port.split_once('-').unwrap_or((port, port));
                Some((from.parse().ok()?, to.parse().ok()?))
            }
        };
        let any_subdomain = host.starts_with("*.");
        let host = if any_subdomain { &host[1..] } else { host };
        Some(Self {
            host: host.to_lowercase(),
            any_subdomain,
            ports,
            paths: allow.paths.clone(),
        })
    }

    fn allows(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let host_fits = if self.any_subdomain {
            host.ends_with(&self.host)
        } else {
            host == self.host
        };
        host_fits && self.port_fits(url) && self.path_fits(url.path())
    }

    /// Without a configured port only the scheme's default port is allowed.
    fn port_fits(&self, url: &Url) -> bool {
        match (self.ports, url.port_or_known_default()) {
            (None, _) => url.port().is_none(),
            (Some((from, to)), Some(port)) => (from..=to).contains(&port),
            (Some(_), None) => false,
        }
    }

    fn path_fits(&self, path: &str) -> bool {
        let Some(paths) = &self.paths else { return true };
        // Some servers decode a path twice, so that a part that is still encoded here may lead out of the allowed path.
        if climbs(path) {
            return false;
        }
        let path = collapse(path);
        paths.iter().any(|allowed| {
            let below = allowed.strip_suffix('/').unwrap_or(allowed);
            path == *allowed || path.strip_prefix(below).is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

/// Host and port; the host of an IPv6 address keeps its brackets.
fn split_port(host: &str) -> (&str, Option<&str>) {
    let after_brackets = host.find(']').unwrap_or(0);
    match host[after_brackets..].find(':') {
        Some(at) => (
            &host[..after_brackets + at],
            Some(&host[after_brackets + at + 1..]),
        ),
        None => (host, None),
    }
}

/// Repeated slashes count as one. Dot segments are already gone from a parsed URL.
fn collapse(path: &str) -> String {
    let mut collapsed = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !collapsed.ends_with('/') {
            collapsed.push(character);
        }
    }
    collapsed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, paths: Option<&[&str]>, url: &str, expected: bool) {
        let paths = paths.map(|paths| paths.iter().map(|&path| path.to_owned()).collect());
        let list = AllowList::new(&[ReadingAllow {
            host: host.to_owned(),
            paths,
        }]);
        assert_eq!(
            list.allows(&Url::parse(url).expect("a URL")),
            expected,
            "{host} {url}"
        );
    }

    #[test]
    fn hosts_and_ports() {
        check("example.com", None, "https://example.com/x", true);
        check("example.com", None, "https://EXAMPLE.com/x", true);
        check("example.com", None, "http://example.com:80/x", true);
        check("example.com", None, "https://example.com:8443/x", false);
        check("example.com:8443", None, "https://example.com:8443/x", true);
        check("example.com:8443", None, "https://example.com/x", false);
        check("example.com:443", None, "https://example.com/x", true);
        check("example.com:80-90", None, "http://example.com:85/x", true);
        check("example.com:80-90", None, "http://example.com:91/x", false);
        check("example.com:nonsense", None, "http://example.com/x", false);
        check("*.example.com", None, "https://a.b.example.com/x", true);
        check("*.example.com", None, "https://example.com/x", false);
        check("*.example.com", None, "https://evilexample.com/x", false);
        check("example.com", None, "https://example.com.evil.org/x", false);
        check("[::1]:80", None, "http://[::1]/x", true);
        check("example.com", None, "ftp://example.com/x", false);
        check("example.com", None, "file:///etc/passwd", false);
    }

    #[test]
    fn paths_are_prefixes_of_whole_segments() {
        let paths: Option<&[&str]> = Some(&["/a/b", "/dir/"]);
        check("h", paths, "http://h/a/b", true);
        check("h", paths, "http://h/a/b/c", true);
        check("h", paths, "http://h//a//b", true);
        check("h", paths, "http://h/a/bc", false);
        check("h", paths, "http://h/dir/x", true);
        check("h", paths, "http://h/dir", false);
        check("h", paths, "http://h/a/b/../../secret", false);
        check("h", paths, "http://h/a/b/%2e%2e/%2e%2e/secret", false);
        for climbing in [
            "..%2fsecret",
            "..;/secret",
            "%252e%252e/secret",
            "..%5csecret",
            "..;a=b/secret",
            "..%3b/x",
        ] {
            check("h", paths, &format!("http://h/a/b/{climbing}"), false);
        }
        check("h", paths, "http://h/a/b/a..b/c;v=1/..c", true);
        check("h", None, "http://h/a/..%2fsecret", true);
    }
}
