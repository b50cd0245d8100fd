//! Sites that another program built and published: a job of CI with the original's command line, for example.
//!
//! They are served as they are. The files lie in a `storage` (a folder, or a bucket of Amazon, Google or Azure) below `namespace/kind/name`, and
//! are kept for a while (`files`). Of a site its contents are read first (`contents`: what there is, the navigation, what can be
//! found), of a page the article (`article`), which goes through the same sanitiser and frame as the portal's own pages.
//!
//! `publisher` writes sites there.

mod article;
mod azure;
mod calls;
mod contents;
mod files;
mod folder;
mod google;
mod index;
mod menu;
mod objects;
mod pieces;
mod publisher;
mod refusal;
mod s3;
mod settings;
mod storage;
mod trouble;

pub use publisher::{PublishedFiles, Publisher};
pub(crate) use settings::{ELSEWHERE, Settings, not_read, switch};

use std::sync::Arc;

use bytes::Bytes;
use config::Config;
use futures::future::join3;
use jiff::Timestamp;
use model::{Fault, FaultKind, entity};
use outside::OutsideCalls;
use serde_json::Value;

use crate::site::{Rendered, Site, has_ending};
use contents::{MAX_FILES, Metadata, Sources};
use files::{Current, Files};
use folder::Folder;
use settings::PlaceSettings;
use storage::Storage;
use trouble::Trouble;

/// What the original's CLI writes about a site.
pub(crate) const METADATA: &str = "techdocs_metadata.json";
/// The front page.
pub(crate) const FRONT: &str = "index.html";
/// What can be found.
pub(crate) const INDEX: &str = "search/search_index.json";
/// Largest page, and largest metadata, in bytes.
const MAX_PAGE: u64 = 4 << 20;
/// Largest index of a site that is searched.
const MAX_INDEX: u64 = 32 << 20;
/// Largest file that is passed on.
const MAX_FILE: u64 = 32 << 20;

/// All published sites.
pub struct PublishedSites {
    /// Their files, or why there are none.
    files: Result<Files, Fault>,
    keeps_case: bool,
}

/// A page as it is shown.
pub struct ShownPage {
    /// The page.
    pub rendered: Arc<Rendered>,
    /// When it was last found to be the same, or was read.
    pub checked: Timestamp,
    /// Why it may not be the newest.
    pub failure: Option<Fault>,
}

impl PublishedSites {
    /// Opens the storage; nothing unless the configuration says that another program builds the sites.
    pub fn open(config: &Config, outside: &OutsideCalls) -> Option<Self> {
        let settings = Settings::read(&config.value()["techdocs"], config.directory())?;
        let keeps_case = settings.as_ref().is_ok_and(|settings| settings.keeps_case);
        let storage = settings.and_then(|settings| storage(&settings, outside));
        Some(Self {
            files: storage.map(Files::new),
            keeps_case,
        })
    }

    /// The folder of an entity's site: `namespace/kind/name`. Nothing for what has no kind or name.
    pub fn folder_of(&self, value: &Value) -> Option<String> {
        let (kind, name) = (entity::kind(value)?, entity::name(value)?);
        let namespace = value.pointer("/metadata/namespace").and_then(Value::as_str);
        let folder = format!("{}/{kind}/{name}", namespace.unwrap_or("default"));
        Some(if self.keeps_case {
            folder
        } else {
            folder.to_lowercase()
        })
    }

    /// Whether folders keep the case of kind, namespace and name.
    pub fn keeps_case(&self) -> bool {
        self.keeps_case
    }

    fn files(&self) -> Result<&Files, Fault> {
        self.files.as_ref().map_err(Fault::clone)
    }

    /// The site in a folder; nothing if it still has the version that is known.
    pub async fn site(&self, folder: &str, version: Option<&str>) -> Result<Option<Site>, Fault> {
        let files = self.files()?;
        let found = Found::read(files, folder).await;
        let found = found.map_err(|trouble| trouble.fault(files.storage().name()))?;
        let found = found.ok_or_else(|| missing(folder, files.storage().name()))?;
        let current = found.version();
        if version == Some(current.as_str()) {
            return Ok(None);
        }
        let folder = folder.to_owned();
        let made = tokio::task::spawn_blocking(move || found.site(&folder, current));
        made.await
            .map(Some)
            .map_err(|error| Fault::error(error.to_string()))
    }

    /// A page of a site as it is shown; nothing if its file is gone.
    pub async fn page(&self, site: &Arc<Site>, at: usize) -> Result<Option<ShownPage>, Fault> {
        let Some(published) = &site.published else {
            return Ok(None);
        };
        let files = self.files()?;
        let key = format!("{}/{}", published.folder, site.pages[at].path);
        let fault = |trouble: &Trouble| trouble.fault(files.storage().name());
        let current = match files.read_soon(&key, MAX_PAGE).await {
            Ok(current) => current,
            Err(Trouble::Missing) => return Ok(None),
            Err(trouble) => return Err(fault(&trouble)),
        };
        let known = current.file.rendered.lock().clone();
        let rendered = match known {
            Some((version, rendered)) if version == site.version => rendered,
            _ => {
                let (site, file) = (site.clone(), current.file.clone());
                let made = tokio::task::spawn_blocking(move || {
                    let rendered = Arc::new(rendered(&site, at, &file.bytes));
                    *file.rendered.lock() = Some((site.version.clone(), rendered.clone()));
                    rendered
                });
                made.await.map_err(|error| Fault::error(error.to_string()))?
            }
        };
        Ok(Some(ShownPage {
            rendered,
            checked: current.checked,
            failure: current.failure.as_ref().map(fault),
        }))
    }

    /// A file below a folder; nothing if there is none.
    pub async fn file(&self, folder: &str, path: &str) -> Result<Option<Bytes>, Fault> {
        let files = self.files()?;
        match files.read_soon(&format!("{folder}/{path}"), MAX_FILE).await {
            Ok(current) => Ok(Some(current.file.bytes.clone())),
            Err(Trouble::Missing) => Ok(None),
            Err(trouble) => Err(trouble.fault(files.storage().name())),
        }
    }

    /// When the site in a folder was published last; nothing if there is none.
    pub async fn published_at(&self, folder: &str) -> Result<Option<Timestamp>, Fault> {
        let files = self.files()?;
        let read = sure(files.read(&format!("{folder}/{METADATA}"), MAX_PAGE).await);
        let read = read.map_err(|trouble| trouble.fault(files.storage().name()))?;
        Ok(read.and_then(|current| {
            let built_at = Metadata::read(&current.file.bytes).built_at();
            let built_at = built_at.and_then(|time| Timestamp::from_millisecond(time).ok());
            built_at.max(current.file.modified)
        }))
    }
}

/// The files that tell what there is of a site.
struct Found {
    metadata: Option<Current>,
    /// The front page, else the first one, with its path.
    front: Option<(String, Current)>,
    index: Option<Current>,
    /// The paths of all files.
    listed: Vec<String>,
}

impl Found {
    /// Reads them; nothing if there is no site.
    async fn read(files: &Files, folder: &str) -> Result<Option<Self>, Trouble> {
        let read = |path: &str, most: u64| {
            let key = format!("{folder}/{path}");
            async move { sure(files.read(&key, most).await) }
        };
        let (metadata, front, index) = join3(
            read(METADATA, MAX_PAGE),
            read(FRONT, MAX_PAGE),
            read(INDEX, MAX_INDEX),
        )
        .await;
        let metadata = metadata?;
        let mut front = front?.map(|file| (FRONT.to_owned(), file));
        // A site with too large an index is read all the same.
        let index = match index {
            Err(Trouble::TooLarge(_)) => None,
            index => index?,
        };
        if metadata.is_none() && front.is_none() {
            return Ok(None);
        }
        let listed = metadata
            .as_ref()
            .and_then(|file| Metadata::read(&file.file.bytes).files);
        let listed = match listed {
            Some(files) => files,
            None => files.storage().list(folder, MAX_FILES).await?,
        };
        let first = listed.iter().filter(|path| has_ending(path, "html")).min();
        if let (None, Some(path)) = (&front, first) {
            let page = read(path, MAX_PAGE).await?;
            front = page.map(|file| (path.clone(), file));
        }
        Ok(Some(Self {
            metadata,
            front,
            index,
            listed,
        }))
    }

    fn version(&self) -> String {
        let front = self.front.as_ref().map(|(_, file)| file);
        [self.metadata.as_ref(), front, self.index.as_ref()]
            .map(version_of)
            .join("|")
    }

    /// Puts the site together. Takes its time.
    fn site(&self, folder: &str, version: String) -> Site {
        let bytes = |file: &Current| file.file.bytes.clone();
        let (metadata, index) = (self.metadata.as_ref().map(bytes), self.index.as_ref().map(bytes));
        let front = self.front.as_ref().map(|(path, file)| (path, bytes(file)));
        let sources = Sources {
            metadata: metadata.as_deref(),
            files: self.listed.clone(),
            front: front.as_ref().map(|(path, html)| (path.as_str(), &html[..])),
            index: index.as_deref(),
        };
        Site::published(contents::of(sources, folder, version))
    }
}

/// Opens the place of the configuration.
fn storage(settings: &Settings, outside: &OutsideCalls) -> Result<Arc<dyn Storage>, Fault> {
    match &settings.place {
        PlaceSettings::Folder(folder) => Ok(Arc::new(Folder::new(folder.clone()))),
        PlaceSettings::S3(bucket) => opened(s3::open(bucket, outside), "bucket", &bucket.bucket),
        PlaceSettings::Google(bucket) => opened(google::open(bucket, outside), "bucket", &bucket.bucket),
        PlaceSettings::Azure(place) => opened(azure::open(place, outside), "container", &place.container),
    }
}

fn opened(storage: Result<impl Storage, Trouble>, what: &str, name: &str) -> Result<Arc<dyn Storage>, Fault> {
    match storage {
        Ok(storage) => Ok(Arc::new(storage)),
        Err(trouble) => Err(trouble.fault(&format!("the {what} '{name}'"))),
    }
}

/// A file that is known to be the newest; nothing if there is none.
fn sure(read: Result<Current, Trouble>) -> Result<Option<Current>, Trouble> {
    match read {
        Ok(Current {
            failure: Some(trouble),
            ..
        }) => Err(trouble),
        Ok(current) => Ok(Some(current)),
        Err(Trouble::Missing) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

fn version_of(file: Option<&Current>) -> String {
    let Some(current) = file else {
        return String::new();
    };
    let modified = || current.file.modified.unwrap_or_default().as_second();
    let etag = current.file.etag.clone();
    etag.unwrap_or_else(|| format!("{}-{}", current.file.bytes.len(), modified()))
}

fn rendered(site: &Site, at: usize, html: &[u8]) -> Rendered {
    let article = article::of(&pieces::read(&String::from_utf8_lossy(html)));
    site.article_as_shown(at, article.html.trim(), article.headings, article.edit)
}

fn missing(folder: &str, storage: &str) -> Fault {
    Fault::new(
        FaultKind::NotFound,
        format!("No documentation is published for this entity: {storage} has no {folder}/{METADATA}"),
    )
}
