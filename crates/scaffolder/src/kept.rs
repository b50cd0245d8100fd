//! What the workspace of a task was after each step: to look at, to compare, and to go back to.
//!
//! The contents lie in the log of the workspace; which of them a state has is kept beside it. Where secrets stand in a text is
//! noted when they are known, so that they are hidden from everybody who looks at it later; when a task ends well, nothing that a
//! secret stands in is left on the disk. A workspace that is too large is not kept, and the task runs all the same.

mod scan;

use std::fs;
use std::path::{Path, PathBuf};

use model::Fault;
use serde::{Deserialize, Serialize};
use workspace::{Contents, StoredFile, Workspace, digest};

use crate::redaction::BLANK;
use crate::settings::private_folder;
pub(crate) use scan::Scanner;

/// Most files of a workspace that is kept.
pub(crate) const MOST_FILES: usize = 2_000;
/// Most bytes of a workspace that is kept.
pub(crate) const MOST_BYTES: u64 = 32 << 20;
/// The log of the workspace.
const LOG: &str = "files.log";
/// The file that says which files there were after which step.
const STATES: &str = "states.json";
/// What the name of a file ends with that is not whole yet.
const PART: &str = ".part";

/// The folder of a task, in which the states of its workspace are kept.
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
    #[serde(flatten)]
    pub(crate) stored: StoredFile,
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
    pub(crate) fn of(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Whether the folder is on this machine.
    pub(crate) fn is_there(&self) -> bool {
        self.0.is_dir()
    }

    /// Makes the folder.
    pub(crate) fn make(&self) -> Result<(), Fault> {
        private_folder(&self.0)
    }

    /// The log of the task's workspace.
    pub(crate) fn log(&self) -> PathBuf {
        self.0.join(LOG)
    }

    /// What is kept. Nothing is kept of a task that ran elsewhere or ended long ago.
    pub(crate) fn load(&self) -> Option<States> {
        let text = fs::read(self.0.join(STATES)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn save(&self, states: &States) -> Result<(), Fault> {
        let (target, part) = (self.0.join(STATES), self.part(STATES));
        let text = serde_json::to_vec(states).map_err(|error| Fault::error(error.to_string()))?;
        fs::write(&part, text).map_err(|error| failed(&part, &error))?;
        fs::rename(&part, &target).map_err(|error| failed(&target, &error))
    }

    fn part(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}{PART}"))
    }

    /// Keeps the state after a step in the place of an earlier one of the same step and all that came behind it.
    pub(crate) fn keep(&self, state: State) -> Result<(), Fault> {
        let mut states = self.load().unwrap_or_default();
        if let Some(at) = states.position(&state.step) {
            states.states.truncate(at);
        }
        states.states.push(state);
        self.save(&states)
    }

    /// The content of a text file as people may see it: without secrets.
    pub(crate) fn text(&self, file: &KeptFile) -> Option<String> {
        if !file.is_text {
            return None;
        }
        let bytes = Contents::open(&self.log()).ok()?.bytes(&file.stored).ok()?;
        String::from_utf8(without(&bytes, &file.hidden)).ok()
    }

    /// Makes a workspace what it was before a step. Fails, and changes nothing, where that is not kept.
    pub(crate) fn restore(&self, workspace: &Workspace, before: &[String]) -> Result<(), Fault> {
        let gone = || Fault::not_found("The files before the step are not kept");
        let states = self.load().ok_or_else(gone)?;
        let files = match before.last() {
            None => &[],
            Some(last) => {
                let at = states.position(last).ok_or_else(gone)?;
                states.states[at].files.as_deref().ok_or_else(gone)?
            }
        };
        let files = files.iter().map(|file| (file.path.clone(), file.stored.clone()));
        workspace.reset(files.collect()).map_err(|_| gone())
    }

    /// Leaves what people may see, and nothing in which a secret stands: nobody goes back to a state of a task that ended well.
    /// Where there are no secrets and little was written, all may stay.
    pub(crate) fn seal(&self, has_secrets: bool) -> Result<(), Fault> {
        let log = self.log();
        let size = fs::metadata(&log).map_or(0, |metadata| metadata.len());
        if size == 0 || !has_secrets && size <= MOST_BYTES {
            return Ok(());
        }
        let mut states = self.load().unwrap_or_default();
        let part = self.part(LOG);
        let sealed = self.sealed(&mut states, &part)?;
        drop(sealed);
        // What is seen of a state whose contents are gone already is that they are gone.
        let done = if part.is_file() {
            fs::rename(&part, &log)
        } else {
            fs::remove_file(&log)
        };
        done.map_err(|error| failed(&log, &error))?;
        self.save(&states)
    }

    /// Writes a log that has what people may see of these states, and makes the states speak of that.
    fn sealed(&self, states: &mut States, part: &Path) -> Result<Workspace, Fault> {
        if part.is_file() {
            fs::remove_file(part).map_err(|error| failed(part, &error))?;
        }
        let (contents, sealed) = (Contents::open(&self.log())?, Workspace::open(part)?);
        let files = states.states.iter_mut().filter_map(|state| state.files.as_mut());
        for file in files.flatten() {
            if let Some(seen) = file.seen_path.take() {
                file.path = seen;
            }
            if !file.is_text {
                continue;
            }
            let bytes = without(&contents.bytes(&file.stored)?, &file.hidden);
            file.hidden.clear();
            let name = digest(&bytes);
            sealed.write(&name, &bytes, file.stored.is_executable)?;
            if let Some(stored) = sealed.stored_file(&name) {
                file.stored = stored;
            }
        }
        Ok(sealed)
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
