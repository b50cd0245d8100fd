//! Which configured locations lead to which files on this disk, through other locations, too.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use model::{LocationRef, entity};
use serde_json::json;

use crate::ingest::{self, Room, SourceFile};
use crate::settings::Settings;

/// Most files that are followed.
const MOST: usize = 10_000;

/// Origins by file.
pub(super) struct Reach(HashMap<PathBuf, Vec<LocationRef>>);

impl Reach {
    /// Follows the configured locations of type `file`.
    pub fn of(settings: &Settings) -> Self {
        let mut reach = Self(HashMap::new());
        for origin in settings
            .locations
            .iter()
            .filter(|location| location.kind == "file")
        {
            reach.follow(origin, settings);
        }
        reach
    }

    /// The configured locations that lead to a file.
    pub fn origins(&self, file: &Path) -> &[LocationRef] {
        let real = file.canonicalize();
        let origins = real.ok().and_then(|file| self.0.get(&file));
        origins.map_or(&[], Vec::as_slice)
    }

    fn follow(&mut self, origin: &LocationRef, settings: &Settings) {
        let mut waiting = VecDeque::from([origin.target.clone()]);
        let mut seen = HashSet::new();
        while let Some(target) = waiting.pop_front() {
            let (most, matches) = (settings.max_file_bytes, settings.max_matches);
            let reading = ingest::read_files(&target, most, matches, &mut Room::of(ingest::MAX_BYTES));
            for file in reading.files {
                if seen.len() >= MOST || !seen.insert(file.location.target.clone()) {
                    continue;
                }
                if let Ok(real) = Path::new(&file.location.target).canonicalize() {
                    self.0.entry(real).or_default().push(origin.clone());
                }
                waiting.extend(named_in(&file, origin, settings));
            }
        }
    }
}

/// The files on this disk that the locations of a file name.
fn named_in(file: &SourceFile, origin: &LocationRef, settings: &Settings) -> Vec<String> {
    let found = ingest::read_documents(&file.location, &file.bytes, &settings.yaml);
    let locations = found.usable.into_iter().map(|one| one.entity);
    let locations = locations
        .filter(|value| entity::kind(value) == Some("Location") && settings.rules.allow(value, origin));
    let targets = locations.flat_map(|mut location| {
        location["metadata"]["annotations"] =
            json!({ entity::MANAGED_BY_LOCATION: file.location.to_string() });
        ingest::targets(&location, settings).unwrap_or_default()
    });
    targets
        .filter_map(Result::ok)
        .filter(|target| target.location.kind == "file")
        .map(|target| target.location.target)
        .collect()
}
