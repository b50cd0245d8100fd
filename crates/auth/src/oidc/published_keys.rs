//! Keys that a server publishes, kept for a while, and fetched again as soon as a token names one that is not known.

use std::sync::Arc;

use http::header::ACCEPT;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use outside::{Host, OutsideError};
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

/// The keys of one server, as they were fetched last.
#[derive(Default)]
pub(crate) struct PublishedKeys(Mutex<Option<(Timestamp, Arc<Vec<Jwk>>)>>);

/// How old keys may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// As old as keys usually are.
    Usual,
    /// As new as they can be had: somebody names a key that is not among them.
    New,
}

impl Age {
    fn longest(self) -> SignedDuration {
        match self {
            Self::Usual => SignedDuration::from_hours(1),
            // Anybody can make up a name.
            Self::New => SignedDuration::from_secs(10),
        }
    }
}

impl PublishedKeys {
    /// The keys, fetched unless they are new enough at `now`. Fails where the server does not give them.
    pub async fn get(
        &self,
        host: &Host,
        url: &Url,
        age: Age,
        now: Timestamp,
    ) -> Result<Arc<Vec<Jwk>>, OutsideError> {
        let mut known = self.0.lock().await;
        if let Some((at, keys)) = &*known
            && now.duration_since(*at) < age.longest()
        {
            return Ok(keys.clone());
        }
        let answer = host
            .get(url.clone())
            .header(ACCEPT, "application/json")
            .send()
            .await?;
        let set: Value = answer.json().await?;
        // A key of a sort that nobody here knows hurts no other.
        let keys = set["keys"].as_array().into_iter().flatten();
        let keys: Vec<Jwk> = keys
            .filter_map(|key| serde_json::from_value(key.clone()).ok())
            .collect();
        let keys = Arc::new(keys);
        *known = Some((now, keys.clone()));
        Ok(keys)
    }
}
