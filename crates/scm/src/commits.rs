//! What a Git host says about a commit.

use model::Fault;
use serde_json::Value;
use url::Url;

use crate::gitea::Gitea;
use crate::gitea::address::Address;
use crate::integrations::Integration;
use crate::reader::UrlReader;

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub sha: String,
    /// What its author says about it.
    pub message: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When, as the host writes it.
    pub at: Option<String>,
}

impl UrlReader {
    /// A commit of a repository, which is named by the address from which it is cloned. Nothing where the host is none that can
    /// be asked: that is Gitea with an integration.
    pub async fn about_commit(&self, repository: &str, sha: &str) -> Result<Option<Commit>, Fault> {
        let Some((account, owner, name)) = self.repository_at_gitea(repository) else {
            return Ok(None);
        };
        let told = account.commit_named(&owner, &name, sha).await?;
        Ok(Some(read(&told, sha)))
    }

    /// The account at the Gitea of a repository that is named by the address from which it is cloned, with its owner and name.
    pub(crate) fn repository_at_gitea(&self, repository: &str) -> Option<(&Gitea, String, String)> {
        let url = web_address(repository)?;
        let server = self.gitea(self.integrations().by_url(&url)?)?;
        let Address { owner, name, .. } = Address::parse(url.as_str(), server.base)?;
        Some((server.account, owner, name))
    }
}

impl UrlReader {
    /// Whether the host of an address can say who changed it: Gitea with an integration, GitHub and GitLab with one that has a token.
    /// Without one they answer few questions an hour, which reading needs.
    pub fn tells_changes(&self, url: &str) -> bool {
        self.teller(url).is_some()
    }

    fn teller(&self, url: &str) -> Option<&Integration> {
        let integration = self.integrations().by_url(&Url::parse(url).ok()?)?;
        let is_asked = match integration.kind() {
            "gitea" => self.gitea(integration).is_some(),
            "github" | "gitlab" => integration.authorization.is_some() && integration.tree(url).is_ok(),
            _ => false,
        };
        is_asked.then_some(integration)
    }

    /// The commit that last changed a file or folder. Nothing where the host is none that is asked.
    pub async fn newest_change(&self, url: &str) -> Result<Option<Commit>, Fault> {
        let Some(integration) = self.teller(url) else {
            return Ok(None);
        };
        let Some(server) = self.gitea(integration) else {
            let _turn = self.turn().await?;
            let told = self.newest_at(integration, url, &integration.tree(url)?).await?;
            return Ok(told.map(|told| read(&told, "")));
        };
        let Some(address) = Address::parse(url, server.base) else {
            return Ok(None);
        };
        let place = server.references.place(&address);
        let doing = format!("The last change of {url} cannot be read");
        let told = server.account.newest_at(&place, &doing).await?;
        Ok(told.map(|told| read(&told, "")))
    }
}

/// The page of a commit; nothing for a repository that has no web address.
pub fn commit_page(repository: &str, sha: &str) -> Option<String> {
    let url = web_address(repository)?;
    let path = url
        .path()
        .trim_end_matches('/')
        .trim_end_matches(".git")
        .to_owned();
    let page = url.join(&format!("{path}/commit/{sha}")).ok()?;
    Some(page.into())
}

/// The address of a repository in a browser, without login.
pub(crate) fn web_address(repository: &str) -> Option<Url> {
    let mut url = Url::parse(repository).ok()?;
    if url.scheme() == "ssh" {
        url = Url::parse(&format!("https://{}{}", url.host_str()?, url.path())).ok()?;
    }
    let _ = (url.set_username(""), url.set_password(None));
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// Reads a commit: Gitea and GitHub have what it says below `commit`, GitLab beside its name
/// (<https://docs.gitlab.com/api/commits/#list-repository-commits>).
fn read(told: &Value, sha: &str) -> Commit {
    let commit = &told["commit"];
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let first = |one: &Value, other: &Value| text(one).or_else(|| text(other));
    Commit {
        sha: first(&told["sha"], &told["id"]).unwrap_or_else(|| sha.to_owned()),
        message: first(&commit["message"], &told["message"]).unwrap_or_default(),
        author: first(&commit["author"]["name"], &told["author_name"]),
        at: first(&commit["author"]["date"], &told["authored_date"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_commits() {
        for (repository, expected) in [
            (
                "https://git.example.com/shop/web.git",
                Some("https://git.example.com/shop/web/commit/abc"),
            ),
            (
                "https://me:geheim@git.example.com/shop/web",
                Some("https://git.example.com/shop/web/commit/abc"),
            ),
            (
                "ssh://git@git.example.com:2222/shop/web.git",
                Some("https://git.example.com/shop/web/commit/abc"),
            ),
            (
                "http://127.0.0.1:3000/shop/web.git",
                Some("http://127.0.0.1:3000/shop/web/commit/abc"),
            ),
            ("oci://registry.example.com/x", None),
            ("nothing", None),
        ] {
            assert_eq!(
                commit_page(repository, "abc").as_deref(),
                expected,
                "{repository}"
            );
        }
    }

    #[test]
    fn what_gitlab_says() {
        let told = serde_json::json!({
            "id": "abc", "message": "web: faster", "author_name": "Ada", "authored_date": "2026-11-24T08:00:00.000+00:00",
        });
        let expected = Commit {
            sha: "abc".to_owned(),
            message: "web: faster".to_owned(),
            author: Some("Ada".to_owned()),
            at: Some("2026-11-24T08:00:00.000+00:00".to_owned()),
        };
        assert_eq!(read(&told, ""), expected);
    }

    #[test]
    fn what_gitea_says() {
        let told = serde_json::json!({"sha": "abc", "commit": {"message": "web: faster\n\nBecause.", "author": {"name": "Ada", "date": "2026-11-24T08:00:00Z"}}});
        let commit = read(&told, "abc");
        assert_eq!(
            (commit.message.as_str(), commit.author.as_deref()),
            ("web: faster\n\nBecause.", Some("Ada"))
        );
    }
}
