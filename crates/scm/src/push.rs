//! Pushes as webhooks of Git hosts report them, and the addresses whose content a push may change.

use http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// Where GitHub serves the bytes of files.
const GITHUB_RAW: (&str, &str) = ("github.com", "raw.githubusercontent.com");
/// Words that stand before a branch in the address of a file.
const WORDS: [&str; 8] = ["blob", "tree", "raw", "src", "edit", "blame", "media", "_edit"];

/// A push to a branch or a tag of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// The repository's page.
    pub repository: String,
    /// Name of the branch or tag.
    pub name: String,
    /// It is a tag.
    pub is_tag: bool,
    /// It is the branch that addresses without a branch mean.
    pub is_default: bool,
    /// The commit before; zeros where the branch is new.
    pub before: String,
    /// The commit now; zeros where the branch is gone.
    pub after: String,
}

impl Push {
    /// Reads the push from a webhook of Gitea, Forgejo, GitHub or GitLab. Nothing if the webhook is about another event.
    pub fn read(headers: &HeaderMap, payload: &Value) -> Option<Self> {
        let is_event = |name| headers.get(name).is_some_and(|event| event == "push");
        let is_push = ["x-gitea-event", "x-forgejo-event", "x-github-event"]
            .into_iter()
            .any(is_event);
        let is_gitlab = matches!(payload["object_kind"].as_str(), Some("push" | "tag_push"));
        let repository = if is_gitlab {
            payload.pointer("/project/web_url")
        } else if is_push {
            payload.pointer("/repository/html_url")
        } else {
            None
        }?;
        let default = payload.pointer(if is_gitlab {
            "/project/default_branch"
        } else {
            "/repository/default_branch"
        });
        let reference = payload["ref"].as_str()?;
        let (name, is_tag) = match reference.strip_prefix("refs/tags/") {
            Some(tag) => (tag, true),
            None => (reference.strip_prefix("refs/heads/")?, false),
        };
        let text = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
        Some(Self {
            repository: repository
                .as_str()?
                .trim_end_matches('/')
                .trim_end_matches(".git")
                .to_owned(),
            name: name.to_owned(),
            is_tag,
            is_default: !is_tag && default.and_then(Value::as_str) == Some(name),
            before: text("before"),
            after: text("after"),
        })
    }

    /// Whether the push may have changed the content of an address: the address is within the repository, and names this
    /// branch or tag or none.
    pub fn concerns(&self, address: &str) -> bool {
        let (Ok(repository), Ok(address)) = (Url::parse(&self.repository), Url::parse(address)) else {
            return false;
        };
        let is_raw = (repository.host_str(), address.host_str()) == (Some(GITHUB_RAW.0), Some(GITHUB_RAW.1));
        if !is_raw && authority(&repository) != authority(&address) {
            return false;
        }
        let (repository, address) = (segments(&repository), segments(&address));
        let is_within = address.len() >= repository.len()
            && repository
                .iter()
                .zip(&address)
                .all(|(own, other)| same_name(own, other));
        is_within && self.is_named_in(&address[repository.len()..], is_raw)
    }

    /// Whether the part of an address behind the repository names this branch or tag, or none.
    fn is_named_in(&self, rest: &[String], is_raw: bool) -> bool {
        let rest = if rest.first().is_some_and(|part| part == "-") {
            &rest[1..]
        } else {
            rest
        };
        let rest = match rest {
            [word, rest @ ..] if WORDS.contains(&word.as_str()) => rest,
            // The reference follows at once.
            [_, ..] if is_raw => rest,
            _ => return true,
        };
        let kind = if self.is_tag { "tag" } else { "branch" };
        let refs = if self.is_tag { "tags" } else { "heads" };
        match rest {
            [first, rest @ ..] if first == kind && self.begins(rest) => true,
            [first, second, rest @ ..] if first == "refs" && second == refs => self.begins(rest),
            [first, ..] if first == "HEAD" => self.is_default,
            rest => self.begins(rest),
        }
    }

    /// Whether these segments begin with the name, which may itself have slashes.
    fn begins(&self, segments: &[String]) -> bool {
        let mut segments = segments.iter();
        self.name
            .split('/')
            .all(|part| segments.next().is_some_and(|segment| segment == part))
    }
}

fn authority(url: &Url) -> (Option<&str>, Option<u16>) {
    (url.host_str(), url.port_or_known_default())
}

/// The parts of a path; the slashes of a branch may be encoded.
fn segments(url: &Url) -> Vec<String> {
    let path = percent_decode_str(url.path()).decode_utf8_lossy();
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// Git hosts take names of owners and repositories in any case.
fn same_name(own: &str, other: &str) -> bool {
    own.to_lowercase() == other.trim_end_matches(".git").to_lowercase()
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    fn push(repository: &str, reference: &str) -> Push {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("x-gitea-event"),
            HeaderValue::from_static("push"),
        )]);
        let payload = json!({
            "ref": reference, "before": "a", "after": "b",
            "repository": {"html_url": repository, "default_branch": "main"},
        });
        Push::read(&headers, &payload).unwrap()
    }

    fn check(push: &Push, concerned: &[&str], others: &[&str]) {
        for address in concerned {
            assert!(push.concerns(address), "{push:?} concerns {address}");
        }
        for address in others {
            assert!(!push.concerns(address), "{push:?} does not concern {address}");
        }
    }

    #[test]
    fn addresses_of_a_branch() {
        check(
            &push("https://gitea.example/git/Talent/api", "refs/heads/main"),
            &[
                "https://gitea.example/git/talent/api/src/branch/main/catalog-info.yaml",
                "https://gitea.example:443/git/talent/api/raw/branch/main/docs/a.yaml",
                "https://gitea.example/git/talent/api/src/main/catalog-info.yaml",
                "https://gitea.example/git/talent/api.git",
                "https://gitea.example/git/talent/api",
                "https://gitea.example/git/talent/api/raw/HEAD/a.yaml",
            ],
            &[
                "https://gitea.example/git/talent/api/src/branch/develop/catalog-info.yaml",
                "https://gitea.example/git/talent/api/src/branch/main-2/catalog-info.yaml",
                "https://gitea.example/git/talent/api/src/commit/main/catalog-info.yaml",
                "https://gitea.example/git/talent/api/src/tag/main/catalog-info.yaml",
                "https://gitea.example/git/talent/api-2/src/branch/main/catalog-info.yaml",
                "https://gitea.example/talent/api/src/branch/main/catalog-info.yaml",
                "https://gitea.example:3000/git/talent/api/src/branch/main/catalog-info.yaml",
                "https://other.example/git/talent/api/src/branch/main/catalog-info.yaml",
                "no address",
            ],
        );
        check(
            &push("https://github.com/o/r", "refs/heads/feature/x"),
            &[
                "https://github.com/o/r/blob/feature/x/catalog-info.yaml",
                "https://github.com/o/r/blob/feature%2Fx/catalog-info.yaml",
                "https://github.com/o/r/raw/refs/heads/feature/x/a.yaml",
                "https://raw.githubusercontent.com/o/r/feature/x/a.yaml",
                "https://raw.githubusercontent.com/o/r/refs/heads/feature/x/a.yaml",
            ],
            &[
                "https://github.com/o/r/blob/feature/y/catalog-info.yaml",
                "https://github.com/o/r/blob/HEAD/catalog-info.yaml",
                "https://raw.githubusercontent.com/o/r/main/a.yaml",
                "https://raw.githubusercontent.com/o/other/feature/x/a.yaml",
            ],
        );
        check(
            &push("https://github.com/o/r", "refs/tags/v1"),
            &[
                "https://github.com/o/r/blob/v1/a.yaml",
                "https://github.com/o/r/raw/refs/tags/v1/a.yaml",
            ],
            &[
                "https://github.com/o/r/blob/main/a.yaml",
                "https://github.com/o/r/raw/refs/heads/v1/a.yaml",
            ],
        );
    }

    #[test]
    fn gitlab_tells_it_in_its_own_form() {
        let payload = json!({
            "object_kind": "push", "ref": "refs/heads/main", "before": "a", "after": "b",
            "project": {"web_url": "https://gitlab.example/group/sub/api", "default_branch": "main"},
        });
        let push = Push::read(&HeaderMap::new(), &payload).unwrap();
        assert!(push.is_default);
        check(
            &push,
            &["https://gitlab.example/group/sub/api/-/blob/main/catalog-info.yaml"],
            &["https://gitlab.example/group/sub/api/-/blob/next/catalog-info.yaml"],
        );
    }

    #[test]
    fn other_events_are_no_push() {
        let issue = HeaderMap::from_iter([(
            HeaderName::from_static("x-gitea-event"),
            HeaderValue::from_static("issues"),
        )]);
        let payload = json!({"ref": "refs/heads/main", "repository": {"html_url": "https://h/o/r"}});
        assert_eq!(Push::read(&issue, &payload), None);
        assert_eq!(Push::read(&HeaderMap::new(), &json!(["no", "object"])), None);
    }
}
