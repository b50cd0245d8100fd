//! Words that many objects share, each kept once: namespaces, labels, ids of owners.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;
use std::ops::Index;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

/// A word.
pub(crate) type Word = Arc<str>;

/// Keys with values.
type Pairs = [(Word, Word)];

/// So many are kept before it is looked which are used still.
const AT_LEAST: usize = 4_096;

static WORDS: LazyLock<Mutex<Shared<str>>> = LazyLock::new(Mutex::default);
static LABELS: LazyLock<Mutex<Shared<Pairs>>> = LazyLock::new(Mutex::default);

/// The word as it is kept.
pub(crate) fn word(text: &str) -> Word {
    WORDS.lock().kept(text)
}

/// What is kept once for all.
struct Shared<T: ?Sized> {
    all: HashSet<Arc<T>>,
    /// When so many are there, those that nobody uses any more are forgotten.
    look_at: usize,
}

impl<T: ?Sized> Default for Shared<T> {
    fn default() -> Self {
        Self {
            all: HashSet::new(),
            look_at: AT_LEAST,
        }
    }
}

impl<T: ?Sized + Eq + Hash> Shared<T> {
    fn kept<'a>(&mut self, one: &'a T) -> Arc<T>
    where
        Arc<T>: Borrow<T> + From<&'a T>,
    {
        if let Some(known) = self.all.get(one) {
            return known.clone();
        }
        if self.all.len() >= self.look_at {
            self.all.retain(|known| Arc::strong_count(known) > 1);
            self.look_at = (self.all.len() * 2).max(AT_LEAST);
        }
        let new: Arc<T> = one.into();
        self.all.insert(new.clone());
        new
    }
}

/// Labels of an object, by key. Objects with the same labels share them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels(Arc<Pairs>);

impl Labels {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self
            .0
            .binary_search_by(|(known, _)| known.as_ref().cmp(key))
            .ok()?;
        Some(&self.0[at].1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys with values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value.as_ref()))
    }
}

impl From<&BTreeMap<String, String>> for Labels {
    fn from(labels: &BTreeMap<String, String>) -> Self {
        let pairs: Vec<(Word, Word)> = {
            let mut words = WORDS.lock();
            labels
                .iter()
                .map(|(key, value)| (words.kept(key), words.kept(value)))
                .collect()
        };
        Self(LABELS.lock().kept(&pairs))
    }
}

impl FromIterator<(String, String)> for Labels {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self::from(&pairs.into_iter().collect::<BTreeMap<_, _>>())
    }
}

impl Index<&str> for Labels {
    type Output = str;

    /// The value of a key that is there; as with maps, another one is a mistake of the caller.
    fn index(&self, key: &str) -> &str {
        self.get(key).expect("the label is there")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Labels {
        let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn the_same_is_kept_once() {
        let (one, two) = (labels("b=2,a=1"), labels("a=1,b=2"));
        assert!(Arc::ptr_eq(&one.0, &two.0));
        assert!(Arc::ptr_eq(&word("shop"), &word("shop")));
        assert_eq!(one.iter().collect::<Vec<_>>(), [("a", "1"), ("b", "2")]);
        assert_eq!((one.get("b"), one.get("c")), (Some("2"), None));
    }

    #[test]
    fn what_nobody_uses_any_more_is_forgotten() {
        let mut shared: Shared<str> = Shared::default();
        let used: Vec<Word> = (0..10)
            .map(|number| shared.kept(&format!("used-{number}")))
            .collect();
        for number in 0..3 * AT_LEAST {
            shared.kept(&format!("word-{number}"));
        }
        assert!(shared.all.len() <= AT_LEAST, "{}", shared.all.len());
        assert!(used.iter().all(|word| Arc::ptr_eq(word, &shared.kept(word))));
    }
}
