//! Blobs, trees and commits with their names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use model::Fault;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFile {
    /// Its path from the root, with slashes.
    pub path: String,
    /// Its content; of a link where it leads.
    pub bytes: Vec<u8>,
    /// It may be run as a program.
    pub is_executable: bool,
}

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

/// A commit without parents, and everything that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objects {
    pub(crate) list: Vec<Object>,
    pub(crate) files: Vec<IndexedFile>,
    commit: Id,
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
    files: BTreeMap<String, (Id, bool)>,
    folders: BTreeMap<String, Folder>,
}

impl Objects {
    /// The first commit of these files. Equal files, texts and times give the same commit. Fails for a path that no
    /// repository can have.
    pub fn first_commit(files: Vec<CommitFile>, text: &CommitText) -> Result<Self, Fault> {
        let mut made = Self {
            list: Vec::new(),
            files: Vec::new(),
            commit: [0; 20],
        };
        let (mut root, mut known) = (Folder::default(), BTreeSet::new());
        for file in files {
            let id = made.add(Kind::Blob, file.bytes, &mut known);
            root.put(&file.path, id, file.is_executable)?;
            made.files.push(IndexedFile {
                path: file.path,
                id,
                is_executable: file.is_executable,
            });
        }
        made.files
            .sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()));
        let tree = root.into_tree(&mut made, &mut known);
        made.commit = made.add(Kind::Commit, commit(tree, text).into_bytes(), &mut known);
        Ok(made)
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
    fn put(&mut self, path: &str, id: Id, is_executable: bool) -> Result<(), Fault> {
        let refused = || Fault::input(format!("A repository cannot have a file with the path {path:?}"));
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
            if is_wrong(part) || folder.files.contains_key(part) {
                return Err(refused());
            }
            folder = folder.folders.entry(part.to_owned()).or_default();
        }
        if is_wrong(name) || folder.folders.contains_key(name) {
            return Err(refused());
        }
        folder.files.insert(name.to_owned(), (id, is_executable));
        Ok(())
    }

    fn into_tree(self, made: &mut Objects, known: &mut BTreeSet<Id>) -> Id {
        let mut entries: Vec<(String, &str, String, Id)> = Vec::new();
        for (name, (id, is_executable)) in self.files {
            let mode = if is_executable { "100755" } else { "100644" };
            entries.push((name.clone(), mode, name, id));
        }
        for (name, folder) in self.folders {
            // Git orders a folder as if its name ended in a slash.
            entries.push((format!("{name}/"), "40000", name, folder.into_tree(made, known)));
        }
        entries.sort_by(|left, right| left.0.as_bytes().cmp(right.0.as_bytes()));
        let mut bytes = Vec::new();
        for (_, mode, name, id) in entries {
            bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            bytes.extend_from_slice(&id);
        }
        made.add(Kind::Tree, bytes, known)
    }
}

fn commit(tree: Id, text: &CommitText) -> String {
    // What would begin another line or field of the header is left out.
    let plain = |text: &str| text.replace(['<', '>', '\n', '\0'], "").trim().to_owned();
    let person = format!(
        "{} <{}> {} +0000",
        plain(&text.author.name),
        plain(&text.author.email),
        text.time
    );
    let message = text.message.replace('\0', "");
    format!(
        "tree {}\nauthor {person}\ncommitter {person}\n\n{}\n",
        hex(&tree),
        message.trim_end()
    )
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
