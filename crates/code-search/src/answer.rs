//! What an answer says.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::language::Language;
use crate::question::Hint;

/// How much is looked at and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Files of the page.
    pub files: usize,
    /// Files before the page.
    pub skip: usize,
    /// Lines shown of a file; all are counted.
    pub lines: usize,
    /// Bytes shown of a line.
    pub line: usize,
    /// Once this many files are found, no more are looked at.
    pub enough: usize,
    /// Bytes of text that are looked at.
    pub bytes: u64,
    /// Time after which no more files are looked at.
    pub time: Duration,
    /// Threads that look.
    pub threads: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            files: 20,
            skip: 0,
            lines: 8,
            line: 400,
            enough: 200,
            bytes: 256 << 20,
            time: Duration::from_secs(1),
            threads: std::thread::available_parallelism().map_or(1, |count| count.get().min(4)),
        }
    }
}

impl Bounds {
    /// Everything, however long it takes: for comparisons.
    pub fn none() -> Self {
        Self {
            files: usize::MAX,
            lines: usize::MAX,
            line: usize::MAX,
            enough: usize::MAX,
            bytes: u64::MAX,
            time: Duration::MAX,
            ..Self::default()
        }
    }
}

/// An answer, best files first.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The files of the page.
    pub files: Vec<FoundFile>,
    /// How many files there are on all pages.
    pub count: Count,
    /// How many of the found files each language has, most first.
    pub languages: Vec<(Language, u64)>,
    /// How many of the found files each repository has, most first.
    pub repositories: Vec<(Arc<str>, u64)>,
    /// What was looked through.
    pub looked: Looked,
    /// What was understood otherwise than it may have been meant.
    pub hints: Vec<Hint>,
}

/// How many files match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(u64),
    /// So many were found until a bound was reached.
    AtLeast(u64),
}

impl Default for Count {
    fn default() -> Self {
        Self::Exactly(0)
    }
}

impl Count {
    /// The number.
    pub fn number(self) -> u64 {
        match self {
            Self::Exactly(number) | Self::AtLeast(number) => number,
        }
    }
}

/// What was looked through, of what the asker sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// Repositories in which files could be.
    pub repositories: u64,
    /// Files that could match by what the index knows of them.
    pub candidates: u64,
    /// Those of them that were looked at.
    pub files: u64,
    /// Bytes of their text.
    pub bytes: u64,
    /// How long it took.
    pub time: Duration,
    /// Why not all candidates were looked at.
    pub stopped: Option<Stop>,
    /// Files that could not be read because the index is damaged; they are read again from where they came.
    pub unreadable: u64,
}

/// The bound that ended a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Enough files were found ([`Bounds::enough`]).
    Enough,
    /// [`Bounds::time`] was over.
    Time,
    /// [`Bounds::bytes`] were looked at.
    Bytes,
}

/// A file that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Its repository.
    pub repository: Arc<str>,
    /// The commit that is indexed.
    pub commit: Arc<str>,
    /// Its path.
    pub path: String,
    /// Where terms stand in the path, in bytes.
    pub path_highlights: Vec<Range<usize>>,
    /// Its language.
    pub language: Option<Language>,
    /// Whether it is the asker's own.
    pub own: bool,
    /// Whether it is a test, a fixture or an example, by its path.
    pub test: bool,
    /// The lines that match, by number, as many as asked for; none where only the path matches.
    pub lines: Vec<Line>,
    /// How many lines match.
    pub line_count: u64,
}

/// A line that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// The text without line end; what is no UTF-8 is replaced. A long one is cut.
    pub text: String,
    /// Where terms stand in `text`, in bytes.
    pub highlights: Vec<Range<usize>>,
    /// Whether something was cut off before the text.
    pub cut_before: bool,
    /// Whether something was cut off after it.
    pub cut_after: bool,
    /// Whether a term is defined here: a function, a type, a constant.
    pub definition: bool,
}
