//! The branches of a repository.

use model::Fault;
use serde::Deserialize;

use super::super::Gitea;
use super::super::call::Call;
use super::FirstPage;

/// A branch with its newest commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Branch {
    /// Its name, which may have slashes.
    pub name: String,
    /// Its newest commit.
    pub commit: BranchCommit,
    /// A rule of the repository protects it.
    pub protected: bool,
}

/// The newest commit of a branch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BranchCommit {
    /// Its name.
    pub id: String,
    /// What its author says about it.
    pub message: String,
    /// Who wrote it.
    pub author: Author,
    /// When it was made, as the server writes it.
    pub timestamp: String,
}

/// Who wrote a commit, as the commit says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Author {
    /// A name.
    pub name: String,
}

impl Gitea {
    /// The first branches of a repository.
    pub async fn first_branches(
        &self,
        owner: &str,
        name: &str,
        limit: usize,
    ) -> Result<FirstPage<Branch>, Fault> {
        let doing = format!("The branches of {owner}/{name} cannot be listed");
        let path = ["repos", owner, name, "branches"];
        let call = Call::new(&path, &doing);
        Ok(self.first_page(call, limit).await?.unwrap_or_default())
    }
}
