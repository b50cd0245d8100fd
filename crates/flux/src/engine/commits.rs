//! What Git hosts say about commits, remembered: neither a commit nor what one has beyond another ever changes.

use std::time::Duration;

use scm::{Commit, Comparison, UrlReader};

use super::remembered::{Bounds, Remembered};

const OF_COMMITS: Bounds = Bounds {
    whom: "the Git host",
    wait: Duration::from_millis(500),
    counts: None,
    believed: Duration::from_secs(30),
    most: 2_000,
};
/// The host reads every commit between two, so that one that fails at it is left in peace for longer.
const OF_COMPARISONS: Bounds = Bounds {
    believed: Duration::from_mins(5),
    ..OF_COMMITS
};

/// Two commits of a repository: its address, what runs, and what would run.
pub(crate) type Pair = (String, String, String);

/// Commits of repositories. Clones share what they remember.
#[derive(Clone)]
pub struct Commits {
    reader: UrlReader,
    known: Remembered<(String, String), Option<Commit>>,
    compared: Remembered<Pair, Option<Comparison>>,
}

impl Commits {
    /// Commits of the hosts that a reader knows.
    pub fn new(reader: UrlReader) -> Self {
        Self {
            reader,
            known: Remembered::new(OF_COMMITS),
            compared: Remembered::new(OF_COMPARISONS),
        }
    }

    /// A commit; an error says why it is not known. Nothing where the host is none that can be asked.
    pub async fn get(&self, repository: &str, sha: &str) -> Result<Option<Commit>, String> {
        let name = (repository.to_owned(), sha.to_owned());
        let (reader, (repository, sha)) = (self.reader.clone(), name.clone());
        let ask = async move {
            let answer = reader.about_commit(&repository, &sha).await;
            answer.map_err(|fault| fault.message)
        };
        self.known.get(name, || ask).await
    }

    /// What the second commit has beyond the first. Nothing where the host is none that can be asked.
    pub(crate) async fn compare(&self, pair: &Pair) -> Result<Option<Comparison>, String> {
        let (reader, (repository, base, head)) = (self.reader.clone(), pair.clone());
        let ask = async move {
            let answer = reader.compare(&repository, &base, &head).await;
            answer.map_err(|fault| fault.message)
        };
        self.compared.get(pair.clone(), || ask).await
    }
}
