//! The log on the disk: each change as its length, itself as JSON, and the content that belongs to it.
//!
//! A change counts once it is there as a whole. What a killed process has left of one is cut off by the next.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Fault;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::tree::{Change, Tree};

/// Most bytes of a log: what is written again and again adds up.
const MOST_BYTES: u64 = 1 << 30;
/// Most bytes of a change without its content.
const LONGEST_CHANGE: usize = 64 << 20;
/// Bytes of the length before a change.
const LENGTH: usize = size_of::<u32>();

/// A content in the log of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// Where it begins in the log.
    pub begin: u64,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub digest: String,
    /// Whether it may be executed.
    pub is_executable: bool,
}

#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    /// Nothing before the first change.
    file: Option<Arc<File>>,
    end: u64,
}

/// The contents of a log, to be read also while more is written.
#[derive(Debug, Clone)]
pub struct Contents {
    path: PathBuf,
    file: Option<Arc<File>>,
}

fn failed(path: &Path, error: &std::io::Error) -> Fault {
    Fault::error(format!("{}: {error}", path.display()))
}

/// The name of a content: its SHA-256 in hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let sum = Sha256::digest(bytes);
    sum.iter().fold(String::with_capacity(64), |mut text, byte| {
        // A string takes everything.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Log {
    /// The log and what its changes come to.
    pub(crate) fn open(path: &Path) -> Result<(Self, Tree), Fault> {
        let mut log = Self {
            path: path.to_owned(),
            file: None,
            end: 0,
        };
        let mut tree = Tree::default();
        match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => {
                log.end = replay(&file, &mut tree).map_err(|error| failed(path, &error))?;
                file.set_len(log.end).map_err(|error| failed(path, &error))?;
                log.file = Some(Arc::new(file));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed(path, &error)),
        }
        Ok((log, tree))
    }

    /// The folder that the log is in.
    pub(crate) fn folder(&self) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).to_owned()
    }

    pub(crate) fn contents(&self) -> Contents {
        Contents {
            path: self.path.clone(),
            file: self.file.clone(),
        }
    }

    /// Writes a change with its content down; where the content begins.
    pub(crate) fn append(&mut self, change: &Change, content: &[u8]) -> Result<u64, Fault> {
        let text = serde_json::to_vec(change).map_err(|error| Fault::error(error.to_string()))?;
        let length = u32::try_from(text.len()).map_err(|error| Fault::error(error.to_string()))?;
        let begin = self.end + (LENGTH + text.len()) as u64;
        let end = begin + content.len() as u64;
        if end > MOST_BYTES || text.len() > LONGEST_CHANGE {
            return Err(Fault::input(format!(
                "The steps of the task have written more than {MOST_BYTES} bytes"
            )));
        }
        let mut record = Vec::with_capacity(LENGTH + text.len() + content.len());
        record.extend_from_slice(&length.to_le_bytes());
        record.extend_from_slice(&text);
        record.extend_from_slice(content);
        let at = self.end;
        let written = self.file()?.write_all_at(&record, at);
        written.map_err(|error| failed(&self.path, &error))?;
        self.end = end;
        Ok(begin)
    }

    /// The file, which is made when there is none, for this user alone.
    fn file(&mut self) -> Result<&File, Fault> {
        if self.file.is_none() {
            let made = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&self.path);
            let file = made.map_err(|error| failed(&self.path, &error))?;
            self.file = Some(Arc::new(file));
        }
        self.file
            .as_deref()
            .ok_or_else(|| Fault::error("the log was opened before"))
    }
}

impl Contents {
    /// Of a log that nobody else need have open.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn open(log: &Path) -> Result<Self, Fault> {
        let file = File::open(log).map_err(|error| failed(log, &error))?;
        Ok(Self {
            path: log.to_owned(),
            file: Some(Arc::new(file)),
        })
    }

    /// A content, which is what it was when it was written.
    ///
    /// # Errors
    /// It is not in the log any more, or the disk fails.
    pub fn bytes(&self, file: &StoredFile) -> Result<Vec<u8>, Fault> {
        let gone = |reason: &str| {
            Fault::error(format!(
                "{}: the content {} cannot be read: {reason}",
                self.path.display(),
                file.digest
            ))
        };
        let log = self.file.as_deref().ok_or_else(|| gone("the log is not there"))?;
        let size = usize::try_from(file.size.min(MOST_BYTES)).map_err(|error| gone(&error.to_string()))?;
        let mut bytes = vec![0; size];
        let read = log.read_exact_at(&mut bytes, file.begin);
        read.map_err(|error| gone(&error.to_string()))?;
        if digest(&bytes) != file.digest {
            return Err(gone("the log has other bytes there"));
        }
        Ok(bytes)
    }
}

/// Makes all changes of a log; where the last whole one ends.
fn replay(file: &File, tree: &mut Tree) -> std::io::Result<u64> {
    let whole = file.metadata()?.len();
    let mut end = 0;
    while let Some((change, begin)) = change_at(file, end, whole)? {
        end = begin + change.content();
        tree.apply(change, begin);
    }
    Ok(end)
}

/// The change that begins at a place, and where its content does; nothing where there is no whole one.
fn change_at(file: &File, at: u64, whole: u64) -> std::io::Result<Option<(Change, u64)>> {
    let mut length = [0; LENGTH];
    if at + LENGTH as u64 > whole {
        return Ok(None);
    }
    file.read_exact_at(&mut length, at)?;
    let length = u32::from_le_bytes(length) as usize;
    let begin = at + (LENGTH + length) as u64;
    if length > LONGEST_CHANGE || begin > whole {
        return Ok(None);
    }
    let mut text = vec![0; length];
    file.read_exact_at(&mut text, at + LENGTH as u64)?;
    let change: Option<Change> = serde_json::from_slice(&text).ok();
    let change = change.filter(|change| change.content() <= whole - begin);
    Ok(change.map(|change| (change, begin)))
}
