//! Commits that brought changes: their pages at Git hosts, and what the hosts say about them.
//!
//! A page waits for a host only for a moment. What it says later is kept for the next page; a commit never changes.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;

use crate::query::View;

/// Most commits that are asked for at once.
const ASKED: usize = 10;
/// How long a page waits.
const WAIT: Duration = Duration::from_millis(300);
/// How long a host may take.
const LONGEST: Duration = Duration::from_secs(10);
/// How long an answer is kept, that there is none as well.
const KEPT: Duration = Duration::from_mins(30);
/// Answers that are kept.
const MOST: u64 = 2_000;
/// Bytes kept of a message.
const MESSAGE: usize = 500;

/// What a Git host says about a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitTold {
    /// Who wrote it.
    pub author: Option<String>,
    /// What its author says about it.
    pub message: String,
}

/// Location of a file and name of a commit.
type Name = (String, String);

/// Commits that hosts were asked for. Nothing for one that no host tells of.
#[derive(Clone)]
pub(crate) struct Commits(moka::sync::Cache<Name, Option<CommitTold>>);

impl Default for Commits {
    fn default() -> Self {
        let cache = moka::sync::Cache::builder();
        Self(cache.max_capacity(MOST).time_to_live(KEPT).build())
    }
}

/// The page of a commit that brought a file; nothing where the location does not tell the repository.
pub fn commit_page(location: &str, sha: &str) -> Option<String> {
    scm::commit_page_of_file(location.strip_prefix("url:")?, sha)
}

impl View<'_> {
    /// What Git hosts say of the commits that causes name, by location and commit, as far as it is known within a moment.
    pub async fn commits_of(&self, causes: impl Iterator<Item = &Value>) -> HashMap<Name, CommitTold> {
        let name = |cause: &Value| {
            let text = |key: &str| cause[key].as_str().map(str::to_owned);
            text("location").zip(text("commit"))
        };
        let wanted: BTreeSet<Name> = causes.filter_map(name).collect();
        let known = &self.catalog.parts.commits.0;
        let missing = wanted.iter().filter(|name| !known.contains_key(*name));
        let asked = missing
            .take(ASKED)
            .map(|name| tokio::spawn(self.ask(name.clone())));
        let _ = tokio::time::timeout(WAIT, join_all(asked.collect::<Vec<_>>())).await;
        let told = wanted
            .into_iter()
            .filter_map(|name| Some((name.clone(), known.get(&name)??)));
        told.collect()
    }

    /// Asks a host, and keeps what it says.
    fn ask(&self, name: Name) -> impl Future<Output = ()> + Send + use<> {
        let (source, commits) = (
            self.catalog.parts.source.clone(),
            self.catalog.parts.commits.clone(),
        );
        async move {
            let Some(address) = name.0.strip_prefix("url:") else {
                return;
            };
            let answer = tokio::time::timeout(LONGEST, source.about_commit(address, &name.1)).await;
            let told = answer
                .ok()
                .and_then(Result::ok)
                .flatten()
                .map(|commit| CommitTold {
                    author: commit.author,
                    message: shortened(&commit.message).to_owned(),
                });
            commits.0.insert(name, told);
        }
    }
}

fn shortened(message: &str) -> &str {
    let mut end = message.len().min(MESSAGE);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    &message[..end]
}
