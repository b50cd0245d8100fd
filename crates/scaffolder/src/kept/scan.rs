//! Reads a workspace for keeping. What has not changed since the last step is not read again.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use model::Fault;
use sha2::{Digest, Sha256};

use super::{Kept, KeptFile, MOST_BYTES, MOST_FILES, State, failed};
use crate::redaction::Redactor;
use crate::workspace::Workspace;

/// By what a file is known to be as it was: size, node, times of change of content and of node, and how much was hidden.
type Stamp = (u64, u64, (i64, i64), (i64, i64), usize);

/// Reads the workspace of a task again and again.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    known: BTreeMap<String, (Stamp, KeptFile)>,
}

fn stamp(metadata: &Metadata, redactor: &Redactor) -> Stamp {
    (
        metadata.len(),
        metadata.ino(),
        (metadata.mtime(), metadata.mtime_nsec()),
        (metadata.ctime(), metadata.ctime_nsec()),
        redactor.len(),
    )
}

impl Scanner {
    /// Keeps what the workspace is after a step.
    pub(crate) fn keep(
        &mut self,
        workspace: &Path,
        kept: &Kept,
        step: &str,
        redactor: &Redactor,
    ) -> Result<(), Fault> {
        let files = self.files(workspace, kept, redactor)?;
        kept.keep(State {
            step: step.to_owned(),
            files,
        })
    }

    /// All files; nothing where they are too many or too large.
    fn files(
        &mut self,
        folder: &Path,
        kept: &Kept,
        redactor: &Redactor,
    ) -> Result<Option<Vec<KeptFile>>, Fault> {
        let paths = Workspace::new(folder).paths()?;
        if paths.len() > MOST_FILES {
            return Ok(None);
        }
        let mut found = Vec::with_capacity(paths.len());
        let mut room = MOST_BYTES;
        for path in paths {
            let full = folder.join(&path);
            let metadata = fs::symlink_metadata(&full).map_err(|error| failed(&full, &error))?;
            if !metadata.is_file() {
                continue;
            }
            let Some(left) = room.checked_sub(metadata.len()) else {
                return Ok(None);
            };
            room = left;
            found.push((path, metadata));
        }
        let before = std::mem::take(&mut self.known);
        for (path, metadata) in found {
            let stamp = stamp(&metadata, redactor);
            let file = match before.get(&path).filter(|(known, _)| *known == stamp) {
                Some((_, file)) => file.clone(),
                None => read(folder, path.clone(), &metadata, kept, redactor)?,
            };
            self.known.insert(path, (stamp, file));
        }
        Ok(Some(self.known.values().map(|(_, file)| file.clone()).collect()))
    }
}

fn read(
    folder: &Path,
    path: String,
    metadata: &Metadata,
    kept: &Kept,
    redactor: &Redactor,
) -> Result<KeptFile, Fault> {
    let full = folder.join(&path);
    let bytes = fs::read(&full).map_err(|error| failed(&full, &error))?;
    let digest = digest(&bytes);
    kept.keep_content(&digest, &bytes)?;
    let is_text = is_text(&bytes);
    let seen_path = redactor.redact(&path);
    Ok(KeptFile {
        seen_path: (seen_path != path).then_some(seen_path),
        digest,
        size: metadata.len(),
        is_executable: metadata.permissions().mode() & 0o111 != 0,
        hidden: if is_text {
            redactor.places(&bytes)
        } else {
            Vec::new()
        },
        is_text,
        path,
    })
}

/// Whether people can read it: secrets are found in what is read as text alone.
fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// The name of a content.
pub(super) fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // A string takes everything.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
