//! Which versions a repository has, and the same folder at another one.
//!
//! Git itself is asked for branches, tags and proposed changes, so that all hosts answer alike. What a version contains is read
//! by [`UrlReader::read_tree`].

use std::collections::BTreeMap;

use model::Fault;
use outside::OutsideCalls;

use crate::git::Service;
use crate::git_remote::SignIn;
use crate::integrations::Integrations;
use crate::reader::UrlReader;

/// What can be read of a repository: the commit of each version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// The default branch; nothing where the server does not say.
    pub default: Option<String>,
    /// Branches by name.
    pub branches: BTreeMap<String, String>,
    /// Tags by name.
    pub tags: BTreeMap<String, String>,
    /// Pull requests and merge requests by number, open or not, as `pull/12`.
    pub proposals: BTreeMap<String, String>,
}

impl Versions {
    fn of(default: Option<String>, references: &BTreeMap<String, String>) -> Self {
        let mut versions = Self {
            default,
            ..Self::default()
        };
        for (name, commit) in references {
            if let Some(branch) = name.strip_prefix("refs/heads/") {
                versions.branches.insert(branch.to_owned(), commit.clone());
            } else if let Some(tag) = name.strip_prefix("refs/tags/") {
                // An annotated tag is listed twice: the object that is the tag, and with `^{}` the commit.
                let is_commit = tag.ends_with("^{}");
                let tag = tag.trim_end_matches("^{}").to_owned();
                if is_commit || !versions.tags.contains_key(&tag) {
                    versions.tags.insert(tag, commit.clone());
                }
            } else if let Some(number) = proposal(name) {
                versions
                    .proposals
                    .insert(format!("pull/{number}"), commit.clone());
            }
        }
        versions
    }

    /// The version with which a path begins, its commit, and the rest of the path. Of several the longest name counts; a branch
    /// goes before a tag, and both before a proposal.
    pub fn beginning<'a>(&self, path: &'a str) -> Option<(String, &str, &'a str)> {
        let path = path.trim_end_matches('/');
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let mut ends: Vec<usize> = ends.collect();
        ends.reverse();
        ends.into_iter().find_map(|end| {
            let name = &path[..end];
            let kinds = [&self.branches, &self.tags, &self.proposals];
            let commit = kinds.into_iter().find_map(|kind| kind.get(name))?;
            Some((
                name.to_owned(),
                commit.as_str(),
                path[end..].trim_start_matches('/'),
            ))
        })
    }
}

/// The number of a proposed change: `refs/pull/12/head` at Gitea and GitHub, `refs/merge-requests/12/head` at GitLab.
fn proposal(name: &str) -> Option<&str> {
    let rest = name
        .strip_prefix("refs/pull/")
        .or_else(|| name.strip_prefix("refs/merge-requests/"))?;
    rest.strip_suffix("/head")
}

impl UrlReader {
    /// The versions of the repository to which a folder belongs. Fails for hosts without integration.
    pub async fn versions(&self, calls: &OutsideCalls, url: &str) -> Result<Versions, Fault> {
        let address = self.integrations().clone_address(url).ok_or_else(|| {
            Fault::input(format!(
                "The versions of {url} cannot be listed: its host is no gitea, github or gitlab under 'integrations'"
            ))
        })?;
        let remote = self.git_remote(calls, &address, &SignIn::default())?;
        let listed = remote.remote().branches(Service::Fetch).await?;
        Ok(Versions::of(listed.default, &listed.references))
    }
}

impl Integrations {
    /// The same folder at a commit; nothing for hosts whose folders are not read.
    pub fn at_commit(&self, url: &str, commit: &str) -> Option<String> {
        let integration = self.by_url(&url::Url::parse(url).ok()?)?;
        integration.at_commit(url, commit)
    }

    /// Where the repository of a folder is cloned from; nothing for hosts whose folders are not read.
    pub fn clone_address(&self, url: &str) -> Option<String> {
        let integration = self.by_url(&url::Url::parse(url).ok()?)?;
        Some(format!("{}.git", integration.repository_page(url)?))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn versions() -> Versions {
        let listed = [
            ("refs/heads/main", "1"),
            ("refs/heads/release/2", "2"),
            ("refs/tags/v1", "tag"),
            ("refs/tags/v1^{}", "3"),
            ("refs/pull/12/head", "4"),
            ("refs/pull/12/merge", "5"),
            ("refs/merge-requests/3/head", "6"),
        ];
        let listed = listed.map(|(name, commit)| (name.to_owned(), commit.to_owned()));
        Versions::of(Some("main".to_owned()), &listed.into())
    }

    #[test]
    fn a_path_begins_with_a_version() {
        let versions = versions();
        let check = |path: &str, expected: Option<(&str, &str, &str)>| {
            let found = versions.beginning(path);
            let found = found
                .as_ref()
                .map(|(name, commit, rest)| (name.as_str(), *commit, *rest));
            assert_eq!(found, expected, "{path}");
        };
        check("main", Some(("main", "1", "")));
        check("main/guides/deploy/", Some(("main", "1", "guides/deploy")));
        check("release/2/x", Some(("release/2", "2", "x")));
        check("v1/x", Some(("v1", "3", "x")));
        check("pull/12", Some(("pull/12", "4", "")));
        check("pull/3/x", Some(("pull/3", "6", "x")));
        check("release/3", None);
        check("mainly", None);
        check("", None);
    }

    #[test]
    fn addresses_of_versions() {
        let value = serde_json::json!({"integrations": {
            "gitea": [{"host": "git.example.com", "baseUrl": "https://git.example.com/code"}],
            "gitlab": [{"host": "gitlab.example.com", "token": "t"}],
        }});
        let config = config::Config::from_value(value, Path::new("/")).unwrap();
        let integrations = Integrations::new(config.integrations());
        let check = |url: &str, at: Option<&str>, clone: Option<&str>| {
            assert_eq!(integrations.at_commit(url, "abc").as_deref(), at, "{url}");
            assert_eq!(integrations.clone_address(url).as_deref(), clone, "{url}");
        };
        check(
            "https://git.example.com/code/o/r/src/branch/main/docs/",
            Some("https://git.example.com/code/o/r/src/commit/abc/docs"),
            Some("https://git.example.com/code/o/r.git"),
        );
        check(
            "https://github.com/o/r/tree/main/docs",
            Some("https://github.com/o/r/tree/abc/docs"),
            Some("https://github.com/o/r.git"),
        );
        check(
            "https://github.com/o/r",
            Some("https://github.com/o/r/tree/abc"),
            Some("https://github.com/o/r.git"),
        );
        check(
            "https://gitlab.example.com/g/s/r/-/tree/main/docs/",
            Some("https://gitlab.example.com/g/s/r/-/tree/abc/docs"),
            Some("https://gitlab.example.com/g/s/r.git"),
        );
        check("https://bitbucket.org/o/r/src/main/docs", None, None);
    }
}
