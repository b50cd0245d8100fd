//! A place in a plugin's pages for the parts of other plugins.

use std::sync::{Arc, OnceLock};

/// Filled once, when all plugins have contributed; empty before that. Clones share the content.
#[derive(Debug)]
pub struct Slot<T>(Arc<OnceLock<T>>);

impl<T> Slot<T> {
    /// The content, once it is there.
    pub fn get(&self) -> Option<&T> {
        self.0.get()
    }

    /// Fills the slot; a slot that is full stays as it is.
    pub fn fill(&self, content: T) {
        let _ = self.0.set(content);
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}
