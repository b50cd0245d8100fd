//! What is searched at one moment: shards of contents, and which files of which repositories have them.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use crate::blob::BlobId;
use crate::listing::{Listing, Spot};
use crate::set::Set;
use crate::shard::Shard;

/// An unchanging state of the index. A *place* is a file of a repository, numbered over all of them.
#[derive(Debug, Default)]
pub struct View {
    shards: Vec<Arc<Shard>>,
    /// By name.
    listings: Vec<Arc<Listing>>,
    /// The first place of each listing, and the end of the last one.
    starts: Vec<u32>,
    /// Which places each document has, by shard.
    holders: Vec<Holders>,
    /// The shards by number.
    by_number: HashMap<u32, usize>,
}

/// The places of the documents of a shard, one after the other.
#[derive(Debug, Default)]
struct Holders {
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl View {
    /// Of shards, and listings that lie in them.
    pub fn new(shards: Vec<Arc<Shard>>, mut listings: Vec<Arc<Listing>>) -> Self {
        listings.sort_by(|one, other| one.name.cmp(&other.name));
        let mut starts = vec![0];
        for listing in &listings {
            starts.push(starts[starts.len() - 1] + listing.len());
        }
        let by_number: HashMap<u32, usize> = shards
            .iter()
            .enumerate()
            .map(|(at, shard)| (shard.number(), at))
            .collect();
        let holders = holders(&shards, &listings, &by_number);
        Self {
            shards,
            listings,
            starts,
            holders,
            by_number,
        }
    }

    /// The shards.
    pub fn shards(&self) -> &[Arc<Shard>] {
        &self.shards
    }

    /// The listings by name.
    pub fn listings(&self) -> &[Arc<Listing>] {
        &self.listings
    }

    /// The listing of a repository.
    pub fn listing(&self, name: &str) -> Option<&Arc<Listing>> {
        let found = self.listings.binary_search_by(|held| (*held.name).cmp(name));
        found.ok().map(|at| &self.listings[at])
    }

    /// How many places there are.
    pub fn places(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The places of a listing: its first one and the end.
    pub fn range(&self, listing: usize) -> (u32, u32) {
        (self.starts[listing], self.starts[listing + 1])
    }

    /// The listing of a place and its file there.
    pub fn place(&self, place: u32) -> (usize, u32) {
        let listing = self.starts.partition_point(|start| *start <= place) - 1;
        (listing, place - self.starts[listing])
    }

    /// The shard that has a spot, and its position among the shards.
    pub fn shard_of(&self, spot: Spot) -> Option<(usize, &Arc<Shard>)> {
        let at = *self.by_number.get(&spot.shard)?;
        Some((at, &self.shards[at]))
    }

    /// Adds the places of documents of a shard to a set of places.
    pub fn add_places(&self, shard: usize, docs: &Set, places: &mut Set) {
        for doc in docs.iter() {
            for place in self.holders[shard].of(doc) {
                places.insert(*place);
            }
        }
    }

    /// Whether any file has a document.
    pub fn is_live(&self, shard: usize, doc: u32) -> bool {
        !self.holders[shard].of(doc).is_empty()
    }

    /// Bytes of text of a shard that no file has.
    pub fn dead_text(&self, shard: usize) -> u64 {
        let held = &self.shards[shard];
        let dead = (0..held.docs()).filter(|doc| !self.is_live(shard, *doc));
        dead.map(|doc| held.length(doc)).sum()
    }

    /// Whether any file has a content.
    pub fn is_used(&self, blob: &BlobId) -> bool {
        let mut found = (0..)
            .zip(&self.shards)
            .filter_map(|(at, shard)| Some((at, shard.find(blob)?)));
        found.any(|(at, doc)| self.is_live(at, doc))
    }

    /// The text of a file, kept in `text`; nothing where it is not kept.
    pub fn read(&self, spot: Spot, text: &mut crate::shard::Text) -> io::Result<bool> {
        match self.shard_of(spot) {
            Some((_, shard)) => shard.read(spot.doc, text),
            None => Ok(false),
        }
    }
}

impl Holders {
    fn of(&self, doc: u32) -> &[u32] {
        let doc = doc as usize;
        &self.places[self.starts[doc] as usize..self.starts[doc + 1] as usize]
    }
}

fn holders(
    shards: &[Arc<Shard>],
    listings: &[Arc<Listing>],
    by_number: &HashMap<u32, usize>,
) -> Vec<Holders> {
    let mut holders: Vec<Holders> = shards
        .iter()
        .map(|shard| Holders {
            starts: vec![0; shard.docs() as usize + 1],
            places: Vec::new(),
        })
        .collect();
    let spots = || listings.iter().flat_map(|listing| listing.spots());
    for spot in spots() {
        if let Some(at) = by_number.get(&spot.shard) {
            holders[*at].starts[spot.doc as usize + 1] += 1;
        }
    }
    for held in &mut holders {
        for doc in 1..held.starts.len() {
            held.starts[doc] += held.starts[doc - 1];
        }
        held.places = vec![0; held.starts[held.starts.len() - 1] as usize];
    }
    let mut next: Vec<Vec<u32>> = holders.iter().map(|held| held.starts.clone()).collect();
    for (place, spot) in (0..).zip(spots()) {
        if let Some(at) = by_number.get(&spot.shard) {
            let slot = &mut next[*at][spot.doc as usize];
            holders[*at].places[*slot as usize] = place;
            *slot += 1;
        }
    }
    holders
}
