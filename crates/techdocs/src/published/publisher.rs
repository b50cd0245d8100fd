//! Writes a site to where the configuration says that sites lie, in the layout of the original's publisher.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use config::Config;
use futures::{StreamExt, TryStreamExt, stream};
use model::{EntityRef, Fault, FaultKind};
use outside::OutsideCalls;

use super::contents::MAX_FILES;
use super::settings::Settings;
use super::storage::Storage;
use super::trouble::Trouble;
use super::{FRONT, METADATA};
use crate::api::content_type;

/// Files that are written at once.
const AT_ONCE: usize = 8;

/// Where sites are published.
pub struct Publisher {
    storage: Arc<dyn Storage>,
    keeps_case: bool,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFiles {
    /// Where, as people name it.
    pub place: String,
    /// The folder in it.
    pub folder: String,
    /// How many files were written.
    pub written: usize,
    /// How many files of an earlier version were removed.
    pub removed: usize,
}

impl Publisher {
    /// Opens the place that `techdocs.publisher` names.
    pub fn open(config: &Config, outside: &OutsideCalls) -> Result<Self, Fault> {
        let settings = Settings::of_publisher(&config.value()["techdocs"], config.directory())?;
        Ok(Self {
            storage: super::storage(&settings, outside)?,
            keeps_case: settings.keeps_case,
        })
    }

    /// Writes the files of an entity's site, then removes those that only an earlier version has. The front page and after it the
    /// metadata come last, so that nobody is told of a version before its files are there. Files are exchanged one by one: until
    /// the end readers find some of either version.
    pub async fn publish(
        &self,
        entity: &EntityRef,
        files: Vec<(String, Bytes)>,
    ) -> Result<PublishedFiles, Fault> {
        let folder = self.folder_of(entity);
        let paths: BTreeSet<String> = files.iter().map(|(path, _)| path.clone()).collect();
        let old = self.before(&folder).await?.into_iter();
        let old = old.filter(|path| !paths.contains(path));
        let (in_the_way, later): (Vec<_>, Vec<_>) = old.partition(|path| is_in_the_way(path, &paths));
        let mut removed = self.remove_all(&folder, in_the_way).await?;
        let (last, first): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| path == METADATA);
        let (front, first): (Vec<_>, Vec<_>) = first.into_iter().partition(|(path, _)| path == FRONT);
        for files in [first, front, last] {
            self.write_all(&folder, files).await?;
        }
        removed += self.remove_all(&folder, later).await?;
        Ok(PublishedFiles {
            place: self.storage.name().to_owned(),
            folder,
            written: paths.len(),
            removed,
        })
    }

    fn folder_of(&self, entity: &EntityRef) -> String {
        let folder = format!("{}/{}/{}", entity.namespace(), entity.kind(), entity.name());
        if self.keeps_case {
            folder
        } else {
            folder.to_lowercase()
        }
    }

    /// The files that are there now.
    async fn before(&self, folder: &str) -> Result<Vec<String>, Fault> {
        match self.storage.list(folder, MAX_FILES).await {
            Err(Trouble::Missing | Trouble::NoFolder(_)) => Ok(Vec::new()),
            listed => listed.map_err(|trouble| self.fault(&trouble)),
        }
    }

    /// Removes files; gives their number.
    async fn remove_all(&self, folder: &str, paths: Vec<String>) -> Result<usize, Fault> {
        let removing = paths.into_iter().map(|path| async move {
            let key = format!("{folder}/{path}");
            self.storage.remove(&key).await
        });
        let removed = stream::iter(removing)
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<bool>>()
            .await
            .map_err(|trouble| self.fault(&trouble))?;
        Ok(removed.into_iter().filter(|was_there| *was_there).count())
    }

    async fn write_all(&self, folder: &str, files: Vec<(String, Bytes)>) -> Result<(), Fault> {
        let writing = files.into_iter().map(|(path, bytes)| async move {
            let key = format!("{folder}/{path}");
            self.storage.write(&key, bytes, content_type(&path)).await
        });
        let written = stream::iter(writing)
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>();
        written.await.map(drop).map_err(|trouble| self.fault(&trouble))
    }

    fn fault(&self, trouble: &Trouble) -> Fault {
        let name = self.storage.name();
        match trouble {
            Trouble::Refused(rights) => Fault::new(
                FaultKind::NotAllowed,
                format!(
                    "The documentation cannot be published to {name}: {}",
                    rights.to_write
                ),
            ),
            other => Fault {
                message: format!("The documentation cannot be published to {name}: {other}"),
                ..other.fault(name)
            },
        }
    }
}

/// Whether an old file lies where new ones need a folder, or in a folder where there is a new file.
fn is_in_the_way(old: &str, new: &BTreeSet<String>) -> bool {
    let below = format!("{old}/");
    let is_folder_now = new.range(below.clone()..).next();
    let is_folder_now = is_folder_now.is_some_and(|path| path.starts_with(&below));
    is_folder_now || old.match_indices('/').any(|(at, _)| new.contains(&old[..at]))
}
