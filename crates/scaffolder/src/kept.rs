//! What the workspace of a task was after each step, kept beside it: to look at, to compare, and to go back to.
//!
//! Files are kept once by their content. Where secrets stand in a text is noted when they are known, so that they are
//! hidden from everybody who looks at it later; when a task ends well, nothing that a secret stands in is left on the disk.
//! A workspace that is too large is not kept, and the task runs all the same.

mod scan;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use model::Fault;
use serde::{Deserialize, Serialize};

use crate::redaction::BLANK;
use crate::settings::private_folder;
use crate::workspace::Workspace;
pub(crate) use scan::Scanner;

/// Most files of a workspace that is kept.
pub(crate) const MOST_FILES: usize = 2_000;
/// Most bytes of a workspace that is kept.
pub(crate) const MOST_BYTES: u64 = 32 << 20;
/// What the name of the folder ends with.
const ENDING: &str = ".kept";
/// The file that says which files there were after which step.
const STATES: &str = "states.json";

/// The folder in which the states of a task's workspace are kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept(PathBuf);

/// What the workspace was after a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The key of the step.
    pub(crate) step: String,
    /// The files in the order of their paths; nothing where they were too many or too large.
    pub(crate) files: Option<Vec<KeptFile>>,
}

/// A file of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptFile {
    pub(crate) path: String,
    /// The path as people see it, where a secret stands in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen_path: Option<String>,
    /// The digest of the content, under which it is kept.
    pub(crate) digest: String,
    pub(crate) size: u64,
    pub(crate) is_executable: bool,
    /// It can be read as text.
    pub(crate) is_text: bool,
    /// Where secrets stand in it: begin and end in bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hidden: Vec<(usize, usize)>,
}

/// The states of a task, as they lie on the disk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct States {
    pub(crate) states: Vec<State>,
}

impl State {
    /// The file at a path as people see it.
    pub(crate) fn file(&self, path: &str) -> Option<&KeptFile> {
        self.files
            .as_deref()?
            .iter()
            .find(|file| file.seen_path() == path)
    }
}

impl KeptFile {
    /// The path without secrets.
    pub(crate) fn seen_path(&self) -> &str {
        self.seen_path.as_deref().unwrap_or(&self.path)
    }

    fn has_secrets(&self) -> bool {
        !self.hidden.is_empty() || self.seen_path.is_some()
    }
}

impl States {
    /// The state after a step.
    pub(crate) fn of_step(&self, step: &str) -> Option<&State> {
        self.states.iter().find(|state| state.step == step)
    }

    /// The place of a step's state.
    pub(crate) fn position(&self, step: &str) -> Option<usize> {
        self.states.iter().position(|state| state.step == step)
    }

    /// The state before the one at a place; nothing before the first.
    pub(crate) fn before(&self, at: usize) -> Option<&State> {
        at.checked_sub(1).map(|before| &self.states[before])
    }
}

/// The fault of a disk that does not do what is asked.
fn failed(path: &Path, error: &std::io::Error) -> Fault {
    Fault::error(format!("{}: {error}", path.display()))
}

impl Kept {
    /// Of the task whose folder this is.
    pub(crate) fn of(workspace: &Path) -> Self {
        let mut name = workspace.as_os_str().to_owned();
        name.push(ENDING);
        Self(name.into())
    }

    /// The name of a task's folder, of which this is the name of what is kept.
    pub(crate) fn owner(name: &str) -> Option<&str> {
        name.strip_suffix(ENDING)
    }

    /// What is kept. Nothing is kept of a task that ran elsewhere or ended long ago.
    pub(crate) fn load(&self) -> Option<States> {
        let text = fs::read(self.0.join(STATES)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn save(&self, states: &States) -> Result<(), Fault> {
        let (target, part) = (self.0.join(STATES), self.0.join("states.part"));
        let text = serde_json::to_vec(states).map_err(|error| Fault::error(error.to_string()))?;
        fs::write(&part, text).map_err(|error| failed(&part, &error))?;
        fs::rename(&part, &target).map_err(|error| failed(&target, &error))
    }

    /// Keeps the state after a step in the place of an earlier one of the same step and all that came behind it.
    pub(crate) fn keep(&self, state: State) -> Result<(), Fault> {
        let mut states = self.load().unwrap_or_default();
        if let Some(at) = states.position(&state.step) {
            states.states.truncate(at);
        }
        states.states.push(state);
        private_folder(&self.0)?;
        self.save(&states)
    }

    fn blob(&self, digest: &str) -> PathBuf {
        self.0.join(digest)
    }

    /// Keeps the content of a file, unless it is there.
    fn keep_content(&self, digest: &str, bytes: &[u8]) -> Result<(), Fault> {
        let target = self.blob(digest);
        if target.exists() {
            return Ok(());
        }
        private_folder(&self.0)?;
        let part = self.0.join("content.part");
        fs::write(&part, bytes).map_err(|error| failed(&part, &error))?;
        fs::rename(&part, &target).map_err(|error| failed(&target, &error))
    }

    /// The content of a text file as people may see it: without secrets.
    pub(crate) fn text(&self, file: &KeptFile) -> Option<String> {
        if !file.is_text {
            return None;
        }
        let bytes = fs::read(self.blob(&file.digest)).ok()?;
        String::from_utf8(without(&bytes, &file.hidden)).ok()
    }

    /// Makes a workspace what it was before a step. Fails, and changes nothing, where that is not kept.
    pub(crate) fn restore(&self, workspace: &Path, before: &[String]) -> Result<(), Fault> {
        let gone = || Fault::not_found("The files before the step are not kept");
        let states = self.load().ok_or_else(gone)?;
        let files = match before.last() {
            None => &[],
            Some(last) => {
                let at = states.position(last).ok_or_else(gone)?;
                states.states[at].files.as_deref().ok_or_else(gone)?
            }
        };
        if files.iter().any(|file| !self.blob(&file.digest).is_file()) {
            return Err(gone());
        }
        if workspace.is_dir() {
            fs::remove_dir_all(workspace).map_err(|error| failed(workspace, &error))?;
        }
        private_folder(workspace)?;
        let target = Workspace::new(workspace);
        for file in files {
            let from = self.blob(&file.digest);
            let bytes = fs::read(&from).map_err(|error| failed(&from, &error))?;
            target.write(&file.path, &bytes, file.is_executable)?;
        }
        Ok(())
    }

    /// Leaves what people may see, and nothing in which a secret stands: nobody goes back to a state of a task that
    /// ended well.
    pub(crate) fn seal(&self) -> Result<(), Fault> {
        let Some(mut states) = self.load() else {
            return Ok(());
        };
        let files = states.states.iter_mut().filter_map(|state| state.files.as_mut());
        for file in files.flatten().filter(|file| file.has_secrets()) {
            if let Some(seen) = file.seen_path.take() {
                file.path = seen;
            }
            if file.hidden.is_empty() {
                continue;
            }
            let from = self.blob(&file.digest);
            let bytes = fs::read(&from).map_err(|error| failed(&from, &error))?;
            let seen = without(&bytes, &file.hidden);
            file.digest = scan::digest(&seen);
            file.hidden.clear();
            self.keep_content(&file.digest, &seen)?;
        }
        self.save(&states)?;
        let files = states.states.iter().filter_map(|state| state.files.as_deref());
        let shown: BTreeSet<&str> = files
            .flatten()
            .filter(|file| file.is_text)
            .map(|file| file.digest.as_str())
            .collect();
        let entries = fs::read_dir(&self.0).map_err(|error| failed(&self.0, &error))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_needed = name
                .to_str()
                .is_some_and(|name| name == STATES || shown.contains(name));
            if !is_needed {
                fs::remove_file(entry.path()).map_err(|error| failed(&entry.path(), &error))?;
            }
        }
        Ok(())
    }

    /// Forgets everything.
    pub(crate) fn remove(&self) {
        // It may never have been made; what is left of it goes with the next cleaning.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The same bytes with a mark in place of each secret.
fn without(bytes: &[u8], hidden: &[(usize, usize)]) -> Vec<u8> {
    let mut seen = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for (begin, end) in hidden {
        seen.extend_from_slice(bytes.get(at..*begin).unwrap_or_default());
        seen.extend_from_slice(BLANK.as_bytes());
        at = *end;
    }
    seen.extend_from_slice(bytes.get(at..).unwrap_or_default());
    seen
}

#[cfg(test)]
mod tests;
