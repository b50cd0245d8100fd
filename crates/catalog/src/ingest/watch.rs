//! Watches local files, so that a saved edit shows at once.
//!
//! Folders are watched rather than files: editors save by renaming, and patterns match files that do
//! not exist yet. What a watch misses, the regular look at the source finds.

mod patterns;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use model::Fault;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::Catalog;
use patterns::{Changed, Pattern};

/// Quiet time after the last event before sources are looked at; editors write in several steps.
const DEBOUNCE: Duration = Duration::from_millis(80);
/// Longest time that further events put this off.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// Pause before changes are announced again that the database did not take.
const RETRY: Duration = Duration::from_secs(1);
/// Events kept while the loop is busy; more than that and everything is looked at.
const QUEUE: usize = 4_096;

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

    /// Has changes of these files reported for this source.
    pub fn follow(&self, watched: Watched) {
        let patterns: Vec<Pattern> = watched.files.iter().flat_map(|file| Pattern::of(file)).collect();
        let mut state = self.state.lock();
        for pattern in &patterns {
            let (folder, mode) = folder_of(pattern);
            state.add(folder, mode);
        }
        state.sources.insert(watched.source, patterns);
    }

    /// The sources that read something of what changed.
    fn sources_of(&self, changed: &Changed) -> Vec<String> {
        let state = self.state.lock();
        let reads = |patterns: &Vec<Pattern>| patterns.iter().any(|pattern| pattern.is_hit_by(changed));
        state
            .sources
            .iter()
            .filter(|(_, patterns)| reads(patterns))
            .map(|(source, _)| source.clone())
            .collect()
    }
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

/// Has sources looked at whose files changed, until `stop`. While the database does not answer, what changed
/// is kept and announced later: nobody will save the file again only because of that.
pub(crate) async fn follow_files(
    catalog: &Catalog,
    watch: &FileWatch,
    mut events: mpsc::Receiver<PathBuf>,
    stop: &CancellationToken,
) {
    let (mut changed, mut is_failing) = (HashSet::new(), false);
    loop {
        let gathered = stop.run_until_cancelled(gather(&mut events, &mut changed)).await;
        if gathered != Some(true) {
            return;
        }
        let missed = watch.missed.swap(false, Ordering::AcqRel);
        let marked = if missed {
            catalog.look_at_local_files().await
        } else {
            mark(catalog, watch, &changed).await
        };
        match marked {
            Ok(()) => {
                changed.clear();
                is_failing = false;
            }
            Err(fault) => {
                // Told once and not each second for as long as the database is away.
                if !std::mem::replace(&mut is_failing, true) {
                    tracing::warn!(%fault, "changed files could not be announced, it is tried again");
                }
                watch.missed.fetch_or(missed, Ordering::AcqRel);
            }
        }
    }
}

/// Waits for changes until it is quiet for a moment, or only for a pause when some are left from before;
/// false when there will be no more.
async fn gather(events: &mut mpsc::Receiver<PathBuf>, changed: &mut HashSet<PathBuf>) -> bool {
    if changed.is_empty() {
        let Some(first) = events.recv().await else {
            return false;
        };
        changed.insert(first);
    } else {
        tokio::time::sleep(RETRY).await;
    }
    let begun = Instant::now();
    while changed.len() < QUEUE && begun.elapsed() <= LONGEST_WAIT {
        let Ok(Some(path)) = tokio::time::timeout(DEBOUNCE, events.recv()).await else {
            break;
        };
        changed.insert(path);
    }
    true
}

async fn mark(catalog: &Catalog, watch: &FileWatch, paths: &HashSet<PathBuf>) -> Result<(), Fault> {
    let changed = Changed::of(paths);
    // Before anything is read: what comes later is noticed then.
    watch.state.lock().renew(&changed);
    let keys: Vec<String> = paths
        .iter()
        .map(|path| format!("file:{}", path.display()))
        .collect();
    catalog.refresh_by_keys(&keys).await?;
    let sources = watch.sources_of(&changed);
    if sources.is_empty() {
        Ok(())
    } else {
        catalog.mark_dirty(&sources).await
    }
}
