//! Opens an index, with as much of it as is whole.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};

use super::writing::{Writing, listing};
use super::{IndexError, Inner};
use crate::folder::{Folder, Manifest};
use crate::listing::Listing;
use crate::shard::Shard;
use crate::view::View;
use crate::wire::damaged;

/// How long the lock is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// How the index was found when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// As it was left.
    Kept,
    /// There was none.
    New,
    /// Parts were damaged. Repositories that needed them are not in the index, and must be added again.
    Damaged {
        /// What was wrong with the first part.
        reason: String,
    },
    /// All of it was damaged or of another version. It is empty now, and every repository must be added again.
    Discarded {
        /// What was wrong.
        reason: String,
    },
}

/// Opens the index in a folder, and takes its lock.
pub fn open(path: &Path) -> Result<Inner, IndexError> {
    let failed = |error| IndexError::Io {
        folder: path.to_owned(),
        error,
    };
    let folder = Folder::new(path);
    let lock = lock(&folder).map_err(failed)?;
    let lock = lock.ok_or_else(|| IndexError::Locked(path.to_owned()))?;
    let (manifest, condition) = match folder.read_manifest() {
        Ok(Some(manifest)) => (manifest, Condition::Kept),
        Ok(None) => (Manifest::default(), Condition::New),
        Err(error) => {
            let reason = error.to_string();
            (Manifest::default(), Condition::Discarded { reason })
        }
    };
    let (view, kept, condition) = read(&folder, manifest, condition);
    folder.clean(&kept).map_err(failed)?;
    folder.write_manifest(&kept).map_err(failed)?;
    Ok(Inner {
        folder,
        _lock: lock,
        condition,
        view: RwLock::new(Arc::new(view)),
        writing: Mutex::new(Writing::new(kept.next)),
        tidying: Mutex::new(()),
    })
}

/// Takes the lock; nothing when another process has it.
fn lock(folder: &Folder) -> io::Result<Option<File>> {
    fs::create_dir_all(folder.path())?;
    let lock = File::create(folder.lock())?;
    let begun = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Some(lock)),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if begun.elapsed() > PATIENCE => return Ok(None),
            // A process that ends, or one that was just begun by another thread, may have it for a moment.
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
        }
    }
}

/// Reads what is whole, and says what is not.
fn read(folder: &Folder, mut manifest: Manifest, mut condition: Condition) -> (View, Manifest, Condition) {
    let mut wrong = |error: io::Error| {
        if condition == Condition::Kept {
            let reason = error.to_string();
            condition = Condition::Damaged { reason };
        }
    };
    let mut shards = Vec::new();
    manifest
        .shards
        .retain(|number| match Shard::open(&folder.shard(*number), *number) {
            Ok(shard) => {
                shards.push(Arc::new(shard));
                true
            }
            Err(error) => {
                wrong(error);
                false
            }
        });
    let mut listings: Vec<Arc<Listing>> = Vec::new();
    manifest.listings.retain(|number| {
        let read = folder.read_listing(*number);
        let read = read.and_then(|(name, drafted)| {
            listing(*number, name, &drafted, &shards).ok_or_else(|| damaged("a content is missing"))
        });
        match read {
            Ok(listing) => listings.push(Arc::new(listing)),
            Err(error) => {
                wrong(error);
                return false;
            }
        }
        true
    });
    (View::new(shards, listings), manifest, condition)
}
