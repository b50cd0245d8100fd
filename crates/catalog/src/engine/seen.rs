//! What a run saw of the files of its source: only of what it saw whole it knows what is gone.

use std::collections::HashSet;

/// The files that a run read.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// None is missing.
    has_all: bool,
    whole: HashSet<String>,
    /// Some document of these could not be read: it may be any entity.
    unclear: HashSet<String>,
    /// Entities that are declared, but not in a way that counts: they keep their last good form.
    refused: HashSet<String>,
}

impl Seen {
    /// Nothing yet; `has_all` says that nothing will be missing.
    pub fn new(has_all: bool) -> Self {
        Self {
            has_all,
            ..Self::default()
        }
    }

    /// Notes a file, and whether all of its documents could be told.
    pub fn note(&mut self, location: String, is_whole: bool) {
        if is_whole {
            self.whole.insert(location);
        } else {
            self.unclear.insert(location);
        }
    }

    /// Notes an entity whose document is there, but of no use.
    pub fn note_refused(&mut self, reference: String) {
        self.refused.insert(reference);
    }

    /// Whether an entity of this owner that was not met is gone.
    pub fn shows_gone(&self, reference: &str, owner: Option<&str>) -> bool {
        match owner {
            _ if self.refused.contains(reference) => false,
            Some(owner) if self.unclear.contains(owner) => false,
            Some(owner) if self.whole.contains(owner) => true,
            _ => self.has_all,
        }
    }
}
