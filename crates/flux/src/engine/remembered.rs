//! What others answered, remembered. A page waits for an answer only for a moment; one that comes when the page is gone is
//! remembered as well, and whoever asks meanwhile waits for the same one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use tokio::time::Instant;

/// An answer that may be still to come.
type Coming<T> = Shared<BoxFuture<'static, Result<T, String>>>;

/// How long is waited for answers, and how long they count.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// Who is asked, as the begin of a sentence.
    pub whom: &'static str,
    /// How long a page waits.
    pub wait: Duration,
    /// How long an answer counts; nothing: for as long as there is room.
    pub counts: Option<Duration>,
    /// How long it is believed that there is none.
    pub believed: Duration,
    /// Answers that are remembered.
    pub most: usize,
}

/// Answers by what was asked. Clones share what they remember.
pub(crate) struct Remembered<K, T> {
    bounds: Bounds,
    known: Arc<Mutex<HashMap<K, Known<T>>>>,
}

struct Known<T> {
    asked: Instant,
    answer: Coming<T>,
}

impl<K, T> Clone for Remembered<K, T> {
    fn clone(&self) -> Self {
        Self {
            bounds: self.bounds,
            known: self.known.clone(),
        }
    }
}

impl<K: Hash + Eq, T: Clone + Send + Sync + 'static> Remembered<K, T> {
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            known: Arc::default(),
        }
    }

    /// The answer to a question, which is asked where it is not known. An error says why there is none.
    pub async fn get<F>(&self, question: K, ask: impl FnOnce() -> F) -> Result<T, String>
    where
        F: Future<Output = Result<T, String>> + Send + 'static,
    {
        let answer = self.coming(question, ask);
        let late = |_| {
            let Bounds { whom, wait, .. } = self.bounds;
            Err(format!("{whom} did not answer within {} ms", wait.as_millis()))
        };
        let waited = tokio::time::timeout(self.bounds.wait, answer).await;
        waited.unwrap_or_else(late)
    }

    fn coming<F>(&self, question: K, ask: impl FnOnce() -> F) -> Coming<T>
    where
        F: Future<Output = Result<T, String>> + Send + 'static,
    {
        let mut known = self.known.lock();
        if let Some(one) = known.get(&question).filter(|one| self.counts(one)) {
            return one.answer.clone();
        }
        if known.len() >= self.bounds.most && !known.contains_key(&question) {
            known.clear();
        }
        // It goes on when nobody waits any more.
        let asked = tokio::spawn(ask());
        let answer = async move { asked.await.unwrap_or_else(|error| Err(error.to_string())) };
        let answer = answer.boxed().shared();
        let one = Known {
            asked: Instant::now(),
            answer: answer.clone(),
        };
        known.insert(question, one);
        answer
    }

    fn counts(&self, one: &Known<T>) -> bool {
        let age = one.asked.elapsed();
        match one.answer.peek() {
            Some(Err(_)) => age < self.bounds.believed,
            _ => self.bounds.counts.is_none_or(|counts| age < counts),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const BOUNDS: Bounds = Bounds {
        whom: "The host",
        wait: Duration::from_millis(500),
        counts: Some(Duration::from_mins(1)),
        believed: Duration::from_secs(30),
        most: 2,
    };

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_asked_for_once_while_it_counts() {
        let (remembered, asked) = (Remembered::new(BOUNDS), Arc::new(AtomicUsize::new(0)));
        let get = async |question: &'static str, takes: u64| {
            let count = asked.clone();
            let ask = move || async move {
                tokio::time::sleep(Duration::from_millis(takes)).await;
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                if question == "bad" {
                    Err("no".to_owned())
                } else {
                    Ok(number)
                }
            };
            remembered.get(question, ask).await
        };
        let late = Err("The host did not answer within 500 ms".to_owned());
        assert_eq!(get("a", 900).await, late);
        // The same answer is waited for on.
        assert_eq!(get("a", 900).await, Ok(1));
        assert_eq!(get("a", 0).await, Ok(1));
        assert_eq!(get("bad", 0).await, Err("no".to_owned()));
        assert_eq!(get("bad", 0).await, Err("no".to_owned()));
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        tokio::time::sleep(Duration::from_secs(31)).await;
        assert_eq!(get("bad", 0).await, Err("no".to_owned()));
        assert_eq!((asked.load(Ordering::SeqCst), get("a", 0).await), (3, Ok(1)));
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert_eq!(get("a", 0).await, Ok(4));
        // With a third one there is no room.
        assert_eq!((get("b", 0).await, get("a", 0).await), (Ok(5), Ok(6)));
    }
}
