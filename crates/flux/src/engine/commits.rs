//! What Git hosts say about commits, remembered: a commit never changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use scm::{Commit, UrlReader};
use tokio::time::Instant;

/// How long a page waits for a commit.
const WAIT: Duration = Duration::from_millis(500);
/// How long it is believed that a commit cannot be had.
const BELIEVED: Duration = Duration::from_secs(30);
/// Commits that are remembered.
const MOST: usize = 2_000;

/// Commits of repositories. Clones share what they remember.
#[derive(Clone)]
pub struct Commits {
    reader: UrlReader,
    known: Arc<Mutex<HashMap<(String, String), Known>>>,
}

enum Known {
    Commit(Option<Commit>),
    Failed(Instant, String),
}

impl Commits {
    /// Commits of the hosts that a reader knows.
    pub fn new(reader: UrlReader) -> Self {
        Self {
            reader,
            known: Arc::default(),
        }
    }

    /// A commit; an error says why it is not known. Nothing where the host is none that can be asked.
    pub async fn get(&self, repository: &str, sha: &str) -> Result<Option<Commit>, String> {
        let name = (repository.to_owned(), sha.to_owned());
        match self.known.lock().get(&name) {
            Some(Known::Commit(commit)) => return Ok(commit.clone()),
            Some(Known::Failed(at, reason)) if at.elapsed() < BELIEVED => return Err(reason.clone()),
            _ => {}
        }
        // The answer is remembered, also if it comes when the page is gone.
        let asked = tokio::spawn(self.clone().ask(name));
        match tokio::time::timeout(WAIT, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!(
                "the Git host did not answer within {} ms",
                WAIT.as_millis()
            )),
        }
    }

    async fn ask(self, name: (String, String)) -> Result<Option<Commit>, String> {
        let answer = self.reader.about_commit(&name.0, &name.1).await;
        let answer = answer.map_err(|fault| fault.message);
        let mut known = self.known.lock();
        if known.len() >= MOST {
            known.clear();
        }
        let kept = match &answer {
            Ok(commit) => Known::Commit(commit.clone()),
            Err(reason) => Known::Failed(Instant::now(), reason.clone()),
        };
        known.insert(name, kept);
        answer
    }
}
