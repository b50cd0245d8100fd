//! Patterns as `.gitignore` writes them: `exclude_docs` and `not_in_nav`.

use globset::{GlobBuilder, GlobMatcher};

/// Most patterns of a list.
const MAX_PATTERNS: usize = 500;

/// A list of patterns; a later one overrules those before it.
#[derive(Debug, Default)]
pub(crate) struct Patterns(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    /// It takes out again what a pattern before it took in.
    is_negated: bool,
    /// The path itself, or a folder around it.
    matchers: Vec<GlobMatcher>,
}

impl Patterns {
    /// Reads lines. Those that are no pattern are given back.
    pub(crate) fn read<'t>(lines: impl Iterator<Item = &'t str>) -> (Self, Vec<&'t str>) {
        let (mut patterns, mut bad) = (Vec::new(), Vec::new());
        for line in lines.take(MAX_PATTERNS) {
            let text = line.trim_end();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            match Pattern::read(text) {
                Some(pattern) => patterns.push(pattern),
                None => bad.push(line),
            }
        }
        (Self(patterns), bad)
    }

    /// Whether a path is meant.
    pub(crate) fn has(&self, path: &str) -> bool {
        let last = self.0.iter().rev().find(|pattern| pattern.is_for(path));
        last.is_some_and(|pattern| !pattern.is_negated)
    }
}

impl Pattern {
    fn read(text: &str) -> Option<Self> {
        let (is_negated, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('\\').unwrap_or(text)),
        };
        let is_folder = text.ends_with('/');
        let bare = text.trim_end_matches('/');
        // A slash in it binds a pattern to the top; without one it is meant at every depth.
        let anchored = match bare.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None if bare.contains('/') => bare.to_owned(),
            None => format!("**/{bare}"),
        };
        let glob = |text: &str| {
            let glob = GlobBuilder::new(text).literal_separator(true).build();
            glob.ok().map(|glob| glob.compile_matcher())
        };
        let mut matchers = vec![glob(&format!("{anchored}/**"))?];
        if !is_folder {
            matchers.push(glob(&anchored)?);
        }
        Some(Self { is_negated, matchers })
    }

    fn is_for(&self, path: &str) -> bool {
        self.matchers.iter().any(|matcher| matcher.is_match(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_git_means() {
        let text = "# comment\n.*\n/templates/\ndrafts/\n*.tmp\n/top.md\na/b.md\n!.well-known\n**/deep/x.md";
        let (patterns, bad) = Patterns::read(text.lines());
        assert_eq!(bad, [""; 0]);
        for (path, expected) in [
            (".hidden/x.md", true),
            ("a/.hidden.md", true),
            (".well-known/x.txt", false),
            ("templates/x.md", true),
            ("a/templates/x.md", false),
            ("drafts/x.md", true),
            ("a/drafts/b/x.md", true),
            ("drafts.md", false),
            ("a/x.tmp", true),
            ("top.md", true),
            ("a/top.md", false),
            ("a/b.md", true),
            ("c/a/b.md", false),
            ("one/two/deep/x.md", true),
            ("index.md", false),
        ] {
            assert_eq!(patterns.has(path), expected, "{path}");
        }
        assert_eq!(Patterns::read("[".lines()).1, ["["]);
    }
}
