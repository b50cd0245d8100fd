//! Which repositories were changed since a moment, by the server's own clock.

use jiff::Timestamp;
use model::Fault;
use serde_json::Value;

use super::Gitea;
use super::call::Call;

/// Most pages that are gone through.
const MAX_PAGES: usize = 20;

/// Repositories that were changed since a moment: pushed to, or their settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Their names with their owners'.
    pub repositories: Vec<String>,
    /// When the last of them was changed; the moment to ask from the next time.
    pub until: Option<Timestamp>,
    /// There are no more than these.
    pub is_complete: bool,
}

impl Gitea {
    /// Repositories that were changed at or after a moment, the newest first; without a moment only the newest.
    ///
    /// A server notes changes to the second, so that those of the moment itself are among them, seen or not.
    pub async fn changes(&self, since: Option<Timestamp>) -> Result<Changes, Fault> {
        let size = if since.is_some() {
            self.features().await?.page
        } else {
            1
        };
        let mut changes = Changes::default();
        for page in 1..=MAX_PAGES {
            let found = self.newest(page, size).await?;
            let count = found.len();
            for (name, at) in found {
                changes.until = changes.until.max(Some(at));
                if since.is_none_or(|since| at < since) {
                    changes.is_complete = true;
                    return Ok(changes);
                }
                changes.repositories.push(name);
            }
            if count < size {
                changes.is_complete = true;
                return Ok(changes);
            }
        }
        Ok(changes)
    }

    /// One page of repositories by their last change, the newest first.
    async fn newest(&self, page: usize, size: usize) -> Result<Vec<(String, Timestamp)>, Fault> {
        let (page, size) = (page.to_string(), size.to_string());
        let query = [
            ("sort", "updated"),
            ("order", "desc"),
            ("page", &*page),
            ("limit", &*size),
        ];
        let doing = "The repositories that were changed last cannot be listed";
        let answer: Value = self
            .get(Call::new(&["repos", "search"], doing).query(&query))
            .await?;
        let one = |one: &Value| {
            let at = one["updated_at"].as_str()?.parse().ok()?;
            Some((one["full_name"].as_str()?.to_owned(), at))
        };
        Ok(answer["data"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(one)
            .collect())
    }
}
