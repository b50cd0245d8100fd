//! What the index has of one repository.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::Index;
use crate::language::Language;
use crate::listing::Listing;
use crate::rules::Reason;
use crate::shard::Text;
use crate::view::View;

/// A repository in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its name.
    pub name: Arc<str>,
    /// The commit that is indexed.
    pub commit: Arc<str>,
    /// Files that can be found.
    pub files: u64,
    /// Bytes of their text.
    pub bytes: u64,
    /// How many files are left out, by reason.
    pub left_out: BTreeMap<Reason, u64>,
    /// Files and bytes by language.
    pub languages: BTreeMap<Language, (u64, u64)>,
}

/// Whether the asker may see a repository is for the caller to ask before calling any of these.
impl Index {
    /// The commit at which a repository is indexed.
    pub fn commit(&self, repository: &str) -> Option<Arc<str>> {
        let view = self.inner.view();
        view.listing(repository)
            .map(|listing| Arc::clone(&listing.commit))
    }

    /// The names of the repositories in the index, ascending.
    pub fn names(&self) -> Vec<Arc<str>> {
        let view = self.inner.view();
        view.listings()
            .iter()
            .map(|listing| Arc::clone(&listing.name))
            .collect()
    }

    /// What the index has of a repository.
    pub fn repository(&self, name: &str) -> Option<Repository> {
        let view = self.inner.view();
        view.listing(name).map(|listing| repository(&view, listing))
    }

    /// The paths of a repository, ascending.
    pub fn paths(&self, name: &str) -> Vec<String> {
        let view = self.inner.view();
        let listing = view.listing(name);
        listing.map_or_else(Vec::new, |listing| {
            listing.text().lines().map(str::to_owned).collect()
        })
    }

    /// The text of a file at the indexed commit; nothing when it is not in the index or has no text there.
    pub fn text(&self, repository: &str, path: &str) -> io::Result<Option<Vec<u8>>> {
        let view = self.inner.view();
        let Some(listing) = view.listing(repository) else {
            return Ok(None);
        };
        let Some(file) = listing.find(path) else {
            return Ok(None);
        };
        let mut text = Text::default();
        let kept = view.read(listing.spots()[file as usize], &mut text)?;
        Ok(kept.then(|| text.bytes().to_vec()))
    }
}

fn repository(view: &View, listing: &Listing) -> Repository {
    let mut repository = Repository {
        name: Arc::clone(&listing.name),
        commit: Arc::clone(&listing.commit),
        files: 0,
        bytes: 0,
        left_out: listing.left_out.clone(),
        languages: BTreeMap::new(),
    };
    for (file, spot) in (0..).zip(listing.spots()) {
        let Some((_, shard)) = view.shard_of(*spot) else {
            continue;
        };
        if let Some(reason) = shard.left_out(spot.doc) {
            *repository.left_out.entry(reason).or_default() += 1;
            continue;
        }
        let bytes = shard.length(spot.doc);
        repository.files += 1;
        repository.bytes += bytes;
        if let Some(language) = listing.language(file) {
            let counted = repository.languages.entry(language).or_default();
            counted.0 += 1;
            counted.1 += bytes;
        }
    }
    repository
}
