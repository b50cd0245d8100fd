//! Commits that are made through the API: blobs, trees, commits and branches
//! (<https://docs.github.com/en/rest/git>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::Method;
use model::Fault;
use serde_json::{Value, json};

use super::{FullName, Github};
use crate::call::Call;
use crate::git::CommitFile;

/// Blobs that are sent at the same time.
const AT_ONCE: usize = 4;
/// Most bytes of texts that are sent with the tree itself instead of as blobs.
const WITH_TREE: usize = 2 << 20;

/// The commit that a new one stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeBase {
    /// Its name.
    pub commit: String,
    /// The name of its tree.
    pub tree: String,
}

/// What a new tree changes.
#[derive(Debug, Clone, Copy)]
pub struct NewTree<'a> {
    /// The tree that is changed.
    pub base: &'a TreeBase,
    /// Files that are there afterwards.
    pub files: &'a [CommitFile],
    /// Paths of files that are not.
    pub gone: &'a [String],
}

/// Who made a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitAuthor {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

impl Github {
    /// The newest commit of a branch.
    pub async fn newest(&self, at: FullName<'_>, branch: &str) -> Result<TreeBase, Fault> {
        let doing = format!("The branch {branch} of {at} cannot be read");
        let path = ["repos", at.owner, at.name, "commits", branch];
        let found: Value = self.rest.get(Call::new(&path, &doing)).await?;
        Ok(TreeBase {
            commit: named(&found["sha"], &doing)?,
            tree: named(&found["commit"]["tree"]["sha"], &doing)?,
        })
    }

    /// Makes a tree and gives its name. Texts go with it, other files as blobs before it.
    pub async fn make_tree(&self, at: FullName<'_>, new: NewTree<'_>) -> Result<String, Fault> {
        let doing = format!("The files cannot be sent to {at}");
        let mut room = WITH_TREE;
        let mut entries = Vec::new();
        let mut blobs = Vec::new();
        for file in new.files {
            match text_of(file).filter(|text| text.len() <= room) {
                Some(text) => {
                    room -= text.len();
                    entries.push(
                        json!({"path": file.path, "mode": mode(file), "type": "blob", "content": text}),
                    );
                }
                None => blobs.push(file),
            }
        }
        let mut sending = Vec::new();
        for file in blobs {
            sending.push(self.send_blob(at, file, &doing));
        }
        let sent: Vec<Value> = stream::iter(sending).buffered(AT_ONCE).try_collect().await?;
        entries.extend(sent);
        let gone = new.gone.iter();
        entries.extend(gone.map(|path| json!({"path": path, "mode": "100644", "type": "blob", "sha": null})));
        let body = json!({"base_tree": new.base.tree, "tree": entries});
        let path = ["repos", at.owner, at.name, "git", "trees"];
        let made: Value = self
            .rest
            .change(Method::POST, Call::new(&path, &doing), &body)
            .await?;
        named(&made["sha"], &doing)
    }

    async fn send_blob(&self, at: FullName<'_>, file: &CommitFile, doing: &str) -> Result<Value, Fault> {
        let body = json!({"content": STANDARD.encode(&file.bytes), "encoding": "base64"});
        let path = ["repos", at.owner, at.name, "git", "blobs"];
        let made: Value = self
            .rest
            .change(Method::POST, Call::new(&path, doing), &body)
            .await?;
        Ok(json!({"path": file.path, "mode": mode(file), "type": "blob", "sha": named(&made["sha"], doing)?}))
    }

    /// Whether a file is in the tree of a commit.
    pub async fn has_file(&self, at: FullName<'_>, path: &str, commit: &str) -> Result<bool, Fault> {
        let doing = format!("The file {path} of {at} cannot be looked up");
        let mut segments = vec!["repos", at.owner, at.name, "contents"];
        segments.extend(path.split('/'));
        let query = [("ref", commit)];
        let found: Option<Value> = self.rest.find(Call::new(&segments, &doing).query(&query)).await?;
        Ok(found.is_some())
    }

    /// Makes a commit and gives its name. Without an author it is the token's user.
    pub async fn make_commit(
        &self,
        at: FullName<'_>,
        (tree, parent): (&str, &str),
        message: &str,
        author: Option<&CommitAuthor>,
    ) -> Result<String, Fault> {
        let doing = format!("The commit cannot be made in {at}");
        let mut body = json!({"message": message, "tree": tree, "parents": [parent]});
        if let Some(author) = author {
            body["author"] = json!({"name": author.name, "email": author.email});
        }
        let path = ["repos", at.owner, at.name, "git", "commits"];
        let made: Value = self
            .rest
            .change(Method::POST, Call::new(&path, &doing), &body)
            .await?;
        named(&made["sha"], &doing)
    }

    /// The commit of a branch, if there is one.
    pub async fn branch(&self, at: FullName<'_>, branch: &str) -> Result<Option<String>, Fault> {
        let doing = format!("The branch {branch} of {at} cannot be looked up");
        let reference = format!("heads/{branch}");
        let path = ["repos", at.owner, at.name, "git", "ref", &reference];
        let found: Option<Value> = self.rest.find(Call::new(&path, &doing)).await?;
        Ok(found.and_then(|found| found["object"]["sha"].as_str().map(str::to_owned)))
    }

    /// Makes a branch at a commit.
    pub async fn make_branch(&self, at: FullName<'_>, branch: &str, commit: &str) -> Result<(), Fault> {
        let doing = format!("The branch {branch} of {at} cannot be made");
        let path = ["repos", at.owner, at.name, "git", "refs"];
        let body = json!({"ref": format!("refs/heads/{branch}"), "sha": commit});
        self.rest
            .order(Method::POST, Call::new(&path, &doing), Some(&body))
            .await
    }

    /// Sets a branch to a commit, whatever it has now.
    pub async fn move_branch(&self, at: FullName<'_>, branch: &str, commit: &str) -> Result<(), Fault> {
        let doing = format!("The branch {branch} of {at} cannot be changed");
        let reference = format!("heads/{branch}");
        let path = ["repos", at.owner, at.name, "git", "refs", &reference];
        let body = json!({"sha": commit, "force": true});
        self.rest
            .order(Method::PATCH, Call::new(&path, &doing), Some(&body))
            .await
    }
}

/// The content of a file that may go with the tree.
fn text_of(file: &CommitFile) -> Option<&str> {
    std::str::from_utf8(&file.bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
}

fn mode(file: &CommitFile) -> &'static str {
    if file.is_executable { "100755" } else { "100644" }
}

fn named(sha: &Value, doing: &str) -> Result<String, Fault> {
    let name = sha.as_str().map(str::to_owned);
    name.ok_or_else(|| Fault::error(format!("{doing}: the answer names no object")))
}
