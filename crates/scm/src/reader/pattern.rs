//! Patterns of paths, as the original's readers take them: `*` and `?` stand for signs of a name, `**` for any folders, and
//! `{a,b}` and `[ab]` for alternatives. Names that begin with a dot match only what begins with a dot itself.

use globset::{GlobBuilder, GlobMatcher};
use model::Fault;

/// Signs that make a path a pattern.
const SIGNS: [char; 2] = ['*', '?'];
/// Signs that mean something in a pattern.
const SPECIAL: [char; 6] = ['*', '?', '[', ']', '{', '}'];

/// A pattern of paths in a repository.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    matcher: GlobMatcher,
    /// The folder in which everything lies that matches; empty for the whole repository.
    pub folder: String,
    has_dots: bool,
}

impl Pattern {
    /// A pattern; fails if it cannot be one.
    pub fn new(text: &str) -> Result<Self, Fault> {
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        let glob = glob
            .map_err(|error| Fault::input(format!("The pattern {text} cannot be used: {}", error.kind())))?;
        let parts: Vec<&str> = text.split('/').collect();
        let folders = &parts[..parts.len().saturating_sub(1)];
        let fixed = folders.iter().take_while(|part| !part.contains(SPECIAL));
        Ok(Self {
            matcher: glob.compile_matcher(),
            folder: fixed.copied().collect::<Vec<_>>().join("/"),
            has_dots: parts.iter().any(|part| part.starts_with('.')),
        })
    }

    /// Whether a path of the repository matches.
    pub fn matches(&self, path: &str) -> bool {
        let is_hidden = || path.split('/').any(|part| part.starts_with('.'));
        self.matcher.is_match(path) && (self.has_dots || !is_hidden())
    }
}

/// Whether a decoded path is a pattern.
pub(super) fn is_pattern(path: &str) -> bool {
    path.contains(SIGNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_match() {
        let check = |pattern: &str, folder: &str, matching: &[&str], others: &[&str]| {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(pattern.folder, folder);
            for path in matching {
                assert!(pattern.matches(path), "{pattern:?} {path}");
            }
            for path in others {
                assert!(!pattern.matches(path), "{pattern:?} {path}");
            }
        };
        check(
            "**/catalog-info.yaml",
            "",
            &[
                "catalog-info.yaml",
                "a/catalog-info.yaml",
                "a/b/catalog-info.yaml",
            ],
            &[
                "a/catalog-info.yml",
                ".github/catalog-info.yaml",
                "acatalog-info.yaml",
            ],
        );
        check(
            "services/*/info-?.yaml",
            "services",
            &["services/a/info-1.yaml"],
            &[
                "services/info-1.yaml",
                "services/a/b/info-1.yaml",
                "services/a/info-12.yaml",
            ],
        );
        check(
            "a/.b/*.{yaml,yml}",
            "a/.b",
            &["a/.b/x.yaml", "a/.b/x.yml"],
            &["a/.b/x.json"],
        );
        check("*.yaml", "", &["x.yaml"], &["a/x.yaml", ".x.yaml"]);
    }

    #[test]
    fn what_is_no_pattern() {
        let fault = Pattern::new("a/[").unwrap_err();
        assert!(
            fault.message.starts_with("The pattern a/[ cannot be used: "),
            "{fault}"
        );
    }
}
