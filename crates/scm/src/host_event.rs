//! What webhooks of Git hosts report, whichever host they come from, and the addresses whose content it may change.

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::push::Push;
use crate::reference::{Reference, path_below};

/// Headers with the name of an event.
const EVENTS: [&str; 3] = ["x-gitea-event", "x-forgejo-event", "x-github-event"];
/// Longest page of an owner that is taken for one, in bytes.
const MAX_OWNER: usize = 300;

/// An event of a Git host that changes what is read from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum HostEvent {
    /// Commits were pushed.
    Push(Push),
    /// A branch or tag was made or deleted.
    Reference(ReferenceChange),
    /// A repository was made or deleted.
    Repository(RepositoryChange),
    /// A release was published, changed or deleted.
    Release(ReleaseChange),
}

/// A branch or tag that was made or deleted. A branch that was renamed is both, under two names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceChange {
    /// The repository's page.
    pub repository: String,
    /// Name of the branch or tag.
    pub name: String,
    /// It is a tag.
    pub is_tag: bool,
    /// It is the branch that addresses without a branch mean.
    pub is_default: bool,
    /// It is gone; otherwise it is new.
    pub is_deleted: bool,
}

/// A repository that was made or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryChange {
    /// The repository's page.
    pub repository: String,
    /// Its number on its server.
    pub id: i64,
    /// Its name with its owner's.
    pub full_name: String,
    /// It is gone; otherwise it is new.
    pub is_deleted: bool,
}

/// A release that was published, changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseChange {
    /// The repository's page.
    pub repository: String,
    /// The tag that it is of.
    pub tag: String,
    /// What happened, in the host's word: `published`, `updated`, `deleted`.
    pub action: String,
}

impl HostEvent {
    /// Reads the event from a webhook of Gitea, Forgejo, GitHub or, pushes alone, GitLab. Nothing for events that change nothing
    /// that is read.
    pub fn read(headers: &HeaderMap, payload: &Value) -> Option<Self> {
        Push::read(headers, payload)
            .map(Self::Push)
            .or_else(|| ReferenceChange::read(headers, payload).map(Self::Reference))
            .or_else(|| RepositoryChange::read(headers, payload).map(Self::Repository))
            .or_else(|| ReleaseChange::read(headers, payload).map(Self::Release))
    }

    /// The repository's page.
    pub fn repository(&self) -> &str {
        match self {
            Self::Push(push) => &push.repository,
            Self::Reference(change) => &change.repository,
            Self::Repository(change) => &change.repository,
            Self::Release(change) => &change.repository,
        }
    }

    /// The branch or tag; nothing where all of the repository is meant.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Push(push) => Some(&push.name),
            Self::Reference(change) => Some(&change.name),
            Self::Repository(_) => None,
            Self::Release(change) => Some(&change.tag),
        }
    }

    /// Whether the event may have changed the content of an address.
    pub fn concerns(&self, address: &str) -> bool {
        match self {
            Self::Push(push) => push.concerns(address),
            Self::Reference(change) => change.concerns(address),
            Self::Repository(change) => path_below(&change.repository, address).is_some(),
            Self::Release(change) => change.concerns(address),
        }
    }
}

impl ReferenceChange {
    fn read(headers: &HeaderMap, payload: &Value) -> Option<Self> {
        let is_deleted = is_event(headers, "delete");
        if !is_deleted && !is_event(headers, "create") {
            return None;
        }
        // Gitea writes the short name; the whole one is understood, too.
        let name = payload["ref"].as_str()?;
        let name = ["refs/heads/", "refs/tags/"]
            .into_iter()
            .find_map(|refs| name.strip_prefix(refs))
            .unwrap_or(name);
        let is_tag = match payload["ref_type"].as_str()? {
            "branch" => false,
            "tag" => true,
            _ => return None,
        };
        let default = payload.pointer("/repository/default_branch");
        Some(Self {
            repository: repository_page(payload)?,
            name: name.to_owned(),
            is_tag,
            is_default: !is_tag
                && default
                    .and_then(Value::as_str)
                    .is_none_or(|default| default == name),
            is_deleted,
        })
    }

    fn concerns(&self, address: &str) -> bool {
        let reference = Reference {
            repository: &self.repository,
            name: &self.name,
            is_tag: self.is_tag,
            is_default: self.is_default,
        };
        reference.path_of(address).is_some()
    }
}

impl RepositoryChange {
    fn read(headers: &HeaderMap, payload: &Value) -> Option<Self> {
        if !is_event(headers, "repository") {
            return None;
        }
        let is_deleted = match payload["action"].as_str()? {
            "created" => false,
            "deleted" => true,
            _ => return None,
        };
        let repository = &payload["repository"];
        Some(Self {
            repository: repository_page(payload)?,
            id: repository["id"].as_i64()?,
            full_name: repository["full_name"].as_str()?.to_owned(),
            is_deleted,
        })
    }
}

impl ReleaseChange {
    fn read(headers: &HeaderMap, payload: &Value) -> Option<Self> {
        if !is_event(headers, "release") {
            return None;
        }
        Some(Self {
            repository: repository_page(payload)?,
            tag: payload.pointer("/release/tag_name")?.as_str()?.to_owned(),
            action: payload["action"].as_str()?.to_owned(),
        })
    }

    fn concerns(&self, address: &str) -> bool {
        let tag = Reference {
            repository: &self.repository,
            name: &self.tag,
            is_tag: true,
            is_default: false,
        };
        tag.path_of(address).is_some()
    }
}

/// Whether a webhook of Gitea, Forgejo or GitHub is of this event.
pub(crate) fn is_event(headers: &HeaderMap, event: &str) -> bool {
    EVENTS
        .into_iter()
        .any(|name| headers.get(name).is_some_and(|named| named == event))
}

/// The word for the event of a webhook, if its host says it.
pub fn event_name<'a>(headers: &'a HeaderMap, payload: &'a Value) -> Option<&'a str> {
    let mut named = EVENTS
        .into_iter()
        .filter_map(|name| headers.get(name)?.to_str().ok());
    named.next().or_else(|| payload["object_kind"].as_str())
}

/// The page of the repository that a webhook is about.
pub(crate) fn repository_page(payload: &Value) -> Option<String> {
    let page = payload
        .pointer("/repository/html_url")
        .or_else(|| payload.pointer("/project/web_url"));
    let page = page?.as_str()?.trim_end_matches('/').trim_end_matches(".git");
    Some(page.to_owned())
}

/// The page of the organisation or user whose repository a webhook is about.
pub fn owner_page(payload: &Value) -> Option<String> {
    let page = repository_page(payload)?;
    let (owner, _) = page.rsplit_once('/')?;
    (owner.len() <= MAX_OWNER).then(|| owner.to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    const MAIN: &str = "https://gitea.example/o/r/src/branch/main/catalog-info.yaml";
    const NEXT: &str = "https://gitea.example/o/r/src/branch/next/catalog-info.yaml";
    const TAG: &str = "https://gitea.example/o/r/src/tag/v1/catalog-info.yaml";
    const ANY: &str = "https://gitea.example/o/r/";
    const OTHER: &str = "https://gitea.example/o/other/src/branch/main/catalog-info.yaml";

    fn check(event: &'static str, more: Value, expected: &[&str]) {
        let name = HeaderName::from_static("x-gitea-event");
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(event))]);
        let repository = json!({"id": 7, "full_name": "o/r", "html_url": "https://gitea.example/o/r", "default_branch": "main"});
        let mut payload = json!({ "repository": repository });
        payload
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let read = HostEvent::read(&headers, &payload).expect("an event");
        let kept: HostEvent = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
        assert_eq!(kept, read, "it is read back");
        let concerned = [MAIN, NEXT, TAG, ANY, OTHER]
            .into_iter()
            .filter(|one| kept.concerns(one));
        assert_eq!(concerned.collect::<Vec<_>>(), expected, "{event} {payload}");
    }

    #[test]
    fn each_event_concerns_what_it_touches() {
        check("create", json!({"ref": "next", "ref_type": "branch"}), &[NEXT]);
        check("delete", json!({"ref": "next", "ref_type": "branch"}), &[NEXT]);
        check(
            "delete",
            json!({"ref": "refs/heads/main", "ref_type": "branch"}),
            &[MAIN, ANY],
        );
        check("create", json!({"ref": "v1", "ref_type": "tag"}), &[TAG]);
        check(
            "repository",
            json!({"action": "deleted"}),
            &[MAIN, NEXT, TAG, ANY],
        );
        check(
            "repository",
            json!({"action": "created"}),
            &[MAIN, NEXT, TAG, ANY],
        );
        let release = json!({"action": "published", "release": {"tag_name": "v1"}});
        check("release", release, &[TAG]);
        let zeros = "0".repeat(40);
        let gone = json!({"ref": "refs/heads/next", "before": "a", "after": zeros, "commits": [], "total_commits": 0});
        check("push", gone, &[NEXT]);
        let new = json!({"ref": "refs/heads/next", "before": zeros, "after": "b", "total_commits": 1,
            "commits": [{"id": "b", "added": ["README.md"], "removed": [], "modified": []}]});
        check("push", new, &[NEXT]);
        let one = json!({"ref": "refs/heads/main", "before": "a", "after": "b", "total_commits": 1,
            "commits": [{"id": "b", "added": ["README.md"], "removed": [], "modified": []}]});
        check("push", one, &[ANY]);
    }

    #[test]
    fn other_events_and_other_actions_are_none() {
        let none = |event: &'static str, payload: Value| {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static("x-gitea-event"),
                HeaderValue::from_static(event),
            )]);
            assert_eq!(HostEvent::read(&headers, &payload), None, "{event} {payload}");
        };
        let repository = json!({"id": 7, "full_name": "o/r", "html_url": "https://gitea.example/o/r"});
        none("issues", json!({"action": "opened", "repository": repository}));
        none(
            "repository",
            json!({"action": "renamed", "repository": repository}),
        );
        none(
            "create",
            json!({"ref": "x", "ref_type": "repository", "repository": repository}),
        );
        none("create", json!({"ref": "x", "ref_type": "branch"}));
        none("push", json!({"repository": repository}));
        none("release", json!([]));
    }

    #[test]
    fn owners() {
        let owner = |page: &str| owner_page(&json!({"repository": {"html_url": page}}));
        assert_eq!(owner("https://h/git/o/r").as_deref(), Some("https://h/git/o"));
        assert_eq!(owner("r"), None);
        assert_eq!(owner_page(&json!({"action": "x"})), None);
    }
}
