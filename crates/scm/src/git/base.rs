//! The commit on which another builds: which files it has, by the names of their contents.

use std::collections::{BTreeMap, BTreeSet};

use model::Fault;

use super::objects::{Entry, Id, Kind, hex, id_of};
use super::pack_reading::Unpacked;
use crate::tree::{Gathered, TreeFile, TreeLimits};

/// Most files of a commit on which another may build.
const MAX_FILES: usize = 100_000;
/// Deepest folder.
const MAX_DEPTH: usize = 128;
/// The modes of folders and files; links and other repositories have others.
const FOLDER: u32 = 0o40_000;
const FILE: u32 = 0o100_000;
/// The bit of a file that may be run as a program.
const RUNS: u32 = 0o100;

/// A commit on which another builds. The default one has no files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    pub(super) commit: Id,
    pub(super) tree: Id,
    pub(super) files: BTreeMap<String, Entry>,
    folders: BTreeSet<Id>,
}

impl Base {
    /// The name of the commit.
    pub fn commit(&self) -> String {
        hex(&self.commit)
    }

    /// Whether it has a file, a link or another repository at a path.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether something is at a path, or where the folders on the way to it would be.
    pub fn blocks(&self, path: &str) -> bool {
        let mut ways = path.match_indices('/').map(|(end, _)| &path[..end]);
        let folder = format!("{path}/");
        let mut from = self.files.range(folder.clone()..);
        let is_folder = from.next().is_some_and(|(next, _)| next.starts_with(&folder));
        self.has(path) || is_folder || ways.any(|way| self.has(way))
    }

    /// The name of the contents of a file.
    pub(super) fn file(&self, path: &str) -> Option<Id> {
        let entry = self.files.get(path).filter(|entry| is_file(entry))?;
        Some(entry.id)
    }

    /// Its files with their contents, links and other repositories left out, out of the pack that it was read from.
    pub(super) fn contents(
        &self,
        objects: &Unpacked,
        limits: &TreeLimits,
    ) -> Result<BTreeMap<String, TreeFile>, Fault> {
        let commit = self.commit();
        let mut gathered = Gathered::new(&commit, limits);
        let files = self.files.iter();
        for (path, entry) in files.filter(|(_, entry)| is_file(entry)) {
            let bytes = objects.get(&entry.id, Kind::Blob).ok_or_else(|| {
                Fault::error(format!(
                    "The file {path} did not come from the Git server with {commit}"
                ))
            })?;
            gathered.admit(bytes.len() as u64)?;
            let file = TreeFile {
                bytes: bytes.clone(),
                is_executable: entry.mode & RUNS != 0,
            };
            gathered.files.insert(path.clone(), file);
        }
        Ok(gathered.files)
    }

    /// The objects that a server that has this commit has, too.
    pub(super) fn known(&self) -> BTreeSet<Id> {
        let files = self.files.values().map(|entry| entry.id);
        files.chain(self.folders.iter().copied()).collect()
    }

    /// Reads a commit and its folders out of a pack.
    pub(super) fn read(objects: &Unpacked, commit: &str) -> Result<Self, Fault> {
        let missing = || {
            Fault::error(format!(
                "The commit {commit} did not come whole from the Git server"
            ))
        };
        let id = id_of(commit).ok_or_else(missing)?;
        let bytes = objects.get(&id, Kind::Commit).ok_or_else(missing)?;
        let head = bytes.strip_prefix(b"tree ").and_then(|rest| rest.get(..40));
        let tree = head.and_then(|head| id_of(std::str::from_utf8(head).ok()?));
        let mut base = Self {
            commit: id,
            tree: tree.ok_or_else(missing)?,
            files: BTreeMap::new(),
            folders: BTreeSet::new(),
        };
        base.walk(objects, base.tree, "", 0)?
            .then_some(base)
            .ok_or_else(missing)
    }

    /// Notes what is in a folder; whether all of it came.
    fn walk(&mut self, objects: &Unpacked, tree: Id, below: &str, depth: usize) -> Result<bool, Fault> {
        let Some(mut rest) = objects.get(&tree, Kind::Tree).map(|bytes| &bytes[..]) else {
            return Ok(false);
        };
        self.folders.insert(tree);
        while let Some((mode, name, id, after)) = entry(rest) {
            rest = after;
            let path = format!("{below}{name}");
            if mode != FOLDER {
                self.files.insert(path, Entry { id, mode });
            } else if depth >= MAX_DEPTH || !self.walk(objects, id, &format!("{path}/"), depth + 1)? {
                return Ok(false);
            }
            if self.files.len() > MAX_FILES {
                return Err(Fault::input(format!(
                    "The branch has more than {MAX_FILES} files, which is too many to build on"
                )));
            }
        }
        Ok(rest.is_empty())
    }
}

/// Whether it is neither a link nor another repository.
fn is_file(entry: &Entry) -> bool {
    entry.mode & 0o170_000 == FILE
}

/// The first entry of a folder, and what comes behind it.
fn entry(bytes: &[u8]) -> Option<(u32, &str, Id, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let (mode, name) = head.split_once(' ')?;
    let (id, rest) = bytes[end + 1..].split_at_checked(20)?;
    Some((
        u32::from_str_radix(mode, 8).ok()?,
        name,
        id.try_into().ok()?,
        rest,
    ))
}
