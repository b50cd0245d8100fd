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
    /// Only folders are meant, with what is in them.
    is_folder: bool,
    form: Form,
}

/// What a pattern compares. Most need no glob, which takes longer to make than a site of a few pages.
#[derive(Debug)]
enum Form {
    /// A path from the top.
    Path(String),
    /// The name of a file or folder at any depth.
    Name(String),
    /// What such a name begins with.
    Begin(String),
    /// The path itself, or a folder around it.
    Globs(Vec<GlobMatcher>),
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
        let anchored = bare
            .strip_prefix('/')
            .or_else(|| bare.contains('/').then_some(bare));
        let form = match (anchored, bare.strip_suffix('*')) {
            (Some(path), _) if is_literal(path) => Form::Path(path.to_owned()),
            (None, _) if is_literal(bare) => Form::Name(bare.to_owned()),
            (None, Some(begin)) if is_literal(begin) => Form::Begin(begin.to_owned()),
            (Some(path), _) => globs(path, is_folder)?,
            (None, _) => globs(&format!("**/{bare}"), is_folder)?,
        };
        Some(Self {
            is_negated,
            is_folder,
            form,
        })
    }

    fn is_for(&self, path: &str) -> bool {
        let is_named = |is: &dyn Fn(&str) -> bool| {
            let (folders, file) = path
                .rsplit_once('/')
                .map_or((None, path), |(folders, file)| (Some(folders), file));
            folders.is_some_and(|folders| folders.split('/').any(is)) || !self.is_folder && is(file)
        };
        match &self.form {
            Form::Path(own) => path
                .strip_prefix(own.as_str())
                .is_some_and(|rest| rest.starts_with('/') || !self.is_folder && rest.is_empty()),
            Form::Name(name) => is_named(&|part| part == name),
            Form::Begin(begin) => is_named(&|part| part.starts_with(begin)),
            Form::Globs(globs) => globs.iter().any(|glob| glob.is_match(path)),
        }
    }
}

/// Whether a text stands for itself.
fn is_literal(text: &str) -> bool {
    !text.is_empty() && !text.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

fn globs(text: &str, is_folder: bool) -> Option<Form> {
    let glob = |text: &str| {
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        glob.ok().map(|glob| glob.compile_matcher())
    };
    let mut globs = vec![glob(&format!("{text}/**"))?];
    if !is_folder {
        globs.push(glob(text)?);
    }
    Some(Form::Globs(globs))
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

    #[test]
    fn simple_patterns_are_those_of_globs() {
        for text in [".*", "a", "a/", "/a", "/a/", "a/b", "a/b/", "b.*", "a*/"] {
            let pattern = Pattern::read(text).expect("a pattern");
            assert!(!matches!(pattern.form, Form::Globs(_)), "{text}");
            let (bare, is_folder) = (text.trim_end_matches('/'), text.ends_with('/'));
            let anchored = bare
                .strip_prefix('/')
                .or_else(|| bare.contains('/').then_some(bare));
            let anchored = anchored.map_or_else(|| format!("**/{bare}"), str::to_owned);
            let Some(Form::Globs(globs)) = globs(&anchored, is_folder) else {
                panic!("{text}")
            };
            for path in [
                "a", "a/b", "a/b/c", "b", "b/a", "b/a/c", "ab", "ab/c", "b.md", ".a", "a/.b", "a/.b/c",
                "c/a/b", "a.b",
            ] {
                let expected = globs.iter().any(|glob| glob.is_match(path));
                assert_eq!(pattern.is_for(path), expected, "{text} {path}");
            }
        }
    }
}
