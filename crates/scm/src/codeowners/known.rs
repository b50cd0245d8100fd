//! `CODEOWNERS` files that were read a moment ago: many entities of a repository ask for the same one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::Fault;

use super::CodeOwners;

/// How long a file that was read, or is not there, counts; and one that could not be read.
const FRESH: Duration = Duration::from_mins(1);
const FRESH_FAULT: Duration = Duration::from_secs(10);
/// Most files remembered.
const MOST: usize = 64;

/// A file, nothing where there is none, or why it could not be read.
pub(super) type File = Result<Option<Arc<CodeOwners>>, Fault>;

/// The files, by their address.
#[derive(Default)]
pub(super) struct Known {
    files: Mutex<HashMap<String, (Instant, File)>>,
}

impl Known {
    /// A file that still counts.
    pub(super) fn get(&self, url: &str, now: Instant) -> Option<File> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, file) = files.get(url)?;
        (now < *until).then(|| file.clone())
    }

    /// Remembers a file.
    pub(super) fn put(&self, url: String, file: File, now: Instant) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if files.len() >= MOST {
            files.retain(|_, (until, _)| now < *until);
        }
        if files.len() >= MOST {
            let first = files.iter().min_by_key(|(_, (until, _))| *until);
            let first = first.map(|(url, _)| url.clone());
            first.and_then(|url| files.remove(&url));
        }
        let fresh = if file.is_ok() { FRESH } else { FRESH_FAULT };
        files.insert(url, (now + fresh, file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_count_for_a_while_and_are_few() {
        let (known, now) = (Known::default(), Instant::now());
        known.put("a".to_owned(), Ok(None), now);
        known.put("b".to_owned(), Err(Fault::error("down")), now);
        assert_eq!(known.get("a", now).map(|file| file.is_ok()), Some(true));
        assert!(known.get("b", now + Duration::from_secs(9)).is_some());
        assert!(known.get("b", now + Duration::from_secs(10)).is_none());
        assert!(known.get("a", now + FRESH).is_none());
        for number in 0..200 {
            known.put(
                format!("f{number}"),
                Ok(None),
                now + Duration::from_millis(number),
            );
        }
        assert_eq!(known.files.lock().unwrap().len(), MOST);
        assert!(known.get("f199", now).is_some());
    }
}
