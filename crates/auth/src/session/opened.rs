//! What opens the tokens of sessions that are in use: the text in the cookie, in memory, for as long as its browser asks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// How long the text of a browser is known that asks no more.
const KNOWN: Duration = Duration::from_mins(2);
/// Sessions whose text is known at a time.
const MOST: usize = 10_000;

/// The texts of sessions, by their names. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Opened(Arc<Mutex<HashMap<String, Open>>>);

struct Open {
    secret: Arc<str>,
    used: Instant,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

impl Opened {
    /// A browser asks with this text.
    pub fn note(&self, session: &str, secret: &str) {
        let now = Instant::now();
        let mut all = self.0.lock();
        if let Some(open) = all.get_mut(session) {
            open.used = now;
            return;
        }
        if all.len() >= MOST {
            all.retain(|_, open| now.duration_since(open.used) < KNOWN);
        }
        if all.len() < MOST {
            let open = Open {
                secret: secret.into(),
                used: now,
                renewing: Arc::default(),
            };
            all.insert(session.to_owned(), open);
        }
    }

    /// The text of a session in use, and who holds the lock renews its tokens.
    pub fn of(&self, session: &str) -> Option<(Arc<str>, Arc<tokio::sync::Mutex<()>>)> {
        let mut all = self.0.lock();
        let open = all.get(session)?;
        if open.used.elapsed() >= KNOWN {
            all.remove(session);
            return None;
        }
        Some((open.secret.clone(), open.renewing.clone()))
    }

    /// A session ended.
    pub fn forget(&self, session: &str) {
        self.0.lock().remove(session);
    }
}
