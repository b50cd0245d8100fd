//! Published sites in a folder of this machine, such as the original's local publisher writes.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::storage::{Read, Storage, StoredFile, is_plain};
use super::trouble::Trouble;
use crate::confined::{ConfinedFolder, Obstacle};

/// Deepest folder that is listed.
const MAX_DEPTH: usize = 32;

/// A folder. What links in it lead to outside of it is not there, and nothing is written or removed by a link.
pub(crate) struct Folder {
    root: PathBuf,
    name: String,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Self {
        let name = format!("the folder {}", root.display());
        Self { root, name }
    }

    /// Does what blocks.
    async fn blocking<T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&Path, &Path) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        if !is_plain(key) {
            return Err(Trouble::Missing);
        }
        let (root, key) = (self.root.clone(), key.to_owned());
        let done = tokio::task::spawn_blocking(move || {
            let real = fs::canonicalize(&root).map_err(|_| Trouble::NoFolder(root.display().to_string()))?;
            let path = fs::canonicalize(real.join(key)).map_err(|error| trouble(&error))?;
            if !path.starts_with(&real) {
                return Err(Trouble::Missing);
            }
            work(&real, &path)
        });
        done.await.map_err(|error| Trouble::Other(error.to_string()))?
    }

    /// Does what changes files.
    async fn changing<T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&ConfinedFolder, &str) -> Result<T, Obstacle> + Send + 'static,
    ) -> Result<T, Trouble> {
        if !is_plain(key) {
            return Err(Trouble::Missing);
        }
        let (root, key) = (self.root.clone(), key.to_owned());
        let done = tokio::task::spawn_blocking(move || {
            let folder = ConfinedFolder::open(&root).map_err(|error| {
                Trouble::Other(format!("the folder {} cannot be made: {error}", root.display()))
            })?;
            work(&folder, &key).map_err(|obstacle| Trouble::Other(obstacle.to_string()))
        });
        done.await.map_err(|error| Trouble::Other(error.to_string()))?
    }
}

#[async_trait]
impl Storage for Folder {
    fn name(&self) -> &str {
        &self.name
    }

    async fn read(&self, key: &str, known: Option<&str>, most: u64) -> Result<Read, Trouble> {
        let known = known.map(str::to_owned);
        self.blocking(key, move |_, path| read(path, known.as_deref(), most))
            .await
    }

    async fn list(&self, folder: &str, most: usize) -> Result<Vec<String>, Trouble> {
        self.blocking(folder, move |root, folder| {
            let mut found = Vec::new();
            gather(root, folder, "", most, 0, &mut found)?;
            Ok(found)
        })
        .await
    }

    async fn write(&self, key: &str, bytes: Bytes, _: &'static str) -> Result<(), Trouble> {
        self.changing(key, move |folder, key| folder.exchange(key, &bytes))
            .await
    }

    /// Removes a file, unless it is reached by a link, or a name begins with a point: no site has such files.
    async fn remove(&self, key: &str) -> Result<bool, Trouble> {
        if key.split('/').any(|part| part.starts_with('.')) {
            return Ok(false);
        }
        self.changing(key, ConfinedFolder::remove).await
    }
}

fn read(path: &Path, known: Option<&str>, most: u64) -> Result<Read, Trouble> {
    let metadata = fs::metadata(path).map_err(|error| trouble(&error))?;
    if !metadata.is_file() {
        return Err(Trouble::Missing);
    }
    let changed = metadata.modified().ok();
    let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let etag = changed.map(|time| format!("W/\"{:x}-{:x}\"", metadata.len(), time.as_nanos()));
    if known.is_some() && etag.as_deref() == known {
        return Ok(Read::Same);
    }
    if metadata.len() > most {
        return Err(Trouble::TooLarge(most));
    }
    let bytes = fs::read(path).map_err(|error| trouble(&error))?;
    Ok(Read::New(StoredFile {
        bytes: Bytes::from(bytes),
        etag,
        modified: changed.and_then(|time| Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()),
    }))
}

fn gather(
    root: &Path,
    folder: &Path,
    before: &str,
    most: usize,
    depth: usize,
    found: &mut Vec<String>,
) -> Result<(), Trouble> {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .map_err(|error| trouble(&error))?
        .filter_map(Result::ok)
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if found.len() >= most || depth > MAX_DEPTH {
            break;
        }
        let Some(path) = entry.file_name().to_str().map(|name| format!("{before}{name}")) else {
            continue;
        };
        let Ok(real) = fs::canonicalize(entry.path()) else {
            continue;
        };
        if !real.starts_with(root) {
            continue;
        }
        if real.is_dir() {
            gather(root, &real, &format!("{path}/"), most, depth + 1, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn trouble(error: &std::io::Error) -> Trouble {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => Trouble::Missing,
        ErrorKind::PermissionDenied => Trouble::Other(
            "the account of the portal may not read the file; change the rights of the folder".to_owned(),
        ),
        _ => Trouble::Other(error.to_string()),
    }
}
