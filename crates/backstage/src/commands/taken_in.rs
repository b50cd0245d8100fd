//! Files that descriptors take in by a placeholder (`$openapi: ./openapi.yaml`): parts of an entity, and no
//! descriptors of their own, although a search of folders finds them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use yaml::Limits;

use super::placeholders::{PLACEHOLDERS, Placeholders};

/// Files by their real path, with the descriptor that takes each in.
pub struct TakenIn(HashMap<PathBuf, PathBuf>);

impl TakenIn {
    /// Looks through all descriptors. What cannot be read is left to whoever judges it.
    pub fn by(descriptors: &[PathBuf], roots: &[PathBuf], max_bytes: u64) -> Self {
        let mut taken = HashMap::new();
        for descriptor in descriptors {
            for file in files_of(descriptor, roots, max_bytes) {
                taken.entry(file).or_insert_with(|| descriptor.clone());
            }
        }
        Self(taken)
    }

    /// The descriptor that takes a file in.
    pub fn descriptor_of(&self, file: &Path) -> Option<&Path> {
        let real = file.canonicalize().ok()?;
        self.0
            .get(&real)
            .map(PathBuf::as_path)
            .filter(|descriptor| *descriptor != file)
    }
}

/// The files that a descriptor takes in. Most descriptors are not parsed for that: they name no placeholder.
fn files_of(descriptor: &Path, roots: &[PathBuf], max_bytes: u64) -> Vec<PathBuf> {
    // A pipe can be read only once, and this is not the time.
    let is_small = fs::metadata(descriptor).is_ok_and(|file| file.is_file() && file.len() <= max_bytes);
    let text = is_small.then(|| fs::read_to_string(descriptor).ok()).flatten();
    let text = text.unwrap_or_default();
    if !PLACEHOLDERS.iter().any(|name| text.contains(name)) {
        return Vec::new();
    }
    let folder = descriptor.parent().unwrap_or(Path::new(""));
    let taken = |mut value| {
        let mut placeholders = Placeholders::new(folder, roots);
        placeholders.fill(&mut value);
        placeholders.read
    };
    let documents = yaml::parse(&text, &Limits::default());
    let values = documents.into_iter().filter_map(|document| document.value.ok());
    values.flat_map(taken).collect()
}
