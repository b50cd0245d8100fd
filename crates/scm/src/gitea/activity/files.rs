//! What lies in a folder, and the text of a small file.

use http::Method;
use model::Fault;
use serde::Deserialize;

use super::super::Gitea;
use super::super::call::{Call, failed};

/// Something in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FileLine {
    /// Its name.
    pub name: String,
    /// Its path in the repository.
    pub path: String,
    /// Name of its content: files of the same content have the same one.
    pub sha: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: FileType,
    /// Its size in bytes.
    pub size: u64,
    /// Where a symbolic link leads.
    pub target: Option<String>,
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileType {
    /// A file.
    #[default]
    File,
    /// A folder.
    Dir,
    /// A symbolic link.
    Symlink,
    /// Another repository.
    Submodule,
}

/// A folder, or the file that the path names instead.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Folder(Vec<FileLine>),
    File(FileLine),
}

impl Gitea {
    /// What lies in a folder on a branch, tag or commit; nothing where there is no such folder.
    pub async fn folder_content(
        &self,
        (owner, name): (&str, &str),
        reference: &str,
        folder: &str,
    ) -> Result<Option<Vec<FileLine>>, Fault> {
        let doing = format!("The folder /{folder} of {owner}/{name} cannot be listed");
        let mut path = vec!["repos", owner, name, "contents"];
        path.extend(folder.split('/').filter(|part| !part.is_empty()));
        let query = [("ref", reference)];
        let content = self.find(Call::new(&path, &doing).query(&query)).await?;
        Ok(content.map(|content| match content {
            Content::Folder(lines) => lines,
            Content::File(line) => vec![line],
        }))
    }

    /// The text of a file on a branch, tag or commit. Bytes that are no UTF-8 are replaced.
    pub async fn file_text(
        &self,
        (owner, name): (&str, &str),
        reference: &str,
        file: &str,
    ) -> Result<String, Fault> {
        let doing = format!("The file /{file} of {owner}/{name} cannot be read");
        let mut path = vec!["repos", owner, name, "raw"];
        path.extend(file.split('/').filter(|part| !part.is_empty()));
        let query = [("ref", reference)];
        let call = Call::new(&path, &doing).query(&query);
        let answer = self.send(Method::GET, call, None).await?;
        answer.text().await.map_err(|error| failed(&doing, &error))
    }
}
