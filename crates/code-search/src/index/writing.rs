//! Adds contents and repositories.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;

use super::Inner;
use crate::blob::BlobId;
use crate::draft::Drafted;
use crate::folder::Manifest;
use crate::language::Language;
use crate::listing::{Listing, Spot};
use crate::rules::Reason;
use crate::shard::{Shard, ShardBuilder};
use crate::view::View;

/// What was added and is not yet searched.
#[derive(Debug)]
pub struct Writing {
    builder: Option<ShardBuilder>,
    /// Contents of the builder.
    fresh: HashSet<BlobId>,
    /// Shards that are full and not yet searched.
    full: Vec<Arc<Shard>>,
    /// Repositories that were added or, with nothing, removed.
    pub pending: BTreeMap<Arc<str>, Option<Drafted>>,
    /// The next number of a file.
    next: u32,
}

impl Writing {
    /// Nothing yet.
    pub fn new(next: u32) -> Self {
        Self {
            builder: None,
            fresh: HashSet::new(),
            full: Vec::new(),
            pending: BTreeMap::new(),
            next,
        }
    }

    /// Whether a content was added.
    pub fn has(&self, blob: &BlobId) -> bool {
        self.fresh.contains(blob) || self.full.iter().any(|shard| shard.find(blob).is_some())
    }

    /// A number for a file.
    pub fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}

impl Inner {
    /// Adds a content: its language, or why it has no text.
    pub fn add(
        &self,
        writing: &mut Writing,
        blob: BlobId,
        kind: Result<Option<Language>, Reason>,
        text: &[u8],
    ) -> io::Result<()> {
        if !writing.fresh.insert(blob) {
            return Ok(());
        }
        let builder = match &mut writing.builder {
            Some(builder) => builder,
            none => none.insert(ShardBuilder::create(self.folder.path())?),
        };
        builder.add(&blob, kind, text)?;
        if builder.is_full() {
            self.end_shard(writing)?;
        }
        Ok(())
    }

    /// Ends the shard that grows.
    fn end_shard(&self, writing: &mut Writing) -> io::Result<()> {
        if let Some(builder) = writing.builder.take() {
            let number = writing.number();
            let path = self.folder.shard(number);
            writing.fresh.clear();
            builder.finish(&path)?;
            writing.full.push(Arc::new(Shard::open(&path, number)?));
        }
        Ok(())
    }

    /// Has everything that was added searched; returns the repositories that miss contents.
    pub fn publish(&self) -> io::Result<Vec<Arc<str>>> {
        let mut writing = self.writing.lock();
        self.end_shard(&mut writing)?;
        let view = self.view();
        let mut shards = view.shards().to_vec();
        shards.append(&mut writing.full);
        let mut listings = view.listings().to_vec();
        let mut gone = Vec::new();
        let mut again = Vec::new();
        for (name, drafted) in std::mem::take(&mut writing.pending) {
            if let Ok(at) = listings.binary_search_by(|held| held.name.cmp(&name)) {
                gone.push(listings.remove(at).number);
            }
            let Some(drafted) = drafted else {
                continue;
            };
            let number = writing.number();
            match listing(number, Arc::clone(&name), &drafted, &shards) {
                Some(listing) => {
                    self.folder.write_listing(number, &name, &drafted)?;
                    let at = listings.partition_point(|held| held.name < name);
                    listings.insert(at, Arc::new(listing));
                }
                None => again.push(name),
            }
        }
        self.show(&writing, shards, listings)?;
        for number in gone {
            self.folder.remove_listing(number);
        }
        Ok(again)
    }

    /// Has shards and listings count and searched from now on.
    pub fn show(
        &self,
        writing: &Writing,
        shards: Vec<Arc<Shard>>,
        listings: Vec<Arc<Listing>>,
    ) -> io::Result<()> {
        self.folder.write_manifest(&Manifest {
            next: writing.next,
            shards: shards.iter().map(|shard| shard.number()).collect(),
            listings: listings.iter().map(|listing| listing.number).collect(),
        })?;
        *self.view.write() = Arc::new(View::new(shards, listings));
        Ok(())
    }
}

/// The files of a repository with where they lie; nothing when a content is missing.
pub fn listing(number: u32, name: Arc<str>, drafted: &Drafted, shards: &[Arc<Shard>]) -> Option<Listing> {
    let spots: Option<Vec<Spot>> = drafted.files.iter().map(|(_, blob)| spot(shards, blob)).collect();
    let files = drafted.files.iter().map(|(path, _)| path.as_str()).zip(spots?);
    let commit = Arc::clone(&drafted.commit);
    Some(Listing::new(
        number,
        name,
        commit,
        drafted.left_out.clone(),
        files,
    ))
}

/// Finds a content in the newest shard that has it.
fn spot(shards: &[Arc<Shard>], blob: &BlobId) -> Option<Spot> {
    shards.iter().rev().find_map(|shard| {
        let doc = shard.find(blob)?;
        Some(Spot {
            shard: shard.number(),
            doc,
        })
    })
}
