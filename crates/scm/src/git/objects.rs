//! Blobs, trees and commits with their names: a first commit of files, or one on top of another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use model::Fault;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::base::Base;
use super::signing::Signer;

/// The modes of files.
const PLAIN: u32 = 0o100_644;
const EXECUTABLE: u32 = 0o100_755;

/// A file of a commit: its path from the root, its content, whether it may be run as a program.
pub use workspace::WorkspaceFile as CommitFile;

/// Who made a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// What a commit says beside its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitText {
    /// Who made it.
    pub author: Author,
    /// When, in seconds since 1970.
    pub time: i64,
    /// Why.
    pub message: String,
}

/// The kind of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Commit,
    Tree,
    Blob,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
        }
    }

    /// The number in a pack.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Commit => 1,
            Self::Tree => 2,
            Self::Blob => 3,
        }
    }
}

pub(crate) type Id = [u8; 20];

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) id: Id,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
}

/// A commit, and everything that it leads to and that the commit before it does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objects {
    pub(crate) list: Vec<Object>,
    pub(crate) files: Vec<IndexedFile>,
    commit: Id,
    tree: Id,
    is_change: bool,
}

/// What lies at a path: a file, a link or another repository, by its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: Id,
    pub(crate) mode: u32,
}

/// What a commit on top of another changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChanges {
    /// Files that are new or take the place of others.
    pub written: Vec<CommitFile>,
    /// Paths of files that are removed; one that is not there is no failure.
    pub removed: Vec<String>,
}

/// A file as an index names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexedFile {
    pub(crate) path: String,
    pub(crate) id: Id,
    pub(crate) is_executable: bool,
}

/// A folder on the way to its tree.
#[derive(Default)]
struct Folder {
    files: BTreeMap<String, Entry>,
    folders: BTreeMap<String, Folder>,
}

impl Objects {
    /// The first commit of these files. Equal files, texts and times give the same commit. Fails for a path that no
    /// repository can have.
    pub fn first_commit(files: Vec<CommitFile>, text: &CommitText) -> Result<Self, Fault> {
        Self::made(files, text, None, &[])
    }

    /// The same, signed.
    pub fn first_signed_commit(
        files: Vec<CommitFile>,
        text: &CommitText,
        signer: &Signer,
    ) -> Result<Self, Fault> {
        let mut made = Self::made(files, text, None, &[])?;
        let Some(plain) = made.list.pop() else {
            return Err(Fault::error("There is no commit to sign"));
        };
        let signature = signer.sign(&plain.bytes, text.time)?;
        let signed = with_signature(&plain.bytes, &signature);
        made.commit = made.add(Kind::Commit, signed, &mut BTreeSet::new());
        Ok(made)
    }

    /// A commit on top of another. Files that it does not name stay as they are. Fails for a path that no repository can
    /// have, or where a folder is.
    pub fn on_top_of(base: &Base, changes: FileChanges, text: &CommitText) -> Result<Self, Fault> {
        Self::made(changes.written, text, Some(base), &changes.removed)
    }

    fn made(
        files: Vec<CommitFile>,
        text: &CommitText,
        base: Option<&Base>,
        removed: &[String],
    ) -> Result<Self, Fault> {
        let mut made = Self {
            list: Vec::new(),
            files: Vec::new(),
            commit: [0; 20],
            tree: [0; 20],
            is_change: true,
        };
        let mut known = base.map(Base::known).unwrap_or_default();
        let mut all: BTreeMap<String, Entry> = base.map(|base| base.files.clone()).unwrap_or_default();
        all.retain(|path, _| !removed.contains(path));
        for file in files {
            let id = made.add(Kind::Blob, file.bytes, &mut known);
            let mode = if file.is_executable { EXECUTABLE } else { PLAIN };
            all.insert(file.path.clone(), Entry { id, mode });
            made.files.push(IndexedFile {
                path: file.path,
                id,
                is_executable: file.is_executable,
            });
        }
        let mut root = Folder::default();
        for (path, entry) in all {
            root.put(&path, entry)?;
        }
        made.files
            .sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()));
        let tree = root.into_tree(&mut made, &mut known);
        made.tree = tree;
        made.is_change = base.is_none_or(|base| base.tree != tree);
        let parent = base.map(|base| base.commit);
        let commit = commit(tree, parent, text).into_bytes();
        made.commit = made.add(Kind::Commit, commit, &mut known);
        Ok(made)
    }

    /// How many files it names: all of a first commit, those that are written of one on top of another.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether the commit has other files than the one before it.
    pub fn is_change(&self) -> bool {
        self.is_change
    }

    /// Whether another commit has just the same files, links and repositories within.
    pub fn has_files_of(&self, other: &Base) -> bool {
        self.tree == other.tree
    }

    /// The name of the commit.
    pub fn commit(&self) -> String {
        hex(&self.commit)
    }

    fn add(&mut self, kind: Kind, bytes: Vec<u8>, known: &mut BTreeSet<Id>) -> Id {
        let mut whole = format!("{} {}\0", kind.word(), bytes.len()).into_bytes();
        whole.extend_from_slice(&bytes);
        let id = sha1(&whole);
        if known.insert(id) {
            self.list.push(Object { id, kind, bytes });
        }
        id
    }
}

impl Folder {
    fn put(&mut self, path: &str, entry: Entry) -> Result<(), Fault> {
        let refused = || Fault::input(format!("A repository cannot have a file with the path {path:?}"));
        let in_the_way = || {
            Fault::input(format!(
                "A repository cannot have a file with the path {path:?}: there is a folder of that name, or a file where it \
                 needs a folder"
            ))
        };
        let mut folder = self;
        let (folders, name) = path
            .rsplit_once('/')
            .map_or(("", path), |(folders, name)| (folders, name));
        let is_wrong = |part: &str| {
            matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git") || part.contains('\0')
        };
        if path.starts_with('/') {
            return Err(refused());
        }
        for part in folders.split('/').filter(|_| !folders.is_empty()) {
            if is_wrong(part) {
                return Err(refused());
            }
            if folder.files.contains_key(part) {
                return Err(in_the_way());
            }
            folder = folder.folders.entry(part.to_owned()).or_default();
        }
        if is_wrong(name) {
            return Err(refused());
        }
        if folder.folders.contains_key(name) {
            return Err(in_the_way());
        }
        folder.files.insert(name.to_owned(), entry);
        Ok(())
    }

    fn into_tree(self, made: &mut Objects, known: &mut BTreeSet<Id>) -> Id {
        let mut entries: Vec<(String, u32, String, Id)> = Vec::new();
        for (name, Entry { id, mode }) in self.files {
            entries.push((name.clone(), mode, name, id));
        }
        for (name, folder) in self.folders {
            // Git orders a folder as if its name ended in a slash.
            entries.push((format!("{name}/"), 0o40_000, name, folder.into_tree(made, known)));
        }
        entries.sort_by(|left, right| left.0.as_bytes().cmp(right.0.as_bytes()));
        let mut bytes = Vec::new();
        for (_, mode, name, id) in entries {
            bytes.extend_from_slice(format!("{mode:o} {name}\0").as_bytes());
            bytes.extend_from_slice(&id);
        }
        made.add(Kind::Tree, bytes, known)
    }
}

fn commit(tree: Id, parent: Option<Id>, text: &CommitText) -> String {
    // What would begin another line or field of the header is left out.
    let plain = |text: &str| text.replace(['<', '>', '\n', '\0'], "").trim().to_owned();
    let person = format!(
        "{} <{}> {} +0000",
        plain(&text.author.name),
        plain(&text.author.email),
        text.time
    );
    let message = text.message.replace('\0', "");
    let parent = parent.map_or_else(String::new, |id| format!("parent {}\n", hex(&id)));
    format!(
        "tree {}\n{parent}author {person}\ncommitter {person}\n\n{}\n",
        hex(&tree),
        message.trim_end()
    )
}

/// A commit with a signature behind its header, as `gitformat-signature(5)` has it.
fn with_signature(commit: &[u8], signature: &str) -> Vec<u8> {
    let end = commit.windows(2).position(|two| two == b"\n\n");
    let (head, rest) = commit.split_at(end.map_or(commit.len(), |end| end + 1));
    let lines: Vec<&str> = signature.trim_end().lines().collect();
    let field = format!("gpgsig {}\n", lines.join("\n "));
    [head, field.as_bytes(), rest].concat()
}

/// The name that Git gives a file's content.
pub fn blob_name(bytes: &[u8]) -> String {
    let head = format!("blob {}\0", bytes.len());
    hex(&sha1(&[head.as_bytes(), bytes].concat()))
}

pub(crate) fn sha1(bytes: &[u8]) -> Id {
    let mut id = [0; 20];
    id.copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref());
    id
}

pub(crate) fn hex(id: &Id) -> String {
    id.iter().fold(String::with_capacity(40), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The name that 40 hexadecimal digits write.
pub(crate) fn id_of(text: &str) -> Option<Id> {
    let mut id = [0; 20];
    if text.len() != 40 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(id)
}
