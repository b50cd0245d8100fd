//! The files of one repository at one commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::grams::{Needs, Sieve};
use crate::language::Language;
use crate::placing;
use crate::rules::Reason;

/// Where the content of a file lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The number of the shard.
    pub shard: u32,
    /// The document in it.
    pub doc: u32,
}

/// The files, ascending by path.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The number of its file.
    pub number: u32,
    /// The name of the repository.
    pub name: Arc<str>,
    /// The commit.
    pub commit: Arc<str>,
    /// What is left out without being listed, by reason.
    pub left_out: BTreeMap<Reason, u64>,
    paths: Arc<Paths>,
    spots: Vec<Spot>,
}

/// The paths, one a line.
#[derive(Debug, Default)]
struct Paths {
    text: String,
    /// Where each path ends.
    ends: Vec<u32>,
    languages: Vec<Option<Language>>,
    /// Whether each is a test, a fixture or an example.
    tests: Vec<bool>,
    /// Which trigrams the paths may have.
    sieve: Sieve,
}

impl Listing {
    /// Of files that ascend by path.
    pub fn new<'a>(
        number: u32,
        name: Arc<str>,
        commit: Arc<str>,
        left_out: BTreeMap<Reason, u64>,
        files: impl Iterator<Item = (&'a str, Spot)>,
    ) -> Self {
        let mut paths = Paths::default();
        let mut spots = Vec::new();
        for (path, spot) in files {
            paths.text.push_str(path);
            paths
                .ends
                .push(u32::try_from(paths.text.len()).unwrap_or(u32::MAX));
            paths.text.push('\n');
            paths.languages.push(Language::of_path(path));
            paths.tests.push(placing::is_test(path));
            spots.push(spot);
        }
        paths.text.shrink_to_fit();
        paths.sieve = Sieve::new(paths.text.as_bytes());
        Self {
            number,
            name,
            commit,
            left_out,
            paths: Arc::new(paths),
            spots,
        }
    }

    /// How many files there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.spots.len()).unwrap_or(u32::MAX)
    }

    /// The path of a file.
    pub fn path(&self, file: u32) -> &str {
        let file = file as usize;
        let start = file
            .checked_sub(1)
            .map_or(0, |before| self.paths.ends[before] + 1);
        &self.paths.text[start as usize..self.paths.ends[file] as usize]
    }

    /// The file of a path.
    pub fn find(&self, path: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.path(middle).cmp(path) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// All paths, one a line.
    pub fn text(&self) -> &str {
        &self.paths.text
    }

    /// Whether any path may have what is needed.
    pub fn may_have(&self, needs: &Needs) -> bool {
        self.paths.sieve.may_have(needs)
    }

    /// The file whose path is at a byte of the text.
    pub fn file_at(&self, byte: usize) -> u32 {
        let found = self.paths.ends.partition_point(|end| (*end as usize) < byte);
        u32::try_from(found).unwrap_or(u32::MAX)
    }

    /// Where the path of a file ends in the text.
    pub fn end_of(&self, file: u32) -> usize {
        self.paths.ends[file as usize] as usize
    }

    /// The language of a file.
    pub fn language(&self, file: u32) -> Option<Language> {
        self.paths.languages[file as usize]
    }

    /// Whether a file is a test, a fixture or an example.
    pub fn is_test(&self, file: u32) -> bool {
        self.paths.tests[file as usize]
    }

    /// Where the content of each file lies.
    pub fn spots(&self) -> &[Spot] {
        &self.spots
    }

    /// The same files, which lie elsewhere now.
    pub fn moved(&self, place: impl Fn(Spot) -> Spot) -> Self {
        Self {
            spots: self.spots.iter().map(|spot| place(*spot)).collect(),
            ..self.clone()
        }
    }
}
