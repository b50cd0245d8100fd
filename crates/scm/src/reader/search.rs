//! Searches with patterns. The version of what is found is a commit: an unchanged repository costs one small call.

use futures::{StreamExt, TryStreamExt};
use model::Fault;
use percent_encoding::percent_decode_str;
use url::Url;

use super::UrlReader;
use super::answers::{Found, Search};
use super::gitea::Server;
use super::pattern::{Pattern, is_pattern};
use crate::gitea::FileEntry;
use crate::gitea::place::Place;
use crate::hosts::gitea::file;
use crate::integrations::Integration;
use crate::tree::{Tree, TreeLimits, TreeRead};

/// Most files that one search finds.
const MAX_FOUND: usize = 1_000;
/// Most bytes of all files that one search finds.
const MAX_FOUND_BYTES: u64 = 64 << 20;
/// Files of one search that are read at the same time.
const AT_ONCE: usize = 3;
/// Largest file that is asked for together with its commit.
const MAX_TOGETHER: u64 = 2 << 20;

impl UrlReader {
    /// Whether an address has a pattern in it. At Gitea a question mark may stand unencoded, if no query follows.
    pub(super) fn is_pattern(&self, url: &Url) -> bool {
        let integration = self.integrations().by_url(url);
        let is_question = integration.is_some_and(|one| one.kind() == "gitea") && questions(url).is_some();
        is_question || is_pattern(&percent_decode_str(url.path()).decode_utf8_lossy())
    }

    /// Reads all files that match the pattern of an address.
    pub(super) async fn search_pattern(
        &self,
        parsed: &Url,
        url: &str,
        etag: Option<&str>,
    ) -> Result<Search, Fault> {
        let integration = self.integrations().by_url(parsed);
        let integration = integration
            .filter(|one| has_patterns(one))
            .ok_or_else(no_patterns)?;
        self.fetcher(url)?;
        match self.gitea(integration) {
            Some(server) => {
                let parsed = questions(parsed).unwrap_or_else(|| parsed.clone());
                self.search_gitea(&server, &parsed, url, etag).await
            }
            None => self.search_archive(integration, parsed, url, etag).await,
        }
    }

    async fn search_gitea(
        &self,
        server: &Server<'_>,
        parsed: &Url,
        url: &str,
        etag: Option<&str>,
    ) -> Result<Search, Fault> {
        let address = file(parsed.as_str(), server.base)?;
        // What cannot be a pattern in one place is none in another.
        Pattern::new(&server.references.place(&address).path)?;
        let folder = |place: &Place| {
            let pattern = Pattern::new(&place.path).ok();
            place.with_path(pattern.as_ref().map_or("", |pattern| &pattern.folder))
        };
        let (place, commit) = server
            .newest(&address, folder, &format!("Unable to read {url}"))
            .await?;
        if etag == Some(commit.as_str()) {
            return Ok(unchanged(commit));
        }
        let files = server.account.files(&place.owner, &place.name, &commit).await?;
        let pattern = Pattern::new(&place.path)?;
        let matching = files.entries.into_iter();
        let matching: Vec<FileEntry> = matching
            .filter(|entry| !entry.is_link && pattern.matches(&entry.path))
            .collect();
        self.admit(url, &matching)?;
        let at = &place.at_commit(&commit);
        let read = |entry: FileEntry| async move {
            let found = place_of(parsed, at, &entry.path)?;
            self.found(server, found, at.with_path(&entry.path), entry.size)
                .await
        };
        let files = futures::stream::iter(matching).map(read).buffered(AT_ONCE);
        Ok(Search {
            files: files.try_collect().await?,
            etag: Some(commit),
            not_modified: false,
        })
    }

    /// Refuses a search that finds too much.
    fn admit(&self, url: &str, matching: &[FileEntry]) -> Result<(), Fault> {
        let (count, most) = (matching.len(), self.inner.max_bytes);
        if count > MAX_FOUND {
            return Err(Fault::input(format!(
                "Unable to read {url}, {count} files match, at most {MAX_FOUND} are read; narrow the pattern"
            )));
        }
        if let Some(large) = matching.iter().find(|entry| entry.size > most) {
            return Err(Fault::error(format!(
                "Unable to read {url}, the file {} is larger than {most} bytes (portal.reading.maxBytes)",
                large.path
            )));
        }
        if matching.iter().map(|entry| entry.size).sum::<u64>() > MAX_FOUND_BYTES {
            return Err(Fault::input(format!(
                "Unable to read {url}, the files that match are larger than {MAX_FOUND_BYTES} bytes; narrow the pattern"
            )));
        }
        Ok(())
    }

    /// Reads one file that was found.
    async fn found(&self, server: &Server<'_>, url: Url, place: Place, size: u64) -> Result<Found, Fault> {
        let reference = place.reference.as_deref().unwrap_or_default();
        let together = if size > MAX_TOGETHER {
            None
        } else {
            let account = server.account;
            account
                .file(&place.owner, &place.name, reference, &place.path)
                .await?
        };
        let Some(file) = together else {
            let read = self.read_place(server, url.as_str(), &place, None).await?;
            return Ok(Found {
                url: url.into(),
                bytes: read.bytes,
                commit: read.commit,
            });
        };
        Ok(Found {
            bytes: self.resolved(server, url.as_str(), &place, file.bytes).await?,
            url: url.into(),
            commit: file.commit,
        })
    }

    /// As the original does it for hosts without a list of files: from the archive.
    async fn search_archive(
        &self,
        integration: &Integration,
        parsed: &Url,
        url: &str,
        etag: Option<&str>,
    ) -> Result<Search, Fault> {
        let mut place = integration.tree(url)?;
        let pattern = Pattern::new(&place.path)?;
        place.path.clone_from(&pattern.folder);
        let below = |path: &str| match place.path.as_str() {
            "" => path.to_owned(),
            folder => format!("{folder}/{path}"),
        };
        let limits = TreeLimits {
            files: MAX_FOUND,
            bytes: MAX_FOUND_BYTES,
        };
        let keep = {
            let folder = place.path.clone();
            move |path: &str| {
                let between = if folder.is_empty() { "" } else { "/" };
                pattern.matches(&format!("{folder}{between}{path}"))
            }
        };
        let _turn = self.turn().await?;
        let tree = match self
            .read_folder(integration, url, &place, etag, &limits, keep)
            .await?
        {
            TreeRead::Same => return Ok(unchanged(etag.unwrap_or_default().to_owned())),
            TreeRead::New(tree) => tree,
        };
        let Tree { files, version } = tree;
        let files = files.into_iter().map(|(path, file)| {
            let path = encoded(&below(&path))?;
            Ok(Found {
                url: integration.resolve_url(parsed, &path)?,
                bytes: file.bytes,
                commit: None,
            })
        });
        Ok(Search {
            files: files.collect::<Result<_, Fault>>()?,
            etag: Some(version),
            not_modified: false,
        })
    }
}

/// Whether the files of a host can be searched.
pub(super) fn has_patterns(integration: &Integration) -> bool {
    matches!(integration.kind(), "gitea" | "github" | "gitlab")
}

/// The original's answer to a pattern for a host that is read file by file.
pub(super) fn no_patterns() -> Fault {
    Fault::error("Unsupported search pattern URL")
}

fn unchanged(version: String) -> Search {
    Search {
        etag: Some(version),
        not_modified: true,
        files: Vec::new(),
    }
}

/// The address whose question marks are encoded, if what stands behind the first is no query.
fn questions(url: &Url) -> Option<Url> {
    let query = url
        .query()
        .filter(|query| !query.is_empty() && !query.contains('='))?;
    let mut encoded = url.clone();
    encoded.set_query(None);
    let path = format!("{}%3F{}", url.path(), query.replace('?', "%3F"));
    encoded.set_path(&path);
    Some(encoded)
}

fn place_of(url: &Url, place: &Place, path: &str) -> Result<Url, Fault> {
    let found = place.beside(url, path);
    found.ok_or_else(|| Fault::type_error("Invalid URL"))
}

/// A path from the root, encoded as in addresses.
fn encoded(path: &str) -> Result<String, Fault> {
    let invalid = || Fault::type_error("Invalid URL");
    let mut url = Url::parse("https://a.com").map_err(|_| invalid())?;
    url.path_segments_mut()
        .map_err(|()| invalid())?
        .extend(path.split('/'));
    Ok(url.path().to_owned())
}
