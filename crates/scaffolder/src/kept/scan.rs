//! Reads a workspace for keeping. What has not changed since the last step is not read again.

use std::collections::BTreeMap;

use model::Fault;
use workspace::{Contents, StoredFile, Workspace};

use super::{Kept, KeptFile, MOST_BYTES, MOST_FILES, State};
use crate::redaction::Redactor;

/// Reads the workspace of a task again and again.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    /// What was read at each path while this many secrets were hidden.
    known: BTreeMap<String, (usize, KeptFile)>,
}

impl Scanner {
    /// Keeps what the workspace is after a step.
    pub(crate) fn keep(
        &mut self,
        workspace: &Workspace,
        kept: &Kept,
        step: &str,
        redactor: &Redactor,
    ) -> Result<(), Fault> {
        let files = self.files(workspace, redactor)?;
        kept.keep(State {
            step: step.to_owned(),
            files,
        })
    }

    /// All files; nothing where they are too many or too large.
    fn files(&mut self, workspace: &Workspace, redactor: &Redactor) -> Result<Option<Vec<KeptFile>>, Fault> {
        let stored = workspace.stored();
        let bytes: u64 = stored.iter().map(|(_, file)| file.size).sum();
        if stored.len() > MOST_FILES || bytes > MOST_BYTES {
            return Ok(None);
        }
        let (contents, hidden) = (workspace.contents(), redactor.len());
        let before = std::mem::take(&mut self.known);
        for (path, stored) in stored {
            let same = before
                .get(&path)
                .filter(|(known, file)| *known == hidden && file.stored == stored);
            let file = match same {
                Some((_, file)) => file.clone(),
                None => read(&contents, path.clone(), stored, redactor)?,
            };
            self.known.insert(path, (hidden, file));
        }
        Ok(Some(self.known.values().map(|(_, file)| file.clone()).collect()))
    }
}

fn read(
    contents: &Contents,
    path: String,
    stored: StoredFile,
    redactor: &Redactor,
) -> Result<KeptFile, Fault> {
    let bytes = contents.bytes(&stored)?;
    let is_text = is_text(&bytes);
    let seen_path = redactor.redact(&path);
    Ok(KeptFile {
        seen_path: (seen_path != path).then_some(seen_path),
        hidden: if is_text {
            redactor.places(&bytes)
        } else {
            Vec::new()
        },
        is_text,
        stored,
        path,
    })
}

/// Whether people can read it: secrets are found in what is read as text alone.
fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}
