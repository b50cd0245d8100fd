//! The folder that a site is written into. Of what lies there only the files of an earlier build are written over or removed: those
//! that `techdocs_metadata.json` names.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use model::Fault;
use serde_json::{Value, json};
use techdocs::{ConfinedFolder, Lies};

/// The file by which an earlier build is known, and which names its files.
const MARK: &str = "techdocs_metadata.json";
/// Largest file of that kind that is read, in bytes.
const MAX_MARK: u64 = 64 << 20;

/// A folder that is new, empty or an earlier build.
pub struct OutputFolder {
    folder: ConfinedFolder,
    /// Files of the earlier build.
    earlier: BTreeSet<String>,
    /// There was nothing in it, so that nothing can be in the way.
    is_empty: bool,
}

impl OutputFolder {
    /// Takes a folder; `sources` is the folder with the documentation, of which `has_all` says that all files in it belong to it.
    pub fn take(path: &Path, sources: &Path, has_all: bool) -> Result<Self> {
        let shown = path.display();
        let folder =
            ConfinedFolder::open(path).with_context(|| format!("the folder {shown} cannot be made"))?;
        let sources = fs::canonicalize(sources).unwrap_or_else(|_| sources.to_path_buf());
        if sources.starts_with(folder.root()) {
            bail!("the folder {shown} holds the sources; name another one");
        }
        if has_all && folder.root().starts_with(&sources) {
            bail!(
                "the folder {shown} lies among the sources, of which it would be a part next time; name another one"
            );
        }
        let earlier = earlier(&folder)?;
        let holds = holds(folder.root())?;
        if earlier.is_none() && holds == Holds::Files {
            bail!("the folder {shown} holds other files; name one that is new, empty or an earlier build");
        }
        Ok(Self {
            folder,
            is_empty: holds == Holds::Nothing,
            earlier: earlier.unwrap_or_default(),
        })
    }

    /// Makes room for these files: removes those that only the earlier build has, and says in the folder which ones come, so
    /// that a build that is interrupted is known, too. Gives the number of files that it removed. Nothing is changed where
    /// somebody else's file is in the way.
    pub fn make_room(&self, files: &[String]) -> Result<usize> {
        let shown = self.folder.root().display();
        for path in files.iter().filter(|_| !self.is_empty) {
            let lies = self.folder.look(path);
            let lies = lies.with_context(|| format!("the folder {shown} cannot be written"))?;
            if lies == Some(Lies::File) && !self.earlier.contains(path) && path != MARK {
                bail!(
                    "no earlier build wrote {path} in the folder {shown}, and this one has such a file; move yours away, or name another folder"
                );
            }
        }
        let files: BTreeSet<String> = files.iter().cloned().collect();
        let mut removed = 0;
        for path in self.earlier.difference(&files).filter(|path| !is_hidden(path)) {
            // What names no file below the folder is none of this command.
            removed += usize::from(self.folder.remove(path).unwrap_or_default());
        }
        self.folder
            .write(MARK, json!({ "files": files }).to_string().as_bytes())?;
        Ok(removed)
    }

    /// Writes a file. May be called from several threads.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        let written = self.folder.write(path, bytes);
        let shown = self.folder.root().display();
        written.map_err(|obstacle| Fault::error(format!("the folder {shown} cannot be written: {obstacle}")))
    }
}

/// The files of an earlier build, if there is one.
fn earlier(folder: &ConfinedFolder) -> Result<Option<BTreeSet<String>>> {
    let shown = folder.root().display();
    let lies = folder.look(MARK);
    if lies.with_context(|| format!("the folder {shown} cannot be read"))? != Some(Lies::File) {
        return Ok(None);
    }
    let file = folder.root().join(MARK);
    if fs::metadata(&file)?.len() > MAX_MARK {
        bail!(
            "{} is larger than {MAX_MARK} bytes; name another folder",
            file.display()
        );
    }
    let text = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mark: Value = serde_json::from_slice(&text).unwrap_or_default();
    let files = mark["files"].as_array();
    let path = |path: &Value| Some(path.as_str()?.to_owned());
    Ok(files.map(|files| files.iter().filter_map(path).collect()))
}

/// What is in a folder.
#[derive(PartialEq, Eq)]
enum Holds {
    Nothing,
    /// Names that begin with a point.
    Hidden,
    /// Other names, too.
    Files,
}

fn holds(folder: &Path) -> Result<Holds> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut holds = Holds::Nothing;
    for entry in entries {
        if !is_hidden(&entry?.file_name().to_string_lossy()) {
            return Ok(Holds::Files);
        }
        holds = Holds::Hidden;
    }
    Ok(holds)
}

/// Whether a part of a path begins with a point, as `.git` does. Programs keep their own things under such names.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}
