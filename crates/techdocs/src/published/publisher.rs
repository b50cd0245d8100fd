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

    /// Writes the files of an entity's site, then removes those that only an earlier version has. The metadata comes last, so that
    /// readers see a new version when all of it is there.
    pub async fn publish(
        &self,
        entity: &EntityRef,
        files: Vec<(String, Bytes)>,
    ) -> Result<PublishedFiles, Fault> {
        let folder = format!("{}/{}/{}", entity.namespace(), entity.kind(), entity.name());
        let folder = if self.keeps_case {
            folder
        } else {
            folder.to_lowercase()
        };
        let (last, first): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|(path, _)| path == METADATA || path == FRONT);
        let paths: BTreeSet<String> = first.iter().chain(&last).map(|(path, _)| path.clone()).collect();
        let before = match self.storage.list(&folder, MAX_FILES).await {
            Err(Trouble::Missing | Trouble::NoFolder(_)) => Vec::new(),
            listed => listed.map_err(|trouble| self.fault(&trouble))?,
        };
        self.write_all(&folder, first).await?;
        self.write_all(&folder, last).await?;
        let old = before.into_iter().filter(|path| !paths.contains(path));
        let keys: Vec<String> = old.map(|path| format!("{folder}/{path}")).collect();
        let removed = keys.len();
        let removing = keys.iter().map(|key| self.storage.remove(key));
        stream::iter(removing)
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await
            .map_err(|trouble| self.fault(&trouble))?;
        Ok(PublishedFiles {
            place: self.storage.name().to_owned(),
            folder,
            written: paths.len(),
            removed,
        })
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
            Trouble::Refused => Fault::new(
                FaultKind::NotAllowed,
                format!(
                    "The documentation cannot be published to {name}: the access key may not write there; allow it s3:PutObject, \
                     s3:DeleteObject and s3:ListBucket"
                ),
            ),
            other => Fault {
                message: format!("The documentation cannot be published to {name}: {other}"),
                ..other.fault(name)
            },
        }
    }
}
