//! What documentation may contain beyond what is always harmless: `techdocs.sanitizer` of the configuration.
//!
//! The keys and what they mean are those of the original (`@backstage/plugin-techdocs`, config.d.ts). Scripts are never allowed, by no key.

use model::{Fault, Problem};
use regex::Regex;
use serde_json::Value;
use url::Url;

/// Most entries of a list.
const MAX: usize = 100;
/// Schemes that run programs or hold whole pages; no configuration allows them.
const NEVER: [&str; 5] = ["javascript", "data", "vbscript", "blob", "file"];

/// What is allowed beyond the lists of the sanitiser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed {
    /// Hosts whose pages may be shown in a frame, with their port where it is not that of the scheme.
    pub(crate) frame_hosts: Vec<String>,
    /// Names of elements with a hyphen.
    elements: Option<Regex>,
    /// Names of their attributes.
    attributes: Option<Regex>,
    /// Schemes of addresses.
    pub(crate) schemes: Vec<String>,
}

impl Allowed {
    /// Reads the section `techdocs`. What is wrong is left out and told, with its place in the section.
    pub(crate) fn read(section: &Value) -> (Self, Vec<Fault>) {
        let sanitizer = &section["sanitizer"];
        let mut faults = Vec::new();
        let allowed = Self {
            frame_hosts: list(sanitizer, "allowedIframeHosts", host, &mut faults),
            elements: pattern(sanitizer, "allowedCustomElementTagNameRegExp", &mut faults),
            attributes: pattern(sanitizer, "allowedCustomElementAttributeNameRegExp", &mut faults),
            schemes: list(sanitizer, "additionalAllowedURIProtocols", scheme, &mut faults),
        };
        (allowed, faults)
    }

    /// The same as problems of the configuration.
    pub(crate) fn problems(section: &Value) -> Vec<Problem> {
        let (_, faults) = Self::read(section);
        faults.into_iter().map(Problem::error).collect()
    }

    /// Whether an element that HTML does not know may stay.
    pub(crate) fn element(&self, name: &str) -> bool {
        name.contains('-') && self.elements.as_ref().is_some_and(|known| known.is_match(name))
    }

    /// Whether such an element may have an attribute.
    pub(crate) fn attribute(&self, name: &str) -> bool {
        // An attribute `on…` holds a script.
        !name.starts_with("on") && self.attributes.as_ref().is_some_and(|known| known.is_match(name))
    }

    /// Whether some element may stay that HTML does not know.
    pub(crate) fn has_elements(&self) -> bool {
        self.elements.is_some()
    }

    /// The address of a frame, where its host is allowed.
    pub(crate) fn frame(&self, source: &str) -> Option<Url> {
        let source = source.trim();
        let url = match source.strip_prefix("//") {
            Some(rest) => Url::parse(&format!("https://{rest}")),
            None => Url::parse(source),
        };
        let url = url.ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let host = url.host_str()?;
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        self.frame_hosts.contains(&host).then_some(url)
    }
}

/// The entries of a list that are right.
fn list(
    sanitizer: &Value,
    key: &str,
    read: fn(&str) -> Result<String, &'static str>,
    faults: &mut Vec<Fault>,
) -> Vec<String> {
    let place = format!("sanitizer.{key}");
    let entries = sanitizer[key].as_array().into_iter().flatten();
    let texts = entries.filter_map(Value::as_str);
    let mut known = Vec::new();
    for (at, text) in texts.enumerate() {
        let read = if at < MAX {
            read(text)
        } else {
            Err("there may be at most 100 entries")
        };
        match read {
            Ok(entry) => known.push(entry),
            Err(reason) => {
                let message = format!("'techdocs.{place}' has '{text}', which is left out: {reason}");
                faults.push(Fault::input(message).at(&place));
            }
        }
    }
    known
}

/// A host as pages name it to browsers.
fn host(text: &str) -> Result<String, &'static str> {
    let (name, port) = text.split_once(':').unwrap_or((text, "0"));
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if !is_name || port.parse::<u16>().is_err() {
        return Err(
            "it is no host; write it as 'www.example.com', with a port where it has one, without scheme and path",
        );
    }
    Ok(text.to_ascii_lowercase())
}

fn scheme(text: &str) -> Result<String, &'static str> {
    let scheme = text.trim_end_matches(':').to_ascii_lowercase();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    if !scheme.starts_with(|first: char| first.is_ascii_lowercase()) || !scheme.bytes().all(is_part) {
        return Err("it is no scheme; write it as 'vscode'");
    }
    if NEVER.contains(&scheme.as_str()) {
        return Err(
            "an address of this scheme runs programs or holds a page of its own, which documentation never may",
        );
    }
    Ok(scheme)
}

fn pattern(sanitizer: &Value, key: &str, faults: &mut Vec<Fault>) -> Option<Regex> {
    let text = sanitizer[key].as_str()?;
    let read = regex::RegexBuilder::new(text).size_limit(1 << 20).build();
    read.inspect_err(|error| {
        let place = format!("sanitizer.{key}");
        let message = format!("'techdocs.{place}' cannot be read and allows nothing: {error}");
        faults.push(Fault::input(message).at(&place));
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(sanitizer: &Value) -> (Allowed, Vec<String>) {
        let (allowed, faults) = Allowed::read(&json!({"sanitizer": sanitizer}));
        (allowed, faults.into_iter().map(|fault| fault.message).collect())
    }

    #[test]
    fn frames_of_the_hosts_that_are_named() {
        let (allowed, faults) =
            read(&json!({"allowedIframeHosts": ["www.Example.org", "docs.example.org:8443"]}));
        assert!(faults.is_empty(), "{faults:?}");
        for (source, is_allowed) in [
            ("https://www.example.org/a?b", true),
            ("//www.example.org/a", true),
            ("http://www.example.org", true),
            ("https://docs.example.org:8443/", true),
            ("https://docs.example.org/", false),
            ("https://www.example.org.evil.org/", false),
            ("https://www.example.org@evil.org/", false),
            ("javascript://www.example.org/%0aa()", false),
            ("/catalog", false),
            ("", false),
        ] {
            assert_eq!(allowed.frame(source).is_some(), is_allowed, "{source}");
        }
    }

    #[test]
    fn what_is_no_host_is_named() {
        let hosts = json!([
            "https://example.org",
            "*.example.org",
            "a;script-src *",
            "example.org:99999",
            ""
        ]);
        let (allowed, faults) = read(&json!({"allowedIframeHosts": hosts}));
        assert!(allowed.frame_hosts.is_empty());
        assert_eq!(faults.len(), 5);
        assert!(
            faults[1].contains("'techdocs.sanitizer.allowedIframeHosts' has '*.example.org'"),
            "{}",
            faults[1]
        );
    }

    #[test]
    fn elements_and_schemes() {
        let (allowed, faults) = read(&json!({
            "allowedCustomElementTagNameRegExp": "^backstage-",
            "allowedCustomElementAttributeNameRegExp": "^(attribute|on)",
            "additionalAllowedURIProtocols": ["VSCode", "slack:", "javascript"],
        }));
        assert!(
            allowed.element("backstage-card") && !allowed.element("x-card") && !allowed.element("script")
        );
        assert!(
            allowed.attribute("attribute-a") && !allowed.attribute("onclick") && !allowed.attribute("style")
        );
        assert_eq!(allowed.schemes, ["vscode", "slack"]);
        assert!(
            faults.len() == 1 && faults[0].contains("'javascript'"),
            "{faults:?}"
        );
        let (_, faults) = read(&json!({"allowedCustomElementTagNameRegExp": "("}));
        assert!(faults[0].contains("cannot be read"), "{faults:?}");
    }
}
