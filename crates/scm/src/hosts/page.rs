//! Pages of a repository: its own, the same folder at a commit, and that on which people report something.

use url::Url;

use super::gitlab::InProject;
use super::{Host, gitea};
use crate::gitea::address::Address;
use crate::github::Github;
use crate::integrations::{Integration, Integrations};

/// What an issue says before a person goes on writing it.
#[derive(Debug, Clone, Copy)]
pub struct IssueText<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its text, in Markdown.
    pub body: &'a str,
}

impl Integrations {
    /// The page on which people report something about the repository of the file or folder at `url`; nothing where the host
    /// has no such page, or no integration.
    pub fn issue_url(&self, url: &str, text: IssueText<'_>) -> Option<String> {
        let integration = self.by_url(&Url::parse(url).ok()?)?;
        integration.issue_url(url, text)
    }
}

impl Integration {
    /// The page of the repository to which a file or folder belongs, without a slash at its end; nothing for hosts whose
    /// folders are not read.
    pub(crate) fn repository_page(&self, url: &str) -> Option<String> {
        let parsed = Url::parse(url).ok()?;
        let path = match &self.kind {
            Host::Github { .. } => {
                let (owner, name) = Github::repository_in(url)?;
                format!("/{owner}/{name}")
            }
            Host::Gitlab { relative } => {
                let InProject { project, .. } = InProject::read(parsed.path(), relative)?;
                format!("{relative}/{project}")
            }
            Host::Gitea { base, .. } => {
                let Address { owner, name, .. } = Address::parse(url, base)?;
                let own = format!("/{owner}/{name}");
                let before = parsed.path().find(&own)?;
                format!("{}{own}", &parsed.path()[..before])
            }
            Host::BitbucketCloud | Host::BitbucketServer { .. } | Host::Azure => return None,
        };
        let mut page = parsed;
        page.set_path(&path);
        page.set_query(None);
        page.set_fragment(None);
        Some(page.into())
    }

    /// The same folder at a commit.
    pub(crate) fn at_commit(&self, url: &str, commit: &str) -> Option<String> {
        let page = self.repository_page(url)?;
        let (word, path) = match &self.kind {
            Host::Gitea { base, references, .. } => {
                let address = Address::parse(url, base)?;
                ("src/commit", references.place(&address).path)
            }
            Host::Gitlab { .. } => ("-/tree", self.tree(url).ok()?.path),
            _ => ("tree", self.tree(url).ok()?.path),
        };
        let path = path.trim_matches('/');
        let slash = if path.is_empty() { "" } else { "/" };
        Some(format!("{page}/{word}/{commit}{slash}{path}"))
    }

    fn issue_url(&self, url: &str, text: IssueText<'_>) -> Option<String> {
        let page = self.repository_page(url)?;
        let (page, names) = match &self.kind {
            Host::Gitlab { .. } => (
                Url::parse(&format!("{page}/-/issues/new")),
                ["issue[title]", "issue[description]"],
            ),
            Host::Gitea { web, .. } => {
                let (owner, name) = self.repository(url)?;
                let page = gitea::below(web, [owner.as_str(), &name, "issues", "new"]).ok()?;
                (Ok(page), ["title", "body"])
            }
            _ => (Url::parse(&format!("{page}/issues/new")), ["title", "body"]),
        };
        let mut page = page.ok()?;
        page.query_pairs_mut()
            .append_pair(names[0], text.title)
            .append_pair(names[1], text.body);
        Some(page.into())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn issues_of_hosts() {
        let value = serde_json::json!({"integrations": {
            "gitea": [{"host": "git.example.com", "baseUrl": "https://git.example.com/code"}],
            "gitlab": [{"host": "gitlab.example.com", "token": "t"}],
        }});
        let config = config::Config::from_value(value, Path::new("/")).unwrap();
        let integrations = Integrations::new(config.integrations());
        let text = IssueText {
            title: "a b",
            body: "c&d",
        };
        let check = |url: &str, expected: Option<&str>| {
            assert_eq!(integrations.issue_url(url, text).as_deref(), expected, "{url}");
        };
        check(
            "https://git.example.com/code/o/r/src/branch/main/docs/",
            Some("https://git.example.com/code/o/r/issues/new?title=a+b&body=c%26d"),
        );
        check(
            "https://github.com/o/r/tree/main/docs",
            Some("https://github.com/o/r/issues/new?title=a+b&body=c%26d"),
        );
        check(
            "https://gitlab.example.com/g/s/r/-/tree/main/docs",
            Some(
                "https://gitlab.example.com/g/s/r/-/issues/new?issue%5Btitle%5D=a+b&issue%5Bdescription%5D=c%26d",
            ),
        );
        check("https://bitbucket.org/o/r/src/main/docs", None);
        check("https://elsewhere.example.com/o/r/tree/main", None);
    }
}
