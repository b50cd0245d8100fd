//! How much of its source a run has covered: an entity is gone only where the run read all that could declare it.

use std::collections::HashSet;

/// The files that a run read.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    /// No file is missing.
    has_all: bool,
    whole: HashSet<String>,
    /// Some document of these files could not be read: it may be any entity.
    unclear: HashSet<String>,
    /// Entities that are declared, but not in a way that counts: they keep their last good form.
    refused: HashSet<String>,
}

impl Coverage {
    /// No file yet; `has_all` says that none will be missing.
    pub fn new(has_all: bool) -> Self {
        Self {
            has_all,
            ..Self::default()
        }
    }

    /// Notes a file, and whether the entity of each of its documents is known.
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

    /// Notes that a declaration was refused of which neither entity nor file is known.
    pub fn note_unknown(&mut self) {
        self.has_all = false;
    }

    /// Whether an entity of this owner that was not declared is gone.
    pub fn shows_gone(&self, reference: &str, owner: Option<&str>) -> bool {
        match owner {
            _ if self.refused.contains(reference) => false,
            Some(owner) if self.unclear.contains(owner) => false,
            Some(owner) if self.whole.contains(owner) => true,
            _ => self.has_all,
        }
    }
}
