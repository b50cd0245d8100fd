//! Git objects in memory: files, folders and commits under the ids that Git itself gives them.
//!
//! There are no packs and no protocol here; [`super::bare`] lays the objects out for Git's own program.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

/// How a repository names its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ObjectFormat {
    /// 40 hexadecimal digits.
    #[default]
    Sha1,
    /// 64 hexadecimal digits.
    Sha256,
}

impl ObjectFormat {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    /// The id that says "no commit".
    pub fn zeros(self) -> String {
        "0".repeat(self.algorithm().output_len() * 2)
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
        }
    }

    /// The id of an object, as `git hash-object` computes it.
    pub(super) fn id(self, kind: &str, content: &[u8]) -> String {
        let mut whole = format!("{kind} {}\0", content.len()).into_bytes();
        whole.extend_from_slice(content);
        hex(digest(self.algorithm(), &whole).as_ref())
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    File(Arc<[u8]>),
    Executable(Arc<[u8]>),
    /// A pointer file; the second part is what large-file storage has for it.
    Lfs(Arc<[u8]>, Arc<[u8]>),
    Symlink(String),
    /// The address and the commit of another repository.
    Submodule(String, String),
}

impl Entry {
    pub(super) fn mode(&self) -> &'static str {
        match self {
            Self::File(_) | Self::Lfs(..) => "100644",
            Self::Executable(_) => "100755",
            Self::Symlink(_) => "120000",
            Self::Submodule(..) => "160000",
        }
    }

    /// The word of `/contents`.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::File(_) | Self::Executable(_) | Self::Lfs(..) => "file",
            Self::Symlink(_) => "symlink",
            Self::Submodule(..) => "submodule",
        }
    }

    /// The bytes of the blob; nothing for a submodule.
    pub(super) fn blob(&self) -> &[u8] {
        match self {
            Self::File(bytes) | Self::Executable(bytes) | Self::Lfs(bytes, _) => bytes,
            Self::Symlink(target) => target.as_bytes(),
            Self::Submodule(..) => &[],
        }
    }

    pub(super) fn id(&self, format: ObjectFormat) -> String {
        match self {
            Self::Submodule(_, commit) => commit.clone(),
            other => format.id("blob", other.blob()),
        }
    }
}

/// The files of one commit, by path.
pub(super) type Files = BTreeMap<String, Arc<Entry>>;

/// A person in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signature {
    pub name: String,
    pub email: String,
}

/// A commit with all its files.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub id: String,
    pub tree: String,
    pub parent: Option<String>,
    pub files: Arc<Files>,
    pub author: Signature,
    pub at: Timestamp,
    pub message: String,
}

impl Commit {
    pub(super) fn new(
        format: ObjectFormat,
        parent: Option<String>,
        files: Files,
        author: Signature,
        at: Timestamp,
        message: String,
    ) -> Self {
        let tree = tree_id(&files, "", format);
        let files = Arc::new(files);
        let mut made = Self {
            id: String::new(),
            tree,
            parent,
            files,
            author,
            at,
            message,
        };
        made.id = format.id("commit", commit_text(&made).as_bytes());
        made
    }
}

/// A commit as Git keeps it.
pub(super) fn commit_text(commit: &Commit) -> String {
    let Commit {
        tree,
        author,
        message,
        ..
    } = commit;
    let who = format!(
        "{} <{}> {} +0000",
        author.name,
        author.email,
        commit.at.as_second()
    );
    let before = commit.parent.as_ref().map(|id| format!("parent {id}\n"));
    format!(
        "tree {tree}\n{}author {who}\ncommitter {who}\n\n{message}\n",
        before.unwrap_or_default()
    )
}

/// A row of a folder.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// From the root of the repository.
    pub path: String,
    /// Nothing for a folder.
    pub entry: Option<Arc<Entry>>,
    pub id: String,
}

/// What lies directly in a folder, in Git's order. `folder` is empty or ends with a slash.
pub(super) fn rows(files: &Files, folder: &str, format: ObjectFormat) -> Vec<Row> {
    let mut found: BTreeMap<String, Row> = BTreeMap::new();
    let inside = files.range(folder.to_owned()..);
    for (path, entry) in inside.take_while(|(path, _)| path.starts_with(folder)) {
        let rest = &path[folder.len()..];
        if let Some((name, _)) = rest.split_once('/') {
            found.entry(format!("{name}/")).or_insert_with(|| Row {
                path: format!("{folder}{name}"),
                entry: None,
                id: tree_id(files, &format!("{folder}{name}/"), format),
            });
        } else {
            let row = Row {
                path: path.clone(),
                entry: Some(entry.clone()),
                id: entry.id(format),
            };
            found.insert(rest.to_owned(), row);
        }
    }
    found.into_values().collect()
}

/// Folders and files below a folder, each folder before what is in it.
pub(super) fn all_rows(files: &Files, folder: &str, format: ObjectFormat) -> Vec<Row> {
    let mut found = Vec::new();
    for row in rows(files, folder, format) {
        let below = row.entry.is_none().then(|| format!("{}/", row.path));
        found.push(row);
        found.extend(
            below
                .into_iter()
                .flat_map(|below| all_rows(files, &below, format)),
        );
    }
    found
}

/// The id of a folder.
pub(super) fn tree_id(files: &Files, folder: &str, format: ObjectFormat) -> String {
    format.id("tree", &tree_content(files, folder, format))
}

/// A folder as Git keeps it.
pub(super) fn tree_content(files: &Files, folder: &str, format: ObjectFormat) -> Vec<u8> {
    let mut content = Vec::new();
    for row in rows(files, folder, format) {
        let mode = row.entry.as_ref().map_or("40000", |entry| entry.mode());
        let name = row.path.rsplit('/').next().unwrap_or_default();
        content.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        content.extend(bytes_of(&row.id));
    }
    content
}

fn bytes_of(id: &str) -> Vec<u8> {
    let pairs = id.as_bytes().chunks(2);
    let pair = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or("0"), 16).unwrap_or(0);
    pairs.map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids are those that `git hash-object` and `git mktree` print.
    #[test]
    fn objects_have_the_ids_of_git() {
        let sha1 = ObjectFormat::Sha1;
        assert_eq!(sha1.id("blob", b"a"), "2e65efe2a145dda7ee51d1741299f848e5bf752e");
        let empty = Files::new();
        assert_eq!(
            tree_id(&empty, "", sha1),
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        );
        let mut files = Files::new();
        files.insert("a.txt".into(), Arc::new(Entry::File((*b"a").into())));
        assert_eq!(
            tree_id(&files, "", sha1),
            "1a602d9bd07ce5272ddaa64e21da12dbca2b8c9f"
        );
        assert_eq!(ObjectFormat::Sha256.id("blob", b"").len(), 64);
    }

    #[test]
    fn folders_come_before_what_is_in_them() {
        let file = || Arc::new(Entry::File((*b"x").into()));
        let files =
            Files::from_iter(["docs/a/b.md", "docs.md", "docs/c.md"].map(|path| (path.into(), file())));
        let paths = |rows: Vec<Row>| rows.into_iter().map(|row| row.path).collect::<Vec<_>>();
        assert_eq!(paths(rows(&files, "", ObjectFormat::Sha1)), ["docs.md", "docs"]);
        assert_eq!(
            paths(all_rows(&files, "", ObjectFormat::Sha1)),
            ["docs.md", "docs", "docs/a", "docs/a/b.md", "docs/c.md"]
        );
    }
}
