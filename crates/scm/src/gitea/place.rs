//! A file or folder of a repository, at a branch, tag or commit.

use url::Url;

use super::address::Kind;

/// A file or folder of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub owner: String,
    pub name: String,
    pub kind: Kind,
    /// The branch, tag or commit; nothing for the default branch.
    pub reference: Option<String>,
    /// The path, without slashes at its ends; empty for the whole repository.
    pub path: String,
    /// Parts of the address that are the path.
    pub(super) depth: usize,
}

impl Place {
    /// A whole repository at a reference.
    pub fn at(owner: &str, name: &str, reference: &str) -> Self {
        Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
            kind: Kind::Unsaid,
            reference: Some(reference.to_owned()),
            path: String::new(),
            depth: 0,
        }
    }

    /// Another path of the same repository and reference.
    pub fn with_path(&self, path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..self.clone()
        }
    }

    /// The same path at a commit.
    pub fn at_commit(&self, commit: &str) -> Self {
        Self {
            kind: Kind::Commit,
            reference: Some(commit.to_owned()),
            ..self.clone()
        }
    }

    /// The address of another path: like `url`, of which this place was made, up to the path. Without query and fragment.
    pub fn beside(&self, url: &Url, path: &str) -> Option<Url> {
        let mut parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        parts.truncate(parts.len().checked_sub(self.depth)?);
        let mut beside = url.clone();
        beside.set_path(&parts.join("/"));
        beside
            .path_segments_mut()
            .ok()?
            .extend(path.split('/').filter(|part| !part.is_empty()));
        beside.set_query(None);
        beside.set_fragment(None);
        Some(beside)
    }

    /// Owner and name.
    pub fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The parts of the path.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter(|part| !part.is_empty())
    }
}
