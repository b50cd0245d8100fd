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
            let is_small = fs::metadata(descriptor).is_ok_and(|file| file.len() <= max_bytes);
            let text = fs::read_to_string(descriptor).ok().filter(|_| is_small);
            let Some(text) = text.filter(|text| PLACEHOLDERS.iter().any(|name| text.contains(name))) else {
                continue;
            };
            let mut placeholders = Placeholders::new(descriptor.parent().unwrap_or(Path::new("")), roots);
            for document in yaml::parse(&text, &Limits::default()) {
                if let Ok(mut value) = document.value {
                    placeholders.fill(&mut value);
                }
            }
            for file in placeholders.read {
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
