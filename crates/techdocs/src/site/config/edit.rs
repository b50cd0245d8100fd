//! Where pages are edited, as `repo_url`, `edit_uri` and `edit_uri_template` say it.

use serde_json::Value;
use url::Url;

/// Where MkDocs edits pages of hosts that it knows.
const KNOWN_HOSTS: [(&str, &str); 3] = [
    ("github.com", "edit/master/docs/"),
    ("gitlab.com", "edit/master/docs/"),
    ("bitbucket.org", "src/default/docs/"),
];

/// The keys, as they are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct EditConfig {
    repo_url: String,
    uri: Option<String>,
    template: Option<String>,
}

impl EditConfig {
    pub(super) fn read(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().map(|text| text.trim().to_owned());
        Self {
            repo_url: text("repo_url").unwrap_or_default(),
            uri: text("edit_uri"),
            template: text("edit_uri_template").filter(|text| !text.is_empty()),
        }
    }

    /// Where the page of a file is edited, if the keys say so. The path is that in the folder of the documentation.
    pub(crate) fn url(&self, path: &str) -> Option<String> {
        let wanted = match &self.template {
            Some(template) => filled(template, path)?,
            None => self.by_uri(self.uri.as_deref().filter(|uri| !uri.is_empty())?, path),
        };
        self.joined(&wanted)
    }

    /// The same for hosts of which MkDocs knows where pages are edited. An empty `edit_uri` says that they are not.
    pub(crate) fn guessed_url(&self, path: &str) -> Option<String> {
        if self.uri.is_some() {
            return None;
        }
        let host = Url::parse(&self.repo_url).ok()?.host_str()?.to_owned();
        let (_, uri) = KNOWN_HOSTS.iter().find(|(known, _)| *known == host)?;
        self.joined(&self.by_uri(uri, path))
    }

    fn by_uri(&self, uri: &str, path: &str) -> String {
        let slash = if uri.ends_with('/') { "" } else { "/" };
        let uri = if self.repo_url.is_empty() {
            uri
        } else {
            uri.trim_start_matches('/')
        };
        format!("{uri}{slash}{path}")
    }

    /// Below the repository, unless it is an address itself.
    fn joined(&self, wanted: &str) -> Option<String> {
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
        if let Some(url) = Url::parse(wanted).ok().filter(is_web) {
            return Some(url.to_string());
        }
        let is_query = wanted.starts_with(['?', '#']);
        let base = if is_query || self.repo_url.ends_with('/') {
            self.repo_url.clone()
        } else {
            format!("{}/", self.repo_url)
        };
        let url = Url::parse(&base).ok()?.join(wanted).ok()?;
        is_web(&url).then(|| url.to_string())
    }
}

/// A template with its places filled in; nothing if it has places that nobody knows.
fn filled(template: &str, path: &str) -> Option<String> {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let quoted = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let text = template
        .replace("{path}", path)
        .replace("{path_noext}", stem)
        .replace("{path!q}", &quoted(path))
        .replace("{path_noext!q}", &quoted(stem));
    (!text.contains(['{', '}'])).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_to_edit() {
        let repo = "https://git.example.com/o/r";
        for (value, expected) in [
            (
                json!({"repo_url": repo, "edit_uri": "edit/main/docs/"}),
                "/edit/main/docs/a/b.md",
            ),
            (
                json!({"repo_url": repo, "edit_uri": "/edit/main"}),
                "/edit/main/a/b.md",
            ),
            (json!({"repo_url": repo, "edit_uri": "?path="}), "?path=/a/b.md"),
            (
                json!({"repo_url": repo, "edit_uri_template": "blob/{path_noext}.txt?x={path!q}"}),
                "/blob/a/b.txt?x=a%2Fb%2Emd",
            ),
        ] {
            let found = EditConfig::read(&value).url("a/b.md");
            assert_eq!(found.as_deref(), Some(&*format!("{repo}{expected}")), "{value}");
        }
        let elsewhere = json!({"edit_uri_template": "https://edit.example.com/{path}"});
        let found = EditConfig::read(&elsewhere).url("a.md");
        assert_eq!(found.as_deref(), Some("https://edit.example.com/a.md"));
        for value in [
            json!({}),
            json!({"edit_uri": "edit/"}),
            json!({"repo_url": repo}),
            json!({"repo_url": repo, "edit_uri": ""}),
            json!({"repo_url": repo, "edit_uri_template": "{unknown}"}),
            json!({"repo_url": "x", "edit_uri_template": "javascript:alert(1)"}),
        ] {
            assert_eq!(EditConfig::read(&value).url("a.md"), None, "{value}");
        }
        let github =
            |uri: Value| EditConfig::read(&json!({"repo_url": "https://github.com/o/r", "edit_uri": uri}));
        let guessed = github(Value::Null).guessed_url("a.md");
        assert_eq!(
            guessed.as_deref(),
            Some("https://github.com/o/r/edit/master/docs/a.md")
        );
        assert_eq!(github(json!("")).guessed_url("a.md"), None);
    }
}
