//! The files of an index: shards, a listing for each repository, and the manifest that says which of them count.
//!
//! A change writes new files, then the manifest in place of the last one; so a process that dies leaves the index as it was. Files
//! that no manifest names are removed when it is opened. Everything has a checksum and a version, because what is here can be
//! made again and is not worth asking the disk to be sure of every write.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blob::BlobId;
use crate::draft::Drafted;
use crate::rules::Reason;
use crate::wire::{Taker, damaged, put, put_text};

/// First bytes of the manifest, with the version of all files.
const MANIFEST: [u8; 8] = *b"CODEIX02";
/// First bytes of a listing.
const LISTING: [u8; 8] = *b"CODELS01";
/// Bytes before the content of either: magic and checksum.
const HEAD: usize = 12;

/// Which files count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The next number of a file.
    pub next: u32,
    /// Numbers of shards.
    pub shards: Vec<u32>,
    /// Numbers of listings.
    pub listings: Vec<u32>,
}

/// A folder with an index.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Of a path.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of a shard.
    pub fn shard(&self, number: u32) -> PathBuf {
        self.path.join(format!("{number:08}.shard"))
    }

    fn listing(&self, number: u32) -> PathBuf {
        self.path.join(format!("{number:08}.files"))
    }

    fn manifest(&self) -> PathBuf {
        self.path.join("manifest")
    }

    /// Reads the manifest; nothing when there is none.
    pub fn read_manifest(&self) -> io::Result<Option<Manifest>> {
        let bytes = match fs::read(self.manifest()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let mut taker = Taker::new(checked(&bytes, MANIFEST)?);
        let next = taker.small()?;
        let mut numbers = || -> io::Result<Vec<u32>> {
            let count = taker.small()?;
            (0..count).map(|_| taker.small()).collect()
        };
        Ok(Some(Manifest {
            next,
            shards: numbers()?,
            listings: numbers()?,
        }))
    }

    /// Has these files count from now on.
    pub fn write_manifest(&self, manifest: &Manifest) -> io::Result<()> {
        let mut body = Vec::new();
        put(&mut body, u64::from(manifest.next));
        for numbers in [&manifest.shards, &manifest.listings] {
            put(&mut body, numbers.len() as u64);
            for number in numbers {
                put(&mut body, u64::from(*number));
            }
        }
        self.write(&self.manifest(), MANIFEST, &body)
    }

    /// Writes the files of a repository.
    pub fn write_listing(&self, number: u32, name: &str, drafted: &Drafted) -> io::Result<()> {
        let mut body = Vec::new();
        put_text(&mut body, name);
        put_text(&mut body, &drafted.commit);
        put(&mut body, drafted.left_out.len() as u64);
        for (reason, count) in &drafted.left_out {
            body.push(Reason::code(Some(*reason)));
            put(&mut body, *count);
        }
        put(&mut body, drafted.files.len() as u64);
        let mut last = "";
        for (path, blob) in &drafted.files {
            let shared = common(last, path);
            put(&mut body, shared as u64);
            put_text(&mut body, &path[shared..]);
            put(&mut body, blob.as_bytes().len() as u64);
            body.extend_from_slice(blob.as_bytes());
            last = path;
        }
        self.write(&self.listing(number), LISTING, &body)
    }

    /// Reads the files of a repository, and its name.
    pub fn read_listing(&self, number: u32) -> io::Result<(Arc<str>, Drafted)> {
        let bytes = fs::read(self.listing(number))?;
        let mut taker = Taker::new(checked(&bytes, LISTING)?);
        let name = taker.text()?.into();
        let commit = taker.text()?.into();
        let mut left_out = BTreeMap::new();
        for _ in 0..taker.small()? {
            let reason = Reason::of_code(taker.bytes(1)?[0]).ok_or_else(|| damaged("a reason is none"))?;
            left_out.insert(reason, taker.number()?);
        }
        let mut files: Vec<(String, BlobId)> = Vec::new();
        for _ in 0..taker.small()? {
            let shared = taker.small()? as usize;
            let last = files.last().map_or("", |file| file.0.as_str());
            let mut path = last
                .get(..shared)
                .ok_or_else(|| damaged("a path is too short"))?
                .to_owned();
            path.push_str(taker.text()?);
            let length = taker.small()? as usize;
            let blob = BlobId::of_bytes(taker.bytes(length)?).ok_or_else(|| damaged("an id is none"))?;
            files.push((path, blob));
        }
        let drafted = Drafted {
            commit,
            files,
            left_out,
        };
        Ok((name, drafted))
    }

    fn write(&self, path: &Path, magic: [u8; 8], body: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new().suffix(".new").tempfile_in(&self.path)?;
        let mut head = magic.to_vec();
        head.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
        file.write_all(&head)?;
        file.write_all(body)?;
        file.persist(path)?;
        Ok(())
    }

    /// Removes a shard that no longer counts. One that is being read stays readable.
    pub fn remove_shard(&self, number: u32) {
        // What stays is removed when the index is opened.
        let _ = fs::remove_file(self.shard(number));
    }

    /// Removes a listing that no longer counts.
    pub fn remove_listing(&self, number: u32) {
        let _ = fs::remove_file(self.listing(number));
    }

    /// Removes all files that do not count.
    pub fn clean(&self, manifest: &Manifest) -> io::Result<()> {
        let mut kept: Vec<PathBuf> = vec![self.manifest(), self.lock()];
        kept.extend(manifest.shards.iter().map(|number| self.shard(*number)));
        kept.extend(manifest.listings.iter().map(|number| self.listing(*number)));
        kept.sort();
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            if path.is_file() && kept.binary_search(&path).is_err() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// The file whose lock a process holds that has the index open.
    pub fn lock(&self) -> PathBuf {
        self.path.join("lock")
    }
}

/// What stands after magic and checksum.
fn checked(bytes: &[u8], magic: [u8; 8]) -> io::Result<&[u8]> {
    let (head, body) = bytes
        .split_at_checked(HEAD)
        .ok_or_else(|| damaged("it is too short"))?;
    if head[..8] != magic {
        return Err(damaged("it is of another version"));
    }
    if head[8..] != crc32fast::hash(body).to_le_bytes() {
        return Err(damaged("it has another checksum"));
    }
    Ok(body)
}

/// How many bytes two texts have in common at their beginning, up to the end of a character.
fn common(one: &str, other: &str) -> usize {
    let same = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(one, other)| one == other)
        .count();
    (0..=same)
        .rev()
        .find(|at| one.is_char_boundary(*at) && other.is_char_boundary(*at))
        .unwrap_or(0)
}
