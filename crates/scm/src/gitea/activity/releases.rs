//! The releases of a repository.

use model::Fault;
use serde::Deserialize;

use super::super::Gitea;
use super::super::call::Call;
use super::super::repositories::or_default;
use super::{FirstPage, Person};

/// A release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Release {
    /// The tag that it stands on.
    pub tag_name: String,
    /// Its title.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Its notes, Markdown.
    #[serde(deserialize_with = "or_default")]
    pub body: String,
    /// It is not meant for everybody yet.
    pub prerelease: bool,
    /// Who published it.
    #[serde(deserialize_with = "or_default")]
    pub author: Person,
    /// When it was published, as the server writes it.
    pub published_at: String,
}

impl Release {
    /// Its title, else its tag.
    pub fn title(&self) -> &str {
        let title = self.name.trim();
        if title.is_empty() { &self.tag_name } else { title }
    }
}

impl Gitea {
    /// The newest published releases of a repository; nothing where releases are turned off or not shown to the account.
    pub async fn newest_releases(
        &self,
        owner: &str,
        name: &str,
        limit: usize,
    ) -> Result<Option<FirstPage<Release>>, Fault> {
        let doing = format!("The releases of {owner}/{name} cannot be listed");
        let query = [("draft", "false")];
        let path = ["repos", owner, name, "releases"];
        let call = Call::new(&path, &doing).query(&query);
        self.first_page(call, limit).await
    }
}
