//! Which files come first.
//!
//! Names of files and definitions before other lines, the asker's own before those of others, tests and fixtures last; among
//! equals whole words, then many lines, then short paths.

use std::cmp::Ordering;

use crate::answer::FoundFile;
use crate::prepared::Prepared;

/// A file with what it is worth.
#[derive(Debug)]
pub struct Ranked {
    /// The file.
    pub found: FoundFile,
    score: i32,
}

/// How many classes there are.
pub const CLASSES: usize = 16;

/// What is known of a candidate before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// All terms stand in its path.
    pub named: bool,
    /// It may define a term.
    pub defining: bool,
    /// It is the asker's own.
    pub own: bool,
    /// It is a test, a fixture or an example.
    pub test: bool,
}

impl Standing {
    /// How early it is looked at, the lowest first.
    pub fn class(self) -> usize {
        let bits = [
            !(self.named || self.defining),
            self.test,
            !(self.named && self.defining),
            !self.own,
        ];
        bits.iter().fold(0, |class, bit| class * 2 + usize::from(*bit))
    }
}

impl Ranked {
    /// Weighs a file. `definitions` is how many of its lines define a term, `whole` whether a term is a whole word anywhere.
    pub fn new(found: FoundFile, prepared: &Prepared, definitions: usize, whole: bool) -> Self {
        let lines = i32::try_from(found.line_count.min(16)).unwrap_or(16);
        let score = name_score(&found, prepared)
            + if definitions > 0 { 120 } else { 0 }
            + if found.own { 60 } else { 0 }
            + if found.test { -150 } else { 0 }
            + if whole { 30 } else { 0 }
            + lines;
        Self { found, score }
    }
}

/// What the path is worth: most when the file is called as the term.
fn name_score(found: &FoundFile, prepared: &Prepared) -> i32 {
    let name_starts = found.path.rfind('/').map_or(0, |at| at + 1);
    let name = &found.path[name_starts..];
    let stem = name.split('.').next().unwrap_or(name);
    let mut score = 0;
    for sought in &prepared.wanted {
        let text = &sought.term.text;
        score += if stem.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text) {
            200
        } else if sought.pattern.is_in(name) {
            90
        } else if sought.pattern.is_in(&found.path) {
            20
        } else {
            0
        };
    }
    score
}

/// The better file first.
pub fn order(one: &Ranked, other: &Ranked) -> Ordering {
    let key = |file: &Ranked| (-file.score, file.found.path.len());
    (key(one).cmp(&key(other)))
        .then_with(|| one.found.path.cmp(&other.found.path))
        .then_with(|| one.found.repository.cmp(&other.found.repository))
}

/// Whether any place is a whole word.
pub fn is_whole_word(text: &[u8], places: &[(usize, usize)]) -> bool {
    let is_word = |at: Option<&u8>| at.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    places.iter().any(|(start, end)| {
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        !is_word(before) && !is_word(text.get(*end))
    })
}
