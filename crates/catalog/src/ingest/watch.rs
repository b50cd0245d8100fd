//! Watches local files, so that a saved edit shows at once.
//!
//! Folders are watched rather than files: editors save by renaming, and patterns match files that do
//! not exist yet. A change that a watch misses is found when its source is read regularly.

mod patterns;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model::Fault;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use patterns::{Changed, Pattern};

/// Events kept while sources are marked; more than that and all local files are read.
pub(crate) const QUEUE: usize = 4_096;

/// A file that was saved this shortly before it is watched may have been read before that save by a process that is gone
/// since.
const RECENTLY: Duration = Duration::from_secs(10);

/// Files that one source reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watched {
    /// The location entity.
    pub source: String,
    /// Paths and patterns.
    pub files: Vec<String>,
}

/// A running watch.
pub(crate) struct FileWatch {
    state: Mutex<State>,
    /// The queue was full and a change was not noted.
    missed: Arc<AtomicBool>,
}

struct State {
    watcher: RecommendedWatcher,
    folders: HashMap<PathBuf, RecursiveMode>,
    sources: HashMap<String, Vec<Pattern>>,
}

impl FileWatch {
    /// Starts watching nothing yet; changed paths arrive at the receiver.
    pub fn new() -> Result<(Self, mpsc::Receiver<PathBuf>), Fault> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let missed = Arc::new(AtomicBool::new(false));
        let miss = missed.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else {
                return;
            };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            for path in event.paths {
                if sender.try_send(path).is_err() {
                    miss.store(true, Ordering::Release);
                }
            }
        })
        .map_err(|error| Fault::error(format!("files cannot be watched: {error}")))?;
        let state = State {
            watcher,
            folders: HashMap::new(),
            sources: HashMap::new(),
        };
        let watch = Self {
            state: Mutex::new(state),
            missed,
        };
        Ok((watch, receiver))
    }

    /// Has changes of these files reported for this source. Whether one of the files, patterns left aside, was saved
    /// [recently](RECENTLY) and is watched from now on.
    pub fn follow(&self, watched: Watched) -> bool {
        let patterns: Vec<Pattern> = watched.files.iter().flat_map(|file| Pattern::of(file)).collect();
        let mut state = self.state.lock();
        let is_new = !state.sources.contains_key(&watched.source);
        for pattern in &patterns {
            let (folder, mode) = folder_of(pattern);
            state.add(folder, mode);
        }
        let was_saved = is_new && patterns.iter().any(was_saved_recently);
        state.sources.insert(watched.source, patterns);
        was_saved
    }

    /// The sources that read something of what changed. Call it before anything of that is read: a later change is
    /// noticed then.
    pub fn changed(&self, paths: &HashSet<PathBuf>) -> Vec<String> {
        let changed = Changed::of(paths);
        let mut state = self.state.lock();
        state.renew(&changed);
        state.sources_of(&changed)
    }

    /// Whether changes were missed since this was asked last.
    pub fn take_missed(&self) -> bool {
        self.missed.swap(false, Ordering::AcqRel)
    }

    /// Changes that were missed are still to be made up for.
    pub fn note_missed(&self) {
        self.missed.store(true, Ordering::Release);
    }
}

fn was_saved_recently(pattern: &Pattern) -> bool {
    let Pattern::Path(path) = pattern else {
        return false;
    };
    let saved = path.metadata().and_then(|file| file.modified()).ok();
    let age = saved.and_then(|saved| saved.elapsed().ok());
    age.is_some_and(|age| age < RECENTLY)
}

fn folder_of(pattern: &Pattern) -> (&Path, RecursiveMode) {
    match pattern.folder() {
        (folder, true) => (folder, RecursiveMode::Recursive),
        (folder, false) => (folder, RecursiveMode::NonRecursive),
    }
}

impl State {
    /// Watches folders again that came, went or were replaced: a watch ends with the folder it was for.
    fn renew(&mut self, changed: &Changed) {
        let wanted = self.sources.values().flatten().map(folder_of);
        let touched: HashSet<(PathBuf, bool)> = wanted
            .filter(|(folder, _)| changed.touches(folder))
            .map(|(folder, mode)| (folder.to_path_buf(), mode == RecursiveMode::Recursive))
            .collect();
        for (folder, _) in &touched {
            if self.folders.remove(folder).is_some() {
                // It fails when the folder is gone, and the watch with it.
                let _ = self.watcher.unwatch(folder);
            }
        }
        for (folder, is_deep) in touched {
            let mode = if is_deep {
                RecursiveMode::Recursive
            } else {
                RecursiveMode::NonRecursive
            };
            self.add(&folder, mode);
        }
    }

    fn sources_of(&self, changed: &Changed) -> Vec<String> {
        let reads = |patterns: &Vec<Pattern>| patterns.iter().any(|pattern| pattern.is_hit_by(changed));
        self.sources
            .iter()
            .filter(|(_, patterns)| reads(patterns))
            .map(|(source, _)| source.clone())
            .collect()
    }

    fn add(&mut self, folder: &Path, mode: RecursiveMode) {
        let known = self.folders.get(folder);
        if known == Some(&mode) || known == Some(&RecursiveMode::Recursive) {
            return;
        }
        // A folder that does not exist yet is waited for in the one above it.
        let Some(existing) = folder.ancestors().find(|ancestor| ancestor.is_dir()) else {
            return;
        };
        let mode = if existing == folder {
            mode
        } else {
            RecursiveMode::NonRecursive
        };
        match self.watcher.watch(existing, mode) {
            Ok(()) => {
                self.folders.insert(existing.to_path_buf(), mode);
            }
            Err(error) => {
                tracing::warn!(folder = %existing.display(), %error, "folder is not watched, only looked at regularly");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_saved_shortly_before_it_is_watched_may_have_been_missed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog-info.yaml");
        std::fs::write(&file, "kind: Component").unwrap();
        let (watch, _events) = FileWatch::new().unwrap();
        let watched = |source: &str| Watched {
            source: source.to_owned(),
            files: vec![file.display().to_string()],
        };
        assert!(watch.follow(watched("location:default/new")));
        assert!(
            !watch.follow(watched("location:default/new")),
            "its changes are noticed"
        );
        let opened = std::fs::File::options().write(true).open(&file).unwrap();
        opened
            .set_modified(std::time::SystemTime::now() - RECENTLY * 2)
            .unwrap();
        assert!(
            !watch.follow(watched("location:default/old")),
            "it was saved long before"
        );
    }
}
