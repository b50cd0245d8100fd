//! Pushes as webhooks of Git hosts report them, and the addresses whose content a push may change.

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::host_event::{is_event, repository_page};
use crate::reference::Reference;
use crate::touched;

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
    /// Paths of the files that the push touched, where the host named all of them.
    #[serde(default)]
    pub files: Option<Vec<String>>,
}

impl Push {
    /// Reads the push from a webhook of Gitea, Forgejo, GitHub or GitLab. Nothing if the webhook is about another event.
    pub fn read(headers: &HeaderMap, payload: &Value) -> Option<Self> {
        let is_gitlab = matches!(payload["object_kind"].as_str(), Some("push" | "tag_push"));
        if !is_gitlab && !is_event(headers, "push") {
            return None;
        }
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
        let mut push = Self {
            repository: repository_page(payload)?,
            name: name.to_owned(),
            is_tag,
            is_default: !is_tag
                && default
                    .and_then(Value::as_str)
                    .is_none_or(|default| default == name),
            before: text("before"),
            after: text("after"),
            files: None,
        };
        if !push.is_new() && !push.is_deletion() {
            push.files = touched::files(payload, &push.after);
        }
        Some(push)
    }

    /// The branch or tag is new.
    pub fn is_new(&self) -> bool {
        is_zero(&self.before)
    }

    /// The branch or tag is gone.
    pub fn is_deletion(&self) -> bool {
        is_zero(&self.after)
    }

    /// Whether the push may have changed the content of an address: the address is within the repository, names this
    /// branch or tag, or none where this is the default branch, and a file or folder that the push touched.
    pub fn concerns(&self, address: &str) -> bool {
        let reference = Reference {
            repository: &self.repository,
            name: &self.name,
            is_tag: self.is_tag,
            is_default: self.is_default,
        };
        let Some(path) = reference.path_of(address) else {
            return false;
        };
        let files = self.files.as_ref();
        files.is_none_or(|files| files.iter().any(|file| touched::is_within(file, &path)))
    }
}

/// The id of no commit.
fn is_zero(commit: &str) -> bool {
    !commit.is_empty() && commit.bytes().all(|digit| digit == b'0')
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
                "https://github.com/o/r",
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
    fn a_push_that_names_its_files_concerns_these_alone() {
        let touching = |files: Option<&[&str]>| Push {
            files: files.map(|files| files.iter().map(|file| (*file).to_owned()).collect()),
            ..push("https://gitea.example/o/r", "refs/heads/main")
        };
        check(
            &touching(Some(&["docs/a b.md", "api/openapi.yaml"])),
            &[
                "https://gitea.example/o/r/raw/branch/main/api/openapi.yaml",
                "https://gitea.example/o/r/src/branch/main/docs/a%20b.md",
                "https://gitea.example/o/r/src/branch/main/docs/",
                "https://gitea.example/o/r/src/branch/main/*/openapi.yaml",
                "https://gitea.example/o/r/src/branch/main/",
                "https://gitea.example/o/r",
            ],
            &[
                "https://gitea.example/o/r/src/branch/main/catalog-info.yaml",
                "https://gitea.example/o/r/src/branch/main/openapi.yaml",
                "https://gitea.example/o/r/src/branch/main/api/openapi.yaml.txt",
                "https://gitea.example/o/r/src/branch/main/services/*/catalog-info.yaml",
                "https://gitea.example/o/r/src/branch/next/api/openapi.yaml",
            ],
        );
        check(
            &touching(Some(&[])),
            &[],
            &["https://gitea.example/o/r/src/branch/main/catalog-info.yaml"],
        );
        check(
            &touching(None),
            &["https://gitea.example/o/r/src/branch/main/catalog-info.yaml"],
            &[],
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
