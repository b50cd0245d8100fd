//! One pattern with the meaning that `.gitignore` gives it, without regard to case.

use globset::{GlobBuilder, GlobMatcher};

/// A compiled pattern. What cannot be compiled matches nothing.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    glob: Option<GlobMatcher>,
    only_directories: bool,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let only_directories = text.ends_with('/');
        let body = text.trim_end_matches('/');
        // A slash in front or in the middle ties the pattern to the root.
        let anchored = body.contains('/');
        let body = body.trim_start_matches('/');
        let glob = if anchored {
            body.to_owned()
        } else {
            format!("**/{body}")
        };
        let is_negated = text.starts_with('!') || body.is_empty();
        let compiled = GlobBuilder::new(&glob)
            .literal_separator(true)
            .case_insensitive(true)
            .backslash_escape(true)
            .build();
        Self {
            glob: compiled
                .ok()
                .filter(|_| !is_negated)
                .map(|glob| glob.compile_matcher()),
            only_directories,
        }
    }

    /// Whether the pattern names the path or a folder above it.
    pub(super) fn matches(&self, path: &str) -> bool {
        let Some(glob) = &self.glob else { return false };
        let is_file_match = !self.only_directories && !path.is_empty() && glob.is_match(path);
        is_file_match || path.match_indices('/').any(|(at, _)| glob.is_match(&path[..at]))
    }
}
