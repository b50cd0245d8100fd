//! What a commit does to the files of a branch.

use std::sync::Arc;

use jiff::Timestamp;

use super::git::{Entry, Files, ObjectFormat, Signature, hex};

/// Commit that stands in a submodule which names none.
const SUBMODULE_COMMIT: &str = "5555555555555555555555555555555555555555";

/// A commit that is to be made: its message, its author, and which files it writes and removes.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub(super) message: String,
    pub(super) author: Option<Signature>,
    pub(super) at: Option<Timestamp>,
    pub(super) entries: Vec<(String, Option<Arc<Entry>>)>,
}

impl Change {
    /// A change that says `message` and does nothing yet.
    pub fn new(message: &str) -> Self {
        let message = message.to_owned();
        Self {
            message,
            ..Self::default()
        }
    }

    /// By another author than the administrator.
    pub fn author(mut self, name: &str, email: &str) -> Self {
        let (name, email) = (name.to_owned(), email.to_owned());
        self.author = Some(Signature { name, email });
        self
    }

    /// At another moment than that of the server, which goes on by seconds from 2026-01-01.
    pub fn at(mut self, moment: Timestamp) -> Self {
        self.at = Some(moment);
        self
    }

    /// Writes a file.
    pub fn file(self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.entry(path, Entry::File(content.into().into()))
    }

    /// Writes a file that may be run.
    pub fn executable(self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.entry(path, Entry::Executable(content.into().into()))
    }

    /// Writes a file that lies in large-file storage: `contents` and `raw` have the pointer, `media` has `content`.
    pub fn lfs(self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        let content: Vec<u8> = content.into();
        let id = hex(ring::digest::digest(&ring::digest::SHA256, &content).as_ref());
        let pointer = format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {}\n",
            content.len()
        );
        self.entry(path, Entry::Lfs(pointer.into_bytes().into(), content.into()))
    }

    /// Writes a symbolic link.
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(path, Entry::Symlink(target.to_owned()))
    }

    /// Puts another repository at a path.
    pub fn submodule(self, path: &str, url: &str) -> Self {
        self.entry(
            path,
            Entry::Submodule(url.to_owned(), SUBMODULE_COMMIT.to_owned()),
        )
    }

    /// Removes a file.
    pub fn delete(mut self, path: &str) -> Self {
        self.entries.push((path.to_owned(), None));
        self
    }

    pub(super) fn entry(mut self, path: &str, entry: Entry) -> Self {
        self.entries.push((path.to_owned(), Some(Arc::new(entry))));
        self
    }

    pub(super) fn apply(&self, files: &mut Files) {
        for (path, entry) in &self.entries {
            match entry {
                Some(entry) => files.insert(path.clone(), entry.clone()),
                None => files.remove(path),
            };
        }
    }
}

/// Which paths were added, removed and modified between two commits, in order.
pub(super) fn difference(before: &Files, after: &Files, format: ObjectFormat) -> [Vec<String>; 3] {
    let absent = |files: &Files, path: &String| !files.contains_key(path);
    let id = |files: &Files, path: &String| files.get(path).map(|entry| entry.id(format));
    let added = after.keys().filter(|path| absent(before, path));
    let removed = before.keys().filter(|path| absent(after, path));
    let modified = after
        .keys()
        .filter(|path| !absent(before, path) && id(before, path) != id(after, path));
    [
        added.cloned().collect(),
        removed.cloned().collect(),
        modified.cloned().collect(),
    ]
}
