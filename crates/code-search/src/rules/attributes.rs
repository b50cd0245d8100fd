//! What `.gitattributes` says of files: `linguist-generated` and `linguist-vendored`.

use globset::{GlobBuilder, GlobMatcher};

/// Longest file that is read, in bytes.
const LONGEST: usize = 256 << 10;
/// Most rules that are kept of all files of a repository.
const MOST: usize = 2_000;

/// What is said of one file; nothing where it is not said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    /// `linguist-generated`.
    pub generated: Option<bool>,
    /// `linguist-vendored`.
    pub vendored: Option<bool>,
}

#[derive(Debug, Clone)]
struct Rule {
    /// The folder of the file that says it, with a slash at its end; empty at the root.
    folder: String,
    /// Whether only the file's name is compared.
    name_only: bool,
    pattern: GlobMatcher,
    said: Said,
}

/// The rules of all `.gitattributes` of a repository.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    rules: Vec<Rule>,
}

impl Attributes {
    /// Adds a file. `folder` is where it lies, empty at the root; files of outer folders are added first.
    pub fn add(&mut self, folder: &str, text: &[u8]) {
        let text = String::from_utf8_lossy(&text[..text.len().min(LONGEST)]);
        let folder = folder.trim_matches('/');
        let folder = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        for line in text.lines().map(str::trim) {
            if self.rules.len() >= MOST {
                return;
            }
            if !line.starts_with('#') {
                self.rules.extend(rule(line, &folder));
            }
        }
    }

    /// What is said of a file; the last rule counts.
    pub fn of(&self, path: &str) -> Said {
        let mut said = Said::default();
        for rule in &self.rules {
            let Some(inner) = path.strip_prefix(rule.folder.as_str()) else {
                continue;
            };
            let compared = if rule.name_only {
                inner.rsplit('/').next().unwrap_or(inner)
            } else {
                inner
            };
            if rule.pattern.is_match(compared) {
                said.generated = rule.said.generated.or(said.generated);
                said.vendored = rule.said.vendored.or(said.vendored);
            }
        }
        said
    }
}

fn rule(line: &str, folder: &str) -> Option<Rule> {
    let mut words = line.split_whitespace();
    let pattern = words.next()?;
    let mut said = Said::default();
    for word in words {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value != "false"),
            None => match word.strip_prefix(['-', '!']) {
                Some(name) => (name, false),
                None => (word, true),
            },
        };
        match name {
            "linguist-generated" => said.generated = Some(value),
            "linguist-vendored" => said.vendored = Some(value),
            _ => {}
        }
    }
    if said == Said::default() {
        return None;
    }
    let name_only = !pattern.contains('/');
    let glob = GlobBuilder::new(pattern.trim_start_matches('/'))
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .ok()?;
    Some(Rule {
        folder: folder.to_owned(),
        name_only,
        pattern: glob.compile_matcher(),
        said,
    })
}
