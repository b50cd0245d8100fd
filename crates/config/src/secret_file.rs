//! A secret that a file holds (`$file`), read again when the file changes.
//!
//! A mounted Secret of Kubernetes changes by a link to another folder (`..data`), so that the file is another one then.

use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use secrecy::{ExposeSecret, SecretString};

use crate::source::read_bounded;

/// How often it is looked whether a file changed.
const LOOK: Duration = Duration::from_secs(2);

/// A file and its text. Clones share them.
#[derive(Clone)]
pub(crate) struct SecretFile {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    text: SecretString,
    stamp: Option<Stamp>,
    looked: Instant,
}

/// Time, size, and which file it is.
type Stamp = (Option<SystemTime>, u64, u64);

impl SecretFile {
    /// A file whose text was just read.
    pub(crate) fn new(path: &Path, text: &str) -> Self {
        let state = State {
            text: SecretString::from(text.to_owned()),
            stamp: stamp(path),
            looked: Instant::now(),
        };
        Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                state: Mutex::new(state),
            }),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The text as the file has it now, or had it when it could last be read; an empty file is none.
    pub(crate) fn text(&self) -> SecretString {
        let mut state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= LOOK {
            state.looked = Instant::now();
            self.look(&mut state);
        }
        state.text.clone()
    }

    fn look(&self, state: &mut State) {
        let path = &self.inner.path;
        let stamp = stamp(path);
        if stamp == state.stamp {
            return;
        }
        state.stamp = stamp;
        match read_bounded(path) {
            Ok(text) if text.trim().is_empty() => {
                tracing::warn!("{} is empty, its former secret stays in use", path.display());
            }
            Ok(text) if text.trim_end() == state.text.expose_secret() => {}
            Ok(text) => {
                tracing::info!("the secret in {} changed and is used from now on", path.display());
                state.text = SecretString::from(text.trim_end().to_owned());
            }
            Err(error) => {
                tracing::warn!(
                    "{} cannot be read, its former secret stays in use: {error}",
                    path.display()
                );
            }
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = path.metadata().ok()?;
    Some((found.modified().ok(), found.len(), found.ino()))
}

/// Shows where it is, not what it holds.
impl fmt::Debug for SecretFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SecretFile({})", self.inner.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, LoadOptions, Secret};

    /// Looks at once, as after two seconds.
    fn look(file: &SecretFile) -> String {
        file.look(&mut file.inner.state.lock().expect("nobody panics"));
        file.text().expose_secret().to_owned()
    }

    #[test]
    fn a_link_to_another_folder_is_noticed_and_a_missing_or_empty_file_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("..data/token");
        let lead = |to: &str| {
            let fresh = folder.path().join("..fresh");
            std::os::unix::fs::symlink(to, &fresh).expect("a link");
            std::fs::rename(fresh, folder.path().join("..data")).expect("renamed");
        };
        for (edition, text) in [("one", "first\n"), ("two", "other\n"), ("none", " \n")] {
            std::fs::create_dir(folder.path().join(edition)).expect("made");
            std::fs::write(folder.path().join(edition).join("token"), text).expect("written");
        }
        lead("one");
        let file = SecretFile::new(&path, "first");
        assert_eq!(look(&file), "first");
        lead("two");
        assert_eq!(look(&file), "other");
        lead("none");
        assert_eq!(look(&file), "other");
        lead("gone");
        assert_eq!(look(&file), "other");
        lead("one");
        assert_eq!(look(&file), "first");
        assert!(!format!("{file:?}").contains("first"));
    }

    #[test]
    fn what_is_made_of_a_secret_follows_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        std::fs::write(&path, "one").expect("written");
        let file = SecretFile::new(&path, "one");
        let header = Secret::new("one")
            .following(file.clone())
            .shaped(|token| format!("token {token}"))
            .shaped(str::to_uppercase);
        std::fs::write(&path, "second").expect("written");
        look(&file);
        assert_eq!(
            (header.expose(), header.current().expose()),
            ("TOKEN ONE", "TOKEN SECOND")
        );
        let alone = Secret::new("one").shaped(|token| format!("Bearer {token}"));
        assert_eq!(alone.current().expose(), "Bearer one");
    }

    #[test]
    fn changes_are_told_by_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        let options = LoadOptions {
            cwd: folder.path().to_owned(),
            ..LoadOptions::default()
        };
        let load = || Config::load(&options).expect("a configuration");
        let text = |title: &str| {
            format!(
                "app: {{title: {title}, baseUrl: {{$file: address}}}}\nbackend: {{database: {{client: better-sqlite3, connection: ':memory:'}}}}\n\
                 integrations: {{gitea: [{{host: g.example.com, password: {{$file: token}}}}]}}\n"
            )
        };
        write("token", "one\n");
        write("address", "http://one.example.com");
        write("app-config.yaml", &text("One"));
        let before = load();
        assert_eq!(before.changes(&load()), crate::Changes::default());
        let names: Vec<_> = before
            .sources()
            .iter()
            .filter_map(|file| file.file_name()?.to_str().map(str::to_owned))
            .collect();
        assert_eq!(names, ["address", "app-config.yaml", "token"]);
        write("token", "two\n");
        write("address", "http://two.example.com");
        write("app-config.yaml", &text("Two"));
        let changes = before.changes(&load());
        assert_eq!(changes.followed, ["integrations.gitea[0].password"]);
        assert_eq!(changes.waiting, ["app.baseUrl", "app.title"]);
    }
}
