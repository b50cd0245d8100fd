//! Kubeconfig files of which all contexts are clusters, also those that come later.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

use super::access::stamp;
use super::{ClusterSettings, Wanted, contexts};

/// A locator of the type `kubeconfig` that names no contexts.
#[derive(Debug, Clone)]
pub(crate) struct AllContexts {
    method: Value,
    folder: PathBuf,
    everywhere: Wanted,
}

/// Whether a locator takes all contexts of its file.
pub(super) fn takes_all(method: &Value) -> bool {
    !method["contexts"].is_array()
}

impl AllContexts {
    /// A locator; nothing for one of another type, and for one that names its contexts.
    pub fn read(method: &Value, folder: &Path, everywhere: &Wanted) -> Option<Self> {
        (method["type"] == "kubeconfig" && takes_all(method)).then(|| Self {
            method: method.clone(),
            folder: folder.to_owned(),
            everywhere: everywhere.clone(),
        })
    }

    /// The clusters of all these files as they are now.
    pub fn of_all(files: &[Self]) -> Vec<ClusterSettings> {
        let all = files.iter();
        all.flat_map(|file| contexts(&file.method, &file.folder, &file.everywhere))
            .collect()
    }

    /// Changes when the file does.
    pub fn stamp(&self) -> Option<(SystemTime, u64)> {
        stamp(&self.folder.join(self.method["file"].as_str()?))
    }
}
