//! The files of an image as a tar that says nothing about the machine it was made on.

use std::collections::BTreeSet;

use anyhow::Result;
use tar::{EntryType, Header};

/// The strongest level that every reader unpacks with the memory it is given by default.
const ZSTD_LEVEL: i32 = 19;

/// A file or a folder.
pub struct Entry {
    path: String,
    mode: u32,
    owner: u64,
    /// None for a folder.
    content: Option<Vec<u8>>,
}

impl Entry {
    /// A file that everybody reads.
    pub fn file(path: impl Into<String>, content: &[u8]) -> Self {
        let content = Some(content.to_owned());
        Self {
            path: path.into(),
            mode: 0o644,
            owner: 0,
            content,
        }
    }

    /// A file that everybody runs.
    pub fn program(path: impl Into<String>, content: &[u8]) -> Self {
        Self {
            mode: 0o755,
            ..Self::file(path, content)
        }
    }

    /// An empty folder.
    pub fn folder(path: impl Into<String>, mode: u32) -> Self {
        Self {
            path: path.into(),
            mode,
            owner: 0,
            content: None,
        }
    }

    /// The same, of another user and group than root.
    pub fn owned_by(self, owner: u64) -> Self {
        Self { owner, ..self }
    }
}

/// A layer that is being filled.
pub struct Layer {
    tar: tar::Builder<Vec<u8>>,
    folders: BTreeSet<String>,
    seconds: u64,
}

/// A layer that is whole.
pub struct Packed {
    /// As it is unpacked; the configuration of an image names its digest.
    pub plain: Vec<u8>,
    /// As it is stored.
    pub compressed: Vec<u8>,
}

impl Layer {
    /// An empty one, whose entries are of that moment.
    pub fn new(seconds: u64) -> Self {
        Self {
            tar: tar::Builder::new(Vec::new()),
            folders: BTreeSet::new(),
            seconds,
        }
    }

    /// Adds an entry behind the folders that lead to it.
    pub fn add(&mut self, entry: &Entry) -> Result<()> {
        let parents = entry.path.match_indices('/').map(|(at, _)| &entry.path[..at]);
        for parent in parents {
            if self.folders.insert(parent.to_owned()) {
                self.append(parent, 0o755, 0, None)?;
            }
        }
        if entry.content.is_none() {
            self.folders.insert(entry.path.clone());
        }
        self.append(&entry.path, entry.mode, entry.owner, entry.content.as_deref())
    }

    fn append(&mut self, path: &str, mode: u32, owner: u64, content: Option<&[u8]>) -> Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(content.map_or(EntryType::Directory, |_| EntryType::Regular));
        header.set_mode(mode);
        header.set_uid(owner);
        header.set_gid(owner);
        header.set_mtime(self.seconds);
        let content = content.unwrap_or_default();
        header.set_size(content.len() as u64);
        self.tar.append_data(&mut header, path, content)?;
        Ok(())
    }

    /// Ends it, as it is.
    pub fn plain(self) -> Result<Vec<u8>> {
        Ok(self.tar.into_inner()?)
    }

    /// Ends it as an image stores it.
    pub fn pack(self) -> Result<Packed> {
        let plain = self.plain()?;
        // On one thread and of one version: the same bytes each time.
        let compressed = zstd::bulk::compress(&plain, ZSTD_LEVEL)?;
        Ok(Packed { plain, compressed })
    }
}
